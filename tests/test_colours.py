"""Every cell can be read on every colour that it can take."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
from rendered import LANGUAGES, NAMES, PRINTED
from sight import Sight, contrast

from sheetnet.workbook.style import FONTS, FRAMED, HIDDEN, THEMES, styles


def _least(theme: str) -> float:
    return {"clear": 4.5, "contrast": 7.0}[theme]


UNWRITTEN = ("tape", "glow")  # nothing is written on padding; the sheet Photo is below


@pytest.mark.parametrize("theme", THEMES)
def test_every_look_can_be_read_on_its_own_ground(theme: str) -> None:
    for name, style in styles(theme).items():
        if style.size == 1:
            continue  # digits of one point are dust on small squares; they are read in the line of the formula
        ground = style.fill or THEMES[theme].paper
        if name.removesuffix(FRAMED) not in UNWRITTEN:
            assert contrast(style.color, ground) >= _least(theme), name
    assert set(FONTS) == set(LANGUAGES)


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_every_cell_can_be_read_on_every_colour_that_it_can_take(seen: Callable[[str], Sight], name: str) -> None:
    """On each stop of a scale, on the bars, and in the colours of a mark."""
    book = seen(name)
    least = _least(PRINTED.get(name, {}).get("theme", "clear"))
    for title, sheet in book.sheets.items():
        for where in sheet.conditional_formatting:
            for rule in where.rules:
                looks = _inks(sheet, where)
                if rule.type == "colorScale" and any(r.type == "cellIs" for r in where.rules):
                    continue  # it glows
                grounds = [c.rgb for c in rule.colorScale.color] if rule.type == "colorScale" else []
                grounds += [rule.dataBar.color.rgb] if rule.type == "dataBar" else []
                if rule.type == "expression" and rule.dxf.font.color is not None:
                    inks, looks = looks, {rule.dxf.font.color.rgb}
                    if rule.dxf.fill is None:  # on the cell's own ground, so in a colour that is right there
                        assert looks <= inks, f"{title}!{where.sqref}: {looks} on the cells' own grounds"
                        continue
                    grounds = [rule.dxf.fill.bgColor.rgb]
                for ink in looks:
                    for ground in grounds:
                        assert contrast(ink, ground) >= least, f"{title} {where.sqref}: {ink} on {ground}"


def _inks(sheet: Any, where: Any) -> set[str]:
    """The colours of what is written in the cells of a conditional format."""
    return {
        cell.font.color.rgb
        for area in where.sqref.ranges
        for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col)
        for cell in row
        if cell.value is not None and cell.number_format != HIDDEN  # there nothing is written
    }


@pytest.mark.parametrize("name", [name for name in PRINTED if not name.startswith(("digits", "训练"))])
def test_on_the_photo_every_number_is_written_in_the_better_one_of_black_and_white(
    seen: Callable[[str], Sight], name: str
) -> None:
    """Neither reaches 7:1 on a middle grey, so here 4.5:1 has to do in both themes."""
    sheet = list(seen(name).sheets.values())[2]
    scales, switches = 0, 0
    for where in sheet.conditional_formatting:
        kinds = {rule.type: rule for rule in where.rules}
        dark, bright = (color.rgb for color in kinds["colorScale"].colorScale.color)
        assert dark.endswith("000000")
        start = float(kinds["cellIs"].formula[0]) if "cellIs" in kinds else 256
        scales, switches = scales + 1, switches + (start <= 255)
        for value in range(256):
            channels = [ceil(int(bright[-6:][i : i + 2], 16) * value / 255) for i in (0, 2, 4)]
            ground = "".join(f"{channel:02X}" for channel in channels)
            ink = "000000" if value >= start else "FFFFFF"
            assert contrast(ink, ground) >= 4.5, f"{value}: {ink} on {ground}"
    assert scales == 3
    assert switches >= 2

"""Enlarged pictures on the sheet Network: filters are seen from afar, numbers are squares, and all is proven."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import surgery
from sight import Sight
from test_network_sheet import TEMPLATES, described, merged_columns

from sheetnet.grid import a1
from sheetnet.layout.sheets.network import SEEN
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.proof.prove import prove


@pytest.mark.parametrize("name", [*TEMPLATES, "faces", "residual"])
def test_filters_are_seen_from_afar_and_each_number_is_a_square(name: str) -> None:
    """A number that is enlarged has as many cells below each other as are merged side by side, and all repeat it."""
    found = described(name)
    plan, sheet = found.lesson.plan, found.sheet
    size = column_pixels(sheet.default_width)
    wide = {where.partition(":")[0]: merged_columns(where) for where in sheet.merges}
    filters = {
        str(look.reads["x"]): plan.blocks[f"{name}.out"]
        for name, look in plan.looks.items()
        if name.startswith("network.") and look.hidden and str(look.reads["x"]).endswith(".weight")
    }
    assert any(len(plan.network.parameters[full]) == 4 for full in filters)
    for full, block in filters.items():
        at = block.anchors[0]
        scale = wide.get(a1(at.row, at.column), 1)
        if len(plan.network.parameters[full]) == 4:
            assert scale * size >= SEEN, full
    for look in (look for key, look in plan.looks.items() if key.startswith("network.") and look.hidden):
        key = re.sub(r"\.[0-9]+$", "", look.name)
        block = plan.blocks[f"{look.name}.out"]
        scale = block.steps[0][0]
        assert block.steps == ((scale, 0), (0, scale))
        assert {wide.get(a1(row, column), 1) for _, _, row, column in block.walk()} == {scale}
        names = [key, *(f"{key}.{line}" for line in range(2, scale + 1))]
        rows = [plan.blocks[f"{one}.out"].anchors[0].row for one in names]
        assert rows == list(range(rows[0], rows[0] + scale)), key
        assert len({repr(plan.looks[one].lens) for one in names}) == 1
        assert len({repr(plan.looks[one].reads) for one in names}) == 1


def test_a_cell_that_repeats_a_number_is_proven_as_well(made: dict[str, Path], tmp_path: Path) -> None:
    path = made["by-hand"]
    at = Sight(path).plan.blocks["network.conv.weight.2.out"].cell(1, 2, 0, 1)
    content = surgery.parts(path)
    surgery.damaged(content, at.sheet, a1(at.row, at.column), "formula")
    report = prove(surgery.save(tmp_path / "broken.xlsx", content))
    assert [(one.sheet, one.address) for one in report.wrong] == [(at.sheet, a1(at.row, at.column))]


def test_cells_that_are_merged_away_are_named_and_those_between_numbers_are_none(
    made: dict[str, Path], tmp_path: Path
) -> None:
    path = made["by-hand"]
    assert prove(path).status == 0  # the sheet has merged cells, and each of them has one number
    first, below = (Sight(path).plan.blocks[f"network.conv.weight{line}.out"].cell(0, 0, 0, 0) for line in ("", ".2"))
    content = surgery.parts(path)
    part = surgery.part_of(content, first.sheet)
    start = a1(first.row, first.column)
    xml = content[part].decode()
    found = re.search(rf'<mergeCell ref="{start}:([A-Z]+){first.row}"', xml)
    assert found is not None
    content[part] = xml.replace(found[0], f'<mergeCell ref="{start}:{found[1]}{below.row}"').encode()
    report = prove(surgery.save(tmp_path / "merged.xlsx", content))
    assert [(one.sheet, one.address) for one in report.settings] == [(below.sheet, a1(below.row, below.column))]

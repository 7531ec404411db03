"""How numbers are shown: as a person would write them, and never as 0 where they are not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, SAMPLES
from openpyxl import load_workbook

import sheetnet
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import number_style, with_zeros
from sheetnet.workbook.style import DECIMALS, PLAIN, ZEROS, styles

SHOWN = [
    ("number", [5.6, 1.2, 0.0, -4.0], "number.tenths"),
    ("sum", [5.6, 0.0], "sum.tenths"),
    ("map", [0.4, 0.0], "map.general"),  # a square shows tenths as they come
    ("number", [400.0, 0.0, -100.0], "number.general"),
    ("number", [1e9, 0.123], "number.general"),
    ("number", [0.25, 1.0], "number"),
    ("number", [0.25, 0.0, -0.25], "number.zeros"),
    ("number", [0.25, 0.0, -0.00001], "number"),  # -0.0000 beside 0 would be one sign too many
    ("map", [0.25, 0.0, -0.004], "map"),
    ("map", [0.25, 0.0, 1.5], "map.zeros"),
    ("number", [1e-7, -3e-5], "number.tiny"),
    ("sum", [1e-12, 0.0], "sum.tiny"),
    ("weight", [1e-7], "weight"),
    ("number", [0.0], "number.general"),
]


@pytest.mark.parametrize(("style", "values", "expected"), SHOWN)
def test_numbers_have_the_decimals_that_all_of_them_need(style: str, values: list[float], expected: str) -> None:
    assert number_style(style, np.array(values)) == expected
    assert expected in styles(PLAIN)


@pytest.mark.parametrize("style", DECIMALS)
def test_a_zero_is_told_from_what_is_next_to_it(style: str) -> None:
    assert with_zeros(style, np.array([0.0, 1.25])) == f"{style}{ZEROS}"
    assert with_zeros(style, np.array([0.5, 1.25])) == style
    assert styles(PLAIN)[style].format == f"0.{'0' * DECIMALS[style]}"


@cache
def _described(name: str) -> Lesson:
    photo = SAMPLES / "astronaut.png" if name == "detective" else None
    case = prepare(Request(photo, template=name))
    return describe(case, case.values)


def test_up_to_the_logits_by_hand_shows_whole_numbers_and_those_with_one_decimal() -> None:
    lesson, seen = _described("by-hand"), 0
    fixed = {key for key, style in styles(PLAIN).items() if "0.00" in style.format or "E+" in style.format}
    titles = {lesson.plan.sheets[n.name] for n in lesson.network.nodes} - {"Softmax", "Loss"}
    titles |= {lesson.extras[key] for key in ("closeup", "closeup_pool", "closeup_logit", "charts")}
    for full, block in lesson.plan.blocks.items():
        style = lesson.styles.get(full, "")
        if block.anchors[0].sheet in titles and style and not full.endswith((".share", ".value")):
            seen += 1
            assert style.removesuffix(".framed") not in fixed, f"{full}: {style}"
    assert seen > 50


def test_no_probability_short_of_one_is_shown_as_100_percent(tmp_path: Path) -> None:
    sheetnet.build(out=tmp_path / "x.xlsx", template="residual", engine=None)
    book = load_workbook(tmp_path / "x.xlsx")
    rules = [
        (str(one.sqref), rule.formula[0], rule.dxf.numFmt.formatCode)
        for one, found in book["Softmax"].conditional_formatting._cf_rules.items()
        for rule in found
        if rule.type == "expression" and rule.dxf.numFmt is not None
    ]
    assert ("G10:G19", "G10>0.9999995", "0.0###### %") in rules
    assert ("G10:G19", "G10>=0.9995", "0.0### %") in rules
    assert [cells for cells, formula, _ in rules if "<0.00005" in formula] == ["E10:E19", "F10:F19"]
    [bars] = [chart for chart in book["Softmax"]._charts if chart.tagname == "barChart"]
    assert bars.series[0].dLbls.numFmt == '[>=0.995]">99 %";[<0.005]"<1 %";0 %'
    assert 1.1 < bars.y_axis.scaling.max < 1.2, "the label of a full bar has room, and no tick says 120 %"
    words = [cell.value for row in book["Softmax"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert [one for one in words if one.startswith("E-07 behind a number")]


def test_a_share_of_practice_has_the_digits_that_its_logarithm_needs() -> None:
    for name in ("by-hand", "detective"):
        lesson = _described(name)
        sheet = lesson.book.sheet(lesson.extras["practice"])
        [full] = [full for full in lesson.styles if full.startswith("practice.") and full.endswith(".chance.out")]
        assert lesson.styles[full] == "number"
        formats = [mark.format for mark in sheet.marks if mark.format]
        assert formats == ["0.00E+00", "0.000000"]


def _pieces(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict):
        yield told
    for one in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _pieces(one)


def test_no_lesson_says_100_percent_of_a_probability() -> None:
    seen = 0
    for path in sorted((ROOT / "templates").glob("*/lesson.toml")):
        told = list(_pieces(tomllib.loads(path.read_text(encoding="utf-8"))))
        kinds = {one["name"]: one["kind"] for one in told if "name" in one and "kind" in one}
        for one in told:
            if "show" in one and kinds.get(one["show"]) in ("softmax", "sigmoid"):
                assert one.get("style") != "percent", f"{path.parent.name}: {one['show']}"
                seen += one.get("style") == "chance"
    assert seen > 5

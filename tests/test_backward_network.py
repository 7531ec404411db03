"""The second row of the sheet Network: the gradients, each below its number, where there is room for them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from learners import CAT, described, network
from test_network_sheet import HIGH, WIDE

from sheetnet.case.request import Request
from sheetnet.layout.addresses import areas
from sheetnet.layout.sheets.network import TOP
from sheetnet.layout.sheets.strips import arrange
from sheetnet.lesson.beside.network.strips import everything
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.workbook.style import MINI

BACK = "network.back."
ASKED: dict[str, dict[str, Any]] = {
    "by-hand": {},
    "digits": {"label": "3"},
    "detective": {"photo": CAT, "label": "Coffee"},
    "shapes": {"label": "Circle"},
}


@pytest.fixture(scope="module")
def lessons() -> dict[str, Lesson]:
    return {
        name: described(Request(**{"photo": None, **asked}, template=name, backward=True, engine=None))
        for name, asked in ASKED.items()
    }


def rows(lesson: Lesson) -> dict[str, str]:
    """Full names: of what lies in the second row -> of what it repeats. Of an enlarged number its first cell."""
    every = {name: look for name, look in lesson.plan.looks.items() if name.startswith(BACK)}
    looks = {name: look for name, look in every.items() if not re.search(r"\.[0-9]+$", name)}
    return {f"{name}.out": str(look.reads["x"]) for name, look in looks.items() if not name.endswith("logits")}


@pytest.mark.parametrize("name", ["by-hand", "digits", "detective"])
def test_each_gradient_lies_below_its_number(lessons: dict[str, Lesson], name: str) -> None:
    lesson = lessons[name]
    plan, sheet = lesson.plan, lesson.book.sheet("Network")
    found = rows(lesson)
    assert found
    for full, gradient in found.items():
        of = full.removeprefix(BACK).removesuffix(".out")
        block, above = plan.blocks[full], plan.blocks[f"network.{of.removesuffix('.out')}.out"]
        down = {b.row - a.row for (a, _), (b, _) in zip(above.rectangles(), block.rectangles(), strict=True)}
        assert len(down) == 1
        assert min(down) > max(last.row for _, last in above.rectangles()) - TOP
        assert [a.column for a in above.anchors] == [b.column for b in block.anchors]
        assert lesson.styles[full] == MINI
        np.testing.assert_array_equal(
            lesson.value(full).ravel(), np.asarray(lesson.value(gradient)).ravel(), err_msg=full
        )
        corner = areas(block, "Network")[0].partition(":")[0]
        stops = next(s.stops for s in sheet.scales if any(one.startswith(f"{corner}:") for one in s.ranges))
        assert stops[1] == (lesson.theme.paper, 0.0)
        assert stops[0][1] == -stops[2][1]  # type: ignore[operator]
    learned = {f"{node.name}.{own}" for node in lesson.network.nodes for own in node.layer.learns if own == "weight"}
    assert learned == {full.removeprefix(BACK).removesuffix(".out") for full in found} & learned


@pytest.mark.parametrize("name", ["by-hand", "digits", "detective"])
def test_both_rows_lie_on_the_first_screen(lessons: dict[str, Lesson], name: str) -> None:
    lesson = lessons[name]
    sheet, blocks = lesson.book.sheet("Network"), lesson.plan.blocks
    corners = [at for full in rows(lesson) for _, at in blocks[full].rectangles()]
    high = sum(sheet.heights.get(row, 15.0) for row in range(1, max(at.row for at in corners) + 1)) * 96 / 72
    wide = sum(
        column_pixels(sheet.widths.get(c, sheet.default_width)) for c in range(1, max(at.column for at in corners))
    )
    assert high <= HIGH
    assert wide <= WIDE


def test_the_way_back_begins_with_the_logits(lessons: dict[str, Lesson]) -> None:
    lesson = lessons["by-hand"]
    p, truth = lesson.value("softmax.out"), lesson.value("truth.out")
    np.testing.assert_allclose(lesson.value("network.back.logits.out"), p - truth)
    assert "network.back.logits.out" not in lessons["digits"].plan.blocks  # ten classes leave no room below them


def test_where_the_first_row_would_lose_maps_there_is_no_second_one(lessons: dict[str, Lesson]) -> None:
    assert rows(lessons["shapes"]) == {}


def test_two_rows_take_half_the_height_each() -> None:
    lesson_strips = [one.strip(40) for one in everything(network("stride and padding"))]
    one, two = (arrange("N", lesson_strips, 200, 2, 8, 10_000, twice=twice) for twice in (False, True))
    assert one is not None
    assert two is not None
    assert one.back == 0
    assert two.back == TOP + (two.rows - 1) // 2
    moved = two.behind(two.placed[0])
    assert moved == replace(two.placed[0], top=two.back + 1)

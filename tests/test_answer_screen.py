"""What answers a reader lies on the first screen: charts, close-ups and the ticks of Checks, by arithmetic."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES
from openpyxl.utils.cell import coordinate_to_tuple

from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.grid import Block
from sheetnet.layout.sheets.checks import LAST
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.screen import HEIGHT, WIDTH, reach, shows
from sheetnet.network import Network
from sheetnet.photo import from_pixels
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.look import Chart
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.style import PLAIN, styles

FIRST = 9
TEMPLATES = [(name, language) for name in ("by-hand", "detective", "digits", "shapes") for language in ("en", "zh")]
BANDS = [f"closeup.{own}" for own in ("channels.out", "window.out", "weight.out", "products.product", "products.sum")]
BANDS += [f"closeup.{sign}.out" for sign in ("times", "equals", "adds")]


@cache
def _described(name: str, language: str) -> Lesson:
    case = _large(int(name[0])) if name in ("5x5x3", "7x7x3") else prepare(_request(name, language))
    return describe(case, case.values)


def _request(name: str, language: str) -> Request:
    photo = SAMPLES / "astronaut.png" if name == "detective" else None
    return Request(photo, template=name, language=language)


def _large(size: int) -> Case:
    """A network with a window of such a size over three channels, between a pooling of 3x3 and a logit."""
    layers: list[dict[str, Any]] = [
        {"name": "conv", "kind": "conv2d", "filters": 4, "size": size},
        {"name": "relu", "kind": "relu"},
        {"name": "pool", "kind": "maxpool2d", "size": 3, "stride": 2},
        {"name": "flatten", "kind": "flatten"},
        {"name": "dense", "kind": "dense", "units": 2},
        {"name": "softmax", "kind": "softmax"},
    ]
    spec = {
        "name": "large",
        "classes": ["Ann", "Bob and a name that is long"],
        "input": {"shape": [3, 12, 12]},
        "layers": layers,
    }
    network = Network.from_spec(spec)
    pixels = np.random.RandomState(1).randint(0, 256, (3, 12, 12)).astype(float)
    prose = dict.fromkeys(("title", "lead", "summary"), "x")
    return Case(network, network.fill({}, 1), from_pixels(pixels, "large"), None, prose)


def _beyond(lesson: Lesson, blocks: dict[str, Block]) -> list[str]:
    """The blocks that do not lie on the first screen of their sheet."""
    ends = [(name, last) for name, block in blocks.items() for _, last in block.rectangles()]
    sheets = {last.sheet: lesson.book.sheet(last.sheet) for _, last in ends}
    return [
        f"{name}: {reach(sheets[last.sheet], last.row, last.column)}"
        for name, last in ends
        if not shows(sheets[last.sheet], last.row, last.column)
    ]


def _corner(sheet: Sheet, row: int, column: int) -> tuple[float, float]:
    """Where a cell begins, in pixels."""
    return reach(sheet, row - 1, column - 1)


def _box(sheet: Sheet, chart: Chart) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a chart, in pixels."""
    left, top = _corner(sheet, *coordinate_to_tuple(chart.at))
    return left, top, left + chart.size[0], top + chart.size[1]


@pytest.mark.parametrize(("name", "language"), TEMPLATES)
def test_charts_lie_on_the_first_screen_below_the_head_and_on_nothing(name: str, language: str) -> None:
    lesson = _described(name, language)
    kinds = {"softmax": 2, "crossentropy": 1}
    titles = {lesson.plan.sheets[n.name]: kinds[n.layer.kind] for n in lesson.network.nodes if n.layer.kind in kinds}
    titles[lesson.extras["charts"]] = 2
    for title, count in titles.items():
        sheet = lesson.book.sheet(title)
        boxes = [_box(sheet, chart) for chart in sheet.charts]
        assert len(boxes) == count
        assert all(coordinate_to_tuple(chart.at)[0] >= FIRST for chart in sheet.charts)
        assert all(right <= WIDTH and bottom <= HEIGHT for _, _, right, bottom in boxes), (title, boxes)
        assert all(one[2] <= other[0] for one, other in pairwise(boxes)), (title, boxes)
        _assert_nothing_below(lesson, sheet, boxes)


def _assert_nothing_below(lesson: Lesson, sheet: Sheet, boxes: list[tuple[float, float, float, float]]) -> None:
    """No text and no number of a sheet lies under a chart, as far as its words reach."""
    ends = []
    for row, entries in sheet.rows.items():
        for cell in entries:
            if isinstance(cell, Cell) and isinstance(cell.value, str):
                left, top = _corner(sheet, row, cell.column)
                style = styles(PLAIN)[cell.style]
                room = pixels(cell.value, style.size, bold=style.bold) if style.align in (None, "left") else 0
                ends.append((cell.value, left + max(room, 1), top))
    for full, block in lesson.plan.blocks.items():
        for _, last in block.rectangles():
            if last.sheet == sheet.title:
                said = map(str, np.ravel(lesson.value(full))) if full.startswith(("loss.told", "told.")) else ()
                room = max(map(pixels, said), default=0)
                left, top = _corner(sheet, last.row, last.column)
                ends.append((full, left + max(room, 1), top))
    for what, right, top in ends:
        for box in boxes:
            assert not (box[1] <= top < box[3] and right > box[0] + 1), f"{what!r} reaches under a chart"


@pytest.mark.parametrize(("name", "language"), [*TEMPLATES, ("5x5x3", "en")])
def test_a_close_up_shows_all_of_its_arithmetic_on_the_first_screen(name: str, language: str) -> None:
    lesson = _described(name, language)
    plan = lesson.plan
    lists = (".layers", ".picks", ".value")
    all_products = (
        "closeup_logit.x.",
        "closeup_logit.weight.",
        "closeup_logit.products.product",
        "closeup_logit.alike.",
    )
    blocks = {
        full: block
        for full, block in plan.blocks.items()
        if full.startswith("closeup") and not full.endswith(lists) and not full.startswith(all_products)
    }
    channels = next(n for n in lesson.network.nodes if n.layer.kind == "conv2d")
    count = lesson.network.parameters[f"{channels.name}.weight"][1]
    for full, block in blocks.items():  # of a layer with more maps than the photo has channels a reader scrolls
        if full in BANDS:
            blocks[full] = Block((count, *block.shape[1:]), block.anchors, block.steps)
    assert set(BANDS) <= set(blocks)
    assert len(blocks) > 40
    assert _beyond(lesson, blocks) == []


def test_a_larger_window_is_seen_whole_at_a_zoom_at_which_it_can_be_read() -> None:
    lesson = _described("7x7x3", "en")
    sheet = lesson.book.sheet(lesson.extras["closeup"])
    assert 70 <= sheet.zoom < 100
    assert _beyond(lesson, {full: lesson.plan.blocks[full] for full in BANDS}) == []


def test_charts_beside_long_names_are_seen_whole() -> None:
    lesson = _described("5x5x3", "en")
    sheet = lesson.book.sheet(lesson.plan.sheets["softmax"])
    assert sheet.zoom < 100
    assert max(_box(sheet, chart)[2] for chart in sheet.charts) * sheet.zoom / 100 <= WIDTH


@pytest.mark.parametrize(("name", "language"), TEMPLATES)
def test_lists_and_points_of_charts_lie_below_the_first_screen(name: str, language: str) -> None:
    lesson = _described(name, language)
    plan = lesson.plan
    behind = [f"{key}.layers" for key in ("closeup", "closeup_pool", "closeup_logit")]
    behind += [full for full in plan.blocks if full.startswith(("loss.point.", "loss.curve."))]
    assert len(behind) == 7
    for full in behind:
        first = plan.blocks[full].anchors[0]
        assert reach(lesson.book.sheet(first.sheet), first.row - 1, 1)[1] >= HEIGHT, full


@pytest.mark.parametrize(("name", "language"), TEMPLATES)
def test_the_ticks_of_checks_lie_on_the_first_screen(name: str, language: str) -> None:
    lesson = _described(name, language)
    sheet = lesson.book.sheet(lesson.extras["checks"])
    agreeing = {full: block for full, block in lesson.plan.blocks.items() if full.startswith("checks.agrees.")}
    states = [block for full, block in lesson.plan.blocks.items() if full.startswith("checks.state.")]
    assert _beyond(lesson, {**agreeing, "the first state": states[0]}) == []
    assert {block.anchors[0].column for block in states} == {block.anchors[0].column for block in agreeing.values()}
    assert reach(sheet, 1, LAST)[0] * sheet.zoom / 100 <= WIDTH  # all columns of the table

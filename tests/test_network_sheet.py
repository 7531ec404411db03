"""The sheet Network: all of it lies on the first screen, every strip is a live copy, and it costs what it may."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
from conftest import SAMPLES
from opened import Opened
from sight import Sight

from sheetnet import words
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.errors import WorkbookError
from sheetnet.grid import a1, row_column
from sheetnet.layout import Plan, read_record
from sheetnet.layout.sheets.network import LEAST, NAMES
from sheetnet.layout.sheets.strips import AS_WIDE, WIDER
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.network import Network
from sheetnet.photo import from_pixels
from sheetnet.proof.prove import prove
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.read import find_record
from sheetnet.workbook.style import MINI

# Pixels of cells on a screen of 1366x768 at 100 %: what Excel shows below its ribbon, beside no headings, and what
# LibreOffice shows beside the headings, which it shows whatever a sheet says.
HIGH, WIDE = 490, 1266
TEMPLATES = {"detective": {"photo": SAMPLES / "astronaut.png"}, "digits": {}, "shapes": {}, "by-hand": {}}
EVERY = [(name, language) for name in TEMPLATES for language in words.languages()]
MANY = "more maps than fit on one screen"
LEAST_ROW = 100  # points; a screen has no higher row


@dataclass(frozen=True)
class Described:
    """A workbook that was described, not written. ``own``: how many formulas the sheet Network has."""

    lesson: Lesson
    sheet: Sheet
    own: int
    others: int


@cache
def described(name: str, language: str = "en") -> Described:
    case = prepare(
        Request(template=name, language=language, **(TEMPLATES | {"faces": TEMPLATES["detective"]}).get(name, {}))
    )  # type: ignore[arg-type]
    return of_case(case)


def of_case(case: Case) -> Described:
    lesson = describe(case, case.values)
    sheet = lesson.book.sheet(lesson.extras["network"])
    sizes = {full: int(np.prod(lesson.plan.blocks[full].shape)) for full in lesson.plan.computed()}
    own = sum(size for full, size in sizes.items() if full.startswith("network."))
    return Described(lesson, sheet, own, sum(sizes.values()) - own)


def texts(sheet: Sheet, row: int) -> list[str]:
    cells = [one for one in sheet.rows.get(row, ()) if isinstance(one, Cell) and isinstance(one.value, str)]
    return [str(one.value) for one in sorted(cells, key=lambda one: one.column)]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_all_of_it_lies_on_the_first_screen(name: str, language: str) -> None:
    found = described(name, language)
    sheet, plan = found.sheet, found.lesson.plan
    looks = [full for full in plan.blocks if full.startswith("network.")]
    last_row = max(last.row for full in looks for _, last in plan.blocks[full].rectangles())
    last_column = max(last.column for full in looks for _, last in plan.blocks[full].rectangles())
    high = sum(sheet.heights.get(row, LEAST_ROW) for row in range(1, last_row + 1)) / 0.75
    widths = [column_pixels(sheet.widths.get(c, sheet.default_width)) for c in range(1, last_column + 1)]
    assert high <= HIGH
    assert sum(width * (1 if width <= AS_WIDE else WIDER) for width in widths) <= WIDE
    assert sheet.print_rows is not None
    assert last_row <= sheet.print_rows
    for row in range(1, NAMES):
        for text in texts(sheet, row):
            assert pixels(text, 11) <= WIDE, text
    assert not sheet.headings


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_cells_are_squares_of_three_pixels_or_more_and_no_two_strips_meet(name: str, language: str) -> None:
    found = described(name, language)
    styles = found.lesson.styles
    strips = [full for full in found.lesson.plan.blocks if full.startswith("network.") and styles[full] == MINI]
    blocks = {full: found.lesson.plan.blocks[full] for full in strips}
    wide = {where.partition(":")[0]: merged_columns(where) for where in found.sheet.merges}
    size = column_pixels(found.sheet.default_width)
    assert size >= LEAST
    taken: dict[tuple[int, int], str] = {}
    for full, block in blocks.items():
        for _, _, row, first in block.walk():
            for column in range(first, first + wide.get(a1(row, first), 1)):
                assert (row, column) not in taken, f"{full} lies on {taken.get((row, column))}"
                taken[row, column] = full
            assert found.sheet.heights[row] / 0.75 == size
    spans: dict[str, tuple[int, int]] = {}
    for (_, column), full in taken.items():
        source = str(found.lesson.plan.looks[full.removesuffix(".out")].reads["x"])
        start, end = spans.get(source, (column, column))
        spans[source] = min(start, column), max(end, column)
    for (_, end), (start, _) in pairwise(sorted(spans.values())):
        assert start > end + 1  # air between them


def merged_columns(where: str) -> int:
    """How many columns are merged: never rows of pictures, of which LibreOffice would colour only the first."""
    (_, first), (_, last) = (row_column(at) for at in where.split(":"))
    return last - first + 1


def test_texts_above_the_strips_do_not_meet() -> None:
    for name, language in [*EVERY, ("residual", "en"), ("residual", "zh")]:
        sheet = described(name, language).sheet
        for row in (NAMES, NAMES + 1):
            cells = sorted((one for one in sheet.rows[row] if isinstance(one, Cell)), key=lambda one: one.column)
            for one, after in pairwise(cells):
                room = sum(
                    column_pixels(sheet.widths.get(c, sheet.default_width)) for c in range(one.column, after.column)
                )
                assert pixels(str(one.value), 9 if row > NAMES else 10) <= room, f"{name}: {one.value}"


def test_where_nobody_is_the_truth_the_loss_is_not_0(opened: Callable[[str], Opened]) -> None:
    book = opened("by-hand")
    at = whole_plan(book).blocks["network.loss.out"].cell()
    assert str(book.at(at.sheet, at.row, at.column)).startswith("0.03")
    choice = book.plan.blocks["truth.choice"].anchors[0]
    book.session.set(choice.sheet, choice.row, choice.column, book.words("loss.nobody"))
    book.session.evaluate()
    assert book.at(at.sheet, at.row, at.column) == book.words("loss.unknown")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_layer_is_named_with_a_link_to_its_sheet(name: str) -> None:
    found = described(name)
    lesson, sheet = found.lesson, found.sheet
    links = dict(sheet.links)
    cells = [(row, one) for row in sheet.rows for one in sheet.rows[row] if isinstance(one, Cell)]
    named = {one.value: a1(row, one.column) for row, one in cells}
    for node in lesson.network.nodes:
        title = lesson.plan.sheets[node.name]
        assert links[named[lesson.named[node.name]]].rpartition("!")[0].strip("'") == title
    merged = {one.partition(":")[0] for one in sheet.merges}
    narrow = [at for at in links if column_pixels(sheet.widths.get(row_column(at)[1], sheet.default_width)) < 30]
    assert set(narrow) <= merged  # else nobody could hit them


@pytest.mark.parametrize("name", [*TEMPLATES, "residual"])
def test_it_has_at_most_sixty_percent_more_formulas(name: str) -> None:
    found = described(name)
    assert 0 < found.own <= 0.6 * found.others


def test_layers_share_a_strip_where_there_would_be_too_many_formulas() -> None:
    found = described("detective")
    row = texts(found.sheet, NAMES)
    assert row[row.index("Conv1") + 1] == "ReLU1"
    assert described("by-hand").lesson.styles["network.logits.out"] == "number.general"  # 5.6, as on the sheet Dense
    assert found.lesson.styles["network.logits.out"] == "fixed"
    said = found.lesson.words
    assert any(said("network.shared_relu") in text for text in texts(found.sheet, 5))
    assert "network.relu1.out" not in found.lesson.plan.blocks
    small = described("by-hand")
    assert {"network.conv.out", "network.relu.out", "network.flatten.out"} <= set(small.lesson.plan.blocks)
    assert not any(said("network.shared_relu") in text for text in texts(small.sheet, 5))


def test_a_deep_network_shows_what_fits_and_says_how_much_that_is() -> None:
    found = described("residual")
    shown = {full.split(".")[1] for full in found.lesson.plan.blocks if full.startswith("network.")}
    layers = [node.name for node in found.lesson.network.nodes]
    assert "add8" in shown
    assert 6 <= len(shown.intersection(layers)) < len(layers)
    assert any(f"of {len(layers)} layers" in text for text in texts(found.sheet, 5))


ODD: dict[str, tuple[tuple[int, int, int], dict[str, Any], bool]] = {  # photo, first layer, whether it has the sheet
    "a photo and a mean": ((3, 28, 28), {"kind": "globalavgpool"}, False),
    "few windows": ((3, 28, 28), {"kind": "maxpool2d", "size": 14}, False),
    "a strip": ((1, 8, 500), {"kind": "conv2d", "filters": 2, "size": 3}, True),
    "a tower": ((1, 380, 4), {"kind": "conv2d", "filters": 4, "size": 3}, False),
    "maps that just fit": ((1, 110, 110), {"kind": "conv2d", "filters": 6, "size": 3}, True),
    "large maps": ((3, 112, 112), {"kind": "conv2d", "filters": 6, "size": 3}, True),
}


@pytest.mark.parametrize("name", ODD)
def test_a_photo_of_any_shape_is_described_and_maps_stay_in_their_rows(name: str) -> None:
    shape, first, shown = ODD[name]
    last = [{"name": "d", "kind": "dense", "units": 2}, {"name": "softmax", "kind": "softmax"}]
    layers = [{"name": "first", **first}, {"name": "flat", "kind": "flatten"}, *last]
    spec = {"name": "odd", "classes": ["a", "b"], "input": {"shape": list(shape)}, "layers": layers}
    network = Network.from_spec(spec)
    case = Case(
        network,
        network.fill({}, 0),
        from_pixels(np.zeros(shape), "odd"),
        None,
        {"title": "", "lead": "", "summary": ""},
    )
    lesson = describe(case, case.values)
    assert ("network" in lesson.extras) == shown
    if shown:
        sheet = lesson.book.sheet("Network")
        looks = [block for full, block in lesson.plan.blocks.items() if full.startswith("network.") and block.steps]
        on_it = [last for block in looks for _, last in block.rectangles() if len(block.shape) > 1]
        assert on_it
        assert sheet.print_rows is not None
        assert max(last.row for last in on_it) <= sheet.print_rows


def test_a_plain_workbook_has_no_such_sheet(tmp_path: Path) -> None:
    case = prepare(Request(template="by-hand", plain=True))
    lesson = describe(case, case.values)
    assert "network" not in lesson.extras
    assert not any(name.startswith("network.") for name in lesson.plan.looks)


# Live


def whole_plan(opened: Opened) -> Plan:
    """The plan with all looks, as the workbook remembers it."""
    contents = opened.contents
    return read_record(find_record(contents, "it"), contents.names, contents.lost, "it")[0]


def copies(opened: Opened) -> dict[str, np.ndarray]:
    """What the strips show now, by full name."""
    plan, found = whole_plan(opened), {}
    for name, look in plan.looks.items():
        if name.startswith("network.") and look.hidden:
            block = plan.blocks[f"{name}.out"]
            numbers = np.empty(block.shape)
            for index, sheet, row, column in block.walk():
                numbers[index] = opened.at(sheet, row, column)
            source = look.reads["x"]
            assert isinstance(source, str)
            found[source] = numbers
    return found


def test_a_pixel_that_is_changed_is_followed_by_every_strip(opened: Callable[[str], Opened]) -> None:
    book = opened("by-hand")
    known = book.values | book.parameters
    before = copies(book)
    assert {"photo.out", "conv.weight", "conv.out", "relu.out", "pool.out", "flatten.out", "dense.weight"} <= set(
        before
    )
    for full, numbers in before.items():
        assert np.allclose(numbers.ravel(), known[full].ravel(), atol=1e-9), full
    at = book.plan.blocks["photo.out"].cell(0, 0, 0)
    book.set(at, 77)
    book.inputs["photo.out"] = book.inputs["photo.out"].copy()
    book.inputs["photo.out"][0, 0, 0] = 77
    book.tell_again()
    book.session.evaluate()
    after, known = copies(book), book.values | book.parameters
    for full, numbers in after.items():
        assert np.allclose(numbers.ravel(), known[full].ravel(), atol=1e-9), full
    assert not np.allclose(before["conv.out"], after["conv.out"])


def numbers_shown(book: Opened) -> list[int]:
    block = whole_plan(book).blocks["network.conv1.ranks.out"]
    return [int(book.at(at.sheet, at.row, at.column)) for at in block.anchors]


def test_the_maps_that_answered_most_are_shown_and_the_list_chooses_others(opened: Callable[[str], Opened]) -> None:
    book = opened(MANY)
    strongest = np.argsort(-book.values["conv1.out"].max((1, 2)), kind="stable") + 1
    shown = numbers_shown(book)
    assert 1 < len(shown) < 24
    assert shown == strongest[: len(shown)].tolist()
    cells = book.contents.cells["Network"]
    choice = next(at for at, cell in cells.items() if cell.value == book.words("network.strongest"))
    for key, expected in (("last", range(24, 0, -1)), ("first", range(1, 25)), ("strongest", strongest.tolist())):
        book.session.set("Network", *choice, book.words(f"network.{key}"))
        book.session.evaluate()
        assert numbers_shown(book) == list(expected)[: len(shown)]
        maps = book.values["conv1.out"][np.array(numbers_shown(book)) - 1]
        assert np.allclose(copies(book)["conv1.out"], maps, atol=1e-9)


def test_a_weight_that_is_changed_changes_the_order(opened: Callable[[str], Opened]) -> None:
    book = opened(MANY)
    weakest = int(book.values["conv1.out"].max((1, 2)).argmin())
    book.set(book.plan.blocks["conv1.bias"].cell(weakest), 1e6)
    book.session.evaluate()
    assert numbers_shown(book)[0] == weakest + 1


# The proof


def test_digits_may_be_hidden_there_and_nowhere_else(made: dict[str, Path], tmp_path: Path) -> None:
    path = made["by-hand"]
    assert prove(path).status == 0
    book = Sight(path)
    plan = book.plan
    mini = plan.blocks["network.conv.out"].cell(0, 0, 0)
    other = plan.blocks["conv.out"].cell(0, 0, 0)
    content = surgery.parts(path)
    part = surgery.part_of(content, other.sheet)
    style = _style(content, mini.sheet, a1(mini.row, mini.column))
    xml = content[part].decode()
    address = a1(other.row, other.column)
    content[part] = re.sub(rf'(<c r="{address}" s=")\d+', rf"\g<1>{style}", xml).encode()
    report = prove(surgery.save(tmp_path / "hidden.xlsx", content))
    assert [(one.sheet, one.address) for one in report.settings] == [(other.sheet, address)]


def test_a_record_cannot_hide_the_digits_of_anything_but_maps(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    record = surgery.read_record(content)
    record["looks"]["start.said"]["hidden"] = True
    surgery.write_record(content, record)
    with pytest.raises(WorkbookError, match="may hide its digits"):
        prove(surgery.save(tmp_path / "said.xlsx", content))
    content = surgery.parts(made["by-hand"])
    record = surgery.read_record(content)
    record["looks"]["view.dense.x"]["hidden"] = True  # a copy, but a list
    surgery.write_record(content, record)
    plan = Sight(made["by-hand"]).plan
    mini, at = plan.blocks["network.conv.out"].cell(0, 0, 0), plan.blocks["view.dense.x.out"].cell(0)
    part, address = surgery.part_of(content, at.sheet), a1(at.row, at.column)
    style = _style(content, mini.sheet, a1(mini.row, mini.column))
    xml = content[part].decode()
    content[part] = re.sub(rf'(<c r="{address}" s=")\d+', rf"\g<1>{style}", xml).encode()
    report = prove(surgery.save(tmp_path / "list.xlsx", content))
    assert [(one.sheet, one.address) for one in report.settings] == [(at.sheet, address)]


def _style(content: dict[str, bytes], title: str, address: str) -> str:
    found = re.search(rf'<c r="{address}" s="(\d+)"', content[surgery.part_of(content, title)].decode())
    assert found is not None
    return found[1]


def test_a_copy_of_another_cell_is_named(made: dict[str, Path], tmp_path: Path) -> None:
    path = made["by-hand"]
    at = Sight(path).plan.blocks["network.relu.out"].cell(1, 2, 3)
    content = surgery.parts(path)
    surgery.damaged(content, at.sheet, a1(at.row, at.column), "formula")
    report = prove(surgery.save(tmp_path / "broken.xlsx", content))
    assert [(one.sheet, one.address) for one in report.wrong] == [(at.sheet, a1(at.row, at.column))]

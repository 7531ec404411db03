"""The sheet Checks: all agree in a fresh workbook, and what a reader changes shows in the right rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from opened import EVERY, Open, Opened
from openpyxl.utils.cell import range_boundaries

from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.grid import Anchor, a1
from sheetnet.layout import is_deep
from sheetnet.layout.sheets.start import CHECKS, NAMES
from sheetnet.layout.titles import layout_check
from sheetnet.lesson.beside.checks import seals
from sheetnet.lesson.beside.checks.seals import pattern, prints
from sheetnet.lesson.build import make_book, write
from sheetnet.words import load as load_words
from sheetnet.workbook.book import Cell

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SEAL = 18  # the column of the live seals
PLACE = r"((?:'(?:[^']|'')+'!|[^'!+*,()]+!)?[$A-Z0-9:]+)"
TERM = re.compile(rf"([0-9.]+\*)?(?:SUMPRODUCT\({PLACE},{PLACE}\)|SUM\({PLACE}\)\*{PLACE})")


class Checks:
    """What the sheet says: state by tensor, state by check, and what it says of all of them."""

    def __init__(self, book: Opened) -> None:
        words, sheet = book.words, book.words("sheets.checks")
        assert book.errors(sheet) == []
        top = book.row_of(sheet, "checks.fingerprints") + 3
        rows = book.grid(sheet, top, 2, book.row_of(sheet, "checks.pattern") - 2 - top, 17)
        self.lines = {line[0]: line for line in rows}
        assert len(self.lines) == len(rows)
        same, other, changed = (words(f"checks.{key}") for key in ("same", "other", "changed"))
        assert {line[5] for line in rows} <= {same, changed}, "every tensor of these networks has a seal"
        self.differ = {name for name, line in self.lines.items() if line[5] == changed}
        last = book.row_of(sheet, "checks.all")
        above = book.grid(sheet, 10, 2, last - 10, 6)
        self.checks = {line[0]: line[5] for line in above}
        *arithmetic, sealed = self.checks.values()
        assert set(arithmetic) <= {same, other}
        assert sealed in (same, changed)
        self.total, self.start = book.at(sheet, last, 7), book.at(book.words("sheets.start"), CHECKS, NAMES)
        agree = sum(state == same for state in self.checks.values())
        edited = sealed == changed and set(arithmetic) == {same}
        said = {"agree": agree, "total": len(above)}
        assert self.total == (words("checks.edited") if edited else words("checks.all_state", **said))
        assert self.start == (words("start.edited") if edited else words("start.checks", **said))
        self.other = {name for name, state in self.checks.items() if state != same}


def _expected(book: Opened) -> set[str]:
    """The tensors that have a fingerprint: all whose formulas are short enough, see ``checks``."""
    known = (*book.network.shapes, *book.network.parameters)
    return {name for name in known if np.isfinite((book.values[name] ** 2).sum())}


def _pattern(book: Opened) -> np.ndarray:
    """The pattern of the seals as the sheet has it."""
    sheet = book.words("sheets.checks")
    row = book.row_of(sheet, "checks.pattern") + 1
    cells = {at: cell.value for at, cell in book.contents.cells[sheet].items() if at[0] >= row}
    rows, columns = (max(at[axis] for at in cells) - first + 1 for axis, first in enumerate((row, 2)))
    assert len(cells) == rows * columns
    return np.array([[cells[row + y, 2 + x] for x in range(columns)] for y in range(rows)])


def _weights(book: Opened, tensor: str) -> np.ndarray:
    """By how much each element of a tensor counts in its seal, as the formula says."""
    pattern, block, home = _pattern(book), book.plan.blocks[tensor], book.words("sheets.checks")
    corner = Anchor(home, book.row_of(home, "checks.pattern") + 1, 2)
    row = next(r for (r, c), cell in book.contents.cells[home].items() if c == 2 and cell.value == tensor)
    formula = book.contents.cells[home][row, SEAL].formula or ""
    assert len(formula) <= 1500
    found, places = np.zeros(block.shape), {block.cell(*index): index for index in np.ndindex(*block.shape)}
    factors = []
    for factor, many, weights, one, weight in TERM.findall(formula):
        factors.append(float(factor.removesuffix("*") or 1))
        (first, last), (start, end) = (_span(home, place) for place in (many or one, weights or weight))
        assert start == corner
        assert (end.row - start.row, end.column - start.column) == (last.row - first.row, last.column - first.column)
        for y, x in product(range(last.row - first.row + 1), range(last.column - first.column + 1)):
            index = places.pop(Anchor(first.sheet, first.row + y, first.column + x), None)
            if index is not None:
                found[index] = factors[-1] * pattern[y, x]
    assert places == {}, f"elements of {tensor} that the seal does not count"
    assert len(set(factors)) == len(factors)
    assert TERM.sub("", formula).strip("+") == ""
    return found


def _span(home: str, place: str) -> tuple[Anchor, Anchor]:
    sheet, _, cells = place.rpartition("!")
    left, top, right, bottom = range_boundaries(cells)
    title = sheet.removeprefix("'").removesuffix("'").replace("''", "'") or home
    return Anchor(title, top, left), Anchor(title, bottom, right)


def _seal(book: Opened, tensor: str) -> float:
    return float((_weights(book, tensor) * book.values[tensor]).sum())


@pytest.mark.parametrize("name", EVERY)
def test_everything_agrees_in_a_fresh_workbook(opened: Open, name: str) -> None:
    book = opened(name)
    checks = Checks(book)
    assert checks.differ == checks.other == set()
    assert set(checks.lines) == _expected(book)
    for tensor, line in checks.lines.items():
        value = book.values[tensor]
        assert line[3] == line[4] == value.size
        numbers = [value.sum(), (value**2).sum(), value.min(), value.max(), _seal(book, tensor)]
        for stored, live, true in zip(line[7:12], line[12:17], numbers, strict=True):
            scale = 1e-9 * (1 + np.sqrt(value.size * (value**2).sum()))
            assert stored == pytest.approx(true, rel=1e-9, abs=scale)
            assert live == pytest.approx(true, rel=1e-9, abs=scale)
        assert line[2] == " × ".join(map(str, value.shape)) if value.shape else line[2] == "1"
        assert line[1] == book.plan.blocks[tensor].anchors[0].sheet


@pytest.mark.parametrize("template", ["by-hand", "detective"])
def test_everything_agrees_in_chinese_as_well(tmp_path: Path, template: str) -> None:
    photo = None if template == "by-hand" else SAMPLES / "coffee.png"
    case = prepare(Request(photo, template=template, language="zh"))
    write(case, tmp_path / "zh.xlsx")
    book = Opened(case, (tmp_path / "zh.xlsx").read_bytes())
    checks = Checks(book)
    assert checks.differ == checks.other == set()
    assert set(checks.lines) == _expected(book)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Opened]:
    """The template digits, opened afresh each time."""
    path = tmp_path_factory.mktemp("digits") / "digits.xlsx"
    case = prepare(Request(None, template="digits"))
    write(case, path)
    return lambda: Opened(case, path.read_bytes())


@pytest.fixture(params=["by-hand", "digits"])
def book_of(request: pytest.FixtureRequest, opened: Open, digits: Callable[[], Opened]) -> Callable[[], Opened]:
    return digits if request.param == "digits" else lambda: opened("by-hand")


def _swapped(value: np.ndarray, axis: int, a: int, b: int) -> np.ndarray:
    """With two slices exchanged."""
    order = list(range(value.shape[axis]))
    order[a], order[b] = order[b], order[a]
    return value.take(order, axis)


def test_no_two_numbers_and_no_two_slices_can_be_exchanged_unseen(book_of: Callable[[], Opened]) -> None:
    book = book_of()
    for tensor in (*book.network.shapes, *book.network.parameters):
        value, weights = book.values[tensor], _weights(book, tensor)
        least = 2e-9 * (1 + np.sqrt((value**2).sum()))
        x, w = value.ravel(), weights.ravel()
        differ = np.abs(x[:, None] - x) > 1e-3 * np.abs(x).max(initial=0.0)
        shift = np.abs((w[:, None] - w) * (x[:, None] - x))
        assert (shift > least)[differ].all(), tensor
        for axis, size in enumerate(value.shape):
            for a, b in combinations(range(size), 2):
                other = _swapped(value, axis, a, b)
                seen = abs(((other - value) * weights).sum()) > least
                assert seen or np.abs(other - value).max() <= 1e-3 * np.abs(value).max(), (tensor, axis, a, b)


def test_an_exchange_breaks_the_seal_and_the_arithmetic_still_agrees(book_of: Callable[[], Opened]) -> None:
    parameters = book_of().network.parameters
    dense = next(name for name, shape in parameters.items() if len(shape) == 2)
    conv = next(name for name, shape in parameters.items() if len(shape) == 4)
    for tensor, axis in ((dense, 0), (dense, 1), (conv, 0), (conv, -1)):
        book = book_of()
        before = book.values[tensor]
        pairs = combinations(range(before.shape[axis]), 2)
        after = next(one for a, b in pairs if np.abs((one := _swapped(before, axis, a, b)) - before).max() > 0)
        for index in np.argwhere(after != before):
            book.set(book.plan.blocks[tensor].cell(*index), float(after[tuple(index)]))
        book.session.evaluate()
        checks = Checks(book)
        assert tensor in checks.differ
        assert checks.other == {book.words("checks.reference")}
        assert checks.total == book.words("checks.edited")
        line = checks.lines[tensor]
        for stored, live in zip(line[7:11], line[12:16], strict=True):
            assert live == pytest.approx(stored, rel=1e-9, abs=1e-9), "only the seal sees it"


def test_two_maps_and_two_pixels_that_are_exchanged_break_the_seal(book_of: Callable[[], Opened]) -> None:
    for tensor, axis in (("photo.out", 1), ("photo.out", 2), ("conv", 0), ("conv", 2), ("relu", 0)):
        book = book_of()
        full = next(name for name in book.network.shapes if name.startswith(tensor) and name.endswith(".out"))
        before = book.values[full]
        pairs = combinations(range(before.shape[axis]), 2)
        found = [one for a, b in pairs if np.abs((one := _swapped(before, axis, a, b)) - before).max() > 0]
        for index in np.argwhere(found[0] != before):
            book.set(book.plan.blocks[full].cell(*index), float(found[0][tuple(index)]))
        book.session.evaluate()
        checks = Checks(book)
        assert full in checks.differ
        assert checks.other == {book.words("checks.reference")}


def test_a_number_of_a_sum_that_no_longer_adds_up_is_more_than_an_edit(opened: Open) -> None:
    book = opened("by-hand")
    book.set(book.plan.blocks["softmax.out"].cell(0), 0.5)
    book.session.evaluate()
    checks = Checks(book)
    assert len(checks.other) == 2  # the sum, and the seal
    assert checks.start == book.words("start.checks", agree=2, total=4)


def test_the_pattern_has_different_numbers_and_no_zero() -> None:
    numbers = pattern(64, 64)
    assert numbers.shape == (64, 64)
    assert len(np.unique(numbers)) == 64 * 64
    assert np.abs(numbers).max() <= 0.5
    assert np.abs(numbers).min() > 0
    # 1717; 1717^2 = 719 * 4099 + 908; 1717 * 908 = 380 * 4099 + 1416: by hand
    assert pattern(1, 3).tolist() == [[round(n / 4099 - 0.5, 6) for n in (1717, 908, 1416)]]
    assert (pattern(3, 64) == numbers[:3]).all()


def test_a_deep_network_has_a_seal_for_every_tensor_and_says_so_where_it_has_none(monkeypatch: Any) -> None:
    case = prepare(Request(None, template="residual"))
    assert is_deep(case.network)
    plan, at = layout_check(case.network), Anchor("Checks", 100, 2)
    found = list(prints(plan, at))
    assert {one.full for one in found} == {*case.network.shapes, *case.network.parameters}
    assert all(one.sealed for one in found)
    monkeypatch.setattr(seals, "SHORT", 200)
    book = make_book(case)
    words, sheet = load_words(), book.sheet("Checks")
    unsealed = {one.full for one in prints(plan, at) if not one.sealed}
    assert len(unsealed) > 10
    for entries in sheet.rows.values():
        cells = {entry.column: entry.value for entry in entries if isinstance(entry, Cell)}
        if cells.get(2) in plan.blocks:
            without = cells[2] in unsealed
            assert cells[7] == words("checks.sums_agree" if without else "checks.same")
            assert (cells[13] == cells[SEAL] == "–") is without
    said = words("checks.reference_part", sealed=len(found) - len(unsealed), total=len(found))
    assert said in [entry.value for line in sheet.rows.values() for entry in line if isinstance(entry, Cell)]


def _changed(book: Opened) -> set[str]:
    """The tensors whose numbers are others than when the workbook was made."""
    before = dict(book.values)
    book.tell_again()
    return {name for name, value in book.values.items() if not np.allclose(value, before[name], rtol=1e-7, atol=1e-7)}


def _edit(book: Opened, name: str, index: tuple[int, ...], value: float) -> None:
    inputs: Any = book.inputs if name in book.inputs else book.parameters
    inputs[name] = inputs[name].copy()
    inputs[name][index] = value
    book.set(book.plan.blocks[name].cell(*index), value)
    book.session.evaluate()


@pytest.mark.parametrize(
    ("name", "tensor", "index", "value"),
    [
        ("detective", "photo.out", (1, 14, 14), 17.0),
        ("detective", "conv2.weight", (3, 1, 0, 2), 2.5),
        ("detective", "conv1.bias", (0,), 0.5),
        ("detective", "dense.weight", (2, 100), 5.0),
        ("detective", "dense.bias", (1,), -3.0),
        ("by-hand", "photo.out", (0, 0, 0), 255.0),
        ("by-hand", "conv.weight", (1, 2, 0, 0), 7.0),
        ("branches", "conv2.weight", (0, 0, 1, 1), 9.0),
        ("overlapping pooling with padding on negative numbers", "dense.bias", (2,), 1.0),
        ("in rows", "photo.out", (2, 3, 4), 1.0),
    ],
)
def test_an_edit_shows_in_every_tensor_that_it_changes_and_in_no_other(
    opened: Open, name: str, tensor: str, index: tuple[int, ...], value: float
) -> None:
    book = opened(name)
    _edit(book, tensor, index, value)
    changed = _changed(book)
    checks = Checks(book)
    assert tensor in checks.differ
    assert checks.differ == changed & set(checks.lines)
    assert checks.other == {book.words("checks.reference")}


def test_a_pixel_that_is_put_back_makes_everything_agree_again(opened: Open) -> None:
    book = opened("by-hand")
    before = book.values["photo.out"][0, 2, 2]
    _edit(book, "photo.out", (0, 2, 2), 1.0)
    assert Checks(book).differ
    _edit(book, "photo.out", (0, 2, 2), before)
    assert Checks(book).differ == set()


def test_another_truth_shows_in_the_truth_and_the_loss_only(opened: Open) -> None:
    book = opened("detective")
    book.set(book.plan.blocks["truth.choice"].anchors[0], "Coffee")
    book.inputs["truth.out"] = np.array([0.0, 0.0, 1.0])
    book.session.evaluate()
    changed = _changed(book)
    checks = Checks(book)
    assert checks.differ == changed
    assert {name.partition(".")[0] for name in changed} == {"truth", "loss"}


def test_no_truth_at_all_shows_in_the_truth(opened: Open) -> None:
    book = opened("detective")
    book.set(book.plan.blocks["truth.choice"].anchors[0], "(nobody)")
    book.session.evaluate()
    assert "truth.out" in Checks(book).differ


@pytest.mark.parametrize("name", [*zoo.ZOO, "by-hand"])
def test_a_number_typed_over_a_formula_shows_in_its_tensor(opened: Open, name: str) -> None:
    first = opened(name)
    rng = np.random.RandomState(9)
    for tensor, shape in first.network.shapes.items():
        if tensor == "photo.out":
            continue
        book = opened(name)
        at = book.plan.blocks[tensor].cell(*(rng.randint(size) for size in shape))
        assert book.contents.cells[at.sheet][at.row, at.column].formula is not None
        book.set(at, float(book.at(at.sheet, at.row, at.column)) + 0.001)
        book.session.evaluate()
        checks = Checks(book)
        assert tensor in checks.differ, f"{tensor} at {at.sheet}!{a1(at.row, at.column)}"
        assert book.words("checks.reference") in checks.other


def test_a_number_that_is_gone_shows_in_the_count(opened: Open) -> None:
    book = opened("by-hand")
    at = book.plan.blocks["conv.out"].cell(1, 2, 3)
    book.set(at, "gone")
    book.session.evaluate()
    sheet = "Checks"
    top = book.row_of(sheet, "checks.fingerprints") + 3
    lines = {line[0]: line for line in book.grid(sheet, top, 2, 21, 17)}
    assert (lines["conv.out"][3], lines["conv.out"][4]) == (50, 49)
    row = book.row_of(sheet, "checks.shapes")
    assert book.at(sheet, row, 7) == book.words("checks.other")


@pytest.mark.parametrize("name", ["detective", "branches"])
def test_probabilities_that_do_not_sum_to_1_and_losses_that_disagree_are_named(opened: Open, name: str) -> None:
    for tensor, key in (("softmax.out", "sum_to_1"), ("loss.divergence", "losses")):
        book = opened(name)
        at = book.plan.blocks[tensor].cell(*(0,) * len(book.network.shapes[tensor]))
        book.set(at, 5.0)
        book.session.evaluate()
        told = book.words(f"checks.{key}", name=book.plan.sheets[tensor.partition(".")[0]])
        assert told in Checks(book).other

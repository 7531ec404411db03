"""The sheet Checks: all agree in a fresh workbook, and what a reader changes shows in the right rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from opened import EVERY, Open, Opened

from sheetnet.grid import a1
from sheetnet.lesson.build import write
from sheetnet.lesson.case import prepare

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


class Checks:
    """What the sheet says: state by tensor, state by check, and how many agree."""

    def __init__(self, book: Opened) -> None:
        words, sheet = book.words, book.words("sheets.checks")
        assert book.errors(sheet) == []
        top = book.row_of(sheet, "checks.fingerprints") + 3
        rows = book.grid(sheet, top, 2, 1 + max(row for row, _ in book.contents.cells[sheet]) - top, 15)
        self.lines = {line[0]: line for line in rows}
        assert len(self.lines) == len(rows)
        same, other = words("checks.same"), words("checks.other")
        assert {line[14] for line in rows} <= {same, other}
        self.differ = {name for name, line in self.lines.items() if line[14] == other}
        last = book.row_of(sheet, "checks.all")
        above = book.grid(sheet, 10, 2, last - 10, 4)
        self.checks = {line[0]: line[3] for line in above}
        assert set(self.checks.values()) <= {same, other}
        self.total = book.at(sheet, last, 5)
        agree = sum(state == same for state in self.checks.values())
        assert self.total == words("checks.all_state", agree=agree, total=len(above))
        self.other = {name for name, state in self.checks.items() if state == other}


def _expected(book: Opened) -> set[str]:
    """The tensors that have a fingerprint: all whose formulas are short enough, see ``checks``."""
    return {name for name in book.plan.blocks if np.isfinite((book.values[name] ** 2).sum())}


@pytest.mark.parametrize("name", EVERY)
def test_everything_agrees_in_a_fresh_workbook(opened: Open, name: str) -> None:
    book = opened(name)
    checks = Checks(book)
    assert checks.differ == checks.other == set()
    assert set(checks.lines) == _expected(book)
    for tensor, line in checks.lines.items():
        value = book.values[tensor]
        assert line[3] == line[4] == value.size
        numbers = [value.sum(), (value**2).sum(), value.min(), value.max()]
        for stored, live, true in zip(line[5:9], line[9:13], numbers, strict=True):
            scale = 1e-9 * (1 + np.sqrt(value.size * (value**2).sum()))
            assert stored == pytest.approx(true, rel=1e-9, abs=scale)
            assert live == pytest.approx(true, rel=1e-9, abs=scale)
        assert line[2] == " x ".join(map(str, value.shape)) if value.shape else line[2] == "1"
        assert line[1] == book.plan.blocks[tensor].anchors[0].sheet


@pytest.mark.parametrize("template", ["by-hand", "detective"])
def test_everything_agrees_in_chinese_as_well(tmp_path: Path, template: str) -> None:
    photo = None if template == "by-hand" else SAMPLES / "coffee.png"
    case = prepare(photo, template=template, language="zh")
    write(case, tmp_path / "zh.xlsx")
    book = Opened(case, (tmp_path / "zh.xlsx").read_bytes())
    checks = Checks(book)
    assert checks.differ == checks.other == set()
    assert set(checks.lines) == _expected(book)


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
    book.set(book.plan.truth[0].choice, "Coffee")
    book.inputs["truth.out"] = np.array([0.0, 0.0, 1.0])
    book.session.evaluate()
    changed = _changed(book)
    checks = Checks(book)
    # Who is the truth leaves the sum, the squares and the ends of the one-hot truth as they were.
    assert checks.differ == changed - {"truth.out"}
    assert {name.partition(".")[0] for name in changed} == {"truth", "loss"}


def test_no_truth_at_all_shows_in_the_truth(opened: Open) -> None:
    book = opened("detective")
    book.set(book.plan.truth[0].choice, "(nobody)")
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
    lines = {line[0]: line for line in book.grid(sheet, top, 2, 30, 15)}
    assert (lines["conv.out"][3], lines["conv.out"][4]) == (50, 49)
    row = book.row_of(sheet, "checks.shapes")
    assert book.at(sheet, row, 5) == book.words("checks.other")


@pytest.mark.parametrize("name", ["detective", "branches"])
def test_probabilities_that_do_not_sum_to_1_and_losses_that_disagree_are_named(opened: Open, name: str) -> None:
    for tensor, key in (("softmax.out", "sum_to_1"), ("loss.divergence", "losses")):
        book = opened(name)
        at = book.plan.blocks[tensor].cell(*(0,) * len(book.network.shapes[tensor]))
        book.set(at, 5.0)
        book.session.evaluate()
        told = book.words(f"checks.{key}", name=book.plan.sheets[tensor.partition(".")[0]])
        assert told in Checks(book).other

"""A formula told with its numbers: the sentence says the numbers that the formula names, and what comes out."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from opened import EVERY, Open, Opened

from sheetnet.grid import a1, sheet_prefix
from sheetnet.lesson.told import LONGEST, MOST_SAID, with_numbers
from sheetnet.recalc.embedded import compute


def _told(formula: str, cells: Mapping[tuple[str, int, int], float], address: str = "Z99", home: str = "Home") -> str:
    """The sentence about ``formula`` in ``address``, as a spreadsheet with these cells says it."""
    known = [(sheet, row, column, [[value]]) for (sheet, row, column), value in cells.items()]
    result = {(home, 99, 26): formula, (home, 200, 1): with_numbers(address, formula)}
    return str(compute(result, known)[home, 200, 1])


def _square(sheet: str, *values: float, wide: int = 2) -> dict[tuple[str, int, int], float]:
    """Cells from B2 on."""
    return {(sheet, 2 + i // wide, 2 + i % wide): value for i, value in enumerate(values)}


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("B2", "Z99 = 1.5 = 1.5"),
        ("MAX(B2,0)", "Z99 = max(1.5; 0) = 1.5"),
        ("MAX(C2,0)", "Z99 = max(-2; 0) = 0"),
        ("MAX(B2:C3)", "Z99 = max(1.5; -2; 0.3333; 4) = 4"),
        ("MIN(B2:C3)", "Z99 = min(1.5; -2; 0.3333; 4) = -2"),
        ("SUM(B2:C3)", "Z99 = 1.5 + -2 + 0.3333 + 4 = 3.8333"),
        ("SUM($B$2:$C$2,B3:B3)", "Z99 = 1.5 + -2 + 0.3333 = -0.1667"),
        ("MAX(B2:B3,C2:C3)", "Z99 = max(1.5; 0.3333; -2; 4) = 4"),
        ("SUMPRODUCT(B2:C2,B3:C3)+B2", "Z99 = -7.5 + 1.5 = -6"),
        ("(B2/C3-C2)/B2", "Z99 = (1.5 / 4 - -2) / 1.5 = 1.5833"),
        ("-B2", "Z99 = -1.5 = -1.5"),
        ("-B2*LN(B3)", "Z99 = -1.5 x ln(0.3333) = 1.6479"),
        ("EXP(B2-C3)", "Z99 = e^(1.5 - 4) = 0.0821"),
        ("IF(B2>0,B2*LN(B2/C3),0)", "Z99 = if(1.5>0; 1.5 x ln(1.5 / 4); 0) = -1.4712"),
        ("C2+B10", "Z99 = -2 + 0 = -2"),
        ("AVERAGE(B2:B3,C2:C3)", "Z99 = (1.5 + 0.3333 + -2 + 4) / 4 = 0.9583"),
        ("SUM(B2:C3)/(2*3)", "Z99 = (1.5 + -2 + 0.3333 + 4) / (2 x 3) = 0.6389"),
        ("C3/SUM(B2:B4)", "Z99 = 4 / (1.5 + 0.3333 + 0) = 2.1818"),
        ("B2*SQRT(C3+1E-05)", "Z99 = 1.5 x √(4 + 0.00001) = 3"),
    ],
)
def test_each_kind_of_formula_is_told(formula: str, sentence: str) -> None:
    assert _told(formula, _square("Home", 1.5, -2.0, 1 / 3, 4.0)) == sentence


@pytest.mark.parametrize("sheet", ["Red", "Conv 1", "it's", "a (b) c", "a!b", "R1C1", "A1", "卷积1", "x,y", "(", "1"])
def test_a_sheet_may_be_called_anything(sheet: str) -> None:
    there = sheet_prefix(sheet)
    cells = _square(sheet, 1.0, 2.0, 3.0, 4.0) | _square("Home", 0.5, 0.25)
    assert _told(f"{there}C2", cells) == "Z99 = 2 = 2"
    assert _told(f"MAX({there}B3,0)", cells) == "Z99 = max(3; 0) = 3"
    assert _told(f"SUMPRODUCT({there}B2:C2,$B$2:$C$2)+{there}$B$3", cells) == "Z99 = 1 + 3 = 4"
    assert _told(f"({there}B2/$C$2-{there}C3)/2", cells) == "Z99 = (1 / 0.25 - 4) / 2 = 0"
    if "," not in sheet:
        assert _told(f"MAX({there}B2:C3)", cells) == "Z99 = max(1; 2; 3; 4) = 4"


def test_blank_cells_of_padding_are_no_numbers_in_a_window() -> None:
    cells = {("Home", 2, 2): -3.0, ("Home", 3, 3): -1.0}
    assert _told("MAX(B2:C3)", cells) == "Z99 = max(-3; -; -; -1) = -1"


def test_what_is_too_much_to_be_said_one_by_one_is_said_as_its_value() -> None:
    cells = {("Home", row, 1): float(row) for row in range(1, MOST_SAID + 2)}
    assert _told(f"SUM(A1:A{MOST_SAID})", cells).count("+") == MOST_SAID - 1
    assert _told(f"SUM(A1:A{MOST_SAID + 1})", cells) == "Z99 = 153 = 153"
    assert _told(f"MAX(A1:A{MOST_SAID + 1})", cells) == "Z99 = 17 = 17"
    assert _told(f"MIN(A1:A{MOST_SAID + 1})+1", cells) == "Z99 = 1 + 1 = 2"


def test_a_formula_that_is_too_long_to_be_told_says_what_comes_out() -> None:
    formula = "+".join(f"SUMPRODUCT(A{k}:B{k},A1:B1)" for k in range(1, 80))
    assert len(with_numbers("Z99", formula)) <= LONGEST
    cells = {("Home", row, column): 1.0 for row in range(1, 80) for column in (1, 2)}
    assert _told(formula, cells) == "Z99 = 158"


def test_no_number_is_minus_nought() -> None:
    assert _told("B2*C2", _square("Home", -0.0, 5.0)) == "Z99 = 0 x 5 = 0"
    assert _told("B2+C2", _square("Home", -0.00001, 0.00002)) == "Z99 = 0 + 0 = 0"


def _worth(told: str) -> float:
    """What the middle of a sentence comes to, computed by Python."""
    text = (
        told.replace(" x ", "*")
        .replace("e^(", "exp(")
        .replace("ln(", "log(")
        .replace("√(", "sqrt(")
        .replace(";", ",")
    )
    text = re.sub(r"(?<=[(,]) ?-(?=[,)])", "", text)  # padding
    text = re.sub(r",\s*(?=[,)])", "", re.sub(r"\((?:\s*,)+", "(", text))
    text = re.sub(r"if\((.*?)=0, 0, (.*)\)$", r"(0 if \1==0 else \2)", text)
    tools = {"max": lambda *a: max(a), "exp": exp, "log": log, "sqrt": sqrt}
    tools["__builtins__"] = {}
    return float(eval(text, tools))


def _sentences(book: Opened) -> list[tuple[str, str, float]]:
    """Place, sentence and true value of some elements of every tensor that is computed, corners among them."""
    rng = random.Random(4)
    formulas, true = {}, {}
    for name, shape in book.network.shapes.items():
        if name in book.network.inputs:
            continue
        corners = {tuple(rng.choice((0, size - 1)) for size in shape) for _ in range(4)}
        for index in sorted(corners | {tuple(rng.randrange(size) for size in shape) for _ in range(3)}):
            at = book.plan.blocks[name].cell(*index)
            formula = book.contents.cells[at.sheet][at.row, at.column].formula
            assert formula is not None
            row = 1 + len(formulas)
            formulas[at.sheet, row, 500] = with_numbers(a1(at.row, at.column), formula)
            true[at.sheet, row, 500] = (f"{name}{list(index)}", float(book.values[name][index]))
    known = []
    for sheet in dict.fromkeys([sheet for sheet, _, _ in formulas] + list(book.plan.channels)):
        cells = book.contents.cells[sheet]
        last = max(row for row, _ in cells), max(column for _, column in cells)
        known.append((sheet, 1, 1, book.grid(sheet, 1, 1, *last)))
    return [(*true[at][:1], str(said), true[at][1]) for at, said in compute(formulas, known).items()]


@pytest.mark.parametrize("name", EVERY)
def test_every_layers_formula_is_told_with_the_numbers_that_it_has(opened: Open, name: str) -> None:
    for where, sentence, true in _sentences(opened(name)):
        address, *told, result = sentence.split(" = ")
        assert re.fullmatch(r"[A-Z]+[0-9]+", address)
        assert float(result) == pytest.approx(true, abs=5.1e-5), f"{where}: {sentence}"
        if told:
            assert len(told) == 1
            assert _worth(told[0]) == pytest.approx(true, rel=2e-3, abs=2e-3), f"{where}: {sentence}"


@pytest.mark.parametrize("name", EVERY)
def test_the_head_of_a_layers_sheet_tells_its_formula_and_follows(opened: Open, name: str) -> None:
    book = opened(name)
    pixel = book.plan.blocks["photo.out"].cell(0, 0, 0)
    # The cell that was the largest when the workbook was made; it stays the one that is told of.
    largest = {
        node.name: np.unravel_index(book.values[f"{node.name}.out"].argmax(), book.values[f"{node.name}.out"].shape)
        for node in book.network.nodes
    }
    for changed in (None, 200.0):
        if changed is not None:
            book.inputs["photo.out"] = book.inputs["photo.out"].copy()
            book.inputs["photo.out"][0, 0, 0] = changed
            book.set(pixel, changed)
            book.session.evaluate()
            book.tell_again()
        for node in book.network.nodes:
            out = book.values[f"{node.name}.out"]
            place = tuple(int(i) for i in largest[node.name])
            sentence: Any = book.at(book.plan.sheets[node.name], 6, 1)
            lead = book.words("step.in_numbers", formula="")
            assert sentence.startswith(lead)
            address, *_, result = sentence.removeprefix(lead).split(" = ")
            at = book.plan.blocks[f"{node.name}.out"].cell(*place)
            assert address == a1(at.row, at.column)
            assert float(result) == pytest.approx(float(np.asarray(out[place])), abs=5.1e-5)

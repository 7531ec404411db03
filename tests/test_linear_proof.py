"""The proof takes time that is linear in the length of a formula and in the number of rectangles, and is right."""

from __future__ import annotations

import random
import time
from itertools import product

import pytest
from openpyxl.formula.translate import Translator

from sheetnet.grid import Anchor, a1
from sheetnet.proof.boxes import Box, Boxes
from sheetnet.proof.formulas import same_text
from sheetnet.proof.reads import Scope
from sheetnet.workbook.reading.shared import Shared

SOON = 2.0  # seconds; a formula of this length took 43 once
LENGTH = 100_000
PIECES = ["a", "'", '"', "1", "A1:", "$", "a'", "1E", "!", " ", "A1 ", ".", "1.", "[a", "a!", "'a'!", "A1:A1:", '""']


def nothing() -> None:
    """Take the place of a look at the clock."""


@pytest.mark.parametrize("piece", PIECES)
def test_a_formula_of_any_kind_is_compared_and_followed_soon(piece: str) -> None:
    text = piece * (LENGTH // len(piece)) + "x"
    start = time.process_time()
    assert not same_text("MAX(A1,0)", text, "Red")
    list(Scope(["Red"], {}, frozenset()).read_by(text, "Red"))
    assert time.process_time() - start < SOON


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("MAX(Conv!R11,0)", "max( 'CONV'!$R$11 ,\n0.0)", True),
        ("SUM(A1:A1,'Conv 1'!B2)", "SUM(A1,'conv 1'!$B2)", True),
        ("SUM(Red!A1,B2)", "SUM(A1,Red!B2)", True),
        ("A1*0.00001", "A1*1E-05", True),
        ('IF(A1="a ""b""",1,0)', 'if(a1="a ""b""",1,0)', True),
        ('IF(A1="a",1,0)', 'IF(A1="A",1,0)', False),
        ("ss!A1", "ß!A1", False),
        ("R11", "R1 1", False),
        ("A1*10", "A1*1 0", False),
        ("(A1)*2", "(A1) (B1)", False),
        ("A1,B2", "A1 B2", False),
        ("SUM(A1)", "SU$M(A1)", False),
        ("SUM(A1)", "ſUM(A1)", False),
        ("SUM(A1)", "SUM(A1)\u00a0", False),
        ("Conv!R11", "[636F6E76]R11", False),  # how the name of the sheet is spelled inside of the comparison
    ],
)
def test_formulas_are_the_same_where_only_their_spelling_differs(expected: str, found: str, same: bool) -> None:
    assert same_text(expected, found, "Red") is same


@pytest.mark.parametrize("seed", range(20))
def test_rectangles_that_meet_are_those_that_have_a_cell_in_common(seed: int) -> None:
    chance = random.Random(seed)

    def box(size: int) -> Box:
        row, column = chance.randrange(1, 60), chance.randrange(1, 60)
        return row, column, row + chance.randrange(size), column + chance.randrange(size)

    boxes = [box(chance.choice((1, 3, 30))) for _ in range(chance.choice((0, 1, 7, 8, 9, 100, 700)))]
    packed = Boxes(boxes, nothing)
    for _ in range(50):
        one = box(12)
        cells = set(product(range(one[0], one[2] + 1), range(one[1], one[3] + 1)))
        there = {b for b in boxes if cells & set(product(range(b[0], b[2] + 1), range(b[1], b[3] + 1)))}
        assert set(packed.meeting(one)) == there
        assert packed.meets(one) is bool(there)
        assert packed.holds(one[0], one[1]) is any(b[0] <= one[0] <= b[2] and b[1] <= one[1] <= b[3] for b in boxes)


def test_many_rectangles_are_passed_over() -> None:
    packed = Boxes(((row, 1, row, 9) for row in range(1, 200_000, 2)), nothing)
    start = time.process_time()
    assert not any(packed.meets((row, 1, row, 9)) for row in range(2, 40_000, 2))
    assert time.process_time() - start < SOON * 5


@pytest.mark.parametrize(
    "formula",
    [
        "B2+$B2+B$2+$B$2*1.5E-3",
        "SUM(B2:C3,$B:C,2:$5,b9)",
        'IF(B2="B2 ""C3""",LOG10(10),B2.5)',
        "TRUE+own.B2+B2B+_B2",
    ],
)
@pytest.mark.parametrize("to", [(7, 5), (5, 9), (4, 4)])
def test_a_shared_formula_is_written_out_as_openpyxl_does_it(formula: str, to: tuple[int, int]) -> None:
    shared = Shared(nothing)
    assert shared.written_out({"si": "0"}, formula, 5, 5) == formula
    wanted = Translator(f"={formula}", origin="E5").translate_formula(a1(*to)).removeprefix("=")
    assert shared.written_out({"si": "0"}, "", *to).upper() == wanted.upper()


def test_a_name_that_only_looks_like_an_address_does_not_move() -> None:
    shared = Shared(nothing)
    shared.written_out({"si": "0"}, "XFE1+B1048577+(B2:INDEX(C:C,3))", 5, 5)
    assert shared.written_out({"si": "0"}, "", 6, 5) == "XFE1+B1048577+(B3:INDEX(C:C,3))"


def test_what_a_formula_reads_is_a_list_of_rectangles_and_none_for_what_cannot_be_followed() -> None:
    names = {"own": (Anchor("A", 1, 2), Anchor("A", 3, 4)), "here": (Anchor("A", 1, 1), Anchor("A", 1, 1))}
    scope = Scope(["A", "B c"], names, frozenset({"here"}))

    def reads(formula: str) -> list[object]:
        return list(scope.read_by(formula, "A"))

    assert reads('1+2.5E3-TRUE&"B1"') == []
    assert reads("$B$1+'b C'!C2:D3+own") == [("A", 1, 2, 1, 2), ("B c", 2, 3, 3, 4), ("A", 1, 2, 3, 4)]
    assert reads("SUM(B:A,3:2)") == [("A", 1, 1, 1_048_576, 2), ("A", 2, 1, 3, 16_384)]
    assert reads("#REF!+A1") == [("A", 1, 1, 1, 1)]
    for blind in ("here", "other", "Gone!A1", "A:'B c'!A1", 'INDIRECT("A1")', "[1]A!A1", "A1:own", "A1#", "A!own()"):
        assert None in reads(blind), blind

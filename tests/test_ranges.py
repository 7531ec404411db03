"""Parts of tensors as ranges, and calls that fit into a cell."""

from __future__ import annotations

import time

import formualizer
import numpy as np
import pytest
from writing import formula

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block
from sheetnet.layers.arithmetic.reducemean import ReduceMean
from sheetnet.layers.arithmetic.sum import Sum
from sheetnet.layers.options import literal
from sheetnet.layers.ranges import call, fitting, ranges, together
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.book import Book
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save

DOWN, ACROSS = (1, 0), (0, 1)


def planes(depth: int, height: int, width: int) -> Block:
    anchors = tuple(Anchor("S", 2 + c * (height + 1), 2) for c in range(depth))
    return Block((depth, height, width), anchors, (DOWN, ACROSS), "S")


def rows(depth: int, height: int, width: int) -> Block:
    return Block((depth, height, width), (Anchor("S", 2, 2),), (DOWN, (depth, 0), ACROSS), "S")


def test_a_part_is_as_few_ranges_as_can_be():
    part = (slice(0, 2), slice(1, 3), slice(0, 2))
    assert ranges(planes(2, 3, 4), part) == ["B3:C4", "B7:C8"]
    assert ranges(rows(2, 3, 4), part) == ["B4:C7"]
    assert ranges(rows(2, 3, 4), (1, slice(1, 3), slice(0, 2))) == ["B5:C5", "B7:C7"]
    assert ranges(planes(2, 3, 4), (1, 2, 3)) == ["E8"]
    assert ranges(planes(2, 3, 4), (slice(0, 2), 0, 0)) == ["B2", "B6"]


def test_two_anchors_are_never_one_range_even_if_the_corners_span_as_many_cells():
    block = Block((2, 1, 2), (Anchor("S", 2, 3), Anchor("S", 3, 2)), (DOWN, ACROSS), "S")
    assert ranges(block, (slice(0, 2), 0, slice(0, 2))) == ["C2:D2", "B3:C3"]


def test_parts_of_two_tensors_are_taken_apart_together():
    x, weight = planes(2, 3, 4), rows(2, 2, 2)
    pairs = together((x, (slice(0, 2), slice(1, 3), slice(2, 4))), (weight, (slice(0, 2), slice(0, 2), slice(0, 2))))
    assert list(pairs) == [("D3:E3", "B2:C2"), ("D4:E4", "B4:C4"), ("D7:E7", "B3:C3"), ("D8:E8", "B5:C5")]


def test_a_call_or_a_formula_that_no_cell_takes_is_refused():
    assert call("Max", "MAX", ["A1"] * 255).count(",") == 254
    assert call("Max", "MAX", ["A1"] * 256) == f"MAX(MAX({','.join(['A1'] * 255)}),MAX(A1))"
    with pytest.raises(NetworkError, match="Mean: one formula would name 256 ranges, and AVERAGE takes 255"):
        call("Mean", "AVERAGE", ["A1"] * 256)  # the mean of means is another number
    assert len(fitting("Sum", "1" * 8191)) == 8191
    with pytest.raises(NetworkError, match="8192 characters"):
        fitting("Sum", "1" * 8192)


def test_a_layer_that_needs_such_a_formula_refuses_it():
    x = Block((300, 1, 1), tuple(Anchor("S", 2 + 2 * c, 2) for c in range(300)), (DOWN, ACROSS), "S")
    with pytest.raises(NetworkError, match="ReduceMean: one formula would name 300 ranges"):
        ReduceMean(axes=[0]).forward_cells({"x": x})["out"](0, 0, 0)
    far = Block((), (Anchor("a sheet of a long, long name", 100000, 2000),), (), "S")
    with pytest.raises(NetworkError, match="Sum: one formula would have"):
        Sum(count=255).forward_cells({f"x{k + 1}": far for k in range(255)})["out"]()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((1.0, "1"), (-2, "-2"), (0, "0"), (-0.0, "0"), (0.01, "0.01"), (-0.25, "-0.25"), (1e-5, "0.00001")),
        (9.999999747378752e-06, "0.000009999999747378752"),
        (1e20, "100000000000000000000"),
        (123456789012345678, "123456789012345680"),
        (1e-30, "0.000000000000000000000000000001"),
        (1e-31, "1*10^-31"),
        (-1.5e-40, "-1.5*10^-40"),
        (2.5e299, "2.5*10^299"),
    ],
)
def test_a_number_is_written_as_any_spreadsheet_reads_it(value, text):
    assert literal(value) == text
    assert "E" not in literal(value)


def test_every_engine_reads_a_written_number_as_what_it_is(tmp_path, needs):
    sizes = np.random.RandomState(0).uniform(-299, 299, 60)
    values = [
        *(float(sign * 10.0**size) for size, sign in zip(sizes, [1, -1] * 30, strict=True)),
        1e-5,
        1.1e-300,
        9.9e299,
    ]
    book, embedded = Book("x"), formualizer.Workbook()
    sheet = book.add("S")
    embedded.add_sheet("S")
    for row, value in enumerate(values, 1):
        sheet.number(row, 1, value)
        for column, text in ((2, literal(value)), (3, f"1*{literal(value)}*1"), (4, f"{literal(value)}/A{row}-1")):
            formula(sheet, row, column, text, 0.0 if column == 4 else value)
            embedded.set_formula("S", row, column, f"={text}")
        embedded.set_value("S", row, 1, value)
    embedded.evaluate_all()
    save(book, tmp_path / "x.xlsx")
    found = {"formualizer": lambda row, column: embedded.get_value("S", row, column)}
    for engine in ("libreoffice", "gnumeric"):
        needs(engine)
        [fresh] = recalculate(engine, [(tmp_path / "x.xlsx").read_bytes()], time.monotonic() + 60)
        cells = read(fresh, engine).cells["S"]
        found[engine] = lambda row, column, cells=cells: cells[row, column].value
    for engine, at in found.items():
        exact = 5e-15 if engine == "libreoffice" else 1e-15  # which writes 15 digits
        for row, value in enumerate(values, 1):
            assert [at(row, 2), at(row, 3)] == pytest.approx([value] * 2, rel=exact, abs=0), (engine, value)
            assert at(row, 4) == pytest.approx(0, abs=1e-15), (engine, value)

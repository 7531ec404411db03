"""Parsers of records, numbers and references: what is written is read again, and any text is read or refused."""

from __future__ import annotations

import copy
import json
import math
import re
import time
from collections.abc import Callable
from html import escape
from random import Random
from typing import Any

import pytest
from fuzz import odd, records
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from packed import pack, parts
from plans import HEAD, layer, network_of, planned, random_network

from sheetnet import grid
from sheetnet.errors import SheetnetError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor
from sheetnet.layers.options import literal
from sheetnet.layout import names_of, read_record, write_record
from sheetnet.network import LAYOUTS, Network
from sheetnet.workbook.read import read
from sheetnet.workbook.reading.references import parse_box, parse_boxes, parse_reference

# The same examples each time: a test that fails by chance tells nobody what was changed. ``make fuzz`` takes others.
QUICK = settings(
    derandomize=True, deadline=None, max_examples=100, database=None, suppress_health_check=[HealthCheck.too_slow]
)
ROWS, COLUMNS = st.integers(1, MAX_ROWS), st.integers(1, MAX_COLUMNS)
TITLES = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="[]:*?/\\!"), min_size=1, max_size=31
)
ADDRESSES = st.text("ABXFDa$:!'019٣１#,. ", max_size=40)  # texts that are nearly one


def told(call: Callable[..., Any], *given: Any) -> tuple[Any, str]:
    """What a call gives, and "" - or None, and the line with which it refuses. Any other error is raised."""
    try:
        return call(*given), ""
    except (ValueError, SheetnetError) as error:
        return None, str(error)


# References


@QUICK
@given(ROWS, COLUMNS)
def test_an_address_is_read_as_it_was_written(row: int, column: int) -> None:
    assert grid.row_column(grid.a1(row, column)) == (row, column)
    assert grid.column_number(grid.letters(column)) == column


@QUICK
@given(TITLES.filter(lambda title: not title.startswith("'")), ROWS, COLUMNS, ROWS, COLUMNS, st.booleans())
@example("R", 1, 1, 1, 1, False)
@example("it's 'quoted'", 1, 1, 2, 2, True)
def test_a_reference_is_read_as_it_was_written(
    title: str, row: int, column: int, last_row: int, last_column: int, fixed: bool
) -> None:
    first = Anchor(title, min(row, last_row), min(column, last_column))
    last = Anchor(title, max(row, last_row), max(column, last_column))
    ends = grid.a1(first.row, first.column), grid.a1(last.row, last.column)
    if fixed:
        ends = tuple(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", end) for end in ends)  # type: ignore[assignment]
    assert parse_reference(f"{grid.sheet_prefix(title)}{':'.join(ends)}") == (first, last)
    box = first.row, first.column, last.row, last.column
    assert parse_box(":".join(ends)) == box
    assert parse_boxes(f"{':'.join(ends)} A1") == (box, (1, 1, 1, 1))


@QUICK
@given(st.one_of(st.text(max_size=60), ADDRESSES, st.sampled_from(odd.REFERENCES)))
@example("Sheet!A٣")
@example("Sheet!$A$1:$B$")
@example("'a''!A1")
def test_any_text_is_a_reference_on_the_sheet_or_none(text: str) -> None:
    found = parse_reference(text)
    if found is not None:
        first, last = found
        assert 1 <= first.row <= last.row <= MAX_ROWS
        assert 1 <= first.column <= last.column <= MAX_COLUMNS
        assert text.isascii() or not text.rpartition("!")[2].isascii() or not first.sheet.isascii()


@QUICK
@given(st.one_of(st.text(max_size=60), ADDRESSES, st.sampled_from(odd.REFERENCES)))
@example("A" * 9 + "1")
@example("0:0")
def test_any_text_is_ranges_or_a_value_error(text: str) -> None:
    boxes, said = told(parse_boxes, text)
    assert len(said) < 500
    for top, left, bottom, right in boxes or ():
        assert 1 <= top <= bottom <= MAX_ROWS
        assert 1 <= left <= right <= MAX_COLUMNS


# Numbers


def value_of(text: str, kind: str = "") -> Any:
    """What a workbook with this text as the value of its one cell says."""
    cell = f'<row r="1"><c r="A1"{kind}><v>{escape(text)}</v></c></row>'
    found = read(pack(parts(cell)), "x.xlsx").cells["A b"].get((1, 1))
    return None if found is None else found.value


_DOUBLE = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*", re.ASCII)


@QUICK
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(-0.0)
@example(5e-324)
@example(1.7976931348623157e308)
def test_a_number_is_read_as_it_was_written(number: float) -> None:
    found = value_of(repr(number))
    assert found == number
    assert math.copysign(1, found) == math.copysign(1, number)


@QUICK
@given(st.one_of(st.sampled_from(odd.NUMBERS), st.text("0123456789.eE+-_٣１ ", min_size=1, max_size=12)))
def test_any_text_is_the_number_that_every_program_reads_or_is_refused(text: str) -> None:
    found, _ = told(value_of, text)
    if found is not None and math.isfinite(found):
        assert _DOUBLE.fullmatch(text)
        assert found == float(text)


@QUICK
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_a_formula_is_the_number(number: float) -> None:
    text = literal(number)
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(\*10\^-?[0-9]+)?", text)
    mantissa, _, power = text.partition("*10^")
    assert math.isclose(float(f"{mantissa}e{power or 0}"), number, rel_tol=1e-15)


# Records

SMALL = planned(network_of([1, 4, 4], layer("conv", "conv2d", filters=2, size=2, padding=1), *HEAD))
WRITTEN = json.loads(json.dumps(write_record(SMALL)))
PLACES = {name.lower(): (first, last) for name, first, last in names_of(SMALL)}


@settings(QUICK, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from(LAYOUTS))
def test_a_record_is_read_as_it_was_written(seed: int, arrangement: str) -> None:
    made = planned(random_network(seed, arrangement))
    places = {name.lower(): (first, last) for name, first, last in names_of(made)}
    again, gone = read_record(json.loads(json.dumps(write_record(made))), places, frozenset(), "x.xlsx")
    assert not gone
    assert again.network == made.network
    assert again.blocks == made.blocks
    assert again.looks == made.looks


def refused_or_read(call: Callable[[], object]) -> None:
    """A call may give anything, or refuse it in one line; it may not fail otherwise, and not take long."""
    started, said = time.process_time(), ""
    try:
        call()
    except SheetnetError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 1000
    assert time.process_time() - started < 2


@settings(QUICK, max_examples=150)
@given(st.integers(0, 10**9))
def test_a_record_with_anything_in_it_is_read_or_refused(seed: int) -> None:
    record = records.mutated(WRITTEN, Random(seed))
    refused_or_read(lambda: read_record(record, PLACES, frozenset(), "x.xlsx"))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(odd.WHOLE)),
    lambda inside: st.one_of(st.lists(inside, max_size=4), st.dictionaries(st.text(max_size=6), inside, max_size=4)),
    max_leaves=12,
)


@QUICK
@given(JSON, st.sampled_from(["network", "areas", "blocks", "looks", "inputs"]))
def test_a_record_with_any_json_for_a_part_of_it_is_read_or_refused(value: Any, key: str) -> None:
    record = copy.deepcopy(WRITTEN) | {key: value}
    refused_or_read(lambda: read_record(record, PLACES, frozenset(), "x.xlsx"))
    refused_or_read(lambda: read_record(value, PLACES, frozenset(), "x.xlsx"))


@QUICK
@given(JSON, st.integers(0, 10**9))
def test_any_json_is_a_network_or_refused(value: Any, seed: int) -> None:
    refused_or_read(lambda: Network.from_spec(value))
    refused_or_read(lambda: Network.from_spec(records.mutated(WRITTEN["network"], Random(seed))))


# Time

LONG = 100_000
ENDLESS = {
    "letters": "A" * LONG,
    "digits": "1" * LONG,
    "quotes": "'" * LONG,
    "a quoted title": f"'{'a' * LONG}'!A1",
    "quotes in a title": f"'{chr(39) * 2 * (LONG // 2)}'!A1",
    "half of it": f"'{chr(39) * LONG}",
    "exclamation marks": "!" * LONG,
    "colons": "A1:" * (LONG // 3),
    "ranges": "A1:B2 " * (LONG // 6),
    "blanks": " " * LONG,
    "dollars": "$" * LONG + "A1",
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize("parse", [parse_reference, parse_box, parse_boxes, value_of])
def test_a_text_of_100_000_characters_takes_a_moment(parse: Callable[[str], object], text: str) -> None:
    started = time.process_time()
    _, said = told(parse, text)
    assert len(said) < 500
    assert time.process_time() - started < 0.5

"""Engines: values of every kind, and none that was only stored; many workbooks at once; an end in time."""

from __future__ import annotations

import importlib.util
import io
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from math import isclose
from pathlib import Path
from typing import Any

import pytest
import surgery
import xlsxwriter

import sheetnet
from sheetnet.errors import EngineError, LimitError
from sheetnet.grid import a1
from sheetnet.limits.messages import Message
from sheetnet.recalc import EMBEDDED, FORMULON, INSIDE, Session, office, open_engine, wasm
from sheetnet.values import ErrorValue
from sheetnet.workbook.read import Contents, read

Open = Callable[[str, bytes], Session]
KINDS: dict[str, Any] = {  # formula -> what it gives
    "1/3": 1 / 3,
    "2+3": 5.0,
    "A1>1": True,
    "A1&B99": "2",
    '""': "",
    '"#N/A"': "#N/A",
    '"=1+1"': "=1+1",
    "NA()": ErrorValue("#N/A"),
    "1/0": ErrorValue("#DIV/0!"),
    "nobody": ErrorValue("#NAME?"),
    '"a"+1': ErrorValue("#VALUE!"),
    "SQRT(-1)": ErrorValue("#NUM!"),
    "INDEX(A1:A2,3)": ErrorValue("#REF!"),
    "DATE(2020,1,1)": 43831.0,
    "DATE(1900,1,1)+0.5": 1.5,
    "TIME(6,0,0)": 0.25,
}


NUMERAL = r"\d+(?:[.,]\d+)?(?:[Ee][+-]?\d+)?"


@pytest.fixture(scope="module")
def formulon() -> Iterator[wasm.Engine]:
    """It takes long to load, so all tests have one."""
    with wasm.Engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def opens(formulon: wasm.Engine) -> Open:
    """Open a workbook in an engine, of which one runs already."""

    def opened(name: str, data: bytes) -> Session:
        deadline = time.monotonic() + 60
        return wasm.Session(data, deadline, formulon) if name == FORMULON else open_engine(name, data, deadline)

    return opened


def _written(write: Callable[[Any, Any], None]) -> bytes:
    """An .xlsx with one sheet."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        write(book, book.add_worksheet("Sheet"))
    return data.getvalue()


def _workbook(number: int) -> bytes:
    """A1 holds a number, and B1 its double, with a stored value that is wrong."""

    def write(book: Any, sheet: Any) -> None:
        sheet.write_number(0, 0, number)
        sheet.write_formula(0, 1, "=2*A1", None, -1)

    return _written(write)


def _formulas(*formulas: str) -> bytes:
    """A1 holds 2, and column B a formula in each row, with a stored value that is wrong."""

    def write(book: Any, sheet: Any) -> None:
        sheet.write_number(0, 0, 2)
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 1, f"={formula}", None, -1)

    return _written(write)


def _column(session: Session, rows: int) -> list[Any]:
    session.evaluate()
    return [line[0] for line in session.rectangle("Sheet", 1, 2, rows, 2)]


def _nonsense(path: Path, folder: Path) -> bytes:
    """The workbook with another value stored for every formula, and no wish to be calculated."""
    content = surgery.parts(path)
    for part in [name for name in content if name.startswith("xl/worksheets/sheet")]:
        text = re.sub(
            r'(<c [^>]*?)(?: t="\w+")?(><f>.*?</f>)<v>[^<]*</v>', r"\1\2<v>777.5</v>", content[part].decode()
        )
        content[part] = text.encode()
    book = content["xl/workbook.xml"].decode()
    content["xl/workbook.xml"] = re.sub("<calcPr[^>]*>", '<calcPr calcMode="manual"/>', book).encode()
    return surgery.save(folder / path.name, content).read_bytes()


def _whole(cells: Mapping[tuple[int, int], Any]) -> tuple[int, int]:
    """The last row and the last column that hold anything."""
    places = list(cells) or [(1, 1)]
    return max(row for row, _ in places), max(column for _, column in places)


Grids = list[list[list[Any]]]  # the values of each sheet, by row


def _grids(engine: str, books: list[bytes], sizes: list[list[tuple[int, int]]], deadline: float) -> list[Grids]:
    """What each workbook shows, calculated by an engine; ``sizes``: the last row and column of each sheet."""
    if engine == EMBEDDED:
        grids = []
        for data, size in zip(books, sizes, strict=True):
            session = open_engine(engine, data, deadline)
            session.evaluate()
            grids.append([session.rectangle(t, 1, 1, *last) for t, last in zip(session.sheets, size, strict=True)])
        return grids
    calculate = wasm.recalculate if engine == FORMULON else partial(office.recalculate, engine)
    fresh = [read(data, engine).grids.values() for data in calculate(books, deadline)]
    pairs = (zip(grids, size, strict=True) for grids, size in zip(fresh, sizes, strict=True))
    return [[grid.box(1, 1, *last) for grid, last in pair] for pair in pairs]


def _spelled(value: Any) -> Any:
    """A text with its numbers of at most 15 digits, as every engine has them, and a decimal point; a blank as ""."""
    if type(value) is not str:  # an error is no text
        return "" if value is None else value
    return re.sub(NUMERAL, lambda match: f"{float(match[0].replace(',', '.')):.15g}", value)


def _unlike(found: Any, expected: Any) -> bool:
    """Whether two values differ by more than 1e-9, or than words and their numbers may."""
    if type(found) is float and type(expected) is float:
        return not isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    one, other = _spelled(found), _spelled(expected)
    return type(one) is not type(other) or one != other


def _differences(found: Grids, expected: Grids) -> Iterator[str]:
    for sheet, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        for row, (line, other) in enumerate(zip(ours, theirs, strict=True), 1):
            if line != other:
                pairs = enumerate(zip(line, other, strict=True), 1)
                yield from (f"sheet {sheet}, {a1(row, c)}: {a!r}, not {b!r}" for c, (a, b) in pairs if _unlike(a, b))


def test_values_of_two_engines_may_differ_in_spelling_only() -> None:
    error = ErrorValue("#N/A")
    alike = [(1.0, 1.0 + 1e-10), (1e12, 1e12 + 1), (None, ""), ("p. 0.1", "p. 0,10"), ("a", "a"), (error, error)]
    alike += [("0.3", "0.30000000000000004"), (0.0, 1e-10)]
    unlike = [
        (1.0, 1.0 + 3e-9),
        (1.0, "1"),
        (1.0, True),
        (None, 0.0),
        ("p. 0.1", "p. 0.2"),
        ("a", "A"),
        (error, "#N/A"),
    ]
    unlike += [("0.3", "0.300000000000001"), ("-1", "1"), (error, ErrorValue("#REF!")), ("", " ")]
    assert [pair for pair in alike if _unlike(*pair) or _unlike(*pair[::-1])] == []
    assert [pair for pair in unlike if not (_unlike(*pair) and _unlike(*pair[::-1]))] == []
    assert list(_differences([[[1.0, "a"], [2.0, None]]], [[[1.0, "a"], [3.0, ""]]])) == ["sheet 0, A2: 2.0, not 3.0"]


@pytest.mark.thorough
def test_every_engine_calculates_every_formula_of_every_template_whatever_is_stored(
    every_template: dict[str, Path], tmp_path: Path, needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    needs("gnumeric")
    stored: list[Contents] = []
    books: list[bytes] = []
    for path in every_template.values():
        stored.append(read(path.read_bytes(), str(path)))
        books.append(_nonsense(path, tmp_path))
        spoilt = [found for cells in read(books[-1], str(path)).cells.values() for found in cells.values()]
        assert {found.value for found in spoilt if found.formula is not None} == {777.5}
    sizes = [[_whole(cells) for cells in one.cells.values()] for one in stored]
    expected = [
        [grid.box(1, 1, *last) for grid, last in zip(one.grids.values(), size, strict=True)]
        for one, size in zip(stored, sizes, strict=True)
    ]
    assert sum(grid.formula_count for one in stored for grid in one.grids.values()) > 100_000
    deadline = time.monotonic() + 300
    with ThreadPoolExecutor() as pool:

        def start(engine: str, part: slice = slice(None)) -> Future[list[Grids]]:
            return pool.submit(_grids, engine, books[part], sizes[part], deadline)

        halves = [start(FORMULON, slice(first, None, 2)) for first in (0, 1)]  # it takes the longest
        runs = {engine: start(engine) for engine in (EMBEDDED, "libreoffice", "gnumeric")}
        found = {engine: run.result() for engine, run in runs.items()}
        pairs = zip(*(half.result() for half in halves), strict=True)
        found[FORMULON] = [grids for pair in pairs for grids in pair]
    for engine, grids in found.items():
        unlike = [text for ours, theirs in zip(grids, expected, strict=True) for text in _differences(ours, theirs)]
        assert not unlike, f"{engine}: {len(unlike)} differ, as {unlike[:5]}"


@pytest.mark.parametrize("name", INSIDE)
def test_values_come_back_in_their_kinds(opens: Open, name: str) -> None:
    found = _column(opens(name, _formulas(*KINDS)), len(KINDS) + 1)
    assert list(zip(KINDS, found, strict=False)) == list(KINDS.items())
    assert [type(value) for value in found] == [*map(type, KINDS.values()), type(None)]


@pytest.mark.parametrize("name", INSIDE)
def test_a_number_that_looks_like_a_date_is_a_number(opens: Open, name: str) -> None:
    numbers = [0.0, 0.25, 1.0, 59.0, 61.0, 43831.5]

    def write(book: Any, sheet: Any) -> None:
        for row, number in enumerate(numbers):
            sheet.write_number(row, 1, number, book.add_format({"num_format": "yyyy-mm-dd"}))

    assert _column(opens(name, _written(write)), len(numbers)) == numbers


@pytest.mark.parametrize("name", INSIDE)
def test_a_cell_that_is_set_takes_the_place_of_a_formula(opens: Open, name: str) -> None:
    session = opens(name, _formulas("2*A1", "B1&B3", "A1"))
    assert _column(session, 3) == [4, "42", 2]
    session.set("Sheet", 3, 2, "=x")
    session.set("Sheet", 1, 1, 5)
    assert _column(session, 3) == [10, "10=x", "=x"]
    with pytest.raises(EngineError, match="use one of formualizer, formulon"):
        open_engine("gnumeric", b"", time.monotonic() + 60)


@pytest.mark.parametrize("name", INSIDE)
def test_what_is_no_workbook_is_refused_in_one_line(opens: Open, name: str) -> None:
    with pytest.raises(EngineError, match=f"^{name} cannot load the workbook .*; try --engine") as error:
        opens(name, b"PK no workbook")
    assert "\n" not in str(error.value)
    assert _column(opens(name, _workbook(4)), 1) == [8]  # and the next one is read


def test_formulon_recalculates_many_workbooks_in_one_run(
    formulon: wasm.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wasm, "Engine", lambda: nullcontext(formulon))
    fresh = wasm.recalculate([_workbook(number) for number in range(3)], time.monotonic() + 60)
    assert [read(data, "a workbook").cells["Sheet"][1, 2].value for data in fresh] == [0, 2, 4]


def test_a_workbook_is_proven_with_formulon(
    tmp_path: Path, formulon: wasm.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wasm, "Engine", lambda: formulon)
    report = sheetnet.build(None, tmp_path / "built.xlsx", template="by-hand", engine=FORMULON).report
    assert report is not None
    assert report.proven
    assert report.last_line().endswith("(formulon)")


def test_formulon_ends_at_the_deadline_and_with_its_process() -> None:
    start = time.monotonic()
    with wasm.Engine() as engine:
        with pytest.raises(LimitError, match="ran out of time; give it more with --timeout"):
            wasm.Session(_workbook(1), start + 0.3, engine)
        assert engine._process.poll() is not None
        with pytest.raises(EngineError, match="has ended"):
            wasm.Session(_workbook(1), start + 60, engine)
    assert time.monotonic() - start < 30
    with wasm.Engine() as engine:
        engine._process.kill()
        with pytest.raises(EngineError, match="broke down; try --engine formualizer"):
            wasm.Session(_workbook(1), start + 60, engine)
    with pytest.raises(LimitError, match="ran out of time"):
        wasm.Session(_workbook(1), start)


def test_an_interrupt_leaves_no_formulon_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(stream: object) -> Message:
        raise KeyboardInterrupt

    monkeypatch.setattr(wasm, "receive", interrupted)
    engine = wasm.Engine()
    with pytest.raises(KeyboardInterrupt):
        wasm.Session(_workbook(1), time.monotonic() + 60, engine)
    assert engine._process.poll() is not None


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == FORMULON else find(name))
    with pytest.raises(EngineError) as error:
        open_engine(FORMULON, _workbook(1), time.monotonic() + 60)
    assert str(error.value).startswith("formulon is not installed; ")
    assert str(error.value).endswith("install formulon")


@pytest.mark.thorough
def test_libreoffice_gets_no_more_files_at_once_than_it_can_bear(
    needs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("libreoffice")
    portions: list[list[str]] = []
    limits: list[float] = []
    run = office.run

    def watched(command: list[str], folder: Path, deadline: float, memory: float) -> None:
        portions.append([Path(word).stem for word in command if word.endswith(".xlsx")])
        limits.append(deadline)
        run(command, folder, deadline, memory)

    assert office.AT_ONCE <= 60  # which is known to go well
    monkeypatch.setattr(office, "AT_ONCE", 2)
    monkeypatch.setattr(office, "run", watched)
    deadline = time.monotonic() + 120
    fresh = office.recalculate("libreoffice", [_workbook(number) for number in range(3)], deadline)
    assert portions == [["0", "1"], ["2"]]
    assert limits == [deadline, deadline]  # one limit for all of them
    doubled = [read(data, "a workbook").cells["Sheet"][1, 2].value for data in fresh]
    assert doubled == [0, 2, 4]

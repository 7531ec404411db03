"""Engines: values of every kind, and none that was only stored; many workbooks at once; an end in time."""

from __future__ import annotations

import importlib.util
import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import surgery
import xlsxwriter
from opened import differences

import sheetnet
from sheetnet.errors import EngineError
from sheetnet.recalc import FORMULON, INSIDE, Session, office, open_engine, wasm, wasm_worker
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


def _nonsense(path: Path) -> bytes:
    """The workbook with another value stored for every formula, and no wish to be calculated."""
    content = surgery.parts(path)
    for part in [name for name in content if name.startswith("xl/worksheets/sheet")]:
        text = re.sub(
            r'(<c [^>]*?)(?: t="\w+")?(><f>.*?</f>)<v>[^<]*</v>', r"\1\2<v>777.5</v>", content[part].decode()
        )
        content[part] = text.encode()
    book = content["xl/workbook.xml"].decode()
    content["xl/workbook.xml"] = re.sub("<calcPr[^>]*>", '<calcPr calcMode="manual"/>', book).encode()
    path = path.with_suffix(".nonsense.xlsx")
    return surgery.save(path, content).read_bytes()


def _whole(contents: Contents, title: str) -> tuple[int, int]:
    """The last row and the last column of a sheet."""
    cells = contents.cells[title] or [(1, 1)]
    return max(row for row, _ in cells), max(column for _, column in cells)


@pytest.mark.parametrize("template", ["by-hand", "digits"])
def test_every_formula_is_calculated_whatever_is_stored(tmp_path: Path, opens: Open, template: str) -> None:
    path = tmp_path / "built.xlsx"
    sheetnet.build(None, path, template=template, engine=None)
    contents, nonsense = read(path.read_bytes(), "a workbook"), _nonsense(path)
    stored = [cell for cells in read(nonsense, "a workbook").cells.values() for cell in cells.values()]
    assert {cell.value for cell in stored if cell.formula is not None} == {777.5}
    for name in INSIDE:
        session = opens(name, nonsense)
        session.evaluate()
        assert session.sheets == contents.sheets
        for title, cells in contents.cells.items():
            rows, columns = _whole(contents, title)
            grid: list[list[Any]] = [[None] * columns for _ in range(rows)]
            for (row, column), cell in cells.items():
                grid[row - 1][column - 1] = cell.value
            assert not list(differences(session.rectangle(title, 1, 1, rows, columns), grid)), (name, title)


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
        with pytest.raises(EngineError, match="ran out of time; give it more with --timeout"):
            wasm.Session(_workbook(1), start + 0.3, engine)
        assert engine._process.poll() is not None
        with pytest.raises(EngineError, match="has ended"):
            wasm.Session(_workbook(1), start + 60, engine)
    assert time.monotonic() - start < 30
    with wasm.Engine() as engine:
        engine._process.kill()
        with pytest.raises(EngineError, match="broke down; try --engine formualizer"):
            wasm.Session(_workbook(1), start + 60, engine)
    with pytest.raises(EngineError, match="ran out of time"):
        wasm.Session(_workbook(1), start)


def test_an_interrupt_leaves_no_formulon_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(stream: object) -> wasm_worker.Message:
        raise KeyboardInterrupt

    monkeypatch.setattr(wasm_worker, "receive", interrupted)
    engine = wasm.Engine()
    with pytest.raises(KeyboardInterrupt):
        wasm.Session(_workbook(1), time.monotonic() + 60, engine)
    assert engine._process.poll() is not None


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == FORMULON else find(name))
    with pytest.raises(EngineError) as error:
        open_engine(FORMULON, _workbook(1), time.monotonic() + 60)
    assert str(error.value) == "formulon is not installed; pip install 'sheetnet[formulon]'"


def test_libreoffice_gets_no_more_files_at_once_than_it_can_bear(
    needs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("libreoffice")
    portions: list[list[str]] = []
    limits: list[float] = []
    run = office._run

    def watched(command: list[str], folder: Path, deadline: float) -> None:
        portions.append([Path(word).stem for word in command if word.endswith(".xlsx")])
        limits.append(deadline)
        run(command, folder, deadline)

    assert office.AT_ONCE <= 60  # which is known to go well
    monkeypatch.setattr(office, "AT_ONCE", 2)
    monkeypatch.setattr(office, "_run", watched)
    deadline = time.monotonic() + 120
    fresh = office.recalculate("libreoffice", [_workbook(number) for number in range(3)], deadline)
    assert portions == [["0", "1"], ["2"]]
    assert limits == [deadline, deadline]  # one limit for all of them
    doubled = [read(data, "a workbook").cells["Sheet"][1, 2].value for data in fresh]
    assert doubled == [0, 2, 4]

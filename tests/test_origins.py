"""Workbooks that come back from other programs are marked: from Excel, from Google Sheets, from other countries."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from classes import exercise, fill, rounded
from origins import Model, as_excel, as_google, in_order, model_of, renamed

import sheetnet
from sheetnet.classroom.grade.result import Result

KINDS = ("number", "formula")
NEW = {"Conv": "Faltung", "Softmax": "Soft max's", "Start": "Übung"}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("origins")
    for ask in KINDS:
        sheetnet.assign(out=folder / ask, ask=ask)  # type: ignore[arg-type]
    return {ask: folder / ask for ask in KINDS}


def solved(folder: Path, target: Path) -> Model:
    """What a pupil hands in who answers all rightly, by formulas where these are asked for."""
    manifest, files = exercise(folder)
    [pupil] = manifest.pupils
    right = {}
    if manifest.ask == "formula":
        book = openpyxl.load_workbook(folder / "solved" / pupil.file)
        right = {one.number: book[one.place[0]].cell(*one.place[1:]).value for one in pupil.items}
        right[pupil.items[-1].number] = "=-LN(SUMPRODUCT(E19:E21,C19:C21))"
    return model_of(fill(files["1"], target, pupil.items, right).read_bytes())


def graded(folder: Path, data: bytes, where: Path) -> Result:
    where.mkdir()
    (where / "handed in.xlsx").write_bytes(data)
    result = sheetnet.grade(folder / "manifest.json", where, where / "results")
    assert not result.results[0].error
    assert result.results[0].flags == ()
    return result.results[0]


def other(titles: list[str]) -> list[str]:
    """Other sheets first."""
    return titles[4:] + titles[:4][::-1]


@pytest.mark.parametrize("ask", KINDS)
def test_what_excel_writes_is_marked(given: dict[str, Path], tmp_path: Path, ask: str) -> None:
    model = solved(given[ask], tmp_path / "filled.xlsx")
    changed = renamed(in_order(model, other), lambda title: NEW.get(title, title))
    files = {"as it is": as_excel(model), "changed": as_excel(changed), "1904": as_excel(model, dates_of_1904=True)}
    assert b't="shared"' in sheets_of(files["as it is"])
    for name, data in files.items():
        marks = graded(given[ask], data, tmp_path / name).marks
        assert {mark.verdict for mark in marks} == {"right"}, name


def sheets_of(data: bytes) -> bytes:
    """The sheets of a file."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return b"".join(package.read(name) for name in package.namelist() if "worksheets" in name)


@pytest.mark.thorough
@pytest.mark.parametrize("ask", KINDS)
def test_what_google_sheets_exports_is_marked(given: dict[str, Path], tmp_path: Path, ask: str) -> None:
    model = solved(given[ask], tmp_path / "filled.xlsx")
    changed = renamed(in_order(model, other), lambda title: NEW.get(title, title))
    plain = replace(changed, names={name.replace(".", "_"): text for name, text in changed.names.items()})
    nameless = replace(model, names={})
    for name, one in {"as it is": model, "changed": changed, "no points": plain, "no names": nameless}.items():
        marks = graded(given[ask], as_google(one), tmp_path / name).marks
        assert {mark.verdict for mark in marks} == {"right"}, name


def test_a_function_that_only_google_has_stands_for_its_number(given: dict[str, Path], tmp_path: Path) -> None:
    model = solved(given["number"], tmp_path / "filled.xlsx")
    [pupil] = exercise(given["number"])[0].pupils
    own = {(one.place[0], one.place[1:]): 'ARRAYFORMULA(SUM(A1:B2*{1,2;3,4}))&""' for one in pupil.items[:3]}
    marks = graded(given["number"], as_google(model, own), tmp_path / "in").marks
    assert {mark.verdict for mark in marks} == {"right"}


def test_numbers_with_a_comma_that_were_typed_as_text_are_numbers(given: dict[str, Path], tmp_path: Path) -> None:
    manifest, files = exercise(given["number"])
    [pupil] = manifest.pupils
    said = {one.number: f"{rounded(one):.4f}".replace(".", ",") for one in pupil.items}
    data = fill(files["1"], tmp_path / "filled.xlsx", pupil.items, said).read_bytes()
    for name, one in {"ours": data, "excel": as_excel(model_of(data)), "google": as_google(model_of(data))}.items():
        marks = graded(given["number"], one, tmp_path / name).marks
        assert {mark.verdict for mark in marks} == {"right"}, name

"""One file for everybody: whatever number is typed, all that follows from it is proven, and nothing of it is told."""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import surgery
from classes import fill
from conftest import SAMPLES

import sheetnet
from sheetnet import engine
from sheetnet.case.numbered import MOST
from sheetnet.classroom.assign.guard import WAITS
from sheetnet.classroom.assign.manifest import Manifest, read_manifest
from sheetnet.classroom.assign.one.measure import measured
from sheetnet.classroom.grade.chain import weight_of
from sheetnet.errors import WorkbookError
from sheetnet.proof.prove import prove
from sheetnet.recalc.embedded import Session
from sheetnet.recalc.office import find, recalculate
from sheetnet.workbook.read import read

pytestmark = pytest.mark.thorough

KINDS: dict[str, dict[str, Any]] = {
    "by-hand": {"count": 3},
    "gradient": {"blank": "conv,softmax,gradient", "ask": "formula", "language": "zh", "seed": 3},
    "digits": {"template": "digits", "level": 2},
    "photo": {"template": "faces", "photos": SAMPLES / "astronaut.png"},
    "photo, by hand": {"photos": SAMPLES / "coffee.png", "seed": 1},
}
NUMBERS = ("1", "2", "30", "777", str(MOST))
ODD = {
    "blank": "",
    "zero": surgery.cell_xml("C3", None, "0"),
    "below zero": surgery.cell_xml("C3", None, "-3"),
    "fraction": surgery.cell_xml("C3", None, "2.5"),
    "too large": surgery.cell_xml("C3", None, str(MOST + 1)),
    "words": '<c r="C3" t="inlineStr"><is><t>seven</t></is></c>',
    "digits as words": '<c r="C3" t="inlineStr"><is><t>7</t></is></c>',
    "a truth value": surgery.cell_xml("C3", None, "1", ' t="b"'),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("one")
    for name, asked in KINDS.items():
        sheetnet.assign(out=folder / name, one=True, **asked)
    return {name: folder / name for name in KINDS}


def only(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def start(path: Path) -> str:
    return surgery.titles(surgery.parts(path))[0]


def typed(path: Path, target: Path, cell: str) -> Path:
    """The workbook with another cell in the place of the number."""
    content = surgery.parts(path)
    surgery.replace_cell(content, start(path), "C3", cell)
    return surgery.save(target, content)


def numbered(path: Path, target: Path, number: str) -> Path:
    return typed(path, target, surgery.cell_xml("C3", None, number))


def calculated(path: Path) -> Session:
    session = Session(path.read_bytes(), time.monotonic() + 60)
    session.evaluate()
    return session


def shown(session: Session, path: Path) -> dict[tuple[str, int, int], Any]:
    """What every formula of a workbook shows."""
    cells = read(path.read_bytes(), path.name).cells
    return {
        (title, row, column): session.rectangle(title, row, column, row, column)[0][0]
        for title, found in cells.items()
        for (row, column), cell in found.items()
        if cell.formula is not None
    }


def is_close(a: object, b: object) -> bool:
    return a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-9 * max(1.0, abs(a)))


@pytest.mark.parametrize("name", KINDS)
def test_the_solved_workbook_is_proven_for_any_number_and_has_the_answers_of_the_manifest(
    made: dict[str, Path], name: str, tmp_path: Path
) -> None:
    manifest, solved = read_manifest(made[name] / "manifest.json"), only(made[name] / "solved")
    answers = set()
    for number in NUMBERS:
        path = numbered(solved, tmp_path / f"{number}.xlsx", number)
        report = prove(path)
        assert report.proven, (number, report.last_line())
        session = calculated(path)
        for row, item in enumerate(manifest.pupil(number).items, 14):
            [[value]] = session.rectangle(start(path), row, 4, row, 4)
            assert is_close(value, item.answer), (number, item)
        answers.add(tuple(item.answer for item in manifest.pupil(number).items))
    assert len(answers) == len(NUMBERS)


@pytest.mark.parametrize("odd", ODD)
def test_whatever_else_is_typed_the_solved_workbook_is_proven_and_asks_for_a_number(
    made: dict[str, Path], odd: str, tmp_path: Path
) -> None:
    path = typed(only(made["by-hand"] / "solved"), tmp_path / "x.xlsx", ODD[odd])
    report = prove(path)
    assert report.proven, report.last_line()
    session = calculated(path)
    assert session.rectangle("Start", 4, 3, 4, 3) == [[0.0]]
    assert session.rectangle("Start", 3, 4, 3, 4) == [[f"Type a whole number from 1 to {MOST}."]]


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
def test_spreadsheets_calculate_the_same_for_every_number(made: dict[str, Path], engine: str, tmp_path: Path) -> None:
    if find(engine) is None:
        pytest.skip(f"{engine} is missing")
    paths = []
    for name in ("by-hand", "photo, by hand"):
        for folder in ("solved", "pupils"):
            for number in ("2", str(MOST)):
                paths.append(numbered(only(made[name] / folder), tmp_path / f"{name}-{folder}-{number}.xlsx", number))
    paths += [typed(only(made["by-hand"] / "pupils"), tmp_path / f"{odd}.xlsx", cell) for odd, cell in ODD.items()]
    results = recalculate(engine, [path.read_bytes() for path in paths], time.monotonic() + 300)
    for path, result in zip(paths, results, strict=True):
        if "-solved-" in path.name:
            again = tmp_path / "again.xlsx"
            again.write_bytes(result)
            assert not prove(again).status, path.name
            continue
        there = read(result, engine, computed=True)
        for (title, row, column), goal in shown(calculated(path), path).items():
            got = there.cells[title][row, column].value if (row, column) in there.cells[title] else ""
            assert is_close(got, goal), (path.name, title, row, column, got, goal)


@pytest.mark.parametrize("name", KINDS)
def test_the_workbook_that_is_handed_out_waits_for_a_number_without_errors(
    made: dict[str, Path], name: str, tmp_path: Path
) -> None:
    path = only(made[name] / "pupils")
    cases = {"blank": path} | {
        odd: typed(path, tmp_path / f"{odd}.xlsx", cell) for odd, cell in ODD.items() if name == "by-hand"
    }
    stored = read(path.read_bytes(), path.name).cells
    for odd, one in cases.items():
        found = shown(calculated(one), one)
        for (title, row, column), value in found.items():
            assert not str(value).startswith("#"), (odd, title, row, column)
            assert is_close(value, stored[title][row, column].value), (odd, title, row, column, value)
        numbers = {value for value in found.values() if isinstance(value, float)}
        assert numbers <= {0.0, 1.0}, odd  # of the truth, which is the same for everybody
        assert sum(value == WAITS for value in found.values()) > 100, odd


@pytest.mark.parametrize("name", KINDS)
def test_filled_in_right_it_calculates_as_the_solved_one_does_for_that_number(
    made: dict[str, Path], name: str, tmp_path: Path
) -> None:
    manifest = read_manifest(made[name] / "manifest.json")
    for number in ("5", "4321"):
        solved = numbered(only(made[name] / "solved"), tmp_path / f"s{number}.xlsx", number)
        goals = shown(calculated(solved), solved)
        items = manifest.pupil(number).items
        path = filled(only(made[name] / "pupils"), tmp_path / f"{number}.xlsx", manifest, number)
        first = start(path)
        for place, value in shown(calculated(path), path).items():
            if place[0] != first:
                assert is_close(value, goals[place]), (number, place, value, goals[place])
        assert all(is_close(one.answer, goals[one.place]) for one in items)


def filled(path: Path, target: Path, manifest: Manifest, number: str, name: str | None = None) -> Path:
    """A pupil's workbook with the number and all answers of it."""
    items = manifest.pupil(number).items
    fill(path, target, items, {one.number: one.answer for one in items})
    book = openpyxl.load_workbook(target)
    book.worksheets[0]["C3"], book.worksheets[0]["C5"] = int(number), name
    book.save(target)
    return target


# How many there are, and what they may tell


def test_a_thousand_numbers_have_as_many_sets_of_answers_but_for_a_few(made: dict[str, Path]) -> None:
    for name in ("by-hand", "digits", "photo, by hand"):
        manifest = read_manifest(made[name] / "manifest.json")
        recipe = manifest.one
        assert recipe is not None
        told = {
            tuple(f"{item.answer:.4g}" for item in recipe.items_of(manifest.network, number))
            for number in range(1, 1001)
        }
        found = measured(recipe, manifest.network)
        assert found.sets == len(told) >= 990, name
        assert found.poor <= 3, name


def test_no_answer_of_any_pupil_is_written_in_the_file(made: dict[str, Path]) -> None:
    looked_for = 0
    for name in KINDS:
        manifest = read_manifest(made[name] / "manifest.json")
        with zipfile.ZipFile(only(made[name] / "pupils")) as package:
            parts = [package.read(one).decode("utf-8", "replace") for one in package.namelist()]
        numbers = {float(one) for text in parts for one in re.findall(r"-?\d+\.\d{3,}", text)}
        for number in range(1, 31):
            for item in manifest.pupil(str(number)).items:
                if abs(item.answer * 1000 - round(item.answer * 1000)) > 1e-6:
                    looked_for += 1
                    near = [one for one in numbers if abs(one - item.answer) <= 1e-6 * max(abs(item.answer), 1e-3)]
                    assert not near, (name, number, item)
    assert looked_for > 300


def told_once(manifest: Manifest) -> str:
    """A number whose answers stand in one cell each: where two are equal by chance, each tells the other."""
    recipe, network = manifest.one, manifest.network
    assert recipe is not None
    for number in range(7, 1000):
        values = recipe.values(network, number)
        gradients = engine.backward(network, values)
        found = [
            np.abs(gradients[weight_of(item.full)] if item.step == "gradient" else values[item.full]).ravel()
            for item in recipe.items
        ]
        items = recipe.items_of(network, number)
        odd = [
            (np.abs(one - abs(item.answer)) < 1e-6).sum()
            for one, item in zip(found, items, strict=True)
            if item.answer % 1
        ]
        if max(odd) == 1:
            return str(number)
    raise AssertionError("every number has an answer that stands in two cells")


def test_no_cell_tells_an_answer_that_is_still_open(made: dict[str, Path], tmp_path: Path) -> None:
    """All other cells are right, one is still open: what it is to be stands nowhere."""
    for name in ("by-hand", "gradient", "digits"):
        manifest, path = read_manifest(made[name] / "manifest.json"), only(made[name] / "pupils")
        number = told_once(manifest)
        for item in manifest.pupil(number).items:
            if item.step in ("relu", "pool") or abs(item.answer * 1000 - round(item.answer * 1000)) < 1e-6:
                continue  # it is a number of the map before, which is to be chosen; or stands somewhere by chance
            one = filled(path, tmp_path / "x.xlsx", manifest, number)
            book = openpyxl.load_workbook(one)
            book[item.place[0]].cell(*item.place[1:]).value = "?"
            book.save(one)
            for place, value in shown(calculated(one), one).items():
                told = isinstance(value, float) and min(abs(value - item.answer), abs(value + item.answer))
                assert told is False or told > 1e-6 * abs(item.answer), (name, item, place)


def test_there_is_nothing_but_what_a_reader_sees_and_only_answers_number_and_name_may_be_changed(
    made: dict[str, Path],
) -> None:
    for name in KINDS:
        manifest, path = read_manifest(made[name] / "manifest.json"), only(made[name] / "pupils")
        book = openpyxl.load_workbook(path)
        assert all(sheet.sheet_state == "visible" and sheet.protection.sheet for sheet in book.worksheets)
        names = {re.sub(r"[0-9.]+$", "", one) for one in book.defined_names}
        assert names == {
            "sheetnet.item",
            "sheetnet.input",
            "sheetnet.pupil",
            "sheetnet.number",
            "sheetnet.name",
        }
        free = {
            (sheet.title, cell.coordinate)
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked
        }
        items = manifest.pupil("1").items
        asked = {(i.place[0], book[i.place[0]].cell(*i.place[1:]).coordinate) for i in items}
        assert free == asked | {(book.sheetnames[0], "C3"), (book.sheetnames[0], "C5")}
        [rule] = book.worksheets[0].data_validations.dataValidation
        assert (rule.type, rule.formula1, rule.formula2) == ("whole", "1", str(MOST))
        assert rule.showErrorMessage
        assert str(MOST) in rule.error


def test_the_seed_brings_it_back_and_another_one_does_not(made: dict[str, Path], tmp_path: Path) -> None:
    sheetnet.assign(out=tmp_path / "again", one=True, **KINDS["by-hand"])
    for path in sorted(p for p in made["by-hand"].rglob("*") if p.is_file()):
        assert (tmp_path / "again" / path.relative_to(made["by-hand"])).read_bytes() == path.read_bytes()
    sheetnet.assign(out=tmp_path / "other", one=True, seed=9)
    ids = [read_manifest(one / "manifest.json").one for one in (made["by-hand"], tmp_path / "other")]
    assert len({one.code for one in ids if one is not None}) == 2


def test_two_pictures_are_one_too_many(tmp_path: Path) -> None:
    photos = [SAMPLES / "astronaut.png", SAMPLES / "coffee.png"]
    with pytest.raises(WorkbookError, match=r"--one: 2 pictures; one workbook has one, so give one"):
        sheetnet.assign(photos, out=tmp_path / "x", one=True)

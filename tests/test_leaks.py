"""No answer is in a pupil's file: not stored, not hidden, not said, and not to be had by filling in another cell."""

from __future__ import annotations

import math
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from classes import exercise, fill

import sheetnet
from sheetnet.classroom.assign.item import Item
from sheetnet.classroom.assign.manifest import Pupil
from sheetnet.recalc.embedded import Session
from sheetnet.words import load
from sheetnet.workbook.read import read

KINDS = {
    "all": {"count": 2, "level": 3, "seed": 2},
    "softmax without its loss": {"blank": "softmax", "seed": 5},
    "loss alone": {"blank": "loss", "seed": 6},
    "gradient": {"blank": "relu,gradient", "seed": 7, "ask": "formula"},
    "digits": {"template": "digits", "blank": "conv,softmax,loss"},
}


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Pupil, Path]]]:
    """The pupils of each kind of exercise, with their workbooks."""
    folder = tmp_path_factory.mktemp("leaks")
    found = {}
    for name, asked in KINDS.items():
        sheetnet.assign(out=folder / name, **asked)  # type: ignore[arg-type]
        manifest, files = exercise(folder / name)
        found[name] = [(one, files[one.name]) for one in manifest.pupils]
    return found


def everybody(handed: dict[str, list[tuple[Pupil, Path]]]) -> Iterator[tuple[Pupil, Path]]:
    for pairs in handed.values():
        yield from pairs


def is_odd(number: float) -> bool:
    """Whether a number has decimals of its own, so that it stands nowhere by chance."""
    return abs(number * 1000 - round(number * 1000)) > 1e-6


def readings(item: Item) -> list[float]:
    """An answer, and other numbers from which it follows at once.

    The loss is the logarithm of a probability that may be seen: to take the logarithm is what is asked for.
    """
    number = item.answer
    return [number, -number, *([math.log(number), 1 / number, 1 - number] if item.step == "softmax" else [])]


def test_no_answer_is_written_anywhere_in_the_file(handed: dict[str, list[tuple[Pupil, Path]]]) -> None:
    looked_for = 0
    for pupil, path in everybody(handed):
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
        numbers = {name: set(map(float, re.findall(r"-?\d+\.\d+", text))) for name, text in parts.items()}
        for item in pupil.items:
            if is_odd(item.answer):
                looked_for += 1
                for name, found in numbers.items():
                    for reading in readings(item):
                        near = [one for one in found if abs(one - reading) <= 5e-6 * max(abs(reading), 1e-3)]
                        assert not near, (path.name, name, item, reading, near)
    assert looked_for > 10


def test_there_is_nothing_but_what_a_reader_sees(handed: dict[str, list[tuple[Pupil, Path]]]) -> None:
    for pupil, path in everybody(handed):
        book = openpyxl.load_workbook(path)
        assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)
        names = {re.sub(r"[0-9.]+$", "", name) for name in book.defined_names}
        assert names <= {"sheetnet.item", "sheetnet.input", "sheetnet.pupil"}
        assert [(one.name, one.value) for one in book.custom_doc_props.props] == [("sheetnet.exercise", pupil.id)]  # type: ignore[attr-defined]
        cells = [book[i.place[0]].cell(i.place[1], i.place[2]) for i in pupil.items]
        assert {cell.value for cell in cells} == {f"? {i.points}p" for i in pupil.items}
        assert len({cell.style_id for cell in cells}) == 1
        words = load("en")
        hints = {words(key) for key in words.keys() if key.startswith("assign.hints.")}  # noqa: SIM118
        for item, cell in zip(pupil.items, cells, strict=True):
            first, *rest = cell.comment.text.split("\n")
            assert first == words("assign.note", number=item.number, points=item.points)
            assert set(rest) <= hints
        for sheet in book.worksheets:
            for rule in (rule for rules in sheet.conditional_formatting for rule in rules.rules):
                ends = (
                    []
                    if rule.colorScale is None
                    else [one for one in rule.colorScale.cfvo if one.val not in (None, 0)]
                )
                assert not ends or sheet.title in ("Photo", "Red", "Green", "Blue", "Grey"), sheet.title


def test_what_waits_has_no_value_until_it_is_filled(handed: dict[str, list[tuple[Pupil, Path]]]) -> None:
    for _, path in everybody(handed):
        for cells in read(path.read_bytes(), path.name).cells.values():
            for found in cells.values():
                if found.formula is not None and found.formula.startswith("IF(COUNT(") and "<" in found.formula[:400]:
                    assert found.value in ("-",), found


def test_whoever_fills_in_nonsense_reads_no_answer_off_another_cell(
    handed: dict[str, list[tuple[Pupil, Path]]], tmp_path: Path
) -> None:
    for number, (pupil, path) in enumerate(everybody(handed)):
        said = {item.number: 0.123456 + item.number / 7 for item in pupil.items}
        data = fill(path, tmp_path / f"{number}.xlsx", pupil.items, said).read_bytes()
        session = Session(data, time.monotonic() + 60)
        session.evaluate()
        for item in pupil.items:
            if not is_odd(item.answer):
                continue
            for title, cells in read(data, path.name).cells.items():
                for (row, column), found in cells.items():
                    [[shown]] = session.rectangle(title, row, column, row, column)
                    if found.formula is None or not isinstance(shown, float):
                        continue
                    near = [r for r in readings(item) if abs(shown - r) <= 1e-6 * max(abs(r), 1e-3)]
                    assert not near, (path.name, item, title, row, column, shown)


def test_nobody_gets_anything_by_filling_one_cell_after_the_other(
    handed: dict[str, list[tuple[Pupil, Path]]], tmp_path: Path
) -> None:
    """All other cells are right, one is still open: what it is to be stands nowhere."""
    for number, (pupil, path) in enumerate(everybody(handed)):
        for item in pupil.items:
            if not is_odd(item.answer):
                continue
            said = {one.number: one.answer for one in pupil.items if one.number != item.number}
            name = f"{number}-{item.number}.xlsx"
            data = fill(path, tmp_path / name, pupil.items, said, all_right=False).read_bytes()
            session = Session(data, time.monotonic() + 60)
            session.evaluate()
            for title, cells in read(data, path.name).cells.items():
                for (row, column), found in cells.items():
                    [[shown]] = session.rectangle(title, row, column, row, column)
                    if found.formula is not None and isinstance(shown, float):
                        near = [r for r in (item.answer, -item.answer) if abs(shown - r) <= 1e-6 * abs(r)]
                        assert not near, (path.name, item, title, row, column, shown)

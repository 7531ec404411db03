"""The key of an exercise: every answer at a glance, live where the networks are small, and proven."""

from __future__ import annotations

import time
from pathlib import Path

import openpyxl
import pytest
import surgery
from classes import exercise
from conftest import SAMPLES

import sheetnet
from sheetnet.classroom.assign.item import Item
from sheetnet.classroom.assign.key import FIRST, ITEMS
from sheetnet.classroom.assign.manifest import Manifest
from sheetnet.classroom.grade.chain import followed
from sheetnet.recalc.embedded import Session
from sheetnet.workbook.read import read

KINDS = {
    "by-hand": {"count": 3, "level": 2, "seed": 3},
    "gradient": {"count": 2, "blank": "conv,loss,gradient", "language": "zh"},
    "photo": {"template": "faces", "photos": (SAMPLES / "astronaut.png",), "blank": "conv,pool,softmax"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name, asked in KINDS.items():
        sheetnet.assign(out=folder / name, **asked)  # type: ignore[arg-type]
    return {name: folder / name for name in KINDS}


def answers(path: Path, manifest: Manifest) -> list[tuple[Item, object]]:
    """Each item with what the first sheet of the key says of it."""
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    return [
        (one, sheet.cell(FIRST + number, ITEMS + place).value)
        for number, pupil in enumerate(manifest.pupils)
        for place, one in enumerate(pupil.items)
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("name", KINDS)
def test_all_answers_stand_on_the_first_sheet(made: dict[str, Path], name: str) -> None:
    manifest, _ = exercise(made[name])
    found = answers(made[name] / "key.xlsx", manifest)
    assert len(found) == sum(len(one.items) for one in manifest.pupils)
    for item, value in found:
        assert value == pytest.approx(item.answer, rel=1e-12), item


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["by-hand", "gradient"])
def test_the_key_of_small_networks_is_live_and_proven(made: dict[str, Path], name: str) -> None:
    key = made[name] / "key.xlsx"
    report = sheetnet.verify(key)
    assert report.proven
    assert report.formulas == surgery.count_formulas(key) > 400
    manifest, _ = exercise(made[name])
    book = openpyxl.load_workbook(key)
    for number in range(len(manifest.pupils)):
        for place in range(len(manifest.pupils[0].items)):
            assert str(book.worksheets[0].cell(FIRST + number, ITEMS + place).value).endswith(tuple("0123456789"))
            assert str(book.worksheets[0].cell(FIRST + number, ITEMS + place).value).startswith("='")


def test_an_answer_of_the_key_follows_the_pixels(made: dict[str, Path]) -> None:
    manifest, _ = exercise(made["by-hand"])
    key, pupil = made["by-hand"] / "key.xlsx", manifest.pupils[1]
    session = Session(key.read_bytes(), time.monotonic() + 60)
    contents = read(key.read_bytes(), "key")
    title = next(one for one in contents.cells if one.startswith(pupil.id))
    pixels = sorted(
        place
        for place, one in contents.cells[title].items()
        if one.formula is None and isinstance(one.value, float) and place[0] > FIRST + len(pupil.items) + 3
    )
    photo = pupil.given["photo.out"]
    row, column = pixels[0]  # the first number below the table is the first pixel
    assert contents.cells[title][row, column].value == photo[0, 0, 0]
    changed = photo.copy()
    changed[0, :3, :3] = 170
    for y in range(3):
        for x in range(3):
            session.set(title, row + y, column + x, 170.0)
    session.evaluate()
    goals = followed(manifest.network, {**pupil.given, "photo.out": changed}, pupil.items, {})
    line = session.rectangle(contents.sheets[0], FIRST + 1, ITEMS, FIRST + 1, ITEMS + len(goals) - 1)[0]
    assert line == pytest.approx([goals[one.number] for one in pupil.items])
    assert any(goals[one.number] != one.answer for one in pupil.items)


def test_of_large_networks_the_key_has_numbers(made: dict[str, Path]) -> None:
    assert surgery.count_formulas(made["photo"] / "key.xlsx") == 0

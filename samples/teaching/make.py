"""Make what is in this folder: the slide, the handouts, and the class of six with what it handed in and its marks.

LibreOffice prints and saves, Gnumeric saves; both must be installed. Run it with the project's own Python:

    .venv/bin/python samples/teaching/make.py
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import slide
from openpyxl import load_workbook

import sheetnet
from sheetnet.classroom.assign.item import Item
from sheetnet.classroom.assign.manifest import Pupil, read_manifest
from sheetnet.grid import a1
from sheetnet.recalc.office import recalculate

HERE = Path(__file__).resolve().parent
NAMES, HANDED_IN, MARKS = (HERE / "class" / name for name in ("names.csv", "submissions", "results"))
PHOTO = HERE.parent / "coffee.png"
BLUE = re.compile(r"\+SUMPRODUCT\(Blue![^)]*\)")  # what the blue layer of a filter adds
Typed = Mapping[int, Any]


def papers() -> None:
    """The slide and the handouts, in both languages."""
    for language, mark in (("en", ""), ("zh", ".zh")):
        slide.write(HERE / f"slide{mark}.pdf", language)
        sheetnet.handout(PHOTO, out=HERE / f"handout{mark}.pdf", answers=True, language=language, force=True)


def exercise(folder: Path) -> Path:
    """Make the exercise of the class. Its seed is fixed, so that every reader gets the same."""
    sheetnet.assign(out=folder, names=NAMES, ask="formula")
    return folder


def hand_in(given: Path, folder: Path) -> None:
    """What the six hand in.

    Ash has everything right. Birch forgets the colour blue once, and goes on rightly from there. Cedar pastes numbers
    where formulas are asked for. Elm types the id of Ash. The file of Fir is broken. Oak works with Gnumeric, and
    leaves an answer open.
    """
    manifest = read_manifest(given / "manifest.json")
    folder.mkdir(parents=True)
    saved: dict[str, bytes] = {}
    for pupil in manifest.pupils:
        answers = _solved(given / "solved" / pupil.file, pupil)
        second = pupil.items[1].number
        if pupil.name == "Birch":
            answers[second] = BLUE.sub("", str(answers[second]))
        elif pupil.name == "Cedar":
            answers = {item.number: float(f"{item.answer:.4g}") for item in pupil.items}
        elif pupil.name == "Oak":
            del answers[pupil.items[-1].number]
        saved[pupil.name] = _filled(given / "pupils" / pupil.file, pupil.items, answers)
    ids = {pupil.name: pupil.id for pupil in manifest.pupils}
    saved["Elm"] = _replaced(saved["Elm"], ids["Elm"], ids["Ash"])
    others = [name for name in saved if name != "Oak"]
    deadline = time.monotonic() + 300
    done = dict(zip(others, recalculate("libreoffice", [saved[name] for name in others], deadline), strict=True))
    done["Oak"] = recalculate("gnumeric", [saved["Oak"]], deadline)[0]
    done["Fir"] = done["Fir"][: len(done["Fir"]) // 2]
    for pupil in manifest.pupils:
        (folder / pupil.file).write_bytes(done[pupil.name])


def _solved(path: Path, pupil: Pupil) -> dict[int, Any]:
    """The formulas of a solved workbook, by the number of the item.

    That of the loss adds up what a pupil's workbook does not show; a pupil takes the logarithm of the first class,
    which is the true one.
    """
    book = load_workbook(path)
    said = {item.number: book[item.place[0]].cell(*item.place[1:]).value for item in pupil.items}
    return said | {item.number: "=-LN(C19)" for item in pupil.items if item.step == "loss"}


def _filled(path: Path, items: tuple[Item, ...], answers: Typed) -> bytes:
    """A pupil's workbook with answers typed in: formulas, which begin with =, or numbers."""
    places = {item.number: item.place for item in items}
    content, titles = _parts(path)
    for number, said in answers.items():
        title, row, column = places[number]
        part = f"xl/worksheets/sheet{titles.index(title) + 1}.xml"
        formula = escape(str(said)[1:], quote=False)
        inside = f"<f>{formula}</f>" if str(said).startswith("=") else f"<v>{said}</v>"
        cell = re.compile(rf'<c r="{a1(row, column)}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)')
        text, count = cell.subn(
            lambda old, row=row, column=column, inside=inside: f'<c r="{a1(row, column)}"{old[1] or ""}>{inside}</c>',
            content[part].decode(),
        )
        assert count == 1, f"{path}: no cell {title}!{a1(row, column)}"
        content[part] = text.encode()
    return _packed(content)


def _replaced(data: bytes, old: str, new: str) -> bytes:
    """A workbook in which a pupil has typed another id."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        content, _ = _parts(Path(file.name))
    sheet = "xl/worksheets/sheet1.xml"
    strings = "xl/sharedStrings.xml" if "xl/sharedStrings.xml" in content else sheet
    where = sheet if old.encode() in content[sheet] else strings
    assert content[where].count(old.encode()) == 1
    content[where] = content[where].replace(old.encode(), new.encode())
    return _packed(content)


def _parts(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """The parts of a workbook of ours, and the titles of its sheets."""
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    return content, load_workbook(path, read_only=True).sheetnames


def _packed(content: Mapping[str, bytes]) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in content.items():
                package.writestr(name, data)
        file.seek(0)
        return file.read()


def main() -> None:
    """Make everything anew."""
    papers()
    with tempfile.TemporaryDirectory() as name:
        given = exercise(Path(name) / "exercise")
        shutil.rmtree(HANDED_IN, ignore_errors=True)
        shutil.rmtree(MARKS, ignore_errors=True)
        hand_in(given, HANDED_IN)
        sheetnet.grade(given / "manifest.json", HANDED_IN, out=MARKS)


if __name__ == "__main__":
    main()

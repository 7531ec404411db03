"""What it costs to calculate a workbook and to prove it: by the embedded engine, and by LibreOffice."""

from __future__ import annotations

import statistics
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from figures.common import MB, MISSING, PHOTO, PYTHON, converting
from measure import Row, alternate, ratio, run, typical

from sheetnet.recalc.office import find  # standard library only, see measure


def lesson(folder: Path) -> list[Row]:
    """The default workbook against the network alone: LibreOffice's time, conditional formats, size of the file."""
    books = {"whole": folder / "whole.xlsx", "plain": folder / "plain.xlsx"}
    for name, book in books.items():
        more = ["--plain"] if name == "plain" else []
        run([PYTHON, "-m", "sheetnet", "build", str(PHOTO), "-o", str(book), "--engine", "none", *more])
    with zipfile.ZipFile(books["whole"]) as package:
        sheets = [
            package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")
        ]
    most = max(text.count("<cfRule ") for text in sheets)
    size = books["whole"].stat().st_size / MB
    rows = [
        Row("lesson: conditional formats of a sheet", "-", float(most), None, "at most", 40, "rules"),
        Row("lesson: size of the default workbook", "-", size, None, "at most", 1.5, "MB"),
    ]
    name, against = "lesson: LibreOffice opens, calculates and saves it", "the same workbook made with --plain"
    office = find("libreoffice")
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 2, note=MISSING)]
    made: list[Path] = []
    commands = {who: partial(converting, office, folder, book, made) for who, book in books.items()}
    runs = alternate(commands, 6, warm=True)
    if not all(file.is_file() for file in made):
        return [*rows, Row(name, against, None, None, "at most", 2, note="LibreOffice failed")]
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    return [*rows, Row(name, against, *ratio(walls["whole"], walls["plain"]), "at most", 2, context=shown)]


def course(folder: Path) -> list[Row]:
    """The template training against the default workbook: the size of its file, and LibreOffice's time."""
    asked = {"training": ["--template", "training"], "default": [str(PHOTO)]}
    books, _ = _built(folder, asked)
    size = books["training"].stat().st_size / MB
    rows = [Row("course: size of the template training", "-", size, None, "at most", 3, "MB")]
    return [*rows, _opened(folder, books, "course: LibreOffice opens, calculates and saves training", 3)]


def step(folder: Path) -> list[Row]:
    """The default workbook with a step of learning against the one without: its size, and both times."""
    photo = [str(PHOTO), "--label", "Astronaut"]
    books, build = _built(folder, {"backward": [*photo, "--backward"], "default": photo})
    size = books["backward"].stat().st_size / MB
    runs = alternate(build, 3, warm=True)
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    name, against = "step: build --backward, whole process", "the default workbook"
    return [
        Row("step: size of the default workbook with --backward", "-", size, None, "at most", 3.5, "MB"),
        Row(name, against, *ratio(walls["backward"], walls["default"]), "at most", 4, context=shown),
        _opened(folder, books, "step: LibreOffice opens, calculates and saves it", 6),
    ]


def _built(folder: Path, asked: Mapping[str, Sequence[str]]) -> tuple[dict[str, Path], dict[str, list[str]]]:
    """A workbook for each of some arguments of ``build``, and the commands that make them."""
    books = {name: folder / f"{name}.xlsx" for name in asked}
    head, tail = [PYTHON, "-m", "sheetnet", "build"], ["--force", "--engine", "none"]
    commands = {name: [*head, *more, "-o", str(books[name]), *tail] for name, more in asked.items()}
    for command in commands.values():
        run(command)
    return books, commands


def _opened(folder: Path, books: Mapping[str, Path], name: str, most: float) -> Row:
    """LibreOffice's time for the first of two workbooks, against that for the other, "default"."""
    against, office = "the default workbook", find("libreoffice")
    if office is None:
        return Row(name, against, None, None, "at most", most, note=MISSING)
    made: list[Path] = []
    commands = {who: partial(converting, office, folder, book, made) for who, book in books.items()}
    runs = alternate(commands, 3, warm=True)
    if not all(file.is_file() for file in made):
        return Row(name, against, None, None, "at most", most, note="LibreOffice failed")
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    return Row(name, against, *ratio(walls[next(iter(books))], walls["default"]), "at most", most, context=shown)


def verify(folder: Path) -> list[Row]:
    """The proof of the default workbook: by the embedded engine, and by LibreOffice."""
    book, empty = folder / "default.xlsx", folder / "empty.xlsx"
    run([PYTHON, "-m", "sheetnet", "build", str(PHOTO), "-o", str(book), "--engine", "none"])
    prove = [PYTHON, "-m", "sheetnet", "verify", str(book), "--engine"]
    mine = alternate({"verify": [*prove, "formualizer"]}, 7, warm=True)["verify"]
    cpu = [one.cpu for one in mine]
    shown = {"CPU s": typical(cpu), "wall s": typical([one.wall for one in mine])}
    shown["MB"] = typical([one.peak / MB for one in mine], 1)
    name = "verify: embedded engine, CPU of the whole process"
    rows = [Row(name, "-", statistics.median(cpu), min(cpu), "at most", 2, "s", context=shown)]
    name, against = "verify: LibreOffice, whole process", "LibreOffice converts an empty workbook"
    office = find("libreoffice")
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 3, note=MISSING)]
    run([PYTHON, "-c", "import sys, openpyxl; openpyxl.Workbook().save(sys.argv[1])", str(empty)])
    made: list[Path] = []
    convert = partial(converting, office, folder, empty, made)
    runs = alternate({"verify": [*prove, "libreoffice"], "empty": convert}, 6, warm=True)
    if not all(file.is_file() for file in made):  # it ends well even where it failed
        return [*rows, Row(name, against, None, None, "at most", 3, note="LibreOffice failed")]
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    return [*rows, Row(name, against, *ratio(walls["verify"], walls["empty"]), "at most", 3, context=shown)]

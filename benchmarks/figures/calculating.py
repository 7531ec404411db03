"""What it costs to calculate a workbook and to prove it: by the embedded engine, and by LibreOffice."""

from __future__ import annotations

import statistics
import zipfile
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
    books = {"training": folder / "training.xlsx", "default": folder / "default.xlsx"}
    asked = {"training": ["--template", "training"], "default": [str(PHOTO)]}
    for name, book in books.items():
        run([PYTHON, "-m", "sheetnet", "build", *asked[name], "-o", str(book), "--engine", "none"])
    size = books["training"].stat().st_size / MB
    rows = [Row("course: size of the template training", "-", size, None, "at most", 3, "MB")]
    name, against = "course: LibreOffice opens, calculates and saves training", "the default workbook"
    office = find("libreoffice")
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 3, note=MISSING)]
    made: list[Path] = []
    commands = {who: partial(converting, office, folder, book, made) for who, book in books.items()}
    runs = alternate(commands, 3, warm=True)
    if not all(file.is_file() for file in made):
        return [*rows, Row(name, against, None, None, "at most", 3, note="LibreOffice failed")]
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    return [*rows, Row(name, against, *ratio(walls["training"], walls["default"]), "at most", 3, context=shown)]


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

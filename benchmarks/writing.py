"""Write 127,008 convolution formulas, by one of three writers: a child process of ``bench``.

    python writing.py sheetnet|openpyxl|xlsxwriter PHOTO OUT    prints {"seconds": ..., "formulas": ...}
    python writing.py check FILE FILE FILE                      prints what is the same in the three files

A photo of 128 x 128 pixels, 8 filters of 3 x 3 x 3, no padding: 126 * 126 * 8 formulas, three sheets of pixels,
the filters and the biases. All three writers get the same plan, the same numbers and the same rules, and the
texts of the formulas are made while the clock runs. sheetnet's file has a style on every cell, and widths; the
others are spared that. openpyxl's write-only mode cannot store a value with a formula.

The numbers have 15 digits before the clock starts, so that no writer has to round and no file is longer for it.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import zipfile
from html import unescape
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheetnet.workbook.book import Book, Cell, Line

SPEC = {
    "name": "bench",
    "classes": ["none"],
    "input": {"shape": [3, 128, 128]},
    "layers": [{"name": "conv", "kind": "conv2d", "filters": 8, "size": 3, "padding": "valid"}],
}
FORMULAS = 126 * 126 * 8
CHANNELS, SHEET = ("Red", "Green", "Blue"), "Conv"

_CELL = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*>(?:<f>([^<]*)</f>)?(?:<v>([^<]*)</v>|<v\s*/>)?</c>')
_SHEET = re.compile(rb'<sheet\b[^>]* name="([^"]*)"')


class Task:
    """What is to be written: where each tensor goes, its numbers, and the rule of its formulas."""

    def __init__(self, photo: Path) -> None:
        import numpy as np

        from sheetnet import engine, layout
        from sheetnet.network import Network
        from sheetnet.photo import load

        network = Network.from_spec(SPEC)
        plan = layout.plan(network, {"photo": "Photo", "conv": SHEET}, CHANNELS)
        values = engine.forward(network, {"photo.out": load(photo, (3, 128, 128)).x}, network.fill({}, 0))
        self.values = {
            name: np.array([float(f"{v:.15g}") for v in array.ravel()]).reshape(array.shape)
            for name, array in values.items()
        }
        self.plan, self.node = plan, network.nodes[0]

    def book(self) -> Book:
        """The cells as sheetnet keeps them before they are written: rules, not texts."""
        from sheetnet.workbook.book import Book

        blocks, values = self.plan.blocks, self.values
        book = Book("Benchmark")
        for title in CHANNELS:
            book.add(title).tensor(blocks["photo.out"], values["photo.out"], "pixel")
        sheet = book.add(SHEET)
        sheet.tensor(blocks["conv.weight"], values["conv.weight"], "weight")
        sheet.tensor(blocks["conv.bias"], values["conv.bias"], "weight")
        rules = self.node.layer.forward_cells(self.plan.seen(self.node))
        sheet.tensor(blocks["conv.out"], values["conv.out"], "map", rules["out"])
        return book


def cells(entry: Cell | Line) -> Iterator[tuple[int, str | None, float]]:
    """Column, formula or None, number, of each cell of an entry."""
    from sheetnet.workbook.book import Cell

    if isinstance(entry, Cell):
        return iter([(entry.column, entry.formula, float(entry.value or 0))])
    columns = range(entry.column, entry.column + entry.width)
    formulas = entry.formulas() if entry.formulas else [None] * entry.width
    return zip(columns, formulas, entry.values.tolist(), strict=True)


def by_sheetnet(book: Book, out: Path) -> None:
    from sheetnet.workbook.write import save

    save(book, out, force=True)


def by_openpyxl(book: Book, out: Path) -> None:
    import openpyxl

    made = openpyxl.Workbook(write_only=True)
    for sheet in book.sheets:
        ws = made.create_sheet(sheet.title)
        written = 0
        for row, entries in sheet.ordered():
            while written < row - 1:
                ws.append(())
                written += 1
            line: list[Any] = []
            for entry in entries:
                line += [None] * (entry.column - 1 - len(line))
                line += [value if formula is None else f"={formula}" for _, formula, value in cells(entry)]
            ws.append(line)
            written = row
    made.save(out)


def by_xlsxwriter(book: Book, out: Path) -> None:
    import xlsxwriter

    made = xlsxwriter.Workbook(str(out), {"constant_memory": True})
    for sheet in book.sheets:
        ws = made.add_worksheet(sheet.title)
        for row, entries in sheet.ordered():
            for entry in entries:
                for column, formula, value in cells(entry):
                    if formula is None:
                        ws.write_number(row - 1, column - 1, value)
                    else:
                        ws.write_formula(row - 1, column - 1, f"={formula}", None, value)
    made.close()


WRITERS = {"sheetnet": by_sheetnet, "openpyxl": by_openpyxl, "xlsxwriter": by_xlsxwriter}


def write(who: str, photo: Path, out: Path) -> dict[str, Any]:
    """Write the file; the clock runs from the numbers to the finished file, without the imports."""
    import openpyxl  # noqa: F401
    import xlsxwriter  # noqa: F401

    import sheetnet.workbook.write  # noqa: F401

    task = Task(photo)
    gc.collect()
    started = perf_counter()
    book = task.book()
    WRITERS[who](book, out)
    seconds = perf_counter() - started
    return {"seconds": seconds, "formulas": book.formula_count(), "bytes": out.stat().st_size}


Stored = dict[tuple[str, str], tuple[str, bytes]]  # (sheet, address) -> formula (or none), number as written


def stored(path: Path) -> Stored:
    """Every cell of a file, read by a pattern, so by none of the three."""
    found: Stored = {}
    with zipfile.ZipFile(path) as package:
        titles = [unescape(name.decode()) for name in _SHEET.findall(package.read("xl/workbook.xml"))]
        for number, title in enumerate(titles, 1):
            for address, formula, value in _CELL.findall(package.read(f"xl/worksheets/sheet{number}.xml")):
                found[title, address.decode()] = unescape(formula.decode()), value
    return found


def check(paths: list[Path]) -> dict[str, Any]:
    """Compare all cells of the files: their formulas in all three, their numbers where they are stored."""
    files = [stored(path) for path in paths]
    formulas = [{at: formula for at, (formula, _) in file.items() if formula} for file in files]
    constants = [{at: float(v) for at, (formula, v) in file.items() if v and not formula} for file in files]
    values = [{at: float(v) for at, (formula, v) in file.items() if v and formula} for file in files]
    filled = [one for one in values if one]
    return {
        "formulas": len(formulas[0]),
        "constants": len(constants[0]),
        "values": [len(one) for one in values],
        "same": {
            "formulas": all(one == formulas[0] for one in formulas),
            "constants": all(one == constants[0] for one in constants),
            "values": all(one == filled[0] for one in filled),
        },
    }


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    files = [Path(name) for name in rest]
    print(json.dumps(check(files) if what == "check" else write(what, files[0], files[1])))

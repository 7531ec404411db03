"""A workbook opened in the embedded engine, beside what NumPy says about it: read cells, set cells, read again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from math import isclose
from typing import Any

import zoo

from sheetnet import engine, words
from sheetnet.case.prepare import Case
from sheetnet.grid import Anchor
from sheetnet.layout.titles import layout_check
from sheetnet.network import PHOTO, TRUTH, Node
from sheetnet.recalc.embedded import Session
from sheetnet.workbook.read import Contents, read

TOLERANCE = 1e-9
EVERY = [*zoo.ZOO, "by-hand", "detective", "in rows"]
contents = cache(lambda data: read(data, "a workbook"))


class Opened:
    """``values``: every tensor from NumPy; ``plan``: where they stand; ``contents``: the file as it was written."""

    def __init__(self, case: Case, data: bytes) -> None:
        self.case, self.network = case, case.network
        self.plan = layout_check(case.network, case.language)
        self.words = words.load(case.language)
        inputs = {} if case.photo is None else {f"{PHOTO}.out": case.photo.x}
        if self.network.has_truth:
            inputs[f"{TRUTH}.out"] = engine.one_hot(self.network, case.label)
        self.inputs, self.parameters = inputs, dict(case.parameters)
        self.values = engine.forward(self.network, inputs, self.parameters)
        self.contents: Contents = contents(data)
        self.session = Session(data, time.monotonic() + 60)
        self.session.evaluate()

    def tell_again(self) -> None:
        """Work NumPy's numbers out anew, after an input or a parameter was changed."""
        self.values = engine.forward(self.network, self.inputs, self.parameters)

    def nodes(self, kind: str) -> list[Node]:
        """The layers of a kind."""
        return [node for node in self.network.nodes if node.layer.kind == kind]

    def offered(self, kind: str) -> list[Node]:
        """Those that a close-up shows: windows without gaps that see all maps."""
        plain = [("groups", 1), ("dilation", (1, 1))]
        return [n for n in self.nodes(kind) if all(getattr(n.layer, key, value) == value for key, value in plain)]

    # Reading and setting

    def grid(self, sheet: str, row: int, column: int, rows: int, columns: int) -> list[list[Any]]:
        """The values of a rectangle."""
        return self.session.rectangle(sheet, row, column, row + rows - 1, column + columns - 1)

    def at(self, sheet: str, row: int, column: int) -> Any:
        return self.grid(sheet, row, column, 1, 1)[0][0]

    def column(self, sheet: str, row: int, column: int, rows: int) -> list[Any]:
        return [line[0] for line in self.grid(sheet, row, column, rows, 1)]

    def set(self, at: Anchor, value: Any) -> None:
        self.session.set(at.sheet, at.row, at.column, value)

    # A close-up: its choices by the names that the marks read, what it says by the labels in column B

    def named(self, prefix: str, name: str) -> Anchor:
        return self.contents.names[f"sheetnet.mark.{prefix}.{name}"][0]

    def used(self, prefix: str, name: str) -> Any:
        """What a close-up takes a choice to mean."""
        at = self.named(prefix, name)
        return self.at(at.sheet, at.row, at.column)

    def choose(self, prefix: str, **choices: Any) -> None:
        """Set the blue cells, which stand to the left of what is used, and calculate."""
        for name, value in choices.items():
            at = self.named(prefix, name)
            self.session.set(at.sheet, at.row, at.column - 1, value)
        self.session.evaluate()

    def row_of(self, sheet: str, key: str, column: int = 2, **values: object) -> int:
        """The row in which a label stands."""
        label = self.words(key, **values)
        cells = self.contents.cells[sheet]
        [row] = [row for (row, c), cell in cells.items() if c == column and cell.value == label]
        return row

    def column_of(self, sheet: str, row: int, key: str) -> int:
        """The column over which a heading stands."""
        label = self.words(key)
        cells = self.contents.cells[sheet]
        [column] = [c for (r, c), cell in cells.items() if r == row and cell.value == label]
        return column

    def says(self, sheet: str, key: str) -> Any:
        """What stands beside a label."""
        return self.at(sheet, self.row_of(sheet, key), 3)

    def errors(self, sheet: str) -> list[str]:
        """The cells of a sheet that hold an error, or nothing where a formula should say something."""
        cells = self.contents.cells[sheet]
        last = max(row for row, _ in cells), max(column for _, column in cells)
        grid = self.grid(sheet, 1, 1, *last)
        found = {at: grid[at[0] - 1][at[1] - 1] for at, cell in cells.items() if cell.formula is not None}
        return [
            f"{at}: {value}"
            for at, value in found.items()
            if value is None or (isinstance(value, str) and value.startswith("#"))
        ]


def same(found: Any, expected: Any) -> bool:
    """Whether a cell holds a number (to 1e-9) or a text."""
    if isinstance(expected, str) or expected is None:
        return type(found) is type(expected) and found == expected
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return is_number and isclose(found, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def differences(found: list[list[Any]], expected: list[list[Any]]) -> Iterator[str]:
    """Where two rectangles differ."""
    assert [len(line) for line in found] == [len(line) for line in expected]
    for row, (line, wanted) in enumerate(zip(found, expected, strict=True)):
        for column, (one, other) in enumerate(zip(line, wanted, strict=True)):
            if not same(one, other):
                yield f"row {row}, column {column}: {one!r} instead of {other!r}"


def ends(size: int) -> list[int]:
    """The first, the middle and the last of so many, each once."""
    return sorted({0, size // 2, size - 1})


def places(shape: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Of the maps of a layer: the first and the last one, their corners, edges and middle."""
    return list(product(sorted({0, shape[0] - 1}), ends(shape[1]), ends(shape[2])))


def having(kind: str) -> list[str]:
    """The workbooks that have a layer of a kind; of convolutions and poolings, one that a close-up shows."""
    kinds = {
        name: {spec["kind"] for spec in layers if spec.get("groups", 1) == spec.get("dilation", 1) == 1}
        for name, (_, layers, _) in zoo.ZOO.items()
    }
    kinds["by-hand"] = {"conv2d", "relu", "dense", "softmax", "crossentropy"}
    return [name for name in EVERY if name not in kinds or kind in kinds[name]]


Open = Callable[[str], Opened]

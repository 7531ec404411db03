"""Cases of lenses, tests/lens_cases/<kind>.toml: read, laid out on sheets, and calculated by a spreadsheet engine.

    [[case]]   name, options, given (what is read) -> tensors
               layout: how a tensor lies, where its rank does not say: across, rows, stack, sheets, below another
               loose: whether cells may show anything where a tensor is nan
    [[odd]]    name, options, given, own, values: many cases, loose ones, one for each of the values of ``own``
               tensors: a list of what comes out, for each of the values

"" is a blank cell, nan an error, or, in ``tensors``, what cannot be had because of one. A number may be written as
arithmetic ("exp(-1)").
"""

from __future__ import annotations

import math
import re
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isclose, prod
from pathlib import Path
from typing import Any

import numpy as np
import surgery

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.lenses import LENSES, Look
from sheetnet.lenses.elements import About, Said
from sheetnet.operation import Operation, frozen
from sheetnet.recalc import INSIDE, open_engine
from sheetnet.recalc.office import recalculate
from sheetnet.steps import Step, of_look
from sheetnet.values import ErrorValue
from sheetnet.workbook.book import Book, Cell, Sheet
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save

CASES = Path(__file__).parent / "lens_cases"
HOME, AWAY = "Lenses", "50 % (a, b)!"  # all on one sheet, or what is read on another; Gnumeric knows no ' in a name
WHERE = ("here", "apart")
TITLES = ("Red", "R", "Add1", "C4")  # of a sheet per channel
ENGINES = ("formualizer", "libreoffice", "gnumeric")
GAP, FIRST = 4, 6  # blank rows around every tensor; its first column
DOWN, ACROSS = (1, 0), (0, 1)
TRUE = 918273645  # what is written in the place of a truth value
_SUM = re.compile(r"exp\((-?[0-9.]+)\)")


def elements(value: Any, *, worked: bool = False) -> np.ndarray:
    """What a case file says, as an array: float64, or object where words, blanks and truth values are among it."""
    shape, inner = [], value
    while isinstance(inner, list):
        shape.append(len(inner))
        inner = inner[0] if inner else ""
    flat = np.empty(prod(shape), dtype=object)
    flat[:] = list(_flat(value))
    if worked:
        flat[:] = [math.exp(float(m[1])) if isinstance(v, str) and (m := _SUM.fullmatch(v)) else v for v in flat]
    plain = all(isinstance(v, int | float) and not isinstance(v, bool) for v in flat)
    return flat.astype(np.float64).reshape(shape) if plain else flat.reshape(shape)


def _flat(value: Any) -> Iterator[Any]:
    for one in value if isinstance(value, list) else ():
        yield from _flat(one)
    if not isinstance(value, list):
        yield float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass(frozen=True, eq=False)
class Case:
    """One lens with its options, what it reads, and what a person says that it shows."""

    name: str
    lens: Operation
    given: dict[str, np.ndarray]
    tensors: dict[str, np.ndarray]
    layout: dict[str, str] = field(default_factory=dict)
    loose: bool = False

    @cached_property
    def look(self) -> Look:
        return Look("look", self.lens, {own: own for own in self.given})


def table_of(kind: str) -> dict[str, Any]:
    """The case file of a lens; nothing where there is none."""
    path = CASES / f"{kind}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def cases_of(lens: type[Operation], table: dict[str, Any] | None = None) -> list[Case]:
    """The cases of a lens: those of its file, or of a table."""
    table = table_of(lens.kind) if table is None else table
    found = []
    for entry in table.get("case", ()):
        loose = entry.get("loose", False)
        found.append(_case(lens, entry, entry["name"], entry.get("given", {}), entry["tensors"], loose=loose))
    for entry in table.get("odd", ()):
        for k, value in enumerate(entry["values"]):
            given = entry.get("given", {}) | {entry["own"]: value}
            tensors = {own: told[k] for own, told in entry["tensors"].items()}
            found.append(_case(lens, entry, f"{entry['name']}: {value!r}", given, tensors, loose=True))
    return found


def _case(
    lens: type[Operation],
    entry: dict[str, Any],
    name: str,
    given: dict[str, Any],
    tensors: dict[str, Any],
    *,
    loose: bool,
) -> Case:
    options = {key: frozen(value) for key, value in entry.get("options", {}).items()}
    return Case(
        f"{lens.kind}: {name}",
        lens(**options),
        {own: elements(value) for own, value in given.items()},
        {own: elements(value, worked=True) for own, value in tensors.items()},
        entry.get("layout", {}),
        loose,
    )


def every_case() -> list[Case]:
    """The cases of every lens that there is."""
    return [case for lens in LENSES for case in cases_of(lens)]


# In numbers


def shapes(case: Case) -> dict[str, Shape]:
    """The shapes of what a lens writes."""
    return dict(case.lens.tensors({own: values.shape for own, values in case.given.items()}))


def in_numbers(case: Case) -> dict[str, Any]:
    """What the half in numbers makes of a case."""
    return placed(case, "here", Rows()).expected({own: values.copy() for own, values in case.given.items()})


# In cells


class Rows:
    """Gives rows away, below each other."""

    def __init__(self) -> None:
        self.next = 1 + GAP

    def take(self, shape: Shape, how: str, home: str) -> Block:
        """Cells for a tensor. ``how``: "" as its rank has it, or one of those that are told above."""
        self.next -= GAP if how == "below" else 0
        anchor = Anchor(home, self.next, FIRST)
        if how == "sheets":
            block = Block(
                shape,
                tuple(Anchor(t, self.next, FIRST) for t in TITLES[: shape[0]]),
                (DOWN, ACROSS)[-len(shape) + 1 :],
            )
        elif how == "rows":
            block = Block(shape, (anchor,), (DOWN, (shape[0], 0), ACROSS))
        elif how == "stack":
            block = Block(shape, (anchor,), ((shape[1] + 2, 0), DOWN, ACROSS))
        elif how == "across":
            block = Block(shape, (anchor,), (ACROSS,))
        elif len(shape) > 2:
            anchors = [Anchor(home, self.next + k * (shape[-2] + GAP), FIRST) for k in range(prod(shape[:-2]))]
            block = Block(shape, tuple(anchors), (DOWN, ACROSS))
        else:
            block = Block(shape, (anchor,), (DOWN, ACROSS)[: len(shape)])
        self.next = max(last.row for _, last in block.rectangles()) + 1 + GAP
        return block


def placed(case: Case, where: str, rows: Rows) -> Step:
    """A case as a step of a workbook: ``here``, all of it on one sheet, or what is read ``apart``."""
    blocks = {
        own: rows.take(v.shape, case.layout.get(own, ""), HOME if where == "here" else AWAY)
        for own, v in case.given.items()
    }
    for own, shape in shapes(case).items():
        blocks[f"look.{own}"] = rows.take(shape, case.layout.get(own, ""), HOME)
    return of_look(case.look, blocks.__getitem__)


@dataclass
class Page:
    """A workbook of cases. ``steps``: where each lies; ``faults``: those of which no formulas could be made."""

    book: Book = field(default_factory=lambda: Book("Lenses"))
    steps: dict[tuple[str, str], Step] = field(default_factory=dict)
    faults: dict[tuple[str, str], Exception] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)

    def add(self, case: Case) -> None:
        """A case, in each arrangement."""
        for where in WHERE:
            try:
                step = placed(case, where, self.rows)
                formulas = [
                    (own, index, step.rules[own](*index))
                    for own, b in step.writes.items()
                    for index in np.ndindex(*b.shape)
                ]
            except Exception as error:
                self.faults[case.name, where] = error
                continue
            self.steps[case.name, where] = step
            for own, block in step.reads.items():
                for index in np.ndindex(*block.shape):
                    self._put(block.cell(*index), case.given[own][index])
            for own, index, formula in formulas:
                self.formula(step.writes[own].cell(*index), formula)

    def _put(self, at: Anchor, value: Any) -> None:
        if isinstance(value, float) and math.isnan(value):
            self.formula(at, "NA()")
        elif value != "":
            self.sheet(at.sheet)._add(at.row, Cell(at.column, "text", TRUE if value is True else value))

    def formula(self, at: Anchor, text: str) -> None:
        """A formula; what is stored beside it is wrong, so that only an engine that calculates is right."""
        self.sheet(at.sheet)._add(at.row, Cell(at.column, "text", -987.5, text))

    def sheet(self, title: str) -> Sheet:
        """The sheet of a title, new where there is none."""
        known = [sheet for sheet in self.book.sheets if sheet.title == title]
        return known[0] if known else self.book.add(title)

    def bytes(self, folder: Path) -> bytes:
        """The workbook as a file; no workbook of ours holds a truth value that no formula made."""
        path = folder / "lenses.xlsx"
        save(self.book, path, force=True)
        old, new = f"><v>{TRUE}</v>".encode(), b' t="b"><v>1</v>'
        content = {name: data.replace(old, new) for name, data in surgery.parts(path).items()}
        return surgery.save(path, content).read_bytes()


class Calculated:
    """A workbook as an engine calculates it."""

    def __init__(self, engine: str, data: bytes) -> None:
        self._cells: dict[tuple[str, int, int], Any] = {}
        if engine in INSIDE:
            session = open_engine(engine, data, time.monotonic() + 60)
            session.evaluate()
            for title, cells in read(data, "cases").cells.items():
                high, wide = max((r for r, _ in cells), default=1), max((c for _, c in cells), default=1)
                for row, line in enumerate(session.rectangle(title, 1, 1, high, wide), 1):
                    self._cells |= {(title, row, column): value for column, value in enumerate(line, 1)}
            return
        [fresh] = recalculate(engine, [data], time.monotonic() + 120)
        for title, found in read(fresh, engine, computed=True).cells.items():
            self._cells |= {(title, row, column): cell.value for (row, column), cell in found.items()}

    def at(self, anchor: Anchor) -> Any:
        """What a cell holds; None where it is blank."""
        return self._cells.get((anchor.sheet, anchor.row, anchor.column))


# Comparing


def fault(found: Any, worked: Any, told: Any = None, *, loose: bool = False) -> str | None:
    """What is wrong with an element, or None. ``worked``: by hand; ``told``: by the half in numbers."""
    if isinstance(worked, float) and math.isnan(worked):
        lost = isinstance(found, ErrorValue) or (isinstance(found, float) and not math.isfinite(found))
        return None if lost or (loose and told is not None) else f"{found!r} instead of an error"
    if isinstance(found, ErrorValue):
        right = False
    elif isinstance(worked, str):
        right = (found is None and worked == "") or (isinstance(found, str) and found == worked)
        right = right or (isinstance(told, Said) and isinstance(found, str) and told.matches(found))
    elif isinstance(found, bool) or not isinstance(found, int | float):
        right = False
    else:
        least, most = (told.least, told.most) if isinstance(told, About) else (worked, worked)
        right = any(isclose(found, one, rel_tol=1e-12, abs_tol=1e-12) for one in (worked, least, most))
    return None if right else f"{found!r} instead of {worked!r}"


def faults(found: np.ndarray, worked: np.ndarray, told: Any = None, *, loose: bool = False) -> Iterator[str]:
    """Where a tensor is not what was worked by hand."""
    if np.shape(found) != worked.shape:
        yield f"its shape is {np.shape(found)}, not {worked.shape}"
        return
    for index in np.ndindex(*worked.shape):
        said = None if told is None else told[index]
        if text := fault(found[index], worked[index], said, loose=loose):
            yield f"{list(index)}: {text}"


def cells_of(step: Step, calculated: Calculated) -> dict[str, np.ndarray]:
    """What the cells of a step hold."""
    found = {}
    for own, block in step.writes.items():
        found[own] = np.empty(block.shape, dtype=object)
        for index in np.ndindex(*block.shape):
            found[own][index] = calculated.at(block.cell(*index))
    return found


def page_of(cases: Sequence[Case]) -> Page:
    """A workbook of cases."""
    page = Page()
    for title in (HOME, AWAY, *TITLES):
        page.book.add(title)
    for case in cases:
        page.add(case)
    return page

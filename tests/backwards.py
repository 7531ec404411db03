"""Gradients of layers on sheets: cases, where a test puts their tensors, and what a spreadsheet engine makes of them.

The gradients stand on another sheet than what they are made of, or those of the parameters beside these. Each lies as
the tensor that it belongs to: a turned filter as a weight of whatever reads the maps that came back, a mask as the
maps that were pooled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from incells import place
from layercases import entries, known_of
from looking import Calculated

from sheetnet.grid import Anchor, Block, Shape, row_column
from sheetnet.layers import LAYERS, Layer
from sheetnet.lenses import Gradient, Look
from sheetnet.steps import Step, of_look
from sheetnet.workbook.book import Book
from sheetnet.workbook.write import save

FORTH, BACK = "Conv 1", "Back1"  # a sheet whose name is quoted, and one whose name reads as a cell
ARRANGEMENTS = ("planes", "rows", "mixed", "turn")  # the last two: x in planes and out in rows, and the other way
WRONG = -987.5  # stored beside every formula, so that only an engine that calculates is right
MOST_CHARACTERS = 8192

_NAME = r"(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!"
_RANGE = re.compile(rf"({_NAME})?(\$?[A-Z]{{1,3}}\$?\d+)(?::(\$?[A-Z]{{1,3}}\$?\d+))?(?![\w(])")


@dataclass(frozen=True, eq=False)
class Case:
    """A layer, everything that it read and told, and the gradients that came back, such as "dout"."""

    name: str
    layer: Layer
    told: dict[str, np.ndarray]
    came: dict[str, np.ndarray]

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Own names and shapes of everything that is read."""
        return {own: value.shape for own, value in (self.told | self.came).items()}

    @cached_property
    def expected(self) -> dict[str, np.ndarray]:
        """What ``backward`` says, by its own way and with nothing shown."""
        d: dict[str, Any] = {own[1:]: value for own, value in self.came.items()} or {"out": np.ones(())}
        self.layer.backward(dict(self.told), d)
        return {f"d{own}": d[own] for own in self.layer.gives_back}


def case_of(
    name: str, layer: Layer, known: Mapping[str, np.ndarray], back: Mapping[str, np.ndarray] | None = None
) -> Case:
    """A case from what the layer reads. ``back``: what came back, by own name; random numbers where not given."""
    told = {own: np.array(value, dtype=np.float64) for own, value in known.items()}
    layer.forward(told)
    if back is None:
        rng = np.random.RandomState(sum(map(ord, name)))
        tensors = ["log"] if "log" in told and "log" not in layer.reads else ["out"]
        back = {own: rng.standard_normal(told[own].shape) for own in tensors}
    return Case(name, layer, told, {f"d{own}": np.asarray(value) for own, value in back.items()})


def offered(layer: Layer) -> bool:
    return bool(layer.gives_back)


def worked() -> list[Case]:
    """The hand-worked cases of all layers that have their gradients in cells."""
    found = []
    for param in entries("case"):
        layer, entry = param.values
        one = layer(**entry["options"])
        if offered(one):
            found.append(case_of(f"{layer.kind}: {entry['name']}", one, known_of(entry)))
    return found


def at_random(seed: int, name: str, kind: str, options: dict[str, Any], of: dict[str, Shape]) -> Case:
    """A case of random numbers."""
    rng = np.random.RandomState(seed)
    one = next(layer for layer in LAYERS if layer.kind == kind)(**options)
    known = {own: rng.standard_normal(shape) for own, shape in of.items()}
    known |= {own: rng.standard_normal(shape) + 2 for own, shape in one.params(of).items()}
    return case_of(f"{kind}: {name}", one, known)


# On sheets


def _where(own: str, case: Case, how: str) -> tuple[str, int | None, tuple[int, int]]:
    """How a tensor lies: the arrangement, the channels of a filter in one piece, and its gaps."""
    before, after = {"mixed": ("planes", "rows"), "turn": ("rows", "planes")}.get(how, (how, how))
    bare = own[1:] if own.startswith("d") and own[1:] in {*case.told} else own
    shape = case.told[bare].shape if bare in case.told else None
    if own == "turned":  # its channels are those of the maps that came back
        return after, -1 if after == "rows" else None, (1, 1)
    if own in ("mask", "leaked") or bare in case.layer.reads:
        return before, None, (1, 1)
    if shape is not None and len(shape) == 4 and bare == "weight":
        return before, -1 if before == "rows" else None, getattr(case.layer, "dilation", (1, 1))
    return after, None, (1, 1)


def arrange(case: Case, wants: tuple[str, ...], how: str, base: int, sheets: tuple[str, str]) -> dict[str, Block]:
    """The cells of everything that a gradient reads and writes, from the row ``base`` on."""
    written = Gradient(case.layer, wants).tensors(case.shapes)
    blocks, column = {}, 3
    for own, shape in {**case.shapes, **written}.items():
        arrangement, channels, apart = _where(own, case, how)
        beside = how == "turn" and own[1:] in case.layer.params(case.shapes)  # parameters have them beside them
        home = sheets[(own in written and not beside) or own in case.came]
        if len(shape) in (2, 4) and "weight" not in own and own != "turned":
            arrangement = "grid"
        if len(case.told.get("x", np.ones(())).shape) != 3:
            channels, apart = None, (1, 1)
        block = place(shape, arrangement, home, column, shape[1] if channels else None, apart)
        if own == "turned" and len(shape) == 1:  # as the weights of one input lie
            block = Block(shape, (Anchor(home, 5, column),), ((0, 1),))
        anchors = tuple(Anchor(a.sheet, a.row + base, a.column) for a in block.anchors)
        blocks[own if own in case.shapes else f"look.{own}"] = made = Block(shape, anchors, block.steps)
        column = max(last.column for _, last in made.rectangles()) + 3
    return blocks


class Placed:
    """A case in its place. ``blocks``: of everything, by own name, what is written as "look.<own>"."""

    def __init__(
        self,
        case: Case,
        how: str,
        wants: tuple[str, ...] = (),
        base: int = 0,
        sheets: tuple[str, str] = (FORTH, BACK),
        blocks: dict[str, Block] | None = None,
    ) -> None:
        self.case, self.name = case, f"{case.name}, {how}"
        self.blocks = blocks or arrange(case, wants, how, base, sheets)
        look = Look("look", Gradient(case.layer, wants), {own: own for own in case.shapes})
        self.step: Step = of_look(look, self.blocks.__getitem__)

    def formulas(self) -> Iterator[tuple[str, tuple[int, ...], str]]:
        """Own name, index and formula of every cell."""
        for own, block in self.step.writes.items():
            for index in np.ndindex(*block.shape):
                yield own, index, self.step.rules[own](*index)

    @property
    def cells(self) -> set[Anchor]:
        """Every cell that holds an element."""
        return {block.cell(*index) for block in self.blocks.values() for index in np.ndindex(*block.shape)}


def page_of(
    cases: list[Case],
    arrangements: tuple[str, ...] = ARRANGEMENTS,
    *,
    spoil: bool = False,
    sheets: tuple[str, str] = (FORTH, BACK),
) -> tuple[Book, list[Placed]]:
    """A workbook of cases in some arrangements. ``spoil``: 1 is added in the first formula of every tensor."""
    book, placed, base = Book("Gradients"), [], 0
    pages = {title: book.add(title) for title in sheets}
    for case in cases:
        for how in arrangements if any(v.ndim == 3 for v in case.told.values()) else arrangements[:1]:
            one = Placed(case, how, (), base, sheets)
            for own, block in one.step.reads.items():
                put(pages, block, (case.told | case.came)[own])
            for own, block in one.step.writes.items():
                rule = one.step.rules[own]
                put(pages, block, np.full(block.shape, WRONG), spoilt(rule) if spoil else rule)
            placed.append(one)
            base = max(last.row for block in one.blocks.values() for _, last in block.rectangles())
    return book, placed


def spoilt(rule: Any) -> Any:
    return lambda *index: rule(*index) if any(index) else f"({rule(*index)})+1"


def put(sheets: dict[str, Any], block: Block, values: np.ndarray, rule: Any = None) -> None:
    for title in dict.fromkeys(at.sheet for at in block.anchors):
        sheets[title].tensor(block, np.asarray(values, dtype=np.float64), "number", rule)


def calculated(book: Book, engine: str, folder: Path) -> Calculated:
    """The workbook as an engine calculates it."""
    path = folder / f"{engine}.xlsx"
    save(book, path, force=True)
    return Calculated(engine, path.read_bytes())


def found_in(one: Placed, sheet: Calculated) -> dict[str, np.ndarray]:
    """What the cells of a case hold."""
    found = {}
    for own, block in one.step.writes.items():
        found[own] = np.full(block.shape, np.nan)
        for index in np.ndindex(*block.shape):
            value = sheet.at(block.cell(*index))
            assert isinstance(value, int | float), f"{own}{list(index)}: ={one.step.rules[own](*index)}: {value!r}"
            found[own][index] = value
    return found


def compare(one: Placed, sheet: Calculated) -> None:
    """AssertionError where a cell is not what the half in numbers says, or that half says two things."""
    told = one.step.expected(one.case.told | one.case.came)
    for own, expected in one.case.expected.items():
        np.testing.assert_allclose(told[own], expected, rtol=1e-12, atol=1e-12, err_msg=f"{own}, as shown")
    for own, found in found_in(one, sheet).items():
        first = one.step.rules[own](*(0,) * found.ndim)
        np.testing.assert_allclose(found, told[own], rtol=1e-9, atol=1e-9, err_msg=f"{own}; ={first}")


# Formulas


def named(formula: str, home: str) -> Iterator[tuple[str, int, int, int, int]]:
    """The ranges of a formula: sheet, first row and column, and the rows and columns that they cover."""
    for found in _RANGE.finditer(formula):
        sheet, first, last = found.groups()
        title = sheet[:-1].strip("'").replace("''", "'") if sheet else home
        (row, column), (down, right) = (row_column(at.replace("$", "")) for at in (first, last or first))
        yield title, row, column, down - row + 1, right - column + 1


def faults_of_formula(formula: str, home: str, cells: set[Anchor]) -> Iterator[str]:
    """What no formula of a gradient may be."""
    if len(formula) + 1 >= MOST_CHARACTERS:
        yield f"{len(formula)} characters"
    if found := re.search(r"\d[Ee][-+]?\d|[{}]|\b(?:OFFSET|INDIRECT|RAND|NOW|TODAY|TEXT)\(", formula):
        yield f"{found[0]} does not read the same for everybody"
    for inner in re.findall(r"SUMPRODUCT\(([^()]*)\)", formula):
        forms = [one[3:] for one in named(inner, home)]
        if len(forms) != 2 or forms[0] != forms[1]:
            yield f"SUMPRODUCT({inner}) of {forms}"
    for title, row, column, down, right in named(formula, home):
        if any(Anchor(title, row + y, column + x) not in cells for y in {0, down - 1} for x in {0, right - 1}) or any(
            Anchor(title, row + y, column + x) not in cells for y in range(down) for x in range(right)
        ):
            yield f"{title}!{row},{column} and more: a cell that holds no element"

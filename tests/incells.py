"""Where a test puts the tensors of one layer, and what a spreadsheet engine makes of their formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import formualizer
import numpy as np
from layercases import shapes_of

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers.base import Layer

DOWN, ACROSS = (1, 0), (0, 1)
ARRANGEMENTS = ("planes", "rows", "sheets", "mixed", "back", "grid")


def place(
    shape: Shape, how: str, home: str, column: int, channels: int | None = None, apart: tuple[int, int] = (1, 1)
) -> Block:
    """Cells for a tensor: ``planes`` (a rectangle per channel), ``rows`` (channels interleaved), ``sheets``.

    ``channels``: how many the filters of a weight have in one piece, None where each has a rectangle. ``apart``: of
    the numbers of a dilated filter.
    """
    if len(shape) > 1 and (how == "grid" or len(shape) > 4):  # a stack of matrices, as layout.grids has it
        down, across = apart if len(shape) == 4 else (1, 1)
        anchors = [Anchor(home, 5 + k * (shape[-2] * down + 2), column) for k in range(prod(shape[:-2]))]
        return Block(shape, tuple(anchors), ((down, 0), (0, across)))
    if len(shape) == 4:
        filters, depth, *size = shape
        height, width = ((n - 1) * d + 1 for n, d in zip(size, apart, strict=True))
        if channels:
            anchors = [Anchor(home, 5, column + o * (width + 1)) for o in range(filters)]
            return Block(shape, tuple(anchors), (DOWN, (depth * apart[0], 0), (0, apart[1])))
        anchors = [
            Anchor(home, 5 + o * (height + 1), column + c * (width + 1)) for o in range(filters) for c in range(depth)
        ]
        return Block(shape, tuple(anchors), ((apart[0], 0), (0, apart[1])))
    if len(shape) == 3:
        depth, height, width = shape
        if how == "rows":
            return Block(shape, (Anchor(home, 5 + 8 * depth, column),), (DOWN, (depth, 0), ACROSS))
        if how == "sheets":
            return Block(shape, tuple(Anchor(title, 9, column) for title in TITLES[:depth]), (DOWN, ACROSS))
        return Block(shape, tuple(Anchor(home, 9 + c * (height + 9), column) for c in range(depth)), (DOWN, ACROSS))
    if len(shape) == 2:
        return Block(shape, (Anchor(home, 5, column),), (ACROSS, DOWN))
    return Block(shape, (Anchor(home, 5, column),), (DOWN,) * len(shape))


TITLES = ("Red", "R", "it's 50 % 'green'", "Add1", "C4", "Conv 1")


def arrange(
    shapes: Mapping[str, Shape], inputs: set[str], how: str, apart: tuple[int, int] = (1, 1)
) -> dict[str, Block]:
    """One sheet for all, or inputs and parameters on sheets of their own."""
    jury = len(shapes.get("weight", ())) == 2  # a dense layer, whose table lies the other way round
    how = "planes" if jury and how == "grid" else how
    before, after = {"mixed": ("planes", "rows"), "back": ("rows", "planes")}.get(how, (how, how))
    blocks, column = {}, 9
    for name, shape in shapes.items():
        home = "R1C1" if name in inputs and how not in ("planes", "rows") else "Conv2"
        in_one = before == "rows" and len(next(iter(shapes.values()))) == 3 if len(shape) == 4 else False
        arrangement = before if name in inputs else "planes" if after == "sheets" else after
        if len(shape) == 2 and not jury:
            arrangement = "grid"
        blocks[name] = place(shape, arrangement, home, column, shape[1] if in_one else None, apart)
        wide = shape[3] * apart[1] + 1 if len(shape) == 4 else 0
        column += 9 + (shape[-1] if shape else 0) + (prod(shape[:2]) * wide if len(shape) == 4 else 0)
    fixed = {name for name, shape in shapes.items() if name not in inputs and name not in ("out", "x")}
    return {name: block.viewed("Conv2", absolute=name in fixed) for name, block in blocks.items()}


def told_in_cells(layer: Layer, known: Mapping[str, np.ndarray], how: str) -> dict[str, np.ndarray]:
    """Put inputs, parameters and formulas into a spreadsheet engine; what the cells say."""
    of = shapes_of(layer, known)
    declared = dict(layer.tensors(of))
    apart = getattr(layer, "dilation", (1, 1))
    at = arrange({n: v.shape for n, v in known.items()} | declared, set(layer.reads), how, apart)
    rules = layer.forward_cells(at)
    book = formualizer.Workbook()
    for sheet in dict.fromkeys(["Conv2", *(anchor.sheet for block in at.values() for anchor in block.anchors)]):
        book.add_sheet(sheet)
    taken = set()

    def cells(block: Block) -> Iterator[tuple[tuple[int, ...], Anchor]]:
        for index in np.ndindex(*block.shape):
            cell = block.cell(*index)
            assert cell not in taken, "the test itself put two numbers into one cell"
            taken.add(cell)
            yield index, cell

    for name, values in known.items():
        for index, cell in cells(at[name]):
            book.set_value(cell.sheet, cell.row, cell.column, float(values[index]))
    for name in declared:
        for index, cell in cells(at[name]):
            book.set_formula(cell.sheet, cell.row, cell.column, f"={rules[name](*index)}")
    book.evaluate_all()
    found = {}
    for name, shape in declared.items():
        found[name] = np.full(shape, np.nan)
        for index in np.ndindex(*shape):
            cell = at[name].cell(*index)
            value = book.get_value(cell.sheet, cell.row, cell.column)
            assert isinstance(value, int | float), f"{name}{list(index)}: ={rules[name](*index)} gives {value!r}"
            found[name][index] = value
    return found

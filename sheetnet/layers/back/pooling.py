"""The gradient of pooling in cells, along one to three axes.

mask   where the maximum of a window was: 1 for the first of its cells that equals it, row by row, else 0
max    dx = the sum over the windows that saw the cell of  mask * dout
mean   dx = the sum over the windows that saw the cell of  dout / n

Each window has a tile of its own in ``mask``, side by side: of windows that do not overlap, the mask lies as x does.
What counts as equal, ``edges`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, product
from math import prod

from sheetnet.grid import Block, Blocks, Shape
from sheetnet.layers.back.edges import is_largest
from sheetnet.layers.back.matching import Matched, added, total
from sheetnet.layers.base import Rule, Rules
from sheetnet.layers.ranges import Part, fitting
from sheetnet.layers.window import Windowed


def mask_rules(layer: Windowed, at: Blocks) -> Rules:
    """Mask, and dx."""
    mask, axes = at["mask"], len(layer.size)
    windows = windows_of(layer, at["x"].shape)

    def dx(*index: int) -> str:
        lead, place = index[:-axes], index[-axes:]
        terms = []
        for seen in product(*(windows[k][i] for k, i in enumerate(place))):
            tile = [y * size + j for (y, j), size in zip(seen, layer.size, strict=True)]
            terms.append(f"{mask[(*lead, *tile)]}*{at['dout'][(*lead, *(y for y, _ in seen))]}")
        return added(type(layer).__name__, terms)

    return {"mask": _tile(layer, at["x"], at["out"], mask), "dx": dx}


def windows_of(layer: Windowed, shape: Shape) -> list[list[list[tuple[int, int]]]]:
    """For each axis and each cell of x along it: the windows that see it, each with which of its cells that is."""
    found = []
    windows, axes = layer.windows(shape), len(layer.size)
    for axis, n in enumerate(shape[-axes:]):
        size, step, apart = layer.size[axis], layer.stride[axis], layer.dilation[axis]
        seen: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        for y, j in product(range(windows.counts[axis]), range(size)):
            if 0 <= (i := y * step + j * apart - windows.pads[axis]) < n:
                seen[i].append((y, j))
        found.append(seen)
    return found


def _tile(layer: Windowed, x: Block, out: Block, mask: Block) -> Rule:
    axes, pads, who = len(layer.size), layer.windows(x.shape).pads, type(layer).__name__
    before = first_of(who, mask)

    def rule(*index: int) -> str:
        lead = index[:-axes]
        each = [divmod(i, size) for i, size in zip(index[-axes:], layer.size, strict=True)]
        steps = zip(each, layer.stride, layer.dilation, pads, strict=False)
        cells = [y * step + j * apart - begin for (y, j), step, apart, begin in steps]
        if not all(0 <= i < n for i, n in zip(cells, x.shape[-axes:], strict=True)):
            return "0"  # on padding
        tile = [range(y * size, (y + 1) * size) for (y, _), size in zip(each, layer.size, strict=True)]
        largest = out[(*lead, *(y for y, _ in each))]
        return before(index, tile, x[(*lead, *cells)], largest)

    return rule


def first_of(who: str, mask: Block) -> Callable[..., str]:
    """The formula of a cell of a mask: index, the cells of its tile, the number there and the largest one -> text."""
    alone = Matched(mask)

    def text(index: Shape, tile: Sequence[range], number: str, largest: str) -> str:
        lead = len(index) - len(tile)
        parts: list[Part] = []  # of the cells before it, row by row
        for axis, cells in enumerate(tile):
            if index[lead + axis] > cells.start:
                rest = (slice(one.start, one.stop) for one in tile[axis + 1 :])
                parts.append((*index[: lead + axis], slice(cells.start, index[lead + axis]), *rest))
        found = [one for part in parts for one in alone(part)]
        first = f"1-{total(who, found)}" if found else "1"
        return fitting(who, f"IF({is_largest(number, largest)},{first},0)")

    return text


def mean_rules(layer: Windowed, counted: Callable[[Sequence[int]], int], at: Blocks) -> Rules:
    """dx: SUM(dout)/n, or dout/n for each window. ``counted``: how many cells of a window count, by its place."""
    dout, axes, who = at["dout"], len(layer.size), type(layer).__name__
    windows, alone = windows_of(layer, at["x"].shape), Matched(at["dout"])

    def dx(*index: int) -> str:
        lead, place = index[:-axes], index[-axes:]
        seen = [[y for y, _ in windows[k][i]] for k, i in enumerate(place)]
        if not all(seen):
            return "0"
        numbers = {counted(one) for one in product(*seen)}
        if len(numbers) == 1 and all(ys == list(range(ys[0], ys[-1] + 1)) for ys in seen):
            parts = alone((*lead, *(slice(ys[0], ys[-1] + 1) for ys in seen)))
            return f"{total(who, parts)}/{numbers.pop()}"
        groups = groupby(sorted(product(*seen), key=counted), key=counted)
        terms = []
        for number, places in groups:
            cells = [dout[(*lead, *one)] for one in places]
            terms.append(f"{cells[0]}/{number}" if len(cells) == 1 else f"({'+'.join(cells)})/{number}")
        return added(who, terms)

    return {"dx": dx}


def counted_by(layer: Windowed, shape: Shape, *, padding: bool) -> Callable[[Sequence[int]], int]:
    """How many cells of a window lie on x, or with ``padding`` on that as well, by the place of the window."""
    windows, axes = layer.windows(shape), len(layer.size)
    lengths = []
    for axis, n in enumerate(shape[-axes:]):
        begin, end = (windows.pads[axis], windows.pads[axes + axis]) if padding else (0, 0)
        starts = [y * layer.stride[axis] - windows.pads[axis] for y in range(windows.counts[axis])]
        cells = [[start + j * layer.dilation[axis] for j in range(layer.size[axis])] for start in starts]
        lengths.append([sum(-begin <= i < n + end for i in one) for one in cells])
    return lambda place: prod(lengths[axis][y] for axis, y in enumerate(place))

"""Place a layer of pictures: its maps, and beside them the filters and biases that made them.

In ``planes`` a filter is one matrix per channel, in a band beside its map. In ``rows`` the filters stand side by
side, to the right of the map that the reader chooses to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.layout.grids import NONE
from sheetnet.layout.places import cell
from sheetnet.layout.plan import ACROSS, CHOICE, CHOSEN, DOWN, in_rows, view_name
from sheetnet.layout.planner import Planner
from sheetnet.layout.shortcuts import added
from sheetnet.lenses import Copy, Part, Within
from sheetnet.network import Node

BETWEEN = 3  # columns between pictures that stand side by side; the middle one has a sign, such as +


@dataclass(frozen=True, slots=True)
class _Here:
    """A layer that is placed, and where: ``first`` is the first row below its head on the ``sheet``.

    ``shape``: of its maps; ``margin``: blank cells around them; ``given``: the shapes of its parameters.
    ``dilation``: see ``layers.conv2d``. ``in_one``: whether the layer reads maps that lie in rows, so that all
    channels of a filter are one matrix. ``in_rows``: whether its own maps lie in rows.
    """

    node: Node
    sheet: str
    first: int
    shape: Shape
    margin: Pads
    given: Mapping[str, Shape]
    dilation: tuple[int, int]
    in_one: bool
    in_rows: bool

    @property
    def start(self) -> int:
        """The row of the first filter, and of the first map in planes."""
        return self.first + 2 + (3 if self.in_rows and () in self.given.values() else 0)

    @property
    def covered(self) -> list[Shape]:
        """How many cells each parameter covers along each axis, the blank ones of a dilated filter included."""
        return [_spread(size, self.dilation) for size in self.given.values()]


def place_pictures(planner: Planner, node: Node) -> None:
    """Place the maps of a layer, its filters and biases, and what is shown beside them."""
    plan, full = planner.plan, f"{node.name}.out"
    network = plan.network
    x = next(iter(network.sources(node).values()))
    here = _Here(
        node,
        plan.sheets[node.name],
        plan.tops[node.name],
        network.shapes[full],
        plan.margins.get(full, NONE),
        dict(node.layer.params(network.input_shapes(node))),
        getattr(node.layer, "dilation", (1, 1)),
        len(network.shapes[x]) == 3 and len(plan.blocks[x].steps) == 3,
        in_rows(network, network.shapes[full]),
    )
    if here.in_rows:
        _place_parameters(planner, here, _place_rows(planner, here), 0, rows=True)
    else:
        column, height = _place_planes(planner, here)
        _place_parameters(planner, here, column, height, rows=False)
    planner.margin(full, here.margin)


def _place_rows(planner: Planner, here: _Here) -> int:
    """The maps in rows, and the one that the reader chooses; returns the first free column to the right."""
    network, node, full = planner.plan.network, here.node, f"{here.node.name}.out"
    channels, height, width = here.shape
    top, left, _, right = here.margin
    column = 4 + left
    first = Anchor(here.sheet, here.first + 2 + top * channels, column)
    planner.place(full, Block(here.shape, (first,), (DOWN, (channels, 0), ACROSS)))
    column += width + right + 2
    choice = column + 2
    used = _place_choice(planner, here, choice)
    beside = added(network, node, planner.plan.blocks, in_one=True)  # F(x) and x, to the left of what they add up to
    shown = {f"{CHOSEN}.{own}": network.sources(node)[own] for own in beside} | {CHOSEN: full}
    for number, (own, tensor) in enumerate(shown.items()):
        at = Anchor(here.sheet, here.first + 2, column + number * (width + BETWEEN))
        part = Part(((height, width),), ("=map", "", ""))
        block = Block((height, width), (at,), (DOWN, ACROSS))
        planner.look(view_name(node, own), part, {"x1": tensor, "map": used}, out=block)
    column += (len(shown) - 1) * (width + BETWEEN)
    return max(column + width, choice + 1) + 2  # the cells of the choice may reach further than the picture


def _place_choice(planner: Planner, here: _Here, column: int) -> str:
    """The cell in which the reader chooses a map, and beside it the number that is used; returns its full name."""
    choice, used = view_name(here.node, "choice"), view_name(here.node, "used")
    planner.input(choice, CHOICE, cell(here.sheet, here.first, column))
    beside = cell(here.sheet, here.first, column + 1)
    planner.look(used, Within((here.shape[0],)), {"choice": choice}, out=beside)
    return f"{used}.out"


def _place_planes(planner: Planner, here: _Here) -> tuple[int, int]:
    """The maps below each other; returns the column of the filters, and the rows of the band of each map."""
    network, node, sheet, shape = planner.plan.network, here.node, here.sheet, here.shape
    channels, high, width = shape
    top, left, bottom, _ = here.margin
    height = 2 + max(top + high + bottom, *(_filter_height(size, here.in_one) for size in here.covered), 1)
    row, column = here.start + top, 3

    def maps(at: int) -> Block:
        anchors = tuple(Anchor(sheet, row + (height + 1) * c, at) for c in range(channels))
        return Block(shape, anchors, (DOWN, ACROSS))

    for own in added(network, node, planner.plan.blocks, in_one=False):
        planner.look(view_name(node, own), Copy(), {"x": network.sources(node)[own]}, out=maps(column))
        column += width + BETWEEN
    sizes = here.covered
    wide = sum(_filter_width(size, here.in_one) if len(size) == 4 else 2 if size else 0 for size in sizes)
    wide += 2 if () in sizes else 0
    planner.place(f"{node.name}.out", maps(column + wide + left + (1 if here.given else 0)))
    return column, height


def _place_parameters(planner: Planner, here: _Here, column: int, height: int, *, rows: bool) -> None:
    """Place the parameters of the layer, from ``column`` on. ``height``: rows of the band of a map, 0 in ``rows``."""
    sheet, start = here.sheet, here.start
    widest = max((size[3] for size in here.covered if len(size) == 4), default=None)
    scalars = list(here.given.values()).count(())  # below each other in planes, side by side in rows
    placed = 0
    for own, size in sorted(here.given.items(), key=lambda item: len(item[1])):  # the bias first, then the filters
        full = f"{here.node.name}.{own}"
        if not size:
            at = (here.first + 2, column + 2 * placed) if rows else (start + 2 * placed, column)
            planner.place(full, cell(sheet, *at))
            placed += 1
            column += 2 if placed == scalars and not rows else 0
        elif len(size) == 4:
            at, across = (start, column), rows or here.in_one
            planner.place(full, _place_filters(sheet, size, at, height + 1, rows, here.in_one, here.dilation))
            column += 0 if across else _filter_width(_spread(size, here.dilation), False)
        elif rows and widest is None:
            steps = (DOWN, *(ACROSS,) * (len(size) - 1))
            planner.place(full, Block(size, (Anchor(sheet, start + 2, column),), steps))
            column += 2
        elif rows and widest is not None and len(size) == 1:  # each bias above its filter
            planner.place(full, Block(size, (Anchor(sheet, here.first + 1, column),), ((0, widest + 1),)))
        else:
            anchors = tuple(Anchor(sheet, start + (height + 1) * o, column) for o in range(size[0]))
            planner.place(full, Block(size, anchors, ()))
            column += 2


def _place_filters(
    sheet: str, size: Shape, at: tuple[int, int], band: int, across: bool, in_one: bool, apart: tuple[int, int]
) -> Block:
    """The cells of the filters. ``across``: the filters stand side by side, else one stands in each ``band`` of rows.

    ``in_one``: all channels of a filter are one matrix. ``apart``: rows and columns from one number of a dilated
    filter to the next; the cells between are blank, so that a filter covers as many cells as its window.
    """
    filters, channels, height, width = _spread(size, apart)
    row, column = at
    down, along = (apart[0], 0), (0, apart[1])

    def first(o: int) -> tuple[int, int]:
        return (row + 1, column + o * (width + 1)) if across else (row + band * o, column)

    if in_one:
        anchors = tuple(Anchor(sheet, *first(o)) for o in range(filters))
        return Block(size, anchors, (DOWN, (channels * apart[0], 0), along))
    corners = []
    for o in range(filters):
        r, k = first(o)
        for c in range(channels):
            corners.append(
                Anchor(sheet, r + c * (height + 1), k) if across else Anchor(sheet, r, k + c * (width + 1))
            )
    return Block(size, tuple(corners), (down, along))


def _spread(size: Shape, apart: tuple[int, int]) -> Shape:
    """How many cells filters cover along each axis, the blank cells between the numbers of a dilated one included."""
    if len(size) != 4:
        return size
    return (*size[:2], (size[2] - 1) * apart[0] + 1, (size[3] - 1) * apart[1] + 1)


def _filter_width(size: Shape, in_one: bool) -> int:
    return (size[3] + 1) * (1 if in_one else size[1])


def _filter_height(size: Shape, in_one: bool) -> int:
    return 0 if len(size) != 4 else size[2] * (size[1] if in_one else 1)

"""A layer of pictures: its maps, and the filters and biases that made them, beside them.

In ``planes`` a filter is one matrix per channel, in a band beside its map; in ``rows`` the filters stand side by side
above what the reader chooses to see of the maps.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.plan import ACROSS, CHOICE, CHOSEN, DOWN, Plan, in_rows, view_name
from sheetnet.layout.shortcuts import added
from sheetnet.lenses import Copy, Part, Within
from sheetnet.network import Node

BETWEEN = 3  # columns between pictures that stand side by side; in the middle one a sign


def place_pictures(made: Plan, node: Node) -> None:
    """Place the maps of a layer, its filters and biases, and what is shown beside them."""
    network, sheet, first = made.network, made.sheets[node.name], made.tops[node.name]
    name = f"{node.name}.out"
    shape = network.shapes[name]
    rows = in_rows(network, shape)
    margin = top, left, bottom, right = made.margins.get(name, (0, 0, 0, 0))
    given = dict(node.layer.params(network.input_shapes(node)))
    x = next(iter(network.sources(node).values()))
    filters_in_rows = len(network.shapes[x]) == 3 and len(made.blocks[x].steps) == 3

    apart = getattr(node.layer, "dilation", (1, 1))
    if rows:
        map_column = 4 + left
        map_row = first + 2 + top * shape[0]
        made.blocks[name] = Block(shape, (Anchor(sheet, map_row, map_column),), (DOWN, (shape[0], 0), ACROSS))
        view_column = map_column + shape[2] + right + 2
        choice = Anchor(sheet, first, view_column + 2)
        chosen = _place_choice(made, node, choice)
        for own in added(network, node, made.blocks, in_one=rows):  # F(x) and x, to the left of what they add up to
            view = Block(shape[1:], (Anchor(sheet, first + 2, view_column),), (DOWN, ACROSS))
            _place_chosen(made, node, f"{CHOSEN}.{own}", network.sources(node)[own], chosen, view)
            view_column += shape[2] + BETWEEN
        view = Block(shape[1:], (Anchor(sheet, first + 2, view_column),), (DOWN, ACROSS))
        _place_chosen(made, node, CHOSEN, name, chosen, view)
        column, height = max(view_column + shape[2], choice.column + 1) + 2, 0  # the choice may be the wider one
    else:
        column, height = 3, 0
        sizes = [_spread(s, apart) for s in given.values()]
        wide = sum(_filter_width(s, filters_in_rows) if len(s) == 4 else 2 if s else 0 for s in sizes)
        height = 2 + max(top + shape[1] + bottom, *(_filter_height(s, filters_in_rows) for s in sizes), 1)
        map_row = first + 2 + top + (3 if () in given.values() else 0)
        for own in added(network, node, made.blocks, in_one=rows):
            anchors = tuple(Anchor(sheet, map_row + (height + 1) * c, column) for c in range(shape[0]))
            beside = Block(shape, anchors, (DOWN, ACROSS))
            made.look(view_name(node, own), Copy(), {"x": network.sources(node)[own]}, out=beside)
            column += shape[2] + BETWEEN
        map_column = column + wide + left + (1 if given else 0)
        anchors = tuple(Anchor(sheet, map_row + height * c + c, map_column) for c in range(shape[0]))
        made.blocks[name] = Block(shape, anchors, (DOWN, ACROSS))
    made.margins[name] = margin

    start = first + 2 + (3 if () in given.values() else 0)
    scalars = 0
    for own, size in sorted(given.items(), key=lambda item: len(item[1])):  # the bias first, then the filters
        full = f"{node.name}.{own}"
        if not size:
            made.blocks[full] = Block(
                size, (Anchor(sheet, first + 2 if rows else first + 1, column + 2 * scalars),), ()
            )
            scalars += 1
        elif len(size) != 4 and rows and not any(len(s) == 4 for s in given.values()):
            made.blocks[full] = Block(size, (Anchor(sheet, start + 2, column),), (DOWN, *(ACROSS,) * (len(size) - 1)))
            column += 2
        elif len(size) == 1 and rows:  # a bias stands above its filter
            made.blocks[full] = Block(size, (Anchor(sheet, first + 1, column),), ((0, _widest(given, apart) + 1),))
        elif len(size) != 4:
            anchors = tuple(Anchor(sheet, start + (height + 1) * o, column) for o in range(size[0]))
            made.blocks[full] = Block(size, anchors, ())
            column += 2
        else:
            across = rows or filters_in_rows
            made.blocks[full] = _place_filters(sheet, size, (start, column), height + 1, rows, filters_in_rows, apart)
            column += 0 if across else _filter_width(_spread(size, apart), False)


def _place_choice(made: Plan, node: Node, at: Anchor) -> str:
    """The cell in which the reader chooses a map, and beside it the number that is used; returns its full name."""
    channels = made.network.shapes[f"{node.name}.out"][0]
    choice, used = view_name(node, "choice"), view_name(node, "used")
    made.input(choice, CHOICE, Block((), (at,), ()))
    beside = Block((), (Anchor(at.sheet, at.row, at.column + 1),), ())
    made.look(used, Within((channels,)), {"choice": choice}, out=beside)
    return f"{used}.out"


def _place_chosen(made: Plan, node: Node, own: str, tensor: str, chosen: str, block: Block) -> None:
    """The chosen map of a tensor."""
    lens = Part((block.shape,), ("=map", "", ""))
    made.look(view_name(node, own), lens, {"x1": tensor, "map": chosen}, out=block)


def _place_filters(
    sheet: str, size: Shape, at: tuple[int, int], band: int, across: bool, in_one: bool, apart: tuple[int, int]
) -> Block:
    """The matrices of the filters, ``across`` the sheet or one per band; ``in_one``: all channels in one piece.

    ``apart``: rows and columns from one number of a dilated filter to the next. Between them is nothing, so a filter
    covers as many cells as its window.
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
    """The cells that filters cover: those of a dilated one with the blank cells between."""
    if len(size) != 4:
        return size
    return (*size[:2], (size[2] - 1) * apart[0] + 1, (size[3] - 1) * apart[1] + 1)


def _widest(given: Mapping[str, Shape], apart: tuple[int, int]) -> int:
    return max(_spread(size, apart)[3] for size in given.values() if len(size) == 4)


def _filter_width(size: Shape, in_one: bool) -> int:
    return (size[3] + 1) * (1 if in_one else size[1])


def _filter_height(size: Shape, in_one: bool) -> int:
    return 0 if len(size) != 4 else size[2] * (size[1] if in_one else 1)

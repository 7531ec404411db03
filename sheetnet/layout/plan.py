"""Where every tensor, parameter and view of a network goes: which sheet, which cells.

One sheet per colour channel, one per layer. On a layer's sheet, from left to right: what the layer was given
(filters, biases), then what it makes. A tensor of rank 3 is laid out in one of two ways:

    planes  channel c is a picture of its own, one below the other; its filter stands beside it
    rows    the channels of a pixel row lie on consecutive rows: element (c, y, x) at row y*C + c, column x,
            so a whole k x k x C window is one rectangle and its formula stays short at any depth

Columns and single numbers are read down the sheet, a dense layer's logits across it, above their weights.
Padding is blank cells around a map. A tensor of any other rank, and all of a network that sees no photo, lies in a
grid, see ``grids``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from sheetnet.errors import NetworkError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.layout.fits import ADVICE, before, refuse_too_many
from sheetnet.layout.grids import place_extra, place_grid
from sheetnet.layout.shortcuts import added
from sheetnet.layout.views import Drawing, Truth, View
from sheetnet.network import PHOTO, TRUTH, Network, Node

MOST_PLANES = 8  # channels; above it the formulas and the sheet grow too long
CHOSEN = "chosen"  # the view of one channel, no name of an input
FIRST = 9  # first row below the head that every sheet has
HEAD = 7  # rows of the head of a layer that shares its sheet with others, and a blank one before it
EXTRA = "extra"  # the sheet of the tensors that come from outside, beside the photo

BETWEEN = 3  # columns between pictures that stand side by side; in the middle one a sign

DOWN, ACROSS = (1, 0), (0, 1)


@dataclass(frozen=True)
class Plan:
    """The cells of a network.

    ``sheets``: title of each node's sheet, of the photo's and of the extra tensors'; ``channels``: those of the
    photo; ``truth``: its one entry says how the truth is chosen (none where the network has no loss); ``drawing``:
    its one entry says what is drawn (none where the pixels are constants).
    """

    network: Network
    sheets: Mapping[str, str]
    channels: tuple[str, ...]
    blocks: dict[str, Block] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    margins: dict[str, Pads] = field(default_factory=dict)
    truth: list[Truth] = field(default_factory=list)
    drawing: list[Drawing] = field(default_factory=list)
    tops: dict[str, int] = field(default_factory=dict)  # the first row below the head of each layer

    def seen(self, node: Node) -> dict[str, Block]:
        """The blocks that a layer's formulas name, as its own sheet writes them.

        Where the sheet repeats an input in a column of its own, the formulas read that column.
        """
        blocks = {}
        for own, full in self.network.names(node).items():
            block = self.views[copy].block if (copy := f"{node.name}.{own}") in self.views else self.blocks[full]
            fixed = full in self.network.parameters or not block.shape
            blocks[own] = block.viewed(self.sheets[node.name], absolute=fixed)
        return blocks


def plan(network: Network, sheets: Mapping[str, str], channels: tuple[str, ...]) -> Plan:
    """Place everything. NetworkError where a sheet would be too large or the formulas too many."""
    refuse_too_many(network)
    made = Plan(network, sheets, channels)
    made.margins.update(margins(network))
    if network.shape:
        _place_photo(made)
    if network.extra:
        made.blocks.update(place_extra(network, sheets[EXTRA], FIRST + 2, made.margins))
    place = {"pictures": _place_pictures, "jury": _place_jury, "table": _place_table, "grid": _place_grid}
    shared = [title for title, count in Counter(sheets[node.name] for node in network.nodes).items() if count > 1]
    ends: dict[str, int] = dict.fromkeys(shared, FIRST - 1)
    for node in network.nodes:
        title = sheets[node.name]
        made.tops[node.name] = ends[title] + 1 + HEAD if title in ends else FIRST
        place[form(network, node)](made, node)
        if title in ends:
            ends[title] = _last_row(made, node)
    _refuse_oversize(made)
    return made


def form(network: Network, node: Node) -> str:
    """What a layer's sheet looks like: "pictures", "jury" (a dense layer), "table" (of columns) or "grid"."""
    of, tensors = network.input_shapes(node), node.layer.tensors(network.input_shapes(node))
    rank = len(tensors["out"])
    if not network.shape or max(map(len, (*of.values(), *tensors.values()))) > 3:
        return "grid"
    if rank == 3:
        beside = all(len(shape) in (0, 1, 4) or per_channel(shape) for shape in node.layer.params(of).values())
        return "pictures" if len(tensors) == 1 and beside else "grid"
    if any(len(shape) == 2 for shape in node.layer.params(of).values()):
        return "jury"
    columns = node.layer.kind == "flatten" or all(len(shape) < 2 for shape in of.values())
    return "table" if columns and all(len(shape) < 2 for shape in tensors.values()) else "grid"


def per_channel(shape: Shape) -> bool:
    """Whether a parameter has a number for each channel, stretched over its map: (C, 1, 1)."""
    return len(shape) == 3 and shape[1:] == (1, 1)


def _last_row(made: Plan, node: Node) -> int:
    """The last row that a layer takes, with the padding around it."""
    end = 0
    for name, block in [*made.blocks.items(), *((name, view.block) for name, view in made.views.items())]:
        if name.partition(".")[0] == node.name:
            bottom = made.margins.get(name, (0, 0, 0, 0))[2] * (block.shape[0] if len(block.steps) == 3 else 1)
            end = max(end, *(last.row + bottom for _, last in block.rectangles()))
    return end


def in_rows(network: Network, shape: Shape) -> bool:
    """Whether a (C, H, W) tensor is laid out in ``rows``."""
    return network.layout == "rows" or (network.layout == "auto" and shape[0] > MOST_PLANES)


def defined_names(tensor: str, block: Block) -> list[str]:
    """One name per rectangle, numbered from 1: "conv1.weight.2.3" is filter 2, channel 3."""
    lead = block.shape[: len(block.shape) - len(block.steps)]
    if not lead:
        return [tensor]
    names = []
    for number in range(prod(lead)):
        parts = []
        for size in reversed(lead):
            number, rest = divmod(number, size)
            parts.append(str(rest + 1))
        names.append(".".join([tensor, *reversed(parts)]))
    return names


def margins(network: Network) -> dict[str, Pads]:
    """For each tensor the widest padding that any of its readers needs: top, left, bottom, right."""
    widest: dict[str, Pads] = {}
    for node in network.nodes:
        top, left, bottom, right = node.layer.padding_of(network.input_shapes(node))
        x = network.sources(node).get("x")
        if x is not None:
            a, b, c, d = widest.get(x, (0, 0, 0, 0))
            widest[x] = (max(a, top), max(b, left), max(c, bottom), max(d, right))
    return widest


def _tensors(network: Network, node: Node) -> list[str]:
    return list(node.layer.tensors(network.input_shapes(node)))


def _parameters(network: Network, node: Node) -> dict[str, Shape]:
    return dict(node.layer.params(network.input_shapes(node)))


def _place_photo(made: Plan) -> None:
    channels = made.network.shape[0]
    name = f"{PHOTO}.out"
    top, left, _, _ = made.margins.get(name, (0, 0, 0, 0))
    anchors = tuple(Anchor(sheet, FIRST + 2 + top, 3 + left) for sheet in made.channels)
    made.blocks[name] = Block(made.network.shape, anchors, (DOWN, ACROSS))
    view = Block(made.network.shape, (Anchor(made.sheets[PHOTO], FIRST + 2, 3),), (DOWN, (channels, 0), ACROSS))
    made.views[PHOTO] = View(name, view)


def _place_pictures(made: Plan, node: Node) -> None:
    network, sheet, first = made.network, made.sheets[node.name], made.tops[node.name]
    name = f"{node.name}.out"
    shape = network.shapes[name]
    rows = in_rows(network, shape)
    margin = top, left, bottom, right = made.margins.get(name, (0, 0, 0, 0))
    given = _parameters(network, node)
    x = next(iter(network.sources(node).values()))
    glass_in_rows = len(network.shapes[x]) == 3 and len(made.blocks[x].steps) == 3

    apart = getattr(node.layer, "dilation", (1, 1))
    if rows:
        map_column = 4 + left
        map_row = first + 2 + top * shape[0]
        made.blocks[name] = Block(shape, (Anchor(sheet, map_row, map_column),), (DOWN, (shape[0], 0), ACROSS))
        view_column = map_column + shape[2] + right + 2
        choice = Anchor(sheet, first, view_column + 2)
        for own in added(network, node, made.blocks, in_one=rows):  # F(x) and x, to the left of what they add up to
            view = Block(shape[1:], (Anchor(sheet, first + 2, view_column),), (DOWN, ACROSS))
            made.views[f"{node.name}.{CHOSEN}.{own}"] = View(network.sources(node)[own], view, choice)
            view_column += shape[2] + BETWEEN
        view = Block(shape[1:], (Anchor(sheet, first + 2, view_column),), (DOWN, ACROSS))
        made.views[f"{node.name}.{CHOSEN}"] = View(name, view, choice)
        column, height = view_column + shape[2] + 2, 0
    else:
        column, height = 3, 0
        sizes = [_spread(s, apart) for s in given.values()]
        wide = sum(_glass_width(s, glass_in_rows) if len(s) == 4 else 2 if s else 0 for s in sizes)
        height = 2 + max(top + shape[1] + bottom, *(_glass_height(s, glass_in_rows) for s in sizes), 1)
        map_row = first + 2 + top + (3 if () in given.values() else 0)
        for own in added(network, node, made.blocks, in_one=rows):
            anchors = tuple(Anchor(sheet, map_row + (height + 1) * c, column) for c in range(shape[0]))
            made.views[f"{node.name}.{own}"] = View(network.sources(node)[own], Block(shape, anchors, (DOWN, ACROSS)))
            column += shape[2] + BETWEEN
        map_column = column + wide + left + (1 if given else 0)
        anchors = tuple(Anchor(sheet, map_row + height * c + c, map_column) for c in range(shape[0]))
        made.blocks[name] = Block(shape, anchors, (DOWN, ACROSS))
    made.margins[name] = margin

    start = first + 2 + (3 if () in given.values() else 0)
    scalars = 0
    for own, size in sorted(given.items(), key=lambda item: len(item[1])):  # bias first, then the glass
        full = f"{node.name}.{own}"
        if not size:
            made.blocks[full] = Block(
                size, (Anchor(sheet, first + 2 if rows else first + 1, column + 2 * scalars),), ()
            )
            scalars += 1
        elif len(size) != 4 and rows and not any(len(s) == 4 for s in given.values()):
            made.blocks[full] = Block(size, (Anchor(sheet, start + 2, column),), (DOWN, *(ACROSS,) * (len(size) - 1)))
            column += 2
        elif len(size) == 1 and rows:  # the handle of the glass, above it
            made.blocks[full] = Block(size, (Anchor(sheet, first + 1, column),), ((0, _widest(given, apart) + 1),))
        elif len(size) != 4:
            anchors = tuple(Anchor(sheet, start + (height + 1) * o, column) for o in range(size[0]))
            made.blocks[full] = Block(size, anchors, ())
            column += 2
        else:
            across = rows or glass_in_rows
            made.blocks[full] = _place_glass(sheet, size, (start, column), height + 1, rows, glass_in_rows, apart)
            column += 0 if across else _glass_width(_spread(size, apart), False)


def _place_grid(made: Plan, node: Node) -> None:
    made.blocks.update(place_grid(made.network, node, made.sheets[node.name], FIRST + 2, made.margins))


def _place_glass(
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


def _glass_width(size: Shape, in_one: bool) -> int:
    return (size[3] + 1) * (1 if in_one else size[1])


def _glass_height(size: Shape, in_one: bool) -> int:
    return 0 if len(size) != 4 else size[2] * (size[1] if in_one else 1)


def _place_jury(made: Plan, node: Node) -> None:
    """A dense layer: one column per suspect; the logit on top, its bias, then a row per piece of evidence."""
    network, sheet = made.network, made.sheets[node.name]
    x = network.sources(node)["x"]
    made.views[f"{node.name}.x"] = View(x, Block(network.shapes[x], (Anchor(sheet, FIRST + 5, 3),), (DOWN,)))
    out = f"{node.name}.out"
    made.blocks[out] = Block(network.shapes[out], (Anchor(sheet, FIRST + 1, 4),), (ACROSS,))
    for own, size in _parameters(network, node).items():
        row, steps = (FIRST + 5, (ACROSS, DOWN)) if len(size) == 2 else (FIRST + 2, (ACROSS,))
        made.blocks[f"{node.name}.{own}"] = Block(size, (Anchor(sheet, row, 4),), steps)


def _place_table(made: Plan, node: Node) -> None:
    """One row per element; inputs repeated in the first columns, single numbers below the table."""
    network, sheet = made.network, made.sheets[node.name]
    of = network.input_shapes(node)
    row = FIRST + 1
    if TRUTH in node.inputs and not made.truth:  # the choice of the truth comes first, and names below the last
        row += 2
        names = Block((len(network.classes),), (Anchor(sheet, row, 2),), (DOWN,))
        made.truth.append(Truth(Anchor(sheet, FIRST, 3), names))
    column = 6 if len(of.get("x", ())) == 3 else 3  # a flattened element says its map, row and column first
    for own, full in network.sources(node).items():
        if len(of[own]) != 1:
            continue
        if full.endswith(".log"):  # the probability itself, beside its logarithm
            p = full.removesuffix("log") + "out"
            made.views[f"{node.name}.p"] = View(p, Block(of[own], (Anchor(sheet, row, column),), (DOWN,)))
            column += 1
        block = Block(of[own], (Anchor(sheet, row, column),), (DOWN,))
        if full == f"{TRUTH}.out" and full not in made.blocks:
            made.blocks[full] = block
        else:
            made.views[f"{node.name}.{own}"] = View(full, block)
        column += 1
    longest = 0
    scalars: list[str] = []
    given = [f"{node.name}.{own}" for own in _parameters(network, node)]
    for full in [*given, *(f"{node.name}.{own}" for own in _tensors(network, node))]:
        size = network.parameters[full] if full in given else network.shapes[full]
        if size:
            made.blocks[full] = Block(size, (Anchor(sheet, row, column),), (DOWN,))
            column += 1
            longest = max(longest, size[0])
        else:
            scalars.append(full)
    for number, full in enumerate(scalars):
        made.blocks[full] = Block((), (Anchor(sheet, row + 2 + longest + number, 3),), ())


def _refuse_oversize(made: Plan) -> None:
    network = made.network
    for name, block in [*made.blocks.items(), *((n, v.block) for n, v in made.views.items())]:
        _, _, bottom, right = made.margins.get(name, (0, 0, 0, 0))
        deep = block.shape[0] if len(block.steps) == 3 else 1
        for _, last in block.rectangles():
            if last.row + bottom * deep > MAX_ROWS or last.column + right > MAX_COLUMNS:
                raise NetworkError(
                    f"{name}: {list(block.shape)} needs {last.row:,} rows and {last.column:,} columns; "
                    f"a sheet has {MAX_ROWS:,} and {MAX_COLUMNS:,}. {ADVICE}{before(network, name)}"
                )

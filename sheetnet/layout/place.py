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

from sheetnet.errors import NetworkError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block
from sheetnet.layout.fits import ADVICE, before, refuse_too_many
from sheetnet.layout.grids import place_extra, place_grid
from sheetnet.layout.pictures import place_pictures
from sheetnet.layout.plan import ACROSS, DOWN, EXTRA, FIRST, HEAD, Plan, form, margins
from sheetnet.layout.tables import place_matrix, place_table
from sheetnet.lenses import Copy
from sheetnet.network import PHOTO, Network, Node


def plan(network: Network, sheets: Mapping[str, str], channels: tuple[str, ...]) -> Plan:
    """Place everything. NetworkError where a sheet would be too large or the formulas too many."""
    refuse_too_many(network)
    made = Plan(network, sheets, channels)
    made.margins.update(margins(network))
    if network.shape:
        _place_photo(made)
    if network.extra:
        made.blocks.update(place_extra(network, sheets[EXTRA], FIRST + 2, made.margins))
    place = {"pictures": place_pictures, "matrix": place_matrix, "table": place_table, "grid": _place_grid}
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


def _last_row(made: Plan, node: Node) -> int:
    """The last row that a layer takes, with the padding around it."""
    end = 0
    for name, block in made.blocks.items():
        if name.removeprefix("view.").partition(".")[0] == node.name:
            bottom = made.margins.get(name, (0, 0, 0, 0))[2] * (block.shape[0] if len(block.steps) == 3 else 1)
            end = max(end, *(last.row + bottom for _, last in block.rectangles()))
    return end


def _place_photo(made: Plan) -> None:
    channels = made.network.shape[0]
    name = f"{PHOTO}.out"
    top, left, _, _ = made.margins.get(name, (0, 0, 0, 0))
    anchors = tuple(Anchor(sheet, FIRST + 2 + top, 3 + left) for sheet in made.channels)
    made.blocks[name] = Block(made.network.shape, anchors, (DOWN, ACROSS))
    view = Block(made.network.shape, (Anchor(made.sheets[PHOTO], FIRST + 2, 3),), (DOWN, (channels, 0), ACROSS))
    made.look("view.photo", Copy(), {"x": name}, out=view)


def _place_grid(made: Plan, node: Node) -> None:
    made.blocks.update(place_grid(made.network, node, made.sheets[node.name], FIRST + 2, made.margins))


def _refuse_oversize(made: Plan) -> None:
    network = made.network
    for name, block in made.blocks.items():
        _, _, bottom, right = made.margins.get(name, (0, 0, 0, 0))
        deep = block.shape[0] if len(block.steps) == 3 else 1
        for _, last in block.rectangles():
            if last.row + bottom * deep > MAX_ROWS or last.column + right > MAX_COLUMNS:
                raise NetworkError(
                    f"{name}: {list(block.shape)} needs {last.row:,} rows and {last.column:,} columns; "
                    f"a sheet has {MAX_ROWS:,} and {MAX_COLUMNS:,}. {ADVICE}{before(network, name)}"
                )

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
from itertools import islice

from sheetnet.errors import NetworkError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block
from sheetnet.layout.fits import ADVICE, before, refuse_too_many
from sheetnet.layout.grids import NONE, place_extra, place_grid
from sheetnet.layout.pictures import place_pictures
from sheetnet.layout.plan import ACROSS, DOWN, EXTRA, FIRST, HEAD, Plan, form, margins
from sheetnet.layout.planner import Planner
from sheetnet.layout.tables import place_matrix, place_table
from sheetnet.lenses import Copy
from sheetnet.network import PHOTO, Network


def plan(network: Network, sheets: Mapping[str, str], channels: tuple[str, ...]) -> Plan:
    """Place a network alone. NetworkError where a sheet would be too large, or the formulas would be too many."""
    return begin(network, sheets, channels).finish()


def begin(network: Network, sheets: Mapping[str, str], channels: tuple[str, ...]) -> Planner:
    """Place a network, and leave the plan open for the sheets of a lesson. NetworkError as for ``plan``."""
    refuse_too_many(network)
    planner = Planner(network, sheets, channels)
    for full, margin in margins(network).items():
        planner.margin(full, margin)
    if network.shape:
        _place_photo(planner)
    if network.extra:
        place_extra(planner, sheets[EXTRA], FIRST + 2)
    place = {"pictures": place_pictures, "matrix": place_matrix, "table": place_table, "grid": place_grid}
    shared = [title for title, count in Counter(sheets[node.name] for node in network.nodes).items() if count > 1]
    ends: dict[str, int] = dict.fromkeys(shared, FIRST - 1)
    for node in network.nodes:
        title = sheets[node.name]
        planner.top(node.name, ends[title] + 1 + HEAD if title in ends else FIRST)
        known = len(planner.plan.blocks)
        place[form(network, node)](planner, node)
        if title in ends:
            ends[title] = _last_row(planner.plan, known)
    _refuse_oversize(planner.plan)
    return planner


def _last_row(plan: Plan, known: int) -> int:
    """The last row that a layer takes, with the padding around it. ``known``: how many blocks came before it."""
    end = 0
    for name in islice(plan.blocks, known, None):
        block = plan.blocks[name]
        bottom = plan.margins.get(name, NONE)[2] * (block.shape[0] if len(block.steps) == 3 else 1)
        end = max(end, *(last.row + bottom for _, last in block.rectangles()))
    return end


def _place_photo(planner: Planner) -> None:
    """Place the channels, each on its sheet, and a copy of all of them, in rows, on the sheet of the photo."""
    plan, name = planner.plan, f"{PHOTO}.out"
    shape = plan.network.shape
    top, left, _, _ = plan.margins.get(name, NONE)
    anchors = tuple(Anchor(sheet, FIRST + 2 + top, 3 + left) for sheet in plan.channels)
    planner.place(name, Block(shape, anchors, (DOWN, ACROSS)))
    view = Block(shape, (Anchor(plan.sheets[PHOTO], FIRST + 2, 3),), (DOWN, (shape[0], 0), ACROSS))
    planner.look("view.photo", Copy(), {"x": name}, out=view)


def _refuse_oversize(plan: Plan) -> None:
    for name, block in plan.blocks.items():
        _, _, bottom, right = plan.margins.get(name, NONE)
        deep = block.shape[0] if len(block.steps) == 3 else 1
        for _, last in block.rectangles():
            if last.row + bottom * deep > MAX_ROWS or last.column + right > MAX_COLUMNS:
                raise NetworkError(
                    f"{name}: {list(block.shape)} needs {last.row:,} rows and {last.column:,} columns; "
                    f"a sheet has {MAX_ROWS:,} and {MAX_COLUMNS:,}. {ADVICE}{before(plan.network, name)}"
                )

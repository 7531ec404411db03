"""What a workbook must remember to be verified: the network spec, and how each tensor lies in its named cells.

The record is JSON on the hidden sheet. Addresses are not in it: they are the workbook's defined names, which
follow when a reader renames a sheet or inserts a row above the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any

from sheetnet.errors import WorkbookError, shown
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.plan import DOWN, EXTRA, Plan, defined_names, margins
from sheetnet.layout.views import Truth, View
from sheetnet.network import PHOTO, TRUTH, Network

VERSION = 1
CHOICE_OF_TRUTH, NAMES_OF_TRUTH = f"choice.{TRUTH}", f"{TRUTH}.names"
MAX_ELEMENTS = 8_000_000  # of all tensors together; the record of a strange file must not fill the memory
Rectangle = tuple[Anchor, Anchor]


def write_record(plan: Plan) -> dict[str, Any]:
    """The record of a plan, for ``json``."""
    return {
        "sheetnet": VERSION,
        "network": plan.network.to_spec(),
        "blocks": {name: [list(s) for s in block.steps] for name, block in plan.blocks.items()},
        "views": {
            name: {
                "of": view.tensor,
                "steps": [list(s) for s in view.block.steps],
                "choice": view.choice is not None,
            }
            for name, view in plan.views.items()
        },
        "truth": bool(plan.truth),
    }


def names_of(plan: Plan) -> Iterator[tuple[list[str], Block]]:
    """Defined names for every block, view and choice of a plan."""
    for name, block in plan.blocks.items():
        yield defined_names(name, block), block
    for name, view in plan.views.items():
        yield defined_names(f"view.{name}", view.block), view.block
        if view.choice is not None:
            yield [f"choice.{name}"], Block((), (view.choice,), ())
    for truth in plan.truth:
        yield [CHOICE_OF_TRUTH], Block((), (truth.choice,), ())
        yield [NAMES_OF_TRUTH], truth.names


def read_record(record: Any, names: Mapping[str, Rectangle], where: str) -> Plan:
    """The plan of a workbook as it is now. WorkbookError where record and names do not fit together.

    ``names``: what each defined name covers, by lower-case name.
    """
    if not isinstance(record, dict) or record.get("sheetnet") != VERSION:
        raise WorkbookError(f"{where}: made by another version of sheetnet; verify it with that one")
    network = Network.from_spec(record.get("network", {}))
    shapes = network.shapes | network.parameters
    if sum(map(prod, shapes.values())) > MAX_ELEMENTS:
        raise WorkbookError(f"{where}: its network has more than {MAX_ELEMENTS:,} numbers; not read")
    steps, views = record.get("blocks"), record.get("views")
    if not isinstance(steps, dict) or not isinstance(views, dict) or set(steps) != set(shapes):
        raise WorkbookError(f"{where}: its hidden sheet does not list the tensors of its network; build it again")
    locate = _locator(names, where)
    blocks = {name: locate(name, name, shape, steps[name]) for name, shape in shapes.items()}
    sheets = {node.name: blocks[f"{node.name}.out"].anchors[0].sheet for node in network.nodes}
    sheets[PHOTO] = sheets[EXTRA] = ""
    photo = blocks.get(f"{PHOTO}.out")
    channels = () if photo is None else tuple(anchor.sheet for anchor in photo.anchors)
    plan = Plan(network, sheets, channels, blocks, margins=margins(network))
    for name, entry in views.items():
        source = entry.get("of") if isinstance(entry, dict) else None
        if not isinstance(source, str) or source not in shapes:
            raise WorkbookError(f"{where}: its hidden sheet describes the view {shown(name)} wrongly; build it again")
        shape = shapes[source]
        chosen = bool(entry.get("choice"))
        if chosen and len(blocks[source].steps) != 3:
            raise WorkbookError(f"{where}: the view {shown(name)} has a choice, but not of channels; build it again")
        block = locate(f"view {name}", f"view.{name}", shape[1:] if chosen else shape, entry.get("steps"))
        choice = locate(f"choice {name}", f"choice.{name}", (), []).anchors[0] if chosen else None
        plan.views[name] = View(source, block, choice)
    if record.get("truth") is True and network.has_truth:
        choice = locate("the choice of the truth", CHOICE_OF_TRUTH, (), []).anchors[0]
        names_block = locate("the names of the classes", NAMES_OF_TRUTH, (len(network.classes),), [list(DOWN)])
        plan.truth.append(Truth(choice, names_block))
    return plan


def _locator(names: Mapping[str, Rectangle], where: str) -> Callable[[str, str, Shape, Any], Block]:
    def locate(what: str, name: str, shape: Shape, steps: Any) -> Block:
        pairs = _pairs(steps)
        if pairs is None or len(pairs) > len(shape):
            raise WorkbookError(f"{where}: its hidden sheet describes {what} wrongly; build it again")
        lead = shape[: len(shape) - len(pairs)]
        anchors = []
        for one in defined_names(name, Block(shape, (Anchor("", 1, 1),) * prod(lead), pairs)):
            if one.lower() not in names:
                raise WorkbookError(f"{where}: the name {one} is gone, so {what} cannot be found; build it again")
            anchors.append(names[one.lower()][0])
        block = Block(shape, tuple(anchors), pairs)
        for one, (first, last) in zip(defined_names(name, block), block.rectangles(), strict=True):
            if names[one.lower()] != (first, last):
                size = f"{last.row - first.row + 1} x {last.column - first.column + 1}"
                raise WorkbookError(f"{where}: {one} no longer covers {size} cells; undo what was inserted inside it")
        return block

    return locate


def _pairs(steps: Any) -> tuple[tuple[int, int], ...] | None:
    """Steps as written, where they are pairs of whole numbers that lead to another cell."""
    if not isinstance(steps, list):
        return None
    pairs = []
    for step in steps:
        if not isinstance(step, list) or len(step) != 2 or not all(type(n) is int and 0 <= n < 1 << 20 for n in step):
            return None
        if step == [0, 0]:
            return None
        pairs.append((step[0], step[1]))
    return tuple(pairs)

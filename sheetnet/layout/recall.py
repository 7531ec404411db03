"""The plan of a workbook, read from its record: the file may be anybody's, so nothing in it is taken on trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from sheetnet.errors import NetworkError, WorkbookError, shown
from sheetnet.grid import Anchor, Block
from sheetnet.layout.areas import PREFIX, Rectangle
from sheetnet.layout.plan import ANSWER, CHOICE, DRAWING, EXTRA, NUMBER, WORDS, Plan, margins
from sheetnet.layout.record import VERSION, spread_out
from sheetnet.layout.spec import look_of
from sheetnet.lenses import Area
from sheetnet.network import PHOTO, Network
from sheetnet.steps import Step, of_look, of_node, shapes_of

MAX_ELEMENTS = 8_000_000  # of all tensors together; the record of a strange file must not fill the memory
MAX_LOOKS = 20_000
KINDS = (NUMBER, CHOICE, WORDS, DRAWING, ANSWER)
DELETED = "deleted"  # why an area cannot be found: its sheet or its cells were deleted


def read_record(
    record: Any, names: Mapping[str, Rectangle], lost: frozenset[str], where: str
) -> tuple[Plan, dict[str, str]]:
    """The plan of a workbook as it is now, and what of it cannot be found: full name -> why.

    ``names``: what each defined name covers, by lower-case name; ``lost``: those whose cells were deleted.
    WorkbookError where the record is none, or an area no longer has the size it had.
    """
    if not isinstance(record, dict) or record.get("sheetnet") != VERSION:
        raise WorkbookError(f"{where}: made by another version of sheetnet; build it again")
    try:
        return _Reading(record, names, lost, where).read()
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise WorkbookError(f"{where}: its hidden sheet is damaged; build it again") from error
    except NetworkError as error:
        raise WorkbookError(f"{where}: its hidden sheet describes no network ({error}); build it again") from error


class _Reading:
    def __init__(self, record: dict[str, Any], names: Mapping[str, Rectangle], lost: frozenset[str], where: str):
        self.record, self.names, self.lost, self.where = record, names, lost, where
        self.gone: dict[str, str] = {}

    def read(self) -> tuple[Plan, dict[str, str]]:
        network = Network.from_spec(self.record["network"], bare=True)
        starts = dict(self._areas())
        blocks = {}
        total = 0
        for full, entry in self.record["blocks"].items():
            total += prod(entry[0])
            if total > MAX_ELEMENTS or any(n < 1 for n in entry[0]):
                raise WorkbookError(f"{self.where}: describes more than {MAX_ELEMENTS:,} numbers; not read")
            block = self._block(entry, starts)
            if isinstance(block, str):
                self.gone[full] = block
            else:
                blocks[full] = block
        self._check_network(network, blocks)
        looks = {name: look_of(name, entry) for name, entry in self.record["looks"].items()}
        if len(looks) > MAX_LOOKS:
            raise WorkbookError(f"{self.where}: describes more than {MAX_LOOKS:,} looks; not read")
        inputs = {str(name): str(kind) for name, kind in self.record["inputs"].items()}
        if not set(inputs.values()) <= set(KINDS) or not set(inputs) <= set(self.record["blocks"]):
            raise ValueError("an input of an unknown kind")
        if any(inputs.get(full) == ANSWER for full in (*network.shapes, *network.parameters)):
            raise ValueError("an answer that the network reads")
        sheets = {
            n.name: blocks[f"{n.name}.out"].anchors[0].sheet for n in network.nodes if f"{n.name}.out" in blocks
        }
        photo = blocks.get(f"{PHOTO}.out")
        channels = () if photo is None else tuple(anchor.sheet for anchor in photo.anchors)
        sheets = {node.name: "" for node in network.nodes} | sheets | {PHOTO: "", EXTRA: ""}
        plan = Plan(network, sheets, channels, blocks, looks, inputs, margins(network))
        self._check_looks(plan)
        return plan, self.gone

    def _areas(self) -> Iterator[tuple[str, Anchor | str]]:
        """Where each area begins, or why it cannot be found."""
        for name, (rows, columns, _, _) in self.record["areas"].items():
            called = f"{PREFIX}{name}"
            if called.lower() in self.lost:
                yield name, DELETED
            elif called.lower() not in self.names:
                yield name, f"the name {called} is missing"
            else:
                first, last = self.names[called.lower()]
                size = last.row - first.row + 1, last.column - first.column + 1
                if size != (rows, columns):
                    raise WorkbookError(
                        f"{self.where}: {called}, on the sheet {first.sheet}, no longer covers {rows} x {columns} "
                        f"cells but {size[0]} x {size[1]}; undo what was inserted or deleted inside it"
                    )
                yield name, first

    def _block(self, entry: Any, starts: Mapping[str, Anchor | str]) -> Block | str:
        shape, pairs = tuple(map(_whole, entry[0])), tuple((_whole(a), _whole(b)) for a, b in entry[1])
        if any(pair == (0, 0) for pair in pairs):
            raise ValueError("steps that lead nowhere")
        lead = shape[: len(shape) - len(pairs)]
        places = [
            (name, _whole(row), _whole(column), tuple(map(_whole, run)), by)
            for name, row, column, run, by in entry[2]
        ]
        if sum(prod(run) for *_, run, _ in places) != prod(lead):  # before any of them is made
            raise ValueError(f"{shown(entry[2])} are not {prod(lead)} places")
        high, wide = (
            sum((n - 1) * pair[k] for n, pair in zip(shape[len(lead) :], pairs, strict=True)) for k in (0, 1)
        )
        anchors = []
        for name, row, column, run, by in places:
            start = starts[name]
            if isinstance(start, str):
                return start
            rows, columns, _, _ = self.record["areas"][name]
            for down, across in spread_out((row, column), run, [(a, b) for a, b in by]):
                if not (0 <= down < rows - high and 0 <= across < columns - wide):
                    raise ValueError("an element outside of its area")
                anchors.append(Anchor(start.sheet, start.row + down, start.column + across))
        return Block(shape, tuple(anchors), pairs)

    def _check_network(self, network: Network, blocks: Mapping[str, Block]) -> None:
        for full, shape in (network.shapes | network.parameters).items():
            if full not in blocks and full not in self.gone:
                raise ValueError(f"{full} is not listed")
            if full in blocks and blocks[full].shape != shape:
                raise ValueError(f"{full} has another shape")

    def _check_looks(self, plan: Plan) -> None:
        """The shapes of all looks that can be found."""
        written, read = set(plan.network.shapes), 0
        for name, look in plan.looks.items():
            sources = {s if isinstance(s, str) else s.of for s in look.sources()}
            read += sum(prod(map(_whole, s.shape)) for s in look.sources() if isinstance(s, Area))
            if read > MAX_ELEMENTS:
                raise WorkbookError(f"{self.where}: reads more than {MAX_ELEMENTS:,} numbers; not read")
            if missing := [s for s in sources if s not in plan.blocks and s not in self.gone]:
                raise ValueError(f"{name} reads {shown(missing[0])}, which is not listed")
            if sources & set(self.gone):
                continue
            for own, shape in shapes_of(look, plan.find).items():
                full = f"{name}.{own}"
                if full in plan.blocks and plan.blocks[full].shape != tuple(shape):
                    raise ValueError(f"{full} has another shape")
                if full not in plan.blocks and full not in self.gone:
                    raise ValueError(f"{full} is not listed")
                if full in written and full not in plan.network.inputs:
                    raise ValueError(f"{full} is made twice")
                written.add(full)
            if all(f"{name}.{own}" in plan.blocks for own in shapes_of(look, plan.find)):
                _try(of_look(look, plan.find))
        for node in plan.network.nodes:
            if set(plan.network.names(node).values()) <= set(plan.blocks):
                _try(of_node(plan.network, node, plan.seen(node)))


def _try(step: Step) -> None:
    """Let a step make its first formula and its last: an error is a fault of the record."""
    for own, block in step.writes.items():
        for index in ((0,) * len(block.shape), tuple(n - 1 for n in block.shape)):
            step.rules[own](*index)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 21:
        raise ValueError(f"{shown(value)} is no place in a sheet")
    return value

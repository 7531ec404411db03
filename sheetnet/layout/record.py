"""The record by which a workbook is verified: the network, its looks, and how all of it lies in named areas.

The record is JSON on the hidden sheet. It holds no addresses, only offsets in areas. Each area is a defined name,
which follows when a reader renames a sheet or inserts a row above the data. A tensor of the network has an area on
each sheet that it lies on; the looks of a sheet share two areas: one in its head, and one below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, product
from math import prod
from typing import Any

from sheetnet.errors import NetworkError, WorkbookError, shown
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.plan import CHOICE, DRAWING, EXTRA, FIRST, NUMBER, WORDS, Plan, margins
from sheetnet.layout.spec import look_of, spec_of
from sheetnet.lenses import Area
from sheetnet.network import PHOTO, Network
from sheetnet.steps import Step, of_look, of_node, shapes_of

VERSION = 2
PREFIX = "sheetnet."  # of every defined name, so that none begins with the name of a layer, which may read as a cell
MAX_ELEMENTS = 8_000_000  # of all tensors together; the record of a strange file must not fill the memory
MAX_LOOKS = 20_000
KINDS = (NUMBER, CHOICE, WORDS, DRAWING)
DELETED = "deleted"  # why an area cannot be found: its sheet or its cells were deleted
Rectangle = tuple[Anchor, Anchor]


# Areas


def areas(plan: Plan) -> dict[str, Rectangle]:
    """Every area of a plan: its name, its first and last cell."""
    corners: dict[str, list[Anchor]] = {}
    numbers = _sheet_numbers(plan)
    for full, block in plan.blocks.items():
        for (name, _), (first, last) in zip(_homes(plan, numbers, full, block), block.rectangles(), strict=True):
            corners.setdefault(name, []).extend((first, last))
    return {name: _around(cells) for name, cells in corners.items()}


def _around(cells: Iterable[Anchor]) -> Rectangle:
    cells = list(cells)
    sheet, rows, columns = cells[0].sheet, [at.row for at in cells], [at.column for at in cells]
    return Anchor(sheet, min(rows), min(columns)), Anchor(sheet, max(rows), max(columns))


def _homes(plan: Plan, numbers: Mapping[str, int], full: str, block: Block) -> Iterator[tuple[str, Anchor]]:
    """For each rectangle of a block, the name of its area and its anchor."""
    if full in plan.network.shapes or full in plan.network.parameters or plan.inputs.get(full) == DRAWING:
        titles = list(dict.fromkeys(at.sheet for at in block.anchors))
        for at in block.anchors:
            number = titles.index(at.sheet)
            yield f"tensor.{full}" + (f".{number + 1}" if number else ""), at
        return
    for at in block.anchors:
        yield f"{'head' if at.row < FIRST else 'sheet'}.{numbers[at.sheet]}", at


def _sheet_numbers(plan: Plan) -> dict[str, int]:
    titles = dict.fromkeys(at.sheet for block in plan.blocks.values() for at in block.anchors)
    return {title: number for number, title in enumerate(titles, 1)}


def names_of(plan: Plan) -> Iterator[tuple[str, Anchor, Anchor]]:
    """The defined names of a plan."""
    for name, (first, last) in areas(plan).items():
        yield f"{PREFIX}{name}", first, last


# Writing


def write_record(plan: Plan) -> dict[str, Any]:
    """The record of a plan, for ``json``."""
    known, numbers = areas(plan), _sheet_numbers(plan)
    return {
        "sheetnet": VERSION,
        "network": plan.network.to_spec(),
        "areas": {
            name: [b.row - a.row + 1, b.column - a.column + 1, a.row, a.column] for name, (a, b) in known.items()
        },
        "blocks": {full: _written(plan, numbers, full, block, known) for full, block in plan.blocks.items()},
        "looks": {name: spec_of(look) for name, look in plan.looks.items()},
        "inputs": dict(plan.inputs),
    }


def _written(
    plan: Plan, numbers: Mapping[str, int], full: str, block: Block, known: Mapping[str, Rectangle]
) -> list[Any]:
    """A block as JSON: [shape, steps, [[area, row, column, shape of the run, steps of the run], ...]].

    A run is several anchors that lie evenly, see ``_runs``.
    """
    places = []
    homes = list(_homes(plan, numbers, full, block))
    for name, group in groupby(homes, key=lambda home: home[0]):
        start = known[name][0]
        offsets = [(at.row - start.row, at.column - start.column) for _, at in group]
        places += [[name, *run] for run in _runs(offsets, _lead(block))]
    return [list(block.shape), [list(step) for step in block.steps], places]


def _lead(block: Block) -> Shape:
    return block.shape[: len(block.shape) - len(block.steps)]


def _runs(offsets: list[tuple[int, int]], lead: Shape) -> Iterator[list[Any]]:
    """Anchors that lie in an even pattern as their first, the shape of the pattern and its steps; else one by one."""
    first = offsets[0]
    if len(offsets) == prod(lead) and len(offsets) > 1:
        steps = []
        for axis in range(len(lead)):
            one = prod(lead[axis + 1 :])
            there = offsets[one] if lead[axis] > 1 else first
            steps.append((there[0] - first[0], there[1] - first[1]))
        if list(_spread(first, lead, steps)) == offsets:
            yield [*first, list(lead), [list(step) for step in steps]]
            return
    for row, column in offsets:
        yield [row, column, [], []]


def _spread(first: tuple[int, int], lead: Shape, steps: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    pairs = list(steps)
    for index in product(*map(range, lead)):
        yield (
            first[0] + sum(i * down for i, (down, _) in zip(index, pairs, strict=True)),
            first[1] + sum(i * across for i, (_, across) in zip(index, pairs, strict=True)),
        )


# Reading


def read_record(
    record: Any, names: Mapping[str, Rectangle], lost: frozenset[str], where: str
) -> tuple[Plan, dict[str, str]]:
    """The plan of a workbook as it is now, and the tensors whose cells cannot be found: full name -> why.

    ``names``: what each defined name covers, by lower-case name; ``lost``: the names whose cells were deleted.
    WorkbookError where the record is damaged, or where an area no longer has the size that it had.
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
        network = Network.from_spec(self.record["network"])
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
            for down, across in _spread((row, column), run, [(a, b) for a, b in by]):
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
        """ValueError where a look, or a layer, does not fit the blocks that it reads and writes."""
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

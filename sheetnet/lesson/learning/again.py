"""The forward pass once more, with weights that a look has changed, its tensors side by side on one sheet.

It is offered for a small network only. Maps that are padded have blank cells around them there as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from sheetnet.grid import Block
from sheetnet.lenses import Source
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import with_zeros
from sheetnet.lesson.learning.mirror import Beside, label, own_name, room_around
from sheetnet.lesson.learning.passes import Passes
from sheetnet.network import Node
from sheetnet.operation import Operation
from sheetnet.workbook.book import Sheet

MOST = 1_000  # formulas of a forward pass
LEFT = 4  # the first column of a pass; what stands to the left says which one it is

Changes = Mapping[str, tuple[Operation, Mapping[str, Source]]]  # full name of a weight -> the look that changes it


def offered(passes: Passes) -> bool:
    """Whether there is room for several forward passes."""
    network = passes.network
    tensors = (node.layer.tensors(network.input_shapes(node)) for node in passes.nodes)
    formulas = sum(prod(shape) for told in tensors for shape in told.values())
    return formulas <= MOST


def draw_pass(lesson: Lesson, passes: Passes, sheet: Sheet, name: str, changes: Changes, row: int) -> tuple[int, str]:
    """A forward pass with changed weights; the row behind it, and the full name of its loss.

    ``name``: of its looks, which begin with it.
    """
    network, beside, last = passes.network, Beside({}, {}), row
    beside.take(sheet.title, LEFT)
    loss = ""
    for node in passes.nodes:
        of, reads = network.input_shapes(node), passes.again(node, name)
        tensors = node.layer.tensors(of)
        for own in node.layer.params(of):
            full = f"{node.name}.{own}"
            if full in changes:
                block = beside.like(sheet.title, lesson.plan.blocks[full], row + 1)
                lesson.look(f"{name}.new.{full}", *changes[full], "number", out=block)
                shown = lesson.value(f"{name}.new.{full}.out")
                lesson.show(f"{name}.new.{full}", with_zeros("number", shown))
                reads[own], last = f"{name}.new.{full}.out", max(last, _bottom(block))
                label(sheet, block, _named(lesson, node, own), above=True)
        blocks = {}
        for own in tensors:
            full = f"{node.name}.{own}"
            room = room_around(lesson, full)
            block = blocks[own] = beside.like(sheet.title, lesson.plan.blocks[full], row + 1, room)
            label(sheet, block, _named(lesson, node, own), above=True, room=room[0])
            last = max(last, _bottom(block) + room[2])
        lesson.look(f"{name}.{node.name}", node.layer, reads, "number", **blocks)
        made = {own: lesson.value(f"{name}.{node.name}.{own}") for own in tensors}
        lesson.show(f"{name}.{node.name}", {own: with_zeros("number", values) for own, values in made.items()})
        loss = f"{name}.{node.name}.out"
    return last + 2, loss


def _named(lesson: Lesson, node: Node, own: str) -> str:
    """The layer, and what of it the numbers are."""
    return lesson.words("joined.about", name=lesson.named[node.name], what=own_name(lesson, own))


def _bottom(block: Block) -> int:
    return max(last.row for _, last in block.rectangles())

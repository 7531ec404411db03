"""What a pupil may see: what is needed to go on, and nothing from which an answer follows.

Shown are the way from the pixels to the answer of the network, each step's own answer, and what stands beside a cell
that is asked for, see ``Layer.asked``. All else is left out: sentences with numbers, other readings of the same
number, close-ups, charts, checks. A step that reads of a step that is asked something else than its answer is left
out as well: the loss reads the logarithm of a probability, from which that probability follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetnet.classroom.assign.graph import Graph
from sheetnet.classroom.assign.item import Item, Place
from sheetnet.lenses.gradient import Gradient
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import TRUTH, Node


def kept(lesson: Lesson, graph: Graph, items: Sequence[Item]) -> set[Place]:
    """The cells with formulas that stay; those that are asked for among them."""
    asked = frozenset(one.place for one in items)
    found = graph.above(_targets(lesson, graph, items), asked)
    return (found | _views(lesson, graph, found)) & graph.formulas.keys()


def _targets(lesson: Lesson, graph: Graph, items: Sequence[Item]) -> Iterator[Place]:
    network, plan = lesson.network, lesson.plan
    own = {one.full.rpartition(".")[0] for one in items}
    left: set[str] = set()  # layers that are left out
    for node in network.nodes:
        sources = [full.rpartition(".") for full in network.sources(node).values()]
        betrays = any(name in own and part != "out" for name, _, part in sources)
        if node.name not in own and (betrays or any(name in left for name, _, _ in sources)):
            left.add(node.name)
            continue
        yield from _cells(lesson, f"{node.name}.out")
        if node.name in own:
            shown = {other for full in (one.full for one in items) for other in _beside(node, full)}
            for other in shown:
                yield from _cells(lesson, f"{node.name}.{other}")
    if any(name == f"{TRUTH}.out" for name in plan.blocks) and network.loss is not None and network.loss.name in own:
        yield from _cells(lesson, f"{TRUTH}.out")
    for one in items:
        yield one.place
        look = plan.looks.get(one.full.rpartition(".")[0])
        if look is not None and isinstance(look.lens, Gradient):
            yield from graph.before(one.place)
            yield from _cells(lesson, one.full)


def _beside(node: Node, full: str) -> tuple[str, ...]:
    name, _, own = full.rpartition(".")
    return tuple(node.layer.asked.get(own, ())) if name == node.name else ()


def _cells(lesson: Lesson, full: str) -> Iterator[Place]:
    for _, sheet, row, column in lesson.plan.blocks[full].walk():
        yield sheet, row, column


def _views(lesson: Lesson, graph: Graph, found: set[Place]) -> set[Place]:
    """Cells that repeat a cell which is shown, beside the layer that reads it."""
    known = found | (graph.values.keys() - graph.formulas.keys())
    made: set[Place] = set()
    for name, look in lesson.plan.looks.items():
        if name.startswith("view.") and getattr(look.lens, "repeats", False):
            for place in _cells(lesson, f"{name}.out"):
                if all(one in known for one in graph.before(place)):
                    made.add(place)
    return made

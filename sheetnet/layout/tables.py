"""Place a layer whose tensors are columns: a row per element, a column per unit, the names of classes beside them."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.exponentials import Exponentials
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import (
    ACROSS,
    CHOICE,
    CLASSES,
    DOWN,
    FIRST,
    WORDS,
    class_home,
    names_at,
    view_name,
)
from sheetnet.layout.planner import Planner
from sheetnet.lenses import Copy, OneHot
from sheetnet.network import TRUTH, Node


def place_matrix(planner: Planner, node: Node) -> None:
    """Place a dense layer: a column per unit, with its output on top, then its bias, then a weight for each input."""
    network, sheet = planner.plan.network, planner.plan.sheets[node.name]
    x = network.sources(node)["x"]
    column = Block(network.shapes[x], (Anchor(sheet, FIRST + 5, 3),), (DOWN,))
    planner.look(view_name(node, "x"), Copy(), {"x": x}, out=column)
    for own, row in (("names", FIRST + 4), ("heads", FIRST)):
        place_names(planner, node, own, Block((len(network.classes),), (Anchor(sheet, row, 4),), (ACROSS,)))
    out = f"{node.name}.out"
    planner.place(out, Block(network.shapes[out], (Anchor(sheet, FIRST + 1, 4),), (ACROSS,)))
    for own, size in dict(node.layer.params(network.input_shapes(node))).items():
        row, steps = (FIRST + 5, (ACROSS, DOWN)) if len(size) == 2 else (FIRST + 2, (ACROSS,))
        planner.place(f"{node.name}.{own}", Block(size, (Anchor(sheet, row, 4),), steps))


def place_table(planner: Planner, node: Node) -> None:
    """Place a table: a row per element, the inputs repeated in the first columns, single numbers below."""
    network, sheet = planner.plan.network, planner.plan.sheets[node.name]
    of = network.input_shapes(node)
    tensors = node.layer.tensors(of)
    row = FIRST + 1
    truth = TRUTH in node.inputs and f"{TRUTH}.choice" not in planner.plan.blocks
    if truth:  # above the table stand the choice of the truth, and the single numbers, each with a line to explain it
        row = readings_row(sum(not shape for shape in tensors.values())) + 2
    place_names(
        planner, node, "names", Block((len(network.classes),), (Anchor(sheet, row, 2),), (DOWN,)), always=truth
    )
    column = 6 if len(of.get("x", ())) == 3 else 3  # a flattened element says its map, row and column first
    for own, full in network.sources(node).items():
        if len(of[own]) != 1:
            continue
        if full.endswith(".log"):  # the probability itself, beside its logarithm
            p = full.removesuffix("log") + "out"
            beside = Block(of[own], (Anchor(sheet, row, column),), (DOWN,))
            planner.look(view_name(node, "p"), Copy(), {"x": p}, out=beside)
            column += 1
        block = Block(of[own], (Anchor(sheet, row, column),), (DOWN,))
        if full == f"{TRUTH}.out" and truth:
            planner.input(f"{TRUTH}.choice", CHOICE, Block((), (Anchor(sheet, FIRST, 3),), ()))
            reads = {"names": names_at(planner.plan, node), "choice": f"{TRUTH}.choice"}
            planner.look(TRUTH, OneHot(), reads, out=block)
        else:
            planner.look(view_name(node, own), Copy(), {"x": full}, out=block)
        column += 1
    if isinstance(node.layer, Exponentials):  # what the exponential is taken of
        apart = {"x": f"{view_name(node, 'x')}.out", "y": f"{node.name}.top"}
        planner.look(view_name(node, "below"), Sub(), apart, out=down(sheet, row, column, of["x"][0]))
        column += 1
    longest = 0
    scalars: list[str] = []
    given = [f"{node.name}.{own}" for own in dict(node.layer.params(of))]
    for full in [*given, *(f"{node.name}.{own}" for own in tensors)]:
        size = network.parameters[full] if full in given else network.shapes[full]
        if size:
            planner.place(full, Block(size, (Anchor(sheet, row, column),), (DOWN,)))
            column += 1
            longest = max(longest, size[0])
        else:
            scalars.append(full)
    if truth:  # the answer comes first, as it does in the story
        scalars.sort(key=lambda full: full != f"{node.name}.out")
    for number, full in enumerate(scalars):
        at = readings_row(number) if truth else row + 1 + longest + number
        planner.place(full, cell(sheet, at, 3))


def readings_row(number: int) -> int:
    """The row of a single number of a loss, above its table; below it a line says how it comes about."""
    return FIRST + 2 + 2 * number


def place_names(planner: Planner, node: Node, own: str, block: Block, *, always: bool = False) -> None:
    """Place the names of the classes beside the elements of a layer; all but one place repeat them from there."""
    if not planner.plan.network.classes or not (always or planner.plan.network.names_classes(node)):
        return
    if node is class_home(planner.plan.network) and own == "names":
        planner.input(CLASSES, WORDS, block)
    else:
        planner.look(view_name(node, own), Copy(), {"x": CLASSES}, out=block)

"""The end of a residual block: which input of an addition is F(x), and which is x that came by the shortcut.

    out = F(x) + x

Both ways begin at a common layer. The way with fewer layers of its own is the shortcut: it has none where x passes
unchanged, and a 1x1 convolution where the block changes the shape.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import prod

from sheetnet.grid import Blocks
from sheetnet.layers.arithmetic.add import Add
from sheetnet.network import Network, Node

MOST_LAYERS = 200  # of a block: where the ways meet further back, none of them is short
MOST_MAPS, MOST_COPIED = 8, 64 * 64  # an addition in planes shows what it adds up to so many maps, of so many numbers


def added(network: Network, node: Node, blocks: Blocks, *, in_one: bool) -> tuple[str, ...]:
    """The inputs of an addition F(x) + x that its sheet shows beside the sum: F(x), then x.

    ``in_one``: the layer lies in rows, and one channel of F(x) and x is shown, if these lie in rows as well; else all
    their channels are shown.
    """
    shape = network.shapes[f"{node.name}.out"]
    sources = [blocks[full] for full in network.sources(node).values()]
    small = len(shape) == 3 and shape[0] <= MOST_MAPS and prod(shape[1:]) <= MOST_COPIED
    fit = all(len(block.steps) == 3 for block in sources) if in_one else small
    return (shortcut(network, node) or ()) if fit else ()


def shortcut(network: Network, node: Node) -> tuple[str, str] | None:
    """The layer's own names of F(x) and x; None where it does not add two tensors of one shape and one origin."""
    if not isinstance(node.layer, Add):
        return None
    shapes = network.input_shapes(node)
    if len(set(shapes.values())) > 1:
        return None
    (one, first), (other, second) = zip(node.layer.reads, node.inputs, strict=True)
    alone, beside = _alone(network, first, second)
    if alone == beside:
        return None
    return (one, other) if alone > beside else (other, one)


def has_shortcut(network: Network) -> bool:
    """Whether any layer ends a residual block."""
    return any(shortcut(network, node) for node in network.nodes)


def _alone(network: Network, first: str, second: str) -> tuple[int, int]:
    """How many layers only the one way has, and only the other; (0, 0) where the ways do not meet.

    Both ways are walked back together, the latest layer first, until all that is left belongs to both.
    """
    places = network.places
    ways: dict[str, int] = {}  # name -> 1 for the first way, 2 for the second, 3 for both
    waiting: list[tuple[int, str]] = []
    apart, counts = 0, [0, 0, 0, 0]  # how many of those waiting belong to one way only

    def reach(name: str, way: int) -> None:
        nonlocal apart
        known = ways.get(name, 0)
        ways[name] = known | way
        if not known:
            heappush(waiting, (-places.get(name, -1), name))
        apart += (ways[name] != 3) - (known in (1, 2))

    reach(first, 1)
    reach(second, 2)
    while apart and sum(counts) < MOST_LAYERS:
        _, name = heappop(waiting)
        way = ways[name]
        counts[way] += 1
        apart -= way != 3
        for before in network.nodes[places[name]].inputs if name in places else ():
            reach(before, way)
    return (0, 0) if apart or not (counts[3] or waiting) else (counts[1], counts[2])

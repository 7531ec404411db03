"""The end of a residual block: which input of an addition is F(x), and which is x that came by the shortcut.

    out = F(x) + x

Both ways begin at a common layer. The way with fewer layers of its own is the shortcut: it has none where x passes
unchanged, and a 1x1 convolution where the block changes the shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from sheetnet.grid import Blocks
from sheetnet.layers.arithmetic.add import Add
from sheetnet.network import Network, Node

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
    before = {one.name: one.inputs for one in network.nodes}
    (one, first), (other, second) = ((own, _way(before, (name,))) for own, name in _inputs(node))
    if not first & second:
        return None
    alone, beside = len(first - second), len(second - first)
    if alone == beside:
        return None
    return (one, other) if alone > beside else (other, one)


def has_shortcut(network: Network) -> bool:
    """Whether any layer ends a residual block."""
    return any(shortcut(network, node) for node in network.nodes)


def _inputs(node: Node) -> Iterable[tuple[str, str]]:
    return zip(node.layer.reads, node.inputs, strict=True)


def _way(before: dict[str, tuple[str, ...]], names: tuple[str, ...]) -> set[str]:
    """The names of some layers and of all that comes before them, the photo included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += before.get(name, ())
    return found

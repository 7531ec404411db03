"""Which layers share a sheet: in a deep network, the consecutive layers of a block stand below each other.

A block ends where the network forks (as it does before every residual block), after a pooling, or where it grows
too long. Only layers of pictures share a sheet; a dense layer or a softmax keeps its own.
"""

from __future__ import annotations

from collections import Counter
from math import prod

from sheetnet.layout.plan import form
from sheetnet.network import Network, Node

MOST_SHEETS = 40  # layers with a sheet each; a deeper network has a sheet per block
MOST_LAYERS, LEAST_LAYERS = 12, 2  # layers of a block
MOST_ROWS = 200_000  # rows of maps on a sheet
MOST_OFFERED = 3  # layers that a close-up of a deep network shows, so that its formulas stay short


def is_deep(network: Network) -> bool:
    """Whether the network has too many layers for a sheet each."""
    return len(network.nodes) > MOST_SHEETS


def stacks(network: Network) -> list[tuple[str, ...]]:
    """The names of the layers of each block, in order; none where every layer has its own sheet."""
    if not is_deep(network):
        return []
    readers = Counter(name for node in network.nodes for name in node.inputs)
    found: list[list[Node]] = [[]]
    rows = 0
    for node in network.nodes:
        if form(network, node) != "pictures":
            found.append([])
            continue
        high = prod(network.shapes[f"{node.name}.out"][:2])
        if len(found[-1]) == MOST_LAYERS or rows + high > MOST_ROWS:
            found.append([])
        rows = high + (rows if found[-1] else 0)
        found[-1].append(node)
        ends = readers[node.name] > 1 or node.layer.pools
        if ends and len(found[-1]) >= LEAST_LAYERS:
            found.append([])
    return [tuple(node.name for node in group) for group in found if len(group) >= LEAST_LAYERS]


def spread(network: Network, nodes: list[Node]) -> list[Node]:
    """The layers that a close-up offers: all of them, or of a deep network the first, the last and one between."""
    if not is_deep(network) or len(nodes) <= MOST_OFFERED:
        return nodes
    return [nodes[place * (len(nodes) - 1) // (MOST_OFFERED - 1)] for place in range(MOST_OFFERED)]

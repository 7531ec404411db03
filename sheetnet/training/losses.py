"""The loss, which training makes small: one number per picture, and its gradient at the head of the network.

    crossentropy   L = -sum over k of truth[k] * log p[k]           dL/dlog p[k] = -truth[k]
    squared        L = 1/2 * sum over k of (out[k] - truth[k])^2    dL/dout[k]   = out[k] - truth[k]

The gradient of the cross-entropy starts at the ``log`` of the softmax, which turns it into p - truth: that is stable
for any logits. The loss of a batch is the mean over its pictures, so a learning rate means the same for every size of
batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sheetnet.errors import TrainingError
from sheetnet.layers import Array
from sheetnet.network import Network

Loss = Callable[[str, Mapping[str, Array], Array], tuple[Array, dict[str, Array]]]


def crossentropy(head: str, values: Mapping[str, Array], truth: Array) -> tuple[Array, dict[str, Array]]:
    """Loss of each picture (N,), and gradients of their mean; ``truth`` is (N, classes), ``head`` a softmax."""
    each = -(truth * values[f"{head}.log"]).sum(-1)
    return each, {f"{head}.log": -truth / len(truth)}


def squared(head: str, values: Mapping[str, Array], truth: Array) -> tuple[Array, dict[str, Array]]:
    """Half the squared error of each picture (N,), and gradients of their mean."""
    miss = values[f"{head}.out"] - truth
    return (miss * miss).sum(-1) / 2, {f"{head}.out": miss / len(truth)}


LOSSES: dict[str, Loss] = {"crossentropy": crossentropy, "squared": squared}


def head_of(network: Network, loss: str) -> str:
    """The node whose "out" has one number per class and which ``loss`` is measured at. TrainingError without one."""
    softmax = network.line_up
    if softmax is not None:
        return softmax.name
    wanted: Any = (len(network.classes),)
    nodes = [node.name for node in network.nodes if network.shapes[f"{node.name}.out"] == wanted]
    if loss == "crossentropy" or not nodes:
        raise TrainingError(
            f"{network.name!r} has no softmax layer to learn from; add one after the last dense layer"
        )
    return nodes[-1]

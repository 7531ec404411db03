"""A network: named nodes in topological order, each with its input nodes. A chain is the simplest case.

The same small spec describes it in a template (TOML), in a model file and in every workbook (JSON):

    name = "detective"
    classes = ["Astronaut", "Cat", "Coffee"]
    [input]
    shape = [3, 28, 28]      # levels = 255, the largest value of a pixel; ink = true where the photo is a drawing
    [[layers]]
    name = "conv1"
    kind = "conv2d"          # options of the kind follow; inputs = ["node before"] where not given
    filters = 4
    size = 3

A tensor is called "node.tensor" ("conv1.out"), a parameter "node.parameter" ("conv1.weight"). Two tensors come
from outside: "photo.out" (C, H, W), and "truth.out" (classes,) where a loss asks for it. Others may, by name and
shape, when their values come along with the weights: ``extra = {shift = [3, 1, 1]}`` is the tensor "shift.out".
A network without ``[input]`` sees no photo: then its tensors may have any rank, and a batch is an axis like others.
"""

from __future__ import annotations

from sheetnet.network.network import LAYOUTS, MAX_CLASSES, SURE, Network
from sheetnet.network.node import PHOTO, RESERVED, TRUTH, Node
from sheetnet.network.parameters import Parameters, given_parameters

__all__ = [
    "LAYOUTS",
    "MAX_CLASSES",
    "PHOTO",
    "RESERVED",
    "SURE",
    "TRUTH",
    "Network",
    "Node",
    "Parameters",
    "given_parameters",
]

"""A layer whose halves use each other, and things that belong to one half only. Read by a test, never run."""

import numpy as np
from numpy import exp as e_to_the

from sheetnet.grid import Blocks, Shape, a1
from sheetnet.layers.base import Layer

FACTOR = 2


def double(x):
    return x * FACTOR


def clever(x):
    return np.sum(x)


class Bad(Layer):
    size: int

    def helper(self):
        return self.size

    def forward(self, v):
        at = v["x"]
        v["out"] = double(at) + self.helper() + len(a1(1, 1)) + self.size

    def forward_cells(self, at: Blocks):
        def rule(i):
            self.forward({})
            return f"{at['x'][i]}*{double(1)}+{e_to_the(self.size)}"

        return {"out": lambda i: rule(i) + str(clever(i)) + str(self.helper())}

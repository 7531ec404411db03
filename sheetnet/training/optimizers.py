"""Three ways from a gradient to a step, as in PyTorch.

    sgd        w -= rate * g
    momentum   u = 0.9 * u + g;   w -= rate * u
    adam       m = 0.9 * m + 0.1 * g;   s = 0.999 * s + 0.001 * g^2
               w -= rate * (m / (1 - 0.9^t)) / (sqrt(s / (1 - 0.999^t)) + 1e-8)     at step t = 1, 2, ...

All weights of a network are one long vector, so a step is a handful of NumPy calls however many layers there are.
Source of adam: Kingma and Ba, arXiv 1412.6980.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import sqrt
from typing import ClassVar

import numpy as np

from sheetnet.layers import Array


class Optimizer(ABC):
    """Change ``weights`` in place, step by step. ``usual``: the learning rate where none is given."""

    usual: ClassVar[float]

    def __init__(self, weights: Array, rate: float) -> None:
        self.weights, self.rate = weights, rate

    @abstractmethod
    def step(self, gradient: Array) -> None:
        """Make one step against the gradient, which has the shape of the weights."""


class SGD(Optimizer):
    """Gradient descent: each step goes straight down."""

    usual = 0.1

    def step(self, gradient: Array) -> None:
        """Move by the learning rate times the gradient."""
        self.weights -= self.rate * gradient


class Momentum(Optimizer):
    """Gradient descent like a rolling ball: nine tenths of the last step are kept."""

    usual = 0.03
    keep = 0.9

    def __init__(self, weights: Array, rate: float) -> None:
        super().__init__(weights, rate)
        self._speed = np.zeros_like(weights)

    def step(self, gradient: Array) -> None:
        """Move by the learning rate times the speed that the gradients so far have given."""
        self._speed *= self.keep
        self._speed += gradient
        self.weights -= self.rate * self._speed


class Adam(Optimizer):
    """A step of its own for each weight: smaller where gradients are large."""

    usual = 0.01
    keep, keep_square, small = 0.9, 0.999, 1e-8

    def __init__(self, weights: Array, rate: float) -> None:
        super().__init__(weights, rate)
        self._mean, self._square, self._steps = np.zeros_like(weights), np.zeros_like(weights), 0

    def step(self, gradient: Array) -> None:
        """Move by the mean gradient over the root of its mean square. Both start at 0, and are scaled up for that."""
        self._steps += 1
        self._mean *= self.keep
        self._mean += (1 - self.keep) * gradient
        self._square *= self.keep_square
        self._square += (1 - self.keep_square) * gradient * gradient
        root = np.sqrt(self._square) / sqrt(1 - self.keep_square**self._steps) + self.small
        self.weights -= self.rate / (1 - self.keep**self._steps) * self._mean / root


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}

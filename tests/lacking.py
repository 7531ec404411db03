"""Layers that break the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.layers.base import Layer


@dataclass
class Bad(Layer):
    kind: ClassVar[str] = "bad"
    offset: int = 0

    def tensors(self, of):
        return {"out": of["x"], "half": of["x"]}

    def params(self, of):
        return {"weight": ()}

    def forward(self, v):
        v["out"] = v["x"].astype(np.float32)
        v["x"] *= 2
        v["secret"] = v["x"]

    def backward(self, v, d):
        v["secret"] += 1
        d["x"] = d["out"][0]
        d["secret"] = 1

    def forward_cells(self, at):
        return {"out": lambda i: f"={at['x'][i]}", "other": lambda i: "1"}

    def options(self):
        return {"offset": self.offset + 1}


@dataclass(frozen=True)
class Half(Layer):
    """Told in one way only."""

    kind: ClassVar[str] = "half"

    def tensors(self, of):
        return {"out": of["x"]}

    def forward(self, v):
        v["out"] = v["x"]

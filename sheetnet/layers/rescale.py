"""Rescaling: pixels of 0 to 255 become small numbers around 0, channel by channel.

out[c] = (x[c] / divisor - mean[c]) / std[c]
dx[c]  = dout[c] / (divisor * std[c])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Signs, Values
from sheetnet.layers.broadcast import per_channel
from sheetnet.layers.pointwise import Pointwise


@dataclass(frozen=True, slots=True)
class Rescale(Layer):
    """Divide by ``divisor``, subtract ``mean``, divide by ``std``; x is (C, H, W).

    ``mean`` and ``std``: one number, or one per channel. Parameters: divisor (), mean (C,), std (C,).
    """

    kind = "rescale"
    role = "sees"
    in_place = True
    gives_back = ("x",)

    divisor: float = 255.0
    mean: Any = 0.0
    std: Any = 1.0

    def __post_init__(self) -> None:
        for name in ("divisor", "mean", "std"):
            value = getattr(self, name)
            numbers = value if isinstance(value, list | tuple) and name != "divisor" else [value]
            if not numbers or not all(_number(n) and (name == "mean" or n != 0) for n in numbers):
                most = "a number" if name == "divisor" else "a number, or one per channel"
                rule = "" if name == "mean" else "; it must not be 0"
                raise NetworkError(f"Rescale: {name} is {shown(value)}; use {most}{rule}")
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))

    @property
    def told_as(self) -> str:  # type: ignore[override]  # a fact that the options decide
        """A mere division where nothing is subtracted, and nothing divided by but the divisor."""
        return "divided" if not np.any(self.mean) and np.all(np.equal(self.std, 1)) else ""

    @property
    def signs(self) -> Signs:  # type: ignore[override]
        """Those of x where it is only divided by positive numbers."""
        divided = not np.any(self.mean) and np.all(np.multiply(self.std, self.divisor) > 0)
        return "kept" if divided else "any"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        if len(of["x"]) != 3:
            raise NetworkError(f"Rescale: the input has shape {list(of['x'])}; it must be channels x height x width")
        return {"out": of["x"]}

    def params(self, of: Shapes) -> Shapes:
        """The options stand in cells of their own, so that a reader can change them."""
        return {"divisor": (), "mean": of["x"][:1], "std": of["x"][:1]}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """What the options say."""
        value = np.asarray(getattr(self, name), dtype=np.float64)
        if value.ndim and value.shape != shape:
            raise NetworkError(f"Rescale: {name} has {value.size} numbers; the input has {shape[0]} channels")
        return np.broadcast_to(value, shape).copy()

    def forward(self, v: Values) -> None:
        """The formula of the module, per channel."""
        mean, std = v["mean"][:, None, None], v["std"][:, None, None]
        v["out"] = (v["x"] / v["divisor"] - mean) / std

    def backward(self, v: Values, d: Values) -> None:
        """By the pixels, and by the three numbers as well; training leaves those alone."""
        divisor, mean, std = v["divisor"], v["mean"][:, None, None], v["std"][:, None, None]
        slope = d["out"] / std
        pixels = (*range(slope.ndim - 3), -2, -1)  # all axes but that of the channels
        d["x"] = slope / divisor
        d["divisor"] = -(slope * v["x"]).sum() / divisor**2
        d["mean"] = -slope.sum(pixels)
        d["std"] = -(slope * (v["x"] / divisor - mean) / std).sum(pixels)

    def forward_cells(self, at: Blocks) -> Rules:
        """(x/divisor-mean)/std."""
        mean, std = per_channel(at["mean"], 2), per_channel(at["std"], 2)
        text = "({}/{}-{})/{}".format
        return {"out": Pointwise(text, at["x"], at["divisor"], mean, std)}

    def backward_cells(self, at: Blocks) -> Rules:
        """dout/(divisor*std)."""
        return {"dx": Pointwise("{}/({}*{})".format, at["dout"], at["divisor"], per_channel(at["std"], 2))}


def _number(n: Any) -> bool:
    return isinstance(n, int | float) and not isinstance(n, bool) and -1e300 < n < 1e300

"""Batch normalization in inference form: each channel is measured against its own usual numbers.

out[c] = (x[c] - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c]

Mean and variance were gathered in training and stay fixed, so each channel is moved and stretched, no more. With
slope[c] = scale[c] / sqrt(variance[c] + epsilon), backwards:

dx[c] = dout[c] * slope[c]
dscale[c] = sum of dout[c] * (x[c] - mean[c]) / sqrt(variance[c] + epsilon),   dbias[c] = sum of dout[c]
dmean[c] = - slope[c] * dbias[c],   dvariance[c] = - dscale[c] * scale[c] / (2 * (variance[c] + epsilon))

Source: Ioffe and Szegedy, "Batch Normalization", arXiv 1502.03167.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.back.matching import Matched, sum_of_products, total
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import per_channel
from sheetnet.layers.options import MOST_AXES, as_number, is_whole, literal
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.ranges import fitting


@dataclass(frozen=True, slots=True)
class BatchNorm(Layer):
    """Shift and stretch every channel. Parameters, each (C,): scale, bias, mean, variance.

    ``axis``: where the channels are. 0 is that of a picture (C, H, W). From 1 on it counts the axes of x, of any
    rank, from the front, the batch included; below 0 it counts them from the end: -1 is the only axis of a column.
    ``epsilon`` keeps the root above 0.
    """

    kind = "batchnorm"
    role = "sees"
    in_place = True
    gives_back = ("scale", "bias", "x")
    torch_names: ClassVar = {"weight": "scale", "bias": "bias", "running_mean": "mean", "running_var": "variance"}

    axis: int = 0
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        if not is_whole(self.axis) or not -MOST_AXES <= self.axis < MOST_AXES:
            raise NetworkError(
                f"BatchNorm: axis is {shown(self.axis)}; use 0 for a picture, 1 to {MOST_AXES - 1} for other axes, "
                f"or count from the last one: -1 down to -{MOST_AXES}"
            )
        if as_number(self.epsilon, "BatchNorm: epsilon") < 0:
            raise NetworkError(f"BatchNorm: epsilon is {self.epsilon}; use 0 or a small number above it: 0.00001")

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        rank = len(of["x"])
        if self.axis == 0 and rank != 3:
            raise NetworkError(
                f"BatchNorm: axis 0 is that of a picture (C, H, W), but the input has shape {list(of['x'])}. "
                f"Count from the last axis: axis = {-max(rank, 1)}."
            )
        if not -rank <= self.axis < rank:
            raise NetworkError(f"BatchNorm: the input has shape {list(of['x'])}, so it has no axis {self.axis}")
        return {"out": of["x"]}

    def batched(self, of: Shapes) -> bool:
        """From 1 on, the axis is counted from the front."""
        return self.axis <= 0

    def params(self, of: Shapes) -> Shapes:
        """Four numbers per channel."""
        self.tensors(of)
        channels = of["x"][self.axis]
        return dict.fromkeys(("scale", "bias", "mean", "variance"), (channels,))

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """What changes nothing: mean 0, variance 1, scale 1, bias 0."""
        return np.ones(shape) if name in ("scale", "variance") else np.zeros(shape)

    def forward(self, v: Values) -> None:
        """The formula of the module, all channels at once."""
        scale, bias, mean, variance = (
            self._along(v[name], v["x"].ndim) for name in ("scale", "bias", "mean", "variance")
        )
        v["out"] = (v["x"] - mean) / np.sqrt(variance + self.epsilon) * scale + bias

    def backward(self, v: Values, d: Values) -> None:
        """By x and by all four numbers, as if each were free; training leaves mean and variance alone."""
        x, dout, spread = v["x"], d["out"], v["variance"] + self.epsilon
        others = tuple(axis for axis in range(-x.ndim, 0) if axis != self._last(x.ndim))
        slope = v["scale"] / np.sqrt(spread)
        d["x"] = dout * self._along(slope, x.ndim)
        d["scale"] = (dout * (x - self._along(v["mean"], x.ndim))).sum(others) / np.sqrt(spread)
        d["bias"] = dout.sum(others)
        d["mean"] = -slope * d["bias"]
        d["variance"] = -d["scale"] * v["scale"] / (2 * spread)

    def _last(self, rank: int) -> int:
        """The axis of the channels, counted from the last of ``rank`` axes."""
        return self.axis - rank if self.axis > 0 else self.axis or -3  # 0: of a picture (C, H, W)

    def _along(self, of_channels: Array, rank: int) -> Array:
        """(C,) as (C, 1, 1), so that it meets the channels of x."""
        return of_channels.reshape(-1, *(1,) * (-1 - self._last(rank)))

    def forward_cells(self, at: Blocks) -> Rules:
        """(x-mean)/SQRT(variance+epsilon)*scale+bias, each of the four the one of the channel."""
        x, plus = at["x"], f"+{literal(self.epsilon)}" if self.epsilon else ""
        after = len(x.shape) - 1 - self.axis % len(x.shape)
        given = [per_channel(at[name], after) for name in ("mean", "variance", "scale", "bias")]

        def text(x: str, mean: str, variance: str, scale: str, bias: str) -> str:
            return f"({x}-{mean})/SQRT({variance}{plus})*{scale}+{bias}"

        return {"out": Pointwise(text, x, *given)}

    def backward_cells(self, at: Blocks) -> Rules:
        """dout*scale/SQRT(variance+epsilon), SUM(dout), and (SUMPRODUCT(dout,x)-mean*SUM(dout))/SQRT(...)."""
        x, dout, mean, variance = at["x"], at["dout"], at["mean"], at["variance"]
        axis, plus = self.axis % len(x.shape), f"+{literal(self.epsilon)}" if self.epsilon else ""
        scale, spread = (per_channel(at[own], len(x.shape) - 1 - axis) for own in ("scale", "variance"))
        pairs, alone = Matched(dout, x), Matched(dout)

        def of_channel(c: int) -> tuple[int | slice, ...]:
            return tuple(c if k == axis else slice(0, n) for k, n in enumerate(x.shape))

        def dbias(c: int) -> str:
            return total("BatchNorm", alone(of_channel(c)))

        def dscale(c: int) -> str:
            met = "+".join(sum_of_products(pairs(of_channel(c), of_channel(c))))
            return fitting("BatchNorm", f"({met}-{mean[c]}*{dbias(c)})/SQRT({variance[c]}{plus})")

        def dx(dout: str, scale: str, variance: str) -> str:
            return f"{dout}*{scale}/SQRT({variance}{plus})"

        return {"dscale": dscale, "dbias": dbias, "dx": Pointwise(dx, dout, scale, spread)}

"""Pad: numbers are put around a tensor, or cut off from it.

out[i] = x[i - begin] inside of x; outside of it

constant   the value
edge       the nearest number of x
reflect    x mirrored at its first or last number, which is not repeated
wrap       x once more from its other end

Backwards, each number gets the sum of the gradients of the places where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Signs, Values
from sheetnet.layers.line import ByLine
from sheetnet.layers.options import as_number, is_whole, literal
from sheetnet.layers.pointwise import copies

MODES = ("constant", "reflect", "edge", "wrap")
MOST = 1 << 20  # a sheet has no more rows


@dataclass(frozen=True, slots=True)
class Pad(Layer):
    """x with ``pads`` cells more: [begin of each axis..., end of each axis...]; a negative number cuts off, first."""

    kind = "pad"
    role = "rearranges"

    pads: Any
    mode: str = "constant"
    value: float = 0.0

    def __post_init__(self) -> None:
        pads = tuple(self.pads) if isinstance(self.pads, list | tuple) else (None,)
        if len(pads) % 2 or not all(is_whole(n) and abs(n) <= MOST for n in pads):
            raise NetworkError(
                f"Pad: pads is {shown(self.pads)}; use two whole numbers per axis: all begins, then all ends"
            )
        if self.mode not in MODES:
            raise NetworkError(f"Pad: mode is {shown(self.mode)}; use one of {', '.join(MODES)}")
        as_number(self.value, "Pad: value")
        object.__setattr__(self, "pads", pads)

    @property
    def signs(self) -> Signs:  # type: ignore[override]
        """Those of x, and that of the value."""
        return "any" if self.mode == "constant" and self.value < 0 else "kept"

    def tensors(self, of: Shapes) -> Shapes:
        """Each axis longer or shorter by its pads."""
        shape, axes = of["x"], len(self.pads) // 2
        if len(shape) != axes:
            raise NetworkError(f"Pad: the input {list(shape)} needs {2 * len(shape)} pads, not {2 * axes}")
        begins, ends = self.pads[:axes], self.pads[axes:]
        left = [n + min(b, 0) + min(e, 0) for n, b, e in zip(shape, begins, ends, strict=True)]
        out = tuple(n + b + e for n, b, e in zip(shape, begins, ends, strict=True))
        if min((*left, *out, 1)) < 1:
            raise NetworkError(f"Pad: pads {list(self.pads)} leave nothing of the input {list(shape)}; cut off less")
        return {"out": out}

    def forward(self, v: Values) -> None:
        """Cut off, then NumPy's pad."""
        axes = len(self.pads) // 2
        out = v["x"]
        for k in range(axes):
            out = self._along(out, k - axes, self.value)
        v["out"] = out

    def _along(self, x: Array, axis: int, value: float) -> Array:
        """One axis, counted from the end, cut off and padded."""
        axes = len(self.pads) // 2
        begin, end = self.pads[axes + axis], self.pads[axis]
        x = np.moveaxis(x, axis, 0)
        x = x[max(-begin, 0) : len(x) - max(-end, 0)]
        around = [(max(begin, 0), max(end, 0)), *[(0, 0)] * (x.ndim - 1)]
        more: dict[str, Any] = {"constant_values": value} if self.mode == "constant" else {}
        return np.moveaxis(np.pad(x, around, self.mode, **more), 0, axis)  # type: ignore[call-overload]

    def backward(self, v: Values, d: Values) -> None:
        """Axis by axis, back to where each number came from."""
        axes = len(self.pads) // 2
        back = d["out"]
        for axis in range(-1, -axes - 1, -1):
            counted = np.arange(v["x"].shape[axis], dtype=np.float64).reshape(-1, *[1] * (-axis - 1))
            whence = self._along(counted, axis, -1).ravel().astype(int)
            known = whence >= 0
            home = np.zeros((v["x"].shape[axis], *np.moveaxis(back, axis, 0).shape[1:]))
            np.add.at(home, whence[known], np.moveaxis(back, axis, 0)[known])
            back = np.moveaxis(home, 0, axis)
        d["x"] = back

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, or the value."""
        x, axes, value = at["x"], len(self.pads) // 2, literal(self.value)
        begins, ends = self.pads[:axes], self.pads[axes:]

        def whence(k: int, i: int) -> int | None:
            first: int = max(-begins[k], 0)  # of what is left of x
            last: int = x.shape[k] - 1 - max(-ends[k], 0)
            j: int = i - max(begins[k], 0)
            count = last - first + 1
            if 0 <= j < count:
                return first + j
            if self.mode == "constant":
                return None
            if self.mode == "edge" or count == 1:
                return first if j < 0 else last
            if self.mode == "wrap":
                return first + j % count
            j %= 2 * (count - 1)
            return first + min(j, 2 * (count - 1) - j)

        def rule(*i: int) -> str:
            index = [whence(k, one) for k, one in enumerate(i)]
            known = [j for j in index if j is not None]
            return x[tuple(known)] if len(known) == len(index) else value

        if not axes:
            return {"out": rule}
        shown, columns = copies(x), [whence(axes - 1, one) for one in range(at["out"].shape[-1])]

        def along(*lead: int) -> list[str]:
            index = [whence(k, one) for k, one in enumerate(lead)]
            known = [j for j in index if j is not None]
            if len(known) < len(index):
                return [value] * len(columns)
            line = shown.along(*known)
            return [value if j is None else line[j] for j in columns]

        return {"out": ByLine(rule, along)}

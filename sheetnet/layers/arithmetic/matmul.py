"""Matrix product: every row of x meets every column of y.

out[..., i, j] = sum over k of  x[..., i, k] * y[..., k, j]
dx[..., i, k]  = sum over j of  dout[..., i, j] * y[..., k, j]
dy[..., k, j]  = sum over i of  dout[..., i, j] * x[..., i, k]

Axes in front of the last two are stretched to each other. A tensor with one axis counts as a single row (x) or a
single column (y), and out lacks that axis, as in NumPy and ONNX. A spreadsheet multiplies two ranges only where both
lie the same way, so y is shown once more, ``turned``: its columns as rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks, Shape
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, together
from sheetnet.layers.ranges import fitting
from sheetnet.layers.ranges import together as ranges_of


@dataclass(frozen=True, slots=True)
class MatMul(Layer):
    """x (..., M, K) times y (..., K, N) is out (..., M, N); x may be (K,), and y may be (K,).

    Shows ``turned`` (..., N, K), or (1, K) for a y of one axis; not where x has one axis.
    """

    kind = "matmul"
    role = "decides"
    signs = "kept"
    reads: ClassVar = {"x": "out", "y": "out"}

    def tensors(self, of: Shapes) -> Shapes:
        """``turned`` where x has rows, and the product."""
        x, y = of["x"], of["y"]
        if not x or not y or x[-1] != y[max(len(y) - 2, 0)]:
            raise NetworkError(
                f"MatMul: {list(x)} times {list(y)}; the last axis of x must be as long as the rows of y are many"
            )
        lead = together("MatMul", x[:-2], y[:-2])
        out = (*lead, *x[-2:-1], *(y[-1:] if len(y) > 1 else ()))
        if len(x) == 1:
            return {"out": out}
        return {"turned": (1, y[0]) if len(y) == 1 else (*y[:-2], y[-1], y[-2]), "out": out}

    def batched(self, of: Shapes) -> bool:
        """Where x and y have as many axes, two or more."""
        return len(of["x"]) == len(of["y"]) > 1

    def forward(self, v: Values) -> None:
        """One outer product per k, in a fixed order and not through BLAS (see Conv2d.forward)."""
        x, y = v["x"], v["y"]
        left, right = x if x.ndim > 1 else x[None], y if y.ndim > 1 else y[:, None]
        if x.ndim > 1:
            v["turned"] = np.swapaxes(right, -1, -2)
        lead = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        out = np.zeros((*lead, left.shape[-2], right.shape[-1]))
        for k in range(left.shape[-1]):
            out += left[..., :, k, None] * right[..., k, None, :]
        gone = (*(() if x.ndim > 1 else (-2,)), *(() if y.ndim > 1 else (-1,)))
        v["out"] = np.squeeze(out, gone)

    def backward(self, v: Values, d: Values) -> None:
        """To each by the other, in a fixed order."""
        x, y = v["x"], v["y"]
        left, right = x if x.ndim > 1 else x[None], y if y.ndim > 1 else y[:, None]
        dout = np.expand_dims(d["out"], (*(() if x.ndim > 1 else (-2,)), *(() if y.ndim > 1 else (-1,))))
        lead = dout.shape[:-2]
        dleft, dright = np.zeros((*lead, *left.shape[-2:])), np.zeros((*lead, *right.shape[-2:]))
        for k in range(left.shape[-1]):
            dleft[..., k] = (dout * right[..., k, None, :]).sum(-1)
            dright[..., k, :] = (dout * left[..., :, k, None]).sum(-2)
        d["x"] = gathered(dleft, left.shape).reshape(x.shape)
        d["y"] = gathered(dright, right.shape).reshape(y.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(row of x,row of turned)."""
        x, y = at["x"], at["y"]
        if len(x.shape) == 1:  # a column, as the columns of y are
            if len(y.shape) == 1:
                return {"out": lambda: f"SUMPRODUCT({x[:]},{y[:]})"}

            def down(*i: int) -> str:
                whole = slice(0, x.shape[0])
                pairs = ranges_of((x, (whole,)), (y, (*_own(y, i[:-1]), whole, i[-1])))
                return fitting(
                    "MatMul", "+".join(f"SUMPRODUCT({a},{b})" if ":" in a else f"{a}*{b}" for a, b in pairs)
                )

            return {"out": down}
        turned = at["turned"]
        if len(y.shape) == 1:
            return {
                "turned": lambda _, k: y[k],
                "out": lambda *i: f"SUMPRODUCT({x[(*i, slice(None))]},{turned[0, :]})",
            }

        def rule(*i: int) -> str:
            row, column = _own(x, i[:-2]), _own(turned, i[:-2])
            return f"SUMPRODUCT({x[(*row, i[-2], slice(None))]},{turned[(*column, i[-1], slice(None))]})"

        return {"turned": lambda *i: y[(*i[:-2], i[-1], i[-2])], "out": rule}


def _own(block: Block, lead: Shape) -> Shape:
    """The leading index of a block that belongs to one of the product."""
    sizes = block.shape[:-2]
    return tuple(0 if n == 1 else i for n, i in zip(sizes, lead[len(lead) - len(sizes) :], strict=True))

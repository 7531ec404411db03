"""The same network, quicker: convolution and dense as products of matrices, by BLAS.

    columns[(c, i, j), (y, x, n)] = x[n, c, s*y + d*i - p, s*x + d*j - p]    every window as one column
    out = weight @ columns + bias,   dweight = dout @ columns^T,   dcolumns = weight^T @ dout     group by group

A workbook needs sums in a fixed order, the same on every processor. Training does not, and here it takes a tenth of
the time. Shapes, options and meaning are those of the layers, so each quick layer *is* that layer, and a test
compares its numbers with the layer's own, forward and backward. A layer without a quick one runs as it is.

Inside, pictures lie in memory as (C, H, W, N), with the batch last: then the same pixel of all pictures is copied in
one piece. The axes that others see are (N, C, H, W) as always. Numbers keep their type: float32 stays float32.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import prod

import numpy as np

from sheetnet.layers import Array, Layer, Values
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.dense import Dense
from sheetnet.layers.window import inner, padded
from sheetnet.network import Network, Node


@dataclass(frozen=True, slots=True)
class QuickConv2d(Conv2d):
    """A convolution as one product. ``first``: no layer before it learns, so it gives no gradient of x."""

    first: bool = False

    def forward(self, v: Values) -> None:
        """Multiply all filters by all windows, which are the columns of a matrix."""
        x = v["x"]
        out = self._heaps(v["weight"]) @ self._columns(x)
        out += v["bias"].reshape(self.groups, -1, 1)
        v["out"] = _pictures_first(out.reshape(self.filters, *self.windows(x.shape).counts, -1), x.shape[:-3])

    def backward(self, v: Values, d: Values) -> None:
        """Make the same columns once more: keeping them would need much memory, and making them takes little time."""
        x, weight, dout = v["x"], v["weight"], d["out"]
        back = _pictures_last(dout).reshape(self.groups, self.filters // self.groups, -1)
        d["weight"] = (back @ self._columns(x).swapaxes(1, 2)).reshape(weight.shape)
        d["bias"] = back.sum(2).reshape(-1)
        if self.first:
            return
        dcolumns, windows = self._heaps(weight).swapaxes(1, 2) @ back, self.windows(x.shape)
        dmet = np.moveaxis(dcolumns.reshape(x.shape[-3], *self.size, *windows.counts, -1), -1, 0)
        dwide = padded(np.moveaxis(np.zeros_like(_pictures_last(x)), -1, 0), windows.room, 0)
        for (i, j), view in windows.views(dwide):
            view += dmet[:, :, i, j]
        d["x"] = inner(dwide, windows.room).reshape(x.shape)

    def _columns(self, x: Array) -> Array:
        """The windows as (groups, C / groups * height * width of the filter, places * pictures)."""
        memory, windows = _pictures_last(x), self.windows(x.shape)
        wide = padded(np.moveaxis(memory, -1, 0), windows.room, 0)
        columns = np.empty((x.shape[-3], *self.size, *windows.counts, memory.shape[-1]), x.dtype)
        filled = np.moveaxis(columns, -1, 0)
        for (i, j), met in windows.views(wide):
            filled[:, :, i, j] = met
        return columns.reshape(self.groups, prod(columns.shape[:3]) // self.groups, -1)

    def _heaps(self, weight: Array) -> Array:
        """The filters as (groups, filters / groups, C / groups * height * width of the filter)."""
        return weight.reshape(self.groups, self.filters // self.groups, -1)


@dataclass(frozen=True, slots=True)
class QuickDense(Dense):
    """A dense layer as one product."""

    def forward(self, v: Values) -> None:
        """Multiply the pictures, as rows, by the weights."""
        v["out"] = v["x"] @ v["weight"].T + v["bias"]

    def backward(self, v: Values, d: Values) -> None:
        """The gradients of x and of the weights are products as well."""
        dout = d["out"]
        rows = dout.reshape(-1, self.units)
        d["x"] = dout @ v["weight"]
        d["weight"] = rows.T @ v["x"].reshape(len(rows), -1)
        d["bias"] = rows.sum(0)


def _pictures_last(x: Array) -> Array:
    """(..., C, H, W) as (C, H, W, N), contiguous; nothing is copied where it lies so already."""
    return np.ascontiguousarray(np.moveaxis(x.reshape(-1, *x.shape[-3:]), 0, -1))


def _pictures_first(memory: Array, batch: tuple[int, ...]) -> Array:
    """(C, H, W, N) as (..., C, H, W), a view."""
    return np.moveaxis(memory, -1, 0).reshape(*batch, *memory.shape[:-1])


def quick(network: Network, head: str) -> Network:
    """The part of a network that leads to the node ``head``, with quick layers; ``engine`` runs it.

    In front of the first layer that learns, gradients are left out or incomplete: nothing needs them.
    """
    needed = {head}
    for node in reversed(network.nodes):
        if node.name in needed:
            needed |= set(node.inputs)
    nodes: list[Node] = []
    learning: set[str] = set()  # nodes that learn, or read one that does
    for node in (node for node in network.nodes if node.name in needed):
        first = learning.isdisjoint(node.inputs)
        if node.layer.learns or not first:
            learning.add(node.name)
        nodes.append(replace(node, layer=_quicker(node, first)))
    return replace(network, nodes=tuple(nodes))


def _quicker(node: Node, first: bool) -> Layer:
    """The quick layer in place of a node's own, if there is one."""
    layer = node.layer
    if isinstance(layer, Conv2d):
        return QuickConv2d(**{field.name: getattr(layer, field.name) for field in fields(layer)}, first=first)
    return QuickDense(layer.units) if isinstance(layer, Dense) else layer

"""Axes that a reduction takes away: the shape without them, and the part of x that one result is made of."""

from __future__ import annotations

from sheetnet.grid import Shape
from sheetnet.layers.options import as_axes
from sheetnet.layers.ranges import Part


def shape_without(who: str, axes: tuple[int, ...], shape: Shape, *, keep: bool) -> Shape:
    """Without the axes, or with 1 in their places. NetworkError where an axis is not there, or there twice."""
    gone = as_axes(who, axes, shape)
    return tuple(1 if k in gone else n for k, n in enumerate(shape) if keep or k not in gone)


def part_of(axes: tuple[int, ...], shape: Shape, index: tuple[int, ...], *, keep: bool) -> Part:
    """What of x goes into the result at ``index``."""
    gone = {axis % len(shape) for axis in axes}
    own = iter(index)
    part: list[int | slice] = []
    for k, size in enumerate(shape):
        place = next(own) if keep or k not in gone else 0
        part.append(slice(0, size) if k in gone else place)
    return tuple(part)

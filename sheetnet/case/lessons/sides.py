"""The photo of a lesson, and whatever in lesson.toml follows from how large it is.

[photo]  shape = [1, 40, 40], and perhaps range = [24, 96]: the sides that ``--size`` may choose
{ side = "height", less = 1, over = 2 }      (height - 1) // 2, as a map has rows that lie 2 apart
{ side = "longer", into = 250 }              the pixels of a cell, so that all of them together have 250 at most
{ side = "longer", filled = 250 }            the pixels of all of them together, with such cells
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.tables import between, get, refuse_unknown

MOST_PHOTO = 96  # pixels of a side
MOST_FILLED = 2_000  # pixels of the screen
SIDE = "side"
SIDES = ("height", "width", "longer")


def photo_shape(spec: Mapping[str, Any], sides: tuple[int, int] | None = None) -> Shape | None:
    """The shape (C, H, W) of the photo that a lesson takes, or None. ``sides``: the height and width asked for."""
    if "photo" not in spec:
        return None
    table = get(spec, "photo", Mapping, "lesson")
    refuse_unknown(table, {"shape", "picture", "range"}, "[photo]")
    shape = tuple(get(table, "shape", list, "[photo]"))
    whole = all(type(side) is int and 1 <= side <= MOST_PHOTO for side in shape[1:])
    if len(shape) != 3 or shape[0] not in (1, 3) or not whole:
        raise NetworkError(f"[photo]: shape is {shown(list(shape))}; use [1 or 3, height, width], up to {MOST_PHOTO}")
    span = photo_range(spec)
    if span is not None and not all(span[0] <= side <= span[1] for side in shape[1:]):
        raise NetworkError(f"[photo]: shape lies outside of range = {list(span)}; change one of them")
    if sides is None:
        return shape
    if span is None:
        raise NetworkError(f"--size: the lesson takes photos of {shape[1]}x{shape[2]} only; leave --size out")
    asked = "x".join(map(str, sides))
    if not all(span[0] <= side <= span[1] for side in sides):
        raise NetworkError(f"--size: {asked} does not suit the lesson; use sides of {span[0]} to {span[1]} pixels")
    if max(sides) > 2 * min(sides):  # a narrow map has no room for its label
        raise NetworkError(f"--size: {asked} is too narrow for the lesson; make no side more than twice the other")
    return (shape[0], *sides)


def photo_range(spec: Mapping[str, Any]) -> tuple[int, int] | None:
    """The least and the most that a side of the photo may have, where a lesson leaves that open."""
    if "range" not in (table := get(spec, "photo", Mapping, "lesson", {})):
        return None
    span = get(table, "range", list, "[photo]")
    if len(span) != 2 or not all(type(end) is int for end in span) or not 1 <= span[0] < span[1] <= MOST_PHOTO:
        raise NetworkError(f"[photo]: range is {shown(span)}; use [least, most], up to {MOST_PHOTO}")
    return span[0], span[1]


def settled(entry: Any, shape: Shape | None, where: str = "lesson") -> Any:
    """The same entry, with a number in the place of each table that names a side of the photo."""
    if isinstance(entry, list):
        return [settled(one, shape, where) for one in entry]
    if not isinstance(entry, Mapping):
        return entry
    if isinstance(entry.get(SIDE), str) and entry[SIDE] in SIDES:
        return _number(entry, shape, where)
    return {key: settled(one, shape, str(entry.get("name", key))) for key, one in entry.items()}


def _number(entry: Mapping[str, Any], shape: Shape | None, where: str) -> int:
    """What a table with a side of the photo stands for. ``where``: the entry that it stands in."""
    told = f"{shown(where)}, side {entry[SIDE]}"
    if shape is None:
        raise NetworkError(f"{told}: the lesson takes no photo; write [photo] with a shape")
    side = {"height": shape[1], "width": shape[2], "longer": max(shape[1:])}[entry[SIDE]]
    if len(pixels := entry.keys() & {"into", "filled"}):
        refuse_unknown(entry, {SIDE, min(pixels)}, told)
        cell = max(1, int(between(entry, min(pixels), 1, MOST_FILLED, told)) // side)
        return cell if "into" in pixels else cell * side
    refuse_unknown(entry, {SIDE, "less", "over"}, told)
    less = between(entry, "less", 0, MOST_PHOTO, told, 0)
    return int((side - less) // between(entry, "over", 1, MOST_PHOTO, told, 1))

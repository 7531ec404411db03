"""What a template lets the reader draw: a pad with a picture on it, samples to choose from, and a palette.

network.toml has a table [draw], or beside it lies a file draw.toml that holds the same, or it says draw = "digits",
the name of another template whose draw.toml it takes:

    pad = [[0, 5, ...], ...]  rows of whole numbers: grey levels 0 to levels, or numbers of colours
    samples = [{class = "3", rows = [[...], ...]}, ...]
    colors = [{name = "white", rgb = [255, 255, 255]}, ...]     only where the network sees colours

Where the samples come from is prose: ``samples`` in the template's en.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.layers import Array
from sheetnet.network import Network

MOST_SAMPLES, MOST_COLORS = 60, 16


@dataclass(frozen=True, eq=False)
class Drawing:
    """What the reader draws on, and with.

    ``picture``: what is on the pad at first, whole numbers (H, W). ``samples``: class and picture of each.
    ``colors``: name and light of each. Without ``colors`` a number is a grey level; with them it is the number of
    a colour, and the light of that (red, green, blue) is what the network sees.
    """

    picture: Array
    samples: tuple[tuple[str, Array], ...] = ()
    colors: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def suits(self, network: Network) -> bool:
        """Whether a network sees pictures of this size and depth."""
        channels, height, width = network.shape
        light = network.levels == 255 and channels == 3 if self.colors else channels == 1
        return self.picture.shape == (height, width) and light and self.pictures().max() <= self.most(network.levels)

    def most(self, levels: int) -> int:
        """The largest number in a picture."""
        return len(self.colors) - 1 if self.colors else levels

    def pictures(self) -> Array:
        """The picture on the pad and the samples, (n, H, W)."""
        return np.stack([self.picture, *(picture for _, picture in self.samples)])

    def palette(self) -> Array | None:
        """(colours, 3), or None."""
        return np.array([light for _, light in self.colors], dtype=np.float64) if self.colors else None

    def x(self) -> Array:
        """What the network sees of the pad: (C, H, W)."""
        return self.seen(self.picture)

    def seen(self, picture: Array) -> Array:
        """What it sees of a picture (H, W): (C, H, W)."""
        palette = self.palette()
        return picture[None] if palette is None else np.moveaxis(palette[picture.astype(np.intp)], -1, 0)

    def with_photo(self, x: Array) -> Drawing:
        """The same with a photo (1, H, W) on the pad."""
        return replace(self, picture=x[0])

    def renamed(self, classes: Mapping[str, str]) -> Drawing:
        """The same with other names of classes, where ``classes`` has one."""
        return replace(self, samples=tuple((classes.get(name, name), picture) for name, picture in self.samples))


def drawing_of(table: Any, network: Network) -> Drawing:
    """The [draw] of a template, checked. NetworkError says what is wrong."""
    known = {"pad", "samples", "colors"}
    if not isinstance(table, Mapping) or set(table) - known:
        raise NetworkError(f"[draw] takes {', '.join(sorted(known))}")
    colors = tuple(_color(entry) for entry in _list(table, "colors"))
    if len(colors) == 1 or len(colors) > MOST_COLORS:
        raise NetworkError(f"[draw]: {len(colors)} colors; use 2 to {MOST_COLORS}")
    if network.shape[0] != (3 if colors else 1):
        raise NetworkError("[draw]: an input of 1 channel is drawn in grey, one of 3 channels with colors, no other")
    if colors and network.levels != 255:
        raise NetworkError("[draw]: colors are numbers from 0 to 255, so the levels of the input must be 255")
    most = len(colors) - 1 if colors else network.levels
    picture = _matrix(table.get("pad", np.zeros(network.shape[1:]).tolist()), "the pad", network, most)
    samples = []
    for entry in _list(table, "samples"):
        if not isinstance(entry, Mapping) or set(entry) != {"class", "rows"} or entry["class"] not in network.classes:
            raise NetworkError(
                "[draw]: each of the samples needs class, which must be one of the network's, and rows"
            )
        samples.append((str(entry["class"]), _matrix(entry["rows"], f"sample {entry['class']!r}", network, most)))
    if len(samples) > MOST_SAMPLES:
        raise NetworkError(f"[draw]: {len(samples)} samples; use at most {MOST_SAMPLES}")
    return Drawing(picture, tuple(samples), colors)


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise NetworkError(f"[draw]: {key} is {shown(value)}; use a list")
    return value


def _color(entry: Any) -> tuple[str, tuple[int, ...]]:
    light = entry.get("rgb") if isinstance(entry, Mapping) and set(entry) == {"name", "rgb"} else None
    if not isinstance(light, list) or len(light) != 3 or not all(type(n) is int and 0 <= n <= 255 for n in light):
        raise NetworkError("[draw]: each of the colors needs name and rgb, three whole numbers from 0 to 255")
    return str(entry["name"]), tuple(light)


def _matrix(rows: Any, what: str, network: Network, most: int) -> Array:
    _, height, width = network.shape
    try:
        found = np.asarray(rows)
    except ValueError:
        found = np.empty(0)
    if found.shape != (height, width) or found.dtype.kind not in "iuf":
        raise NetworkError(f"[draw]: {what} must be {height} rows of {width} numbers")
    if not np.all((found >= 0) & (found <= most) & (found == np.floor(found))):
        raise NetworkError(f"[draw]: a number of {what} is not a whole number from 0 to {most}")
    return found.astype(np.float64)

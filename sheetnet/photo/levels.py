"""Wide greys, of 16 or 32 bits or in fractions: what their file means by them, and the same in 8 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from sheetnet.errors import PhotoError

_ROWS = 256  # that are scaled at once
_PHOTOMETRIC, _WHITE_IS_0 = 262, 0  # tags of TIFF 6.0, and their values
_SAMPLE_FORMAT, _UNSIGNED = 339, 1

# Pillow does not know all wide greys in which 0 is white. It reads them as it reads others; ``as_told`` turns them.
for _key, _modes in list(TiffImagePlugin.OPEN_INFO.items()):
    if _key[1] == 1 and (_modes[0] in ("I", "F") or _modes[0].startswith("I;16")):
        TiffImagePlugin.OPEN_INFO.setdefault((_key[0], _WHITE_IS_0, *_key[2:]), _modes)


def as_told(image: Image.Image) -> NDArray[Any]:
    """The grey levels of a picture as its file means them: without a sign, and with 0 for black.

    Pillow reads TIFF of 32 bits as signed, and turns pictures in which 0 is white only where they have 8 bits.
    """
    values = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    if values.dtype == np.int32 and tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))[0] == _UNSIGNED and tags:
        values = values.view(np.uint32)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_0:
        white = 1.0 if values.dtype.kind == "f" and values.max() <= 1 else _brightest(values)
        values = white - values
    return values


def _brightest(values: NDArray[Any]) -> Any:
    """The level that is white, in the type of the values."""
    if values.dtype.kind == "f":
        return values.dtype.type(255)
    most = int(np.iinfo(values.dtype).max)
    fits = [white for white in (255, 65535) if values.dtype.itemsize == 4 and values.max() <= white]
    return values.dtype.type(min([*fits, most]))


def eight_bits(values: NDArray[Any], where: str, known: int | None = None) -> NDArray[np.uint8]:
    """Scale grey levels of 16 or 32 bits, or fractions, to 0..255.

    Few files say which level is white, so it follows from the brightest one. White is 1 in fractions, or 255 where
    one is above 1. In whole numbers it is 65535, or the brightest one where that is above 65535; in numbers of 32
    bits that are all up to 255, it is 255. ``known``: the level that is white, where somebody says so.
    """
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise PhotoError(f"{where}: some pixels are no numbers (NaN or infinite). Save the picture as PNG.")
        scale = 255 if values.max() <= 1 else 1
        return _by_rows(values, lambda rows: np.rint(np.clip(rows * scale, 0, 255)))
    top, is_wide = int(values.max()), values.dtype.itemsize == 4
    white = known or (255 if is_wide and top <= 255 else max(65535, top))
    shift = white.bit_length() - 16 if white > 65535 else 0  # So a table of 16 bits serves for 32 bits as well.
    white >>= shift
    table: NDArray[np.uint8] = ((np.arange(white + 1) * 255 + white // 2) // white).astype(np.uint8)
    return _by_rows(values, lambda rows: table[np.maximum(rows, 0) >> shift])


def _by_rows(values: NDArray[Any], function: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[np.uint8]:
    """Bytes that a function makes of some rows at a time: of a large photo, copies would take a gigabyte."""
    made = np.empty(values.shape, dtype=np.uint8)
    for start in range(0, len(values), _ROWS):
        made[start : start + _ROWS] = function(values[start : start + _ROWS])
    return made

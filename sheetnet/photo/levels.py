"""Wide greys, of 16 or 32 bits or in fractions: what their file means by them, and the same in 8 bits.

    grey = 255 * value / white      or 255 * (white - value) / white, where 0 is white

What is white is told by the file where it can be. Its values say nothing of it: a picture that is nearly black all
over is black, whatever its brightest pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sheetnet.errors import PhotoError
from sheetnet.photo import tiff

NARROWER = 16  # times that greys become brighter which use so much less than there is
_WHITES = (255, 4095, 65535)  # the levels that white has in 8, 12 and 16 bits
_FRACTIONS = 2.0  # the brightest that greys from 0 to 1 may become where a program sharpened or enlarged them
_ROWS = 256  # that are scaled at once


def is_wide(image: Image.Image) -> bool:
    """Whether a picture has greys of more than 8 bits, or fractions."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def as_told(image: Image.Image) -> tuple[NDArray[Any], float]:
    """The grey levels of a picture as its file means them, with 0 for black; and the level that is white.

    A TIFF says how many bits its numbers have: white is the largest of them, and 32767 in 16 bits with a sign. A PNG
    has 16 bits. Of whole numbers of 32 bits with a sign, of fractions, and of pictures in memory nobody says what is
    white. There it is 255, or in whole numbers above that 65535, or the brightest one above that; in fractions 1,
    where none is above 2.
    """
    values, tags = np.asarray(image), tiff.tags_of(image)
    bits = 0 if tags is None else tags[tiff.BITS]
    if values.dtype == np.int32 and bits == 32 and tags is not None and tags[tiff.SAMPLE_FORMAT] == tiff.UNSIGNED:
        values = values.view(np.uint32)
    white_is_0 = tags is not None and tags[tiff.PHOTOMETRIC] == tiff.WHITE_IS_0
    white: float
    if values.dtype.kind == "f":
        white = 1.0 if values.max() <= _FRACTIONS else 255.0
    elif values.dtype.kind == "u":
        white = 2.0**bits - 1 if bits else 65535.0
    elif bits == 32 and white_is_0:  # no other number can be meant
        white = 2.0**31 - 1
    elif bits == 16:
        white = 32767.0
    elif image.format == "PNG":
        white = 65535.0
    else:
        top = int(values.max())
        white = 255.0 if top <= 255 else float(max(65535, top))
    if white_is_0:
        values = values.dtype.type(white) - np.maximum(values, 0)
    return values, white


def narrow(values: NDArray[Any], white: float) -> int | None:
    """The level that is white to whoever made greys which use a sixteenth of their levels at most; None of others.

    Of 16 bits, 12 are meant. Greys that use 8 of 16 are dark, and are not taken for others.
    """
    top = int(values.max()) if values.dtype.kind == "u" else 0
    if white < 65535 or not 0 < top <= white / NARROWER or (white == 65535 and top <= 255):
        return None
    return next((one for one in _WHITES if top <= one), top)


def eight_bits(values: NDArray[Any], white: float, where: str) -> NDArray[np.uint8]:
    """Scale grey levels to 0..255; what is above ``white`` is white, and what is below 0 black."""
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise PhotoError(f"{where}: some pixels are no numbers (NaN or infinite). Save the picture as PNG.")
        scale = 255 / white
        return _by_rows(values, lambda rows: np.rint(np.clip(rows * scale, 0, 255)))
    most = int(white)
    shift = max(0, most.bit_length() - 16)  # so a table of 16 bits serves for 32 bits as well
    top = most >> shift
    table: NDArray[np.uint8] = ((np.arange(top + 1) * 255 + top // 2) // top).astype(np.uint8)
    return _by_rows(values, lambda rows: table[np.clip(rows, 0, most) >> shift])


def _by_rows(values: NDArray[Any], function: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[np.uint8]:
    """Bytes that a function makes of some rows at a time: of a large photo, copies would take a gigabyte."""
    made = np.empty(values.shape, dtype=np.uint8)
    for start in range(0, len(values), _ROWS):
        made[start : start + _ROWS] = function(values[start : start + _ROWS])
    return made

"""Any picture that somebody gives -> one plain picture: from a file, from bytes, or from memory.

(H, W), (H, W, 3)      a NumPy array of 0 to 255: grey, or red, green and blue
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sheetnet.errors import PhotoError
from sheetnet.photo.files import MAX_BYTES, check_size, decode, read, upright
from sheetnet.photo.tiff import is_tiff

_WANTED = "Give a path, bytes, an open binary file, a PIL image, or a NumPy array (H, W) or (H, W, 3) of 0 to 255."


def contents(picture: Any, where: str) -> bytes | Image.Image:
    """The bytes of a file, or the picture that is in memory already. PhotoError for anything else."""
    if isinstance(picture, str | Path):
        return read(Path(picture), where)
    if isinstance(picture, np.ndarray):
        return _of_array(picture, where)
    if isinstance(picture, Image.Image):
        return picture
    if hasattr(picture, "read"):
        try:
            picture = picture.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: it is closed, or its bytes are no text
            raise PhotoError(f"{where}: the file cannot be read; open it again in binary mode (rb).") from error
        if isinstance(picture, str):
            raise PhotoError(f"{where}: the file is open as text; open it in binary mode (rb).")
    if not isinstance(picture, bytes | bytearray | memoryview):
        raise PhotoError(f"{where}: a {type(picture).__name__} is no picture. {_WANTED}")
    data = bytes(picture)
    if not data:
        raise PhotoError(
            f"{where}: there are no bytes. If a file was read before, go back to its beginning (seek(0))."
        )
    if len(data) > MAX_BYTES:
        raise PhotoError(
            f"{where}: more than {MAX_BYTES // 10**6} MB; at most that are read. Save the photo smaller."
        )
    return data


def is_noisy(given: bytes | Image.Image) -> bool:
    """Whether a picture may be a TIFF, whose decoder prints what it finds odd."""
    return given.format == "TIFF" if isinstance(given, Image.Image) else is_tiff(given)


def plain(given: bytes | Image.Image, where: str, *, stretch: bool = False) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture as plain RGB, upright; and what was done to read it. ``stretch``: see ``decode``."""
    if isinstance(given, Image.Image):
        check_size(given.size, where)
        return upright(given, where, stretch=stretch)
    return decode(given, where, stretch=stretch)


def _of_array(values: NDArray[Any], where: str) -> Image.Image:
    """An array as a picture. PhotoError for another shape, for no numbers, and for numbers beyond 0 to 255."""
    if values.ndim not in (2, 3) or values.shape[2:] not in ((), (3,)) or values.size == 0:
        raise PhotoError(f"{where}: the array has shape {values.shape}; give (H, W) or (H, W, 3).")
    check_size((values.shape[1], values.shape[0]), where)
    if values.dtype.kind not in "iuf":
        raise PhotoError(f"{where}: the array holds {values.dtype}; give numbers of 0 to 255.")
    least, most = values.min(), values.max()
    if not 0 <= least <= most <= 255:  # false for what is no number as well
        raise PhotoError(f"{where}: the array holds {least:g} to {most:g}; give numbers of 0 to 255.")
    if values.dtype.kind == "f" and 0 < most <= 1 and (values != np.rint(values)).any():
        raise PhotoError(f"{where}: the array holds fractions of 1; multiply it by 255.")
    return Image.fromarray(np.ascontiguousarray(np.rint(values).astype(np.uint8)))

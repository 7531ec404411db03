"""JPEG: how many scans a picture has, one whose end marker is missing, and one that is reduced while it is decoded.

A picture without its end marker may be whole. It is where bytes that follow its own make no difference: a decoder
that still waits for numbers would take them for numbers.
"""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image, ImageChops
from PIL.JpegImagePlugin import JpegImageFile

MAX_SCANS = 200
"""The most scans of a JPEG. Each is a pass over all of the picture; programs write up to 10 of them."""
MAX_REDUCED = 200_000_000
"""The most pixels of a JPEG that is reduced while it is decoded, as those of phones are."""
FACTOR = 4  # times that the sides of such a picture become smaller

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # of a JPEG (ITU T.81, B.1.1.3)
_BEGIN, _SCAN, _END = b"\xff\xd8", 0xDA, 0xD9
_FINISH = b"\xff\xd9"
_MORE = bytes(range(1, 240)) * 16  # numbers, for a decoder that still waits for some


def is_jpeg(data: bytes) -> bool:
    """Whether a file begins as a JPEG does."""
    return data[:2] == _BEGIN


def scans(data: bytes) -> int:
    """How many scans the first picture of a JPEG has, counted up to one more than is allowed; 0 of another file.

    A scan ends at a marker, a byte FF that no 0, no other FF and no restart follows. Other segments say their length.
    """
    return _walked(data)[0]


def ends(data: bytes) -> bool:
    """Whether the first picture of a JPEG has its end marker, or has too many scans to look for it."""
    return _walked(data)[1]


def _walked(data: bytes) -> tuple[int, bool]:
    at, found = 2, 0
    while is_jpeg(data) and found <= MAX_SCANS:
        marker = _MARKER.search(data, at)
        if marker is None or marker.end() + 2 > len(data):
            return found, marker is not None and data[marker.start() + 1] == _END
        if data[marker.start() + 1] == _END:
            break
        found += data[marker.start() + 1] == _SCAN
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return found, True


def large(data: bytes) -> Image.Image:
    """Open a JPEG of any size. Pillow's own ``open`` refuses one of more than 178 megapixels."""
    return JpegImageFile(BytesIO(data))


def is_reducible(image: Image.Image) -> bool:
    """Whether a picture can be reduced while it is decoded, row by row; of a progressive one all must be held."""
    progressive = image.info.get("progressive") or image.info.get("progression")
    return isinstance(image, JpegImageFile) and not progressive and image.width * image.height <= MAX_REDUCED


def reduce(image: Image.Image) -> None:
    """Let a picture be decoded with smaller sides."""
    image.draft(None, (image.width // FACTOR, image.height // FACTOR))


def finished(data: bytes, factor: int = 1) -> Image.Image | None:
    """A decoded JPEG whose end marker is missing; None where more than that is missing. ``factor``: of reducing."""
    rest = data.rstrip(b"\xff\0")
    images = []
    for more in (b"", _MORE):
        image = large(rest + more + _FINISH)
        if factor > 1:
            reduce(image)
        image.load()
        images.append(image)
    first, second = images
    if first.size != second.size or ImageChops.difference(first, second).getbbox() is not None:
        return None
    return first

"""JPEG: what its segments tell, whether all of its picture is there, and one that is reduced while it is decoded.

A picture without its end marker may be whole, and one with it may be cut: programs put a marker behind what they
have. So each scan is asked which bits of which coefficients it brings; all must have come. Whether the last scan
goes on to its end is tried: bytes that follow its own make no difference then, while a decoder that still waits for
numbers would take them for numbers. A baseline picture that was cut is grey where it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops
from PIL.JpegImagePlugin import JpegImageFile

MAX_SCANS = 200
"""The most scans of a JPEG. Each is a pass over all of the picture; programs write up to 10 of them."""
MAX_REDUCED = 200_000_000
"""The most pixels of a JPEG that is reduced while it is decoded, as those of phones are."""
FACTOR = 4  # times that the sides of such a picture become smaller

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # of a JPEG (ITU T.81, B.1.1.3)
_BEGIN, _SCAN, _END = b"\xff\xd8", 0xDA, 0xD9
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers of a frame (ITU T.81, table B.1)
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_ALL = (1 << 64) - 1  # the coefficients of a block, a bit each
_FINISH = b"\xff\xd9"
_MORE = bytes(range(1, 240)) * 16  # numbers, for a decoder that still waits for some
_ZEROS = 4  # bytes at the end that are taken for numbers where there is no end marker
_BLOCK, _GREY = 8, 128  # pixels of the side of a block; the level of one that has no numbers


def is_jpeg(data: bytes) -> bool:
    """Whether a file begins as a JPEG does."""
    return data[:2] == _BEGIN


@dataclass(frozen=True, slots=True)
class Told:
    """What the segments of the first picture tell.

    ``scans``: how many there are, counted up to one more than is allowed; ``ended``: whether the end marker is there,
    or there are too many scans to look for it; ``end``: where it begins, or else where the file ends; ``has_all``:
    whether the scans bring every bit of every coefficient; ``progressive``: whether they bring them bit by bit.
    """

    scans: int = 0
    ended: bool = True
    end: int = 0
    has_all: bool = True
    progressive: bool = False


def told(data: bytes) -> Told:
    """Walk over the markers of a JPEG; nothing is told of another file.

    A scan ends at a marker, a byte FF that no 0, no other FF and no restart follows. Other segments say their length.
    """
    at, scans, progressive = 2, 0, False
    lacking: dict[int, int] = {}  # of each component, the coefficients whose last bit has not come
    while is_jpeg(data) and scans <= MAX_SCANS:
        marker = _MARKER.search(data, at)
        if marker is None or data[marker.start() + 1] == _END:
            end = len(data) if marker is None else marker.start()
            return Told(scans, marker is not None, end, not any(lacking.values()), progressive)
        kind = data[marker.start() + 1]
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
        body = data[marker.end() + 2 : at]
        if kind in _FRAMES:
            progressive = kind in _PROGRESSIVE
            lacking = dict.fromkeys(body[6::3], _ALL)
        elif kind == _SCAN:
            scans += 1
            _take(body, lacking, progressive=progressive)
    return Told(scans)


def _take(body: bytes, lacking: dict[int, int], *, progressive: bool) -> None:
    """Take away what a scan brings from what is lacking."""
    count = body[0] if body else 0
    components, rest = body[1 : 1 + 2 * count : 2], body[1 + 2 * count : 4 + 2 * count]
    if len(rest) < 3:
        return
    first, last, bits = rest if progressive else (0, 63, 0)
    if not bits & 15 and first <= last < 64:  # the place of the lowest bit that it brings: 0 is the last one
        brought = ((1 << (last - first + 1)) - 1) << first
        lacking.update({one: lacking.get(one, 0) & ~brought for one in components})


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


def loaded(image: Image.Image, data: bytes, about: Told, factor: int = 1) -> Image.Image | None:
    """A JPEG that is open, decoded; None where a part of its picture is missing. ``about``: see ``told``.

    ``factor``: of reducing. Of a baseline picture with an end marker, what is missing of the last block alone is not
    looked for: that would take twice the time.
    """
    if not about.has_all:
        return None
    rest = data[: about.end]
    if not about.ended:  # a disk or a network fills up with zeros; a few of them may be of the scan, as may FF 00
        rest = data[: len(data.rstrip(b"\xff\0")) + _ZEROS].rstrip(b"\xff")
    first = image if about.ended else _reduced(large(rest + _FINISH), factor)
    first.load()
    if about.ended and not about.progressive and not _is_grey(first):
        return first
    second = _reduced(large(rest + _MORE + _FINISH), factor)
    same = first.size == second.size and ImageChops.difference(first, second).getbbox() is None
    return first if same else None


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    if factor > 1:
        reduce(image)
    return image


def _is_grey(image: Image.Image) -> bool:
    """Whether the last block of a picture is as one that no numbers came for."""
    width, height = image.size
    corner = image.crop((max(0, width - _BLOCK), max(0, height - _BLOCK), width, height))
    return bool((np.abs(np.asarray(corner, dtype=int) - _GREY) <= 1).all())

"""What a workbook shows of a photo: the pixels that the network gets, each a square, and the photo itself, small."""

from __future__ import annotations

import struct
import zlib
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

BRIGHTEST = 255
"""The largest value of a pixel where a network does not say otherwise."""

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom: shares of a photo's width and height

PICTURE_SIDE, ORIGINAL_SIDE = 197, 240  # pixels of the longer side, at most: of the squares, of the small photo
SMALLEST = 3  # pixels a side: smaller squares have no lines between them
LINE, FRAME = (128, 128, 128), (255, 225, 77)  # colours: between squares; around the part of a photo that was taken


def squares(x: NDArray[Any], levels: int) -> Image.Image:
    """Pixels (C, H, W), each enlarged to a square, with thin lines between squares that are large enough."""
    rows = np.moveaxis(np.rint(x * (BRIGHTEST / levels)).astype(np.uint8), 0, -1)
    height, width, _ = rows.shape
    side = (PICTURE_SIDE - 1) // max(height, width) - 1
    if side >= SMALLEST:
        lined = np.full((height, side + 1, width, side + 1, 3), LINE, dtype=np.uint8)
        lined[:, 1:, :, 1:] = rows[:, np.newaxis, :, np.newaxis]
        framed = np.full((height * (side + 1) + 1, width * (side + 1) + 1, 3), LINE, dtype=np.uint8)
        framed[:-1, :-1] = lined.reshape(height * (side + 1), -1, 3)
        return Image.fromarray(framed)
    image = Image.fromarray(np.ascontiguousarray(rows[..., 0] if rows.shape[2] == 1 else rows))
    factor = PICTURE_SIDE // max(height, width)
    if factor:
        return image.resize((width * factor, height * factor), Image.Resampling.NEAREST)
    return image.resize(_within(PICTURE_SIDE, width, height), Image.Resampling.LANCZOS)


def framed(x: NDArray[Any], levels: int, top: int, left: int, side: int) -> Image.Image:
    """Pixels (C, H, W) as squares; a frame in black and white, for copying machines, around ``side`` x ``side``."""
    image = squares(x, levels).convert("RGB")
    step = image.width / x.shape[2]
    box = [round(end * step) for end in (left, top, left + side, top + side)]
    draw = ImageDraw.Draw(image)
    for inset, color in ((0, (0, 0, 0)), (2, (255, 255, 255)), (4, (0, 0, 0))):
        corners = (box[0] + inset, box[1] + inset, min(box[2], image.width - 1) - inset)
        draw.rectangle((*corners, min(box[3], image.height - 1) - inset), outline=color, width=2)
    return image


def original(image: Image.Image, box: Box | None) -> Image.Image:
    """A small copy of a photo; a frame marks the part ``box`` of it."""
    if max(image.size) > ORIGINAL_SIDE:
        image = image.resize(_within(ORIGINAL_SIDE, *image.size), Image.Resampling.LANCZOS)
    image = image.convert("RGB")
    if box is not None:
        corners = [round(share * (side - 1)) for share, side in zip(box, image.size * 2, strict=True)]
        ImageDraw.Draw(image).rectangle(corners, outline=FRAME, width=3)
    return image


def _within(side: int, width: int, height: int) -> tuple[int, int]:
    scale = side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def png(image: Image.Image) -> bytes:
    """Write an L or RGB image as PNG: pixels and nothing else (https://www.w3.org/TR/png-3).

    Nearly every release of Pillow brings another compressor; with Python's, the same pixels give the same bytes.
    """
    rows = np.asarray(image).reshape(image.height, -1)
    filtered = np.empty((image.height, 1 + rows.shape[1]), dtype=np.uint8)
    filtered[:, 0] = 2  # Filter "Up": each row as its difference, modulo 256, from the row above.
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    colour_type = 0 if image.mode == "L" else 2
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )

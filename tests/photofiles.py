"""Photo files made by hand for the tests of photos, and what is asked of every photo that was read."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sheetnet import photo
from sheetnet.errors import PhotoError
from sheetnet.photo import load

SAMPLES = Path(__file__).parent.parent / "samples"
RED, WHITE = (255, 0, 0), (255, 255, 255)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG made by hand, for what Pillow does not write. ``rows`` has a filter byte before each row."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A small ICC display profile (version 2.1) made by hand."""
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">I4s4s4s4s4s", start + len(data), b"none", b"\x02\x10\0\0", b"mntr", space, b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + table + data


def curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(value * 65536) for value in values))


RED_XYZ, GREEN_XYZ, BLUE_XYZ = (
    xyz(0.4361, 0.2225, 0.0139),
    xyz(0.3851, 0.7169, 0.0971),
    xyz(0.1431, 0.0606, 0.7141),
)
SWAPPED = profile(  # A screen whose red lamp shines green, and the other way round.
    b"RGB ",
    {
        b"rXYZ": GREEN_XYZ,
        b"gXYZ": RED_XYZ,
        b"bXYZ": BLUE_XYZ,
        b"rTRC": curve(2.2),
        b"gTRC": curve(2.2),
        b"bTRC": curve(2.2),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
    },
)


def colour(path: Path, channels: int = 3) -> list[float]:
    """The colour of a picture that has one colour only."""
    x = load(path, (channels, 2, 2)).x
    assert (x == x[:, :1, :1]).all()
    return x[:, 0, 0].tolist()


def pixels(path: Path, shape: tuple[int, int, int]) -> np.ndarray:
    return load(path, shape).x


def message(path: Path, shape: tuple[int, int, int] = (3, 4, 4), **options: str) -> str:
    with pytest.raises(PhotoError) as caught:
        load(path, shape, **options)  # type: ignore[arg-type]
    text = str(caught.value)
    assert text.isprintable()
    assert text.endswith(".")
    return text


def is_valid(result: photo.Photo, shape: tuple[int, int, int]) -> bool:
    x = result.x
    with Image.open(BytesIO(result.picture)) as picture:
        picture.load()
        return (
            x.shape == shape
            and x.dtype == np.float64
            and bool(((x >= 0) & (x <= 255) & (x == np.floor(x))).all())
            and 96 < max(picture.size) <= 197
        )


# Which way is up


STORED = {  # EXIF: which way the first stored row and column lie in the upright picture.
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda a: np.rot90(a, 1),
    7: lambda a: np.rot90(a, 2).T,
    8: lambda a: np.rot90(a, -1),
}
UPRIGHT = np.array([[0, 50, 100], [150, 200, 250]], dtype=np.uint8).repeat(16, 0).repeat(16, 1)


# Hostile files


def attempt(path: Path, data: bytes) -> bool:
    """Try a file that may be broken: a sound photo or one sound message, nothing else."""
    path.write_bytes(data)
    result, text = None, ""
    try:
        result = load(path, (3, 5, 4))
    except PhotoError as error:
        text = str(error)
    if result is None:
        assert text.startswith(f"{path}: ")
        assert text.isprintable()
    else:
        assert is_valid(result, (3, 5, 4))
    return result is not None

"""Hostile pictures, a small generator for each kind; see ``kinds``. None is larger than some megabytes."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hostile.kinds import EITHER, READ, REFUSED, Kind, adder

KINDS: dict[str, Kind] = {}
BUILD = ("build", "{}", "--plain", "--engine", "stored", "-o", "{out}")
_kind = adder(KINDS)
Bytes = Callable[[], bytes]


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, depth: int, colour: int, *chunks: bytes, rows: int | None = None) -> bytes:
    """A black PNG. ``colour``: 0 grey, 2 colours, 6 colours and see-through; ``rows``: fewer than it says."""
    bits = {0: 1, 2: 3, 6: 4}[colour] * depth
    packer = zlib.compressobj(9)
    line = b"" if rows == 0 else bytes(1 + (width * bits + 7) // 8)
    pixels = b"".join(packer.compress(line) for _ in range(height if rows is None else rows)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def saved(size: tuple[int, int], form: str, mode: str = "RGB", **options: Any) -> bytes:
    """A picture of one colour, in a form that Pillow writes."""
    out = BytesIO()
    Image.new(mode, size, 0).save(out, form, **options)
    return out.getvalue()


def noise(form: str, **options: Any) -> bytes:
    """A small picture of many colours."""
    out = BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def frames(count: int) -> bytes:
    """A GIF of so many pictures."""
    out = BytesIO()
    pictures = [Image.new("L", (8, 8), number % 256) for number in range(count)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def scans(count: int) -> bytes:
    """A JPEG whose last scan comes again and again; each costs a pass over all of the picture."""
    data = saved((2000, 2000), "JPEG", "L", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start:-2] * count + data[-2:]


def tiff(*tags: tuple[int, int, int, int], data: bytes = b"") -> bytes:
    """A TIFF with these tags (number, type, count, value), whatever they say."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + data


def sized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG that says it is larger."""
    data = saved((16, 16), "JPEG")
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def bomb(size: int) -> bytes:
    """So many zeros, packed."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


TAGS, EIGHT_BY_EIGHT = (256, 257, 258, 259, 262, 273, 279), (8, 8, 8, 1, 1, 8, 64)
STRIP = tuple((tag, 4, 1, value) for tag, value in zip(TAGS, EIGHT_BY_EIGHT, strict=True))
_FILES: dict[str, tuple[str, str, str, Bytes]] = {
    "cut-jpeg": (".jpg", REFUSED, "cut short", lambda: noise("JPEG")[:1500]),
    "cut-png": (".png", REFUSED, "cut short", lambda: noise("PNG")[:2000]),
    "cut-webp": (".webp", REFUSED, "", lambda: noise("WEBP")[:500]),
    "rows-missing": (".png", EITHER, "", lambda: png(400, 400, 8, 2, rows=10)),
    "empty": (".jpg", REFUSED, "empty", lambda: b""),
    "zeros": (".jpg", REFUSED, "no picture", lambda: bytes(100_000)),
    "text": (".jpg", REFUSED, "no picture", lambda: b"not a photo\n" * 100),
    "one-pixel": (".png", READ, "", lambda: png(1, 1, 8, 2)),
    "no-pixel": (".png", REFUSED, "", lambda: png(0, 0, 8, 2)),
    "100000x1": (".png", READ, "", lambda: png(100_000, 1, 8, 2)),
    "1x100000": (".png", READ, "", lambda: png(1, 100_000, 8, 2)),
    "bomb-400-megapixels": (".png", REFUSED, "megapixels", lambda: png(20_000, 20_000, 1, 0, rows=9)),
    "bomb-4-gigapixels": (".jpg", REFUSED, "megapixels", lambda: sized_jpeg(65_500, 65_500)),
    "bomb-exabytes": (
        ".png",
        REFUSED,
        "",
        lambda: png((1 << 31) - 1, (1 << 31) - 1, 16, 6, rows=0),
    ),
    "49-megapixels": (".png", READ, "", lambda: png(7000, 7000, 1, 0)),
    "49-megapixels-alpha": (".png", READ, "", lambda: png(7000, 7000, 8, 6)),
    "49-megapixels-deep": (".png", READ, "", lambda: png(7000, 7000, 16, 0)),
    "frames-3000": (".gif", READ, "", lambda: frames(3000)),
    "scans-2000": (".jpg", REFUSED, "scans", lambda: scans(2000)),
    "profile-garbage": (
        ".png",
        READ,
        "",
        lambda: png(64, 64, 8, 2, chunk(b"iCCP", b"a\0\0" + bomb(1 << 20))),
    ),
    "profile-bomb": (".png", EITHER, "", lambda: png(64, 64, 8, 2, chunk(b"iCCP", b"a\0\0" + bomb(1 << 29)))),
    "text-bomb": (".png", EITHER, "", lambda: png(64, 64, 8, 2, chunk(b"zTXt", b"a\0\0" + bomb(1 << 29)))),
    "text-bombs": (".png", EITHER, "", lambda: png(64, 64, 8, 2, *[chunk(b"zTXt", b"a\0\0" + bomb(1 << 20))] * 90)),
    "exif-garbage": (".jpg", READ, "", lambda: noise("JPEG", exif=b"Exif\0\0II*\0" + b"\xff" * 300)),
    "exif-turned-by-99": (".jpg", READ, "", lambda: noise("JPEG", exif=b"Exif\0\0" + tiff((274, 3, 1, 99)))),
    "tiff-sound": (".tif", READ, "", lambda: tiff(*STRIP)),
    "tiff-huge": (".tif", REFUSED, "", lambda: tiff((256, 4, 1, 1 << 30), (257, 4, 1, 1 << 30), *STRIP[2:])),
    "tiff-counts": (".tif", EITHER, "", lambda: tiff(*STRIP[:5], (273, 4, 1 << 31, 8), (279, 4, 1 << 31, 64))),
    "tiff-text-of-4-GB": (".tif", EITHER, "", lambda: tiff(*STRIP, (305, 2, (1 << 32) - 1, 8))),
    "tiff-bits": (".tif", REFUSED, "", lambda: tiff(*STRIP[:2], (258, 3, 1, 65_535), *STRIP[3:])),
    "tiff-loop": (".tif", EITHER, "", lambda: tiff(*STRIP)[:-4] + struct.pack("<I", 8)),
    "tiff-samples": (".tif", REFUSED, "", lambda: tiff(*STRIP, (277, 3, 1, 65_535))),
    "ppm": (".ppm", REFUSED, "JPEG, PNG, GIF, BMP, TIFF, WebP, AVIF or HEIC", lambda: saved((64, 64), "PPM")),
    "ppm-as-jpg": (".jpg", REFUSED, "no picture", lambda: saved((64, 64), "PPM")),
    "dds": (".dds", REFUSED, "no picture", lambda: saved((64, 64), "DDS")),
    "ico": (".ico", REFUSED, "no picture", lambda: saved((64, 64), "ICO")),
    "tga": (".tga", REFUSED, "no picture", lambda: saved((64, 64), "TGA")),
    "eps": (".eps", REFUSED, "no picture", lambda: saved((64, 64), "EPS")),
    "pdf": (".pdf", REFUSED, "no picture", lambda: saved((64, 64), "PDF")),
    "svg": (".svg", REFUSED, "no picture", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "bmp-huge": (".bmp", REFUSED, "", lambda: saved((8, 8), "BMP")[:18] + bytes([0, 0, 0, 64] * 2 + [0] * 99)),
    "bmp-colours": (".bmp", EITHER, "", lambda: saved((8, 8), "BMP", "P")[:46] + b"\xff" * 4 + bytes(99)),
    "heic-garbage": (".heic", REFUSED, "", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\xff" * 999),
    "heic-boxes": (".heic", REFUSED, "", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x08meta" * 9999),
}


def _made(folder: Path, ending: str, make: Bytes) -> Path:
    path = folder / f"photo{ending}"
    path.write_bytes(make())
    return path


for _name, (_ending, _outcome, _says, _make) in _FILES.items():
    _kind(_name, _outcome, _says, BUILD)(lambda folder, e=_ending, make=_make: _made(folder, e, make))


def _at(folder: Path, make: Callable[[Path], object]) -> Path:
    make(folder / "photo.jpg")
    return folder / "photo.jpg"


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 << 30)


for _name, _says, _place in (
    ("device", "a pipe or a device", lambda path: path.symlink_to("/dev/zero")),
    ("pipe", "a pipe or a device", os.mkfifo),
    ("folder", "a folder", Path.mkdir),
    ("link-to-itself", "cannot be read", lambda path: path.symlink_to(path)),
    ("of-2-GB", "are read", _sparse),
    ("not-there", "no such file", lambda path: None),
):
    _kind(_name, REFUSED, _says, BUILD)(lambda folder, place=_place: _at(folder, place))


@_kind("name-of-300", REFUSED, "cannot be read", BUILD)
def _long(folder: Path) -> Path:
    return folder / f"{'n' * 300}.jpg"


@_kind("surrogate-name", READ, "", BUILD)
def _surrogate(folder: Path) -> Path:
    return _made(folder, os.fsdecode(b"\xff.jpg"), lambda: noise("JPEG"))

"""Greys in a TIFF are as bright as its tags say: what is nearly white is neither turned nor stretched."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sheetnet.photo import FLAT, NARROW, STRETCHED, load

SHORTS = (258, 259, 262, 277, 339)
LARGEST = {("u", bits): 2**bits - 1 for bits in (1, 2, 4, 8, 12, 16, 32)} | {("i", 16): 2**15 - 1, ("f", 32): 1}
FORMATS = {"u": 1, "i": 2, "f": 3}
KINDS = [(*one, order) for one in LARGEST for order in "<>" if (*one, order) != ("u", 12, ">")]  # as Pillow reads
SHADES = {"all greys": (0, 1), "nearly white": (0.96, 1), "nearly black": (0, 0.04)}


def packed(values: np.ndarray, bits: int, order: str) -> bytes:
    """Rows of numbers as a TIFF has them: of 1, 2, 4 and 12 bits one behind the other, each row in whole bytes."""
    if bits % 8 == 0:
        return values.astype(values.dtype.newbyteorder(order)).tobytes()
    rows = ["".join(f"{value:0{bits}b}" for value in row.tolist()) for row in values]
    rows = [row + "0" * (-len(row) % 8) for row in rows]
    return b"".join(int(row, 2).to_bytes(len(row) // 8, "big") for row in rows)


def tiff(
    values: np.ndarray, bits: int, kind: str = "u", *, white_is_0: bool, order: str = "<", big: bool = False
) -> bytes:
    """A TIFF of one strip, made by hand; ``big``: a BigTIFF."""
    height, width = values.shape
    data = packed(values, bits, order)
    data += bytes(-len(data) % 2)
    head = 16 if big else 8
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: 0 if white_is_0 else 1, 273: head, 277: 1}
    tags |= {278: height, 279: len(data), 339: FORMATS[kind]}
    count, wide = ("Q", 8) if big else ("I", 4)
    entries = b""
    for tag, value in tags.items():
        form = "H" if tag in SHORTS else "I"
        entries += struct.pack(f"{order}HH{count}", tag, 3 if form == "H" else 4, 1)
        entries += struct.pack(order + form, value).ljust(wide, b"\0")
    mark = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "H", 43 if big else 42)
    mark += struct.pack(order + "HH", 8, 0) if big else b""
    table = struct.pack(order + ("Q" if big else "H"), len(tags)) + entries + bytes(wide)
    return mark + struct.pack(order + count, head + len(data)) + data + table


def file_of(shown: np.ndarray, path: Path, bits: int, kind: str, **form: object) -> Path:
    """A file that shows these greys, from 0 for black to 1 for white."""
    levels = (1 - shown if form["white_is_0"] else shown) * LARGEST[kind, bits]
    if kind != "f":
        levels = np.rint(levels)
    stored = {12: "u2"}.get(bits, f"{kind}{max(1, bits // 8)}")
    path.write_bytes(tiff(levels.astype(stored), bits, kind, **form))  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("shades", SHADES)
@pytest.mark.parametrize(("kind", "bits", "order"), KINDS)
@pytest.mark.parametrize("white_is_0", [False, True])
def test_greys_are_as_bright_as_the_file_says(
    tmp_path: Path, kind: str, bits: int, shades: str, white_is_0: bool, order: str
) -> None:
    shown = np.linspace(*SHADES[shades], 16).reshape(4, 4)
    path = file_of(shown, tmp_path / "x.tif", bits, kind, white_is_0=white_is_0, order=order)
    step = 255 / LARGEST[kind, bits] if kind != "f" else 1
    assert load(path, (1, 4, 4)).x[0] == pytest.approx(shown * 255, abs=max(1, step / 2))


def test_a_tiff_in_the_form_for_more_than_4_gigabytes_is_read_alike(tmp_path: Path) -> None:
    shown = np.linspace(0.9, 1, 16).reshape(4, 4)
    path = file_of(shown, tmp_path / "x.tif", 32, "u", white_is_0=True, big=True)
    assert load(path, (1, 4, 4)).x[0] == pytest.approx(shown * 255, abs=1)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_greys_in_which_0_is_white_are_turned_as_well(tmp_path: Path, compression: str) -> None:
    levels = np.linspace(0, 2000, 64).astype(np.uint16).reshape(8, 8)
    path = tmp_path / "x.tif"
    Image.fromarray(levels).save(path, compression=compression, tiffinfo={262: 0})
    data = path.read_bytes()
    with Image.open(path) as image:  # Pillow writes the tag, and leaves the levels
        assert image.tag_v2[262] == 0, data[:8]
    read = load(path, (1, 8, 8))
    assert read.done == (FLAT,)
    assert read.x[0] == pytest.approx(255 - levels / 257, abs=1)


@pytest.mark.parametrize(("bits", "top"), [(16, 4095), (32, 200), (32, 4000), (32, 60_000), (32, 2**27)])
@pytest.mark.parametrize("white_is_0", [False, True])
def test_greys_that_use_a_sixteenth_are_dark_and_stretched_on_request(
    tmp_path: Path, bits: int, top: int, white_is_0: bool
) -> None:
    path, greys = tmp_path / "x.tif", np.linspace(0, 1, 16).reshape(4, 4)
    levels = np.rint(greys * top)
    stored = (2**bits - 1 - levels if white_is_0 else levels).astype(f"u{bits // 8}")
    path.write_bytes(tiff(stored, bits, white_is_0=white_is_0))
    dark, bright = (load(path, (1, 4, 4), stretch=stretch) for stretch in (False, True))
    assert (dark.done, bright.done) == ((NARROW,), (STRETCHED,))
    assert dark.x.max() <= 16
    assert bright.x.max() >= 255 * 0.75


@pytest.mark.parametrize("bits", [16, 32])
def test_a_nearly_white_picture_in_which_0_is_white_is_not_said_to_be_dark(tmp_path: Path, bits: int) -> None:
    path, stored = tmp_path / "x.tif", np.linspace(0, 4000, 16).astype(f"u{bits // 8}").reshape(4, 4)
    path.write_bytes(tiff(stored, bits, white_is_0=True))
    for stretch in (False, True):
        read = load(path, (1, 4, 4), stretch=stretch)
        assert read.done == (FLAT,)
        assert read.x.min() >= 239


def test_fractions_a_little_above_1_do_not_darken_all_others(tmp_path: Path) -> None:
    """Where a program sharpened or enlarged a picture, some pixels go beyond white."""
    path = tmp_path / "x.tif"
    Image.fromarray(np.array([[0, 0.5, 0.98, 1.05]], dtype=np.float32)).save(path)
    assert load(path, (1, 1, 4)).x.ravel().tolist() == [0, 128, 250, 255]


def test_fractions_up_to_255_in_which_0_is_white_stay_nearly_black(tmp_path: Path) -> None:
    path = tmp_path / "x.tif"
    path.write_bytes(tiff(np.linspace(254.2, 255, 16).astype("f4").reshape(4, 4), 32, "f", white_is_0=True))
    assert load(path, (1, 4, 4)).x.max() <= 1

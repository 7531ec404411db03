"""JPEGs that were cut: what is missing of the picture is said, even if somebody put an end marker behind."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from photofiles import SAMPLES, message
from PIL import Image, ImageFile

from sheetnet.photo import FLAT, REPAIRED, load

END = b"\xff\xd9"
SHAPE = (3, 28, 28)


def saved(mode: str = "RGB", **options: object) -> bytes:
    with Image.open(SAMPLES / "rocket.jpg") as image:
        out = BytesIO()
        image.convert(mode).save(out, "JPEG", quality=85, **options)
    return out.getvalue()


KINDS = {
    "baseline": saved(),
    "optimized": saved(optimize=True, subsampling=0),
    "restarts": saved(restart_marker_rows=1),
    "grey": saved("L"),
    "inks": saved("CMYK"),
    "progressive": saved(progressive=True),
    "progressive grey": saved("L", progressive=True),
}


def without_scans(data: bytes, kept: int) -> bytes:
    """The first scans of a progressive JPEG that Pillow wrote; each has the tables that it needs before it."""
    scan = [found.start() for found in re.finditer(rb"\xff\xda", data)][kept]
    table = data.rfind(b"\xff\xc4", 0, scan)
    return data[: table if table > 0 and b"\xff\xda" not in data[table:scan] else scan]


@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_that_lacks_nothing_but_its_end_marker_is_whole(kind: str, tmp_path: Path) -> None:
    data, path, whole = KINDS[kind], tmp_path / "x.jpg", tmp_path / "whole.jpg"
    whole.write_bytes(data)
    path.write_bytes(data[:-2])
    read = load(path, SHAPE)
    assert (read.done, load(whole, SHAPE).done) == ((REPAIRED,), ())
    np.testing.assert_array_equal(read.x, load(whole, SHAPE).x)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("tail", [b"", END, bytes(100_000)], ids=["cut", "ended", "filled up"])
def test_a_jpeg_that_lacks_a_part_is_refused_even_if_an_end_marker_was_put_behind(
    kind: str, share: float, tail: bytes, tmp_path: Path
) -> None:
    path, data = tmp_path / "x.jpg", KINDS[kind]
    path.write_bytes(data[: int(len(data) * share)] + tail)
    assert "cut short on its way: a part of this JPEG is missing. Copy or download it again" in message(path)


@pytest.mark.parametrize("kind", ["progressive", "progressive grey"])
@pytest.mark.parametrize("tail", [b"", b"\xff", END], ids=["cut", "half", "ended"])
def test_a_progressive_jpeg_that_lost_its_later_scans_is_refused(kind: str, tail: bytes, tmp_path: Path) -> None:
    path, data = tmp_path / "x.jpg", KINDS[kind]
    for kept in range(1, len(re.findall(rb"\xff\xda", data))):
        path.write_bytes(without_scans(data, kept) + tail)
        with Image.open(path) as image:  # Pillow shows a picture, blurred
            if tail == END:
                image.load()
        assert "a part of this JPEG is missing" in message(path), kept


def test_a_byte_of_ones_at_the_end_of_a_scan_is_no_marker(tmp_path: Path) -> None:
    """It is written as FF 00, of which neither byte may be taken for padding."""
    path, found = tmp_path / "x.jpg", 0
    for seed in range(400):
        out, noise = BytesIO(), np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
        Image.fromarray(noise).save(out, "JPEG")
        if out.getvalue()[-4:-2] == b"\xff\0":
            found += 1
            path.write_bytes(out.getvalue()[:-2])
            assert load(path, (1, 8, 8)).done == (REPAIRED,)
    assert found > 3


def test_a_picture_that_is_grey_where_it_ends_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    for mode, grey in (("L", 128), ("RGB", (128, 128, 128)), ("CMYK", (127, 127, 127, 127))):
        for progressive in (False, True):
            Image.new(mode, (50, 40), grey).save(path, progressive=progressive)
            assert load(path, SHAPE).done == (FLAT,)


def test_a_cut_jpeg_is_refused_where_a_program_lets_pillow_take_such_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    path, data = tmp_path / "x.jpg", KINDS["baseline"]
    path.write_bytes(data[: len(data) // 2])
    assert "a part of this JPEG is missing" in message(path)
    path.write_bytes(data[:-2])
    assert load(path, SHAPE).done == (REPAIRED,)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True

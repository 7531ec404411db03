"""Photo files that were cut short or damaged: a sound photo or one line, nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from photofiles import SWAPPED, attempt
from PIL import Image, features

pytestmark = pytest.mark.skipif(not features.check("webp"), reason="this Pillow was built without WebP")


def small_files(folder: Path) -> dict[str, bytes]:
    image = Image.fromarray(np.random.default_rng(7).integers(0, 256, (24, 20, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "maker"
    files: dict[str, bytes] = {}
    for name, picture, options in (
        ("a.jpg", image, {"exif": exif, "icc_profile": SWAPPED}),
        ("progressive.jpg", image, {"progressive": True}),
        ("cmyk.jpg", image.convert("CMYK"), {}),
        ("a.png", image, {"exif": exif, "icc_profile": SWAPPED}),
        ("palette.png", image.convert("P"), {"transparency": bytes(range(256))}),
        ("frames.png", image, {"save_all": True, "append_images": [image.rotate(180)]}),
        ("a.gif", image, {"save_all": True, "append_images": [image.rotate(180)], "transparency": 3}),
        ("a.bmp", image, {}),
        ("palette.bmp", image.convert("P"), {}),
        ("a.tif", image, {"exif": exif}),
        ("lzw.tif", image, {"compression": "tiff_lzw"}),
        ("jpeg.tif", image, {"compression": "jpeg"}),
        ("deep.tif", Image.fromarray(np.arange(480, dtype=np.uint16).reshape(24, 20) * 130), {}),
        ("real.tif", Image.fromarray(np.arange(480, dtype=np.float32).reshape(24, 20)), {}),
        ("a.webp", image, {"exif": exif, "icc_profile": SWAPPED}),
        ("frames.webp", image, {"lossless": True, "save_all": True, "append_images": [image.rotate(180)]}),
    ):
        picture.save(folder / name, **options)
        files[name] = (folder / name).read_bytes()
    return files


def test_a_file_cut_short_gives_a_message_or_a_photo_and_no_noise(tmp_path, capfd):
    for name, data in small_files(tmp_path).items():
        path = tmp_path / f"cut-{name}"
        assert attempt(path, data)
        lengths = sorted({1, 2, 7, 12, 20, 30, *range(40, len(data), max(1, len(data) // 25))})
        outcomes = [attempt(path, data[:length]) for length in lengths if length < len(data)]
        assert not any(outcomes[:6]), name
    assert capfd.readouterr() == ("", "")


def test_a_file_with_flipped_bytes_gives_a_message_or_a_photo_and_no_noise(tmp_path, capfd):
    generator = random.Random(2024)
    for name, data in small_files(tmp_path).items():
        outcomes = set()
        for number in range(40):
            broken = bytearray(data)
            for _ in range(1 + number % 5):
                # Half of the blows go to the head, where the sizes, kinds and offsets are.
                broken[generator.randrange(min(len(data), 120) if number % 2 else len(data))] ^= generator.randrange(
                    1, 256
                )
            outcomes.add(attempt(tmp_path / f"flipped-{name}", bytes(broken)))
        assert outcomes, name
    assert capfd.readouterr() == ("", "")


def test_only_scans_of_the_picture_itself_are_counted(tmp_path, capfd):
    image = Image.fromarray(np.random.default_rng(7).integers(0, 256, (24, 20, 3), dtype=np.uint8))
    path = tmp_path / "a.jpg"
    many = b"\xff\xda\x00\x02" * 5000
    for progressive in (False, True):
        image.save(path, progressive=progressive, comment=many)
        data = path.read_bytes()
        assert attempt(path, data + many)  # a comment before it, and whatever a phone puts behind it
    start = data.rindex(b"\xff\xda")
    again = data[start:-2]
    assert attempt(path, data[:-2] + again * 100 + data[-2:])
    assert not attempt(path, data[:-2] + again * 300 + data[-2:])
    assert capfd.readouterr() == ("", "")

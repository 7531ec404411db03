"""Photos in HEIC, which need an extra."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest
from photofiles import RED, SAMPLES, STORED, UPRIGHT, attempt, colour, message, pixels
from PIL import Image

from sheetnet.photo import files, load

# HEIC


def heic(path: Path, image: Image.Image, **options: object) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    try:
        pillow_heif.from_pillow(image).save(path, quality=-1, **options)
    except RuntimeError as error:
        pytest.skip(f"this pillow-heif cannot write HEIC: {error}")


def test_a_heic_photo_is_read_with_the_extra(tmp_path):
    path = tmp_path / "photo.heic"
    heic(path, Image.new("RGB", (64, 64), RED))
    np.testing.assert_allclose(colour(path), RED, atol=3)


def test_a_heic_photo_held_sideways_is_turned_upright_once(tmp_path):
    path = tmp_path / "photo.heic"
    upright = UPRIGHT.repeat(2, 0).repeat(2, 1)
    for orientation, turn in STORED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = Image.fromarray(np.ascontiguousarray(turn(upright))).convert("RGB")
        heic(path, image, exif=exif.tobytes())
        np.testing.assert_allclose(pixels(path, (1, *upright.shape))[0], upright, atol=4)


def test_a_heic_photo_may_be_transparent(tmp_path):
    path = tmp_path / "photo.heic"
    heic(path, Image.new("RGBA", (64, 64), (0, 0, 0, 128)))
    np.testing.assert_allclose(colour(path), [127] * 3, atol=3)


def test_without_the_extra_a_heic_photo_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert "or save the photo as JPEG." in message(path)
    assert "install pillow-heif" in message(path)
    assert load(SAMPLES / "rocket.jpg", (3, 4, 4)).title == "rocket"  # Other photos do not need it.


def test_a_heic_photo_of_too_many_pixels_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "photo.heic"
    heic(path, Image.new("RGB", (64, 64), RED))
    monkeypatch.setattr(files, "MAX_PIXELS", 4000)
    assert "64x64 = 0.0 megapixels" in message(path)


# Hostile files


def test_a_broken_heic_photo_gives_a_message_or_a_photo_and_no_noise(tmp_path, capfd):
    path = tmp_path / "photo.heic"
    heic(path, Image.fromarray(np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)))
    data = path.read_bytes()
    capfd.readouterr()
    generator = random.Random(11)
    assert attempt(path, data)
    for length in range(8, len(data), len(data) // 30):
        assert not attempt(path, data[:length])
    for number in range(60):
        broken = bytearray(data)
        broken[generator.randrange(min(len(data), 400) if number % 2 else len(data))] ^= generator.randrange(1, 256)
        attempt(path, bytes(broken))
    assert capfd.readouterr() == ("", "")

"""Files that are no photos, or too large, are refused in one line."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest
from photofiles import RED, SAMPLES, colour, message, png
from PIL import Image

from sheetnet import photo
from sheetnet.photo import load


def test_a_missing_file_is_named_as_the_user_gave_it():
    assert message(Path("nowhere/cat.png")).startswith("nowhere/cat.png: there is no such file.".replace("/", os.sep))


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "file.png").write_bytes(b"x")
    assert "no such file" in message(tmp_path / "file.png" / "cat.png")


def test_a_folder_is_refused(tmp_path):
    assert "folder" in message(tmp_path)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty.png").touch()
    assert "empty" in message(tmp_path / "empty.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_or_a_device_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "pipe or a device" in message(tmp_path / "pipe.png")
    assert "pipe or a device" in message(Path("/dev/zero"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "secret.png"
    Image.new("L", (2, 2)).save(path)

    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "may not be read" in message(path)


@pytest.mark.parametrize("error", [OSError(5, "I/O error"), ValueError("embedded null byte")])
def test_a_file_on_a_failing_disk_is_refused(error, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "stat", fail)
    assert "cannot be read" in message(tmp_path / "photo.png")


def test_names_that_no_file_can_have_are_refused(tmp_path):
    assert "cannot be read" in message(Path("a\0b.png"))
    assert "cannot be read" in message(tmp_path / ("long" * 2000))


def test_the_message_holds_nothing_that_could_steer_a_terminal(tmp_path):
    text = message(tmp_path / "a\nb\x1b[2J\u202e\udcff.png")
    assert text.endswith("a?b?[2J??.png: there is no such file. Check the name and the folder.")
    assert text.encode("utf-8")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(photo.MAX_BYTES + 10**6)
    assert "the file has 201 MB; at most 200 MB" in message(path)


@pytest.mark.parametrize(
    "content",
    [
        b"dear diary\n",
        b"\0",
        b"GIF89a",
        b"%PDF-1.7\n%%EOF\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_a_file_that_only_claims_to_be_a_picture_is_refused(content, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    assert "JPEG, PNG, GIF, BMP, TIFF, WebP" in message(path)


@pytest.mark.parametrize("kind", ["PPM", "ICO", "TGA", "PCX", "ICNS", "EPS", "PDF"])
def test_other_kinds_of_picture_are_never_opened(kind, tmp_path):
    path = tmp_path / "photo.png"
    Image.new("RGB", (16, 16), RED).save(path, format=kind)
    assert "Give a photo in JPEG" in message(path)


@pytest.mark.parametrize("side", [7072, 12000, 20000, 2_000_000_000])
def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded(side, tmp_path, monkeypatch):
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side, 8, 2, b""))
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("a pixel was decoded"))
    assert "megapixels; at most 50 are read" in message(path)


def test_the_largest_photo_allowed_is_read(tmp_path):
    path = tmp_path / "large.png"
    Image.new("1", (10_000, 5_000), 1).save(path)
    assert colour(path, channels=1) == [255]


@pytest.mark.parametrize(
    "error",
    [
        OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError, KeyError, zlib.error, MemoryError,
        OverflowError, TypeError, RuntimeError, RecursionError, AttributeError, ZeroDivisionError, AssertionError,
    ],
)  # fmt: skip
def test_whatever_a_decoder_raises_becomes_one_line(error, tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    Image.new("L", (2, 2)).save(path)

    def fail(*_: object, **__: object) -> None:
        raise error("something\ndeep inside <_io.BytesIO object at 0x7f>")

    monkeypatch.setattr(Image, "open", fail)
    assert "damaged, cut short or of a rare kind" in message(path)


def test_a_key_press_still_stops_the_reading(tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    Image.new("L", (2, 2)).save(path)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Image, "open", stop)
    with pytest.raises(KeyboardInterrupt):
        load(path, (1, 2, 2))


@pytest.mark.parametrize("shape", [(2, 4, 4), (0, 4, 4), (4, 4, 4)])
def test_a_network_of_other_than_one_or_three_channels_gets_no_photo(shape):
    assert "1 (grey) or 3 (red, green, blue)" in message(SAMPLES / "coffee.png", shape)


@pytest.mark.parametrize("shape", [(3, 0, 4), (3, 4, -1), (3, 10**6, 10**6)])
def test_a_network_without_a_sensible_size_gets_no_photo(shape):
    assert "no photo can be fitted" in message(SAMPLES / "coffee.png", shape)


def test_an_unknown_fit_is_refused():
    assert 'Use fit="crop" or fit="pad"' in message(SAMPLES / "coffee.png", fit="stretch\n")

"""A program that uses sheetnet finds Pillow, its log, warnings and standard error as they were."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile
from test_photo_levels import tiff

from sheetnet.photo import load
from sheetnet.photo.quiet import quiet

_TOLD = """
import logging, sys
from pathlib import Path
from PIL import Image, ImageFile, TiffImagePlugin
Image.init()
def told():
    tables = (Image.ID, Image.OPEN, Image.MIME, Image.EXTENSION, Image.DECODERS, TiffImagePlugin.OPEN_INFO)
    switches = (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS)
    copies = [dict(one) if isinstance(one, dict) else list(one) for one in tables]
    return copies, switches, logging.getLogger("PIL").handlers[:]
before = told()
from sheetnet.photo import load
print(load(Path(sys.argv[1]), (1, 4, 4)).x.min())
assert told() == before
try:
    Image.open(sys.argv[1])
except OSError:
    print("as before")
"""


def wide(path: Path) -> Path:
    """Greys that Pillow does not know."""
    path.write_bytes(tiff(np.linspace(0, 2**20, 16).astype("u4").reshape(4, 4), 32, white_is_0=True))
    return path


def test_pillow_is_what_it_was_to_a_program_that_uses_it_as_well(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TOLD, str(wide(tmp_path / "x.tif"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("255.0\nas before\n", "")


def test_log_warnings_and_streams_are_silenced_only_while_a_picture_is_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, path = logging.getLogger("PIL"), wide(tmp_path / "x.tif")
    handlers, filters = logger.handlers[:], warnings.filters[:]

    def speak() -> None:
        os.write(2, b"word")

    kept = ImageFile.ImageFile.load

    def loud(image: ImageFile.ImageFile) -> object:
        speak()
        warnings.warn("odd", UserWarning, stacklevel=1)
        assert len(logger.handlers) > len(handlers)
        return kept(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", loud)
    load(path, (1, 4, 4))
    assert capfd.readouterr().err == ""
    assert (logger.handlers, list(warnings.filters)) == (handlers, list(filters))
    speak()
    assert capfd.readouterr().err == "word"


def test_threads_that_end_in_any_order_leave_all_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    """The first to begin is the first to end here, while the second one still reads."""
    filters, first_in, second_in, first_out = list(warnings.filters), *(threading.Event() for _ in range(3))

    def first() -> None:
        with quiet(stream=True):
            first_in.set()
            second_in.wait(10)
        first_out.set()

    def second() -> None:
        first_in.wait(10)
        with quiet(stream=True):
            second_in.set()
            first_out.wait(10)
            os.write(2, b"noise")

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(2, b"word")
    assert capfd.readouterr().err == "word"
    assert list(warnings.filters) == filters


def test_a_program_that_allows_fewer_or_any_pixels_is_heard_by_pillow_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.jpg"
    Image.new("RGB", (80, 60), (10, 20, 200)).save(path)
    for most in (100, None):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        assert load(path, (3, 4, 4)).x[2].min() > 190
        assert most == Image.MAX_IMAGE_PIXELS

"""What is odd about a picture is told where it is used: in a workbook, in training, and in evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from test_folder import COLOURS, fill, tiny
from test_photo_jpeg import saved

import sheetnet
from sheetnet.cli import main
from sheetnet.photo import FLAT, load
from sheetnet.training import folder


def run(*arguments: object) -> Any:
    told = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert told.exit_code == 0, told.stderr
    return told


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Classes of colours, with pictures that are whole but for an end marker, dark, or of one colour."""
    root = fill(tmp_path / "colours", COLOURS)
    (root / "red" / "no-end.jpg").write_bytes(saved()[:-2])
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16) * 16
    Image.fromarray(levels).save(root / "green" / "dark.png")
    for number in range(5):
        Image.new("RGB", (9, 9), (number, 0, 3)).save(root / "blue" / f"black-{number}.png")
    return root


NOTES = (
    "repaired, since the end marker was missing: 1 picture (red/no-end.jpg)",
    "dark, with greys that use a sixteenth of their levels at most: 1 picture (green/dark.png)",
    "nearly one colour all over: 5 pictures (blue/black-0.png, blue/black-1.png, blue/black-2.png, ...)",
)


def test_training_and_evaluation_tell_which_pictures_are_odd_once_and_count_them(odd: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    trained = sheetnet.train(odd, model, template=tiny("a", "b"), epochs=1)
    assert trained.notes == NOTES
    assert sheetnet.evaluate(model, odd).notes == NOTES
    for told in (run("train", odd, "-o", model, "-f", "--epochs", 1), run("evaluate", model, odd)):
        for note in NOTES:
            assert told.stderr.count(note) == 1


def test_pictures_in_memory_are_called_after_their_class() -> None:
    black, noise = np.zeros((8, 8, 3), np.uint8), np.random.default_rng(0).integers(0, 255, (8, 8, 3))
    found = folder.pictures(
        sheetnet.training.listing.of_mapping({"night": [black, black], "day": [noise]}), "pictures", (3, 8, 8)
    )
    assert found.notes == ("nearly one colour all over: 2 pictures (one of 'night', one of 'night')",)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30), (6, 4, 9)])
def test_a_picture_of_nearly_one_colour_is_told_by_build_and_on_the_sheet(
    colour: tuple[int, int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(1).integers(-3, 4, (40, 40, 3))
    Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save("x.png")
    built = sheetnet.build("x.png", "x.xlsx", size=16, engine=None)
    assert built.done == (FLAT,)
    told = run("build", "x.png", "--size", 16, "--engine", "none", "-f")
    assert "x.png: It is nearly one colour all over, so there is little to see in it." in told.output


def test_a_picture_with_something_in_it_is_not_called_one_colour(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    for ground, dot in ((0, 255), (255, 0), (128, 255)):
        image = Image.new("L", (280, 280), ground)
        image.paste(dot, (100, 100, 120, 120))
        image.save(path)
        assert load(path, (1, 28, 28)).done == ()
    Image.fromarray(np.linspace(0, 40, 400).astype(np.uint8).reshape(20, 20)).save(path)  # a photo of the night
    assert load(path, (1, 20, 20)).done == ()

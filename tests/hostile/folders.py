"""Hostile folders of pictures, names that no file can have, and weights that no cell can hold; see ``kinds``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from hostile.kinds import EITHER, REFUSED, Kind, adder

KINDS: dict[str, Kind] = {}
kind = adder(KINDS)
TRAIN = ("train", "{}", "-o", "{folder}/made.safetensors", "--epochs", "1")
LONG = "n" * 300
NETWORK = {
    "name": "x",
    "classes": ["a", "b"],
    "input": {"shape": [3, 8, 8]},
    "layers": [
        {"name": "conv", "kind": "conv2d", "filters": 2, "size": 3},
        {"name": "norm", "kind": "batchnorm"},
        {"name": "flat", "kind": "flatten"},
        {"name": "dense", "kind": "dense", "units": 2},
        {"name": "softmax", "kind": "softmax"},
        {"name": "loss", "kind": "crossentropy", "inputs": ["softmax", "truth"]},
    ],
}


def pictures(folder: Path, *classes: str) -> Path:
    """A folder with two small pictures of each class."""
    path = folder / "pictures"
    for number, name in enumerate(classes):
        (path / name).mkdir(parents=True)
        for shade in (0, 100):
            Image.new("RGB", (8, 8), (shade, 60 * number, 0)).save(path / name / f"{shade}.png")
    return path


def _with(change: Callable[[Path], object]) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = pictures(folder, "a", "b")
        change(path)
        return path

    return made


def _many(path: Path) -> None:
    for number in range(1500):
        (path / f"c{number}").mkdir()


for _name, _outcome, _says, _change in (
    ("pipe", EITHER, "", lambda path: os.mkfifo(path / "a" / "x.png")),
    ("device", EITHER, "", lambda path: (path / "a" / "x.png").symlink_to("/dev/zero")),
    ("link-to-itself", EITHER, "", lambda path: (path / "a" / "x.png").symlink_to(path / "a" / "x.png")),
    ("link-upwards", EITHER, "", lambda path: (path / "a" / "x").symlink_to(path)),
    ("class-linked-to-itself", EITHER, "", lambda path: (path / "c").symlink_to(path / "c")),
    ("class-is-a-pipe", EITHER, "", lambda path: os.mkfifo(path / "c")),
    ("classes-1500", REFUSED, "1,502 folders", _many),
    ("same-name", EITHER, "", lambda path: (path / "A").mkdir()),
    ("surrogate-name", EITHER, "", lambda path: (path / "b").rename(path / os.fsdecode(b"\xff\xfe"))),
    ("control-name", EITHER, "", lambda path: (path / "b").rename(path / "b\x01\x1b[31m")),
):
    kind(f"pictures-{_name}", _outcome, _says, TRAIN)(_with(_change))


# Names

for _name, _says, _command in (
    ("template", "no such template", ("build", "{photo}", "-t", LONG)),
    ("inspected", "no such template", ("inspect", LONG)),
    ("model", "no such file", ("inspect", f"{LONG}.safetensors")),
    ("onnx", "no such file", ("inspect", f"{LONG}.onnx")),
    ("source", "no such file", ("convert", f"{LONG}.onnx", "{folder}/m.safetensors")),
    ("pictures", "cannot be read", ("train", LONG, "-o", "{folder}/m.safetensors")),
    ("label", "is no class", ("build", "{photo}", "--label", LONG, "-o", "{out}")),
    ("layer", "has no layer", ("build", "{photo}", "--until", LONG, "-o", "{out}")),
    ("classes", "no such file", ("inspect", "{folder}/m.onnx", "--classes", LONG)),
):

    def _sound(folder: Path) -> Path:
        from hostile.graphs import softmax

        return softmax(folder)

    kind(f"long-{_name}", REFUSED, _says, _command)(_sound)
    if "{photo}" in _command:
        odd = tuple(os.fsdecode(b"\xff\x01") if word == LONG else word for word in _command)
        kind(f"surrogate-{_name}", REFUSED, _says, odd)(_sound)


# Weights


def weights(folder: Path, **changed: float) -> Path:
    """A sound model but for some of its numbers."""
    from safetensors.numpy import save_file

    made = {
        "conv.weight": np.ones((2, 3, 3, 3)),
        "conv.bias": np.zeros(2),
        "norm.scale": np.ones(2),
        "norm.bias": np.zeros(2),
        "norm.mean": np.zeros(2),
        "norm.variance": np.ones(2),
        "dense.weight": np.ones((2, 72)),
        "dense.bias": np.zeros(2),
    }
    for name, value in changed.items():
        made[name.replace("_", ".")][...] = value
    save_file(made, folder / "m.safetensors", metadata={"sheetnet": json.dumps(NETWORK)})
    pictures(folder, "a", "b")
    return folder / "m.safetensors"


_BUILD = ("build", "{photo}", "-m", "{}", "--engine", "stored", "-o", "{out}")
_LARGE = "too large for a spreadsheet"
for _name, _says, _command, _changed in (
    ("not-a-number", "not finite", _BUILD, {"dense_bias": np.nan}),
    ("infinite", "not finite", _BUILD, {"dense_bias": np.inf}),
    ("bias-1e308", _LARGE, _BUILD, {"conv_bias": 1.7e308, "norm_scale": 1e300}),
    ("weight-1e308", _LARGE, _BUILD, {"conv_weight": 1e308}),
    ("searched-1e308", _LARGE, (*_BUILD, "--fit", "find"), {"conv_weight": 1e308}),
    ("variance-below-0", _LARGE, _BUILD, {"norm_variance": -5.0}),
    ("folded-variance-below-0", "cannot be folded", (*_BUILD, "--fold"), {"norm_variance": -5.0}),
    ("folded-1e308", "cannot be folded", (*_BUILD, "--fold"), {"conv_bias": 1.7e308, "norm_scale": 1e300}),
    ("measured-1e308", "too large to be measured", ("evaluate", "{}", "{folder}/pictures"), {"conv_weight": 1e308}),
    ("as-float32", "too large for float32", ("convert", "{}", "{folder}/n.onnx"), {"conv_bias": 1e308}),
):
    kind(f"weights-{_name}", REFUSED, _says, _command)(lambda folder, changed=_changed: weights(folder, **changed))

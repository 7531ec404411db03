"""Good files, small ones, from which the hostile ones are made. They are made once, in a folder of their own."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fuzz.trial import ROOT

SPEC: dict[str, Any] = {
    "name": "tiny",
    "classes": ["dark", "bright"],
    "input": {"shape": [3, 6, 6]},
    "layers": [
        {"name": "conv", "kind": "conv2d", "filters": 2, "size": 3},
        {"name": "relu", "kind": "relu"},
        {"name": "pool", "kind": "maxpool2d", "size": 2},
        {"name": "flat", "kind": "flatten"},
        {"name": "dense", "kind": "dense", "units": 2},
        {"name": "softmax", "kind": "softmax"},
        {"name": "loss", "kind": "crossentropy"},
    ],
}
PHOTOS = ("png", "jpg", "gif", "bmp", "tif", "webp")
TOML = ROOT / "templates" / "by-hand" / "network.toml"
CLASSES = b"dark\nbright\n"


class Seeds:
    """The good files, each made when it is asked for first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def photo(self, suffix: str = "png", size: tuple[int, int] = (9, 7)) -> Path:
        """A small picture."""
        path = self.folder / f"photo-{size[0]}x{size[1]}.{suffix}"
        if not path.exists():
            numbers = np.random.RandomState(1).randint(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(numbers).save(path)
        return path

    @cached_property
    def model(self) -> Path:
        """A small network with its weights."""
        from safetensors.numpy import save_file

        random = np.random.RandomState(2)
        shapes = {"conv.weight": (2, 3, 3, 3), "conv.bias": (2,), "dense.weight": (2, 8), "dense.bias": (2,)}
        tensors = {name: random.randn(*shape).astype(np.float32) / 100 for name, shape in shapes.items()}
        path = self.folder / "tiny.safetensors"
        save_file(tensors, path, metadata={"sheetnet": json.dumps(SPEC)})
        return path

    @cached_property
    def onnx(self) -> Path:
        """The same network as ONNX."""
        import sheetnet

        path = self.folder / "tiny.onnx"
        sheetnet.convert(self.model, path, force=True)
        return path

    @cached_property
    def plain(self) -> Path:
        """The workbook of this network, as small as it can be."""
        import sheetnet

        path = self.folder / "plain.xlsx"
        sheetnet.build(self.photo(), path, model=self.model, plain=True, label="dark", engine=None, force=True)
        return path

    @cached_property
    def lesson(self) -> Path:
        """A workbook with every sheet that a lesson has."""
        return ROOT / "samples" / "by-hand.xlsx"

    @cached_property
    def pictures(self) -> Path:
        """A folder of pictures to learn from: two classes of six."""
        folder = self.folder / "pictures"
        random = np.random.RandomState(3)
        for low, name in ((0, "dark"), (128, "bright")):
            (folder / name).mkdir(parents=True, exist_ok=True)
            for number in range(6):
                numbers = random.randint(low, low + 128, (8, 8, 3), dtype=np.uint8)
                Image.fromarray(numbers).save(folder / name / f"{number}.png")
        return folder

    @cached_property
    def exercise(self) -> Path:
        """An exercise for two pupils, as small as it can be."""
        import sheetnet

        folder = self.folder / "exercise"
        sheetnet.assign(out=folder, count=2, blank="conv")
        return folder

    @cached_property
    def template(self) -> Path:
        """A template of the small network."""
        folder = self.folder / "template"
        folder.mkdir(exist_ok=True)
        lines = ['name = "tiny"', 'classes = ["dark", "bright"]', "", "[input]", "shape = [3, 6, 6]"]
        for layer in SPEC["layers"]:
            lines += ["", "[[layers]]", *(f"{key} = {json.dumps(value)}" for key, value in layer.items())]
        (folder / "network.toml").write_text("\n".join(lines) + "\n", "utf-8")
        return folder

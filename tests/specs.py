"""Specs of small networks, whole or changed in one entry, for the tests of networks."""

from __future__ import annotations

import copy
from typing import Any


def layer(name: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, **options}


def spec_of(*layers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "name": "small",
        "classes": ["Cat", "Dog", "Owl"],
        "input": {"shape": [3, 8, 9]},
        "layers": list(layers)
        or [
            layer("scale", "rescale", mean=[0.4, 0.5, 0.6], std=0.5),
            layer("conv", "conv2d", filters=2, size=[3, 2], stride=2, padding="same"),
            layer("relu", "relu"),
            layer("pool", "maxpool2d", size=2, padding=[0, 1, 0, 1]),
            layer("flat", "flatten"),
            layer("jury", "dense", units=3),
            layer("softmax", "softmax"),
            layer("loss", "crossentropy"),
        ],
    }
    return spec | changes


def one_line(error: Exception) -> str:
    text = str(error)
    assert len(text.splitlines()) == 1, repr(text)
    return text


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small spec with one entry replaced: "layers.1.filters"."""
    spec = copy.deepcopy(spec_of())
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at: Any = spec
    for step in way:
        at = at[step]
    at[last] = value
    return spec

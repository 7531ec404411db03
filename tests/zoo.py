"""Small networks that between them use every option, every layout and every odd size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.lesson.case import Case
from sheetnet.network import Network
from sheetnet.photo import from_pixels

END = [{"name": "flatten", "kind": "flatten"}, {"name": "dense", "kind": "dense", "units": 3}]
HEAD = [*END, {"name": "softmax", "kind": "softmax"}, {"name": "loss", "kind": "crossentropy"}]


def conv(name: str, filters: int, size: Any, **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": "conv2d", "filters": filters, "size": size} | options


def pool(name: str, size: Any, **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": "maxpool2d", "size": size} | options


def layer(kind: str, **options: Any) -> dict[str, Any]:
    return {"name": options.pop("name", kind), "kind": kind} | options


ZOO: dict[str, tuple[list[int], list[dict[str, Any]], dict[str, Any]]] = {
    "strides and four-sided padding": (
        [3, 9, 8],
        [conv("conv1", 2, [3, 2], stride=[2, 3], padding=[1, 0, 2, 1]), layer("relu"), *HEAD],
        {},
    ),
    "overlapping pooling with padding on negative numbers": (
        [1, 7, 6],
        [
            layer("rescale", mean=2.0, std=0.5),
            pool("pool1", 3, stride=2, padding=1),
            pool("pool2", [2, 3], stride=1, padding="same"),
            *HEAD,
        ],
        {},
    ),
    "padding wider than the window": (
        [3, 3, 4],
        [
            conv("conv1", 2, 2, padding=[3, 2, 1, 4]),
            conv("conv2", 9, 1, padding=1),
            conv("conv3", 1, [1, 2], padding=3),
        ],
        {},
    ),
    "ten channels, so rows by itself": (
        [3, 6, 7],
        [
            layer("rescale", mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.4]),
            conv("conv1", 10, 3, padding="same"),
            layer("relu"),
            pool("pool1", 2, stride=1),
            conv("conv2", 9, 2, stride=2, padding="same"),
            conv("conv3", 2, 3, padding=1),
            *HEAD,
        ],
        {},
    ),
    "everything in rows": (
        [3, 6, 6],
        [layer("rescale"), conv("conv1", 2, 3, padding="same"), pool("pool1", 2), conv("conv2", 3, 1), *HEAD],
        {"layout": "rows"},
    ),
    "everything in planes": ([1, 5, 5], [conv("conv1", 9, 3), conv("conv2", 2, 3), *HEAD], {"layout": "planes"}),
    "one pixel, one class": (
        [1, 1, 1],
        [
            conv("conv1", 1, 1),
            layer("flatten"),
            layer("dense", units=1),
            layer("softmax"),
            layer("crossentropy", name="loss"),
        ],
        {"classes": ["Only one"]},
    ),
    "dense upon dense": (
        [1, 4, 4],
        [
            layer("flatten"),
            layer("dense", name="hidden", units=5),
            layer("dense", name="hidden2", units=4),
            layer("relu"),
            *HEAD[1:],
        ],
        {},
    ),
    "branches": (
        [3, 6, 6],
        [
            conv("conv1", 2, 3, padding="same"),
            layer("relu", name="gate"),
            pool("pool1", 2, inputs=["conv1"]),
            conv("conv2", 2, 3, inputs=["gate"]),
            layer("flatten", name="side", inputs=["conv2"]),
            layer("dense", name="other", units=3, inputs=["side"]),
            layer("softmax", name="softmax2", inputs=["other"]),
            layer("flatten", inputs=["pool1"]),
            *HEAD[1:],
            layer("crossentropy", name="loss2", inputs=["softmax2", "truth"]),
        ],
        {},
    ),
    "names that read as cells": (
        [3, 4, 4],
        [
            conv("A1", 2, 3),
            layer("relu", name="R1C1"),
            layer("flatten", name="C"),
            layer("dense", name="R", units=3),
            layer("softmax", name="True"),
        ],
        {"classes": ["=1+1", "-x", "<&'\" >"]},
    ),
    "five channels, no photo": ([5, 4, 4], [conv("conv1", 2, 3), *HEAD], {}),
    "the photo itself is pooled and cut off at 0": (
        [3, 6, 7],
        [
            pool("pool1", [2, 3], stride=2, padding=1),
            layer("relu", name="gate", inputs=["photo"]),
            pool("pool2", 2, stride=1, inputs=["gate"]),
            layer("flatten", inputs=["pool1"]),
            *HEAD[1:],
        ],
        {},
    ),
    "normalized and averaged, in planes": (
        [3, 7, 6],
        [
            layer("batchnorm", name="norm0"),
            conv("conv1", 3, 3, padding="same"),
            layer("batchnorm", name="norm1", epsilon=9.999999747378752e-06),
            layer("relu"),
            layer("avgpool2d", name="pool1", size=3, stride=2, padding=1),
            layer(
                "avgpool2d", name="pool2", size=2, stride=3, ceil=True, padding=1, count_padding=True, inputs=["relu"]
            ),
            layer("globalavgpool", name="mean", inputs=["pool1"]),
            layer("globalmaxpool", name="most", inputs=["norm1"]),
            layer("flatten", name="flat1", inputs=["mean"]),
            layer("batchnorm", name="norm2", axis=-1),
            layer("flatten", name="flat2", inputs=["pool2"]),
            layer("flatten", inputs=["most"]),
            *HEAD[1:],
        ],
        {"layout": "planes"},
    ),
    "normalized and averaged, in rows": (
        [3, 7, 6],
        [
            layer("rescale"),
            conv("conv1", 9, 3, padding="same"),
            layer("batchnorm", name="norm1"),
            layer("relu"),
            layer("avgpool2d", name="pool1", size=[3, 2], stride=2, padding=[1, 0], ceil=True),
            layer("avgpool2d", name="pool2", size=2, stride=2, padding=[0, 1], ceil=True, count_padding=True),
            layer("globalmaxpool", name="most", inputs=["norm1"]),
            layer("globalavgpool", name="mean", inputs=["pool2"]),
            *HEAD,
        ],
        {"layout": "rows"},
    ),
    "no softmax": ([3, 4, 4], [conv("conv1", 2, 2), layer("relu")], {}),
}

# Networks that see no photo. They are proven as all others are; what a class looks at they have not.
BARE: dict[str, tuple[list[int], list[dict[str, Any]], dict[str, Any]]] = {
    "no photo, tensors of any rank": (
        [],
        [
            layer("relu", name="gate", inputs=["deep"]),
            layer("relu", name="point", inputs=["single"]),
            layer("softmax", inputs=["line"]),
            layer("relu", name="wall", inputs=["table"]),
        ],
        {"classes": [], "extra": {"deep": [2, 3, 2, 4], "single": [], "line": [3], "table": [2, 5]}},
    ),
}


def network(name: str) -> Network:
    shape, layers, more = (ZOO | BARE)[name]
    spec = {"name": name, "classes": ["Ann", "Bob", "Cid"], "input": {"shape": shape}, "layers": layers} | more
    return Network.from_spec(spec)


def case(name: str, seed: int = 3) -> Case:
    net = network(name)
    rng = np.random.RandomState(seed)
    label = net.classes[-1] if net.has_truth else None
    prose = {"title": name, "lead": "", "summary": ""}
    extra = {key: rng.standard_normal(shape) for key, shape in net.outside.items()}
    given = {key: value + 0.25 for key, value in net.fill(extra, seed).items()}
    if not net.shape:
        return Case(net, given, None, label, prose)
    pixels = rng.randint(0, 256, net.shape).astype(np.float64)
    small = pixels if net.shape[0] in (1, 3) else pixels[:1]
    photo = from_pixels(small, name)
    if net.shape[0] not in (1, 3):
        photo = type(photo)(pixels, photo.picture, photo.title)
    return Case(net, given, photo, label, prose)

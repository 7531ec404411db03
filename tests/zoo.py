"""Small networks that between them use every option, every layout and every odd size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.case.drawing import Drawing
from sheetnet.case.prepare import Case
from sheetnet.layers import LAYERS
from sheetnet.layers.activation.clip import Clip
from sheetnet.layers.arithmetic.exp import Exp
from sheetnet.layers.arithmetic.log import Log
from sheetnet.layers.arithmetic.sqrt import Sqrt
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.relu import ReLU
from sheetnet.layers.shape.identity import Identity
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
    "more maps than fit on one screen": ([1, 9, 9], [conv("conv1", 24, 1), layer("globalmaxpool"), *HEAD], {}),
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
    "five channels, no photo": (
        [5, 4, 4],
        [conv("conv1", 2, 3), *HEAD[:-1], layer("halfsquarederror", name="loss")],
        {},
    ),
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
    "dilated and in groups, in planes": (
        [3, 8, 7],
        [
            conv("conv1", 4, 3, padding=2, dilation=2),
            layer("relu"),
            conv("deep", 8, [3, 2], groups=4, padding="same"),
            conv("each", 4, 3, groups=4, dilation=[1, 2], stride=2, padding=[3, 1, 2, 4], inputs=["relu"]),
            pool("pool1", 2, stride=1, dilation=[2, 1], padding=[1, 0], inputs=["deep"]),
            pool("pool2", 2, ceil=True, inputs=["each"]),
            conv("colors", 6, 2, groups=3, inputs=["photo"]),
            layer("flatten", inputs=["pool2"]),
            *HEAD[1:],
        ],
        {"layout": "planes"},
    ),
    "dilated and in groups, in rows": (
        [3, 8, 7],
        [
            layer("rescale"),
            conv("conv1", 4, 3, padding=2, dilation=2),
            conv("wide", 3, 3, dilation=[2, 3], padding=[5, 1, 2, 3]),
            conv("deep", 8, [3, 2], groups=4, padding="same", inputs=["conv1"]),
            conv("each", 8, 3, groups=8, padding=1),
            conv("far", 4, 3, groups=2, dilation=[1, 2], stride=2, padding=[3, 2, 1, 4]),
            pool("pool1", 2, stride=1, dilation=[2, 1], padding=[1, 0], inputs=["deep"]),
            pool("pool2", 3, stride=2, dilation=[1, 2], padding=[0, 1], ceil=True, inputs=["each"]),
            pool("pool3", 3, stride=2, ceil=True, inputs=["far"]),
            conv("colors", 3, 3, groups=3, padding=1, inputs=["photo"]),
            layer("flatten", inputs=["pool2"]),
            *HEAD[1:],
        ],
        {"layout": "rows"},
    ),
    "shortcuts, in planes": (
        [3, 6, 5],
        [
            layer("rescale"),
            conv("conv1", 3, 3, padding="same"),
            layer("add", name="onto", inputs=["conv1", "rescale"]),
            layer("relu", name="gate"),
            conv("conv2", 3, 3, padding="same"),
            layer("add", name="first", inputs=["gate", "conv2"]),
            conv("left", 2, 1),
            conv("right", 2, 1, inputs=["first"]),
            layer("add", name="twins", inputs=["left", "right"]),
            pool("pool1", 2),
            *HEAD,
        ],
        {"layout": "planes"},
    ),
    "shortcuts, in rows": (
        [3, 6, 5],
        [
            layer("rescale"),
            conv("conv1", 9, 3, padding="same"),
            layer("relu", name="gate"),
            conv("conv2", 10, 3, stride=2, padding=1),
            layer("batchnorm", name="norm"),
            layer("relu", name="gate2"),
            conv("conv3", 10, 3, padding=1),
            conv("short", 10, 1, stride=2, inputs=["gate"]),
            layer("add", name="fitted", inputs=["short", "conv3"]),
            layer("relu", name="gate3"),
            conv("conv4", 10, 1),
            layer("add", name="same", inputs=["conv4", "gate3"]),
            layer("globalavgpool", name="mean"),
            *HEAD,
        ],
        {},
    ),
    "drawn in grey": (
        [1, 6, 5],
        [layer("rescale", divisor=9), conv("conv1", 2, 3, padding="same"), layer("relu"), pool("pool1", 2), *HEAD],
        {"levels": 9, "ink": True},
    ),
    "drawn in colours": (
        [3, 5, 7],
        [layer("rescale"), conv("conv1", 9, 3, padding="same"), layer("relu"), *HEAD],
        {"colors": 4},
    ),
    "no softmax": ([3, 4, 4], [conv("conv1", 2, 2), layer("relu")], {}),
}

# The element-wise kinds, each with its defaults; not those that stand in a network below in another place.
ELSEWHERE = (ReLU, Clip, Identity, Exp, Log, Sqrt)
PLAIN = tuple(one.kind for one in LAYERS if issubclass(one, Elementwise) and one not in ELSEWHERE)

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
    "no photo, a kind for everything": (
        [],
        [
            layer(
                "conv", name="glass", filters=4, size=[2, 2], padding=1, dilation=[1, 2], groups=2, inputs=["maps"]
            ),
            *map(layer, PLAIN),
            layer("prelu", shape=[4, 1, 1]),
            layer("clip", low=-0.5, high=6),
            layer("maxpool", name="attic", size=[2, 2], stride=2, padding=[0, 1, 1, 0], ceil=True, indices=True),
            layer("avgpool", size=[2, 2], padding=1, count_padding=True, inputs=["glass"]),
            layer("pad", pads=[0, 0, 1, -1, 0, 0, 1, 2], mode="reflect", inputs=["glass"]),
            layer("reducemean", name="mean", axes=[-1, -2], inputs=["glass"]),
            layer("reducemax", axes=[1], keep=False, inputs=["glass"]),
            layer("sub", name="nothing", inputs=["mean", "mean"]),
            layer("add", inputs=["glass", "mean"]),
            layer("mul", inputs=["mean", "glass"]),
            layer("div", inputs=["glass", "single"]),
            layer("exp", inputs=["mean"]),
            layer("log", inputs=["exp"]),
            layer("sqrt", inputs=["exp"]),
            layer("powers", inputs=["exp", "mean"]),
            layer("reducesum", axes=[-1], inputs=["glass"]),
            layer("pick", places=[[-1, 0, 0], [2, 1, -1, 1]], inputs=["glass"]),
            layer("sum", count=3, inputs=["glass", "mean", "single"]),
            layer("identity", name="same"),
            layer("concat", name="both", axis=1, inputs=["glass", "same"]),
            layer("reshape", name="lines", shape=[2, 8, 16]),
            layer("transpose", name="turn", axes=[0, 2, 1]),
            layer("matmul", inputs=["lines", "turn"]),
            layer("softmax", name="shares", axis=1),
            layer("logsoftmax", name="logs", axis=1, inputs=["lines"]),
            layer("reshape", name="target", shape=[2, 4], inputs=["nothing"]),
            layer("concat", name="targets", axis=1, count=4, inputs=["target"] * 4),
            layer("nllloss", name="loss", ignore=3, inputs=["logs", "targets"]),
        ],
        {"classes": [], "extra": {"maps": [2, 4, 3, 4], "single": []}},
    ),
}


def network(name: str) -> Network:
    shape, layers, more = (ZOO | BARE)[name]
    more = dict(more)
    more.pop("colors", None)
    seen = {"shape": shape} | {key: more.pop(key) for key in ("levels", "ink") if key in more}
    spec = {"name": name, "classes": ["Ann", "Bob", "Cid"], "input": seen, "layers": layers} | more
    return Network.from_spec(spec)


def drawn(name: str, seed: int = 3) -> Drawing | None:
    """A pad and three samples, where the network of that name is drawn for."""
    shape, _, more = ZOO[name]
    if "colors" not in more and "ink" not in more:
        return None
    rng = np.random.RandomState(seed)
    light = [tuple(rng.randint(0, 256, 3).tolist()) for _ in range(more.get("colors", 0))]
    most = len(light) - 1 if light else more["levels"]
    pictures = [np.clip(rng.randint(-1, most + 1, shape[1:]), 0, most).astype(np.float64) for _ in range(4)]
    samples = tuple(zip(("Ann", "Cid", "Ann"), pictures[1:], strict=True))
    colors = tuple(zip(("white", "red", "green", "blue"), light, strict=False))
    return Drawing(pictures[0], samples, colors)


def case(name: str, seed: int = 3) -> Case:
    net = network(name)
    rng = np.random.RandomState(seed)
    label = net.classes[-1] if net.has_truth else None
    prose = {"title": name, "lead": "", "summary": ""}
    extra = {key: rng.standard_normal(shape) for key, shape in net.outside.items()}
    given = {key: value + 0.25 for key, value in net.fill(extra, seed).items()}
    if not net.shape:
        return Case(net, given, None, label, prose)
    pad = drawn(name, seed)
    pixels = rng.randint(0, 256, net.shape).astype(np.float64) if pad is None else pad.x()
    small = pixels if net.shape[0] in (1, 3) else pixels[:1]
    photo = from_pixels(small, name, net.levels)
    if net.shape[0] not in (1, 3):
        photo = type(photo)(pixels, photo.picture, photo.title)
    return Case(net, given, photo, label, prose, drawing=pad)

"""Cases of gradients: odd shapes, strides, paddings, dilations, groups and ties."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from backwards import Case, at_random, case_of
from test_torch import KINDS, cases_of, part_of

SHAPED: list[
    tuple[str, str, dict[str, Any], dict[str, tuple[int, ...]]]
] = [  # name, kind, options, shapes of what is read
    ("no padding", "conv2d", {"filters": 3, "size": [2, 3]}, {"x": (2, 5, 6)}),
    ("one by one", "conv2d", {"filters": 3, "size": 1}, {"x": (2, 3, 4)}),
    (
        "stride and padding on four sides",
        "conv2d",
        {"filters": 3, "size": [2, 3], "stride": [2, 3], "padding": [1, 0, 2, 1]},
        {"x": (2, 5, 7)},
    ),
    ("a stride that leaves pixels", "conv2d", {"filters": 2, "size": 2, "stride": 3}, {"x": (2, 7, 7)}),
    ("a stride above the size", "conv2d", {"filters": 2, "size": 1, "stride": 2}, {"x": (3, 5, 4)}),
    ("one window, and a stride", "conv2d", {"filters": 2, "size": [4, 3], "stride": 2}, {"x": (2, 4, 3)}),
    ("padding wider than the filter", "conv2d", {"filters": 1, "size": 2, "padding": [3, 2, 1, 4]}, {"x": (2, 2, 2)}),
    ("same, dilation", "conv2d", {"filters": 2, "size": 3, "dilation": 2, "padding": "same"}, {"x": (2, 5, 6)}),
    (
        "dilation, stride, groups",
        "conv2d",
        {"filters": 4, "size": [3, 2], "groups": 2, "dilation": [1, 2], "stride": [2, 1], "padding": [1, 0, 2, 1]},
        {"x": (4, 6, 5)},
    ),
    ("depthwise", "conv2d", {"filters": 6, "size": 2, "groups": 3, "padding": "same"}, {"x": (3, 3, 4)}),
    (
        "one window, dilation and a stride",
        "conv2d",
        {"filters": 2, "size": 2, "stride": 2, "dilation": 2},
        {"x": (2, 3, 4)},
    ),
    (
        "two pictures",
        "conv",
        {"filters": 4, "size": [2, 2], "stride": [1, 2], "padding": 1, "groups": 2},
        {"x": (2, 4, 3, 4)},
    ),
    (
        "dilation",
        "conv",
        {"filters": 2, "size": [2, 3], "dilation": [2, 1], "stride": 2, "padding": 1},
        {"x": (1, 3, 5, 4)},
    ),
    ("sounds", "conv", {"filters": 2, "size": [3], "dilation": 2, "padding": [2, 1]}, {"x": (2, 2, 6)}),
    ("volumes", "conv", {"filters": 2, "size": [2, 1, 2], "groups": 2, "stride": 2}, {"x": (1, 2, 3, 2, 4)}),
    ("overlapping", "maxpool2d", {"size": 3, "stride": 2, "padding": 1}, {"x": (2, 5, 6)}),
    ("same, every place", "maxpool2d", {"size": [2, 3], "stride": 1, "padding": "same"}, {"x": (2, 4, 5)}),
    (
        "dilation and ceil",
        "maxpool2d",
        {"size": [2, 3], "stride": 2, "dilation": [2, 1], "padding": 1, "ceil": True},
        {"x": (3, 5, 5)},
    ),
    ("an odd picture", "maxpool2d", {"size": 2}, {"x": (2, 5, 5)}),
    ("pixels passed over", "maxpool2d", {"size": 1, "stride": [2, 3]}, {"x": (2, 3, 4)}),
    ("two axes", "maxpool", {"size": [3, 2], "padding": [1, 0, 2, 1], "dilation": [1, 2]}, {"x": (1, 2, 4, 5)}),
    (
        "one axis and its indices",
        "maxpool",
        {"size": [2], "stride": 2, "ceil": True, "indices": True},
        {"x": (2, 2, 5)},
    ),
    ("three axes", "maxpool", {"size": [2, 1, 2]}, {"x": (1, 2, 3, 2, 4)}),
    (
        "all at once",
        "avgpool2d",
        {"size": [3, 2], "stride": [2, 3], "padding": [1, 0, 0, 1], "ceil": True, "count_padding": True},
        {"x": (2, 5, 6)},
    ),
    ("padding that does not count", "avgpool2d", {"size": 3, "stride": 1, "padding": 1}, {"x": (2, 4, 5)}),
    (
        "one axis",
        "avgpool",
        {"size": [3], "stride": 2, "padding": 1, "ceil": True, "count_padding": True},
        {"x": (2, 2, 6)},
    ),
    ("dilation", "avgpool", {"size": [2, 2], "padding": 1, "dilation": [2, 1]}, {"x": (2, 1, 4, 5)}),
    ("three axes", "avgpool", {"size": [2, 1, 2], "stride": 2}, {"x": (1, 2, 3, 2, 4)}),
    ("maps", "globalavgpool", {}, {"x": (3, 2, 4)}),
    ("maps", "globalmaxpool", {}, {"x": (3, 2, 4)}),
    ("a column", "dense", {"units": 3}, {"x": (5,)}),
    ("one unit", "dense", {"units": 1}, {"x": (4,)}),
    ("maps", "batchnorm", {"epsilon": 0.1}, {"x": (3, 2, 4)}),
    ("another axis", "batchnorm", {"axis": 1}, {"x": (2, 3, 4)}),
    ("a column", "batchnorm", {"axis": -1}, {"x": (5,)}),
    ("maps", "rescale", {"divisor": 3.0}, {"x": (3, 2, 4)}),
    ("maps", "relu", {}, {"x": (2, 3, 3)}),
    ("maps", "leakyrelu", {"alpha": -0.3}, {"x": (2, 3, 3)}),
    ("a slope for each channel", "prelu", {"shape": [2, 1, 1]}, {"x": (2, 3, 3)}),
    ("slopes", "prelu", {"shape": [2, 1, 3]}, {"x": (2, 3, 3)}),
    ("one slope", "prelu", {"shape": []}, {"x": (2, 3, 3)}),
    ("a slope for each", "prelu", {"shape": [3]}, {"x": (3,)}),
    ("maps", "sigmoid", {}, {"x": (2, 3, 3)}),
    ("maps", "tanh", {}, {"x": (2, 3, 3)}),
    *(
        (f"{kind}: {x} and {y}", kind, {}, {"x": x, "y": y})
        for kind in ("add", "sub", "mul")
        for x, y in [
            ((2, 3, 1), (2, 1, 4)),
            ((2, 3, 4), (2, 3, 4)),
            ((2, 3, 4), (2, 1, 1)),
            ((3, 2), (2,)),
            ((), (2, 2, 3)),
            ((3,), (1, 3)),
        ]
    ),
    ("three", "sum", {"count": 3}, {"x1": (2, 3, 1), "x2": (2, 1, 4), "x3": (1, 1, 4)}),
    ("maps", "flatten", {}, {"x": (2, 3, 2)}),
    ("a table", "reshape", {"shape": [4, 3]}, {"x": (2, 6)}),
    ("maps of a column", "reshape", {"shape": [2, 2, 3]}, {"x": (12,)}),
    ("a number", "reshape", {"shape": []}, {"x": (1, 1, 1)}),
    ("channels", "concat", {}, {"x1": (2, 3, 4), "x2": (1, 3, 4)}),
    ("columns", "concat", {"count": 3, "axis": -1}, {"x1": (2, 3, 1), "x2": (2, 3, 3), "x3": (2, 3, 2)}),
    ("maps", "identity", {}, {"x": (2, 3, 3)}),
    ("a column", "softmax", {}, {"x": (4,)}),
    ("channels", "softmax", {"axis": 0}, {"x": (3, 2, 4)}),
]
NEAR = 1 - 2.0**-48  # a last digit less: equal in some programs, and not in others
TIES: list[tuple[str, str, dict[str, Any], Any]] = [
    ("all equal", "maxpool2d", {"size": 3, "stride": 1, "padding": 1}, np.full((2, 4, 4), 0.1)),
    ("all 0", "maxpool2d", {"size": 2}, np.zeros((2, 4, 5))),
    (
        "nearly equal",
        "maxpool2d",
        {"size": 2},
        [[[0.3 * NEAR, 0.3], [0.3, 0.3 * NEAR]], [[-7.0, -7 * NEAR], [-7, -8]]],
    ),
    ("not equal", "maxpool2d", {"size": 2}, [[[0.3 - 1e-11, 0.3], [0.3, 0.3]]]),
    ("nearly 0", "maxpool2d", {"size": [1, 3], "stride": 1}, [[[0, 1e-17, -1e-17, 0, 1e-17]]]),
    ("nearly equal", "maxpool", {"size": [2, 2]}, [[[[5e9 * NEAR, 5e9, 5e9], [5e9, 5e9, 5e9 * NEAR]]]]),
    ("all equal", "globalmaxpool", {}, np.full((2, 2, 3), -4.0)),
    ("nearly equal", "globalmaxpool", {}, [[[1, 2 * NEAR], [2, 2]]]),
    ("at the corner", "relu", {}, [[[-1e-17, 0, 1e-17], [-0.0, 1, -1]]]),
    ("at the corner", "leakyrelu", {}, [[[-1e-17, 0, 1e-17], [-0.0, 1, -1]]]),
    ("at the corner", "prelu", {}, [[[-1e-17, 0, 1e-17], [-0.0, 1, -1]]]),
    ("at the corner", "abs", {}, [[[-1e-17, 0, 1e-17], [-0.0, 1, -1]], [[-9e-13, 9e-13, 2e-12], [-2e-12, 3, -3]]]),
    ("flat on both sides", "sigmoid", {}, [-800.0, -40, 0, 40, 800]),
    ("flat on both sides", "tanh", {}, [-800.0, -20, 0, 20, 800]),
    ("sure and wrong", "softmax", {}, [800.0, 0, -800]),
]


def shaped() -> list[Case]:
    """Odd shapes, strides, paddings, dilations and groups, at random numbers."""
    return [at_random(k, name, kind, options, of) for k, (name, kind, options, of) in enumerate(SHAPED)]


def tied() -> list[Case]:
    """Where a derivative jumps, or is hard to tell from 0."""
    found = []
    for name, kind, options, x in TIES:
        one = KINDS[kind](**options)
        known = {"x": np.array(x, dtype=np.float64)}
        known |= {own: np.full(shape, 0.25) for own, shape in one.params({"x": known["x"].shape}).items()}
        found.append(case_of(f"{kind}: {name}", one, known))
    return found


def from_torch(name: str) -> list[tuple[Case, dict[str, np.ndarray]]]:
    """The cases of a file of PyTorch, and the gradients that it gives."""
    found = []
    for number, arrays in cases_of(name).items():
        spec = json.loads(str(arrays["spec"]))
        layer = KINDS[spec["kind"]](**spec["options"])
        if layer.gives_back:
            known = part_of(arrays, "in.") | part_of(arrays, "param.")
            case = case_of(f"{name} {number}", layer, known, part_of(arrays, "back."))
            found.append((case, part_of(arrays, "grad.")))
    return found

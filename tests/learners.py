"""Small networks that learn, and workbooks with a step of learning of theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import Network

CAT = Path(__file__).parents[1] / "samples" / "coffee.png"
TAIL = [
    {"name": "flatten", "kind": "flatten"},
    {"name": "dense", "kind": "dense", "units": 2},
    {"name": "softmax", "kind": "softmax"},
    {"name": "loss", "kind": "crossentropy"},
]
NETWORKS: dict[str, list[dict[str, Any]]] = {
    "stride and padding": [
        {"name": "c", "kind": "conv2d", "filters": 3, "size": 3, "stride": 2, "padding": "same"},
        {"name": "t", "kind": "tanh"},
        {"name": "d", "kind": "conv2d", "filters": 2, "size": 2},
        *TAIL,
    ],
    "overlapping pools": [
        {"name": "c", "kind": "conv2d", "filters": 2, "size": 3},
        {"name": "r", "kind": "leakyrelu"},
        {"name": "p", "kind": "maxpool2d", "size": 3, "stride": 2},
        {"name": "d", "kind": "conv2d", "filters": 2, "size": 2},
        {"name": "a", "kind": "avgpool2d", "size": 2},
        *TAIL,
    ],
    "a leak that is learned": [
        {"name": "c", "kind": "conv2d", "filters": 2, "size": 3, "groups": 1, "dilation": 2},
        {"name": "r", "kind": "prelu"},
        {"name": "p", "kind": "maxpool2d", "size": 2},
        *TAIL,
    ],
    "a shortcut": [
        {"name": "c", "kind": "conv2d", "filters": 3, "size": 3, "padding": "same"},
        {"name": "n", "kind": "batchnorm"},
        {"name": "r", "kind": "relu"},
        {"name": "d", "kind": "conv2d", "filters": 3, "size": 3, "padding": "same"},
        {"name": "plus", "kind": "add", "inputs": ["d", "c"]},
        {"name": "s", "kind": "sigmoid"},
        {"name": "g", "kind": "globalavgpool"},
        *TAIL,
    ],
    "groups and padding": [
        {"name": "c", "kind": "conv2d", "filters": 6, "size": 3, "stride": 3, "padding": 1, "groups": 3},
        {"name": "t", "kind": "tanh"},
        {"name": "d", "kind": "conv2d", "filters": 4, "size": [2, 3], "padding": [1, 0, 0, 2], "groups": 2},
        {"name": "r", "kind": "leakyrelu"},
        {"name": "p", "kind": "maxpool2d", "size": 3, "stride": 2, "padding": 1},
        *TAIL,
    ],
}


def network(name: str, layout: str = "auto") -> Network:
    head = {"name": "tiny", "classes": ["a", "b"], "input": {"shape": [3, 9, 9]}, "layout": layout}
    return Network.from_spec({**head, "layers": NETWORKS[name]})


def request(name: str, layout: str = "auto", **more: Any) -> Request:
    return Request(CAT, template=network(name, layout), label="a", backward=True, engine=None, **more)


def described(asked: Request) -> Lesson:
    case = prepare(asked)
    return describe(case, case.values)

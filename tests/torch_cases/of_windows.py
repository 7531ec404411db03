"""PyTorch's numbers for windows over one to three axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it
from general import Made, Tensors, quarters, write


def windows(seed: int, count: int) -> list[tuple[dict[str, Any], list[int]]]:
    """Options of windows, and a shape that they suit: one to three axes in turn; padding as PyTorch has it."""
    rng = np.random.RandomState(seed)
    found = []
    for number in range(count):
        axes = number % 3 + 1
        size = rng.randint(1, 4, axes).tolist()
        options = {
            "size": size,
            "stride": rng.randint(1, 4, axes).tolist(),
            "padding": [int(rng.randint(0, k // 2 + 1)) for k in size] * 2,
        }
        found.append((options, rng.randint(3, 8 - axes, axes).tolist()))
    return found


def conv() -> None:
    rng = np.random.RandomState(12)
    cases: list[Made] = []
    for number, (options, spatial) in enumerate(windows(12, 12)):
        axes, groups, depth = len(spatial), int(rng.randint(1, 3)), int(rng.randint(1, 3))
        wide = [n + 2 for n in spatial]
        options |= {"filters": groups * int(rng.randint(1, 3)), "groups": groups}
        options |= {"dilation": rng.randint(1, 3, axes).tolist()} if number % 2 else {}
        weight = quarters(rng, options["filters"], depth, *options["size"])
        given = {"x": quarters(rng, 2, groups * depth, *wide)}
        cases.append((options, given, {"weight": weight, "bias": quarters(rng, options["filters"])}))

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        axes = len(options["size"])
        dilation = options.get("dilation", [1] * axes)
        function = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
        around = (options["stride"], options["padding"][:axes], dilation, options["groups"])
        out = {"out": function(given["x"], param["weight"], param["bias"], *around)}
        if max(dilation) == 1:
            return out
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, options["size"], strict=True)]
        spread = torch.zeros(*param["weight"].shape[:2], *reach, dtype=torch.float64)
        spread[(..., *(slice(None, None, d) for d in dilation))] = param["weight"].detach()
        return {"spread": spread} | out

    write("conv", told, cases)


def maxpool() -> None:
    rng = np.random.RandomState(13)
    cases: list[Made] = []
    for number, (options, spatial) in enumerate(windows(13, 12)):
        axes = len(spatial)
        options |= {"dilation": rng.randint(1, 3, axes).tolist()} if number % 2 else {}
        options |= {"ceil": number % 4 > 1, "indices": number % 5 > 2}
        x = (
            np.round(quarters(rng, 2, 2, *(n + 2 for n in spatial)) * (1 if number > 6 else 100)) - 3
        )  # ties; negative
        cases.append((options, {"x": x}, {}))

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        axes = len(options["size"])
        function = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[axes - 1]
        around = (options["size"], options["stride"], options["padding"][:axes], options.get("dilation", 1))
        out, indices = function(given["x"], *around, ceil_mode=options["ceil"], return_indices=True)
        # PyTorch counts within each channel, ONNX through all of x
        planes = torch.arange(out.shape[0] * out.shape[1]).reshape(*out.shape[:2], *[1] * axes)
        counted = (indices + planes * given["x"][0, 0].numel()).double()
        return ({"indices": counted} if options["indices"] else {}) | {"out": out}

    write("maxpool", told, cases)


def avgpool() -> None:
    rng = np.random.RandomState(14)
    cases: list[Made] = []
    for number, (options, spatial) in enumerate(windows(14, 12)):
        options |= {"ceil": number % 4 > 1, "count_padding": number % 2 == 1}
        cases.append((options, {"x": quarters(rng, 2, 2, *spatial)}, {}))

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        axes = len(options["size"])
        function = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[axes - 1]
        around = (options["size"], options["stride"], options["padding"][:axes])
        out = function(given["x"], *around, ceil_mode=options["ceil"], count_include_pad=options["count_padding"])
        return {"out": out}

    write("avgpool", told, cases)

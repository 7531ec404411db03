"""Make the .npz files of this folder: what PyTorch, in float64, says about the same layers and networks.

    python tests/torch_cases/make_cases.py

It needs PyTorch, which the tests do not: they read the files. sheetnet is not imported here, so that the numbers
owe nothing to it. All files but optimizers.npz have two entries and no pickle: "numbers", all of them in one line,
which takes half the room, and "index" (JSON), which names them and gives their shapes, or holds the text itself:

    <kind>.npz      "3.spec" (JSON: kind, options), "3.in.x", "3.param.weight", "3.tensor.out", ... for case 3, and
                    backwards: "3.back.out" (what comes from behind), "3.grad.x", "3.grad.weight"
    network-*.npz   "spec" (JSON: the network's spec, and "label"), "photo", "param.conv1.weight", "tensor.conv1.out"
    backward-*.npz  "spec" (JSON: the network's spec), "photos", "truths" (a batch), "param.conv1.weight",
                    "grad.photo.out", "grad.conv1.weight": gradients of the sum of the losses
    optimizers.npz  "start" (W,), "gradients" (steps, W), and the weights after each step: "sgd", "momentum", "adam"
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it
from make_networks import gradients, networks, optimizers
from pytorch import Case, leaves, run, tensor, write


def write_layers(
    kind: str, cases: list[tuple[Case, Case, Case]], name: str | None = None, decimals: int | None = None
) -> None:
    """``decimals``: of what comes in and from behind; few different numbers make a small file."""
    arrays: Case = {}
    rng = np.random.RandomState(99)
    for number, (options, *known) in enumerate(cases):
        given, param = (
            {n: v if decimals is None else np.round(v, decimals) for n, v in some.items()} for some in known
        )
        ins, params = leaves(given), leaves(param)
        told = run(kind, options, ins, params)
        # The three readings of the loss agree; the likelihood reads the log-probabilities as they are.
        ends = {"out": told["likelihood"] if kind == "crossentropy" else told["out"]}
        ends |= {"log": told["log"]} if kind == "softmax" else {}
        back = {name: rng.standard_normal(tuple(end.shape)) for name, end in ends.items()}
        if decimals is not None:
            back = {end: np.round(value, decimals) for end, value in back.items()}
        goal = sum((end * tensor(back[name])).sum() for name, end in ends.items())
        known = {name: leaf for name, leaf in (ins | params).items() if leaf.requires_grad}
        if goal.requires_grad:  # without a truth the loss is 0, whatever comes in
            gradients = torch.autograd.grad(goal, list(known.values()))
        else:
            gradients = [torch.zeros_like(leaf) for leaf in known.values()]
        arrays |= {f"{number}.back.{name}": value for name, value in back.items()}
        arrays |= {f"{number}.grad.{name}": g.numpy() for name, g in zip(known, gradients, strict=True)}
        told = {name: value.detach() for name, value in told.items()}
        arrays[f"{number}.spec"] = np.array(json.dumps({"kind": kind, "options": options}))
        arrays |= {f"{number}.in.{own}": value for own, value in given.items()}
        arrays |= {f"{number}.param.{own}": value for own, value in param.items()}
        arrays |= {f"{number}.tensor.{own}": value.numpy() for own, value in told.items()}
    write(name or kind, arrays)


def any_padding(rng: np.random.RandomState, size: tuple[int, int], number: int) -> Any:
    """All five ways to say it, in turn, each side smaller than the window."""
    height, width = (max(1, k) for k in size)
    return [
        "valid",
        "same",
        int(rng.randint(0, min(height, width))),
        [int(rng.randint(0, height)), int(rng.randint(0, width))],
        [int(rng.randint(0, k)) for k in (height, width, height, width)],
    ][number % 5]


def windows(kind: str, seed: int, count: int) -> list[tuple[Case, Case, Case]]:
    rng = np.random.RandomState(seed)
    cases = []
    for number in range(count):
        size = int(rng.randint(1, 5)), int(rng.randint(1, 5))
        stride = int(rng.randint(1, 4)), int(rng.randint(1, 4))
        shape = int(rng.randint(1, 5)), int(rng.randint(size[0], 10)), int(rng.randint(size[1], 10))
        options: Case = {"size": list(size), "stride": list(stride), "padding": any_padding(rng, size, number)}
        x = rng.standard_normal(shape) - (3 if kind == "maxpool2d" and number % 2 else 0)
        if kind == "conv2d":
            options["filters"] = int(rng.randint(1, 6))
            weight = rng.standard_normal((options["filters"], shape[0], *size))
            cases.append((options, {"x": x}, {"weight": weight, "bias": rng.standard_normal(options["filters"])}))
        else:
            cases.append((options, {"x": x}, {}))
    return cases


def layers() -> None:
    rng = np.random.RandomState(7)
    write_layers("conv2d", windows("conv2d", 1, 25))
    ties = [  # few different numbers, so that most windows have several largest
        (options, {"x": np.round(given["x"] * 0.7)}, param) for options, given, param in windows("maxpool2d", 3, 15)
    ]
    write_layers("maxpool2d", windows("maxpool2d", 2, 25) + ties)
    scales = []
    for shape in ((3, 4, 5), (1, 2, 2)):
        param = {"divisor": np.array(37.0), "mean": rng.standard_normal(shape[0]), "std": rng.rand(shape[0]) + 0.1}
        scales.append(({}, {"x": rng.randint(0, 256, shape).astype(np.float64)}, param))
    write_layers("rescale", scales)
    write_layers("flatten", [({}, {"x": rng.standard_normal((2, 3, 4))}, {})])
    write_layers("relu", [({}, {"x": rng.standard_normal(shape)}, {}) for shape in ((2, 3, 4), (9,), (1, 1, 1))])
    dense = []
    for n, units in ((1, 1), (7, 3), (20, 11), (100, 4)):
        dense.append(
            (
                {"units": units},
                {"x": rng.standard_normal(n)},
                {"weight": rng.standard_normal((units, n)), "bias": rng.standard_normal(units)},
            )
        )
    write_layers("dense", dense)
    logits = [
        rng.standard_normal(3),
        rng.standard_normal(10) * 30,
        np.array([1000.0, 0.0]),
        np.array([-1000.0, 1000.0, 999.0]),
        np.array([1e6, -1e6, 0.0, 1e6]),
        np.array([709.9, 710.1, 711.0]),
        np.zeros(5),
        np.array([42.0]),
    ]
    write_layers("softmax", [({}, {"x": x}, {}) for x in logits])
    losses = []
    for x in logits:
        log = F.log_softmax(tensor(x), 0).numpy()
        for true in (None, 0, len(x) - 1):
            truth = np.zeros(len(x))
            if true is not None:
                truth[true] = 1
            losses.append(({}, {"log": log, "truth": truth}, {}))
    write_layers("crossentropy", losses)
    write_layers("conv2d", apart("conv2d", 51, 25), name="conv2d-apart", decimals=1)
    write_layers("maxpool2d", apart("maxpool2d", 52, 25), name="maxpool2d-apart", decimals=1)
    write_layers("avgpool2d", poolings(41, 20), decimals=1)
    maps = [np.round(rng.standard_normal(shape), 1) for shape in ((1, 1, 1), (3, 4, 5), (9, 2, 7))]
    write_layers("globalavgpool", [({}, {"x": x}, {}) for x in maps])
    write_layers("globalmaxpool", [({}, {"x": x}, {}) for x in maps])
    write_layers("batchnorm", normalizations(), decimals=1)


def poolings(seed: int, count: int) -> list[tuple[Case, Case, Case]]:
    """Average pools; ceil only with padding that PyTorch itself can say."""
    rng = np.random.RandomState(seed)
    cases = []
    for options, given, _ in windows("avgpool2d", seed, count):
        if rng.rand() < 0.5:
            half = [int(rng.randint(0, k // 2 + 1)) for k in options["size"]]
            options |= {"ceil": bool(rng.rand() < 0.7), "padding": half}
        options["count_padding"] = bool(rng.rand() < 0.5)
        cases.append((options, given, {}))
    return cases


def apart(kind: str, seed: int, count: int) -> list[tuple[Case, Case, Case]]:
    """Windows with dilation, groups and ceil."""
    rng = np.random.RandomState(seed)
    cases = []
    while len(cases) < count:
        size, dilation = [int(rng.randint(1, 4)) for _ in "yx"], [int(rng.randint(1, 4)) for _ in "yx"]
        wide = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
        groups = int(rng.choice([1, 2, 3]))
        shape = groups * int(rng.randint(1, 3)), int(rng.randint(wide[0], 9)), int(rng.randint(wide[1], 9))
        options: Case = {"size": size, "stride": [int(rng.randint(1, 4)) for _ in "yx"], "dilation": dilation}
        x = rng.standard_normal(shape)
        if kind == "conv2d":
            filters = groups * int(rng.randint(1, 3))
            options |= {"groups": groups, "filters": filters, "padding": any_padding(rng, (3, 3), len(cases))}
            weight = rng.standard_normal((filters, shape[0] // groups, *size))
            cases.append((options, {"x": x}, {"weight": weight, "bias": rng.standard_normal(filters)}))
            continue
        options |= {"padding": [int(rng.randint(0, k // 2 + 1)) for k in size], "ceil": bool(rng.rand() < 0.7)}
        if torch.isfinite(run(kind, options, {"x": tensor(x)}, {})["out"]).all():  # each window sees a pixel
            cases.append((options, {"x": x}, {}))
    return cases


def normalizations() -> list[tuple[Case, Case, Case]]:
    rng = np.random.RandomState(5)
    cases = []
    for shape, axis, epsilon in (
        ((3, 4, 5), 0, None),
        ((5, 2, 3), -3, 0.1),
        ((7,), -1, 1e-3),
        ((2, 3, 4, 2), -3, None),
    ):
        options = ({"axis": axis} if axis else {}) | ({"epsilon": epsilon} if epsilon else {})
        param = {name: rng.standard_normal(shape[axis]) for name in ("scale", "bias", "mean")}
        param["variance"] = rng.rand(shape[axis]) + 0.1
        cases.append((options, {"x": rng.standard_normal(shape) * 3 + 1}, param))
    return cases


if __name__ == "__main__":
    layers()
    networks()
    gradients()
    optimizers()

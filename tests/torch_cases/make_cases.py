"""Make the .npz files of this folder: what PyTorch, in float64, says about the same layers and networks.

    python tests/torch_cases/make_cases.py

It needs PyTorch, which the tests do not: they read the files. sheetnet is not imported here, so that the numbers
owe nothing to it. Every file holds arrays and text only (no pickle).

    <kind>.npz      "3.spec" (JSON: kind, options), "3.in.x", "3.param.weight", "3.tensor.out", ... for case 3
    network-*.npz   "spec" (JSON: the network's spec, and "label"), "photo", "param.conv1.weight", "tensor.conv1.out"
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it

HERE = Path(__file__).parent
Case = dict[str, Any]


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array, dtype=np.float64))


def pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def sides(padding: Any, shape: tuple[int, ...], size: Any, stride: Any) -> tuple[int, int, int, int]:
    """Left, right, top, bottom, as F.pad takes them; "same" is ONNX SAME_UPPER."""
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        found = []
        for n, k, s in ((shape[-1], pair(size)[1], pair(stride)[1]), (shape[-2], pair(size)[0], pair(stride)[0])):
            missing = max((math.ceil(n / s) - 1) * s + k - n, 0)
            found += [missing // 2, missing - missing // 2]
        return found[0], found[1], found[2], found[3]
    if isinstance(padding, int):
        return padding, padding, padding, padding
    if len(padding) == 2:
        return padding[1], padding[1], padding[0], padding[0]
    top, left, bottom, right = padding
    return left, right, top, bottom


def run(kind: str, options: Case, given: dict[str, torch.Tensor], param: dict[str, torch.Tensor]) -> dict[str, Any]:
    """Every tensor that a layer shows, by PyTorch."""
    x = given.get("x", given.get("log"))
    assert x is not None
    if kind == "rescale":
        mean, std = param["mean"][:, None, None], param["std"][:, None, None]
        return {"out": (x / param["divisor"] - mean) / std}
    if kind in ("conv2d", "maxpool2d"):
        size = options["size"]
        stride = options.get("stride", 1 if kind == "conv2d" else size)
        around = sides(options.get("padding", "valid"), tuple(x.shape), size, stride)
        if kind == "conv2d":
            x = F.pad(x[None], around)
            return {"out": F.conv2d(x, param["weight"], param["bias"], stride=pair(stride))[0]}
        return {"out": F.max_pool2d(F.pad(x[None], around, value=-torch.inf), pair(size), pair(stride))[0]}
    if kind == "relu":
        return {"out": F.relu(x)}
    if kind == "flatten":
        return {"out": torch.flatten(x)}
    if kind == "dense":
        return {"out": F.linear(x, param["weight"], param["bias"])}
    if kind == "softmax":
        top = x.max()
        return {
            "top": top,
            "exp": torch.exp(x - top),
            "sum": torch.exp(x - top).sum(),
            "log": F.log_softmax(x, 0),
            "out": F.softmax(x, 0),
        }
    assert kind == "crossentropy"
    truth = given["truth"]
    true = int(truth.argmax()) if truth.any() else None
    zero = torch.zeros((), dtype=torch.float64)
    ratio = F.kl_div(x, truth, reduction="none")
    return {
        "term": -truth * x,
        "ratio": ratio,
        "likelihood": zero if true is None else F.nll_loss(x[None], torch.tensor([true])),
        "divergence": ratio.sum(),
        # Log-probabilities are logits whose log-softmax is themselves.
        "out": zero if true is None else F.cross_entropy(x[None], torch.tensor([true])),
    }


def write(name: str, arrays: Case) -> None:
    path = HERE / f"{name}.npz"
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def write_layers(kind: str, cases: list[tuple[Case, Case, Case]]) -> None:
    arrays: Case = {}
    for number, (options, given, param) in enumerate(cases):
        told = run(kind, options, {k: tensor(v) for k, v in given.items()}, {k: tensor(v) for k, v in param.items()})
        arrays[f"{number}.spec"] = np.array(json.dumps({"kind": kind, "options": options}))
        arrays |= {f"{number}.in.{own}": value for own, value in given.items()}
        arrays |= {f"{number}.param.{own}": value for own, value in param.items()}
        arrays |= {f"{number}.tensor.{own}": value.numpy() for own, value in told.items()}
    write(kind, arrays)


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
    write_layers("maxpool2d", windows("maxpool2d", 2, 25))
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


def network(name: str, seed: int, shape: list[int], classes: list[str], label: str | None, nodes: list[Case]) -> None:
    """A chain with random weights and a random photo, every tensor of it."""
    rng = np.random.RandomState(seed)
    photo = rng.randint(0, 256, shape).astype(np.float64)
    truth = tensor(np.array([float(c == label) for c in classes]))
    arrays: Case = {"photo": photo}
    last: dict[str, Any] = {"out": tensor(photo)}
    for node in nodes:
        kind = node["kind"]
        options = {k: v for k, v in node.items() if k not in ("name", "kind")}
        given = {"log": last.get("log"), "truth": truth} if kind == "crossentropy" else {"x": last["out"]}
        x = last["out"]
        param: Case = {}
        if kind == "conv2d":
            filters = options["filters"]
            param["weight"] = rng.standard_normal((filters, x.shape[0], *pair(options["size"]))) * 0.4
            param["bias"] = rng.standard_normal(filters) * 0.1
        elif kind == "dense":
            param["weight"] = rng.standard_normal((options["units"], len(x))) * 0.4
            param["bias"] = rng.standard_normal(options["units"]) * 0.1
        elif kind == "rescale":
            param["divisor"] = np.array(float(options.get("divisor", 255)))
            param["mean"] = np.ones(len(x)) * options.get("mean", 0)
            param["std"] = np.ones(len(x)) * options.get("std", 1)
        last = run(kind, options, given, {own: tensor(value) for own, value in param.items()})
        arrays |= {f"param.{node['name']}.{own}": value for own, value in param.items()}
        arrays |= {f"tensor.{node['name']}.{own}": value.numpy() for own, value in last.items()}
    spec = {"name": name, "classes": classes, "input": {"shape": shape}, "layers": nodes}
    arrays["spec"] = np.array(json.dumps({"network": spec, "label": label}))
    write(f"network-{name}", arrays)


def node(name: str, kind: str, **options: Any) -> Case:
    return {"name": name, "kind": kind, **options}


def networks() -> None:
    network(
        "grey",
        11,
        [1, 11, 9],
        ["Cup", "Spoon", "Plate"],
        "Spoon",
        [
            node("scale", "rescale", mean=0.5, std=0.5),
            node("conv1", "conv2d", filters=5, size=3, padding="same"),
            node("relu1", "relu"),
            node("pool1", "maxpool2d", size=2),
            node("conv2", "conv2d", filters=3, size=[2, 3], stride=[1, 2]),
            node("relu2", "relu"),
            node("flat", "flatten"),
            node("jury", "dense", units=3),
            node("softmax", "softmax"),
            node("loss", "crossentropy"),
        ],
    )
    network(
        "deep",
        12,
        [3, 9, 10],
        ["Cat", "Dog", "Owl", "Fox"],
        "Fox",
        [
            node("scale", "rescale", divisor=128, mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.4]),
            node("conv1", "conv2d", filters=12, size=3, stride=2, padding="same"),
            node("relu1", "relu"),
            node("pool1", "maxpool2d", size=3, stride=1, padding=1),
            node("conv2", "conv2d", filters=4, size=2, padding=[1, 0, 0, 2]),
            node("flat", "flatten"),
            node("dense1", "dense", units=6),
            node("relu2", "relu"),
            node("dense2", "dense", units=4),
            node("softmax", "softmax"),
            node("loss", "crossentropy"),
        ],
    )
    network(
        "wide",
        13,
        [3, 6, 7],
        ["A", "B", "C", "D", "E"],
        None,
        [
            node("scale", "rescale"),
            node("conv1", "conv2d", filters=9, size=3, padding=1),
            node("relu1", "relu"),
            node("conv2", "conv2d", filters=10, size=2, padding=[0, 1, 1, 0]),
            node("pool2", "maxpool2d", size=2, stride=1, padding="same"),
            node("scale2", "rescale", divisor=2, mean=0.25, std=-3),
            node("flat", "flatten"),
            node("dense", "dense", units=5),
            node("softmax", "softmax"),
            node("loss", "crossentropy"),
        ],
    )


if __name__ == "__main__":
    layers()
    networks()

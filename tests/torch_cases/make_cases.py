"""Make the .npz files of this folder: what PyTorch, in float64, says about the same layers and networks.

    python tests/torch_cases/make_cases.py

It needs PyTorch, which the tests do not: they read the files. sheetnet is not imported here, so that the numbers
owe nothing to it. All files but optimizers.npz hold two entries and no pickle: "numbers", all of them in one line, which takes half the
room, and "index" (JSON), which names what they are and gives its shape, or the text itself:

    <kind>.npz      "3.spec" (JSON: kind, options), "3.in.x", "3.param.weight", "3.tensor.out", ... for case 3, and
                    backwards: "3.back.out" (what comes from behind), "3.grad.x", "3.grad.weight"
    network-*.npz   "spec" (JSON: the network's spec, and "label"), "photo", "param.conv1.weight", "tensor.conv1.out"
    backward-*.npz  "spec" (JSON: the network's spec), "photos", "truths" (a batch), "param.conv1.weight",
                    "grad.photo.out", "grad.conv1.weight": gradients of the sum of the losses
    optimizers.npz  "start" (W,), "gradients" (steps, W), and the weights after each step: "sgd", "momentum", "adam"
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
    if kind == "avgpool2d":
        return {"out": mean_of_windows(x, options)}
    if kind == "globalavgpool":
        return {"out": F.adaptive_avg_pool2d(x, 1)}
    if kind == "globalmaxpool":
        return {"out": F.adaptive_max_pool2d(x, 1)}
    if kind == "batchnorm":
        return {"out": normalized(x, options, param)}
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


def mean_of_windows(x: torch.Tensor, options: Case) -> torch.Tensor:
    """PyTorch pads both sides alike; where they differ, means are sums over counts of ones."""
    size, stride = pair(options["size"]), pair(options.get("stride", options["size"]))
    ceil, count = options.get("ceil", False), options.get("count_padding", False)
    around = sides(options.get("padding", "valid"), tuple(x.shape), size, stride)
    left, right, top, bottom = around
    if left == right <= size[1] / 2 and top == bottom <= size[0] / 2:
        return F.avg_pool2d(x[None], size, stride, (top, left), ceil, count)[0]
    ones = torch.ones_like(x)
    ones = F.pad(ones, around, value=1.0 if count else 0.0)
    sums, counts = (F.avg_pool2d(one[None], size, stride, 0, False, True)[0] for one in (F.pad(x, around), ones))
    return sums / counts


def normalized(x: torch.Tensor, options: Case, param: dict[str, torch.Tensor]) -> torch.Tensor:
    """batch_norm itself has no gradient by mean and variance: the same in single steps, held against it."""
    axis, epsilon = options.get("axis", 0), options.get("epsilon", 1e-5)
    first = x.movedim(axis, -1)
    mean, variance, scale, bias = (param[name] for name in ("mean", "variance", "scale", "bias"))
    out = ((first - mean) * torch.rsqrt(variance + epsilon) * scale + bias).movedim(-1, axis)
    with torch.no_grad():
        told = F.batch_norm(x.movedim(axis, 0)[None], mean, variance, scale, bias, training=False, eps=epsilon)
        torch.testing.assert_close(out, told[0].movedim(0, axis), rtol=1e-13, atol=1e-13)
    return out


def write(name: str, arrays: Case) -> None:
    path = HERE / f"{name}.npz"
    index = {key: str(v) if v.dtype.kind == "U" else list(v.shape) for key, v in arrays.items()}
    numbers = np.concatenate([v.ravel() for v in arrays.values() if v.dtype.kind == "f"])
    np.savez_compressed(path, allow_pickle=False, index=np.array(json.dumps(index)), numbers=numbers)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def leaves(arrays: Case) -> dict[str, torch.Tensor]:
    return {name: tensor(value).requires_grad_(name != "truth") for name, value in arrays.items()}


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


def drawn(kind: str, options: Case, x: Any, rng: np.random.RandomState) -> Case:
    """Random parameters of one layer."""
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
    return param


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
        param = drawn(kind, options, last["out"], rng)
        last = run(kind, options, given, {own: tensor(value) for own, value in param.items()})
        arrays |= {f"param.{node['name']}.{own}": value for own, value in param.items()}
        arrays |= {f"tensor.{node['name']}.{own}": value.numpy() for own, value in last.items()}
    spec = {"name": name, "classes": classes, "input": {"shape": shape}, "layers": nodes}
    arrays["spec"] = np.array(json.dumps({"network": spec, "label": label}))
    write(f"network-{name}", arrays)


def backward(name: str, seed: int, shape: list[int], classes: list[str], levels: int, nodes: list[Case]) -> None:
    """Gradients of the sum of all losses over a batch; nodes may name their inputs. Few ``levels``: many ties."""
    rng = np.random.RandomState(seed)
    photos = rng.randint(0, levels, (4, *shape)).astype(np.float64)
    truths = np.eye(len(classes))[rng.randint(0, len(classes), 4)]
    arrays: Case = {"photos": photos, "truths": truths}
    params: dict[str, torch.Tensor] = {}
    pictures = leaves({"photos": photos})["photos"]
    total = torch.zeros((), dtype=torch.float64)
    for picture, truth in zip(pictures, truths, strict=True):
        told: dict[str, dict[str, Any]] = {"photo": {"out": picture}}
        before = "photo"
        for node in nodes:
            kind = node["kind"]
            options = {k: v for k, v in node.items() if k not in ("name", "kind", "inputs")}
            read = told[node.get("inputs", [before])[0]]
            if not any(full.startswith(f"{node['name']}.") for full in params):
                values = drawn(kind, options, read["out"], rng) if kind != "crossentropy" else {}
                params |= leaves({f"{node['name']}.{own}": value for own, value in values.items()})
                arrays |= {f"param.{node['name']}.{own}": value for own, value in values.items()}
            own = {full.partition(".")[2]: p for full, p in params.items() if full.startswith(f"{node['name']}.")}
            given = {"log": read.get("log"), "truth": tensor(truth)} if kind == "crossentropy" else {"x": read["out"]}
            told[node["name"]] = run(kind, options, given, own)
            total = total + (told[node["name"]]["out"] if kind == "crossentropy" else 0)
            before = node["name"]
    gradients = torch.autograd.grad(total, [pictures, *params.values()])
    for full, gradient in zip(["photo.out", *params], gradients, strict=True):
        arrays[f"grad.{full}"] = gradient.numpy()
    spec = {"name": name, "classes": classes, "input": {"shape": shape}, "layers": nodes}
    arrays["spec"] = np.array(json.dumps(spec))
    write(f"backward-{name}", arrays)


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


def gradients() -> None:
    backward(
        "chain",
        21,
        [3, 10, 9],
        ["Cat", "Dog", "Owl"],
        256,
        [
            node("scale", "rescale", mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.4]),
            node("conv1", "conv2d", filters=5, size=3, padding="same"),
            node("relu1", "relu"),
            node("pool1", "maxpool2d", size=3, stride=2, padding=1),
            node("conv2", "conv2d", filters=4, size=[2, 3], stride=[2, 1], padding=[1, 0, 0, 2]),
            node("relu2", "relu"),
            node("flat", "flatten"),
            node("hidden", "dense", units=6),
            node("relu3", "relu"),
            node("dense", "dense", units=3),
            node("softmax", "softmax"),
            node("loss", "crossentropy"),
        ],
    )
    backward(
        "ties",
        22,
        [1, 8, 8],
        ["A", "B"],
        3,
        [
            node("scale", "rescale", divisor=2),
            node("pool1", "maxpool2d", size=3, stride=1),
            node("conv1", "conv2d", filters=3, size=2, stride=1),
            node("relu1", "relu"),
            node("pool2", "maxpool2d", size=[2, 3], stride=[1, 2], padding="same"),
            node("flat", "flatten"),
            node("dense", "dense", units=2),
            node("softmax", "softmax"),
            node("loss", "crossentropy"),
        ],
    )
    backward(
        "branches",
        23,
        [2, 7, 7],
        ["A", "B", "C"],
        256,
        [
            node("scale", "rescale", mean=0.5, std=0.5),
            node("conv1", "conv2d", filters=3, size=3, padding="same"),
            node("gate", "relu"),
            node("pool1", "maxpool2d", size=2, inputs=["conv1"]),
            node("conv2", "conv2d", filters=2, size=3, inputs=["gate"]),
            node("again", "conv2d", filters=2, size=3, stride=2, inputs=["gate"]),
            node("flat1", "flatten", inputs=["conv2"]),
            node("head1", "dense", units=3),
            node("softmax1", "softmax"),
            node("flat2", "flatten", inputs=["again"]),
            node("head2", "dense", units=3),
            node("softmax2", "softmax"),
            node("loss1", "crossentropy", inputs=["softmax1", "truth"]),
            node("loss2", "crossentropy", inputs=["softmax2", "truth"]),
            node("flat3", "flatten", inputs=["pool1"]),
            node("head3", "dense", units=3),
            node("softmax3", "softmax"),
            node("loss3", "crossentropy"),
        ],
    )


def optimizers() -> None:
    """Where ten given gradients take the same weights."""
    rng = np.random.RandomState(31)
    start, gradients = rng.standard_normal(6), rng.standard_normal((10, 6)) * [1e-6, 0.1, 1, 1, 10, 1e3]
    arrays: Case = {"start": start, "gradients": gradients}
    ways: dict[str, Any] = {
        "sgd": lambda w: torch.optim.SGD(w, lr=0.05),
        "momentum": lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9),
        "adam": lambda w: torch.optim.Adam(w, lr=0.05),
    }
    for name, make in ways.items():
        weights = tensor(start.copy()).requires_grad_()
        optimizer = make([weights])
        path = []
        for gradient in gradients:
            weights.grad = tensor(gradient)
            optimizer.step()
            path.append(weights.detach().numpy().copy())
        arrays[name] = np.array(path)
    np.savez_compressed(HERE / "optimizers.npz", allow_pickle=False, **arrays)


if __name__ == "__main__":
    layers()
    networks()
    gradients()
    optimizers()

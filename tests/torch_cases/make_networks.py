"""Make the files of whole networks and of the optimizers. See make_cases.py, which makes these as well.

python tests/torch_cases/make_networks.py
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from pytorch import HERE, Case, leaves, pair, run, tensor, write


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
    networks()
    gradients()
    optimizers()

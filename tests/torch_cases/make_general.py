"""Make the .npz files of the general kinds: what PyTorch, in float64, says about them. See make_cases.py.

    python tests/torch_cases/make_general.py [KIND ...]

It needs PyTorch, which the tests do not: they read the files. sheetnet is not imported here, so that the numbers
owe nothing to it. A file has the keys of a layer's file of make_cases.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it

HERE = Path(__file__).parent
Tensors = dict[str, torch.Tensor]
Arrays = dict[str, np.ndarray]
# options, inputs, parameters -> every tensor that the layer shows
Told = Callable[[dict[str, Any], Tensors, Tensors], Tensors]
Made = tuple[dict[str, Any], Arrays, Arrays]


def write(kind: str, told: Told, cases: list[Made], fixed: tuple[str, ...] = ()) -> None:
    """One file; ``fixed``: inputs that have no gradient."""
    arrays: dict[str, Any] = {}
    rng = np.random.RandomState(98)
    for number, (options, given, param) in enumerate(cases):
        known = {name: torch.from_numpy(np.asarray(v, dtype=np.float64)) for name, v in (given | param).items()}
        for name, value in known.items():
            value.requires_grad_(name not in fixed)
        own = told(options, {n: known[n] for n in given}, {n: known[n] for n in param})
        back = rng.standard_normal(tuple(own["out"].shape))
        wanted = [name for name in known if name not in fixed]
        goal = (own["out"] * torch.from_numpy(np.asarray(back))).sum()
        gradients = torch.autograd.grad(goal, [known[name] for name in wanted])
        arrays[f"{number}.spec"] = np.array(json.dumps({"kind": kind, "options": options}))
        arrays |= {f"{number}.in.{name}": value for name, value in given.items()}
        arrays |= {f"{number}.param.{name}": value for name, value in param.items()}
        arrays |= {f"{number}.tensor.{name}": value.detach().numpy() for name, value in own.items()}
        arrays |= {f"{number}.back.out": back}
        arrays |= {f"{number}.grad.{name}": g.numpy() for name, g in zip(wanted, gradients, strict=True)}
    path = HERE / f"{kind}.npz"
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def unary(kind: str, function: Callable[..., torch.Tensor], *options: dict[str, Any], corners: Any = ()) -> None:
    """An elementwise kind: a picture, and a column of numbers far out and its corners."""
    rng = np.random.RandomState(len(kind))
    xs = [rng.standard_normal((2, 3, 4)) * 3]
    xs += [np.array([0.0, -0.0, 1e-9, -1e-9, 30, -30, 700, -700, 1000, -1000, *corners])]
    cases: list[Made] = [(one, {"x": x}, {}) for one in options or ({},) for x in xs]
    write(kind, lambda told, given, param: {"out": function(given["x"], **told)}, cases)


def leakyrelu() -> None:
    unary("leakyrelu", lambda x, alpha=0.01: F.leaky_relu(x, alpha), {}, {"alpha": 0.3}, {"alpha": 2})


def sigmoid() -> None:
    unary("sigmoid", torch.sigmoid)


def tanh() -> None:
    unary("tanh", torch.tanh)


def identity() -> None:
    unary("identity", lambda x: x * 1)


def prelu() -> None:
    rng = np.random.RandomState(1)
    cases: list[Made] = []
    for shape, of in (((), (3, 2, 2)), ((), (5,)), ((3, 1, 1), (3, 4, 5)), ((4,), (2, 4)), ((2, 1, 3), (2, 4, 3))):
        x = np.round(rng.standard_normal(of) * 2) / 2  # some are 0
        cases.append(({"shape": list(shape)}, {"x": x}, {"slope": rng.standard_normal(shape)}))

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        x, slope = given["x"], param["slope"]
        if slope.ndim == 3 and slope.shape[1:] == (1, 1):
            return {"out": F.prelu(x[None], slope[:, 0, 0])[0]}  # PyTorch's own: a slope per channel
        return {"out": torch.where(x > 0, x, slope * x)}

    write("prelu", told, cases)


STRETCHED: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((2, 3, 4), (2, 3, 4)),
    ((2, 3, 4), (2, 1, 1)),
    ((3, 4), (4,)),
    ((4,), (3, 4)),
    ((2, 1, 4), (5, 1, 3, 1)),
    ((), (2, 2)),
    ((1,), ()),
)


def pairs(kind: str, function: Callable[..., torch.Tensor]) -> None:
    """An elementwise kind of two inputs, one of them stretched."""
    rng = np.random.RandomState(len(kind) + 5)

    def some(shape: tuple[int, ...]) -> np.ndarray:
        return np.asarray(rng.standard_normal(shape) + 3 * rng.choice([-1, 1], shape))

    cases: list[Made] = [({}, {"x": some(x), "y": some(y)}, {}) for x, y in STRETCHED]
    write(kind, lambda options, given, param: {"out": function(given["x"], given["y"])}, cases)


def add() -> None:
    pairs("add", torch.add)


MAKERS = (leakyrelu, prelu, sigmoid, tanh, identity, add)

if __name__ == "__main__":
    for maker in MAKERS:
        if maker.__name__ in sys.argv[1:] or not sys.argv[1:]:
            maker()

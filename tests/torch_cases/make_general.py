"""Make the .npz files of the general kinds: what PyTorch, in float64, says about them. See make_cases.py.

    python tests/torch_cases/make_general.py [KIND ...]        without a KIND: all of MAKERS

A KIND that is not in MAKERS is element-wise, and PyTorch has it in torch.nn.functional under the same name and with
the same options; those of its hand-worked cases are taken.

It needs PyTorch, which the tests do not: they read the files. sheetnet is not imported here, so that the numbers
owe nothing to it. A file has the keys of a layer's file of make_cases.py, in two arrays: "index" (JSON: key -> shape,
or the text itself) and "numbers" (all of them, one after the other).
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it
from general import HERE, Made, Tensors, quarters, write
from of_axes import (
    concat,
    logsoftmax,
    matmul,
    nllloss,
    pad,
    pick,
    reducemax,
    reducemean,
    reducesum,
    reshape,
    transpose,
)
from of_windows import avgpool, conv, maxpool


def unary(kind: str, function: Callable[..., torch.Tensor], *options: dict[str, Any], corners: Any = ()) -> None:
    """An elementwise kind: a picture, and a column of numbers far out and its corners."""
    rng = np.random.RandomState(len(kind))
    xs = [rng.standard_normal((2, 3, 4)) * 3]
    xs += [np.array([0.0, -0.0, 1e-9, -1e-9, 30, -30, 700, -700, 1000, -1000, *corners])]
    cases: list[Made] = [(one, {"x": x}, {}) for one in options or ({},) for x in xs]
    write(kind, lambda told, given, param: {"out": function(given["x"], **told)}, cases)


def same(kind: str) -> None:
    """An elementwise kind that PyTorch has itself, with the options of tests/cases/<kind>.toml."""
    table = tomllib.loads((HERE.parent / "cases" / f"{kind}.toml").read_text(encoding="utf-8"))
    texts = dict.fromkeys(json.dumps(case["options"], sort_keys=True) for case in table["case"])
    unary(kind, getattr(F, kind), *map(json.loads, texts))


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
    ((4,), (3, 4)),
    ((2, 1, 4), (5, 1, 3, 1)),
)


def pairs(kind: str, function: Callable[..., torch.Tensor]) -> None:
    """An elementwise kind of two inputs, one of them stretched."""
    rng = np.random.RandomState(len(kind) + 5)

    def far(shape: tuple[int, ...]) -> np.ndarray:  # from 0
        return quarters(rng, *shape) / 2 + 3 * rng.choice([-1, 1], shape)

    cases: list[Made] = [({}, {"x": far(x), "y": far(y)}, {}) for x, y in STRETCHED]
    write(kind, lambda options, given, param: {"out": function(given["x"], given["y"])}, cases)


def add() -> None:
    pairs("add", torch.add)


def elu() -> None:
    unary("elu", lambda x, alpha=1.0: F.elu(x, alpha), {}, {"alpha": 0.3})


def selu() -> None:
    """PyTorch's own has the numbers of the paper; with others it is a stretched ELU."""

    def function(x: torch.Tensor, alpha: float | None = None, gamma: float = 1.0) -> torch.Tensor:
        return F.selu(x) if alpha is None else gamma * F.elu(x, alpha)

    unary("selu", function, {}, {"alpha": 0.5, "gamma": 2})


def celu() -> None:
    """Not with a very small alpha: PyTorch takes its inverse as float32 for the gradient."""
    unary("celu", F.celu, {}, {"alpha": 2}, {"alpha": 0.5})


def hardsigmoid() -> None:
    """PyTorch's own has a slope of 1/6; that of its gradient is 1/6 in float32, so its gradient is not used."""

    def function(x: torch.Tensor, alpha: float = 0.2, beta: float = 0.5) -> torch.Tensor:
        out = torch.clamp(alpha * x + beta, 0, 1)
        assert alpha != 1 / 6 or torch.allclose(out, F.hardsigmoid(x), rtol=1e-15, atol=1e-15)
        return out

    unary("hardsigmoid", function, {"alpha": 1 / 6, "beta": 0.5}, {})


def hardswish() -> None:
    unary("hardswish", F.hardswish, corners=(3, -3, 2.9, -2.9, 1.5, -1.5))


def gelu() -> None:
    unary("gelu", lambda x, approximate="none": F.gelu(x, approximate=approximate), {}, {"approximate": "tanh"})


def clip() -> None:
    function = lambda x, low=None, high=None: torch.clamp(x, low, high)  # noqa: E731
    unary("clip", function, {"low": 0, "high": 6}, {"low": -0.5}, {"high": 1}, corners=(0, 6, 1, -0.5))


def near(kind: str, function: Callable[..., torch.Tensor], *options: dict[str, Any]) -> None:
    """An elementwise kind that takes numbers from 1/8 to 8 alone."""
    rng = np.random.RandomState(len(kind) + 2)
    cases: list[Made] = [(one, {"x": rng.randint(1, 65, (2, 3, 4)) / 8.0}, {}) for one in options or ({},)]
    write(kind, lambda told, given, param: {"out": function(given["x"], **told)}, cases)


def sqrt() -> None:
    near("sqrt", torch.sqrt)


def exp() -> None:
    near("exp", torch.exp)


def log() -> None:
    near("log", torch.log)


def power() -> None:
    function = lambda x, exponent=2.0, plus=0.0: torch.pow(x + plus, exponent)  # noqa: E731
    near("pow", function, {}, {"exponent": -0.5, "plus": 1e-05}, {"exponent": 3}, {"exponent": 1.5, "plus": -0.125})


def powers() -> None:
    rng = np.random.RandomState(8)
    cases: list[Made] = [({}, {"x": rng.randint(1, 33, x) / 8.0, "y": quarters(rng, *y)}, {}) for x, y in STRETCHED]
    write("powers", lambda options, given, param: {"out": torch.pow(given["x"], given["y"])}, cases)


def absolute() -> None:
    unary("abs", torch.abs)


def neg() -> None:
    unary("neg", torch.neg)


def sub() -> None:
    pairs("sub", torch.sub)


def mul() -> None:
    pairs("mul", torch.mul)


def div() -> None:
    pairs("div", torch.div)


def halfsquarederror() -> None:
    """Half of PyTorch's sum of squared errors."""
    rng = np.random.RandomState(8)
    cases: list[Made] = []
    for truth in (np.eye(3)[1], np.eye(5)[4], rng.rand(4)):
        p = np.exp(rng.standard_normal(truth.shape))
        cases.append(({}, {"p": p / p.sum(), "truth": truth}, {}))

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        error = given["p"] - given["truth"]
        out = F.mse_loss(given["p"], given["truth"], reduction="sum") / 2
        return {"error": error, "square": error**2, "out": out}

    write("halfsquarederror", told, cases, fixed=("truth",))


def summing() -> None:
    rng = np.random.RandomState(3)
    cases: list[Made] = [
        ({"count": len(shapes)}, {f"x{k + 1}": quarters(rng, *shape) for k, shape in enumerate(shapes)}, {})
        for shapes in (((2, 3), (2, 3)), ((2, 1, 3), (4, 1), ()), ((5,),))
    ]
    write("sum", lambda options, given, param: {"out": sum(given.values(), torch.zeros(()))}, cases)


MAKERS: dict[str, Callable[[], None]] = {
    "leakyrelu": leakyrelu,
    "prelu": prelu,
    "elu": elu,
    "selu": selu,
    "celu": celu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "hardsigmoid": hardsigmoid,
    "hardswish": hardswish,
    "gelu": gelu,
    "clip": clip,
    "abs": absolute,
    "neg": neg,
    "sqrt": sqrt,
    "exp": exp,
    "log": log,
    "pow": power,
    "powers": powers,
    "reducesum": reducesum,
    "pick": pick,
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "halfsquarederror": halfsquarederror,
    "sum": summing,
    "matmul": matmul,
    "reducemean": reducemean,
    "reducemax": reducemax,
    "logsoftmax": logsoftmax,
    "nllloss": nllloss,
    "identity": identity,
    "concat": concat,
    "reshape": reshape,
    "transpose": transpose,
    "pad": pad,
    "conv": conv,
    "maxpool": maxpool,
    "avgpool": avgpool,
}

if __name__ == "__main__":
    for kind in sys.argv[1:] or MAKERS:
        MAKERS.get(kind, partial(same, kind))()

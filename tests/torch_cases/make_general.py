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


def quarters(rng: np.random.RandomState, *shape: int) -> np.ndarray:
    """Random numbers that are short in binary: what is added and multiplied stays exact, and the files small."""
    return np.asarray(np.round(rng.standard_normal(shape) * 8) / 8)


def write(kind: str, told: Told, cases: list[Made], fixed: tuple[str, ...] = ()) -> None:
    """One file; ``fixed``: inputs that have no gradient."""
    arrays: dict[str, Any] = {}
    rng = np.random.RandomState(98)
    for number, (options, given, param) in enumerate(cases):
        known = {name: torch.from_numpy(np.asarray(v, dtype=np.float64)) for name, v in (given | param).items()}
        for name, value in known.items():
            value.requires_grad_(name not in fixed)
        own = told(options, {n: known[n] for n in given}, {n: known[n] for n in param})
        back = quarters(rng, *own["out"].shape)
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
    # One array for all numbers: an array of its own for each would take more room than they do.
    index = {key: str(value) if value.dtype.kind == "U" else value.shape for key, value in arrays.items()}
    numbers = np.concatenate([np.ravel(value) for key, value in arrays.items() if index[key] == value.shape])
    np.savez_compressed(path, allow_pickle=False, index=np.array(json.dumps(index)), numbers=numbers)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


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


def sub() -> None:
    pairs("sub", torch.sub)


def mul() -> None:
    pairs("mul", torch.mul)


def div() -> None:
    pairs("div", torch.div)


def summing() -> None:
    rng = np.random.RandomState(3)
    cases: list[Made] = [
        ({"count": len(shapes)}, {f"x{k + 1}": quarters(rng, *shape) for k, shape in enumerate(shapes)}, {})
        for shapes in (((2, 3), (2, 3)), ((2, 1, 3), (4, 1), ()), ((5,),))
    ]
    write("sum", lambda options, given, param: {"out": sum(given.values(), torch.zeros(()))}, cases)


def matmul() -> None:
    rng = np.random.RandomState(4)
    shapes: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((3,), (2, 3, 4)),
        ((2, 2, 3), (3,)),
        ((2, 1, 2, 3), (3, 3, 2)),
    ]
    cases: list[Made] = [({}, {"x": quarters(rng, *x), "y": quarters(rng, *y)}, {}) for x, y in shapes]

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        x, y = given["x"], given["y"]
        turned = {} if x.ndim == 1 else {"turned": y[None] if y.ndim == 1 else y.mT}
        return turned | {"out": torch.matmul(x, y)}

    write("matmul", told, cases)


def reducing(kind: str, function: Callable[..., torch.Tensor]) -> None:
    rng = np.random.RandomState(5)
    cases: list[Made] = []
    for shape, axes, keep in (((2, 3, 4), [-2, -1], True), ((2, 3, 4), [0], False), ((5,), [0], False)):
        x = np.round(quarters(rng, *shape) * 2)  # some are equal
        cases.append(({"axes": axes, "keep": keep}, {"x": x}, {}))
    write(
        kind,
        lambda options, given, param: {"out": function(given["x"], dim=options["axes"], keepdim=options["keep"])},
        cases,
    )


def reducemean() -> None:
    reducing("reducemean", torch.mean)


def reducemax() -> None:
    reducing("reducemax", torch.amax)


def logsoftmax() -> None:
    rng = np.random.RandomState(6)
    cases: list[Made] = [({}, {"x": x}, {}) for x in (quarters(rng, 5) * 30, np.array([1000.0, -1000, 999]))]
    cases += [({"axis": axis}, {"x": quarters(rng, 2, 3, 4)}, {}) for axis in (-3, 1, -1)]

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        x, axis = given["x"], options.get("axis", -1)
        top = x.amax(axis, keepdim=True)
        known = {"top": top.squeeze(axis), "exp": torch.exp(x - top), "sum": torch.exp(x - top).sum(axis)}
        return known | {"out": F.log_softmax(x, axis)}

    write("logsoftmax", told, cases)


def nllloss() -> None:
    rng = np.random.RandomState(7)
    cases: list[Made] = []
    for shape in ((4, 3), (3, 4, 2), (2, 3, 2, 2)):
        for number, reduction in enumerate(("mean", "sum", "none")):
            target = rng.randint(0, shape[1], (shape[0], *shape[2:])).astype(np.float64)
            options: dict[str, Any] = {"reduction": reduction}
            given = {"x": np.log(rng.rand(*shape)), "target": target}
            if number != len(shape) - 2:
                options["weighted"], given["weight"] = True, rng.rand(shape[1]) + 0.5
            if number == 0:
                options["ignore"] = 1
            cases.append((options, given, {}))

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        target, ignore = given["target"].long(), options.get("ignore", -100)
        weight = given.get("weight")
        plain = F.nll_loss(given["x"], target, ignore_index=ignore, reduction="none")
        counts = target != ignore
        weights = counts * (torch.ones(()) if weight is None else weight[target])
        each = plain * weights  # PyTorch's own has no gradient of the weights, so it is checked, and not used
        out = {"none": each, "sum": each.sum(), "mean": each.sum() / weights.sum()}[options["reduction"]]
        own = F.nll_loss(
            given["x"],
            target,
            None if weight is None else weight.detach(),
            ignore_index=ignore,
            reduction=options["reduction"],
        )
        assert torch.allclose(out, own, rtol=1e-14, atol=0)
        shown = {"picked": plain, "weights": weights.double()}
        if options["reduction"] != "none":
            shown["each"] = each
        if options["reduction"] == "mean":
            shown |= {"sum": each.sum(), "total": weights.sum().double()}
        return {**shown, "out": out}

    write("nllloss", told, cases, fixed=("target",))


def concat() -> None:
    rng = np.random.RandomState(8)
    cases: list[Made] = [
        ({"count": 2}, {"x1": quarters(rng, 2, 3, 2), "x2": quarters(rng, 1, 3, 2)}, {}),
        (
            {"count": 3, "axis": -1},
            {"x1": quarters(rng, 2, 1), "x2": quarters(rng, 2, 3), "x3": quarters(rng, 2, 2)},
            {},
        ),
        ({"count": 1, "axis": 0}, {"x1": quarters(rng, 4)}, {}),
    ]
    write(
        "concat",
        lambda options, given, param: {"out": torch.cat(list(given.values()), options.get("axis", -3))},
        cases,
    )


def reshape() -> None:
    rng = np.random.RandomState(9)
    cases: list[Made] = [
        ({"shape": [4, 3, 2]}, {"x": quarters(rng, 2, 12)}, {}),
        ({"shape": [6]}, {"x": quarters(rng, 1, 2, 3)}, {}),
    ]
    write("reshape", lambda options, given, param: {"out": given["x"].reshape(options["shape"])}, cases)


def transpose() -> None:
    rng = np.random.RandomState(10)
    cases: list[Made] = [
        ({"axes": axes}, {"x": quarters(rng, *range(2, 2 + len(axes)))}, {})
        for axes in ([1, 0], [2, 0, 1], [0, 3, 1, 2])
    ]
    write("transpose", lambda options, given, param: {"out": given["x"].permute(options["axes"])}, cases)


def pad() -> None:
    rng = np.random.RandomState(11)
    x = quarters(rng, 2, 4, 5)
    cases: list[Made] = [
        ({"pads": [0, 1, -1, 0, 2, 3], "value": 0.5}, {"x": x}, {}),
        ({"pads": [0, 3, 0, 0, 1, 4], "mode": "reflect"}, {"x": x}, {}),
        ({"pads": [0, 5, 1, 0, 0, 2], "mode": "edge"}, {"x": x}, {}),
        ({"pads": [0, 3, 0, 0, 1, 5], "mode": "wrap"}, {"x": x}, {}),
    ]
    modes = {"edge": "replicate", "wrap": "circular"}

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        begins, ends, mode = options["pads"][:3], options["pads"][3:], options.get("mode", "constant")
        around = [n for k in (2, 1, 0) for n in (begins[k], ends[k])]
        if mode == "constant":
            return {"out": F.pad(given["x"], around, value=options["value"])}
        return {"out": F.pad(given["x"][None], around[:4], mode=modes.get(mode, mode))[0]}

    write("pad", told, cases)


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
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
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

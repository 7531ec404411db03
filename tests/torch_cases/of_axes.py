"""PyTorch's numbers for the kinds that reduce axes, move numbers, or multiply matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it
from general import Made, Tensors, quarters, write


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


def reducesum() -> None:
    reducing("reducesum", torch.sum)


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


def pick() -> None:
    rng = np.random.RandomState(12)
    cases: list[Made] = [
        ({"places": [[0, 0, 1, 1], [0, 0, 1, 1, 2, 2]]}, {"x": quarters(rng, 2, 2, 3)}, {}),
        ({"places": [[-1, 0, -1, 1], [], [2, 0, 2]]}, {"x": quarters(rng, 2, 2, 3)}, {}),
        ({"places": [[3, 2, 1, 0]]}, {"x": quarters(rng, 2, 4)}, {}),
    ]

    def told(options: dict[str, Any], given: Tensors, param: Tensors) -> Tensors:
        x = given["x"]
        for axis, places in enumerate(options["places"], -len(options["places"])):
            if places:
                wide = torch.cat([x, torch.zeros_like(x.narrow(axis, 0, 1))], axis)  # place -1 is a 0
                x = wide.index_select(axis, torch.tensor([n % wide.shape[axis] for n in places]))
        return {"out": x}

    write("pick", told, cases)

"""What a formula of each kind of layer costs to make, beside one of ReLU's: a child process of ``bench``.

    python rules.py             prints {"judged": {kind: ratio}, "others": {kind: ratio}}, the worst of each kind
    python rules.py SIDE KIND   the same for some kinds, with tensors of another size; every ratio on stderr

For every set-up and layout, all formulas of a layer are made as the writer makes them: line by line where a tensor
runs across a sheet, else one by one. ReLU makes as many for tensors that lie in the same cells. Judged are layers of
one tensor that look at elements or reduce axes; not judged are windows, products, what changes places, and formulas
that are long because what they reduce lies in many ranges.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from itertools import product
from math import prod
from time import process_time
from typing import Any

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers import LAYERS
from sheetnet.layers.base import Layer, Rule
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.relu import ReLU
from sheetnet.layout.grids import grid_block

SIDE, ROUNDS = 64, 5
HOME, ELSEWHERE = "Here", "There"
LAYOUTS = ("planes", "rows", "grid")
DOWN, ACROSS = (1, 0), (0, 1)
LONG = 100  # characters


def set_ups(layer: type[Layer], n: int) -> list[tuple[dict[str, Any], dict[str, Shape]]]:
    """Options, and shapes of the inputs. A kind that is not named has no options, and inputs of n x n x n."""
    x, few = (n, n, n), (8, n, n)
    stretched = [{"x": x, "y": y} for y in (x, (n, 1, 1), (n, 1), (n,), ())]
    reducing: list[tuple[dict[str, Any], dict[str, Shape]]] = [
        ({"axes": axes, "keep": keep}, {"x": x}) for axes in ([-1], [-2], [-3]) for keep in (True, False)
    ]
    known: dict[str, list[tuple[dict[str, Any], dict[str, Shape]]]] = {
        "prelu": [({"shape": shape}, {"x": x}) for shape in ([], [n, 1, 1], [n])],
        "batchnorm": [({"axis": axis}, {"x": x}) for axis in (0, -1)],
        **{kind: [({}, of) for of in stretched] for kind in ("add", "sub", "mul", "div")},
        "sum": [({"count": 3}, {"x1": x, "x2": x, "x3": x}), ({}, {"x1": x, "x2": (n,)})],
        "reducemean": reducing,
        "reducemax": reducing,
        "conv2d": [({"filters": 8, "size": 3, "padding": "same"}, {"x": few})],
        "maxpool2d": [({"size": 2, "stride": 1}, {"x": few})],
        "avgpool2d": [({"size": 2, "stride": 1}, {"x": few})],
        "conv": [({"filters": 4, "size": [3, 3], "padding": 1}, {"x": (1, *few)})],
        "maxpool": [({"size": [2, 2]}, {"x": (1, *few)})],
        "avgpool": [({"size": [2, 2]}, {"x": (1, *few)})],
        "dense": [({"units": n}, {"x": (n,)})],
        "softmax": [({"axis": axis}, {"x": x}) for axis in (-1, 0)],
        "logsoftmax": [({"axis": axis}, {"x": x}) for axis in (-1, 0)],
        "crossentropy": [({}, {"log": (n * n,), "truth": (n * n,)})],
        "nllloss": [({"reduction": "none"}, {"x": (n, 8, n), "target": (n, n)})],
        "matmul": [({}, {"x": (n, n), "y": (n, n)})],
        "concat": [({"axis": axis}, {"x1": x, "x2": x}) for axis in (-3, -2, -1)],
        "reshape": [({"shape": shape}, {"x": x}) for shape in ([n * n, n], [n, n * n], [1, *x])],
        "transpose": [({"axes": axes}, {"x": x}) for axes in ([1, 0, 2], [0, 2, 1])],
        "pad": [({"pads": [1] * 6, "mode": mode}, {"x": x}) for mode in ("constant", "edge")],
    }
    return known.get(layer.kind, [({}, dict.fromkeys(layer.reads, x))] if isinstance(layer.reads, Mapping) else [])


def block(shape: Shape, layout: str, column: int, *, given: bool) -> Block:
    """The cells of a tensor, or of a parameter (``given``)."""
    sheet = HOME if given else ELSEWHERE
    if len(shape) == 3 and layout == "rows":
        made = Block(shape, (Anchor(sheet, 9, column),), (DOWN, (shape[0], 0), ACROSS))
    elif len(shape) == 4 and layout == "rows":  # filters
        anchors = tuple(Anchor(sheet, 9, column + k * (shape[3] + 1)) for k in range(shape[0]))
        made = Block(shape, anchors, (DOWN, (shape[1], 0), ACROSS))
    else:
        made = grid_block(shape, sheet, 9, column)
    return made.viewed(HOME, absolute=given or not shape)


def seconds(rules: Mapping[str, Rule], at: Mapping[str, Block]) -> float:
    """How long all formulas of the rules take, of the processor."""
    started = process_time()
    for own, rule in rules.items():
        shape, steps = at[own].shape, at[own].steps
        if shape and steps[-1] == ACROSS:
            along = getattr(rule, "along", None)
            for lead in product(*map(range, shape[:-1])):
                _ = along(*lead) if along else [rule(*lead, i) for i in range(shape[-1])]
        else:
            for index in product(*map(range, shape)):
                rule(*index)
    return process_time() - started


def ratio(layer: Layer, of: Mapping[str, Shape], layout: str) -> tuple[float, bool]:
    """The cost of its formulas as a multiple of what ReLU's cost that lie in the same cells; whether it is judged."""
    tensors, params = dict(layer.tensors(of)), dict(layer.params(of))
    at, column = {}, 3
    for name, shape in {**of, **params, **tensors}.items():
        at[name] = block(shape, layout, column, given=name in params)
        column += 2 + (prod(shape[-1:]) * (shape[0] if len(shape) == 4 else 1))
    rules = layer.forward_cells(at)
    others: dict[str, Rule] = {}
    for own, shape in tensors.items():
        others[own] = ReLU().forward_cells({"x": block(shape, layout, 3, given=False)})["out"]
    times = [(seconds(rules, at), seconds(others, at)) for _ in range(ROUNDS)]
    short = all(len(rule(*[0] * len(tensors[own]))) <= LONG for own, rule in rules.items())
    judged = short and len(rules) == 1 and isinstance(rules["out"], Pointwise)
    return min(a for a, _ in times) / min(b for _, b in times), judged


def main(side: int, wanted: list[str]) -> None:
    """Measure, and print."""
    found: dict[str, dict[str, float]] = {"judged": {}, "others": {}}
    for layer in [one for one in LAYERS if one.kind in wanted or not wanted]:
        for options, of in set_ups(layer, side):
            for layout in LAYOUTS:
                try:
                    cost, judged = ratio(layer(**options), of, layout)
                except (NetworkError, TypeError, KeyError) as error:
                    raise SystemExit(f"{layer.kind}: set_ups() has nothing that suits it: {error!r}") from error
                worst = found["judged" if judged else "others"]
                worst[layer.kind] = max(round(cost, 2), worst.get(layer.kind, 0.0))
                if wanted:
                    print(layer.kind, options, of, layout, round(cost, 2), judged, file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIDE, sys.argv[2:])

"""The formulas of a line at once are those that one by one gives, for every layer and wherever its tensors lie."""

from __future__ import annotations

import re
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from each import each
from incells import ARRANGEMENTS, arrange
from layercases import by_layer, known_of, shapes_of, table_of

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers import LAYERS, Rules
from sheetnet.layers.activation.prelu import PReLU
from sheetnet.layers.arithmetic.sum import Sum
from sheetnet.layers.avgpool2d import AvgPool2d
from sheetnet.layers.base import Layer
from sheetnet.layers.batchnorm import BatchNorm
from sheetnet.layers.binary import Binary
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layers.reducing import Reducing
from sheetnet.layers.relu import ReLU
from sheetnet.layers.rescale import Rescale
from sheetnet.layers.shape.concat import Concat
from sheetnet.layers.shape.pad import MODES, Pad
from sheetnet.layers.shape.reshape import Reshape
from sheetnet.layers.shape.transpose import Transpose
from sheetnet.layers.softmax import Softmax
from sheetnet.layout.grids import grid_block

FAMILIES = (Elementwise, Binary, Reducing)
X = (3, 4, 5)
NAMED = re.compile(r"'(?:[^']|'')*'!|[A-Z]+\$?[0-9]+")  # sheets and cells


def compare(rules: Rules, shapes: dict[str, Shape]) -> int:
    """How many lines of how many formulas are the same as one by one."""
    lines = 0
    for name, shape in shapes.items():
        along = getattr(rules[name], "along", None)
        for lead in np.ndindex(*shape[:-1]) if shape and along else ():
            assert along(*lead) == [rules[name](*lead, i) for i in range(shape[-1])], f"{name}{list(lead)}"
            lines += 1
    return lines


def set_ups(layer: type[Layer]) -> list[tuple[dict[str, Any], dict[str, Shape]]]:
    """Options of a layer of a family, and shapes of what it reads."""
    if issubclass(layer, Binary):
        shapes = (X, (3, 1, 1), (4, 1), (3, 4, 1), (1, 1, 5), (5,), (1,), ())
        return [({}, {"x": x, "y": y}) for x, y in product(shapes, shapes) if X in (x, y) or (5,) in (x, y)]
    if issubclass(layer, Reducing):
        some = ([0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [])
        return [({"axes": axes, "keep": keep}, {"x": X}) for axes in some for keep in (True, False)]
    return [(table_of(layer.kind)["case"][0]["options"], {"x": x}) for x in (X, (2, *X), (4, 5), (1, 3, 1), (5,))]


@pytest.mark.parametrize(("layer", "cases"), by_layer("case"))
def test_of_every_case_a_line_at_once_is_the_same_as_one_by_one(layer, cases):
    def check(case):
        entry, how = case
        one, known = layer(**entry["options"]), known_of(entry)
        declared = dict(one.tensors(shapes_of(one, known)))
        shapes = {name: value.shape for name, value in known.items()} | declared
        at = arrange(shapes, set(one.reads), how, getattr(one, "dilation", (1, 1)))
        rules = one.forward_cells(at)
        compare(rules, declared)
        for name, shape in declared.items():
            formula = NAMED.sub("", rules[name](*(n - 1 for n in shape)))
            assert not re.search(r"[0-9]E[-+]?[0-9]", formula), f"{formula}: not every spreadsheet reads an exponent"

    each(((f"{name}, {how}", (entry, how)) for name, entry in cases for how in ARRANGEMENTS), check)


@pytest.mark.parametrize("layer", [one for one in LAYERS if issubclass(one, FAMILIES)], ids=lambda one: one.kind)
def test_every_layer_of_a_family_makes_its_lines_at_once(layer):
    def check(how):
        for options, of in set_ups(layer):
            one = layer(**options)
            out = dict(one.tensors(of))
            rules = one.forward_cells(arrange({**of, **out}, set(of), how))
            assert compare(rules, out) == (prod(out["out"][:-1]) if out["out"] else 0), (options, of)

    each(((how, how) for how in ARRANGEMENTS), check)


@pytest.mark.parametrize(
    ("layer", "of"),
    [
        *((Concat(count=2, axis=axis), {"x1": X, "x2": X}) for axis in (0, 1, 2, -1)),
        *((Pad(pads=[1, 2, 1, 2, 0, 3], mode=mode, value=1e-40), {"x": X}) for mode in MODES),
        (Pad(pads=[-1, 1, -1, 2, -2, 1]), {"x": X}),
        *((Reshape(shape=shape), {"x": X}) for shape in ([60], [12, 5], [3, 20], [6, 10], [15, 4], [5, 12], [60, 1])),
        *((Transpose(axes=axes), {"x": X}) for axes in ([0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0])),
        (PReLU(shape=[3, 1, 1]), {"x": X}),
        (PReLU(shape=[5]), {"x": X}),
        (PReLU(), {"x": X}),
        (BatchNorm(), {"x": X}),
        (BatchNorm(axis=-1), {"x": X}),
        (BatchNorm(axis=-2), {"x": X}),
        (Rescale(), {"x": X}),
        (Sum(count=3), {"x1": X, "x2": (5,), "x3": (4, 1)}),
        (Sum(count=9), {f"x{k + 1}": X for k in range(9)}),
        *((Softmax(axis=axis), {"x": X}) for axis in (0, 1, 2)),
    ],
    ids=lambda one: getattr(one, "kind", None),
)
def test_so_do_layers_with_a_number_per_channel_and_those_that_move_numbers(layer, of):
    made = dict(layer.tensors(of))

    def check(how):
        rules = layer.forward_cells(arrange({**of, **layer.params(of), **made}, set(of), how))
        assert compare(rules, made) == sum(prod(shape[:-1]) for shape in made.values() if shape)

    each(((how, how) for how in ARRANGEMENTS), check)


def test_a_parameter_may_lie_anywhere():
    x = grid_block(X, "Here", 9, 3)
    apart = [Anchor("There", 5 + 7 * k, 2 + k % 2) for k in range(5)]
    evenly = [Anchor("There", 5 + 7 * k, 2) for k in range(5)]
    elsewhere = [Anchor(f"Sheet {k}", 5 + 7 * k, 2) for k in range(5)]
    for anchors in (apart, evenly, elsewhere):
        slope = Block((5,), tuple(anchors), (), absolute=True)
        rules = PReLU(shape=[5]).forward_cells({"x": x, "slope": slope})
        assert compare(rules, {"out": X}) == 12


def test_the_first_cell_of_a_sheet_is_no_exception():
    x = Block((2, 3), (Anchor("S", 1, 1),), ((1, 0), (0, 1)), "S")
    for layer in [one for one in LAYERS if issubclass(one, Elementwise)]:
        rules = layer(**table_of(layer.kind)["case"][0]["options"]).forward_cells({"x": x})
        assert compare(rules, {"out": (2, 3)}) == 2


@pytest.mark.parametrize("title", ["[0]", "[row]", "[first]", "two\nlines", "50 %s", "{0}"])
@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(filters=2, size=2),
        MaxPool2d(size=2),
        AvgPool2d(size=2, stride=1, padding=1, count_padding=True),
        ReLU(),
    ],
    ids=lambda one: one.kind,
)
def test_the_title_of_a_sheet_is_no_part_of_a_template(layer, title):
    def grid(shape: Shape) -> Block:
        return grid_block(shape, title, 9, 3, (1, 1, 1, 1)).viewed("Here")

    of = {"x": X}
    shapes = {**of, **layer.params(of), **layer.tensors(of)}
    rules = layer.forward_cells({name: grid(shape) for name, shape in shapes.items()})
    assert compare(rules, dict(layer.tensors(of))) > 0
    assert title in rules["out"].along(0, 0)[0]


def test_a_long_line_runs_over_the_end_of_a_table_of_rows():
    x = Block((3, 40), (Anchor("S", 16_370, 2),), ((0, 1), (1, 0)), "S")
    out = Sum(count=2).forward_cells({"x1": x, "x2": x})
    assert compare(out, {"out": (3, 40)}) == 3
    assert out["out"].along(0)[39] == "B16409+B16409"


def test_a_line_with_a_formula_that_no_cell_takes_is_refused_as_one_by_one():
    far = Block((2, 2), (Anchor("a sheet of a long, long name", 100_000, 2000),), ((1, 0), (0, 1)))
    rule = Sum(count=255).forward_cells({f"x{k + 1}": far for k in range(255)})["out"]
    for made in (lambda: rule(0, 0), lambda: rule.along(0)):
        with pytest.raises(NetworkError, match="Sum: one formula would have"):
            made()

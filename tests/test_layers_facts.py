"""What a layer says of itself is true: its signs, what it gives, what it learns, whether it pools or unrolls.

Every fact is held against the numbers of the hand-worked cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
import zoo
from layercases import entries, known_of, shapes_of

from sheetnet.layers import LAYERS
from sheetnet.layers.base import Gives, Layer, Role, Signs
from sheetnet.lesson.build import EXTRAS
from sheetnet.lesson.learning.update import UPDATE
from sheetnet.lesson.learning.weight import WEIGHT


def those(where: Callable[[Layer], object]) -> pytest.MarkDecorator:
    """The hand-worked cases of layers of which something is true."""
    found = [param for param in entries("case") if where(param.values[0](**param.values[1]["options"]))]
    return pytest.mark.parametrize(("layer", "entry"), found)


def told(one: Layer, known: dict[str, np.ndarray]) -> dict[str, Any]:
    """Everything, with what the layer makes of it."""
    v: dict[str, Any] = {name: value.copy() for name, value in known.items()}
    with np.errstate(all="ignore"):
        one.forward(v)
    return v


def test_a_fact_is_one_of_those_that_there_are():
    for param in entries("case"):
        one = param.values[0](**param.values[1]["options"])
        assert one.role in get_args(Role), one
        assert one.signs in get_args(Signs), one
        assert one.gives in get_args(Gives), one


@those(lambda one: one.signs != "any")
def test_numbers_that_are_not_signed_are_never_below_0(layer, entry):
    one, known = layer(**entry["options"]), known_of(entry)
    if one.signs == "kept":
        known = {name: np.abs(value) if name in one.reads else value for name, value in known.items()}
    assert np.min(told(one, known)["out"]) >= 0
    for seed in range(3):  # other numbers of the same shapes
        rng = np.random.RandomState(seed)
        other = {name: known[name] + 5 * rng.standard_normal(known[name].shape) for name in one.reads}
        other = {name: np.abs(value) if one.signs == "kept" else value for name, value in other.items()}
        assert np.min(told(one, known | other)["out"]) >= 0


@those(lambda one: one.gives not in ("", "loss"))
def test_what_a_layer_gives_is_that(layer, entry):
    one, known = layer(**entry["options"]), known_of(entry)
    out = told(one, known)["out"]
    if one.gives == "shares":
        assert max(np.abs(told(one, {"x": known["x"] * size})["out"]).max() for size in (1, 1e3, 1e6)) <= 1
    else:
        shares = np.exp(out) if one.gives == "logarithms" else out
        np.testing.assert_allclose(shares.sum(one.axis), 1, rtol=1e-12)


@pytest.mark.parametrize(("layer", "entry"), [p for p in entries("case") if p.values[1].get("params")])
def test_what_is_learned_is_a_parameter_and_only_what_says_so_starts_at_random(layer, entry):
    one, known = layer(**entry["options"]), known_of(entry)
    params = one.params(shapes_of(one, known))
    assert [name for name in params if name in one.learns] == list(one.learns)
    assert set(one.starts_random) <= set(one.learns)
    assert set(one.torch_names.values()) <= set(params)
    for name, shape in params.items():
        starts = [one.initial(name, shape, np.random.RandomState(seed)) for seed in (0, 1)]
        assert np.array_equal(*starts) == (name not in one.starts_random), name


@those(lambda one: one.filter_axis is not None)
def test_filters_lie_along_the_axis_that_is_told(layer, entry):
    one, known = layer(**entry["options"]), known_of(entry)
    out = told(one, known)["out"]
    more = known | {"bias": known["bias"] + np.arange(1, len(known["bias"]) + 1)}
    lifted = np.moveaxis(told(one, more)["out"] - out, one.filter_axis, -1)
    np.testing.assert_allclose(lifted, np.broadcast_to(np.arange(1, lifted.shape[-1] + 1.0), lifted.shape), rtol=1e-9)


@those(lambda one: one.pools)
def test_a_pool_keeps_numbers_of_x_or_means_of_them_and_has_no_weights(layer, entry):
    one, known = layer(**entry["options"]), known_of(entry)
    assert not one.params(shapes_of(one, known))
    x, out = known["x"], told(one, known)["out"]
    assert out.ndim == x.ndim
    assert out.max() <= max(x.max(), 0)
    assert out.min() >= min(x.min(), 0)


@those(lambda one: one.unrolls)
def test_what_unrolls_is_a_column_of_x_row_by_row(layer, entry):
    one, known = layer(**entry["options"]), known_of(entry)
    np.testing.assert_array_equal(told(one, known)["out"], known["x"].ravel())


def test_the_sheets_that_show_a_layer_from_near_are_sheets_and_each_is_named_by_a_layer():
    named = {key for layer in LAYERS for key in layer.near}
    of_all = {"practice"}  # which asks about every layer, and belongs to none
    assert named == {*EXTRAS, UPDATE, WEIGHT} - of_all


def test_every_kind_is_in_a_workbook_that_is_proven():
    used = {node.layer.kind for name in (*zoo.ZOO, *zoo.BARE) for node in zoo.network(name).nodes}
    assert {layer.kind for layer in LAYERS} == used, "tests/zoo.py: put it into one of the networks"

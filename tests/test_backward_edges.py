"""Gradients where a layer has no derivative, and where numbers are as large as they may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetnet.layers.activation.clip import Clip
from sheetnet.layers.activation.hardsigmoid import HardSigmoid
from sheetnet.layers.activation.hardswish import HardSwish
from sheetnet.layers.arithmetic.abs import Abs
from sheetnet.layers.arithmetic.powers import Powers
from sheetnet.layers.globalmaxpool import GlobalMaxPool
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layers.relu import ReLU
from sheetnet.layers.softmax import Softmax

# What has no derivative


def gradient_of(layer: Any, x: Any, back: Any) -> list[Any]:
    v = {"x": np.array(x, dtype=np.float64)}
    layer.forward(v)
    d = {"out": np.array(back, dtype=np.float64)}
    layer.backward(v, d)
    return d["x"].tolist()


def test_at_a_tie_the_first_maximum_of_a_window_gets_it_all():
    assert gradient_of(MaxPool2d(size=2), [[[5, 5], [5, 5]]], [[[1]]]) == [[[1, 0], [0, 0]]]
    assert gradient_of(MaxPool2d(size=2), [[[4, 5], [5, 5]]], [[[1]]]) == [[[0, 1], [0, 0]]]
    assert gradient_of(MaxPool2d(size=2), [[[4, 3], [5, 5]]], [[[1]]]) == [[[0, 0], [1, 0]]]


def test_windows_that_overlap_add_up_at_the_pixel_that_they_share():
    x = [[[0, 1, 0], [1, 9, 1], [0, 1, 0]]]
    assert gradient_of(MaxPool2d(size=2, stride=1), x, [[[1, 2], [4, 8]]]) == [[[0, 0, 0], [0, 15, 0], [0, 0, 0]]]
    ties = gradient_of(MaxPool2d(size=2, stride=1), np.zeros((1, 3, 3)), [[[1, 2], [4, 8]]])
    assert ties == [[[1, 2, 0], [4, 8, 0], [0, 0, 0]]]


def test_padding_takes_no_gradient_even_from_negative_numbers():
    back = np.ones((1, 3, 3))
    gradient = gradient_of(MaxPool2d(size=2, stride=1, padding=1), -np.ones((1, 2, 2)), back)
    assert gradient == [[[4, 2], [2, 1]]]
    assert np.sum(gradient) == back.sum()


def test_a_relu_at_0_gives_nothing_back():
    assert gradient_of(ReLU(), [-1.0, 0.0, 1e-11, 2.0], [1.0, 1, 1, 1]) == [0, 0, 1, 1]


def test_at_a_bound_a_clip_gives_back_and_a_hard_sigmoid_does_not_whatever_the_last_digit_is():
    """What PyTorch gives at the bounds themselves."""
    near = np.array([-4e-16, 0, 4e-16, -1e-10, 1e-10])
    assert gradient_of(Clip(low=0.3), 0.3 + near, [2.0] * 5) == [2, 2, 2, 0, 2]
    assert gradient_of(Clip(high=0.3), 0.3 + near, [2.0] * 5) == [2, 2, 2, 2, 0]
    assert gradient_of(Clip(low=2.0, high=1.0), [0.0, 1, 1.5, 2, 3], [1.0] * 5) == [0] * 5
    assert gradient_of(HardSigmoid(alpha=0.25, beta=0.0), near, [1.0] * 5) == [0, 0, 0, 0, 0.25]
    assert gradient_of(HardSigmoid(alpha=0.25, beta=1.0), near, [1.0] * 5) == [0, 0, 0, 0.25, 0]
    assert (
        gradient_of(HardSwish(), [-3 - 4e-16, -3, -3 + 8e-16, 3 - 8e-16, 3, 3 + 8e-16], [2.0] * 6)
        == [0] * 3 + [2] * 3
    )


def test_a_power_of_0_gives_back_what_pytorch_gives() -> None:
    """The numbers are those of PyTorch's pow, which is nan only where a number below 0 would need a logarithm."""
    x, y = np.array([0.0, 0, 0, 0, 2, -2, -2, 0]), np.array([0.0, 1, 2, 0.5, 0, 2, 3, -1])
    v, d = {"x": x, "y": y}, {"out": np.ones(8)}
    Powers().backward(v, d)
    inf, nan = np.inf, np.nan
    np.testing.assert_array_equal(d["x"], [0, 1, 0, inf, 0, -4, 12, -inf])
    np.testing.assert_allclose(d["y"], [0, 0, 0, 0, np.log(2), nan, nan, -inf])


def test_what_is_0_but_for_the_last_digits_of_a_sum_counts_as_0_where_a_gradient_jumps():
    assert gradient_of(ReLU(), [-4e-16, 4e-16, 9e-13], [1.0, 1, 1]) == [0, 0, 0]
    assert gradient_of(Abs(), [-4e-16, 4e-16, 9e-13, -9e-13, 2e-12, -2e-12], [3.0] * 6) == [0, 0, 0, 0, 3, -3]
    assert gradient_of(MaxPool2d(size=2), [[[5, 5 + 2e-15], [5, 5]]], [[[1]]]) == [[[1, 0], [0, 0]]]
    assert gradient_of(MaxPool2d(size=2), [[[0, 4e-16], [-4e-16, 0]]], [[[1]]]) == [[[1, 0], [0, 0]]]
    assert gradient_of(GlobalMaxPool(), [[[-7, -7 + 1e-14]]], [[[1]]]) == [[[1, 0]]]
    assert gradient_of(GlobalMaxPool(), [[[-7, -7 + 1e-10]]], [[[1]]]) == [[[0, 1]]]


@pytest.mark.parametrize("logits", [[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0], [1e300, -1e300, 1e300], [800.0, 800, 0]])
def test_the_gradient_of_the_pair_is_probability_minus_truth_for_any_logits(logits):
    layer, truth = Softmax(), np.array([0.0, 1.0, 0.0])
    v = {"x": np.array(logits)}
    layer.forward(v)
    d = {"log": -truth}
    layer.backward(v, d)
    np.testing.assert_array_equal(d["x"], v["out"] - truth)


@pytest.mark.parametrize("logits", [[1000.0, 0.0, -1000.0], [1e300, -1e300, 1e300], [800.0, 800, 0]])
def test_a_softmax_of_any_base_stays_finite_and_base_e_is_the_one_without(logits):
    found = {}
    for base in (None, np.e, 2.0, 1000.0):
        v: dict[str, Any] = {"x": np.array(logits)}
        d: dict[str, Any] = {"log": np.array([0.0, -1.0, 0.0])}
        Softmax(base=base).forward(v)
        Softmax(base=base).backward(v, d)
        assert all(np.isfinite(value).all() for value in (*v.values(), *d.values()))
        assert v["out"].sum() == pytest.approx(1)
        found[base] = {**v, "dx": d["x"]}
    for name, value in found[None].items():
        np.testing.assert_allclose(found[np.e][name], value, rtol=1e-12, err_msg=name)

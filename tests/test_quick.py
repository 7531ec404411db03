"""Quick layers, which training uses, say what the layers say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import zoo
from test_backward import fitting

from sheetnet import engine
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.dense import Dense
from sheetnet.network import Network
from sheetnet.training import quick


def all_of(network: Network, how: Network, precision: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    rng = np.random.RandomState(2)
    photos = rng.randint(0, 256, (5, *network.shape)).astype(precision)
    parameters = {name: (value + 0.1).astype(precision) for name, value in network.fill({}, 3).items()}
    values = engine.forward(how, {"photo.out": photos}, {name: parameters[name] for name in how.parameters})
    head = how.nodes[-1].name
    start = {f"{head}.out": rng.standard_normal(values[f"{head}.out"].shape).astype(precision)}
    return values, engine.backward(how, values, start)


def with_heads(network: Network) -> Network:
    """Without the losses, so that every node can be run without a truth."""
    return replace(network, nodes=tuple(node for node in network.nodes if node.layer.gives != "loss"))


NETWORKS = [pytest.param(zoo.network(name), id=name) for name in zoo.ZOO] + fitting(range(12))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_quick_network_gives_the_numbers_of_the_exact_one(network):
    network = with_heads(network)
    head = network.nodes[-1].name
    how = quick.quick(network, head)
    assert not any(type(node.layer) in (Conv2d, Dense) for node in how.nodes)
    exact, exact_gradients = all_of(network, replace(network, nodes=network.nodes), np.float64)
    values, gradients = all_of(network, how, np.float64)
    for name, value in values.items():
        assert value.shape == exact[name].shape
        np.testing.assert_allclose(
            value, exact[name], rtol=1e-12, atol=1e-12 * np.abs(exact[name]).max(), err_msg=name
        )
    learned = list(how.learned)
    assert set(learned) <= set(gradients)
    learning: set[str] = set()  # who learns, or reads one who does: before them no gradient is asked for
    for node in how.nodes:
        if node.layer.learns or not learning.isdisjoint(node.inputs):
            learning.add(node.name)
    asked = {name: value for name, value in gradients.items() if name.partition(".")[0] in learning}
    for name, value in asked.items():
        scale = np.abs(exact_gradients[name]).max()
        np.testing.assert_allclose(value, exact_gradients[name], rtol=1e-12, atol=1e-12 * scale, err_msg=name)
    learners = [node for node in how.nodes if node.layer.learns]
    alone = [node for node in how.nodes if learners[0].inputs[0] in node.inputs] == learners[:1]
    if isinstance(learners[0].layer, Conv2d) and alone:
        assert "photo.out" not in gradients, "nothing asks for the gradient of the photo"


@pytest.mark.parametrize(
    "name", ["ten channels, so rows by itself", "normalized and averaged, in rows", "dilated and in groups, in rows"]
)
def test_a_quick_network_keeps_float32(name):
    network = with_heads(zoo.network(name))
    values, gradients = all_of(network, quick.quick(network, "softmax"), np.float32)
    assert {value.dtype for value in (values | gradients).values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("batch", [(), (2, 3)], ids=str)
@pytest.mark.parametrize("padding", ["valid", "same", [0, 1, 2, 0]], ids=str)
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(("dilation", "groups"), [((1, 1), 1), ((2, 1), 2), ((1, 2), 4)])
def test_a_quick_layer_takes_any_batch(batch, padding, first, dilation, groups):
    rng = np.random.RandomState(1)
    exact = Conv2d(8, size=[2, 3], stride=[2, 1], padding=padding, dilation=dilation, groups=groups)
    layer = quick.QuickConv2d(8, (2, 3), (2, 1), padding, dilation, groups, first)
    known = {
        "x": rng.standard_normal((*batch, 4, 5, 6)),
        "weight": rng.standard_normal((8, 4 // groups, 2, 3)),
        "bias": rng.standard_normal(8),
    }
    v, w = known.copy(), known.copy()
    exact.forward(v)
    layer.forward(w)
    np.testing.assert_allclose(w["out"], v["out"], rtol=1e-12, atol=1e-13)
    back = rng.standard_normal(v["out"].shape)
    d, e = {"out": back}, {"out": back}
    exact.backward(v, d)
    layer.backward(w, e)
    assert set(d) - set(e) == ({"x"} if first else set())
    for name, value in e.items():
        np.testing.assert_allclose(value, d[name], rtol=1e-12, atol=1e-13, err_msg=name)


def test_what_does_not_lead_to_the_head_is_not_run():
    network = zoo.network("branches")
    assert [n.name for n in quick.quick(network, "softmax").nodes] == [
        "conv1",
        "pool1",
        "flatten",
        "dense",
        "softmax",
    ]

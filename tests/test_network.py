"""Networks from specs: what fits becomes a network, and its parameters get their numbers."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from specs import changed, layer, one_line, spec_of

from sheetnet.errors import NetworkError
from sheetnet.network import Network, given_parameters

TEMPLATES = Path(__file__).parent.parent / "templates"


# What fits


def test_a_chain_is_read_node_after_node():
    network = Network.from_spec(spec_of())
    assert [(node.name, node.inputs) for node in network.nodes] == [
        ("scale", ("photo",)),
        ("conv", ("scale",)),
        ("relu", ("conv",)),
        ("pool", ("relu",)),
        ("flat", ("pool",)),
        ("jury", ("flat",)),
        ("softmax", ("jury",)),
        ("loss", ("softmax", "truth")),
    ]
    assert network.shapes["photo.out"] == (3, 8, 9)
    assert network.shapes["conv.out"] == (2, 4, 5)
    assert network.shapes["pool.out"] == (2, 2, 3)  # width 5 + 2 of padding
    assert network.shapes["jury.out"] == (3,)
    assert network.shapes["loss.out"] == ()
    assert network.parameters == {
        "scale.divisor": (),
        "scale.mean": (3,),
        "scale.std": (3,),
        "conv.weight": (2, 3, 3, 2),
        "conv.bias": (2,),
        "jury.weight": (3, 12),
        "jury.bias": (3,),
    }
    assert network.inputs == ("photo.out", "truth.out")
    assert network.has_truth
    assert (network.layout, network.trained) == ("auto", False)


def test_a_network_without_a_loss_needs_no_truth():
    network = Network.from_spec(spec_of(layer("relu", "relu")))
    assert network.inputs == ("photo.out",)
    assert list(network.shapes) == ["photo.out", "relu.out"]
    assert not network.has_truth


def test_a_node_may_name_an_earlier_node():
    network = Network.from_spec(
        spec_of(
            layer("a", "relu"),
            layer("b", "maxpool2d", size=2),
            layer("c", "flatten", inputs=["a"]),
            layer("d", "flatten", inputs=["photo"]),
        )
    )
    assert network.shapes["c.out"] == network.shapes["d.out"] == (3 * 8 * 9,)
    assert network.sources(network.nodes[2]) == {"x": "a.out"}
    assert network.names(network.nodes[2]) == {"x": "a.out", "out": "c.out"}


def test_two_nodes_may_read_one_tensor():
    network = Network.from_spec(
        spec_of(
            layer("flat", "flatten"),
            layer("one", "dense", units=3),
            layer("two", "dense", units=3, inputs=["flat"]),
            layer("p1", "softmax", inputs=["one"]),
            layer("p2", "softmax", inputs=["two"]),
            layer("loss1", "crossentropy", inputs=["p1", "truth"]),
            layer("loss2", "crossentropy", inputs=["p2", "truth"]),
        )
    )
    assert network.sources(network.nodes[5]) == {"log": "p1.log", "truth": "truth.out"}
    assert network.line_up.name == "p2"
    assert network.loss.name == "loss2"
    assert network.until("two").loss is None


@pytest.mark.parametrize("spec", [spec_of(), spec_of(layer("r", "relu"), layout="rows", trained=True)])
def test_a_spec_comes_back_complete(spec):
    network = Network.from_spec(spec)
    complete = network.to_spec()
    assert Network.from_spec(json.loads(json.dumps(complete))) == network
    assert Network.from_spec(complete).to_spec() == complete
    assert all("inputs" in entry for entry in complete["layers"])


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*/network.toml")), ids=lambda path: path.parent.name)
def test_the_templates_are_networks(path):
    spec = tomllib.loads(path.read_text(encoding="utf-8"))
    for own in ("picture", "draw", "find", "group", "training"):
        spec.pop(own, None)
    network = Network.from_spec(spec)
    assert Network.from_spec(network.to_spec()) == network
    assert set(given_parameters(spec)) <= set(network.parameters)
    network.fill(given_parameters(spec), 0)


def test_a_network_may_be_made_for_a_photo_of_another_size():
    network = Network.from_spec(spec_of()).resized(16, 18)
    assert network.shape == (3, 16, 18)
    assert network.shapes["conv.out"] == (2, 8, 9)
    with pytest.raises(NetworkError):
        Network.from_spec(spec_of(layer("c", "conv2d", filters=1, size=5))).resized(4, 4)


def test_a_network_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Network.from_spec(spec_of()).name = "other"


# Parameters


def test_the_weights_of_a_seed_are_normal_with_the_deviation_of_he():
    spec = spec_of(
        layer("conv", "conv2d", filters=400, size=5, padding="same"),
        layer("flat", "flatten", inputs=["photo"]),
        layer("jury", "dense", units=300),
    )
    values = Network.from_spec(spec).fill({}, 3)
    for name, inputs in (("conv.weight", 3 * 5 * 5), ("jury.weight", 3 * 8 * 9)):
        weight = values[name]
        deviation = math.sqrt(2 / inputs)
        assert weight.std() == pytest.approx(deviation, rel=0.02)
        assert abs(weight.mean()) < 5 * deviation / math.sqrt(weight.size)
        assert (np.abs(weight) < deviation).mean() == pytest.approx(0.6827, abs=0.02)
        assert (np.abs(weight) < 2 * deviation).mean() == pytest.approx(0.9545, abs=0.01)
    assert not values["conv.bias"].any()
    assert not values["jury.bias"].any()


def test_a_seed_means_the_same_numbers_for_ever():
    values = Network.from_spec(spec_of()).fill({}, 0)
    # RandomState(0) begins with 1.764052345967664, 0.4001572083672233, ...
    deviation = math.sqrt(2 / (3 * 3 * 2))
    first = values["conv.weight"].ravel()[:2]
    np.testing.assert_allclose(first, [1.764052345967664 * deviation, 0.4001572083672233 * deviation], rtol=1e-15)
    # 36 numbers later the next layer begins
    later = np.random.RandomState(0).standard_normal(36 + 36)[36:] * math.sqrt(2 / 12)
    np.testing.assert_allclose(values["jury.weight"].ravel(), later, rtol=1e-15)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    network = Network.from_spec(spec_of())
    once, twice, other = network.fill({}, 5), network.fill({}, 5), network.fill({}, 6)
    assert list(once) == list(network.parameters)
    for name, value in once.items():
        np.testing.assert_array_equal(value, twice[name])
    assert not np.array_equal(once["conv.weight"], other["conv.weight"])


def test_given_parameters_leave_the_others_as_they_are():
    network = Network.from_spec(spec_of())
    drawn = network.fill({}, 5)
    given = {"conv.weight": np.full((2, 3, 3, 2), 0.25)}
    values = network.fill(given, 5)
    np.testing.assert_array_equal(values["conv.weight"], given["conv.weight"])
    for name in set(drawn) - set(given):
        np.testing.assert_array_equal(values[name], drawn[name])
    assert {value.dtype for value in values.values()} == {np.dtype(np.float64)}


def test_a_network_knows_which_weights_start_at_random():
    network = Network.from_spec(spec_of())
    assert network.random({}) == ["conv.weight", "jury.weight"]
    assert network.random({"conv.weight": np.zeros((2, 3, 3, 2))}) == ["jury.weight"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("conv.weight", np.zeros((2, 3, 2, 3)), "conv.weight has shape [2, 3, 2, 3]; needed: [2, 3, 3, 2]"),
        ("conv.bias", np.zeros(()), "conv.bias has shape []; needed: [2]"),
        ("scale.divisor", np.zeros(1), "scale.divisor has shape [1]; needed: []"),
        ("conv.bias", np.array([1, np.nan]), "conv.bias holds a number that is not finite"),
        ("conv.bias", np.array([1, np.inf]), "conv.bias holds a number that is not finite"),
        ("conv.weights", np.zeros(2), "'small' has no parameter 'conv.weights'; it has scale.divisor"),
        ("relu.bias", np.zeros(2), "'small' has no parameter 'relu.bias'"),
    ],
)
def test_given_parameters_must_fit(name, value, says):
    with pytest.raises(NetworkError) as refusal:
        Network.from_spec(spec_of()).fill({name: value}, 0)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_template_may_give_parameters():
    spec = changed("layers.1.params", {"bias": [1, 2]})
    given = given_parameters(spec)
    assert list(given) == ["conv.bias"]
    np.testing.assert_array_equal(given["conv.bias"], [1.0, 2.0])
    assert given["conv.bias"].dtype == np.float64
    assert given_parameters(spec_of()) == {}
    Network.from_spec(spec).fill(given, 0)


@pytest.mark.parametrize(
    "params",
    [
        *(5, "bias", ["bias"], None, True),
        *({"bias": value} for value in ("two", {}, None, [1, [2]], [None, 1], [[1, 2]], [], [True, "1"])),
        *({"bias": value} for value in (10**400, [10**400, 1])),
        {"nobody": 1},
        *({"two\nlines": value} for value in (1, "x")),
    ],
    ids=range(18),
)
def test_parameters_of_a_template_that_are_no_box_of_numbers_are_refused(params):
    spec = changed("layers.1.params", params)
    with pytest.raises(NetworkError) as refusal:
        Network.from_spec(spec).fill(given_parameters(spec), 0)
    one_line(refusal.value)

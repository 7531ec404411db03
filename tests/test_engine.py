"""The network in numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from sheetnet import engine
from sheetnet.network import Network

CLASSES = ["Cat", "Dog", "Person"]


def network_of(shape: list[int], *layers: dict, classes: list[str] | None = None) -> Network:
    return Network.from_spec(
        {"name": "n", "classes": classes or CLASSES, "input": {"shape": shape}, "layers": list(layers)}
    )


def layer(name: str, kind: str, **options: object) -> dict:
    return {"name": name, "kind": kind, **options}


HEAD = (layer("softmax", "softmax"), layer("loss", "crossentropy"))


def test_each_node_reads_the_node_before():
    network = network_of([1, 1, 3], layer("relu", "relu"), layer("flat", "flatten"), *HEAD)
    photo = np.array([[[2.0, 1.0, -5.0]]])
    values = engine.forward(network, {"photo.out": photo, "truth.out": np.array([0.0, 1.0, 0.0])}, {})
    assert list(values) == ["photo.out", "truth.out", *(n for n in network.shapes if n not in network.inputs)]
    np.testing.assert_array_equal(values["flat.out"], [2, 1, 0])
    np.testing.assert_allclose(values["softmax.out"].sum(), 1, rtol=1e-15)
    assert values["loss.out"] == pytest.approx(-np.log(np.exp(1) / (np.exp(2) + np.exp(1) + 1)), rel=1e-14)


def test_every_tensor_has_the_shape_that_the_network_says():
    network = network_of(
        [3, 7, 6],
        layer("scale", "rescale"),
        layer("conv", "conv2d", filters=2, size=3, padding="same"),
        layer("pool", "maxpool2d", size=2),
        layer("flat", "flatten"),
        layer("dense", "dense", units=3),
        *HEAD,
    )
    rng = np.random.RandomState(0)
    inputs = {"photo.out": rng.randint(0, 256, (3, 7, 6)).astype(float), "truth.out": engine.one_hot(network, "Dog")}
    values = engine.forward(network, inputs, network.fill({}, 0))
    assert {name: value.shape for name, value in values.items()} == network.shapes | network.parameters
    assert {value.dtype for value in values.values()} == {np.dtype(np.float64)}


def test_a_batch_gives_each_photo_its_own_numbers():
    network = network_of(
        [1, 5, 5],
        layer("conv", "conv2d", filters=2, size=2, stride=2),
        layer("relu", "relu"),
        layer("flat", "flatten"),
        layer("dense", "dense", units=3),
        *HEAD,
    )
    rng = np.random.RandomState(1)
    photos, truths = rng.randint(0, 256, (4, 1, 5, 5)).astype(float) / 100, np.eye(3)[[0, 2, 1, 1]]
    parameters = network.fill({}, 5)
    together = engine.forward(network, {"photo.out": photos, "truth.out": truths}, parameters)
    for k in range(4):
        alone = engine.forward(network, {"photo.out": photos[k], "truth.out": truths[k]}, parameters)
        for name in network.shapes:
            np.testing.assert_allclose(together[name][k], alone[name], rtol=1e-13, atol=1e-15, err_msg=name)


def test_a_node_may_read_an_earlier_node_by_name():
    network = network_of(
        [1, 1, 2],
        layer("relu", "relu"),
        layer("scale", "rescale", divisor=2),
        layer("again", "flatten", inputs=["relu"]),
        layer("photo2", "flatten", inputs=["photo"]),
        classes=["A", "B"],
    )
    values = engine.forward(network, {"photo.out": np.array([[[-4.0, 6.0]]])}, network.fill({}, 0))
    np.testing.assert_array_equal(values["scale.out"], [[[0, 3]]])
    np.testing.assert_array_equal(values["again.out"], [0, 6])
    np.testing.assert_array_equal(values["photo2.out"], [-4, 6])


def test_two_nodes_may_read_the_same_tensor():
    network = network_of(
        [1, 1, 2],
        layer("flat", "flatten"),
        layer("left", "dense", units=2),
        layer("right", "dense", units=2, inputs=["flat"]),
        layer("softmax1", "softmax", inputs=["left"]),
        layer("softmax2", "softmax", inputs=["right"]),
        classes=["A", "B"],
    )
    parameters = {
        "left.weight": np.eye(2),
        "left.bias": np.zeros(2),
        "right.weight": 10 * np.eye(2),
        "right.bias": np.ones(2),
    }
    values = engine.forward(network, {"photo.out": np.array([[[1.0, 2.0]]])}, parameters)
    np.testing.assert_array_equal(values["left.out"], [1, 2])
    np.testing.assert_array_equal(values["right.out"], [11, 21])
    np.testing.assert_allclose(values["softmax2.log"][0], -10, rtol=1e-4)


def test_the_inputs_are_not_changed():
    network = network_of([1, 2, 2], layer("relu", "relu"), layer("scale", "rescale"))
    photo, parameters = np.array([[[-1.0, 2.0], [3.0, -4.0]]]), network.fill({}, 0)
    copies = {name: value.copy() for name, value in parameters.items()}
    inputs = {"photo.out": photo}
    engine.forward(network, inputs, parameters)
    np.testing.assert_array_equal(photo, [[[-1, 2], [3, -4]]])
    assert list(inputs) == ["photo.out"]
    for name, value in copies.items():
        np.testing.assert_array_equal(parameters[name], value)


def test_numbers_that_grow_too_large_become_infinite_without_a_warning():
    network = network_of([1, 1, 2], layer("scale", "rescale", divisor=1e-300, std=1e-300))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = engine.forward(network, {"photo.out": np.array([[[0.0, 255.0]]])}, network.fill({}, 0))
    np.testing.assert_array_equal(values["scale.out"], [[[0, np.inf]]])


def test_the_same_inputs_give_the_same_bits():
    network = network_of(
        [3, 9, 9],
        layer("conv", "conv2d", filters=4, size=3),
        layer("flat", "flatten"),
        layer("dense", "dense", units=3),
        *HEAD,
    )
    rng = np.random.RandomState(3)
    inputs = {"photo.out": rng.randint(0, 256, (3, 9, 9)).astype(float), "truth.out": np.zeros(3)}
    parameters = network.fill({}, 1)
    once, twice = (engine.forward(network, inputs, parameters) for _ in range(2))
    assert {n: v.tobytes() for n, v in once.items()} == {n: v.tobytes() for n, v in twice.items()}


def test_the_truth_is_1_at_its_class_and_0_elsewhere():
    network = network_of([1, 1, 3], layer("flat", "flatten"), *HEAD)
    np.testing.assert_array_equal(engine.one_hot(network, "Dog"), [0, 1, 0])
    np.testing.assert_array_equal(engine.one_hot(network, None), [0, 0, 0])
    assert engine.one_hot(network, "Cat").dtype == np.float64


def test_one_layer_can_be_asked_alone():
    network = network_of([1, 1, 3], layer("flat", "flatten"), *HEAD)
    node = network.nodes[1]
    told = engine.tell(network, node, {"flat.out": np.array([0.0, 0.0, 0.0])})
    np.testing.assert_allclose(told["out"], [1 / 3] * 3, rtol=1e-15)
    mine: dict = {}
    assert engine.tell(network, node, {"flat.out": np.zeros(3)}, mine) is mine
    assert set(mine) == {"x", "top", "exp", "sum", "log", "out"}

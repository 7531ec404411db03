"""Gradients against finite differences: (L(x + h) - L(x - h)) / 2h, layer by layer and through whole networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import zoo
from layercases import entries, known_of, shapes_of

from sheetnet import engine
from sheetnet.errors import NetworkError
from sheetnet.layers import LAYERS
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.network import Network

STEP = 1e-5
FEW = 60  # numbers: of each of them a difference is taken

CASES: list[tuple[str, dict[str, Any], dict[str, tuple[int, ...]]]] = [  # options, and shapes of what is read
    ("rescale", {"divisor": 3.0}, {"x": (3, 2, 4)}),
    ("conv2d", {"filters": 3, "size": [2, 3], "stride": [1, 2], "padding": [1, 0, 2, 1]}, {"x": (2, 5, 6)}),
    ("batchnorm", {"epsilon": 0.1}, {"x": (3, 2, 4)}),
    ("relu", {}, {"x": (2, 3, 3)}),
    ("maxpool2d", {"size": 3, "stride": 1, "padding": "same"}, {"x": (2, 4, 5)}),
    (
        "avgpool2d",
        {"size": [3, 2], "stride": [2, 3], "padding": [1, 0, 0, 1], "ceil": True, "count_padding": True},
        {"x": (2, 5, 6)},
    ),
    ("globalavgpool", {}, {"x": (3, 2, 4)}),
    ("globalmaxpool", {}, {"x": (3, 2, 4)}),
    ("flatten", {}, {"x": (2, 3, 2)}),
    ("dense", {"units": 3}, {"x": (5,)}),
    ("softmax", {}, {"x": (4,)}),
    ("crossentropy", {}, {"log": (4,), "truth": (4,)}),
    ("leakyrelu", {"alpha": 0.3}, {"x": (2, 3, 3)}),
    ("prelu", {"shape": [2, 1, 3]}, {"x": (2, 3, 3)}),
    ("sigmoid", {}, {"x": (2, 3, 3)}),
    ("tanh", {}, {"x": (2, 3, 3)}),
    ("elu", {"alpha": 1.5}, {"x": (2, 3, 3)}),
    ("hardsigmoid", {"alpha": 0.3, "beta": 0.4}, {"x": (2, 3, 3)}),
    ("hardswish", {}, {"x": (2, 3, 3)}),
    ("gelu", {}, {"x": (2, 3, 3)}),
    ("clip", {"low": -0.5, "high": 0.8}, {"x": (2, 3, 3)}),
    ("add", {}, {"x": (2, 3, 1), "y": (2, 1, 4)}),
    ("sub", {}, {"x": (2, 3, 1), "y": (2, 1, 4)}),
    ("mul", {}, {"x": (2, 3, 1), "y": (2, 1, 4)}),
    ("div", {}, {"x": (2, 3, 1), "y": (2, 1, 4)}),
    ("sum", {"count": 3}, {"x1": (2, 3, 1), "x2": (2, 1, 4), "x3": (1, 1, 4)}),
    ("matmul", {}, {"x": (2, 3, 4), "y": (1, 4, 2)}),
    ("reducemean", {"axes": [-1, -3]}, {"x": (2, 3, 4)}),
    ("reducemax", {"axes": [-2, -1], "keep": False}, {"x": (2, 3, 4)}),
    ("logsoftmax", {"axis": -2}, {"x": (3, 4)}),
    ("nllloss", {"weighted": True, "ignore": 1}, {"x": (6, 3), "target": (6,), "weight": (3,)}),
    ("identity", {}, {"x": (2, 3, 3)}),
    ("concat", {}, {"x1": (2, 3, 4), "x2": (1, 3, 4)}),
    ("reshape", {"shape": [4, 3]}, {"x": (2, 6)}),
    ("transpose", {"axes": [1, 2, 0]}, {"x": (2, 3, 4)}),
    ("pad", {"pads": [2, -1, 1, 3], "mode": "reflect"}, {"x": (3, 5)}),
    ("conv", {"filters": 4, "size": [2, 2], "stride": [1, 2], "padding": 1, "groups": 2}, {"x": (2, 4, 3, 4)}),
    ("maxpool", {"size": [3, 2], "padding": [1, 0, 2, 1], "dilation": [1, 2]}, {"x": (1, 2, 4, 5)}),
    ("avgpool", {"size": [3], "stride": 2, "padding": 1, "ceil": True, "count_padding": True}, {"x": (2, 2, 6)}),
    ("pick", {"places": [[-1, 1, 0, 1], [2, 2, 0]]}, {"x": (2, 2, 3)}),
    ("reducesum", {"axes": [-1, -3], "keep": False}, {"x": (2, 3, 4)}),
    ("gelu", {"approximate": "tanh"}, {"x": (7,)}),
    ("clip", {"high": 0.3}, {"x": (7,)}),
    ("add", {}, {"x": (3, 2), "y": (2,)}),
    ("sum", {"count": 1}, {"x1": (3,)}),
    ("matmul", {}, {"x": (3,), "y": (3,)}),
    ("matmul", {}, {"x": (3,), "y": (2, 3, 4)}),
    ("matmul", {}, {"x": (2, 2, 3), "y": (3,)}),
    ("matmul", {}, {"x": (5, 1, 2, 3), "y": (2, 3, 4)}),
    ("reducemean", {"axes": [0, 2], "keep": False}, {"x": (2, 3, 4)}),
    ("reducemax", {"axes": [1]}, {"x": (2, 3, 4)}),
    ("softmax", {"axis": -2}, {"x": (3, 4)}),
    ("softmax", {"axis": 0}, {"x": (3, 4)}),
    ("logsoftmax", {"axis": 1}, {"x": (2, 3, 2)}),
    ("nllloss", {"reduction": "none", "weighted": True}, {"x": (2, 3, 2), "target": (2, 2), "weight": (3,)}),
    ("nllloss", {"reduction": "sum"}, {"x": (2, 3, 1, 2), "target": (2, 1, 2)}),
    ("concat", {"count": 3, "axis": 1}, {"x1": (2, 1), "x2": (2, 3), "x3": (2, 2)}),
    ("pad", {"pads": [1, -1, 2, 1], "value": 3}, {"x": (3, 5)}),
    ("pad", {"pads": [1, -1, 2, 6], "mode": "wrap"}, {"x": (3, 5)}),
    ("pad", {"pads": [1, -1, 2, 1], "mode": "edge"}, {"x": (3, 5)}),
    ("conv", {"filters": 2, "size": [3], "dilation": 2, "padding": [2, 1]}, {"x": (2, 2, 6)}),
    ("conv", {"filters": 2, "size": [2, 1, 2], "groups": 2, "stride": 2}, {"x": (1, 2, 3, 2, 4)}),
    ("maxpool", {"size": [2], "stride": 2, "ceil": True, "indices": True}, {"x": (2, 2, 5)}),
    ("maxpool", {"size": [2, 1, 2]}, {"x": (1, 2, 3, 2, 4)}),
    ("avgpool", {"size": [2, 2], "padding": 1, "dilation": [2, 1]}, {"x": (2, 1, 4, 5)}),
    ("avgpool", {"size": [2, 1, 2], "stride": 2}, {"x": (1, 2, 3, 2, 4)}),
]
KINDS = {layer.kind: layer for layer in LAYERS}
READ = {"out"}  # what layers read of each other
READ |= {part for param in entries("case") for part in param.values[0](**param.values[1]["options"]).reads.values()}


def worked() -> list[Any]:
    """Of every kind that is trained, its first hand-worked case with few and moderate numbers."""
    found: dict[str, Any] = {}
    for param in entries("case"):
        layer, entry = param.values
        values = list(known_of(entry).values())
        if layer.trainable and sum(v.size for v in values) <= FEW and max(np.abs(v).max() for v in values) <= 20:
            found.setdefault(layer.kind, pytest.param(layer, entry, id=layer.kind))
    return list(found.values())


@pytest.mark.parametrize("batch", [(), (3,)], ids=str)
@pytest.mark.parametrize(("layer", "entry"), worked())
def test_a_case_worked_by_hand_agrees_with_finite_differences(layer, entry, batch):
    rng, one, known = np.random.RandomState(5), layer(**entry["options"]), known_of(entry)
    if batch and not one.batched(shapes_of(one, known)):
        pytest.skip("takes no batch axes, and says so")
    for name, value in known.items():  # away from ties and corners
        shape = (*batch, *value.shape) if name in one.reads else value.shape
        known[name] = value + rng.uniform(0.01, 0.1, shape)
    agree_with_finite_differences(one, known, rng)


def test_every_kind_that_is_trained_has_such_a_case():
    assert {param.id for param in worked()} == {layer.kind for layer in LAYERS if layer.trainable}, (
        f"tests/cases/<kind>.toml needs a case of at most {FEW} numbers between -20 and 20"
    )


@pytest.mark.parametrize("batch", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize(
    ("kind", "options", "of"),
    CASES,
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_layer_agrees_with_finite_differences(kind, options, of, batch):
    one = KINDS[kind](**options)
    if batch and not one.batched(of):
        pytest.skip("takes no batch axes, and says so")
    agree_at_random_numbers(one, of, batch)


def agree_at_random_numbers(one, of, batch):
    rng = np.random.RandomState(5)
    known = {name: rng.standard_normal((*batch, *shape)) for name, shape in of.items()}
    known |= {name: rng.standard_normal(shape) + 2 for name, shape in one.params(of).items()}
    if one.kind == "nllloss":  # its targets are classes, and its weights positive
        known["target"] = rng.randint(0, of["x"][1], known["target"].shape).astype(np.float64)
        known |= {"weight": rng.rand(3) + 0.5} if one.weighted else {}
    if one.kind == "div":
        known["y"] += 3 * np.sign(known["y"])  # not near 0, where the quotient is steep
    if one.kind == "crossentropy":
        known["truth"] = rng.rand(*batch, *of["truth"])  # its terms know no logarithm of a negative truth
    agree_with_finite_differences(one, known, rng)


def agree_with_finite_differences(one, known, rng):
    v = known.copy()
    one.forward(v)
    back = {name: rng.standard_normal(v[name].shape) for name in sorted(READ & (set(v) - set(known)))}

    def loss(**changed: np.ndarray) -> float:
        told = known | changed
        one.forward(told)
        return sum((told[name] * gradient).sum() for name, gradient in back.items())

    d = back.copy()
    one.backward(v, d)
    for name, value in known.items():
        numeric = np.zeros_like(value)
        for index in np.ndindex(*value.shape):
            step = np.zeros_like(value)
            step[index] = STEP
            numeric[index] = (loss(**{name: value + step}) - loss(**{name: value - step})) / (2 * STEP)
        np.testing.assert_allclose(d[name], numeric, rtol=1e-7, atol=1e-8, err_msg=name)
    for name, gradient in back.items():
        assert d[name] is gradient, "what comes from behind is not changed"


@pytest.mark.parametrize("batch", [(), (2,)], ids=str)
@pytest.mark.parametrize(
    "one",
    [
        Conv2d(4, [3, 2], groups=2, dilation=[1, 2], stride=[2, 1], padding=[1, 0, 2, 1]),
        Conv2d(4, 2, groups=4, padding="same"),
        Conv2d(3, 2, dilation=3, padding=2),
        MaxPool2d([2, 3], stride=2, dilation=[2, 1], padding=1, ceil=True),
        MaxPool2d(2, ceil=True),
    ],
    ids=str,
)
def test_dilation_groups_and_ceil_agree_with_finite_differences(one, batch):
    agree_at_random_numbers(one, {"x": (4, 5, 5)}, batch)


def random_network(seed: int) -> Network:
    """A network with strides, paddings, overlapping windows and one or two branches, all at random."""
    rng = np.random.RandomState(seed)
    shape = [int(rng.randint(1, 4)), int(rng.randint(7, 11)), int(rng.randint(7, 11))]
    layers: list[dict[str, Any]] = [zoo.layer("rescale", mean=0.4, std=0.3)]

    def padding(size: int) -> Any:
        return ["valid", "same", rng.randint(0, size), [int(p) for p in rng.randint(0, size, 4)]][rng.randint(4)]

    branches = int(rng.randint(1, 3))
    for branch in range(branches):
        before = "rescale" if branch == 0 else "conv00"
        for depth in range(2):
            size = int(rng.randint(1, 4))
            name = f"conv{branch}{depth}"
            options = {"stride": int(rng.randint(1, 3)), "padding": padding(size), "inputs": [before]}
            layers.append(zoo.conv(name, int(rng.randint(1, 4)), size, **options))
            layers.append(zoo.layer("relu", name=f"relu{branch}{depth}"))
            window = int(rng.randint(1, 3))
            options = {"stride": int(rng.randint(1, 3)), "padding": padding(window)}
            layers.append(zoo.pool(f"pool{branch}{depth}", window, **options))
            before = f"pool{branch}{depth}"
        layers += [
            zoo.layer("flatten", name=f"flat{branch}"),
            zoo.layer("dense", name=f"dense{branch}", units=3),
            zoo.layer("softmax", name=f"softmax{branch}"),
            zoo.layer("crossentropy", name=f"loss{branch}"),
        ]
    spec = {"name": f"random {seed}", "classes": ["a", "b", "c"], "input": {"shape": shape}, "layers": layers}
    return Network.from_spec(spec)


def fitting(seeds: range) -> list[Any]:
    """Those of the random networks whose windows fit."""
    networks = []
    for seed in seeds:
        try:
            networks.append(pytest.param(random_network(seed), id=str(seed)))
        except NetworkError:
            continue
    return networks


@pytest.mark.parametrize("network", fitting(range(40)))
def test_a_random_network_agrees_with_finite_differences(network):
    rng = np.random.RandomState(8)
    inputs = {"photo.out": rng.rand(3, *network.shape) * 255, "truth.out": np.eye(3)[[0, 2, 1]]}
    parameters = {name: value + 0.1 * rng.rand(*value.shape) for name, value in network.fill({}, 4).items()}
    losses = [f"{node.name}.out" for node in network.nodes if node.layer.kind == "crossentropy"]
    start = {loss: rng.rand(3) for loss in losses}
    gradients = engine.backward(network, engine.forward(network, inputs, parameters), start)

    def loss(changed: dict[str, np.ndarray]) -> float:
        values = engine.forward(network, inputs | changed, parameters | changed)
        return sum((values[name] * weight).sum() for name, weight in start.items())

    known = {"photo.out": inputs["photo.out"]} | parameters
    assert set(known) <= set(gradients)
    for name, value in known.items():
        direction = rng.standard_normal(value.shape)
        numeric = (loss({name: value + STEP * direction}) - loss({name: value - STEP * direction})) / (2 * STEP)
        analytic = (gradients[name] * direction).sum()
        assert analytic == pytest.approx(numeric, rel=2e-6, abs=1e-7), name


def test_there_are_random_networks_of_every_sort():
    networks = [param.values[0] for param in fitting(range(40))]
    assert len(networks) > 20
    assert any(network.loss.name == "loss1" for network in networks)
    pools = [node.layer for network in networks for node in network.nodes if isinstance(node.layer, MaxPool2d)]
    assert any(pool.stride < pool.size for pool in pools), "overlapping"


# Through a network


def test_a_tensor_with_two_readers_gets_the_sum_of_both():
    layers = [
        zoo.layer("flatten"),
        zoo.layer("relu", name="left", inputs=["flatten"]),
        zoo.layer("dense", name="right", units=2, inputs=["flatten"]),
    ]
    network = Network.from_spec({"name": "n", "classes": ["a"], "input": {"shape": [1, 1, 2]}, "layers": layers})
    parameters = {"right.weight": np.array([[1.0, 2], [3, 4]]), "right.bias": np.zeros(2)}
    values = engine.forward(network, {"photo.out": np.array([[[5.0, -1.0]]])}, parameters)
    start = {"left.out": np.array([10.0, 10.0]), "right.out": np.array([1.0, 1.0])}
    gradients = engine.backward(network, values, start)
    assert gradients["photo.out"].tolist() == [[[10 + 1 + 3, 0 + 2 + 4]]]
    assert gradients["right.weight"].tolist() == [[5, -1], [5, -1]]
    assert start.keys() == {"left.out", "right.out"}


def test_without_a_start_the_losses_of_the_batch_add_up():
    network = zoo.network("strides and four-sided padding")
    rng = np.random.RandomState(0)
    photos, truths = rng.rand(5, *network.shape), np.eye(3)[[0, 1, 2, 1, 0]]
    parameters = network.fill({}, 1)
    together = engine.backward(
        network, engine.forward(network, {"photo.out": photos, "truth.out": truths}, parameters)
    )
    apart = [
        engine.backward(network, engine.forward(network, {"photo.out": p, "truth.out": t}, parameters))
        for p, t in zip(photos, truths, strict=True)
    ]
    for name in parameters:
        np.testing.assert_allclose(together[name], sum(one[name] for one in apart), rtol=1e-12, atol=1e-14)
    for k, one in enumerate(apart):
        np.testing.assert_allclose(together["photo.out"][k], one["photo.out"], rtol=1e-12, atol=1e-15)


def test_what_does_not_lead_to_the_loss_has_no_gradient():
    network = zoo.network("branches")
    inputs = {"photo.out": np.ones(network.shape), "truth.out": np.eye(3)[0]}
    values = engine.forward(network, inputs, network.fill({}, 1))
    gradients = engine.backward(network, values)  # of the last loss, which reads the other branch
    assert "conv2.weight" in gradients
    assert "dense.weight" not in gradients
    assert "softmax2.exp" not in gradients


def test_the_numbers_of_the_forward_pass_are_not_changed():
    network = zoo.network("overlapping pooling with padding on negative numbers")
    inputs = {"photo.out": np.random.RandomState(1).rand(2, *network.shape), "truth.out": np.eye(3)[:2]}
    values = engine.forward(network, inputs, network.fill({}, 1))
    copies = {name: value.copy() for name, value in values.items()}
    engine.backward(network, values)
    for name, value in copies.items():
        np.testing.assert_array_equal(values[name], value, err_msg=name)


def test_a_network_without_a_loss_asks_where_to_start():
    network = zoo.network("no softmax")
    values = engine.forward(network, {"photo.out": np.ones(network.shape)}, network.fill({}, 1))
    with pytest.raises(NetworkError, match="has no loss"):
        engine.backward(network, values)
    assert "conv1.weight" in engine.backward(network, values, {"relu.out": np.ones_like(values["relu.out"])})
    for wrong in ({"nothing.out": np.ones(3)}, {"relu.out": np.ones(3)}):
        with pytest.raises(NetworkError, match="no tensor of that shape"):
            engine.backward(network, values, wrong)


def test_a_convolution_gives_every_place_its_share_when_padding_is_wider_than_the_filter():
    layer = Conv2d(filters=1, size=1, padding=2)
    v = {"x": np.ones((1, 2, 2)), "weight": np.full((1, 1, 1, 1), 3.0), "bias": np.zeros(1)}
    layer.forward(v)
    d = {"out": np.ones((1, 6, 6))}
    layer.backward(v, d)
    assert d["x"].tolist() == [[[3, 3], [3, 3]]]
    assert (d["weight"].item(), d["bias"].item()) == (4, 36)

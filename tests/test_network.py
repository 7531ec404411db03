"""Networks from specs: what fits becomes a network, and anything else one line that says why not."""

from __future__ import annotations

import copy
import json
import math
import random
import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetnet.errors import NetworkError
from sheetnet.layers.relu import ReLU
from sheetnet.network import MAX_CLASSES, Network, Node, given_parameters

TEMPLATES = Path(__file__).parent.parent / "templates"


def layer(name: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, **options}


def spec_of(*layers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "name": "small",
        "classes": ["Cat", "Dog", "Owl"],
        "input": {"shape": [3, 8, 9]},
        "layers": list(layers)
        or [
            layer("scale", "rescale", mean=[0.4, 0.5, 0.6], std=0.5),
            layer("conv", "conv2d", filters=2, size=[3, 2], stride=2, padding="same"),
            layer("relu", "relu"),
            layer("pool", "maxpool2d", size=2, padding=[0, 1, 0, 1]),
            layer("flat", "flatten"),
            layer("jury", "dense", units=3),
            layer("softmax", "softmax"),
            layer("loss", "crossentropy"),
        ],
    }
    return spec | changes


def message(spec: Any) -> str:
    """Why a spec is refused, in one line."""
    with pytest.raises(NetworkError) as refusal:
        Network.from_spec(spec)
    return one_line(refusal.value)


def one_line(error: Exception) -> str:
    text = str(error)
    assert len(text.splitlines()) == 1, repr(text)
    return text


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
    assert network.last("softmax").name == "p2"
    assert network.last("conv2d") is None


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
    for own in ("picture", "draw"):
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


# What does not fit


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small spec with one entry replaced: "layers.1.filters"."""
    spec = copy.deepcopy(spec_of())
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at: Any = spec
    for step in way:
        at = at[step]
    at[last] = value
    return spec


def without(path: str) -> dict[str, Any]:
    spec = changed(path, None)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at: Any = spec
    for step in way:
        at = at[step]
    del at[last]
    return spec


@pytest.mark.parametrize("spec", [None, 3, "conv2d", [], [("name", "x")], True])
def test_a_spec_is_a_table(spec):
    assert "not a table" in message(spec)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("name", "name is missing"),
        ("classes", "classes is missing"),
        ("input", "input is missing"),
        ("input.shape", "shape is missing"),
        ("layers", "layers is missing"),
        ("layers.1.name", "name is missing"),
        ("layers.1.kind", "layer 'conv': kind is missing"),
        ("layers.1.filters", "layer 'conv' (conv2d): filters is missing"),
        ("layers.1.size", "layer 'conv' (conv2d): size is missing"),
        ("layers.3.size", "layer 'pool' (maxpool2d): size is missing"),
        ("layers.5.units", "layer 'jury' (dense): units is missing"),
    ],
)
def test_what_is_missing_is_named(path, says):
    assert says in message(without(path))
    if path.count(".") < 2 or path.endswith(("name", "kind")):
        assert says in message(changed(path, None))


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("kind", "cnn", "unknown entry 'kind'"),
        ("input.size", 3, "unknown entry 'size'"),
        ("layers.1.filter", 3, "layer 'conv' (conv2d): unknown entry 'filter'"),
        ("layers.2.size", 3, "layer 'relu' (relu): unknown entry 'size'"),
        ("layers.1._lead", 3, "unknown entry '_lead'"),
        ("layers.1.__class__", 3, "unknown entry '__class__'"),
    ],
)
def test_what_is_unknown_is_named(path, value, says):
    text = message(changed(path, value))
    assert says in text
    assert "known are" in text


def test_an_unknown_kind_is_named_with_those_there_are():
    text = message(changed("layers.1.kind", "conv3d"))
    assert "layer 'conv': unknown kind 'conv3d'" in text
    assert "rescale, conv2d" in text


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("name", 7, "name is 7; it must be a str"),
        ("classes", "Cat", "classes is 'Cat'; it must be a list"),
        ("classes", {"Cat": 1}, "it must be a list"),
        ("classes", [], "classes must be 1 to"),
        ("classes", [1, 2, 3], "classes must be texts"),
        ("classes", ["Cat", "Dog", " "], "classes must be texts"),
        ("classes", ["Cat", "Dog", "x" * 256], "classes must be texts"),
        ("classes", ["Cat", "Dog", ["Owl"]], "classes must be texts"),
        ("classes", ["Cat", "Dog", "Cat"], "different names"),
        ("classes", [f"c{i}" for i in range(MAX_CLASSES + 1)], "classes must be 1 to"),
        ("input", [3, 8, 9], "input is [3, 8, 9]; it must be a mapping"),
        ("input.shape", 3, "shape is 3; it must be a list"),
        ("input.shape", [8, 9], "input shape is [8, 9]"),
        ("input.shape", [3, 8, 9, 1], "input shape is [3, 8, 9, 1]"),
        ("input.shape", [3, 0, 9], "input shape is [3, 0, 9]"),
        ("input.shape", [3, -8, 9], "input shape is [3, -8, 9]"),
        ("input.shape", [3, 8.0, 9], "input shape is [3, 8.0, 9]"),
        ("input.shape", [3, "8", 9], "input shape is [3, '8', 9]"),
        ("input.shape", [True, 8, 9], "input shape is [True, 8, 9]"),
        ("layers", {}, "layers is {}; it must be a list"),
        ("layers", [], "the network has no layers"),
        ("layers.0", "rescale", "each entry of layers must be a table"),
        ("layers.0", None, "each entry of layers must be a table"),
        ("layers.1.name", 1, "name is 1; it must be a str"),
        ("layers.1.kind", ["conv2d"], "kind is ['conv2d']; it must be a str"),
        ("layers.1.filters", "4", "filters is '4'"),
        ("layers.1.filters", 1.5, "filters is 1.5"),
        ("layers.1.size", None, "size is None"),
        ("layers.1.size", {}, "size is {}"),
        ("layers.1.stride", [1, True], "stride is [1, True]"),
        ("layers.1.padding", {"same": 1}, "padding is {'same': 1}"),
        ("layers.1.padding", ["same", "same"], "padding is ['same', 'same']"),
        ("layers.0.divisor", None, "divisor is None"),
        ("layers.0.mean", [0.5, math.nan, 0], "mean is [0.5, nan, 0]"),
        ("layers.0.std", {"r": 1}, "std is {'r': 1}"),
        ("layers.0.mean", [[0.5]], "mean is [[0.5]]"),
        ("layers.5.units", [3], "units is [3]"),
        ("layout", "columns", "layout is 'columns'; use one of auto, planes, rows"),
        ("layout", 1, "layout is 1; it must be a str"),
        ("trained", "yes", "trained is 'yes'; it must be a bool"),
        ("trained", 1, "trained is 1; it must be a bool"),
    ],
)
def test_what_has_the_wrong_type_or_value_is_shown(path, value, says):
    assert says in message(changed(path, value))


@pytest.mark.parametrize("name", ["", "1st", "a b", "a.b", "a-b", "ü", "x" * 32, "a\n", "_a", "a!", "'"])
def test_a_layer_name_becomes_part_of_a_defined_name(name):
    assert "use up to 31 letters, digits or _, a letter first" in message(changed("layers.1.name", name))


@pytest.mark.parametrize("name", ["photo", "truth", "view", "choice", "sheetnet", "Photo", "TRUTH", "scale", "SCALE"])
def test_a_layer_name_is_neither_reserved_nor_used_twice(name):
    assert f"layer name {name!r} is used twice, or is reserved" in message(changed("layers.1.name", name))


def test_names_that_differ_in_case_only_are_the_same_to_a_spreadsheet():
    assert "is used twice" in message(spec_of(layer("relu", "relu"), layer("ReLU", "relu")))


@pytest.mark.parametrize("name", ["later", "nobody", "relu", "", "photo\nx", "Photo"])
def test_an_input_is_a_layer_before(name):
    text = message(spec_of(layer("relu", "relu", inputs=[name]), layer("later", "relu")))
    assert "relu: its input" in text
    assert "is not a layer before it" in text


def test_an_input_needs_the_tensor_that_is_read():
    spec = spec_of(layer("flat", "flatten"), layer("loss", "crossentropy"))
    assert message(spec) == "loss: a crossentropy needs the 'log' of 'flat', which has none"
    assert "needs the 'log' of 'photo'" in message(spec_of(layer("loss", "crossentropy")))


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ([], "a relu has 1 input(s): x"),
        (["photo", "photo"], "a relu has 1 input(s): x"),
        ([1], "a relu has 1 input(s): x"),
        ([["photo"]], "a relu has 1 input(s): x"),
        ("photo", "inputs is 'photo'; it must be a list"),
        ({"x": "photo"}, "it must be a list"),
    ],
)
def test_inputs_are_as_many_names_as_the_layer_reads(inputs, says):
    assert says in message(spec_of(layer("relu", "relu", inputs=inputs)))


def test_there_are_as_many_logits_as_classes():
    assert "4 probabilities, but 3 classes" in message(changed("layers.5.units", 4))
    spec = spec_of(layer("flat", "flatten"), layer("jury", "dense", units=4), layer("softmax", "softmax"))
    assert message(spec) == "softmax: 4 logits, but 3 classes; make the numbers equal"


@pytest.mark.parametrize("truth", ["flat", "photo", "inner", "first"])
def test_a_loss_compares_a_truth_of_its_own_shape(truth):
    """The truth may be any tensor, but not of any shape."""
    spec = spec_of(
        layer("flat", "flatten"),
        layer("jury", "dense", units=3),
        layer("p", "softmax"),
        layer("inner", "relu", inputs=["photo"]),
        layer("first", "crossentropy", inputs=["p", "truth"]),
        layer("loss", "crossentropy", inputs=["p", truth]),
    )
    assert "CrossEntropy: 3 probabilities, but" in message(spec)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("layers.1", {"name": "conv", "kind": "conv2d", "filters": 1, "size": 9}, "the window is 9x9"),
        ("layers.3", {"name": "pool", "kind": "maxpool2d", "size": 7}, "the window is 7x7"),
        ("layers.3", {"name": "pool", "kind": "maxpool2d", "size": 2, "padding": 2}, "windows that see no number"),
        ("layers.4", {"name": "flat", "kind": "relu"}, "put a flatten layer before it"),
        ("layers.5", {"name": "jury", "kind": "conv2d", "filters": 1, "size": 1}, "channels x height x width"),
    ],
)
def test_shapes_must_fit(path, value, says):
    assert says in message(changed(path, value))


def test_a_network_of_python_objects_is_checked_too():
    node = Node("relu", ReLU(), ("photo",))
    assert Network("n", ("a",), (1, 2, 2), (node,)).shapes["relu.out"] == (1, 2, 2)
    for classes, shape, nodes in [((), (1, 2, 2), (node,)), (("a",), (2, 2), (node,)), (("a",), (1, 2, 2), ())]:
        with pytest.raises(NetworkError):
            Network("n", classes, shape, nodes)
    with pytest.raises(NetworkError, match="used twice"):
        Network("n", ("a",), (1, 2, 2), (node, node))


def test_a_message_stays_one_line_whatever_the_names_are():
    for name in ("two\nlines", "carriage\rreturn", "line\u2028separator"):
        for changes in ({"layers": []}, {"classes": []}, {"layout": "x"}, {"input": {"shape": [1]}}, {"more": 1}):
            message(spec_of(layer("relu", "relu"), name=name, **changes))


@pytest.mark.parametrize("divisor", [2**63, 2**64, 10**30, 10**400], ids=["2^63", "2^64", "10^30", "10^400"])
def test_a_whole_number_of_any_length_is_a_number_or_refused_as_one(divisor):
    try:
        network = Network.from_spec(changed("layers.0.divisor", divisor))
    except NetworkError as error:
        text = one_line(error)
    else:
        network.fill({}, 0)
        return
    assert "divisor" in text
    assert "missing" not in text


def test_a_hexadecimal_number_too_long_to_print_is_refused():
    huge = tomllib.loads(f"n = 0x{'f' * 5000}")["n"]  # as decimal it has 6021 digits; Python prints 4300
    for path in ("layers.1.size", "layers.1.filters", "layers.1.padding", "layers.0.mean", "layers.5.units", "name"):
        message(changed(path, huge))
    message(changed("input.shape", [3, 8, -huge]))


def test_a_mean_for_each_channel_must_suit_the_channels():
    spec = changed("layers.0.mean", [0.5, 0.5])
    with pytest.raises(NetworkError, match="mean has 2 numbers; the input has 3 channels"):
        Network.from_spec(spec).fill({}, 0)


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
    assert network.drawn({}) == ["conv.weight", "jury.weight"]
    assert network.drawn({"conv.weight": np.zeros((2, 3, 3, 2))}) == ["jury.weight"]


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


# Specs from strangers

NUMBERS = (0, 1, -1, 2, 3, 5, 10**6, 10**30, -(10**30), 2**64, 10**400, 0.0, 0.5, -2.5, 1e308)
LISTS = ([], [1], [0, 0], [1, 2], [3, 3, 3], [1, 0, 2, 1], [[1]], [None], [math.nan, 1, 1], [10**25, 1, 1])
NAMES = ("photo", "truth", "relu", "conv", "conv2d", "crossentropy", "softmax", "same", "valid", "rows")
STRANGE: list[Any] = [
    *(None, True, False, math.inf, -math.inf, math.nan),
    *NUMBERS,
    *("", "two\nlines", "{name!r}", "%s", "\x00", "\ud800", "x" * 3000),
    *NAMES,
    *LISTS,
    *(["photo"], ["softmax", "truth"], ["softmax", "loss"]),
    *({}, {"shape": [1, 2, 3]}, {"bias": [1, 2]}, {"weight": "x"}),
    {"name": "x", "kind": "relu"},
    {"name": "flat2", "kind": "flatten"},
    {"name": "loss2", "kind": "crossentropy", "inputs": ["softmax", "loss"]},
]
KEYS = ["name", "kind", "inputs", "params", "size", "stride", "padding", "filters", "units", "mean", "std", "divisor"]
KEYS += ["classes", "input", "shape", "layers", "layout", "trained", "", "self", "x", "\n"]


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything inside a spec."""
    found = [before] if before else []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        found += places(one, (*before, key))
    return found


def mutate(spec: Any, rng: random.Random) -> Any:
    """A copy with one to three blows."""
    spec = copy.deepcopy(spec)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        ways = places(spec)
        if not ways:
            return spec
        *way, last = rng.choice(ways)
        at = spec
        for step in way:
            at = at[step]
        value = copy.deepcopy(rng.choice(STRANGE))
        blow = rng.randrange(5)
        if blow == 0:
            del at[last]
        elif blow == 1 and isinstance(at, dict):
            at[rng.choice(KEYS)] = value
        elif blow == 2 and isinstance(at, list):
            at.insert(rng.randrange(len(at) + 1), value)
        elif blow == 3 and isinstance(at, list):
            at.insert(rng.randrange(len(at) + 1), copy.deepcopy(rng.choice(at)))
        else:
            at[last] = value
    return spec


def attempt(spec: Any) -> str:
    """Make a network of a spec; what came of it: "network", or the message."""
    try:
        network = Network.from_spec(spec)
        again = json.loads(json.dumps(network.to_spec()))
        assert Network.from_spec(again) == network
        if sum(math.prod(shape) for shape in network.parameters.values()) < 10**5:
            network.fill(given_parameters(spec), 0)
    except NetworkError as error:
        return one_line(error)
    return "network"


def fuzz(seeds: list[dict[str, Any]], count: int, seed: int) -> tuple[set[str], dict[str, str]]:
    """Outcomes of ``count`` broken specs, and the defects: error -> a spec that shows it."""
    rng = random.Random(seed)
    outcomes: set[str] = set()
    defects: dict[str, str] = {}
    for _ in range(count):
        spec = mutate(rng.choice(seeds), rng)
        try:
            outcomes.add(attempt(spec))
        except Exception as error:
            trace = error.__traceback__
            while trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
            defects.setdefault(f"{type(error).__name__} at {where}", f"{str(error)[:200]} for {str(spec)[:900]}")
    return outcomes, defects


TANGLED = spec_of(
    layer("relu", "relu"),
    layer("flat", "flatten", inputs=["photo"]),
    layer("jury", "dense", units=3, params={"bias": [1, 2, 3]}, inputs=["flat"]),
    layer("softmax", "softmax", inputs=["jury"]),
    layer("loss", "crossentropy", inputs=["softmax", "truth"]),
    layer("conv", "conv2d", filters=1, size=2, padding=[1, 0, 0, 1], inputs=["relu"], params={"bias": [0.5]}),
    input={"shape": [1, 2, 2]},
    layout="planes",
    trained=False,
)


@pytest.mark.parametrize("seed", range(4))
def test_a_spec_from_a_stranger_becomes_a_network_or_one_line(seed):
    seeds = [spec_of(), TANGLED, Network.from_spec(spec_of()).to_spec()]
    outcomes, defects = fuzz(seeds, 1500, seed)
    assert not defects, "\n".join(f"{error}: {example}" for error, example in defects.items())
    assert "network" in outcomes
    assert len(outcomes) > 100  # the blows went to many places


def test_a_spec_of_many_layers_is_read_in_bearable_time():
    names = [f"relu{i}" for i in range(2000)]
    network = Network.from_spec(spec_of(*(layer(name, "relu") for name in names)))
    assert len(network.shapes) == 2001

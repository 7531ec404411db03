"""Specs that do not fit: one line that says what is wrong."""

from __future__ import annotations

import math
import tomllib
from typing import Any

import pytest
from specs import changed, layer, one_line, spec_of

from sheetnet.errors import NetworkError
from sheetnet.layers.relu import ReLU
from sheetnet.network import MAX_CLASSES, Network, Node


def message(spec: Any) -> str:
    """Why a spec is refused, in one line."""
    with pytest.raises(NetworkError) as refusal:
        Network.from_spec(spec)
    return one_line(refusal.value)


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
        ("name", 7, "name is 7; it must be a text"),
        ("classes", "Cat", "classes is 'Cat'; it must be a list"),
        ("classes", {"Cat": 1}, "it must be a list"),
        ("classes", [], "classes must be 1 to"),
        ("classes", [1, 2, 3], "classes must be texts"),
        ("classes", ["Cat", "Dog", " "], "classes must be texts"),
        ("classes", ["Cat", "Dog", "x" * 256], "classes must be texts"),
        ("classes", ["Cat", "Dog", ["Owl"]], "classes must be texts"),
        ("classes", ["Cat", "Dog", "Cat"], "different names"),
        ("classes", [f"c{i}" for i in range(MAX_CLASSES + 1)], "classes must be 1 to"),
        ("input", [3, 8, 9], "input is [3, 8, 9]; it must be a table"),
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
        ("layers.1.name", 1, "name is 1; it must be a text"),
        ("layers.1.kind", ["conv2d"], "kind is ['conv2d']; it must be a text"),
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
        ("layout", 1, "layout is 1; it must be a text"),
        ("trained", "yes", "trained is 'yes'; it must be true or false"),
        ("trained", 1, "trained is 1; it must be true or false"),
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

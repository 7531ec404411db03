"""A PyTorch state dict poured into a network: by name, by shape, in order; never by a guess."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.modelfile import fitted
from sheetnet.network import Network

PATH = Path("state.safetensors")


def network(*layers: dict[str, object]) -> Network:
    return Network.from_spec(
        {"name": "n", "classes": ["a", "b"], "input": {"shape": [3, 6, 6]}, "layers": list(layers)}
    )


def conv(name: str, filters: int = 3, **more: object) -> dict[str, object]:
    return {"name": name, "kind": "conv2d", "filters": filters, "size": 3, "padding": "same", **more}


TAIL = (
    {"name": "flat", "kind": "flatten"},
    {"name": "scores", "kind": "dense", "units": 2},
    {"name": "s", "kind": "softmax"},
)


def dense(value: float = 9.0, width: int = 108) -> dict[str, Array]:
    return {"fc.weight": np.full((2, width), value), "fc.bias": np.full(2, value)}


def weight(value: float, before: int = 3, after: int = 3) -> Array:
    return np.full((after, before, 3, 3), value)


def test_names_decide_first_and_a_bias_that_is_not_there_is_zero() -> None:
    net = network(conv("second"), conv("first"), *TAIL)
    given = {"first.weight": weight(1.0), "second.weight": weight(2.0), **dense()}
    found = fitted(net, given, PATH)
    assert (found["first.weight"] == 1).all()
    assert (found["second.weight"] == 2).all()
    assert (found["first.bias"] == 0).all()
    assert (found["scores.weight"] == 9).all()


def test_modules_of_one_shape_go_in_the_order_of_their_numbers() -> None:
    net = network(*(conv(f"c{k}") for k in range(11)), *TAIL)
    given = {f"features.{2 * k}.weight": weight(float(k)) for k in range(11)} | dense()
    found = fitted(net, given, PATH)
    assert [found[f"c{k}.weight"].max() for k in range(11)] == list(range(11))


def test_a_normalization_follows_the_convolution_beside_it() -> None:
    net = network(
        conv("stem"), {"name": "n1", "kind": "batchnorm"}, conv("deep"), {"name": "n2", "kind": "batchnorm"}, *TAIL
    )
    given: dict[str, Array] = {"conv1.weight": weight(1.0), "layer1.0.conv1.weight": weight(2.0), **dense()}
    for module, value in (("bn1", 1.0), ("layer1.0.bn1", 2.0)):
        for leaf in ("weight", "bias", "running_mean", "running_var"):
            given[f"{module}.{leaf}"] = np.full(3, value)
        given[f"{module}.num_batches_tracked"] = np.array(5.0)
    with pytest.raises(ModelFileError, match="Left over"):  # two ways to pour the convolutions
        fitted(net, given, PATH)
    named = {name.replace("conv1", "stem") if name.startswith("conv1") else name: v for name, v in given.items()}
    named = {name.replace("bn1", "norm1") if name.startswith("bn1") else name: v for name, v in named.items()}
    found = fitted(net, named, PATH)
    assert (found["stem.weight"] == 1).all()
    assert (found["n1.mean"] == 1).all()
    assert (found["n2.variance"] == 2).all()
    assert (found["n2.scale"] == 2).all()


def test_a_mismatch_lists_both_sides() -> None:
    net = network(conv("first"), *TAIL)
    with pytest.raises(ModelFileError) as error:
        fitted(net, {"body.weight": weight(1.0, after=5), **dense()}, PATH)
    text = str(error.value)
    assert "body.weight [5, 3, 3, 3]" in text
    assert "first.weight [3, 3, 3, 3]" in text


def test_a_bias_of_another_size_is_told_by_name() -> None:
    with pytest.raises(ModelFileError, match=r"body\.bias is \[5\]; first needs \[3\]"):
        fitted(network(conv("first"), *TAIL), {"body.weight": weight(1.0), "body.bias": np.ones(5), **dense()}, PATH)


def test_a_number_in_a_name_may_have_any_length() -> None:
    net = network(conv("c0"), conv("c1"), conv("c2"), *TAIL)
    given = {f"f.{name}.weight": weight(float(k)) for k, name in enumerate(("02", "10", "9" * 5000))} | dense()
    found = fitted(net, given, PATH)
    assert [found[f"c{k}.weight"].max() for k in range(3)] == [0, 1, 2]


def test_a_digit_that_is_no_number_is_a_letter() -> None:
    with pytest.raises(ModelFileError, match="Left over"):
        fitted(network(conv("c0"), conv("c1"), *TAIL), {"f.1.weight": weight(1), "f.1²": weight(2), **dense()}, PATH)


def test_what_has_the_names_of_the_network_stays() -> None:
    net = network(conv("first"), *TAIL)
    given = {"first.weight": weight(1.0), "first.bias": np.ones(3)}
    assert fitted(net, given, PATH).keys() == given.keys()

"""Layers that take one picture at a time, or cannot be trained: refused in training, measured one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import zoo
from sorts import CLASSES, pictures

from sheetnet.errors import TrainingError
from sheetnet.layers.relu import ReLU
from sheetnet.network import Network
from sheetnet.training.fit import Settings, fit
from sheetnet.training.model import measure


def network_with(*layers: dict[str, Any]) -> Network:
    """A network that tells the sorts apart, with something between the photo and its dense layer."""
    head = [zoo.layer("dense", units=3), zoo.layer("softmax")]
    seen = {"shape": [1, 8, 8]}
    return Network.from_spec({"name": "n", "classes": [*CLASSES], "input": seen, "layers": [*layers, *head]})


FLAT = zoo.layer("flatten")
RESHAPED = zoo.layer("reshape", shape=[64])


def test_a_layer_that_takes_one_picture_at_a_time_is_refused_in_training() -> None:
    with pytest.raises(TrainingError, match="reshape: this reshape takes one picture at a time") as refusal:
        fit(network_with(RESHAPED), pictures(), Settings(epochs=1, batch=8))
    assert "\n" not in str(refusal.value)


def test_a_layer_that_cannot_be_trained_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReLU, "trainable", False)
    with pytest.raises(TrainingError, match="gate: a relu cannot be trained"):
        fit(network_with(zoo.layer("relu", name="gate"), FLAT), pictures(), Settings(epochs=1, batch=8))


def test_what_leads_nowhere_need_not_be_trainable() -> None:
    beside = zoo.layer("reshape", name="beside", shape=[64])
    network = network_with(beside, FLAT | {"inputs": ["photo"]})
    assert fit(network, pictures(), Settings(epochs=1, batch=8)).epochs == 1


def test_pictures_are_measured_one_by_one_where_a_layer_takes_no_batch() -> None:
    together = network_with(FLAT)
    parameters = together.fill({}, 1)
    alone = network_with(RESHAPED)
    assert together.batched
    assert not alone.batched
    want, got = (measure(network, parameters, pictures()).score for network in (together, alone))
    assert got.confusion == want.confusion
    assert got.loss == pytest.approx(want.loss, rel=1e-12)
    both = replace(alone, nodes=(*alone.nodes[:-1],))  # and where no softmax says so
    assert measure(both, parameters, pictures()).score.count == want.count

"""Pictures of nothing teach a network to doubt; how well it does is measured, told on its card, and read from it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import zoo
from sorts import CLASSES, pictures

from sheetnet.case.card import learned
from sheetnet.errors import TrainingError
from sheetnet.network import SURE, Network
from sheetnet.training import model, nothing
from sheetnet.training.calibration import Calibration, calibrate
from sheetnet.training.course import Course
from sheetnet.training.fit import Settings, fit
from sheetnet.training.pictures import Pictures
from sheetnet.training.quick import quick
from sheetnet.training.score import outputs
from sheetnet.training.split import Split

SURE_OF_ALL = Settings(epochs=25, batch=8, nothing=0, smoothing=0)


def network_of(classes: tuple[str, ...] = CLASSES) -> Network:
    layers = [zoo.layer("rescale"), zoo.conv("conv1", 4, 3), zoo.layer("relu"), zoo.pool("pool1", 2)]
    layers += [zoo.layer("flatten"), zoo.layer("dense", units=len(classes)), zoo.layer("softmax")]
    return Network.from_spec(
        {"name": "sorts", "classes": list(classes), "input": {"shape": [1, 8, 8]}, "layers": layers}
    )


def sure(found: Calibration | None) -> dict[str, float]:
    assert found is not None
    return {one.kind: one.sure for one in found.surprises}


# The pictures


@pytest.mark.parametrize("kind", nothing.KINDS)
@pytest.mark.parametrize(("shape", "levels"), [((3, 28, 20), 255), ((1, 8, 8), 16), ((1, 1, 1), 1)])
def test_pictures_of_nothing_are_whole_numbers_and_differ(kind: str, shape: Any, levels: int) -> None:
    x = nothing.nothing(60, shape, levels, np.random.RandomState(0), (kind,))
    assert (x.shape, x.dtype) == ((60, *shape), np.uint8)
    assert x.max() <= levels
    assert len({one.tobytes() for one in x}) > min(levels, 10)
    again = nothing.nothing(60, shape, levels, np.random.RandomState(0), (kind,))
    np.testing.assert_array_equal(x, again)


def test_blank_pictures_are_even_and_some_are_black_white_and_coloured() -> None:
    x = nothing.nothing(200, (3, 5, 6), 255, np.random.RandomState(1), ("blank",))
    assert (x == x[:, :, :1, :1]).all()
    colours = x[:, :, 0, 0]
    assert 20 < (colours == 0).all(1).sum() < 90
    assert 20 < (colours == 255).all(1).sum() < 90
    assert (np.ptp(colours.astype(int), axis=1) > 30).sum() > 20


def test_neighbours_are_near_in_blots_and_far_in_noise() -> None:
    rng = np.random.RandomState(2)
    apart = {
        kind: np.abs(np.diff(nothing.nothing(90, (1, 28, 28), 255, rng, (kind,)).astype(int))).mean()
        for kind in ("noise", "blots")
    }
    assert apart["blots"] < 12 < 40 < apart["noise"]


# What is learned from them


def test_a_network_that_sees_nothing_in_training_doubts_it() -> None:
    without = sure(fit(network_of(), pictures(), SURE_OF_ALL).calibration)
    taught = fit(network_of(), pictures(), replace(SURE_OF_ALL, nothing=0.5))
    assert taught.held is not None
    assert taught.held.accuracy == 1
    doubting = sure(taught.calibration)
    assert min(without.values()) > 0.6
    assert max(doubting.values()) < 0.5


def test_smoothing_keeps_every_answer_from_being_certain() -> None:
    made = pictures()

    def surest(settings: Settings) -> float:
        trained = fit(network_of(), made, settings)
        held = made.x[trained.split.held]
        return float(outputs(quick(trained.network, "softmax"), "softmax", trained.parameters, held).max())

    assert surest(replace(SURE_OF_ALL, smoothing=0.3)) < 0.95 < 0.99 < surest(SURE_OF_ALL)


def test_no_pictures_have_no_outputs_and_many_have_one_each() -> None:
    runner = quick(network_of(), "softmax")
    parameters, x = runner.fill({}, 0), np.random.RandomState(0).randint(0, 256, (600, 1, 8, 8)).astype(np.uint8)
    assert outputs(runner, "softmax", parameters, x[:0]).shape == (0, 3)
    every = outputs(runner, "softmax", parameters, x)
    np.testing.assert_allclose(every[590:], outputs(runner, "softmax", parameters, x[590:]), rtol=1e-5)
    np.testing.assert_allclose(every.sum(-1), np.ones(600), rtol=1e-5)


def test_what_a_network_has_a_class_for_is_not_doubted() -> None:
    walls = replace(pictures((20, 20)), none=1)
    found = fit(network_of(CLASSES[:2]), walls, replace(SURE_OF_ALL, nothing=0.5)).calibration
    assert found is not None
    assert found.none == 1
    assert max(sure(found).values()) < 0.2  # in the other class


def test_given_pictures_of_other_things_are_learned_from_and_foreign_ones_are_not() -> None:
    def conv(**more: Any) -> bytes:
        return fit(network_of(), replace(pictures(), **more), Settings(epochs=1)).parameters["conv1.weight"].tobytes()

    others = np.random.RandomState(3).randint(0, 256, (9, 1, 8, 8)).astype(np.uint8)
    assert conv(foreign=others) == conv()
    assert conv(others=others) != conv()
    with pytest.raises(TrainingError, match="pictures of no class must be like the others"):
        replace(pictures(), foreign=others[:, :, :7])


@pytest.mark.parametrize("name", ["nothing", "smoothing"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_share_is_from_0_to_1(name: str, value: float) -> None:
    with pytest.raises(TrainingError, match=f"{name} is .*; use 0 to 1"):
        Settings(**{name: value})


def test_balanced_classes_come_equally_often() -> None:
    made = pictures((40, 8, 4))
    parts = Split(np.arange(52), np.arange(0))
    network = network_of()
    runner = quick(network, "softmax")
    course = Course(runner, "softmax", network.fill({}, 0), made, parts, Settings(balance=True))
    picked = course._balanced(parts.train)
    assert len(picked) == 52
    assert max(made.counts(picked)) - min(made.counts(picked)) <= 2
    assert set(picked[made.labels[picked] == 2]) == set(range(48, 52))


# What is told of it


def test_a_calibration_is_what_the_network_says() -> None:
    foreign = pictures(seed=9).x[:7]
    made = replace(pictures(), foreign=foreign)
    trained = fit(network_of(), made, Settings(epochs=4, batch=8))
    runner = quick(trained.network, "softmax")
    found = trained.calibration
    assert found is not None
    everyone = calibrate(runner, trained.parameters, replace(made, foreign=made.x), np.arange(60), 0)
    assert everyone is not None
    from sheetnet import engine

    p = engine.forward(trained.network, {"photo.out": made.x.astype(float)}, trained.parameters)["softmax.out"]
    low = p.max(-1) <= SURE
    assert (everyone.unsure, everyone.right) == (low.sum(), (p.argmax(-1) == made.labels)[low].sum())
    assert sure(everyone)["foreign"] == pytest.approx(p.max(-1).mean())
    assert [one.told for one in everyone.surprises if one.kind == "foreign"] == [(~low).sum()]
    assert [(one.kind, one.count) for one in found.surprises] == [("blank", 200), ("noise", 200), ("foreign", 7)]
    card = learned(json.loads(json.dumps(model.card_of(trained, made))), 3)
    assert card is not None
    assert card.calibration is not None
    assert (card.calibration.level, card.calibration.unsure) == (SURE, found.unsure)
    assert card.calibration.surprises[2] == ("foreign", 7, round(sure(found)["foreign"], 4), found.surprises[2].told)


@pytest.mark.parametrize(
    "table",
    [
        None,
        [],
        {"level": 0.5, "unsure": 1, "unsure_right": 1, "surprises": []},
        {"level": SURE, "unsure": -1, "unsure_right": 1, "surprises": []},
        {"level": SURE, "unsure": 1, "unsure_right": True, "surprises": []},
        {"level": SURE, "unsure": 1, "unsure_right": 1, "surprises": 5},
    ],
)
def test_a_strange_calibration_is_left_out(table: Any) -> None:
    card = {"train": {"confusion": [[1, 0], [0, 1]]}, "calibration": table}
    known = learned(card, 2)
    assert known is not None
    assert known.calibration is None


def test_of_a_strange_calibration_only_measures_are_read() -> None:
    blank, noise = ({"kind": "blank", "count": 2, "sure": 0.5}, {"kind": "noise", "count": 2, "sure": 7})
    surprises = [blank, noise, "x", {}, blank | {"told": 2}, blank | {"told": 3}]
    table = {"level": SURE, "unsure": 1, "unsure_right": 1, "surprises": surprises, "none": 9}
    known = learned({"train": {"confusion": [[1, 0], [0, 1]]}, "calibration": table}, 2)
    assert known is not None
    assert known.calibration is not None
    assert known.calibration.surprises == (
        ("blank", 2, 0.5, None),
        ("blank", 2, 0.5, 2),
        ("blank", 2, 0.5, None),
    )
    assert known.calibration.none is None


def test_a_network_without_probabilities_is_not_calibrated() -> None:
    layers = [zoo.layer("flatten"), zoo.layer("dense", units=3)]
    network = Network.from_spec({"name": "n", "classes": [*CLASSES], "input": {"shape": [1, 8, 8]}, "layers": layers})
    made: Pictures = pictures()
    trained = fit(network, made, Settings(epochs=1, loss="squared"))
    assert trained.calibration is None
    assert model.card_of(trained, made)["calibration"] is None

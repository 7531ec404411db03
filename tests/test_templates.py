"""The templates' weights: what their cards say is so, they can be made again, and they are taken where they fit."""

from __future__ import annotations

import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, SAMPLES
from weights import CAT, script, start_of

import sheetnet
from sheetnet import engine, modelfile
from sheetnet.case import template
from sheetnet.case.card import learned
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.cli import main
from sheetnet.errors import ModelFileError
from sheetnet.training import model
from sheetnet.training.calibration import calibrate
from sheetnet.training.datasets import DATA
from sheetnet.training.fit import Settings
from sheetnet.training.pictures import Pictures
from sheetnet.training.quick import quick
from sheetnet.training.split import split

FILES = ("network.toml", template.LESSON, template.CHAPTERS)  # one of these makes a template
# Of the pictures that were held out. The twin without shortcuts has learned nothing, and that is what it shows.
LEAST = {"detective": 0.989, "digits": 0.986, "faces": 0.97, "residual": 0.97, "residual-twin": 0.1, "shapes": 0.987}
# Of pictures that show none of its classes the largest probability is smaller on average: it doubts. A network that
# has a class for them believes in the others less.
MOST_SURE = {"detective": 0.7, "digits": 0.7, "shapes": 0.7, "faces": 0.2}
LARGEST = {"residual": 60_000, "residual-twin": 60_000}  # bytes; 17 convolutions


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


# Weights and cards


def test_every_template_with_weights_has_a_recipe_and_what_there_is_to_say_in_every_language() -> None:
    trained = [name for name in template.names() if template.load(name).network.trained]
    assert trained == sorted(script().RECIPES) == sorted(LEAST)
    for name in trained:
        told = [template.load(name, language).prose["learned"] for language in ("en", "zh")]
        assert all(told)
        assert told[0] != told[1]


def test_a_wheel_brings_every_template_and_not_the_script(tmp_path: Path) -> None:
    """What the builder puts into it; without the builder, that the folder is named and the script is left out."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert "templates" in wheel["only-include"]
    assert wheel["sources"] == {"templates": "sheetnet/templates"}
    assert wheel["exclude"] == ["/templates/*.py"]
    builders = pytest.importorskip("hatchling.builders.wheel")
    [made] = builders.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(made) as opened:
        packed = {name.removeprefix("sheetnet/templates/") for name in opened.namelist() if "/templates/" in name}
    spelled = {f"{name}/{file}" for file in FILES for name in template.names(file)}
    assert {name.partition("/")[0] for name in packed} == {name.partition("/")[0] for name in spelled}
    assert spelled <= packed
    pictures = {f"{path.parent.name}/{path.name}" for path in (ROOT / "templates").glob("*/*.jpg")}
    assert pictures
    assert pictures <= packed
    weights = {path.parent.name for path in (ROOT / "templates").glob(f"*/{template.WEIGHTS}")}
    assert {name.partition("/")[0] for name in packed if name.endswith(template.WEIGHTS)} == weights


@pytest.mark.parametrize("name", sorted(LEAST))
def test_the_weights_do_on_the_held_out_pictures_what_their_card_says(name: str) -> None:
    found = template.load(name)
    pictures = script().RECIPES[name].pictures(found.card["seed"])
    parts = split(pictures, Settings().validation, np.random.RandomState([found.card["seed"], 1]))
    held = Pictures(pictures.name, pictures.classes, pictures.x[parts.held], pictures.labels[parts.held])
    score = model.measure(found.network, found.network.fill(found.given, 0), held).score
    assert [list(row) for row in score.confusion] == found.card["held_out"]["confusion"]
    assert score.accuracy == pytest.approx(found.card["held_out"]["accuracy"], abs=1e-4)
    assert score.accuracy >= LEAST[name]
    assert pictures.name == found.card["data"]
    assert dict(zip(pictures.classes, pictures.counts(), strict=True)) == found.card["pictures"]


@pytest.mark.parametrize("name", sorted(MOST_SURE))
def test_the_weights_doubt_what_their_card_says_they_doubt(name: str) -> None:
    found = template.load(name)
    known = learned(found.card, len(found.network.classes))
    assert known is not None
    assert known.calibration is not None
    pictures = script().RECIPES[name].pictures(found.card["seed"])
    parts = split(pictures, Settings().validation, np.random.RandomState([found.card["seed"], 1]))
    runner = quick(found.network, "softmax")
    parameters = found.network.fill(found.given, 0)
    measured = calibrate(runner, parameters, pictures, parts.held, found.card["seed"])
    assert measured is not None
    assert [one.kind for one in measured.surprises] == ["blank", "noise", "foreign"]
    for (kind, count, sure, told), one in zip(known.calibration.surprises, measured.surprises, strict=True):
        assert (kind, count, told) == (one.kind, one.count, one.told)
        assert sure == pytest.approx(one.sure, abs=1e-3)
        assert sure < MOST_SURE[name]
    assert (known.calibration.unsure, known.calibration.right) == (measured.unsure, measured.right)
    assert known.calibration.unsure < 0.1 * known.held


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_some_samples_of_the_canvas_are_told_wrong(name: str) -> None:
    """The program found them; here they are asked for again, by the network's own layers."""
    found = template.load(name)
    assert found.drawing is not None
    wrong = []
    for true, rows in found.drawing.samples:
        x = replace(found.drawing, picture=rows).x()
        inputs = {"photo.out": x, "truth.out": engine.one_hot(found.network, true)}
        chances = engine.forward(found.network, inputs, found.network.fill(found.given, 0))["softmax.out"]
        wrong.append(found.network.classes[int(chances.argmax())] != true)
    assert 2 <= sum(wrong) <= 6
    assert all(wrong[-sum(wrong) :])


@pytest.mark.thorough
def test_the_detective_is_trained_again_by_the_script() -> None:
    trained, pictures = script().train("detective")
    assert trained.held is not None
    assert trained.held.accuracy >= LEAST["detective"]
    again = template.load("detective")
    assert model.card_of(trained, pictures)["pictures"] == again.card["pictures"]
    for name, value in trained.parameters.items():  # the last digits depend on the machine
        assert np.corrcoef(np.append(value.ravel(), 0), np.append(again.given[name].ravel(), 0))[0, 1] > 0.9, name


@pytest.mark.parametrize("name", sorted(LEAST))
def test_the_files_of_weights_are_small(name: str) -> None:
    assert (ROOT / "templates" / name / template.WEIGHTS).stat().st_size < LARGEST.get(name, 25_000)


@pytest.mark.parametrize(("file", "who"), [("astronaut", "Astronaut"), ("chelsea", "Cat"), ("coffee", "Coffee")])
def test_the_detective_knows_its_three_photos(file: str, who: str) -> None:
    case = prepare(Request(SAMPLES / f"{file}.png", label=who))
    inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, who)}
    chance = engine.forward(case.network, inputs, case.parameters)["softmax.out"]
    assert case.network.classes[int(chance.argmax())] == who


# Loading


@pytest.fixture
def mine(tmp_path: Path) -> Callable[..., Path]:
    """The folder of a template like the detective, with weights of one's own."""

    def made(network: str | None = None, **changed: Any) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir()
        home = ROOT / "templates" / "detective"
        text = (home / "network.toml").read_text(encoding="utf-8")
        (folder / "network.toml").write_text(network or text, encoding="utf-8")
        stored, tensors = modelfile.load(home / template.WEIGHTS)
        assert stored is not None
        tensors = {k: v for k, v in (tensors | changed).items() if v is not None}
        modelfile.save(folder / template.WEIGHTS, stored, tensors)
        return folder

    return made


def test_weights_beside_a_network_are_taken_with_their_card() -> None:
    case = prepare(Request(CAT))
    assert (case.weights, case.trained_for) == ("trained", None)
    assert case.card["held_out"]["count"] == 180
    stored = modelfile.load(ROOT / "templates" / "detective" / template.WEIGHTS)[1]
    for name, value in stored.items():
        np.testing.assert_array_equal(case.parameters[name], value)


def test_a_seed_starts_at_random_and_start_says_untrained(tmp_path: Path) -> None:
    case = prepare(Request(CAT, seed=0))
    assert (case.weights, case.card, case.trained_for) == ("untrained", {}, None)
    assert not case.network.trained
    np.testing.assert_array_equal(case.parameters["conv1.weight"], case.network.fill({}, 0)["conv1.weight"])
    sheetnet.build(CAT, tmp_path / "x.xlsx", seed=0, engine=None)
    told = start_of(tmp_path / "x.xlsx")
    assert "Untrained" in told
    assert "learned" not in told


def test_another_size_starts_at_random_and_says_why(tmp_path: Path) -> None:
    told = run("build", CAT, "-o", tmp_path / "x.xlsx", "--size", "12x16", "--engine", "none")
    assert "trained for 28x28; at 12x16 all weights are random (seed 0)" in told.output.splitlines()
    start = start_of(tmp_path / "x.xlsx")
    assert "Trained for 28 × 28: at 12 × 16 all weights are random" in start
    assert "It never saw" not in start
    case = prepare(Request(CAT, size=(12, 16)))
    assert (case.weights, case.trained_for) == ("untrained", (3, 28, 28))
    np.testing.assert_array_equal(case.parameters["conv1.weight"], case.network.fill({}, 0)["conv1.weight"])
    assert "trained for" not in run("build", CAT, "-o", tmp_path / "y.xlsx", "--size", 28, "--engine", "none").output
    assert prepare(Request(CAT, size=(28, 28))).weights == "trained"
    assert prepare(Request(CAT, size=(12, 16), seed=3)).trained_for is None


def test_inspect_says_whether_the_weights_are_trained() -> None:
    for name in LEAST:
        assert run("inspect", name).output.splitlines()[0].endswith(", trained")
    assert run("inspect", "detective", "--size", 20).output.splitlines()[0].endswith(", untrained")
    assert run("inspect", "by-hand").output.splitlines()[0].endswith(", untrained")


def test_weights_of_another_network_or_not_all_of_them_are_refused(mine: Callable[..., Path]) -> None:
    text = (ROOT / "templates" / "detective" / "network.toml").read_text(encoding="utf-8")
    folder = mine(text.replace("filters = 4", "filters = 5"))
    with pytest.raises(ModelFileError, match=r"is of another network than network.toml; train it again"):
        prepare(Request(CAT, template=folder))


def test_weights_that_lack_a_parameter_are_refused(mine: Callable[..., Path]) -> None:
    folder = mine(**{"conv1.bias": None})
    with pytest.raises(ModelFileError, match=r"lacks conv1\.bias; train it again"):
        prepare(Request(CAT, template=folder))


def test_the_pad_of_another_template_is_taken_by_name() -> None:
    one, other = template.load("residual").drawing, template.load("digits").drawing
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.pictures(), other.pictures())


def test_data_has_a_template_of_its_name(tmp_path: Path) -> None:
    assert set(DATA) <= set(template.names())
    told = run("train", "--data", "digits", "--epochs", 1, "-o", tmp_path / "d.safetensors")
    assert told.exit_code == 0
    network, _ = modelfile.load(tmp_path / "d.safetensors")
    assert network == template.load("digits").network
    small = replace(template.load("digits").network, name="small")
    trained = sheetnet.train(None, tmp_path / "s.safetensors", data="digits", template=small, epochs=1)
    assert trained.network.name == "small"

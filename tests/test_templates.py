"""The templates' weights: what their cards say is so, they can be made again, and Start tells what they are worth."""

from __future__ import annotations

import importlib.util
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import engine, modelfile
from sheetnet.case import card as cards
from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.cli import main
from sheetnet.errors import ModelFileError
from sheetnet.lesson import learned
from sheetnet.lesson.measure import pixels
from sheetnet.training import model, shapes
from sheetnet.training.datasets import DATA
from sheetnet.training.fit import Settings
from sheetnet.training.pictures import Pictures
from sheetnet.training.split import split
from sheetnet.workbook.read import read

CAT = SAMPLES / "chelsea.png"
# Of the pictures that were held out. The twin without shortcuts has learned nothing, and that is what it shows.
LEAST = {"detective": 0.95, "digits": 0.97, "residual": 0.97, "residual-twin": 0.1, "shapes": 0.98}
LARGEST = {"residual": 60_000, "residual-twin": 60_000}  # bytes; 17 convolutions


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


@cache
def script() -> ModuleType:
    """templates/train.py"""
    spec = importlib.util.spec_from_file_location("train", ROOT / "templates" / "train.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["train"] = module  # where its dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


def start_of(path: Path, title: str = "Start") -> str:
    """All texts of a Start, column by column."""
    cells = read(path.read_bytes(), str(path)).cells[title]
    return " ".join(str(cell.value) for _, cell in sorted(cells.items(), key=lambda one: one[0][::-1]))


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
    assert wheel["exclude"] == ["/templates/train.py"]
    builders = pytest.importorskip("hatchling.builders.wheel")
    [made] = builders.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(made) as opened:
        packed = {name.removeprefix("sheetnet/templates/") for name in opened.namelist() if "/templates/" in name}
    assert {name.partition("/")[0] for name in packed} == set(template.names())
    assert {f"{name}/network.toml" for name in template.names()} <= packed
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


# Shortcuts


def test_the_twins_differ_in_nothing_but_the_shortcuts() -> None:
    one, other = template.load("residual"), template.load("residual-twin")
    assert one.network.parameters == other.network.parameters
    kept = [(node.name, node.layer) for node in one.network.nodes if node.layer.kind != "add"]
    assert kept == [(node.name, node.layer) for node in other.network.nodes]
    assert sum(node.layer.kind == "add" for node in one.network.nodes) == 8
    assert script().RECIPES["residual"].settings == script().RECIPES["residual-twin"].settings
    for key in ("seed", "data", "pictures"):
        assert one.card[key] == other.card[key]
    for language in ("en", "zh"):  # what each says of the other is so
        for found, told in ((one, other), (other, one)):
            share = f"{100 * told.card['held_out']['accuracy']:.1f} %"
            assert share in template.load(found.network.name, language).prose["learned"]


def test_the_gradient_finds_its_way_through_the_shortcuts_only() -> None:
    """At the very start, before training: at the first convolution, with the shortcuts and without."""
    steepest = {}
    for name in ("residual", "residual-twin"):
        case = prepare(Request(None, template=name, seed=0))
        inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, "3")}
        values = engine.forward(case.network, inputs, case.parameters)
        gradient = engine.backward(case.network, {**values, **case.parameters})
        steepest[name] = float(np.abs(gradient["conv1.weight"]).max())
    assert steepest["residual"] > 20 * steepest["residual-twin"] > 0
    case = prepare(Request(None, template="residual-twin"))  # and after: its last maps are all 0
    inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, "3")}
    values = engine.forward(case.network, inputs, case.parameters)
    assert not values["relu17.out"].any()
    assert not engine.backward(case.network, {**values, **case.parameters})["conv1.weight"].any()


def test_a_block_whose_f_is_zeros_passes_everything_on() -> None:
    case = prepare(Request(None, template="residual"))
    inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, "3")}
    blocks = [n for n in case.network.parameters if n.startswith("conv") and not n.startswith("conv1.")]
    silent = {**case.parameters, **{name: 0 * case.parameters[name] for name in blocks}}
    values = engine.forward(case.network, inputs, silent)
    np.testing.assert_array_equal(values["relu9.out"], values["relu1.out"])
    np.testing.assert_array_equal(values["relu17.out"], values["pool.out"])
    gradient = engine.backward(case.network, {**values, **silent})
    np.testing.assert_array_equal(gradient["add8.out"], gradient["relu17.out"] * (values["relu17.out"] > 0))
    np.testing.assert_array_equal(gradient["relu1.out"], gradient["relu9.out"])


@pytest.mark.parametrize("engine_name", ["formualizer", "libreoffice"])
def test_the_residual_template_is_proven(tmp_path: Path, needs: Callable[[str], None], engine_name: str) -> None:
    if engine_name == "libreoffice":
        needs(engine_name)
    built = sheetnet.build(None, tmp_path / "r.xlsx", template="residual", engine=engine_name)
    assert built.report is not None
    assert built.report.proven
    assert "Trained. Of 359 pictures" in start_of(tmp_path / "r.xlsx")


# Shapes


def test_the_same_seed_draws_the_same_shapes_and_another_seed_others() -> None:
    one, same, other = shapes.shapes(1, 20), shapes.shapes(1, 20), shapes.shapes(2, 20)
    assert np.array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)
    assert one.x.shape == (60, 3, 28, 28)
    assert one.counts() == [20, 20, 20]


def test_a_third_of_the_shapes_is_flat_and_in_two_plain_colours() -> None:
    made = shapes.shapes(0, 100)
    colours = [np.unique(x.reshape(3, -1).T, axis=0) for x in made.x]
    plain = {tuple(color) for color in shapes.PLAIN.tolist()}
    flat = [found for found in colours if len(found) == 2 and {tuple(c) for c in found.tolist()} <= plain]
    assert 0.25 < len(flat) / len(made) < 0.42
    assert all(len(found) >= 2 for found in colours), "something is drawn on every picture"


def test_a_shape_fills_what_such_a_shape_fills_of_the_box_around_it() -> None:
    """Upright and not outlined: a circle pi / 4, a square all, a triangle half of its box."""
    rng = np.random.RandomState(0)
    for label, share in ((0, np.pi / 4), (1, 1.0), (2, 0.5)):
        for _ in range(20):
            depth = shapes._round(1, rng)[0] if label == 0 else shapes._angular(1, (0, 4, 3)[label], rng)[0]
            inside = depth > 0
            rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
            box = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            filled = inside.sum() / box
            assert filled <= share + 0.03
            assert filled > (0.45 if label else 0.75)


def drawn_by_hand(kind: str, ink: tuple[int, ...], ground: tuple[int, ...], side: int, row: int, column: int) -> Any:
    """A shape as somebody fills it into squares of paper, (3, 28, 28)."""
    down, across = np.mgrid[:side, :side]
    middle = (side - 1) / 2
    inside = {
        "Circle": (down - middle) ** 2 + (across - middle) ** 2 <= (side / 2) ** 2,
        "Square": down >= 0,
        "Triangle": np.abs(across - middle) <= (down + 1) / 2,
    }[kind]
    x = np.empty((3, 28, 28))
    x[:] = np.array(ground)[:, None, None]
    x[:, row : row + side, column : column + side][:, inside] = np.array(ink)[:, None]
    return x


def test_flat_shapes_drawn_by_hand_in_plain_colours_are_told_right() -> None:
    """Every ink on white, and some other grounds; three sizes; three places."""
    found = template.load("shapes")
    colours = [tuple(color) for color in shapes.PLAIN.tolist()]
    pairs = [(ink, colours[0]) for ink in colours[1:]] + [(colours[5], colours[4]), (colours[0], colours[1])]
    x, truth = [], []
    for kind in found.network.classes:
        for ink, ground in pairs:
            for side, row, column in ((13, 3, 5), (17, 9, 2), (21, 4, 6)):
                x.append(drawn_by_hand(kind, ink, ground, side, row, column))
                truth.append(found.network.classes.index(kind))
    labels = np.array(truth, dtype=np.int64)
    pictures = Pictures("by hand", found.network.classes, np.array(x, dtype=np.uint8), labels)
    score = model.measure(found.network, found.network.fill(found.given, 0), pictures).score
    assert score.accuracy >= 0.97, score.confusion


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
    assert "Trained for 28 x 28: at 12 x 16 all weights are random" in start
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


# On Start


def test_start_tells_what_was_learned_and_how_well(tmp_path: Path) -> None:
    sheetnet.build(CAT, tmp_path / "x.xlsx", engine=None)
    told = start_of(tmp_path / "x.xlsx")
    card = template.load("detective").card
    right = sum(row[k] for k, row in enumerate(card["held_out"]["confusion"]))
    assert "It has learned three pictures and no more" in told
    assert "It learned from 720 pictures (Astronaut: 240, Cat: 240, Coffee: 240)." in told
    assert f"It never saw 180 others. Of these it told {right} right: {100 * right / 180:.1f} %." in told
    assert told.count("Careful: ") == len(card["doubts"])


def test_a_model_of_ones_own_has_its_own_card_and_not_the_statement_of_the_template(tmp_path: Path) -> None:
    network = template.load("detective").network
    score = {"count": 12, "confusion": [[2, 0, 0], [2, 6, 0], [0, 0, 2]]}
    card = {
        "data": "=mine",
        "train": {"confusion": [[8, 0, 0], [0, 8, 0], [0, 0, 3]]},
        "held_out": score,
        "doubts": [{"kind": kind, "count": 1, "of": 3, "text": ""} for kind in ("few", "unheld", "twins", "chance")],
    }
    (tmp_path / "m.safetensors").write_bytes(modelfile.to_bytes(network, network.fill({}, 0), card))
    for language, home, word in (("en", "Start", "Careful"), ("zh", "首页", "当心")):
        sheetnet.build(
            CAT, tmp_path / "x.xlsx", model=tmp_path / "m.safetensors", engine=None, force=True, language=language
        )
        told = start_of(tmp_path / "x.xlsx", home)
        assert "=mine" in told
        assert "83.3 %" in told
        assert told.count(word) == 4
        assert template.load("detective", language).prose["learned"][:12] not in told
    assert "最常犯的错：把“猫”当成“宇航员”（12 张里有 2 张）" in told


def test_a_mistake_that_was_made_once_is_not_called_usual(tmp_path: Path) -> None:
    network = template.load("detective").network
    card = {"train": {"confusion": [[8, 0, 0], [0, 8, 0], [0, 0, 3]]}}
    card["held_out"] = {"confusion": [[2, 0, 0], [1, 1, 0], [0, 0, 2]]}
    (tmp_path / "m.safetensors").write_bytes(modelfile.to_bytes(network, network.fill({}, 0), card))
    for language, home, says in (
        ("en", "Start", "One of its mistakes: “Cat” taken for “Astronaut”."),
        ("zh", "首页", "它犯过的一个错：把“猫”当成“宇航员”。"),
    ):
        path = tmp_path / f"{language}.xlsx"
        sheetnet.build(CAT, path, model=tmp_path / "m.safetensors", engine=None, language=language)
        assert says in start_of(path, home)


def test_an_older_or_strange_card_is_left_out(tmp_path: Path) -> None:
    table = [[1, 0], [0, 1]]
    for card in (
        {},
        {"train": 3},
        {"train": {"confusion": [[1]]}},
        {"train": {"confusion": [[1, -1], [0, 1]]}},
        {"train": {"confusion": [[1, 0], [0, True]]}},
        {"train": {"confusion": [[1, 0], "01"]}},
    ):
        assert cards.learned(card, 2) is None
    told = cards.learned({"train": {"confusion": table}, "held_out": None, "doubts": ["old", {"kind": 3}]}, 2)
    assert told is not None
    assert (told.held, told.doubts, told.data) == (0, (), "")


@pytest.mark.parametrize(
    ("right", "held", "percent"), [(354, 359, "98.6"), (5, 5, "100"), (99999, 100000, "99.9"), (0, 7, "0")]
)
def test_only_all_right_is_a_hundred_per_cent(right: int, held: int, percent: str) -> None:
    told = cards.Learned("", ((1, 0), (0, 1)), ((right, held - right), (0, 0)), ())
    assert (told.held, told.right, told.percent) == (held, right, percent)
    assert told.mistake == ((held - right, 0, 1) if held > right else (0, 0, 0))


def test_a_text_is_wrapped_and_nothing_of_it_is_lost() -> None:
    for text in (
        "It has learned three pictures and no more: " * 4,
        "它学的是从这三张照片里剪下的碎片，没见过的碎片也剪自这三张。" * 3,
        "“2” taken for “1” 只学过 3 张",
    ):
        lines = learned.wrapped(text, 200)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(pixels(line) <= 200 + 14 for line in lines)  # a mark may stand beyond the edge
        assert not any(line[0] in "，。：" for line in lines)
    assert learned.wrapped("", 200) == []
    assert learned.wrapped("x" * 90, 200) == ["x" * 90]


def test_few_names_of_cells_help_a_reader_who_sees_them_all(every_template: dict[str, Path]) -> None:
    """They are hidden, but LibreOffice and Gnumeric show them; each begins with a prefix that reads as no cell."""
    for name, path in every_template.items():
        names = read(path.read_bytes(), name).texts
        assert 0 < len(names) <= 400, name
        assert all(one.startswith("sheetnet.") for one in names), name

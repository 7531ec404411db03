"""Folders of other people's pictures: reading them, training on them, model files, and the two commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from click.testing import CliRunner, Result
from PIL import Image

import sheetnet
from sheetnet import engine, modelfile, photo
from sheetnet.cli import main
from sheetnet.errors import ModelFileError, SheetnetError, TrainingError
from sheetnet.network import Network
from sheetnet.training import folder as folders
from sheetnet.training import model, suit, tell
from sheetnet.training.fit import fit
from sheetnet.training.progress import Progress
from sheetnet.training.score import Score
from sheetnet.training.settings import Settings

COLOURS = {"red": (200, 40, 40), "green": (40, 180, 60), "blue": (40, 60, 210)}
SHAPE = (3, 8, 8)


def fill(root: Path, names: dict[str, tuple[int, int, int]], count: int = 8, seed: int = 0) -> Path:
    """A folder of noisy pictures of one colour each, 12 x 10 pixels."""
    rng = np.random.RandomState(seed)
    for name, colour in names.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            x = np.clip(np.array(colour) + rng.randint(-40, 40, (12, 10, 3)), 0, 255)
            Image.fromarray(x.astype(np.uint8)).save(root / name / f"{number}.png")
    return root


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    return fill(tmp_path / "colours", COLOURS)


def tiny(*classes: str, inputs: tuple[int, int, int] = SHAPE) -> Network:
    layers = [zoo.layer("rescale", mean=0.5, std=0.5), zoo.conv("conv1", 4, 3), zoo.layer("relu")]
    layers += [zoo.pool("pool1", 2), zoo.layer("flatten"), zoo.layer("dense", units=len(classes))]
    layers += [zoo.layer("softmax"), zoo.layer("crossentropy", name="loss")]
    return Network.from_spec(
        {"name": "tiny", "classes": list(classes), "input": {"shape": list(inputs)}, "layers": layers}
    )


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(SheetnetError) as error:
        work()
    assert "\n" not in str(error.value)
    return str(error.value)


# Reading


def test_each_folder_is_a_class_and_each_picture_is_as_photo_reads_it(coloured):
    found = folders.read(coloured, SHAPE)
    assert found.classes == ("blue", "green", "red")
    assert (found.x.shape, found.x.dtype, found.counts()) == ((24, *SHAPE), np.uint8, [8, 8, 8])
    assert (found.name, found.skipped) == ("colours", ())
    files = sorted((coloured / "green").iterdir())
    for number, file in enumerate(files):
        np.testing.assert_array_equal(found.x[8 + number], photo.load(file, SHAPE).x)
    padded = folders.read(coloured, SHAPE, "pad")
    np.testing.assert_array_equal(padded.x[8], photo.load(files[0], SHAPE, "pad").x)


def test_broken_pictures_are_named_skipped_and_counted(coloured):
    (coloured / "red" / "half.png").write_bytes((coloured / "red" / "1.png").read_bytes()[:60])
    (coloured / "red" / "empty.jpg").write_bytes(b"")
    (coloured / "blue" / "notes.txt").write_text("no picture")
    found = folders.read(coloured, SHAPE)
    assert found.counts() == [8, 8, 8]
    assert [line.split(": ")[0].rsplit("/", 1)[1] for line in found.skipped] == ["notes.txt", "empty.jpg", "half.png"]


def test_what_systems_leave_in_folders_is_passed_over(coloured):
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (coloured / "red" / name).write_bytes(b"x")
    for name in (".cache", "__MACOSX"):
        (coloured / name).mkdir()
    (coloured / "readme.txt").write_text("x")
    (coloured / "red" / "more").mkdir()
    found = folders.read(coloured, SHAPE)
    assert (found.counts(), found.skipped) == ([8, 8, 8], ())


def test_progress_is_told_picture_by_picture(coloured):
    seen: list[tuple[int, int]] = []
    folders.read(coloured, SHAPE, progress=lambda *a: seen.append(a))
    assert seen == [(number, 24) for number in range(1, 25)]


def test_what_is_no_folder_of_classes_is_refused_in_one_line(tmp_path, coloured):
    assert "no such folder" in refusal(lambda: folders.read(tmp_path / "nothing", SHAPE))
    assert "no such folder" in refusal(lambda: folders.read(coloured / "red" / "1.png", SHAPE))
    assert "no folders in it" in refusal(lambda: folders.read(coloured / "red", SHAPE))
    one = fill(tmp_path / "one", {"only": (1, 2, 3)})
    assert "only one class, 'only'" in refusal(lambda: folders.read(one, SHAPE))
    (coloured / "zebra").mkdir()
    assert "the folder of 'zebra' is empty" in refusal(lambda: folders.read(coloured, SHAPE))
    (coloured / "zebra" / "a.jpg").write_bytes(b"no picture")
    assert "none of the files of 'zebra' is a picture" in refusal(lambda: folders.read(coloured, SHAPE))


def test_more_pictures_than_memory_are_refused(coloured, monkeypatch):
    monkeypatch.setattr(folders, "MAX_BYTES", 24 * 192 - 1)
    assert "24 pictures of 3x8x8" in refusal(lambda: folders.read(coloured, SHAPE))
    monkeypatch.setattr(folders, "MAX_BYTES", 24 * 192)
    assert len(folders.read(coloured, SHAPE)) == 24


STRANGE = ["=1+1", "'quoted' \"twice\"", "@SUM(A1)", "x" * 200, "🐈 and 犬", "a\tb\x07", "<&>", "-2", "TRUE"]


def test_strange_names_of_classes_reach_the_workbook_as_text(tmp_path):
    made = fill(tmp_path / "strange", {name: (20 * k, 255 - 20 * k, 90) for k, name in enumerate(STRANGE)}, 3)
    out = tmp_path / "strange.safetensors"
    trained = sheetnet.train(made, out, template=tiny("a", "b"), epochs=2)
    cleaned = {name.replace("\t", "_").replace("\x07", "_") for name in STRANGE}
    assert set(trained.network.classes) == cleaned
    loaded, _ = modelfile.load(out)
    assert loaded.classes == trained.network.classes
    picture = next((made / STRANGE[0]).iterdir())
    built = sheetnet.build(picture, tmp_path / "strange.xlsx", model=out, label="=1+1")
    assert built.report.proven
    assert sheetnet.evaluate(out, made).score.count == 27


@pytest.mark.skipif("sys.platform != 'linux'", reason="other systems have no such names")
def test_names_that_are_no_text_are_cleaned(tmp_path, coloured):
    (coloured / "red").rename(coloured / "r\udce9d")
    (coloured / "r\udce9d" / "0.png").rename(coloured / "r\udce9d" / "\udcff.png")
    found = folders.read(coloured, SHAPE)
    assert found.classes == ("blue", "green", "r_d")
    assert found.counts() == [8, 8, 8]
    sheetnet.train(coloured, tmp_path / "m.safetensors", template=tiny("a", "b"), epochs=1)


# A network for other classes


def test_the_last_dense_layer_gets_a_unit_for_each_class():
    network = suit.suited(tiny("a", "b"), ("x", "y", "z"))
    assert network.classes == ("x", "y", "z")
    assert network.shapes["dense.out"] == (3,)
    assert suit.suited(network, ("x", "y", "z")) is network


def test_a_network_that_cannot_have_other_classes_says_so():
    layers = [zoo.layer("flatten"), zoo.layer("softmax")]
    network = Network.from_spec({"name": "n", "classes": ["a", "b"], "input": {"shape": [1, 1, 2]}, "layers": layers})
    with pytest.raises(TrainingError, match="cannot be made for 3 classes"):
        suit.suited(network, ("a", "b", "c"))


def test_training_starts_anew_but_keeps_what_does_not_learn():
    network = tiny("a", "b")
    given = {name: value + 1 for name, value in network.fill({}, 0).items()}
    assert set(suit.untrained(network, given)) == {"rescale.divisor", "rescale.mean", "rescale.std"}


# Model files


def test_a_trained_model_is_used_by_build_and_proven(coloured, tmp_path):
    out = tmp_path / "m.safetensors"
    trained = sheetnet.train(coloured, out, template=tiny("a", "b"), epochs=40)
    assert trained.held.accuracy == 1
    network, parameters = modelfile.load(out)
    assert network == trained.network
    assert network.trained
    for name, value in trained.parameters.items():
        np.testing.assert_array_equal(parameters[name], value)
    picture = coloured / "green" / "3.png"
    built = sheetnet.build(picture, tmp_path / "m.xlsx", model=out, label="green")
    assert built.report.proven
    x = photo.load(picture, SHAPE).x
    values = engine.forward(network, {"photo.out": x, "truth.out": np.zeros(3)}, parameters)
    assert network.classes[int(values["softmax.out"].argmax())] == "green"


def test_the_same_seed_gives_the_same_file(coloured, tmp_path):
    files = [tmp_path / f"{k}.safetensors" for k in range(3)]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        sheetnet.train(coloured, file, template=tiny("a", "b"), epochs=2, seed=seed)
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_the_card_says_what_was_seen_and_how_well_it_is_known(coloured, tmp_path):
    (coloured / "red" / "broken.png").write_bytes(b"x")
    out = tmp_path / "m.safetensors"
    trained = sheetnet.train(coloured, out, template=tiny("a", "b"), epochs=3, seed=7, optimizer="momentum", batch=5)
    card = modelfile.card(out)
    assert card["data"] == "colours"
    assert card["pictures"] == {"blue": 8, "green": 8, "red": 8}
    assert (card["skipped"], card["seed"], card["optimizer"], card["batch"]) == (1, 7, "momentum", 5)
    assert (card["learning_rate"], card["augment"], card["interrupted"]) == (0.03, True, False)
    assert card["held_out"]["count"] == 6
    assert card["held_out"]["accuracy"] == round(trained.held.accuracy, 4)
    assert np.sum(card["train"]["confusion"]) == 18
    assert str(tmp_path) not in out.read_bytes().decode("latin-1")


def test_a_file_without_a_card_has_none(tmp_path):
    network = tiny("a", "b")
    modelfile.save(tmp_path / "m.safetensors", network, network.fill({}, 0))
    assert modelfile.card(tmp_path / "m.safetensors") == {}


def test_weights_that_float32_holds_take_half_the_room_and_others_stay_exact(tmp_path):
    network = tiny("a", "b")
    given = {name: np.round(value, 2) for name, value in network.fill({}, 0).items()}
    given["conv1.weight"] = np.asarray(given["conv1.weight"] * 0 + 0.5)
    given["conv1.bias"] = np.array([0.1, 1e300, 0, 0])
    path = tmp_path / "m.safetensors"
    path.write_bytes(modelfile.to_bytes(network, given, short=True))
    _, loaded = modelfile.load(path)
    for name, value in given.items():
        np.testing.assert_array_equal(loaded[name], value)
    header = json.loads(path.read_bytes()[8 : 8 + int.from_bytes(path.read_bytes()[:8], "little")])
    assert (header["conv1.weight"]["dtype"], header["conv1.bias"]["dtype"]) == ("F32", "F64")


def test_where_no_model_can_be_written_is_said_before_the_training(coloured, tmp_path):
    def train(name: str, **options: object) -> str:
        return refusal(lambda: sheetnet.train(tmp_path / "nothing", tmp_path / name, **options))

    assert "must end in .safetensors" in train("m.npz")
    assert "does not exist; make it first" in train("no/m.safetensors")
    (tmp_path / "m.safetensors").write_bytes(b"old")
    assert "use --force, or another name" in train("m.safetensors")
    assert "no such folder" in train("m.safetensors", force=True)
    assert (tmp_path / "m.safetensors").read_bytes() == b"old"
    sheetnet.train(coloured, tmp_path / "m.safetensors", template=tiny("a", "b"), epochs=1, force=True)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_a_folder_or_data_is_needed_and_not_both(tmp_path):
    assert "and not both" in refusal(lambda: sheetnet.train(None, tmp_path / "m.safetensors"))
    assert "and not both" in refusal(lambda: sheetnet.train(tmp_path, tmp_path / "m.safetensors", data="digits"))
    strange: Any = "letters"
    assert "digits, shapes" in refusal(lambda: sheetnet.train(None, tmp_path / "m.safetensors", data=strange))


# Evaluation


def test_a_model_is_measured_on_other_pictures(coloured, tmp_path):
    out = tmp_path / "m.safetensors"
    sheetnet.train(coloured, out, template=tiny("a", "b"), epochs=40)
    others = fill(tmp_path / "others", {"red": COLOURS["red"], "green": COLOURS["blue"]}, 4, seed=9)
    told = sheetnet.evaluate(out, others)
    assert told.classes == ("blue", "green", "red")
    assert told.score.confusion == ((0, 0, 0), (4, 0, 0), (0, 0, 4))
    assert told.score.accuracy == 0.5
    assert told.to_json()["pictures"] == 8


def test_pictures_of_a_class_that_the_model_does_not_know_are_refused(coloured, tmp_path):
    out = tmp_path / "m.safetensors"
    sheetnet.train(coloured, out, template=tiny("a", "b"), epochs=1)
    fill(coloured, {"violet": (150, 50, 200)})
    says = refusal(lambda: sheetnet.evaluate(out, coloured))
    assert "'violet' is none of the network's classes ('blue', 'green', 'red')" in says


def test_a_file_that_is_no_whole_model_is_not_measured(coloured, tmp_path):
    network, path = tiny("red", "green", "blue"), tmp_path / "m.safetensors"
    with pytest.raises(ModelFileError, match="no such file"):
        sheetnet.evaluate(path, coloured)
    modelfile.save(path, network, {"dense.bias": np.zeros(3)})
    with pytest.raises(ModelFileError, match=r"lacks conv1.weight"):
        sheetnet.evaluate(path, coloured)
    modelfile.save(path, network, network.fill({}, 0) | {"dense.bias": np.zeros(4)})
    with pytest.raises(ModelFileError, match=r"dense.bias has shape \[4\]"):
        sheetnet.evaluate(path, coloured)


# What is said


def test_the_table_has_a_row_for_each_class_and_long_names_are_cut():
    score = Score(((10, 0), (3, 7)), 0.25)
    assert tell.score_lines(score, ["cat", "x" * 200]) == [
        "accuracy     85.0% of 20 pictures, loss 0.2500",
        "  true \\ predicted           cat  xxxxxxxxxxx…",
        "  cat                         10             0",
        "  xxxxxxxxxxxxxxx…             3             7",
    ]
    assert tell.confusion_lines(score, ["犬", "b"])[1:] == [
        "  犬                10   0",
        "  b                  3   7",
    ]


def test_of_many_classes_the_worst_mistakes_are_told():
    table = np.eye(20, dtype=int) * 5
    table[3, 4], table[7, 1] = 2, 9
    lines = tell.confusion_lines(Score(tuple(map(tuple, table.tolist())), 0), [f"c{k}" for k in range(20)])
    assert lines == ["  9 of 'c7' taken for 'c1'", "  2 of 'c3' taken for 'c4'"]


def test_progress_fits_in_one_line():
    line = tell.progress_line(Progress(3, 12, 4, 4, 0.51239, 0.875, Score(((3, 1), (0, 4)), 0.4)))
    assert line == "epoch 3/12 [######------------------] loss 0.5124, accuracy 87.5%, held out 87.5%"


def test_an_interruption_is_told():
    network, x = tiny("a", "b"), np.zeros((8, *SHAPE), dtype=np.uint8)
    x[::2] = 200
    made = folders.Pictures("p", ("a", "b"), x, np.array([0, 1] * 4))
    trained = replace(fit(network, made, Settings(epochs=2)), interrupted=True)
    lines = tell.trained_lines(trained, Path("m.safetensors"))
    assert lines[0] == "interrupted after 2 epochs; the best so far is kept"
    assert any(line.startswith(tell.CAREFUL) for line in lines), "all pictures of a class are the same here"
    assert model.card_of(trained, made)["interrupted"]


# The commands


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "tiny"
    path.mkdir()
    text = 'name = "tiny"\nclasses = ["a", "b"]\n[input]\nshape = [3, 8, 8]\n'
    for kind, more in (("rescale", ""), ("flatten", ""), ("dense", "units = 2\n"), ("softmax", "")):
        text += f'[[layers]]\nname = "{kind}"\nkind = "{kind}"\n{more}'
    (path / "network.toml").write_text(text)
    return path


def test_a_model_is_trained_and_measured_from_the_command_line(coloured, tmp_path, template, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (coloured / "red" / "broken.png").write_bytes(b"x")
    trained = run("train", coloured, "-t", template, "--epochs", 30)
    assert trained.exit_code == 0
    assert "held out    100.0% of 6 pictures" in trained.stdout
    assert trained.stdout.splitlines()[-1].startswith("colours.safetensors: 586 numbers; sheetnet build PHOTO")
    assert "broken.png" in trained.stderr
    assert trained.stderr.endswith("pictures skipped: 1\n")
    measured = run("evaluate", "colours.safetensors", coloured)
    assert measured.exit_code == 0
    assert measured.stdout.startswith("accuracy    100.0% of 24 pictures")
    assert json.loads(run("evaluate", "colours.safetensors", coloured, "--json").stdout)["accuracy"] == 1


def test_quiet_says_nothing_but_what_to_be_careful_about(tmp_path, template):
    few = fill(tmp_path / "few", COLOURS, 4)
    told = run("train", few, "-t", template, "--epochs", 2, "-q", "-o", tmp_path / "m.safetensors")
    assert (told.exit_code, told.stdout) == (0, "")
    assert told.stderr.startswith("careful: fewer than 5 pictures of a class")


def test_the_loss_can_be_half_the_squared_error(coloured, tmp_path, template):
    out = tmp_path / "m.safetensors"
    told = run("train", coloured, "-t", template, "--loss", "squared", "--epochs", 20, "-o", out)
    assert told.exit_code == 0
    assert "held out    100.0% of 6 pictures" in told.stdout
    assert modelfile.card(out)["loss"] == "squared"


def test_a_learning_rate_that_is_too_high_is_one_line_and_no_file(coloured, tmp_path, template):
    out = tmp_path / "m.safetensors"
    told = run("train", coloured, "-t", template, "--learning-rate", "1e38", "--optimizer", "sgd", "-o", out)
    assert told.exit_code == 2
    assert told.stderr.startswith("sheetnet: the loss is not finite any more")
    assert told.stderr.count("\n") == 1
    assert not out.exists()


def test_wrong_usage_is_refused(tmp_path):
    assert run("train").exit_code == 2
    assert run("train", tmp_path, "--data", "digits").exit_code == 2
    assert run("evaluate", tmp_path).exit_code == 2
    assert run("train", tmp_path, "--optimizer", "magic").exit_code == 2

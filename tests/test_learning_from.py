"""What training begins with and what evaluation tells: tables of names, a model to go on from, predictions, .onnx."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from click.testing import CliRunner
from PIL import Image
from test_folder import COLOURS, fill, refusal, tiny
from test_listing import MUESLI

import sheetnet
from sheetnet import modelfile, photo
from sheetnet.case.card import learned
from sheetnet.cli import main
from sheetnet.errors import SheetnetError, TrainingError
from sheetnet.network import Network
from sheetnet.training import predictions, table
from sheetnet.words import load as words


@pytest.fixture(scope="module")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("made") / "colours", COLOURS)


@pytest.fixture(scope="module")
def model(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    sheetnet.train(coloured, path, template=tiny("a", "b"), epochs=40)
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


# Tables of names and classes


def lines_of(root: Path) -> list[tuple[str, str]]:
    return [(f"{name}/{k}.png", name) for k in range(8) for name in COLOURS]


@pytest.mark.parametrize(
    ("mark", "head", "encoding"),
    [(",", "name,class\n", "utf-8"), (";", "", "utf-8-sig"), ("\t", "picture\tclass\n\n", "utf-16")],
)
def test_a_table_of_names_and_classes_stands_for_folders(
    coloured: Path, tmp_path: Path, mark: str, head: str, encoding: str
) -> None:
    path = tmp_path / "names.csv"
    text = head + "".join(f"{name}{mark}{which}\r\n" for name, which in lines_of(coloured))
    path.write_bytes(text.encode(encoding))
    by_table = sheetnet.train(coloured, tmp_path / "1.safetensors", labels=path, template=tiny("a", "b"), epochs=3)
    by_folder = sheetnet.train(coloured, tmp_path / "2.safetensors", template=tiny("a", "b"), epochs=3)
    assert by_table.network.classes == ("blue", "green", "red")
    for name, value in by_folder.parameters.items():
        np.testing.assert_array_equal(by_table.parameters[name], value)
    assert modelfile.card(tmp_path / "1.safetensors")["data"] == "names"


def test_names_count_from_the_table_where_no_folder_is_given(
    coloured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, {MUESLI[1]: (1, 2, 3), "x": (200, 1, 1)}, 2)
    (tmp_path / "t.csv").write_text(f'"{MUESLI[0]}/0.png",{MUESLI[0]}\nx/0.png,X\nx/1.png,x\nx/9.png,x\n')
    monkeypatch.chdir(tmp_path)
    found = table.listing_of(tmp_path / "t.csv", None)
    assert found.classes == (MUESLI[0], "X")
    assert [Path(str(one)).is_file() for _, one in found.files].count(False) == 1
    monkeypatch.setattr("sheetnet.training.train._network", lambda request: (tiny("a", "b"), {}))
    told = run("train", "--labels", "t.csv", "--epochs", 1)
    assert told.exit_code == 0
    assert "x/9.png: there is no such file" in told.stderr
    assert (tmp_path / "t.safetensors").is_file()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "names no pictures"),
        (b"name,class\n", "names no pictures"),
        (b"a.png,cat\nb.png\n", "line 2 has no class"),
        (b"a.png,cat\nb.png, \n", "line 2 has no class"),
        (b"a.png,cat\n../b.png,dog\n", "line 2 names '../b.png', which is not in the folder"),
        (b"/etc/passwd,cat\n", "line 1 names '/etc/passwd', which is not in the folder"),
        (b"a.png,cat\nb.png,CAT\n", "1 classes; give pictures of 2 to"),
        (b"a\xff\xfe.png,cat\n", "cannot be read as text"),
        (b"a" * 20_000, "a line has more than 10,000 characters"),
        (b"".join(b"%d.png,c%d\n" % (k, k) for k in range(1500)), "1500 classes"),
    ],
    ids=range(10),
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "t.csv").write_bytes(text)
    with pytest.raises(TrainingError) as error:
        table.listing_of(tmp_path / "t.csv", None)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


# To go on from a model


def test_training_goes_on_from_a_model(coloured: Path, model: Path, tmp_path: Path) -> None:
    before, parameters = modelfile.load(model)
    assert before is not None
    slow: dict[str, Any] = {"epochs": 1, "learning_rate": 1e-6, "start": model}
    on = sheetnet.train(coloured, tmp_path / "1.safetensors", **slow)
    assert on.network.classes == before.classes
    for name, value in parameters.items():
        np.testing.assert_allclose(on.parameters[name], value, atol=1e-3)
    assert on.train.accuracy == 1
    assert [doubt.kind for doubt in on.doubts if doubt.kind == "started"] == ["started"]
    known = learned(modelfile.card(tmp_path / "1.safetensors"), 3)
    assert known is not None
    assert "started" in {kind for kind, _, _ in known.doubts}
    assert all("learned.doubt_started" in words(language) for language in ("en", "zh"))


def test_the_classes_keep_the_order_of_the_model(model: Path, tmp_path: Path) -> None:
    network, parameters = modelfile.load(model)
    assert network is not None
    other = Network.from_spec(network.to_spec() | {"classes": ["RED", "blue", "green"]})
    order = [2, 0, 1]
    moved = parameters | {n: parameters[n][order] for n in ("dense.weight", "dense.bias")}
    modelfile.save(tmp_path / "moved.safetensors", other, moved)
    root = fill(tmp_path / "colours", COLOURS)
    on = sheetnet.train(
        root, tmp_path / "2.safetensors", start=tmp_path / "moved.safetensors", epochs=1, learning_rate=1e-6
    )
    assert on.network.classes == ("RED", "blue", "green")
    assert on.train.accuracy == 1


def test_other_classes_get_new_units_and_the_filters_stay(model: Path, tmp_path: Path) -> None:
    root = fill(tmp_path / "two", {"dark": (20, 20, 20), "light": (230, 230, 230)})
    _, parameters = modelfile.load(model)
    on = sheetnet.train(root, tmp_path / "3.safetensors", start=model, epochs=1, learning_rate=1e-6)
    assert on.network.classes == ("dark", "light")
    assert on.network.shapes["dense.out"] == (2,)
    np.testing.assert_allclose(on.parameters["conv1.weight"], parameters["conv1.weight"], atol=1e-3)


@pytest.mark.parametrize(
    ("others", "note"),
    [
        (("Red", "aqua", "blue"), "kept from the model: 'Red', 'blue'; begun anew: 'aqua'; left out: 'green'"),
        (("red", "x"), "kept from the model: 'red'; begun anew: 'x'; left out: 'blue', 'green'"),
        (("x", "y", "z"), "begun anew: 'x', 'y', 'z'; left out: 'blue', 'green', 'red'"),
        (
            ("a", "b", "blue", "c", "d", "e", "red"),
            "kept from the model: 'blue', 'red'; begun anew: 'a', 'b', 'c' and 2 more; left out: 'green'",
        ),
    ],
)
def test_a_class_keeps_its_unit_by_name_and_no_class_gets_that_of_another(
    model: Path, tmp_path: Path, others: tuple[str, ...], note: str
) -> None:
    before, parameters = modelfile.load(model)
    assert before is not None
    assert before.classes == ("blue", "green", "red")
    root = fill(tmp_path / "pictures", {name: (20 * number, 90, 30) for number, name in enumerate(others)}, 4)
    slow: dict[str, Any] = {"epochs": 1, "learning_rate": 1e-9, "start": model}
    on, anew = (sheetnet.train(root, tmp_path / f"{seed}.safetensors", seed=seed, **slow) for seed in (0, 1))
    assert on.network.classes == others
    assert on.notes == (f"classes {note}",)
    for row, called in enumerate(others):
        made = on.parameters["dense.weight"][row]
        if called.casefold() in before.classes:
            place = before.classes.index(called.casefold())
            np.testing.assert_allclose(made, parameters["dense.weight"][place], atol=1e-6)
            np.testing.assert_allclose(on.parameters["dense.bias"][row], parameters["dense.bias"][place], atol=1e-6)
        else:
            for other in (*parameters["dense.weight"], anew.parameters["dense.weight"][row]):
                assert np.abs(made - other).max() > 0.05
            assert abs(on.parameters["dense.bias"][row]) < 1e-6


def test_new_classes_are_told_by_the_command(model: Path, tmp_path: Path) -> None:
    root = fill(tmp_path / "pictures", {"red": COLOURS["red"], "x": (9, 9, 9)}, 4)
    told = run("train", root, "--start", model, "--epochs", 1, "-o", tmp_path / "m.safetensors")
    assert "classes kept from the model: 'red'; begun anew: 'x'" in told.stderr


def test_a_model_without_a_unit_for_each_class_goes_on_with_its_own_classes_alone(
    coloured: Path, tmp_path: Path
) -> None:
    spec = tiny("blue", "green", "red").to_spec()
    kept = [one for one in spec["layers"] if one["kind"] in ("rescale", "softmax", "crossentropy")]
    layers = [kept[0], zoo.conv("last", 3, 8), zoo.layer("flatten"), *kept[1:]]
    network = Network.from_spec(
        spec | {"layers": [{k: v for k, v in one.items() if k != "inputs"} for one in layers]}
    )
    first, out = tmp_path / "first.safetensors", tmp_path / "m.safetensors"
    sheetnet.train(coloured, first, template=network, epochs=1)
    assert sheetnet.train(coloured, out, start=first, epochs=1).network.classes == network.classes
    others = fill(tmp_path / "others", {"red": (1, 2, 3), "blue": (1, 2, 3), "violet": (90, 2, 90)}, 4)
    says = refusal(lambda: sheetnet.train(others, out, start=first, epochs=1, force=True))
    assert "no dense layer has a unit for each class ('blue', 'green', 'red'), so none can be made for others" in says


def test_a_model_and_a_template_together_are_refused(coloured: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    assert "leave the template out" in refusal(
        lambda: sheetnet.train(coloured, out, start=model, template="detective")
    )
    assert "no such file" in refusal(lambda: sheetnet.train(coloured, out, start=tmp_path / "no.safetensors"))
    told = run("train", coloured, "--start", model, "--epochs", 1, "-o", out)
    assert told.exit_code == 0
    assert "careful: training went on from another model" in told.stderr


# Classes without pictures


def test_a_class_without_pictures_is_refused_by_its_name(tmp_path: Path) -> None:
    red, blue = np.full((8, 8, 3), (200, 0, 0), np.uint8), np.full((8, 8, 3), (0, 0, 200), np.uint8)
    out = tmp_path / "m.safetensors"
    for empty in ([], (), iter(())):
        says = refusal(lambda empty=empty: sheetnet.train({"red": [red], "blue": [blue], "green": empty}, out))
        assert says == "pictures: the class 'green' has none; put some into its list, or remove it"
    assert "a class has a name of blanks only" in refusal(lambda: sheetnet.train({"red": [red], " ": [blue]}, out))
    assert not out.exists()


def test_a_line_that_names_no_picture_is_refused_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    for nothing in ("", "  ", ".", "./"):
        path.write_text(f"a.png,cat\n{nothing},dog\n", encoding="utf-8")
        says = refusal(lambda: table.listing_of(path, None))
        assert says == f"{path}: line 2 names no picture of 'dog'; write its name, or remove it"


def test_what_is_said_of_a_class_of_broken_pictures_is_said_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "broken.png").write_bytes(b"no picture")
        if name != "c":
            Image.new("RGB", (8, 8)).save(tmp_path / name / "good.png")
    says = refusal(lambda: sheetnet.train(tmp_path, tmp_path / "m.safetensors"))
    assert f"none of the files of 'c' is a picture; {tmp_path / 'c' / 'broken.png'}: " in says


# Predictions


def test_predictions_say_the_class_and_the_probabilities_of_each_picture(
    coloured: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "p.csv"
    told = sheetnet.evaluate(model, coloured, predictions=out)
    assert told.score.accuracy == 1
    assert out.read_bytes()[:3] == b"\xef\xbb\xbf"
    with out.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["picture", "class", "blue", "green", "red"]
    assert [row[0] for row in rows] == [f"{name}/{k}.png" for name in sorted(COLOURS) for k in range(8)]
    network, parameters = modelfile.load(model)
    assert network is not None
    x = photo.load(coloured / "green" / "3.png", network.shape).x  # type: ignore[arg-type]
    from sheetnet import engine

    exact = engine.forward(network, {"photo.out": x, "truth.out": np.zeros(3)}, network.fill(parameters, 0))
    np.testing.assert_allclose([float(p) for p in rows[11][2:]], exact["softmax.out"], atol=2e-6)
    for row in rows:
        assert row[1] == row[0].split("/")[0] == head[2 + int(np.argmax([float(p) for p in row[2:]]))]
    assert "use --force" in refusal(lambda: sheetnet.evaluate(model, coloured, predictions=out))
    assert "must end in .csv" in refusal(lambda: sheetnet.evaluate(model, coloured, predictions=tmp_path / "p.txt"))
    assert run("evaluate", model, coloured, "-p", out, "-f").exit_code == 0


def test_what_looks_like_a_formula_is_defused(tmp_path: Path) -> None:
    shares = np.array([[0.25, 0.75]])
    name = Path("=HYPERLINK(1).png")
    predictions.save(tmp_path / "p.csv", None, [name], ["@SUM(1)", "-2"], shares, force=False)
    text = (tmp_path / "p.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["picture,class,'@SUM(1),'-2", "'=HYPERLINK(1).png,'-2,0.250000,0.750000"]


def test_a_table_of_names_and_classes_measures_as_folders_do(coloured: Path, model: Path, tmp_path: Path) -> None:
    path, out = coloured / "names.csv", tmp_path / "p.csv"
    some = [(name, which) for name, which in lines_of(coloured) if which != "red"]
    path.write_text("name,class\n" + "".join(f"{name},{which.upper()}\n" for name, which in some))
    for folder in (None, coloured):
        told = sheetnet.evaluate(model, folder, labels=path, predictions=out, force=True)
        assert (told.score.accuracy, sum(map(sum, told.score.confusion))) == (1, 16)
        assert {line.split(",")[0] for line in out.read_text("utf-8-sig").split()[1:]} == {name for name, _ in some}
    assert run("evaluate", model, "--labels", path).stdout.startswith("accuracy    100.0% of 16 pictures")
    assert "give a FOLDER" in run("evaluate", model).output
    assert "leave one of them out" in refusal(lambda: sheetnet.evaluate(model, {"red": []}, labels=path))
    assert "cannot be used" in refusal(lambda: sheetnet.evaluate(model))
    path.write_text("red/0.png,purple\n")
    assert "purple" in refusal(lambda: sheetnet.evaluate(model, labels=path))
    path.unlink()


# .onnx


def test_an_onnx_model_is_measured(coloured: Path, model: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    sheetnet.convert(model, tmp_path / "m.onnx")
    exact = sheetnet.evaluate(model, coloured).score
    names = tmp_path / "names.txt"
    names.write_text("Blue\nGREEN\nred\n")
    found = sheetnet.evaluate(tmp_path / "m.onnx", coloured, reading=sheetnet.Reading(classes=str(names)))
    assert found.score.confusion == exact.confusion
    assert found.score.loss == pytest.approx(exact.loss, abs=1e-5)
    told = run("evaluate", tmp_path / "m.onnx", coloured, "--classes", names)
    assert told.stdout.startswith("accuracy    100.0% of 24 pictures")
    with pytest.raises(SheetnetError, match=r"--classes is for \.onnx models"):
        sheetnet.evaluate(model, coloured, reading=sheetnet.Reading(classes=names))

"""What Python gives: pictures in memory, numbers of NumPy, wrong types, and what a report says of itself."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES
from PIL import Image
from test_folder import fill, refusal, tiny

import sheetnet
from sheetnet import photo
from sheetnet.case.request import Request
from sheetnet.errors import ModelFileError, NetworkError, PhotoError, SheetnetError, TrainingError, WorkbookError
from sheetnet.picture import name_of
from sheetnet.proof.report import Report, Tensor, Wrong
from sheetnet.training.settings import Request as TrainingRequest

COFFEE = SAMPLES / "coffee.png"


def ramp(*shape: int, kind: Any = np.uint8) -> Any:
    return (np.arange(np.prod(shape)).reshape(shape) * 7 % 256).astype(kind)


# Pictures


def image() -> Image.Image:
    with Image.open(COFFEE) as opened:
        opened.load()
        return opened


KINDS: dict[str, Any] = {
    "text": lambda: str(COFFEE),
    "bytes": COFFEE.read_bytes,
    "bytearray": lambda: bytearray(COFFEE.read_bytes()),
    "file": lambda: io.BytesIO(COFFEE.read_bytes()),
    "image": image,
    "array": lambda: np.asarray(image().convert("RGB")),
    "floats": lambda: np.asarray(image().convert("RGB"), dtype=np.float64),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_in_memory_is_the_same_as_in_its_file(kind: str) -> None:
    exact = photo.load(COFFEE, (3, 20, 20))
    found = photo.load(KINDS[kind](), (3, 20, 20))
    np.testing.assert_array_equal(found.x, exact.x)
    assert found.picture == exact.picture
    assert found.title == ("coffee" if kind in ("text", "image") else "photo")


def test_an_array_is_taken_as_it_is() -> None:
    grey, colour = ramp(6, 5), ramp(6, 5, 3)
    np.testing.assert_array_equal(photo.load(grey, (1, 6, 5)).x[0], grey)
    np.testing.assert_array_equal(photo.load(colour, (3, 6, 5)).x, np.moveaxis(colour, -1, 0))
    np.testing.assert_array_equal(photo.load(grey.astype(np.int64), (1, 6, 5)).x[0], grey)
    np.testing.assert_array_equal(photo.load(grey[:, ::-1], (1, 6, 5)).x[0], grey[:, ::-1])


def test_an_image_is_turned_upright_and_not_changed() -> None:
    made = Image.fromarray(ramp(6, 4, 3))
    made.getexif()[0x0112] = 6
    before = made.tobytes()
    turned = photo.load(made, (3, 4, 6)).x
    np.testing.assert_array_equal(turned, np.moveaxis(np.rot90(ramp(6, 4, 3), -1), -1, 0))
    assert made.tobytes() == before
    paper = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert photo.load(paper, (3, 4, 4)).x.min() == 255


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (ramp(6), "the array has shape (6,); give (H, W) or (H, W, 3)"),
        (ramp(3, 6, 5), "the array has shape (3, 6, 5)"),
        (ramp(6, 5, 4), "the array has shape (6, 5, 4)"),
        (np.zeros((0, 5)), "the array has shape (0, 5)"),
        (np.full((2, 2), 256), "the array holds 256 to 256; give numbers of 0 to 255"),
        (np.full((2, 2), -1), "-1 to -1"),
        (np.full((2, 2), np.nan), "nan to nan"),
        (np.full((2, 2), 0.5), "fractions of 1; multiply it by 255"),
        (np.zeros((2, 2), dtype=bool), "the array holds bool"),
        (np.array([["a"]]), "the array holds <U1"),
        (b"", "there are no bytes"),
        (b"no picture", "no picture that can be read here"),
        (io.StringIO("text"), "open as text; open it in binary mode"),
        (io.BytesIO(), "go back to its beginning"),
        (7, "a int is no picture. Give a path, bytes, "),
        ([[1, 2], [3, 4]], "a list is no picture"),
    ],
    ids=range(16),
)
def test_what_is_no_picture_is_said_in_one_line(picture: Any, says: str) -> None:
    with pytest.raises(PhotoError) as error:
        photo.load(picture, (3, 4, 4))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_too_large_a_picture_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from sheetnet.photo import files, given

    monkeypatch.setattr(files, "MAX_PIXELS", 99)
    monkeypatch.setattr(given, "MAX_BYTES", 9)
    for picture in (ramp(10, 10), Image.new("L", (10, 10))):
        with pytest.raises(PhotoError, match="megapixels"):
            photo.load(picture, (1, 4, 4))
    with pytest.raises(PhotoError, match="at most that are read"):
        photo.load(io.BytesIO(b"0123456789"), (1, 4, 4))


def test_build_takes_an_array_and_calls_its_workbook_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    built = sheetnet.build(ramp(12, 12, 3), size=8)
    assert built.path == Path("photo.xlsx")
    assert built.report
    again = sheetnet.build(Image.fromarray(ramp(12, 12, 3)), "again.xlsx", size=8, engine=None)
    assert again.path.read_bytes() == built.path.read_bytes()
    with (tmp_path / "named.png").open("w+b") as file:
        Image.fromarray(ramp(4, 4)).save(file, "png")
        assert Request(file).path == Path("named.xlsx")
    assert name_of(b"") == "photo"


def test_train_and_evaluate_take_pictures_in_memory(tmp_path: Path) -> None:
    root = fill(tmp_path / "two", {"cats": (200, 40, 40), "dogs": (40, 60, 210)}, 6)
    given: dict[str, Any] = {
        name: [file.read_bytes() for file in sorted((root / name).iterdir())] for name in ("dogs", "cats")
    }
    one, other = tmp_path / "1.safetensors", tmp_path / "2.safetensors"
    by_path = sheetnet.train(root, one, template=tiny("a", "b"), epochs=3)
    by_array = sheetnet.train(given, other, template=tiny("a", "b"), epochs=3)
    assert by_array.network.classes == ("cats", "dogs")
    for name, value in by_path.parameters.items():
        np.testing.assert_array_equal(by_array.parameters[name], value)
    assert sheetnet.evaluate(one, given).score == sheetnet.evaluate(other, root).score
    assert "'zebra' is none of the network's classes" in refusal(
        lambda: sheetnet.evaluate(one, {"zebra": [ramp(4, 4)]})
    )
    wrong: Any
    for wrong in ({"a": "b.png"}, {"a": 3}, {1: []}):
        says = refusal(lambda: sheetnet.train(wrong, tmp_path / "3.safetensors", template=tiny("a", "b")))  # noqa: B023
        assert "give a dict of names of classes" in says


# Numbers and wrong types


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    asked = Request("x.png", size=np.int64(28), seed=np.uint8(3))  # type: ignore[arg-type]
    assert (asked.size, asked.seed) == (28, 3)
    assert type(asked.size) is int
    pair = Request("x.png", size=(np.int32(8), np.int64(9)))  # type: ignore[arg-type]
    assert pair.sides == (8, 9)
    trained = TrainingRequest("x", epochs=np.int16(3), learning_rate=np.float32(0.5), balance=np.bool_(True))  # type: ignore[arg-type]
    assert (trained.epochs, trained.learning_rate, trained.balance) == (3, 0.5, True)
    assert type(trained.balance) is bool


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (Request, {"size": "28"}, "--size: '28' cannot be used; use a whole number or two whole numbers (height, width)"),
    (Request, {"size": 28.0}, "--size: 28.0 cannot be used"),
    (Request, {"size": (8, 9, 10)}, "--size: (8, 9, 10) cannot be used"),
    (Request, {"size": ("8", "9")}, "--size: ('8', '9') cannot be used"),
    (Request, {"label": 0}, "--label: 0 cannot be used; use a text"),
    (Request, {"seed": 3.0}, "--seed: 3.0 cannot be used; use a whole number"),
    (Request, {"seed": True}, "--seed: True cannot be used"),
    (Request, {"plain": 1}, "--plain: 1 cannot be used; use True or False"),
    (Request, {"theme": ["clear"]}, "--theme: ['clear'] is unknown"),
    (Request, {"theme": np.zeros(3)}, "--theme: array([0., 0., 0.]) is unknown"),
    (Request, {"model": 7}, "--model: 7 cannot be used; use a text or a path"),
    (Request, {"out": b"x.xlsx"}, "--output: b'x.xlsx' cannot be used"),
    (Request, {"progress": "loud"}, "progress: 'loud' cannot be used; use a function"),
    (Request, {"template": 3}, "--template: 3 cannot be used; use the name or the folder of a template"),
    (TrainingRequest, {"seed": 3.0}, "--seed: 3.0 cannot be used; use a whole number"),
    (TrainingRequest, {"nothing": "0.5"}, "--nothing: '0.5' cannot be used; use a number"),
    (TrainingRequest, {"template": 3}, "--template: 3 cannot be used"),
]


@pytest.mark.parametrize(("request_of", "wrong", "says"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_type_is_one_line_that_says_what_is_wanted(request_of: Any, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises((WorkbookError, NetworkError, TrainingError)) as error:
        request_of("x", **wrong)
    assert str(error.value).startswith(says)


def test_how_a_model_is_read_is_looked_at_as_well() -> None:
    assert sheetnet.Reading(classes="labels.txt", scale=np.float64(2)).scale == 2  # type: ignore[arg-type]
    wrong: Any
    for wrong, says in (
        ({"classes": 7}, "--classes: 7 cannot be used"),
        ({"scale": "2"}, "--scale: '2' cannot be used; use a number"),
        ({"mean": 0.5}, "--mean: 0.5 cannot be used; use a text"),
        ({"channels": "cmyk"}, "--channels: 'cmyk' is unknown; use one of rgb, bgr, grey"),
    ):
        with pytest.raises(ModelFileError, match=says):
            sheetnet.Reading(**wrong)


def test_a_wrong_path_is_one_line(tmp_path: Path) -> None:
    wrong: Any = 7
    for work in (
        lambda: sheetnet.verify(wrong),
        lambda: sheetnet.convert(wrong, "x.onnx"),
        lambda: sheetnet.export("x.xlsx", wrong),
        lambda: sheetnet.evaluate(wrong, tmp_path),
        lambda: sheetnet.evaluate("m.safetensors", tmp_path, predictions=wrong),
        lambda: sheetnet.train(wrong, tmp_path / "m.safetensors"),
    ):
        with pytest.raises(SheetnetError, match="7 cannot be used"):
            work()


# Types


def test_a_type_checker_knows_every_name_and_every_engine(tmp_path: Path) -> None:
    from mypy import api

    code = tmp_path / "code.py"
    good = "import sheetnet\nfrom sheetnet import Engine, Evaluation, Picture, Report, Trained, Verdict, Wrong\n"
    good += 'report: Report = sheetnet.verify("x.xlsx", engine="stored")\nsheetnet.build(b"", size=3).verdict\n'
    good += 'engine: Engine = "gnumeric"\nfound: Evaluation = sheetnet.evaluate("m", {"a": [b""]})\n'
    bad = 'sheetnet.nothing\nsheetnet.verify("x.xlsx", engine="abacus")\nsheetnet.build(engine="abacus")\n'
    code.write_text(good + bad)
    told, _, _ = api.run(["--strict", "--hide-error-context", str(code)])
    lines = [int(line.split(":")[1]) for line in told.splitlines() if ": error:" in line]
    first = good.count("\n") + 1
    assert lines == [first, first + 1, first + 2], told


# Reports


def report_of(verdict: Any, *wrong: Wrong) -> Report:
    one = Tensor("<b>conv</b>", "Conv", 4, 4, 0.0, 1e-12, verdict, wrong)
    return Report("a&b.xlsx", "formualizer", (one,), formulas=4)


def test_a_report_is_true_when_proven_and_prints_as_its_last_line() -> None:
    good = report_of("ok")
    bad = report_of("wrong", Wrong("<i>", "B2", "1", "2 <script>", "a <b> constant"))
    assert good
    assert not bad
    assert str(good) == "proven: all 4 formula cells agree with NumPy (formualizer)"
    assert f"{bad}" == bad.last_line()
    assert bad.last_line().startswith("WRONG: 1 wrong cell")


def test_a_notebook_shows_verdict_table_and_wrong_cells_escaped() -> None:
    wrong = [Wrong("<i>", f"B{k}", "1", "2 <script>", "a <b> constant") for k in range(30)]
    shown = report_of("wrong", *wrong)._repr_html_()
    assert "<strong>WRONG: 30 wrong cells (formualizer); see above</strong>" in shown
    assert "<td>&lt;b&gt;conv&lt;/b&gt;</td><td>4</td>" in shown
    assert "<td>&lt;i&gt;!B0</td><td>a &lt;b&gt; constant</td><td>1</td><td>2 &lt;script&gt;</td>" in shown
    assert "a&amp;b.xlsx" in shown
    assert shown.count("<tr>") == 2 + 1 + 20
    assert "... and 10 more wrong cells" in shown
    assert "<script>" not in shown

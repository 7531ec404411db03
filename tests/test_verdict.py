"""The last lines of a build say what the network says, how sure it is, and what to do where it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner
from conftest import SAMPLES
from PIL import Image
from sight import formatted

import sheetnet
from sheetnet import modelfile
from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.case.verdict import Verdict, verdict_of
from sheetnet.cli import main
from sheetnet.network import SURE


@pytest.mark.parametrize(
    ("probability", "says"),
    [
        (1.0, "the network says: Cat, >99.9 %"),
        (0.99941, "the network says: Cat, >99.9 %"),
        (0.9994, "the network says: Cat, 99.9 %"),
        (0.984, "the network says: Cat, 98.4 %"),
        (0.98, "the network says: Cat, 98 %"),
        (0.7, "the network says: I am not sure (Cat 70 %)"),
        (0.701, "the network says: Cat, 70.1 %"),
        (0.6994, "the network says: I am not sure (Cat 69.9 %)"),
        (0.34, "the network says: I am not sure (Cat 34 %)"),
    ],
)
def test_a_verdict_says_its_probability_and_never_100(probability: float, says: str) -> None:
    assert str(Verdict("Cat", probability)) == says
    assert Verdict("Cat", probability).sure == (probability > SURE)


def test_a_build_returns_the_verdict(tmp_path: Path) -> None:
    built = sheetnet.build(None, tmp_path / "x.xlsx", template="by-hand", engine=None)
    assert built.verdict is not None
    assert built.found is None
    case = prepare(Request(template="by-hand"))
    chances = case.values["softmax.out"]
    assert built.verdict == Verdict(case.network.classes[int(chances.argmax())], float(chances.max()))
    part = sheetnet.build(None, tmp_path / "y.xlsx", template="by-hand", until="conv", engine=None)
    assert part.verdict is None


def test_a_foreign_photo_is_doubted_and_the_reader_is_told_to_train(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "white").save(tmp_path / "white.png")
    asked = ["build", str(tmp_path / "white.png"), "-o", str(tmp_path / "x.xlsx"), "--engine", "none"]
    told = CliRunner().invoke(main, asked, catch_exceptions=False).output.splitlines()
    assert told[-3].startswith("the network says: I am not sure (")
    assert told[-2] == "It knows three pictures and no more. Train it on your own suspects: sheetnet train FOLDER"
    chinese = verdict_of(prepare(Request(tmp_path / "white.png", language="zh")))
    assert chinese is not None
    assert "sheetnet train FOLDER" in chinese.advice
    assert chinese.advice != told[-2]
    random = verdict_of(prepare(Request(tmp_path / "white.png", seed=1)))
    assert random is not None
    assert random.advice == ""


def test_what_the_template_says_of_its_own_weights_is_not_said_of_a_model_of_the_same_name(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "white").save(tmp_path / "white.png")
    found = template.load("detective")
    network = replace(found.network, classes=("Ann", "Bob", "Cid"), trained=True)
    modelfile.save(tmp_path / "own.safetensors", network, network.fill(found.given, 0))
    case = prepare(Request(tmp_path / "white.png", model=tmp_path / "own.safetensors"))
    assert (case.network.name, case.network.trained) == ("detective", True)
    verdict = verdict_of(case)
    assert verdict is not None
    assert not verdict.sure
    assert verdict.advice == ""
    assert found.prose.keys() - case.prose.keys() == {"learned", "unsure"}


def test_what_it_knows_is_told_as_an_answer(tmp_path: Path) -> None:
    asked = ["build", str(SAMPLES / "astronaut.png"), "-o", str(tmp_path / "x.xlsx"), "--engine", "none"]
    told = CliRunner().invoke(main, asked, catch_exceptions=False).output.splitlines()
    assert told[-2].startswith("the network says: Astronaut, ")
    assert "sheetnet train" not in "\n".join(told)
    assert CliRunner().invoke(main, [*asked, "-f", "-q"], catch_exceptions=False).output == ""


def test_the_piece_that_was_found_is_told(tmp_path: Path) -> None:
    asked = ["build", str(SAMPLES / "astronaut.png"), "-t", "faces", "-o", str(tmp_path / "x.xlsx"), "--plain"]
    told = CliRunner().invoke(main, asked, catch_exceptions=False).output.splitlines()
    found = prepare(Request(SAMPLES / "astronaut.png", template="faces")).photo.found
    place = f"{found.width}x{found.height} pixels at column {found.left}, row {found.top}"
    assert told[-3] == f"looked at {place}, where the photo looks most like Face"
    assert told[-2].startswith("the network says: Face, ")
    assert told[-1].startswith("proven")


def test_what_was_searched_for_is_named_as_the_workbook_names_it(tmp_path: Path) -> None:
    asked = ["build", str(SAMPLES / "astronaut.png"), "--plain", "--engine", "none", "-f", "-o"]

    def told(*more: str) -> str:
        result = CliRunner().invoke(main, [*asked, str(tmp_path / "x.xlsx"), *more], catch_exceptions=False)
        return next(line for line in result.output.splitlines() if line.startswith("looked at "))

    assert told("-t", "faces", "--lang", "zh").endswith(", where the photo looks most like 脸")
    assert told("--fit", "find").endswith(", where the network is surest")
    assert prepare(Request(SAMPLES / "astronaut.png", template="faces", fit="crop")).sought == ""


def test_no_sheet_shows_a_probability_as_a_hundred_per_cent(tmp_path: Path) -> None:
    """In words, in numbers or at the bars of a chart, though this network is as good as certain."""
    built = sheetnet.build(None, tmp_path / "x.xlsx", template="residual", engine=None)
    assert built.verdict is not None
    assert built.verdict.probability > 0.9999
    hundred, told = re.compile(r"(?<![\d.])100(\.0+)? ?%"), 0
    for sheet in openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            text = str(cell.value)
            if isinstance(cell.value, int | float) and "%" in cell.number_format:
                text = formatted(cell.value, cell.number_format)
            assert not hundred.search(text), (sheet.title, cell.coordinate)
            told += ">99.9" in text and len(text) < 20
    assert told >= 7, "Start, its things to try, Draw, Network and Softmax"
    with ZipFile(tmp_path / "x.xlsx") as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    labels = [one for chart in charts for one in re.findall(r"<dLbls>(.*?)</dLbls>", chart, re.DOTALL)]
    assert labels
    least_and_most = 'formatCode="[&gt;=0.995]&quot;&gt;99 %&quot;;[&lt;0.005]&quot;&lt;1 %&quot;;0 %"'
    assert all(least_and_most in one for one in labels)

"""From template and photo to a case: templates, models, labels, sizes; and the numbers that the lessons promise."""

from __future__ import annotations

from math import log, prod
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import engine, modelfile
from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.errors import ModelFileError, NetworkError, PhotoError
from sheetnet.lesson.build import make_book
from sheetnet.lesson.inspect import inspect
from sheetnet.workbook.book import Cell
from sheetnet.workbook.style import TENTHS, styles

CAT = SAMPLES / "chelsea.png"


def test_the_templates_of_the_clone_and_of_an_installation_are_the_same_place() -> None:
    assert template.names() == [
        "by-hand",
        "detective",
        "digits",
        "faces",
        "residual",
        "residual-twin",
        "shapes",
        "training",
    ]
    assert template.home().samefile(ROOT / "templates")


def test_by_hand_is_the_example_of_the_lesson() -> None:
    case = prepare(Request(None, template="by-hand"))
    net = case.network
    assert (net.shape, prod(net.shape)) == ((3, 5, 5), 75)
    assert net.parameters["conv.weight"] == (2, 3, 3, 3)
    for weights in ("conv.weight", "dense.weight"):
        assert set(np.unique(case.parameters[weights])) == {-1, 0, 1}
    assert prod(net.shapes["conv.out"]) == 50
    assert net.shapes["pool.out"] == (2, 4, 4)
    values = engine.forward(
        net, {"photo.out": case.photo.x, "truth.out": engine.one_hot(net, case.label)}, case.parameters
    )
    chance = values["softmax.out"][net.classes.index("Red cross")]
    assert chance == pytest.approx(0.97, abs=0.002)
    for reading in ("out", "likelihood", "divergence"):
        assert values[f"loss.{reading}"] == pytest.approx(-log(chance), abs=1e-12)
    # The middle of the picture, with a pencil: red bar 100+200+100, green dot 200, blue bar -(0+100+0), bias -100.
    assert values["conv.out"][0, 2, 2] == 400 + 200 - 100 - 100
    np.testing.assert_allclose(values["dense.out"], [5.6, 1.2, 1.6], atol=1e-12)


def test_the_numbers_of_by_hand_are_written_with_a_pencil_up_to_the_logits() -> None:
    """None has more than one decimal, and the cells show them so: no 0.00 on a red cell, no 5.6000."""
    book = make_book(prepare(Request(None, template="by-hand")))
    formats = styles(book.theme)
    titles = [sheet.title for sheet in book.sheets]
    shown = 0
    for sheet in book.sheets[titles.index("Conv") : titles.index("Softmax")]:
        for entry in (entry for line in sheet.rows.values() for entry in line):
            values = np.atleast_1d([entry.value] if isinstance(entry, Cell) else entry.values)
            if values.dtype != np.float64:  # a text
                continue
            np.testing.assert_allclose(values, values.round(1), atol=1e-9, err_msg=sheet.title)
            assert formats[entry.style].format in ("General", TENTHS), f"{sheet.title}: {entry.style}"
            shown += values.size
    assert shown > 300
    said = [book.sheet("Rescale").value(row, 1) for row in range(1, 10)]
    assert any("divided by 1000" in str(text) for text in said)


def test_the_detective_has_two_rounds_and_three_suspects() -> None:
    net = template.load("detective").network
    kinds = [node.layer.kind for node in net.nodes]
    around = ["conv2d", "relu", "maxpool2d"]
    assert kinds == ["rescale", *around, *around, "flatten", "dense", "softmax", "crossentropy"]
    assert (net.shape, len(net.classes)) == ((3, 28, 28), 3)
    assert prepare(Request(CAT)).weights == "trained"


def test_one_label_is_found_whatever_its_case_and_none_is_no_truth() -> None:
    assert prepare(Request(CAT, label=" cat ")).label == "Cat"
    assert prepare(Request(CAT)).label is None
    with pytest.raises(NetworkError, match="Astronaut, Cat, Coffee"):
        prepare(Request(CAT, label="Dog"))


def test_a_model_file_brings_weights_and_network(tmp_path: Path) -> None:
    first = prepare(Request(CAT, seed=11, size=(12, 12)))
    modelfile.save(tmp_path / "m.safetensors", first.network, first.parameters)
    again = prepare(Request(CAT, model=tmp_path / "m.safetensors", template="by-hand"))
    assert again.network == first.network
    assert again.weights == "given"
    assert again.prose["title"] == "detective"  # and not what by-hand says
    for name, value in first.parameters.items():
        np.testing.assert_array_equal(again.parameters[name], value)
    assert inspect(str(tmp_path / "m.safetensors")).name == "detective"
    assert sheetnet.build(CAT, tmp_path / "m.xlsx", model=tmp_path / "m.safetensors").report.proven  # type: ignore[union-attr]


def test_bare_weights_suit_a_template_with_the_same_shapes(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    first = prepare(Request(CAT, seed=11))
    learned = {k: v.astype(np.float32) for k, v in first.parameters.items() if not k.startswith("rescale.")}
    save_file(learned, tmp_path / "bare.safetensors")
    again = prepare(Request(CAT, model=tmp_path / "bare.safetensors"))
    np.testing.assert_array_equal(again.parameters["conv1.weight"], learned["conv1.weight"])
    del learned["dense.bias"]
    save_file(learned, tmp_path / "less.safetensors")
    with pytest.raises(ModelFileError, match=r"lacks dense\.bias"):
        prepare(Request(CAT, model=tmp_path / "less.safetensors"))


def test_a_trained_model_is_not_called_untrained(tmp_path: Path) -> None:
    from dataclasses import replace

    first = prepare(Request(CAT, seed=11))
    modelfile.save(tmp_path / "m.safetensors", replace(first.network, trained=True), first.parameters)
    assert prepare(Request(CAT, model=tmp_path / "m.safetensors")).weights == "trained"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "name is missing"),
        ("name = ", "cannot be read as TOML"),
        ("name = 'x'\nclasses = ['a']\nlayers = 3\n[input]\nshape = [1, 2, 2]", "layers is 3"),
        (
            "name = 'x'\nclasses = ['a']\n[input]\nshape = [1, 2, 2]\n[[layers]]\nname='r'\nkind='nosuch'",
            "unknown kind",
        ),
        ("picture = 3\nname = 'x'\nclasses = ['a']\nlayers = []\n[input]\nshape = [1, 2, 2]", "layers"),
        (
            "name = 'x'\nclasses = ['a']\n[input]\nshape = [1, 2, 2]\n[[layers]]\nname='r'\nkind='relu'\n"
            "[picture]\npixels = [[[1, 2], [3]]]",
            "pixels",
        ),
        (
            "name = 'x'\nclasses = ['a']\n[input]\nshape = [1, 2, 2]\n[[layers]]\nname='r'\nkind='relu'\n"
            "[picture]\npixels = [[[1, 2]]]",
            "the input is [1, 2, 2]",
        ),
    ],
)
def test_a_template_of_ones_own_that_is_wrong_says_where(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "network.toml").write_text(text)
    with pytest.raises(NetworkError) as error:
        prepare(Request(CAT, template=tmp_path))
    assert str(tmp_path) in str(error.value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_for_photos_is_refused_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="--stretch: there is no photo to make brighter; leave it out"):
        prepare(Request(None, template="by-hand", stretch=True))
    with pytest.raises(NetworkError, match="--stretch: the template brings its own pictures"):
        prepare(Request(None, template="training", stretch=True))
    (tmp_path / "lesson.toml").write_text("")
    with pytest.raises(NetworkError, match=r"lesson\.toml: a lesson, about no network; use one of by-hand,"):
        template.load(tmp_path)


def test_a_template_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "network.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetworkError, match="cannot be read"):
        prepare(Request(CAT, template=tmp_path))
    with pytest.raises(NetworkError, match="no such template"):
        prepare(Request(CAT, template="../../../etc"))


def test_a_picture_of_another_size_needs_a_photo(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="needs a photo"):
        prepare(Request(None))


def test_numbers_too_large_for_a_spreadsheet_are_refused() -> None:
    from dataclasses import replace

    case = prepare(Request(None, template="by-hand"))
    huge = {name: value * 1e300 if name.endswith(".weight") else value for name, value in case.parameters.items()}
    with pytest.raises(NetworkError, match="too large for a spreadsheet"):
        make_book(replace(case, parameters=huge))


def test_the_reader_is_told_when_no_truth_is_chosen(tmp_path: Path) -> None:
    from sheetnet.workbook.read import read

    sheetnet.build(CAT, tmp_path / "x.xlsx", engine=None)
    cells = read((tmp_path / "x.xlsx").read_bytes(), "x").cells["Start"]
    assert cells[5, 8].value == "Nobody is chosen as the truth yet."

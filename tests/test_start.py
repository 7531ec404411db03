"""Start tells what was learned and how well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from weights import CAT, start_of

import sheetnet
from sheetnet import modelfile
from sheetnet.case import card as cards
from sheetnet.case import template
from sheetnet.lesson.start import learned
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.read import read


def test_start_tells_what_was_learned_and_how_well(tmp_path: Path) -> None:
    sheetnet.build(CAT, tmp_path / "x.xlsx", engine=None)
    told = start_of(tmp_path / "x.xlsx")
    card = template.load("detective").card
    right = sum(row[k] for k, row in enumerate(card["held_out"]["confusion"]))
    assert "It has learned three pictures and no more" in told
    assert "It learned from 720 pictures (Astronaut: 240, Cat: 240, Coffee: 240)." in told
    assert f"It never saw 180 others. Of these it told {right} right: {100 * right / 180:.3g} %." in told
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


def test_doubts_are_counted_and_where_there_is_none_no_count_of_them_is_told(tmp_path: Path) -> None:
    said = {
        "digits": "Of those 359 it was not sure of 16 (70 % or less); of these it told 12 right all the same.",
        "faces": "Of those 80 it was not sure of 1 (70 % or less); of these it told 1 right all the same.",
        "never": "Of all those 80 it was sure (more than 70 %).",
    }
    never = shutil.copytree(template.home() / "faces", tmp_path / "never") / template.WEIGHTS
    weights = never.read_bytes()
    for key in ("unsure", "unsure_right"):
        assert f'{key}\\": 1'.encode() in weights
        weights = weights.replace(f'{key}\\": 1'.encode(), f'{key}\\": 0'.encode())
    never.write_bytes(weights)
    for name, says in said.items():
        photo = None if name == "digits" else CAT
        folder = never.parent if name == "never" else name
        sheetnet.build(photo, tmp_path / f"{name}.xlsx", template=folder, engine=None)
        assert (template.load(folder).card["calibration"]["unsure"] == 0) == (name == "never")
        assert says in start_of(tmp_path / f"{name}.xlsx")


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


@pytest.mark.thorough
def test_few_names_of_cells_help_a_reader_who_sees_them_all(every_template: dict[str, Path]) -> None:
    """They are hidden, but LibreOffice and Gnumeric show them; each begins with a prefix that reads as no cell."""
    for name, path in every_template.items():
        names = read(path.read_bytes(), name).texts
        assert 0 < len(names) <= 400, name
        assert all(one.startswith("sheetnet.") for one in names), name

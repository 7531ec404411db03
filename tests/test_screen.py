"""What a reader sees on the screen: nothing is cut off, no link leads nowhere, no word is in the wrong language."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import sight
import zoo
from lxml import etree
from openpyxl.utils.cell import range_boundaries
from rendered import LANGUAGES, NAMES, language_of
from sight import Sight

from sheetnet import words
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.lesson.build import write

MOST_RULES = 40  # conditional formats of a sheet; more make a spreadsheet slow
MOST_BYTES = 1_500_000
# What no language translates: formulas, names of functions and layers, and the name of a file.
SAME_EVERYWHERE = {"ReLU", "Softmax", "NumPy", "KL", "RGB", "logit", "ln", "max", "astronaut", "chelsea", "dL"} | {
    "Delete",
    "Ctrl",
    "Alt",
    "Enter",
    "LibreOffice",
    "ResNet",
    "YUV",
    "NCHW",
    "NHWC",
    "HWC",
    "KB",
    "MB",
    "BT",
    "JPEG",
}


@pytest.fixture(scope="module")
def fonts() -> None:
    if missing := sight.missing_fonts():
        message = f"fonts are missing, so no text can be measured: {', '.join(missing)}"
        if os.environ.get("SHEETNET_NEED_ENGINES"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("name", NAMES)
def test_every_text_and_every_number_has_room(seen: Callable[[str], Sight], name: str) -> None:
    """A text may reach over blank cells, but not over others, nor beyond what is printed; a number stays inside."""
    book = seen(name)
    cut = [
        f"{cell.where}: {cell.text!r} is {cell.width:.0f} pixels wide and has {cell.room:.0f}"
        for title in book.sheets
        for cell in book.shown(title)
        if cell.width > cell.room
    ]
    assert not cut, "\n".join(cut)


@pytest.mark.usefixtures("fonts")
def test_the_close_up_of_a_logit_has_room_for_every_suspect_that_can_be_chosen(tmp_path: Path) -> None:
    """Also for the one that nobody has chosen yet."""
    names = ("Ann", "MAMMOTH " * 9, "Bob")
    for number, followed in enumerate(names):
        case = zoo.case("everything in rows")
        case = replace(case, network=replace(case.network, classes=(followed, *names[:number], *names[number + 1 :])))
        write(case, path := tmp_path / f"{number}.xlsx")
        book = Sight(path)
        told = next(cell for cell in book.shown("Close-up logit") if cell.text in names)
        widest = max(sight.pixels(name, told.size, False, False) for name in names)
        assert told.room >= widest, told.text


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_history_of_large_numbers_has_room_and_so_has_the_way_to_it(language: str, tmp_path: Path) -> None:
    told = {"epochs": [1, 999_999, 1_000_000], "loss": [1e9, 12345678.5, 0.25], "accuracy": [0, 0.5, 1]}
    held = {"held_loss": told["loss"], "held_accuracy": told["accuracy"]}
    case = prepare(Request(None, template="digits", language=language, engine=None))
    write(replace(case, card={**case.card, "history": told | held, "best_epoch": 1_000_000}), tmp_path / "x.xlsx")
    book = Sight(tmp_path / "x.xlsx")
    said = words.load(language)
    for title in (said("sheets.start"), said("sheets.history")):
        cut = [cell for cell in book.shown(title) if cell.width > cell.room]
        assert not cut, cut


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_as_high_as_its_text(seen: Callable[[str], Sight], name: str) -> None:
    book = seen(name)
    low = [cell.where for title in book.sheets for cell in book.shown(title) if cell.size * 1.15 > cell.tall]
    assert not low


@pytest.mark.usefixtures("fonts")
def test_a_text_that_is_cut_off_would_be_found(seen: Callable[[str], Sight], tmp_path: Path) -> None:
    book = seen("by-hand, letter").book
    book["Start"]["B6"] = "a note that is a good deal wider than the room that it has in its column"
    book["Start"]["C6"] = "in the way"
    book["Softmax"]["E10"] = 1234567890123.5
    book.save(tmp_path / "x.xlsx")
    again = Sight(tmp_path / "x.xlsx")
    cut = {cell.where for title in ("Start", "Softmax") for cell in again.shown(title) if cell.width > cell.room}
    assert cut == {"Start!B6", "Softmax!E10"}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_cell_that_is_there(seen: Callable[[str], Sight], name: str) -> None:
    book = seen(name)
    for title in book.sheets:
        for where, (sheet, cell) in _links(book, title).items():
            assert sheet in book.sheets, f"{title}!{where}"
            left, top, right, bottom = range_boundaries(cell)
            cells = product(range(top, bottom + 1), range(left, right + 1))
            assert any(one in book.values(sheet) for one in cells), f"{title}!{where} leads to blank cells: {cell}"


def _links(book: Sight, title: str) -> dict[str, tuple[str, str]]:
    """The links of a sheet: the cell, and the sheet and the cell that it leads to."""
    found = {}
    for row in book.sheets[title].iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                sheet, _, where = cell.hyperlink.location.rpartition("!")
                found[cell.coordinate] = (re.sub("''", "'", sheet[1:-1] if sheet[0] == "'" else sheet), where)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_is_reached_from_start_and_back_and_next_are_the_trail(
    seen: Callable[[str], Sight], name: str
) -> None:
    book = seen(name)
    titles = list(book.sheets)
    leads = {title: _links(book, title) for title in titles}
    reached, new = {titles[0]}, [titles[0]]
    while new:
        new = [sheet for title in new for sheet, _ in leads[title].values() if sheet not in reached]
        reached |= set(new)
    assert reached == set(titles)
    for number, title in enumerate(titles[1:], 1):
        row = [sheet for where, (sheet, _) in leads[title].items() if re.fullmatch(r"[A-Z]+2", where)]
        expected = [titles[number - 1], titles[0], *titles[number + 1 : number + 2]]
        assert row[: len(expected)] == expected, title


@pytest.mark.parametrize("name", NAMES)
def test_conditional_formats_are_few_and_name_no_other_sheet(seen: Callable[[str], Sight], name: str) -> None:
    """Excel 2007 takes no other sheet in them; a defined name it does."""
    book = seen(name)
    for title, sheet in book.sheets.items():
        rules = [rule for where in sheet.conditional_formatting for rule in where.rules]
        assert len(rules) <= MOST_RULES, title
        for formula in (formula for rule in rules for formula in rule.formula or []):
            assert "!" not in formula, f"{title}: {formula}"
            for used in re.findall(r"sheetnet[\w.]+", formula):
                assert used in book.book.defined_names, f"{title}: {used}"


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_chosen_from_a_list_stands_on_the_same_sheet_and_is_not_blank(
    seen: Callable[[str], Sight], name: str
) -> None:
    book = seen(name)
    for title, sheet in book.sheets.items():
        for choice in sheet.data_validations.dataValidation:
            if choice.type == "whole":  # numbers, and what is said to whoever types something else
                assert choice.error
                assert choice.showErrorMessage
                continue
            assert choice.type == "list"
            left, top, right, bottom = range_boundaries(choice.formula1.replace("$", ""))  # so it names no sheet
            assert left == right
            entries = [book.values(title).get((row, left)) for row in range(top, bottom + 1)]
            assert all(entry not in (None, "") for entry in entries), f"{title}: {choice.formula1}"
            for chosen in choice.sqref.ranges:
                assert book.values(title).get((chosen.min_row, chosen.min_col)) in entries, title


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_and_chart_says_what_it_shows_in_the_language_of_the_workbook(
    seen: Callable[[str], Sight], name: str
) -> None:
    drawings = [data for part, data in seen(name).content.items() if re.match(r"xl/drawings/drawing\d", part)]
    assert drawings
    for data in drawings:
        drawing = etree.fromstring(data)
        pictures = [e for e in drawing.iter() if etree.QName(e).localname in ("pic", "graphicFrame")]
        told = [e.get("descr") for e in drawing.iter() if etree.QName(e).localname == "cNvPr"]
        assert len(told) == len(pictures)
        for text in told:
            assert text
            assert text.strip()
            assert sight.is_chinese(text) == (language_of(name) == "zh"), text


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_merged_only_among_tiny_ones_and_titles_are_short_enough(
    seen: Callable[[str], Sight], name: str
) -> None:
    """On Network a text among cells of a few pixels takes several of them, on Pictures one among pixels does."""
    book, said = seen(name), words.load(language_of(name))
    for sheet in book.book.worksheets:
        for area in sheet.merged_cells.ranges:
            assert sheet.title in (said("sheets.network"), said("sheets.pictures"))
            inside = [at for at in area.cells if at in book.values(sheet.title)]
            assert inside == [(area.min_row, area.min_col)], area
        assert 1 <= len(sheet.title) <= 31


@pytest.mark.parametrize("name", [name for name in NAMES if language_of(name) == "zh"])
def test_a_chinese_workbook_has_no_english_words(seen: Callable[[str], Sight], name: str) -> None:
    book = seen(name)
    texts = [(title, title) for title in book.sheets]
    texts += [(title, text) for title in book.sheets for _, text in book.texts(title)]
    texts += [(title, sheet.oddHeader.left.text or "") for title, sheet in book.sheets.items()]
    for part, data in book.content.items():
        if part.startswith("xl/charts/"):
            named = (e for e in etree.fromstring(data).iter() if etree.QName(e).localname in ("t", "v"))
            texts += [(part, e.text or "") for e in named]
        elif part.startswith("xl/drawings/drawing"):
            texts += [(part, text) for text in re.findall(r'descr="([^"]*)"', data.decode())]
    english = {f"{place}: {text}" for place, text in texts if _english(text)}
    assert not english, "\n".join(sorted(english))


def _english(text: str) -> list[str]:
    """Words that somebody forgot to translate; formulas, addresses and names of tensors are none."""
    text = re.sub(r"^用单元格说.*|\b\w+\.\w+\b", "", text, flags=re.DOTALL)
    text = re.sub(r"\b[A-Z]{1,3}[0-9]+\b|--[a-z]+|\bsheetnet train FOLDER\b", "", text)  # addresses; the command
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in SAME_EVERYWHERE]


def test_an_english_word_would_be_found() -> None:
    assert _english("用文字说：  the larger of 0") == ["the", "larger", "of"]
    assert _english("用单元格说：  C5 = SUM(Dense!A1:A9)") == []
    assert _english("W29 = max(1; 2), dense.weight, ReLU") == []


@pytest.mark.parametrize("name", ["detective, a4", "侦探, letter"])
def test_the_workbook_of_a_photo_is_a_small_file(workbooks: Callable[[str], Path], name: str) -> None:
    assert workbooks(name).stat().st_size <= MOST_BYTES

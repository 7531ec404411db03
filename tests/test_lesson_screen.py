"""What a reader sees of every lesson: no words are cut off, and no number is too wide for its column."""

from __future__ import annotations

from pathlib import Path

import pytest
import sight
from rendered import LANGUAGES
from sight import Sight
from test_lesson_files import SHORT, WORDS, written
from test_lesson_refused import ALL, LONG, NAMED

import sheetnet
from sheetnet.case.lessons import lesson_names, load_lesson
from sheetnet.errors import NetworkError
from sheetnet.lesson.shelves.room import SMALLEST


@pytest.mark.skipif(bool(sight.missing_fonts()), reason="without the fonts no text can be measured")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", lesson_names())
def test_every_text_and_every_number_of_a_lesson_has_room(name: str, language: str, tmp_path: Path) -> None:
    """Also for the longest of what can be chosen. Digits of a few pixels are there for their colour."""
    sheetnet.build(out=tmp_path / "x.xlsx", template=name, language=language, engine=None)
    book, longest = Sight(tmp_path / "x.xlsx"), {}
    for given in load_lesson(name, language).givens.values():
        if given.words and given.choices:
            longest[str(given.value)] = max(
                map(str, given.choices), key=lambda text: sight.pixels(text, 10, False, False)
            )
    cut = [
        f"{cell.where}: {cell.text!r} is {cell.width:.0f} pixels wide and has {cell.room:.0f}"
        for title in book.sheets
        for cell in book.shown(title)
        if cell.size >= SMALLEST and cell.width > cell.room
    ]
    assert not cut, "\n".join(cut)
    for title, sheet in book.sheets.items():
        for choice in sheet.data_validations.dataValidation:
            if choice.type == "list":
                cell = next(c for c in book.shown(title) if c.where == f"{title}!{choice.sqref}")
                text = longest.get(cell.text, cell.text)
                assert sight.pixels(text, cell.size, False, False) <= cell.room, text


def test_words_that_would_be_cut_off_are_refused_with_their_cell(tmp_path: Path) -> None:
    for number, (old, where) in enumerate((("a number", "A9"), ("a table", "G9"), ("a list", "J9"))):
        assert f'"{old}"' in NAMED
        folder = written(tmp_path, ALL, NAMED.replace(f'"{old}"', f'"{LONG}"'), f"l{number}")
        with pytest.raises(NetworkError) as error:
            sheetnet.build(out=tmp_path / "out.xlsx", template=folder)
        assert str(error.value).startswith(f"{folder / 'en.toml'}: '{LONG[:30]}")
        assert f"in {where} of 'Twice', is cut off; make it about " in str(error.value)
    folder = written(tmp_path, ALL, NAMED.replace('"a number"', '"a\\nnumber"'))
    with pytest.raises(NetworkError, match="in A9 of 'Twice', has more than one line; write it in one"):
        sheetnet.build(out=tmp_path / "out.xlsx", template=folder)


def test_a_column_is_as_wide_as_the_longest_choice(tmp_path: Path) -> None:
    folder = written(tmp_path, ALL, NAMED.replace('b = "B"', f'b = "{LONG[:50]}"'))
    sheetnet.build(out=tmp_path / "out.xlsx", template=folder, engine=None)
    book = Sight(tmp_path / "out.xlsx")
    [chosen] = [cell for cell in book.shown("Twice") if cell.where == "Twice!M9"]
    assert chosen.room >= sight.pixels(LONG[:50], chosen.size, False, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"twice"]', '{ show = "twice", style = "percent", width = 3 }]', "600.0 %, in E9 of 'Twice', is wider than"),
        (
            "value = 3\nrange = [-100, 100]",
            "value = 12345678",
            "2e+07, in E9 of 'Twice', is wider than its column",
        ),
    ],
)
def test_a_number_that_is_wider_than_its_column_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    lesson = SHORT.replace('"twice"]', '{ show = "twice", width = 3 }]') if "value" in old else SHORT
    folder = written(tmp_path, lesson.replace(old, new), WORDS)
    with pytest.raises(NetworkError) as error:
        sheetnet.build(out=tmp_path / "out.xlsx", template=folder)
    assert said in str(error.value)
    assert str(error.value).endswith("give its block a larger width")

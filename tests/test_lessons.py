"""Every lesson there is: its words in every language, its hand-worked cases in numbers and in cells, every choice of
every list, and what a reader sees first. The lessons are taken from their folder."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from surgery import count_formulas
from test_screen import SAME_EVERYWHERE

from sheetnet import words
from sheetnet.case.lessons import lesson_names, load_lesson
from sheetnet.case.lessons.file import photo_of
from sheetnet.case.lessons.request import Told
from sheetnet.case.lessons.script import Script, Try
from sheetnet.case.lessons.steps import KINDS
from sheetnet.grid import column_number
from sheetnet.layout.addresses import areas, at
from sheetnet.lenses import Agreeing, Tick
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.lesson.frame.screen import WIDTH, shows
from sheetnet.lesson.shelves.build import describe_lesson, write_lesson
from sheetnet.lesson.shelves.tries import differs
from sheetnet.photo import load as load_photo
from sheetnet.proof.prove import prove
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.read import read

NAMES = lesson_names()
PAIRS = [(name, language) for name in NAMES for language in words.languages()]
WORDS_OF_LINE = ("lead", "change", "see")  # each must fit into a line of the first screen
FORMULAS = {"kx", "mh", "mk", "mb", "Leaky", "ResNet"}  # names and products of letters, the same everywhere
REAL_TIME = 240.0  # seconds of LibreOffice


@cache
def told(name: str, language: str = "en") -> Told:
    shape, picture = photo_of(name)
    photo = None if shape is None or picture is None else load_photo(picture, shape)
    script = load_lesson(name, language, None if photo is None else photo.x)
    return Told(script, photo, language, "clear", letter=False, plain=False)


@cache
def described(name: str, language: str = "en") -> Lesson:
    return describe_lesson(told(name, language))


def tries() -> Iterator[tuple[str, int, Try]]:
    for name in NAMES:
        for number, one in enumerate(told(name).script.tries):
            yield name, number, one


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_has_the_same_words_in_every_language_and_no_others(name: str) -> None:
    found = {language: told(name, language).script.prose for language in words.languages()}
    assert [prose.path.stem for prose in found.values()] == list(found)
    english = found["en"]
    for language, prose in found.items():
        assert not prose.unused(), f"{prose.path.name} has words that nothing says"
        for key in english.used:
            assert placeholders(prose(key)) == placeholders(english(key)), f"{language}: {key}"


@pytest.mark.parametrize("name", NAMES)
def test_a_chinese_lesson_has_no_other_words_than_names_and_formulas(name: str) -> None:
    prose = told(name, "zh").script.prose
    for key in prose.used:
        found = re.findall(r"[A-Za-z]{2,}", "".join(one for one in prose.pieces(key) if isinstance(one, str)))
        foreign = [one for one in found if one not in SAME_EVERYWHERE | FORMULAS and one.casefold() not in KINDS]
        assert not foreign, f"{key}: {foreign}"


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_proves_its_arrangement_by_numbers_worked_by_hand(name: str) -> None:
    """The proof cannot see that a step reads the wrong tensor; a tick, or a case worked by hand, can."""
    script = told(name).script
    agrees = any(isinstance(step.operation, Agreeing | Tick) for step in script.steps)
    assert agrees or script.tries
    others = [
        name
        for one in script.tries
        for name, value in one.given.items()
        if value.tolist() != script.givens[name].value.tolist()
    ]
    assert others, "no case sets an input to another value than its first"


@pytest.mark.parametrize(("name", "language"), PAIRS)
def test_what_was_worked_by_hand_is_what_numpy_says(name: str, language: str) -> None:
    for one in told(name, language).script.tries:
        lesson = describe_lesson(told(name, language), one.given)
        for full, expected in one.expect.items():
            assert not differs(lesson.value(full), expected, one.within), (one.given, full, lesson.value(full))


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], None]) -> dict[tuple[str, int], bytes]:
    """A workbook for every case, all calculated by LibreOffice in one call."""
    needs("libreoffice")
    folder, books = tmp_path_factory.mktemp("tries"), {}
    for name, number, one in tries():
        path = folder / f"{name}-{number}.xlsx"
        write_lesson(told(name), path, given=one.given)
        books[name, number] = path.read_bytes()
    fresh = recalculate("libreoffice", list(books.values()), time.monotonic() + REAL_TIME)
    return dict(zip(books, fresh, strict=True))


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_what_was_worked_by_hand_is_what_the_cells_say(name: str, tried: dict[tuple[str, int], bytes]) -> None:
    plan = described(name).plan
    for number, one in enumerate(told(name).script.tries):
        contents = read(tried[name, number], name)
        for full, expected in one.expect.items():
            block = plan.blocks[full]
            found = [contents.grids[title].value(row, column) for _, title, row, column in block.walk()]
            assert not differs(found, expected, one.within), (one.given, full, found)


@pytest.mark.parametrize(("name", "language"), PAIRS)
def test_every_formula_of_a_lesson_is_proven(name: str, language: str, tmp_path: Path) -> None:
    path = tmp_path / "lesson.xlsx"
    formulas = write_lesson(told(name, language), path).formulas
    report = prove(path)
    assert report.proven, list(report.lines())[-3:]
    assert count_formulas(path) == formulas
    assert f"all {formulas:,} formula cells" in report.last_line()


def choices(script: Script) -> Iterator[dict[str, Any]]:
    for given in script.givens.values():
        for choice in given.choices[1:]:
            made: Any = np.array(choice, dtype=object if isinstance(choice, str) else np.float64)
            yield {given.name: made}


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_every_choice_of_every_list_is_proven(name: str, tmp_path: Path) -> None:
    for number, given in enumerate(choices(told(name).script)):
        path = tmp_path / f"{number}.xlsx"
        write_lesson(told(name), path, given=given)
        assert prove(path).proven, given


@pytest.mark.parametrize(("name", "language"), PAIRS)
def test_what_to_change_and_what_to_see_lie_on_the_first_screen(name: str, language: str) -> None:
    lesson, script = described(name, language), told(name, language).script
    sheet = lesson.book.sheets[0]
    for full in (script.change, script.see):
        for _, last in lesson.plan.blocks[full].rectangles():
            assert last.sheet == sheet.title, f"{full} lies on another sheet"
            assert shows(sheet, last.row, last.column), f"{full} lies below or beside the first screen"
    prefix = {"lead": ""} | {key: words.load(language)(f"lesson.{key}", what="") for key in ("change", "see")}
    for key in WORDS_OF_LINE:
        size, bold = (11, False) if key == "lead" else (10, True)
        text = prefix[key] + script.prose(key)
        assert pixels(text, size, bold=bold) <= WIDTH, f"{script.prose.path.name}: {key} is too long for a line"
    assert column_pixels(sheet.widths[1]) > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_has_a_list_and_every_number_its_range(name: str) -> None:
    lesson = described(name)
    for given in told(name).script.givens.values():
        if not given.open:
            continue
        block = lesson.plan.blocks[given.full]
        sheet = lesson.book.sheet(block.anchors[0].sheet)
        assert given.choices or given.words or given.least is not None, f"{given.name} takes any number"
        if given.choices:
            [source] = [source for where, source in sheet.choices if where == at(block)]
            first, last = (re.fullmatch(r"\$([A-Z]+)\$(\d+)", end) for end in source.split(":"))
            assert first is not None
            assert last is not None
            rows, column = range(int(first[2]), int(last[2]) + 1), column_number(first[1])
            assert [sheet.value(row, column) for row in rows] == list(given.choices)
        elif not given.words:
            spans = [span[1:3] for span in sheet.spans if span[0] in areas(block, sheet.title)]
            assert len(spans) == len(areas(block, sheet.title)) > 0
            assert set(spans) == {(given.least, given.most)}


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_folded_away_below_everything_that_is_computed(name: str) -> None:
    lesson = described(name)
    sheet = lesson.book.sheets[0]
    ends = [last for block in lesson.plan.blocks.values() for _, last in block.rectangles()]
    below = [last.row for last in ends if last.sheet == sheet.title]
    answer = [sheet.value(row, 1) for row in sheet.folded]
    assert "".join(map(str, answer)).replace(" ", "") == "".join(told(name).script.prose("answer").split())
    assert all(row < sheet.folded.start for row in below)
    assert sheet.value(sheet.folded.stop, 1) == words.load()("lesson.unfold")

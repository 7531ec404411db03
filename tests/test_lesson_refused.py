"""A lesson whose cases, choices, words or sizes cannot be is refused in one line, and nothing is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_lesson_files import SHORT, WORDS, written

import sheetnet
from sheetnet.errors import NetworkError

GIVEN = """
[inputs.table]
value = [[1, 2], [3, 4]]
range = [0, 9]

[inputs.list]
value = [1, 2, 3]

[inputs.word]
words = "n.a"
choices = ["n.a", "n.b"]

[inputs.free]
words = "n.a"

[constants.known]
value = 7

[inputs.x]"""
ALL = SHORT.replace("[inputs.x]", GIVEN).replace('"twice"]', '"twice", "table", "list", "word", "free", "known"]')
NAMED = (
    WORDS
    + """table = "a table"
list = "a list"
word = "a word"
free = "any word"
known = "known"

[n]
a = "A"
b = "B"
chart_alt = "a chart"
chart = "Chart"
"""
)
LONG = "a label that goes on and on, far beyond all that a column of a sheet can hold, and then some more, and a bit"
TRY = "\n[[tries]]\n"


def _shown(block: str) -> tuple[str, str]:
    """Another block in place of the table."""
    return '"twice", "table"', f'"twice", {block}'


CHART = '{{ chart = "n.chart", {}, curves = [{{ x = "list", y = "list", label = "n.a" }}] }}, "table"'
# what it is called: (what is replaced in lesson.toml, by what, what the line says of it)
WRONG = {
    "a constant is set": (
        "",
        "set = { known = 8 }\nexpect = { twice = 6 }",
        "set known: 'known' is no input; use one of",
    ),
    "nobody is set": (
        "",
        "set = { y = 8 }\nexpect = { twice = 6 }",
        "[[tries]] 1, set y: 'y' is no input; use one of table,",
    ),
    "a text for a number": ("", 'set = { x = "a" }\nexpect = { twice = 6 }', "[[tries]] 1, set x: 'a' is no number"),
    "a number for a text": ("", "set = { free = 4 }\nexpect = { twice = 6 }", "set free: 4.0 is no text"),
    "too few": ("", "set = { list = [1, 2] }\nexpect = { twice = 6 }", "set list: its shape is [3]; give as many"),
    "rows of two lengths": (
        "",
        "set = { table = [[1, 2], [3]] }\nexpect = { twice = 6 }",
        "set table: [[1, 2], [3]] is no case",
    ),
    "a date": ("", "set = { x = 2020-01-01 }\nexpect = { twice = 6 }", "set x: datetime.date(2020, 1, 1) is no case"),
    "true": ("", "set = { x = true }\nexpect = { twice = 2 }", "set x: True is no case; use numbers or texts"),
    "no finite number": (
        "",
        "set = { x = inf }\nexpect = { twice = 2 }",
        "set x: inf is no case; use numbers or texts",
    ),
    "no choice": (
        "",
        'set = { word = "C" }\nexpect = { twice = 6 }',
        "set word: C is no choice; use one of its choices: A, B",
    ),
    "a table is expected": ("", "expect = { twice = { a = 1 } }", "[[tries]] 1, expect twice: {'a': 1} is no case"),
    "no cell is expected": (
        "",
        'expect = { "twice.top" = 6 }',
        "expect twice.top: 'twice.top' is no tensor before it",
    ),
    "what is given is expected": (
        "",
        "expect = { x = 3 }",
        "expect x: it is given, so it follows from nothing; name",
    ),
    "nothing is expected": ("", "expect = { }", "[[tries]] 1: expect is empty; write what follows, worked by hand"),
    "within a text": ("", 'expect = { twice = 6 }\nwithin = "a"', "[[tries]] 1: within is 'a'; it must be a number"),
    "within anything": ("", "expect = { twice = 9 }\nwithin = inf", "[[tries]] 1: within is inf; use 0 to 1,000,000"),
    "within nothing": ("", "expect = { twice = 6 }\nwithin = -1", "[[tries]] 1: within is -1; use 0 to 1,000,000"),
    "words that are no choice": (
        'choices = ["n.a", ',
        "choices = [",
        "[inputs.word]: words must be one of its choices",
    ),
    "several words with choices": ('words = "n.a"\nch', 'words = ["n.a"]\nch', "words must be one of its choices"),
    "no choices": ('["n.a", "n.b"]', "[]", "[inputs.word]: choices is []; use 1 to 100 keys of words"),
    "a choice twice": (
        '["n.a", "n.b"]',
        '["n.a", "n.a"]',
        "[inputs.word]: choices has 'A' twice; a list offers each",
    ),
    "a choice that is none": (
        "range = [-100, 100]",
        "choices = [3, nan]",
        "[inputs.x]: choices is [3, nan]; use 1 to",
    ),
    "too many choices": ("range = [-100, 100]", f"choices = {[*range(101)]}", "[inputs.x]: choices is [0, 1, 2, 3,"),
    "a choice out of its range": (
        "range = [-100, 100]",
        "range = [0, 5]\nchoices = [3, 9]",
        "the choice 9 lies outside of",
    ),
    "words with a range": (
        'choices = ["n.a", "n.b"]',
        "range = [0, 1]",
        "[inputs.word]: words have no range; leave it",
    ),
    "a range of truth": ("range = [-100, 100]", "range = [false, true]", "[inputs.x]: range is [False, True]; use"),
    "a range without ends": ("range = [-100, 100]", "range = [-inf, inf]", "[inputs.x]: range is [-inf, inf]; use"),
    "steps from a list": (
        "value = 7",
        "from = [7, 8]\nto = 9\ncount = 3",
        "[constants.known]: from is [7, 8]; it must be",
    ),
    "steps to nowhere": ("value = 7", "from = 7\ncount = 3", "[constants.known]: to is missing"),
    "no age": ("age = 12", "age = true", "lesson: age is True; it must be a whole number"),
    "too old": ("age = 12", "age = 121", "lesson: age is 121; use 1 to 120"),
    "too long": ("minutes = 10", "minutes = 0", "lesson: minutes is 0; use 1 to 600"),
    "a wide column": (*_shown('{ show = "table", width = 256 }'), "show 'table': width is 256; use 0 to 255"),
    "a width that is none": (*_shown('{ show = "table", width = nan }'), "show 'table': width is nan; use 0 to 255"),
    "a width of words": (
        *_shown('{ show = "table", width = "3" }'),
        "show 'table': width is '3'; it must be a number",
    ),
    "a high square": (*_shown('{ show = "table", square = 401 }'), "show 'table': square is 401; use 0 to 400"),
    "a note without room": (
        *_shown('{ note = "lead", room = 5 }, "table"'),
        "note 'lead': room is 5; use 40 to 2,000",
    ),
    "a chart without rows": (*_shown(CHART.format("rows = 0")), "chart 'n.chart': rows is 0; use 2 to 200"),
    "a chart of a million columns": (*_shown(CHART.format("columns = 1000000")), "columns is 1000000; use 2 to 60"),
    "a span that ends before it begins": (
        *_shown(CHART.format("x_span = [5, 1]")),
        "a span is [5, 1]; use [least, most]",
    ),
    "a chart without a curve": (
        *_shown('{ chart = "n.chart", curves = [] }, "table"'),
        "curves is empty; write at least one",
    ),
    "a head that is too long": (
        *_shown('{ show = "table", top = "list" }'),
        "top is list.out, which is [3]; it needs [2]",
    ),
    "a head of a list": (
        *_shown('"table", { show = "word", top = "list" }'),
        "top is list.out, which is [3]; it goes with",
    ),
    "a frame of another size": (
        *_shown('{ show = "table", framed = "list" }'),
        "framed is list.out, which is [3]; it needs",
    ),
    "digits that hide": (
        '"twice", ',
        '{ show = "twice", style = "mini" }, ',
        "[[sheets]] 'sheet', show 'twice': style is 'mini'",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_said_in_one_line_with_its_file(name: str, tmp_path: Path) -> None:
    old, new, said = WRONG[name]
    assert old in ALL
    folder = written(tmp_path, ALL.replace(old, new) if old else ALL + TRY + new, NAMED)
    _refused(folder, tmp_path / "out.xlsx", f"{folder / 'lesson.toml'}: ", said)


# (what is replaced in en.toml, by what, what the line says of it)
WRONG_WORDS = {
    "a blank word": ('b = "B"', 'b = " "', "n.b is blank; write a word into it"),
    "a blank title": ('title = "Twice"', 'title = ""', "title is blank; write it"),
    "a text without end": (
        '"a table"',
        f'"{"a " * 1001}"',
        "'labels.table' is no text of up to 2,000 letters; shorten",
    ),
    "a bell": ('"a table"', '"a \\u0007"', "'labels.table' is no text of up to 2,000 letters; shorten or mend it"),
    "a title that Excel keeps": (
        'sheet = "Twice"',
        'sheet = "history"',
        "sheet is 'history', a title that no sheet may",
    ),
    "a title that the record has": ('sheet = "Twice"', 'sheet = "sheetnet"', "sheet is 'sheetnet', a title that no"),
    "a blank title of a sheet": (
        'sheet = "Twice"',
        'sheet = "  "',
        "sheet is no title of a sheet; use up to 31 letters",
    ),
}


@pytest.mark.parametrize("name", WRONG_WORDS)
def test_words_that_cannot_be_are_said_in_one_line_with_their_file(name: str, tmp_path: Path) -> None:
    old, new, said = WRONG_WORDS[name]
    assert old in NAMED
    folder = written(tmp_path, ALL, NAMED.replace(old, new))
    _refused(folder, tmp_path / "out.xlsx", f"{folder / 'en.toml'}: ", said)


def test_two_sheets_of_one_title_are_refused(tmp_path: Path) -> None:
    second = '\n[[sheets]]\ntitle = "n.again"\n[[sheets.shelves]]\nblocks = [{ note = "lead" }]\n'
    folder = written(tmp_path, ALL + second, NAMED + 'again = "TWICE"\n')
    _refused(folder, tmp_path / "out.xlsx", f"{folder / 'en.toml'}: ", "two sheets have the title 'TWICE'; give one")


def _refused(folder: Path, out: Path, begins: str, said: str) -> None:
    with pytest.raises(NetworkError) as error:
        sheetnet.build(out=out, template=folder)
    told = str(error.value)
    assert told.startswith(begins)
    assert said in told
    assert "\n" not in told
    assert not out.exists()


def test_all_of_it_together_is_a_lesson(tmp_path: Path) -> None:
    built = sheetnet.build(
        out=tmp_path / "out.xlsx",
        template=written(tmp_path, ALL + TRY + 'set = { x = 4, word = "@n.b" }\nexpect = { twice = 8 }', NAMED),
    )
    assert built.report is not None
    assert built.report.proven

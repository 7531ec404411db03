"""What is wrong with a lesson is said in one line: the file, the entry, and how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import SAMPLES
from surgery import count_formulas

import sheetnet
from sheetnet.case import template
from sheetnet.case.lessons import is_lesson, load_lesson
from sheetnet.cli import main
from sheetnet.errors import NetworkError, PhotoError, SheetnetError
from sheetnet.lesson.summary import LessonSummary
from sheetnet.lesson.summary import inspect as look
from sheetnet.network import Network

SHORT = """
age = 12
minutes = 10
change = "x"
see = "twice"

[inputs.x]
value = 3
range = [-100, 100]

[[steps]]
name = "twice"
kind = "add"
reads = { x = "x", y = "x" }

[[sheets]]
title = "sheet"

[[sheets.shelves]]
blocks = ["x", "twice"]
"""
WORDS = """
title = "Twice"
summary = "a number and a number"
lead = "Twice a number is the number and the number."
change = "the number"
see = "twice the number"
real = "every shortcut adds."
question = "What is twice 4?"
answer = "8."
sheet = "Twice"

[labels]
x = "a number"
twice = "twice"
"""


def written(folder: Path, lesson: str = SHORT, words: str = WORDS, name: str = "twice") -> Path:
    made = folder / name
    made.mkdir()
    (made / "lesson.toml").write_text(lesson, encoding="utf-8")
    (made / "en.toml").write_text(words, encoding="utf-8")
    return made


def test_a_folder_of_the_readers_own_is_a_lesson(tmp_path: Path) -> None:
    folder = written(tmp_path)
    for language in ("en", "zh"):  # it has no Chinese words, so English ones stand in
        built = sheetnet.build(out=tmp_path / f"{language}.xlsx", template=folder, language=language, paper="letter")
        assert built.report is not None
        assert built.report.proven
        assert built.formulas == count_formulas(built.path) == 1


BIG = """"exp_table"
reads = { down = "w", across = "w" }

[constants.w]
from = 0
to = 1
count = 900"""

# (what is replaced in lesson.toml, by what, what the line says of it)
WRONG = {
    "an unknown kind": ('kind = "add"', 'kind = "ad"', "[[steps]] 'twice': unknown kind 'ad'; use a layer or a lens"),
    "an unknown tensor": ('y = "x"', 'y = "z"', "[[steps]] 'twice', reads y: 'z' is no tensor before it; use"),
    "an unknown option": ('kind = "add"', 'kind = "add"\nsize = 3', "add has no option 'size'"),
    "a missing option": ('kind = "add"', 'kind = "softplus"', "softplus does not read y"),
    "a missing input": (', y = "x"', "", "[[steps]] 'twice': add reads y; add it to reads"),
    "a step that does not fit": ('kind = "add"', 'kind = "softmax"', "[[steps]] 'twice': softmax does not read y"),
    "a step without a place": (
        '"x", "twice"]',
        '"x"]',
        'twice.out has no place; put "twice" on one of the [[sheets]]',
    ),
    "a step with two places": ('"x", "twice"]', '"x", "twice", "x"]', "x.out has a place already; show a copy"),
    "an unknown block": ('"x", "twice"]', '"x", "twice", 7]', "7 is no block; write the name of a tensor"),
    "an unknown style": ('"twice"]', '{ show = "twice", style = "loud" }]', "style is 'loud'; use one of number,"),
    "lamps of what is no picture": (
        '"twice"]',
        '{ show = "twice", colors = "lamps" }]',
        "twice.out is []; colors = 'lamps' needs [3, height, width]",
    ),
    "an unknown entry": ("age = 12", "age = 12\naged = 3", "unknown entry 'aged'; known are age,"),
    "no age": ("age = 12", "", "age is missing"),
    "a value out of its range": ("value = 3", "value = 300", "[inputs.x]: value lies outside of range = [-100, 100]"),
    "a range that is none": ("[-100, 100]", "[100]", "[inputs.x]: range is [100]; use [least, most]"),
    "a value that is no choice": ("range = [-100, 100]", "choices = [1, 2]", "value must be one of its choices"),
    "a change that is no input": ('change = "x"', 'change = "twice"', "name one of the [inputs]"),
    "no sheets": ('title = "sheet"', 'title = "sheeet"', "'sheeet' is missing; write sheeet ="),
    "no TOML": ("age = 12", "age = = 12", "cannot be read as TOML"),
    "a lone photo": ("age = 12", "age = 12\nphoto = { shape = [1, 200, 8] }", "[photo]: shape is [1, 200, 8]; use"),
    "a deep look": ("reads = {", 'reads = { z = { kind = "add", reads = 7 },', "reads z: reads is 7; it must be"),
    "a table too large": (
        '"add"\nreads = { x = "x", y = "x" }',
        BIG,
        "810,901 cells up to here; a lesson has 300,000",
    ),
    "what a lens cannot take": (
        '"add"\nreads = { x = "x"',
        '"hard_max"\nreads = { x = "x"',
        "hard_max cannot work",
    ),
    "an overflow": ("value = 3\n", "value = 1e308\n", "[inputs.x]: value lies outside of range"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_line_with_its_file(name: str, tmp_path: Path) -> None:
    old, new, said = WRONG[name]
    assert old in SHORT
    folder = written(tmp_path, SHORT.replace(old, new))
    with pytest.raises(NetworkError) as error:
        sheetnet.build(out=tmp_path / "out.xlsx", template=folder)
    told = str(error.value)
    assert said in told
    assert "\n" not in told
    assert told.startswith((str(folder / "lesson.toml"), str(folder / "en.toml")))
    assert not (tmp_path / "out.xlsx").exists()


def test_words_that_one_language_lacks_are_named_with_their_file(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "zh.toml").write_text(WORDS.replace('twice = "twice"\n', ""), encoding="utf-8")
    load_lesson(folder)
    with pytest.raises(NetworkError) as error:
        load_lesson(folder, "zh")
    assert str(error.value).startswith(f"{folder / 'zh.toml'}: 'labels.twice' is missing; write twice =")
    (folder / "en.toml").write_text(WORDS.replace("question", "query"), encoding="utf-8")
    with pytest.raises(NetworkError, match=r"en\.toml: 'question' is missing"):
        load_lesson(folder)
    (folder / "en.toml").unlink()
    with pytest.raises(NetworkError, match=r"en\.toml: is missing"):
        load_lesson(folder)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"photo": SAMPLES / "coffee.png"}, "the lesson 'softmax' takes no photo; leave it out"),
        ({"backward": True}, "'softmax' is a lesson, about no network; leave --backward out"),
        ({"model": "some.onnx"}, "'softmax' is a lesson, about no network; leave --model out"),
        ({"label": "cat"}, "'softmax' is a lesson, about no network; leave --label out"),
        ({"size": 8}, "'softmax' is a lesson without a photo; leave --size out"),
        ({"fit": "pad"}, "the lesson 'softmax' takes no photo; leave it out"),
        ({"stretch": True}, "the lesson 'softmax' takes no photo; leave it out"),
    ],
)
def test_options_of_networks_are_refused(options: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(SheetnetError) as error:
        sheetnet.build(out=tmp_path / "out.xlsx", template="softmax", **options)  # type: ignore[arg-type]
    assert str(error.value) == said


def photo_lesson() -> str:
    steps = """[photo]
shape = [1, 12, 10]

[inputs.filter]
value = [[[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]]
range = [-9, 9]

[constants.bias]
value = [0]

[[steps]]
name = "edges"
kind = "conv2d"
filters = 1
size = 3
padding = "same"
reads = { x = "photo", weight = "filter", bias = "bias" }

[[steps]]"""
    blocks = """blocks = ["x", "twice", "filter", "bias"]

[[sheets.shelves]]
blocks = [{ show = "photo", colors = "grey", width = 5 }, { show = "edges", colors = "signed", width = 5 }]"""
    return SHORT.replace("[[steps]]", steps, 1).replace('blocks = ["x", "twice"]', blocks)


def test_a_lesson_may_take_a_photo(tmp_path: Path) -> None:
    """The cells around it stay blank, as the padding of a convolution needs them."""
    words = WORDS + 'photo = "photo"\nfilter = "filter"\nbias = "bias"\nedges = "edges"\n'
    folder = written(tmp_path, photo_lesson(), words)
    with pytest.raises(PhotoError, match="the lesson 'twice' needs a photo: sheetnet build PHOTO"):
        sheetnet.build(out=tmp_path / "none.xlsx", template=folder)
    built = sheetnet.build(SAMPLES / "coffee.png", tmp_path / "photo.xlsx", template=folder)
    assert built.report is not None
    assert built.report.proven
    assert built.formulas == 1 + 12 * 10
    told = CliRunner().invoke(main, ["verify", str(built.path), "--engine", "stored"])
    assert told.exit_code == 0, told.output


def test_a_network_without_anything_is_no_network_but_in_a_lesson(tmp_path: Path) -> None:
    bare = Network("twice", (), (), ())
    assert bare.bare
    with pytest.raises(NetworkError, match="has no layers"):
        Network.from_spec(bare.to_spec())
    assert Network.from_spec(bare.to_spec(), bare=True) == bare
    (tmp_path / "network.toml").write_text('name = "n"\nclasses = []\nlayers = []\n[input]\nshape = []\n')
    with pytest.raises(NetworkError, match="has no layers"):
        template.load(tmp_path)
    with pytest.raises(NetworkError, match="has no layers"):
        sheetnet.build(out=tmp_path / "out.xlsx", template=bare)


def test_templates_are_listed_in_groups_and_a_lesson_is_inspected(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["templates"]).output.splitlines()
    groups = [line for line in told if not line.startswith(" ")]
    assert groups == ["networks", "learning", "lessons"]
    listed = [line.split()[0] for line in told if line.startswith(" ")]
    assert sorted(listed) == sorted(
        one for file in ("network.toml", template.LESSON, template.CHAPTERS) for one in template.names(file)
    )
    found = look("softmax")
    assert isinstance(found, LessonSummary)
    built = sheetnet.build(out=tmp_path / "softmax.xlsx", template="softmax", engine=None)
    assert found.formulas == built.formulas
    assert LessonSummary.from_json(found.to_json()) == found
    photo = look("pooling")
    assert isinstance(photo, LessonSummary)
    assert LessonSummary.from_json(photo.to_json()).shape == (1, 36, 36)
    assert next(iter(photo.lines())).endswith("; photo 1x36x36")
    [line] = [line for line in told if line.startswith("  pooling ")]
    assert line.endswith("; 36x36 (--size: 24 to 96) grey photo, its own or yours")
    larger = look("filters", size=(31, 40))
    assert isinstance(larger, LessonSummary)
    assert larger.shape == (1, 31, 40)
    assert larger.formulas == sheetnet.build(None, tmp_path / "f.xlsx", template="filters", size=(31, 40)).formulas
    assert [line.split()[0] for line in told if line.endswith(" photo, its own or yours")] == [
        name for name in template.names(template.LESSON) if load_lesson(name).photo
    ]
    with pytest.raises(NetworkError, match="leave --size out"):
        look("softmax", size=(8, 8))
    with pytest.raises(NetworkError, match="the workbook of a lesson, about no network; inspect the lesson: softmax"):
        look(str(built.path))
    with pytest.raises(NetworkError, match="softmax is a lesson, about no network; use one of by-hand"):
        template.load("softmax")


def test_a_plain_lesson_has_no_charts(tmp_path: Path) -> None:
    for plain in (False, True):
        built = sheetnet.build(out=tmp_path / f"{plain}.xlsx", template="vanishing", plain=plain)
        assert built.report is not None
        assert built.report.proven
    sizes = [(tmp_path / f"{plain}.xlsx").read_bytes().count(b"xl/charts/chart") for plain in (False, True)]
    assert sizes[0] > sizes[1] == 0


def test_a_lesson_of_the_reader_may_have_the_name_of_none_of_ours(tmp_path: Path) -> None:
    shutil.copytree(template.home() / "vanishing", tmp_path / "mine")
    assert is_lesson(tmp_path / "mine")
    assert is_lesson(tmp_path / "mine" / "lesson.toml")
    assert not is_lesson("detective")
    assert not is_lesson(tmp_path)
    assert np.isfinite(load_lesson(tmp_path / "mine").givens["layer"].value).all()

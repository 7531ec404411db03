"""A course: a network and lessons in one workbook, with contents. Each lesson has its own names and sheets there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SAMPLES
from surgery import count_formulas

import sheetnet
from sheetnet import words
from sheetnet.case.lessons import lesson_names, load_lesson
from sheetnet.case.lessons.chapters import WORDS, Chapters, chapters_of, course_names, course_prose, is_course
from sheetnet.case.lessons.file import photo_of
from sheetnet.case.lessons.renamed import renamed
from sheetnet.case.request import Request
from sheetnet.case.template import home, load
from sheetnet.errors import NetworkError, PhotoError
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.screen import shows
from sheetnet.lesson.shelves.chapters import describe_chapters
from sheetnet.lesson.shelves.draw import FIRST
from sheetnet.photo import load as load_photo

PHOTO = SAMPLES / "astronaut.png"
MOST_BYTES = 6_000_000


def asked(**options: object) -> Request:
    made = Request(photo=PHOTO, out="course.xlsx", template="course")
    return replace(made, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def chapters() -> Chapters:
    return chapters_of(asked(language="zh"))


@pytest.fixture(scope="module")
def lesson(chapters: Chapters) -> Lesson:
    return describe_chapters(chapters)


def test_every_lesson_is_a_chapter(chapters: Chapters) -> None:
    """A lesson that is missing is to be named in templates/course/chapters.toml."""
    assert sorted(told.script.name for told in chapters.lessons) == lesson_names()


def test_the_words_of_a_course_are_there_in_every_language() -> None:
    for name in course_names():
        for language in words.languages():
            assert set(course_prose(name, language)) == set(WORDS)


def test_a_course_is_proven_and_a_small_file(tmp_path: Path) -> None:
    path = tmp_path / "course.xlsx"
    built = sheetnet.build(photo=PHOTO, out=path, template="course")
    assert built.report is not None
    assert built.report.proven, list(built.report.lines())[-3:]
    assert count_formulas(path) == built.formulas
    assert f"all {built.formulas:,} formula cells" in built.report.last_line()
    assert built.verdict is not None
    assert path.stat().st_size <= MOST_BYTES


def test_the_contents_come_first_and_lead_to_each_chapter(chapters: Chapters, lesson: Lesson) -> None:
    contents, titles = lesson.book.sheets[0], [sheet.title for sheet in lesson.book.sheets]
    assert contents.title == chapters.prose["sheet"]
    targets = [target.rpartition("!")[0].strip("'") for _, target in contents.links]
    assert targets == [lesson.trail[0], *(told.script.pages[0].title for told in chapters.lessons)]
    assert all(target in titles for target in targets)
    assert titles.index(lesson.trail[0]) == 1, "the nine steps come first"
    assert shows(contents, FIRST + len(chapters.lessons), 4)
    assert [contents.value(FIRST + n, 1) for n in range(1, 1 + len(chapters.lessons))] == list(
        range(1, 1 + len(chapters.lessons))
    )


def test_every_sheet_of_a_lesson_leads_back_to_the_contents(chapters: Chapters, lesson: Lesson) -> None:
    for told in chapters.lessons:
        for page in told.script.pages:
            targets = [target.rpartition("!")[0].strip("'") for _, target in lesson.book.sheet(page.title).links]
            assert chapters.prose["sheet"] in targets, page.title


def test_a_lesson_shows_the_same_numbers_in_a_course_and_alone(chapters: Chapters, lesson: Lesson) -> None:
    """With the photo of the course, where it takes one."""
    for number, told in enumerate(chapters.lessons, 1):
        shape, _ = photo_of(told.script.name)
        assert (told.photo is None) == (shape is None)
        if shape is not None:
            photo = load_photo(PHOTO, shape)
            assert np.array_equal(lesson.value(f"c{number}_photo.out"), photo.x)
        alone = load_lesson(told.script.name, "zh", None if shape is None else photo.x)
        assert {f"c{number}_{full}" for full in alone.shapes} == set(told.script.shapes)
        assert [len(page.shelves) for page in alone.pages] == [len(page.shelves) for page in told.script.pages]
        assert all(full in lesson.plan.blocks for full in told.script.shapes)


def test_a_renamed_lesson_names_nothing_of_the_lesson_alone() -> None:
    for name in lesson_names():
        script = load_lesson(name)
        made = renamed(script, "x_", [f"x {page.title}" for page in script.pages])
        for step in made.steps:
            assert all(full.startswith("x_") for full in (step.name, *step.sources()))
        assert made.change.startswith("x_")
        assert made.see.startswith("x_")
        for full in script.shapes:
            assert f"'{full}'" not in repr(made.pages), full


def test_a_course_without_a_photo_and_one_that_is_inspected_are_told_what_to_do() -> None:
    assert is_course("course")
    assert not is_course(home() / "course")
    with pytest.raises(PhotoError, match="needs a photo: sheetnet build PHOTO --template course"):
        chapters_of(asked(photo=None))
    with pytest.raises(NetworkError, match="course is a course"):
        load("course")

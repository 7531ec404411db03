"""What a reader sees without scrolling on a screen of 1366x768: widths, heights, zoom and frozen rows add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import SAMPLES
from each import each

from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.grid import letters
from sheetnet.layout import FIRST, form
from sheetnet.lesson.build import describe
from sheetnet.lesson.cells import write_cells
from sheetnet.lesson.frame import screen
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.story.maps import first_map
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.style import styles

FROZEN = 0.15  # of the height of the screen, at most
LOWEST = 60  # percent: the smallest zoom at which a workbook may open
LARGEST_MAP = 28


def _lesson(name: str, language: str) -> Lesson:
    made = template.load(name)
    photo = (
        SAMPLES / "astronaut.png" if made.pixels is None and made.drawing is None and made.course is None else None
    )
    label = made.network.classes[0] if made.course is None else None
    case = prepare(Request(photo, template=name, language=language, label=label))
    lesson = describe(case, case.values)
    write_cells(lesson)
    return lesson


def _visible(lesson: Lesson) -> Iterator[Sheet]:
    return (sheet for sheet in lesson.book.sheets if not sheet.hidden)


def _frozen(sheet: Sheet) -> float:
    """Pixels of the rows that stay in view."""
    row = int(re.sub("[A-Z]", "", sheet.freeze)) - 1 if sheet.freeze else 0
    return screen.reach(sheet, row, 1)[1] * sheet.zoom / 100


def _too_long(sheet: Sheet) -> Iterator[str]:
    """The texts of the first screen that run off it."""
    looks, wide = styles("clear"), screen.WIDTH * screen.STRETCH * 100 / sheet.zoom
    for row, entries in sheet.rows.items():
        if screen.reach(sheet, row, 1)[1] * sheet.zoom / 100 > screen.HEIGHT:
            continue
        for entry in entries:
            style = looks[entry.style]
            if entry.style in ("note", "bar") and row >= FIRST:  # what stands above a map that reaches further; bars
                continue
            if isinstance(entry, Cell) and isinstance(entry.value, str) and style.align in (None, "left"):
                left = screen.reach(sheet, row, entry.column - 1)[0] * screen.STRETCH
                text = pixels(entry.value, style.size, bold=style.bold)
                if left < wide < left + text:
                    yield f"{letters(entry.column)}{row}: {entry.value}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", template.names())
def test_what_decides_lies_on_the_first_screen_of_every_sheet(name: str, language: str) -> None:
    lesson = _lesson(name, language)
    network, plan = lesson.network, lesson.plan

    def check(sheet: Sheet) -> None:
        assert LOWEST <= sheet.zoom <= 100
        assert _frozen(sheet) <= FROZEN * screen.HEIGHT, "too many rows are frozen"
        assert list(_too_long(sheet)) == []
        followed = network.nodes if lesson.thread.places else ()  # in a training nothing is followed
        for node in [node for node in followed if plan.sheets[node.name] == sheet.title]:
            at = plan.blocks[f"{node.name}.out"].cell(*lesson.thread.places[node.name])
            on_it = node.name in lesson.thread.before or node.name in lesson.thread.after
            assert ((at.row, at.column) in sheet.framed) is on_it, f"the frame of the number to follow: {node.name}"
        first = next(node for node in (*followed, None) if node is None or plan.sheets[node.name] == sheet.title)
        if first is not None and form(network, first) == "pictures":
            for block in first_map(lesson, first):
                end = block.rectangles()[0][1]
                if max(block.shape) <= LARGEST_MAP:
                    assert screen.shows(sheet, end.row, end.column), "the first map is cut off"

    each({sheet.title: sheet for sheet in _visible(lesson)}, check)


def test_the_arithmetic_of_the_screen_can_fail() -> None:
    sheet = Sheet("a", default_width=5.0, freeze="A20")
    sheet.text(1, 30, "x" * 200)
    assert _frozen(sheet) > FROZEN * screen.HEIGHT
    assert len(list(_too_long(sheet))) == 1
    assert screen.shows(sheet, 23, 1)
    assert not screen.shows(sheet, 24, 1)
    sheet.zoom = 60
    assert screen.shows(sheet, 24, 1)


def test_the_thread_is_one_chain_from_pixel_to_verdict() -> None:
    """By hand: the red cross won by its evidence no. 6, 400, from map 1, where the middle of the picture is 400."""
    lesson = _lesson("by-hand", "en")
    thread: Any = lesson.thread
    chain, name = [], "softmax"
    while name:
        chain.append((name, thread.places[name]))
        name = thread.before.get(name, "")
    assert [one for one, _ in chain][-4:] == ["pool", "relu", "conv", "photo"]
    assert dict(chain)["conv"] == dict(chain)["relu"] == (0, 2, 2)
    assert thread.after["softmax"] == "loss"
    cells = {sheet.title: sheet for sheet in _visible(lesson)}
    conv = cells["Conv"]
    links = {conv.value(row, column) for row in (8,) for column in range(1, 30)}
    assert {"The number to follow, in a thick frame: T13", "it goes on to ReLU, E13 >"} <= links

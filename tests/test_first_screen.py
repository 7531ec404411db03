"""What a reader sees without scrolling on a screen of 1366x768: widths, heights, zoom and frozen rows add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import SAMPLES
from each import each
from sight import contrast

from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.grid import a1, letters
from sheetnet.layout import CHOSEN, FIRST, form, view_name
from sheetnet.lesson.build import describe
from sheetnet.lesson.cells import write_cells
from sheetnet.lesson.frame import screen
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import THREAD_ROW, followed
from sheetnet.lesson.story.maps import first_map
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.style import FRAMED, THEMES, styles

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


def _wrong_signs(sheet: Sheet, in_numbers: str) -> Iterator[str]:
    """Texts that multiply with the letter x, and formulas told in numbers that have a hyphen for a minus."""
    for row, entries in sheet.rows.items():
        for entry in entries:
            text = entry.value if isinstance(entry, Cell) and isinstance(entry.value, str) else ""
            hyphen = text.startswith(in_numbers) and re.search(r"(?<![\w.])-[0-9]", text)
            if hyphen or re.search(r"[0-9)] x [0-9(]", text):
                yield f"{letters(entry.column)}{row}: {text}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", template.names())
def test_what_decides_lies_on_the_first_screen_of_every_sheet(name: str, language: str) -> None:
    lesson = _lesson(name, language)
    network, plan = lesson.network, lesson.plan

    def check(sheet: Sheet) -> None:
        assert LOWEST <= sheet.zoom <= 100
        assert _frozen(sheet) <= FROZEN * screen.HEIGHT, "too many rows are frozen"
        assert list(_too_long(sheet)) == []
        assert list(_wrong_signs(sheet, lesson.words("step.in_numbers", formula=""))) == []
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


def test_a_hyphen_for_a_minus_and_a_letter_for_a_times_would_be_found() -> None:
    sheet = Sheet("a")
    for row, text in enumerate(["in numbers: A1 = 2 = -1", "1 + 2 x (3)", "in numbers: A1 = −1 (x - 2)", "-1"], 1):
        sheet.text(row, 1, text, "text")
    assert [found.partition(":")[0] for found in _wrong_signs(sheet, "in numbers: ")] == ["A1", "A2"]


def test_rows_of_a_tensor_in_rows_are_of_one_height_and_the_chosen_map_is_the_followed_one() -> None:
    lesson = _lesson("digits", "en")
    plan = lesson.plan
    shown = [node for node in lesson.network.nodes if f"{view_name(node, CHOSEN)}" in plan.looks]
    assert [node.name for node in shown] == ["conv2", "relu2", "pool2"]
    for node in shown:
        sheet = lesson.book.sheet(plan.sheets[node.name])
        [(first, last)] = plan.blocks[f"{node.name}.out"].rectangles()
        heights = {sheet.heights.get(row) for row in range(first.row, last.row + 1)}
        assert len(heights) == 1
        assert None not in heights
        assert lesson.values[view_name(node, "choice")] == lesson.thread.places[node.name][0] + 1 > 1


def test_every_channel_leads_to_the_number_to_follow() -> None:
    lesson = _lesson("by-hand", "en")
    at = followed(lesson, PHOTO)
    for title in lesson.plan.channels:
        assert f"{at.sheet}!{a1(at.row, at.column)}" in [
            target for where, target in lesson.book.sheet(title).links if where == f"A{THREAD_ROW}"
        ]


def test_all_classes_of_the_weights_and_both_sides_of_the_shortcut_lie_on_the_first_screen() -> None:
    asked = (("digits", "weights", "weights.unit.10.out"), ("residual", "residual", "residual.sum.out"))
    for name, key, full in asked:
        lesson = _lesson(name, "en")
        sheet = lesson.book.sheet(lesson.extras[key])
        block = lesson.plan.blocks[full]
        last = block.cell(*(0,) * (len(block.shape) - 2), *(size - 1 for size in block.shape[-2:]))
        assert screen.shows(sheet, last.row, last.column), name


@pytest.mark.parametrize("theme", THEMES)
def test_the_frame_on_the_photo_is_seen_on_black_and_on_white(theme: str) -> None:
    shown = styles(theme)[f"glow{FRAMED}"].border
    assert shown is not None
    assert min(contrast(shown, ground) for ground in ("FF000000", "FFFFFFFF")) > 3  # as WCAG asks it of lines

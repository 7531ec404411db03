"""What a reader sees first of the sheets of the backward pass, and the thread that runs back along them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from learners import CAT, described

from sheetnet.case.request import Request
from sheetnet.grid import a1
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import THREAD_ROW
from sheetnet.lesson.frame.screen import shows
from sheetnet.network import PHOTO
from sheetnet.workbook.book import ROW, Cell

ASKED: dict[str, dict[str, Any]] = {
    "by-hand": {},
    "digits": {"label": "3"},
    "detective": {"photo": CAT, "label": "Coffee"},
    "residual": {"label": "3"},
}


@pytest.fixture(scope="module")
def lessons() -> dict[str, Lesson]:
    return {
        name: described(Request(**{"photo": None, **asked}, template=name, backward=True, engine=None))
        for name, asked in ASKED.items()
    }


def gradients(lesson: Lesson) -> dict[str, str]:
    """The layers, and the photo -> the full name of the gradient of what they give."""
    found = {}
    for name, look in lesson.plan.looks.items():
        if not name.startswith("grad.") or name.endswith(".dots"):
            continue
        for own in look.lens.tensors({key: lesson.plan.blocks[str(full)].shape for key, full in look.reads.items()}):
            block = lesson.plan.blocks[f"{name}.{own}"]
            for node in (PHOTO, *(one.name for one in lesson.network.nodes)):
                same = block.shape == lesson.network.shapes.get(f"{node}.out", lesson.network.shape)
                if same and block.anchors[0].sheet == f"{lesson.plan.sheets[node]} back" and own in ("dx", "out"):
                    found[node] = f"{name}.{own}"
    return found


@pytest.mark.parametrize("name", ["by-hand", "digits", "detective"])
def test_the_first_map_lies_wholly_on_the_first_screen(lessons: dict[str, Lesson], name: str) -> None:
    lesson = lessons[name]
    seen = 0
    for full in gradients(lesson).values():
        block = lesson.plan.blocks[full]
        if len(block.shape) == 3 and block.steps == (DOWN, ACROSS):
            sheet = lesson.book.sheet(block.anchors[0].sheet)
            last = block.cell(0, block.shape[1] - 1, block.shape[2] - 1)
            dots = sheet.title == "Photo back" and block.shape[2] > 10  # there it is the colours that are seen first
            assert dots or shows(sheet, last.row, last.column), (sheet.title, sheet.zoom)
            seen += 1
    assert seen >= 3


def test_a_sheet_of_a_block_opens_with_its_first_layer(lessons: dict[str, Lesson]) -> None:
    lesson = lessons["residual"]
    blocks = [sheet for sheet in lesson.book.sheets if re.fullmatch(r"Block \d+ back", sheet.title)]
    assert len(blocks) > 3
    assert max(sheet.zoom for sheet in blocks) >= 75


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_the_thread_runs_back_from_sheet_to_sheet(lessons: dict[str, Lesson], name: str) -> None:
    lesson = lessons[name]
    found = gradients(lesson)
    on_thread = [node for node in found if node in lesson.thread.before or node in lesson.thread.after]
    assert len(on_thread) > 5
    for node in on_thread:
        block = lesson.plan.blocks[found[node]]
        at = block.cell(*lesson.thread.places[node])
        sheet = lesson.book.sheet(at.sheet)
        assert (at.row, at.column) in sheet.framed
        links = {where for cell, where in sheet.links if cell.endswith(str(THREAD_ROW)) and cell[:-1].isalpha()}
        assert any(where.endswith(f"!{a1(at.row, at.column)}") for where in links)
        before = lesson.thread.before.get(node)
        if before in found:
            there = lesson.plan.blocks[found[before]].cell(*lesson.thread.places[before])
            assert any(a1(there.row, there.column) in where and there.sheet in where for where in links), node


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_rows_beside_a_mask_are_equally_high(lessons: dict[str, Lesson], name: str) -> None:
    lesson = lessons[name]
    masks = [block for full, block in lesson.plan.blocks.items() if full.endswith(".mask")]
    assert masks
    for block in masks:
        sheet = lesson.book.sheet(block.anchors[0].sheet)
        first, last = block.rectangles()[0][0].row, block.rectangles()[-1][1].row
        assert len({sheet.heights.get(row, ROW) for row in range(first, last + 1)}) == 1
        assert {lesson.styles[full] for full in lesson.plan.blocks if full.endswith(".mask")} == {"map.general"}


def test_what_is_laid_out_of_a_dense_layer_is_no_filter(lessons: dict[str, Lesson]) -> None:
    sheet = lessons["by-hand"].book.sheet("Flatten back")
    said = [str(one.value) for row in sheet.rows.values() for one in row if isinstance(one, Cell)]
    assert "dL/dout of Dense, one below the other" in said
    assert not any("turned by" in one for one in said)

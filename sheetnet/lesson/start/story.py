"""The story on Start, in five sentences: photo, clues, the strongest, evidence, verdict."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from sheetnet.layout.sheets.start import CAPTIONS, STORY
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.start.learned import wrapped
from sheetnet.lesson.story.photo import drawing_done
from sheetnet.workbook.book import Sheet

ROOM = 370  # pixels from the column of the story to the edge of the first screen


def draw_story(lesson: Lesson, sheet: Sheet) -> int:
    """A heading and the sentences; returns the first row below them."""
    row = CAPTIONS
    told = list(_sentences(lesson))
    if told:
        key = "start.story" if len(told) > 1 else "start.story_short"
        sheet.text(row, STORY, lesson.words(key, count=len(told)), "heading")
        for column in range(STORY + 1, STORY + 3):
            sheet.blank(row, column, "heading")
    for number, sentence in enumerate(told, 1):
        for line in wrapped(f"{number}. {sentence}", ROOM):
            row += 1
            sheet.text(row, STORY, line, "text")
    for line in wrapped(drawing_done(lesson), ROOM):
        row += 1
        sheet.text(row, STORY, line, "note")
    return row + 1


def _sentences(lesson: Lesson) -> Iterator[str]:
    """What this network does of the story, in its order."""
    network, words = lesson.network, lesson.words
    layers = [node.layer for node in network.nodes]
    if network.shape:
        yield words("start.story_photo", count=f"{prod(network.shape):,}")
    if any(layer.filter_axis is not None for layer in layers):
        yield words("start.story_clues")
    if any(layer.pools for layer in layers):
        yield words("start.story_strongest")
    if any(layer.unrolls for layer in layers):
        yield words("start.story_evidence")
    if network.line_up is not None:
        yield words("start.story_verdict")

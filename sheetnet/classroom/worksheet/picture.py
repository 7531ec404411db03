"""The first page of a worksheet: whose it is, the photo, the patch of it in numbers, and the filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.classroom.worksheet.numbers import PATCH, SHARE, WINDOW, Numbers
from sheetnet.classroom.worksheet.paper import LINE, Paper
from sheetnet.grid import Block
from sheetnet.layers import Array
from sheetnet.layout.places import across
from sheetnet.photo import framed_png

SIDE, ROWS = 190, 8  # pixels of a picture; rows that it takes
PICTURE_ROW = 19.0  # points
PLACES = (1, 7, 13)  # columns of the pictures, and of what belongs to a channel
CHANNELS = ("red", "green", "blue")
CHANNEL_COLUMNS = [1, 7, 13]


@dataclass(frozen=True)
class Picture:
    """The photo (3, H, W) in whole numbers from 0 to 255, and a PNG of it as it was; b"" where there is no file."""

    x: Array
    original: bytes


@dataclass(frozen=True)
class Pupil:
    """Whose sheet it is: ``number`` of ``count``; ``name``: "" where a line is left for it."""

    number: int
    count: int
    name: str


def draw_front(paper: Paper, picture: Picture, numbers: Numbers, pupil: Pupil) -> None:
    """All of the first page."""
    words, sheet = paper.words, paper.sheet
    sheet.text(1, 1, words("handout.title"), "title")
    paper.rows(1, 28)
    name = words("handout.named", name=pupil.name) if pupil.name else words("handout.name")
    paper.label(1, name)
    paper.label(10, words("handout.class"))
    paper.label(14, words("handout.date"))
    paper.rows(1, 26)
    paper.say(words("handout.intro"))
    paper.skip()
    _draw_pictures(paper, picture, numbers)
    paper.heading(words("handout.patch.head"))
    paper.say(words("handout.patch.rule", share=SHARE))
    _label_channels(paper)
    columns = CHANNEL_COLUMNS
    paper.given("patch", paper.grids(columns, PATCH, PATCH), numbers.patch)
    row, column = numbers.place
    for first in columns:
        for down in range(WINDOW):
            for right in range(WINDOW):
                sheet.frame(paper.row + row + down, first + column + right)
    paper.rows(PATCH)
    paper.skip()
    paper.heading(words("handout.filter.head"))
    paper.say(words("handout.filter.lead"))
    _label_channels(paper)
    paper.given("filter", paper.grids(columns, WINDOW, WINDOW, (1, 3)), numbers.filter[np.newaxis])
    paper.rows(WINDOW)
    paper.skip(4)
    paper.label(1, words("handout.filter.bias"))
    paper.given("bias", _one(paper, 4), np.array([float(numbers.bias)]))
    paper.rows(1)


def _one(paper: Paper, column: int) -> Block:
    return across(paper.title, paper.row, column, 1)


def _label_channels(paper: Paper) -> None:
    for column, channel in zip(CHANNEL_COLUMNS, CHANNELS, strict=True):
        paper.sheet.text(paper.row, column, paper.words(f"handout.{channel}"), "heading.small")
    paper.rows(1, LINE)


def _draw_pictures(paper: Paper, picture: Picture, numbers: Numbers) -> None:
    """The photo, its pixels with a frame around the patch, and the patch; of a photo of 5 x 5 pixels only that."""
    words, sheet = paper.words, paper.sheet
    _, height, width = picture.x.shape
    top, left = numbers.row, numbers.column
    patch = picture.x[:, top : top + PATCH, left : left + PATCH]
    shown = [(framed_png(patch, 0, 0, PATCH), "handout.photo.patch")]
    if (height, width) != (PATCH, PATCH):
        shown.insert(0, (framed_png(picture.x, top, left, PATCH), "handout.photo.pixels"))
    if picture.original:
        shown.insert(0, (picture.original, "handout.photo.original"))
    for column, (png, key) in zip(PLACES, shown, strict=False):
        paper.label(column, words(key))
        sheet.picture(paper.row + 1, column, png, words(f"{key}_alt"), SIDE)
    paper.rows(1, LINE)
    paper.rows(ROWS, PICTURE_ROW)
    paper.skip(4)

"""The gradient of the photo: how fast the loss grows with each pixel, and so which pixels matter.

The channels lie side by side, in the rows of the pixels. Of a larger photo the first screen shows the colours of all
channels; the numbers lie to the right of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetnet.grid import Anchor, Block, Shape, a1
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lenses import Copy
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.looks import DOT, MOST_READ, SQUARE_WIDTH, add_scale, picture_sheet, signed_stops, times
from sheetnet.lesson.frame.screen import open_with
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.style import MINI

if TYPE_CHECKING:
    from sheetnet.lesson.learning.backward import Backward

ROW = 14.25  # points of a row of a larger photo
LEFT = 2  # the first column


def draw_pixels(back: Backward) -> None:
    """The sheet, which comes last."""
    lesson = back.lesson
    words, shape = lesson.words, lesson.network.shape
    title = back.titles[lesson.plan.sheets[PHOTO]]
    sheet = back.sheets[title] = picture_sheet(lesson, title)
    readable = shape[2] <= MOST_READ
    left = LEFT if readable else LEFT + shape[0] * (shape[2] + 1) + 1
    top = lesson.plan.blocks[f"{PHOTO}.out"].anchors[0].row
    home = _beside(title, shape, top, left)
    end = left + shape[0] * (shape[2] + 1)
    sheet.widths |= dict.fromkeys(range(left, end), SQUARE_WIDTH) | {1: 2.0}
    back.beside.begin(title, end + 1)
    full = back.gathered(PHOTO, home, pictures=True)
    shown = home
    _names(back, sheet, home)
    if not readable:
        shown = _beside(title, shape, top, LEFT)
        lesson.look("grad.photo.dots", Copy(), {"x": full}, MINI, out=shown)
        add_scale(sheet, shown, signed_stops(lesson, lesson.value(full)))
        sheet.widths |= dict.fromkeys(range(LEFT, left), DOT)
        sheet.heights |= dict.fromkeys(range(top, top + shape[1]), ROW)
        _names(back, sheet, shown)
    at, first = home.cell(0, 0, 0), lesson.plan.looks[full.rpartition(".")[0]]
    formula = lesson.step(first).rules[full.rpartition(".")[2]](0, 0, 0)
    reader = back.passes.readers(PHOTO)[0][0]
    in_words = words("learning.came_photo", reader=lesson.named[reader.name], formula=back.told(reader, "back"))
    head = Head(
        words("learning.photo_title", shape=times(shape)),
        words("learning.photo_lead"),
        words("learning.photo_analogy"),
        in_words=in_words,
        in_cells=f"{a1(at.row, at.column)} = {formula}",
    )
    draw_head(lesson, sheet, head)
    open_with(sheet, shown)


def _beside(title: str, shape: Shape, top: int, left: int) -> Block:
    """The channels side by side."""
    columns = range(left, left + shape[0] * (shape[2] + 1), shape[2] + 1)
    return Block(shape, tuple(Anchor(title, top, column) for column in columns), (DOWN, ACROSS))


def _names(back: Backward, sheet: Sheet, block: Block) -> None:
    """What the channels are called, above them: as their sheets are."""
    for name, at in zip(back.lesson.plan.channels, block.anchors, strict=True):
        sheet.text(at.row - 1, at.column, name, "note")

"""The family of ResNet: a column per network, with its blocks and its layers, counted; and the sizes of the maps."""

from __future__ import annotations

import numpy as np

from sheetnet.layout import NUMBER
from sheetnet.layout.sheets import shortcuts as places
from sheetnet.layout.sheets.shortcuts import FAMILY as ROW
from sheetnet.layout.sheets.shortcuts import FIRST_COLUMN, FIRST_STAGE, NAME, SIDE
from sheetnet.lenses import Depth, OutputSize, Sentence, Source, element
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet

FAMILY = {  # layers of a block, blocks per stage
    "ResNet-18": (2, (2, 2, 2, 2)),
    "ResNet-34": (2, (3, 4, 6, 3)),
    "ResNet-50": (3, (3, 4, 6, 3)),
    "ResNet-101": (3, (3, 4, 23, 3)),
    "ResNet-152": (3, (3, 8, 36, 3)),
}
STAGES = (  # name, window k, stride s, padding p
    ("conv1", 7, 2, 3),
    ("pool", 3, 2, 1),
    ("conv2", 3, 1, 1),
    ("conv3", 3, 2, 1),
    ("conv4", 3, 2, 1),
    ("conv5", 3, 2, 1),
)
PHOTO_SIDE = 224  # pixels
FIRST_BLOCKS, PER_BLOCK, LAYERS = 2, len(STAGES), len(STAGES) + 1  # lines, counted from the first stage


def draw_family(lesson: Lesson, sheet: Sheet) -> None:
    """The table, and beside it how the layers of each network are counted."""
    words, here, count = lesson.words, sheet.title, len(FAMILY)
    _draw_heads(lesson, sheet)
    _draw_sizes(lesson, sheet)
    sheet.text(FIRST_STAGE + PER_BLOCK, NAME, words("residual.per_block"), "text")
    sheet.text(FIRST_STAGE + LAYERS, NAME, words("residual.layers"), "text")
    for number in range(count):
        sheet.number(FIRST_STAGE, FIRST_COLUMN + number, 1, "origin")
    stages = np.array([counts for _, counts in FAMILY.values()], dtype=np.float64).T
    lesson.put("residual.blocks", NUMBER, places.stages(here, FIRST_BLOCKS, *stages.shape), stages, "choice")
    each = [layers for layers, _ in FAMILY.values()]
    lesson.put("residual.per_block", NUMBER, places.networks(here, PER_BLOCK, count), each, "choice")
    reads: dict[str, Source] = {"blocks": "residual.blocks", "each": "residual.per_block"}
    lesson.look("residual.layers", Depth(), reads, "sum.general", out=places.networks(here, LAYERS, count))
    sheet.text(ROW, SIDE, words("residual.worked"), "heading.plain")
    for number, name in enumerate(FAMILY):
        _draw_worked(lesson, sheet, name, number, len(stages))


def _draw_heads(lesson: Lesson, sheet: Sheet) -> None:
    """What the columns are."""
    sheet.text(ROW, NAME, lesson.words("residual.family"), "heading.plain")
    sheet.text(ROW + 1, NAME, lesson.words("residual.stage"), "heading")
    for column, name in enumerate((*FAMILY, lesson.words("residual.size")), FIRST_COLUMN):
        sheet.text(ROW + 1, column, name, "heading.center")


def _draw_sizes(lesson: Lesson, sheet: Sheet) -> None:
    """The stages, and the size of the maps of each."""
    words, here, count = lesson.words, sheet.title, len(FAMILY)
    sheet.text(FIRST_STAGE - 1, NAME, words("residual.photo"), "text")
    before = "residual.photo"
    lesson.put(before, NUMBER, places.size(here, -1, count), [PHOTO_SIDE], "choice")
    for line, (name, window, stride, padding) in enumerate(STAGES):
        sheet.text(FIRST_STAGE + line, NAME, words(f"residual.stage_{name}", window=window, stride=stride), "text")
        lens, place = OutputSize(window, stride, padding), places.size(here, line, count)
        lesson.look(f"residual.size_{name}", lens, {"x": before}, "origin", out=place)
        before = f"residual.size_{name}.out"


def _draw_worked(lesson: Lesson, sheet: Sheet, name: str, number: int, stages: int) -> None:
    """How the layers of a network are counted, with its numbers: 1 + 3 × (3 + 4 + 6 + 3) + 1 = 50."""
    blocks = lesson.plan.blocks
    reads = {f"n{k}": element("residual.blocks", blocks["residual.blocks"], k, number) for k in range(stages)}
    for own, full in (("each", "residual.per_block"), ("all", "residual.layers.out")):
        reads[own] = element(full, blocks[full], number)
    pieces: list[str | tuple[str]] = [lesson.words("joined.about", name=name, what=" 1 + "), ("each",), " × ("]
    for k in range(stages):
        pieces += [" + ", (f"n{k}",)] if k else [(f"n{k}",)]
    sentence = Sentence((*pieces, ") + 1 = ", ("all",)))
    lesson.look(f"residual.worked_{number + 1}", sentence, reads, "text", out=places.worked(sheet.title, number))

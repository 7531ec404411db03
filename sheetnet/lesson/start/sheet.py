"""The sheet Start: the photo, the verdict, the network as tiles, things to try, how to read the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetnet.case.card import Learned, learned
from sheetnet.layout.sheets.outcome import ROW_PIXELS
from sheetnet.layout.sheets.start import LAST
from sheetnet.lesson.beside.checks.agreement import agreement
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import times
from sheetnet.lesson.start.learned import draw_learned
from sheetnet.lesson.start.tiles import TILES, Tile, draw_tiles, steps
from sheetnet.lesson.start.tries import draw_legend, draw_tries
from sheetnet.lesson.start.verdict import draw_verdict, start_of
from sheetnet.lesson.story.photo import drawing_done
from sheetnet.workbook.book import Sheet

if TYPE_CHECKING:
    from sheetnet.case.prepare import Case

TILE, ARROW = 15.0, 3.2  # widths of a tile and of the arrow behind it, in characters
PICTURE = 215  # pixels


def draw_start(lesson: Lesson, sheet: Sheet, case: Case) -> None:
    """Draw everything on the sheet Start."""
    words, prose, photo = lesson.words, case.prose, case.photo
    known = learned(case.card, len(lesson.network.classes))
    sheet.widths |= {1: 2.0} | {column: ARROW if column % 2 else TILE for column in range(2, LAST + 2)}
    sheet.text(1, 1, prose["title"], "title")
    lead = (prose["lead"], "lead") if case.part is None else (_part(lesson, case.part), "warning")
    sheet.text(2, 1, *lead)
    sheet.text(3, 1, _state(lesson, case, known), "warning" if case.weights == "untrained" else "note")
    sheet.heights |= {1: 30.0, 2: 18.0, 3: 16.0}
    sheet.header = words("print.name")
    places = start_of(lesson, sheet.title)
    draw_verdict(lesson, sheet, places)
    row = places.below
    canvas = lesson.plan.drawing
    draws = "" if canvas is None else canvas.anchors[0].sheet  # the sheet on which the reader draws
    if photo is not None:
        done = drawing_done(lesson)
        key = "start.canvas_ink" if lesson.network.shape[0] == 1 else "start.canvas"
        seen = words(key, title=draws) if draws else words("start.picture")
        sheet.text(4, 2, words("start.drawing", done=done) if done else seen, "note")
        sheet.pictures.append(("B5", photo.picture, words("input.photo_alt", title=photo.title), PICTURE))
        row = max(row, 5 + PICTURE // ROW_PIXELS + 1)
    row = draw_tiles(lesson, sheet, row, words("start.steps"), list(steps(lesson)), arrows=True)
    near = [Tile("", title, title, words(f"start.about_{key}")) for key, title in lesson.extras.items()]
    about = words("start.about_channel_canvas") if draws else words("start.about_channel")
    near = ([Tile("", draws, draws, words("start.about_draw"))] if draws else []) + near
    colors = [Tile("", title, title, about) for title in lesson.plan.channels[:TILES]]
    row = draw_tiles(lesson, sheet, row, words("start.closer"), colors + near, arrows=False)
    below = row
    if case.weights == "trained":
        below = draw_learned(lesson, sheet, row, known, prose.get("learned", ""))
    row = draw_tries(lesson, sheet, row)
    draw_legend(lesson, sheet, row, below)
    if "checks" in lesson.extras:
        lens, reads = agreement(lesson, "start.checks", "start.edited")
        lesson.look("start.checks", lens, reads, "text", out=places.checks())


def _state(lesson: Lesson, case: Case, known: Learned | None) -> str:
    """One line about the weights: where they come from, and how many pictures they tell right."""
    if case.trained_for is not None:
        return lesson.words("start.resized", trained=times(case.trained_for[1:]), size=times(case.network.shape[1:]))
    if known is not None and known.held:
        return lesson.words("start.trained_held", count=known.held, right=known.right, percent=known.percent)
    return lesson.words(f"start.{case.weights}")


def _part(lesson: Lesson, whole: int) -> str:
    """The line that says that the workbook has only the first layers of a network."""
    nodes = lesson.network.nodes
    return lesson.words("start.part", last=lesson.named[nodes[-1].name], count=len(nodes), total=whole)

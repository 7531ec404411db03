"""The sheet Start: the verdict, the photo, the story, the network as tiles, things to try, how to read the cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheetnet.case.card import Learned, learned
from sheetnet.layout.sheets.start import (
    ANSWER,
    CAPTIONS,
    LAST,
    LINE,
    LINE_PIXELS,
    MADE,
    NAMES,
    NOW,
    PHOTO_COLUMN,
    PICTURES,
    SEEN,
    TALLEST,
    WATCH,
)
from sheetnet.lesson.beside.checks.agreement import agreement
from sheetnet.lesson.beside.network.strips import OVERVIEW
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import times
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.start.learned import draw_learned
from sheetnet.lesson.start.legend import draw_legend
from sheetnet.lesson.start.story import draw_story
from sheetnet.lesson.start.tiles import TILES, Tile, draw_banner, draw_tiles, steps
from sheetnet.lesson.start.trials import Deed
from sheetnet.lesson.start.tries import draw_tries
from sheetnet.lesson.start.verdict import draw_verdict, start_of
from sheetnet.workbook.book import Sheet

if TYPE_CHECKING:
    from sheetnet.case.prepare import Case

TILE, ARROW, WIDEST = 15.0, 3.2, 45.0  # widths in characters: of a tile, the arrow behind it, a column for long names
MOST_STEPS = 2 * TILES  # with more of them, the things to try stand above the tiles, on the first screen
ORIGINAL = 118  # pixels of the photo itself


def draw_start(lesson: Lesson, sheet: Sheet, case: Case, deeds: Sequence[Deed]) -> None:
    """Draw everything on the sheet Start. ``deeds``: the things to try."""
    words, prose = lesson.words, case.prose
    known = learned(case.card, len(lesson.network.classes))
    sheet.widths |= {1: 2.0} | {column: ARROW if column % 2 else TILE for column in range(2, LAST + 2)}
    _widen(lesson, sheet, deeds)
    sheet.text(1, 1, prose["title"], "title")
    lead = (prose["lead"], "lead") if case.part is None else (_part(lesson, case.part), "warning")
    sheet.text(2, 1, *lead)
    sheet.text(3, 1, _state(lesson, case, known), "warning" if case.weights == "untrained" else "note")
    sheet.heights |= {1: 22.5, 2: 15.0, 3: 12.0, ANSWER: 26.25}
    sheet.header = words("print.name")
    places = start_of(lesson, sheet.title)
    draw_verdict(lesson, sheet, places)
    row = max(places.below, draw_story(lesson, sheet), _draw_pictures(lesson, sheet, case))
    sheet.heights |= dict.fromkeys(range(CAPTIONS, row), LINE)
    if len(lesson.network.nodes) < MOST_STEPS:
        row = _draw_network(lesson, sheet, row)
        row = draw_tries(lesson, sheet, places, row, deeds)
    else:
        row = draw_tries(lesson, sheet, places, row, deeds)
        row = _draw_network(lesson, sheet, row) + 1
    row = _draw_closer(lesson, sheet, row)
    if case.weights == "trained":
        draw_learned(lesson, sheet, row, known, prose.get("learned", ""))
    draw_legend(lesson, sheet, row)
    if "checks" in lesson.extras:
        lens, reads = agreement(lesson, "start.checks", "start.edited")
        lesson.look("start.checks", lens, reads, "text", out=places.checks())


def _widen(lesson: Lesson, sheet: Sheet, deeds: Sequence[Deed]) -> None:
    """Give long names of classes the room that they need: where they are listed, and where they are watched."""
    network, words = lesson.network, lesson.words
    if network.line_up is None:
        return
    longest = max(map(characters, network.classes))
    chance = max(characters(words("start.watch_chance", name=name)) for name in network.classes)
    rooms = {NAMES: longest, WATCH: chance - ARROW}
    if any(deed.watch == "name" for deed in deeds):
        rooms |= {MADE: longest, NOW: longest}
    sheet.widths |= {column: max(TILE, min(room, WIDEST)) for column, room in rooms.items()}


def _draw_pictures(lesson: Lesson, sheet: Sheet, case: Case) -> int:
    """The photo itself, and what the network gets of it; returns the first row below them."""
    photo, words = case.photo, lesson.words
    if photo is None:
        return PICTURES
    canvas = lesson.plan.drawing
    key, title = "start.picture", ""
    if canvas is not None:
        key, title = "start.canvas_ink" if lesson.network.ink else "start.canvas", canvas.anchors[0].sheet
    sheet.text(CAPTIONS, SEEN, words(key, size=times(lesson.network.shape[1:]), title=title), "note")
    sheet.picture(PICTURES, SEEN, photo.picture, words("input.photo_alt", title=photo.title))
    if photo.original:
        key = "start.original" if photo.box is None else "start.original_part"
        sheet.text(CAPTIONS, PHOTO_COLUMN, words(key), "note")
        alt = words("start.original_alt", title=photo.title)
        sheet.picture(PICTURES, PHOTO_COLUMN, photo.original, alt, ORIGINAL)
    return PICTURES + -(-TALLEST // LINE_PIXELS)


def _draw_network(lesson: Lesson, sheet: Sheet, row: int) -> int:
    """The tiles of the network, and above them the way to the sheet that shows all of it."""
    words = lesson.words
    below = draw_tiles(lesson, sheet, row, words("start.steps"), list(steps(lesson)), arrows=True)
    if OVERVIEW in lesson.extras:
        title = lesson.extras[OVERVIEW]
        about = words(f"start.about_{OVERVIEW}")
        draw_banner(sheet, row, title, words("joined.about", name=title, what=about))
    return below


def _draw_closer(lesson: Lesson, sheet: Sheet, row: int) -> int:
    """The tiles of all other sheets."""
    words, canvas = lesson.words, lesson.plan.drawing
    draws = "" if canvas is None else canvas.anchors[0].sheet  # the sheet on which the reader draws
    about = words("start.about_channel_canvas") if draws else words("start.about_channel")
    near = [Tile("", title, title, about) for title in lesson.plan.channels[:TILES]]
    near += [Tile("", draws, draws, words("start.about_draw"))] if draws else []
    others = ((key, title) for key, title in lesson.extras.items() if key != OVERVIEW)
    near += [Tile("", title, title, words(f"start.about_{key}")) for key, title in others]
    return draw_tiles(lesson, sheet, row, words("start.closer"), near, arrows=False)


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

"""The sheet Draw as a whole: its columns, its head, and what stands on it. ``layout`` says where."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.case.drawing import Drawing
from sheetnet.layout import FIRST
from sheetnet.layout.addresses import area
from sheetnet.layout.sheets.canvas import ANSWER, MOVE, TOP, WAYS, Canvas, canvas_of, place_canvas
from sheetnet.lesson.beside.canvas.answer import draw_answer, draw_choice, draw_legend, draw_moves
from sheetnet.lesson.beside.canvas.lists import draw_lists, picture_names
from sheetnet.lesson.beside.canvas.pictures import color_cells, draw_heading, draw_pictures, draw_seen, draw_shades
from sheetnet.lesson.beside.canvas.widths import BARS_WIDTH, NAMES_WIDTH, SHARE_WIDTH, WIDEST
from sheetnet.lesson.frame.head import LEAD_ROW, Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson, elements_of
from sheetnet.lesson.frame.links import BELOW, LINE, draw_links
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import open_with
from sheetnet.lesson.start.moves import Moral
from sheetnet.lesson.start.trials import Deed, typed
from sheetnet.workbook.book import Sheet

LESSON = LEAD_ROW + 3  # the row of the head in which a move is told
SMALL = 16  # pixels a side; of a larger canvas the cells are smaller
LARGE_WIDTH, LARGE_HEIGHT = 4.72, 22.5  # characters and points: 33 x 30 pixels, so that ten bars are on one screen
SMALL_WIDTH, SMALL_HEIGHT = 3.43, 18.0  # characters and points: 24 x 24 pixels


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out by trying. ``move``: the one to try, ``moral``: what it teaches.

    ``wrong``: the numbers of the samples, from 0 on, that are told wrong.
    """

    move: Deed | None = None
    moral: Moral = ""
    wrong: tuple[int, ...] = ()


def begin_canvas(lesson: Lesson, title: str, drawing: Drawing) -> Canvas:
    """Place the pictures and the choice among them, so that the channels can read what is seen."""
    canvas = canvas_of(lesson.planner, title, len(drawing.samples) + 1, len(drawing.colors))
    place_canvas(lesson.planner, canvas, drawing.most(lesson.network.levels))
    lesson.values["draw.names"] = elements_of(picture_names(lesson, drawing))
    return canvas


def draw_canvas(lesson: Lesson, sheet: Sheet, canvas: Canvas, drawing: Drawing, source: str, known: Known) -> None:
    """The sheet, after ``begin_canvas``. ``source``: where the samples come from."""
    words, most = lesson.words, drawing.most(lesson.network.levels)
    large = max(canvas.height, canvas.width) <= SMALL
    sheet.default_width = LARGE_WIDTH if large else SMALL_WIDTH
    sheet.freeze, sheet.one_page = BELOW, True
    longest = max(map(characters, [*lesson.network.classes, *picture_names(lesson, drawing), words("draw.number")]))
    longest = max(longest, characters(words("draw.lists"), bold=True))
    longest = max(longest, *(characters(words(f"draw.{key}_{way}")) for key in ("move", "moved") for way in WAYS))
    names = canvas.names
    sheet.widths |= {1: 2.0, names - 2: 2.0, names: min(max(NAMES_WIDTH, longest), WIDEST)}
    sheet.widths |= {names + 1: SHARE_WIDTH, names + 2: BARS_WIDTH}
    kind = "colors" if drawing.colors else "grey"
    lead, about = words(f"draw.lead_{kind}", most=most), words("draw.about", cells=area(canvas.picture(0)))
    draw_head(lesson, sheet, Head(words("draw.title"), lead, words(f"draw.analogy_{kind}"), about=about))
    if lesson.network.line_up is not None:
        told = _lesson_of(lesson, known)
        if told:
            sheet.text(LESSON, 1, told, "text")
            sheet.heights[LESSON] = LINE
    sheet.heights |= {FIRST: 21.0, MOVE: 18.0, ANSWER: 33.0}
    draw_pictures(lesson, sheet, canvas, drawing, LARGE_HEIGHT if large else SMALL_HEIGHT, known.wrong)
    draw_lists(lesson, sheet, canvas, drawing, source, known.wrong)
    draw_heading(lesson, canvas)
    sheet.text(FIRST, canvas.seen, words("draw.seen"), "heading.plain")
    draw_seen(lesson, sheet, canvas)
    draw_shades(lesson, sheet, canvas, most)
    color_cells(lesson, sheet, canvas, drawing)
    draw_choice(lesson, sheet, canvas)
    draw_moves(lesson, sheet, canvas)
    draw_answer(lesson, sheet, canvas)
    sheet.heights |= dict.fromkeys(range(TOP, TOP + canvas.bars), sheet.heights[TOP])
    draw_legend(lesson, sheet, canvas, drawing)
    sheet.print_rows = canvas.last_row
    draw_links(lesson, sheet)
    open_with(sheet, canvas.picture(0), canvas.shown(), *([canvas.beside(2)] if canvas.bars else []))


def _lesson_of(lesson: Lesson, known: Known) -> str:
    """What a move of the drawing teaches, or ""."""
    if known.move is None or known.moral in ("", "deaf", "stays", "anywhere"):
        return lesson.words(f"draw.move_{known.moral}") if known.moral else ""
    way = lesson.words(f"draw.move_{known.move.of.rpartition('.')[2]}")
    return lesson.words(f"draw.move_{known.moral}", value=typed(known.move.value), way=way)

"""The words of a lesson's sheet: the head, labels, notes, charts, and the question whose answer is folded away."""

from __future__ import annotations

from sheetnet.case.lessons.script import LAMPS, ChartBlock, Note, Picture, Script, Shown
from sheetnet.grid import a1
from sheetnet.layout.addresses import fixed_area, series
from sheetnet.layout.plan import FIRST
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, LINKS_ROW, link_row
from sheetnet.lesson.frame.measure import MARGIN, column_pixels
from sheetnet.lesson.shelves.arrange import Arranged, Placed
from sheetnet.lesson.shelves.lines import lines_of
from sheetnet.lesson.shelves.look import POINTS_PER_PIXEL, color
from sheetnet.photo import Photo
from sheetnet.workbook.book import ROW, Sheet, png_size
from sheetnet.workbook.look import Chart, Series
from sheetnet.workbook.measure import pixels

ROOM = 980  # pixels of a line of the question and its answer
ROW_PIXELS, EDGE = 20, 8
LETTERS, BIG_LETTERS, NOTE = 10, 20, 9  # points
LINK_ROOM, BIG = 24.0, 28.5  # characters from one link to the next; points of a row of large words


def draw_page(lesson: Lesson, sheet: Sheet, arranged: Arranged, script: Script, *, first: bool) -> None:
    """Everything on a sheet but its numbers and the photo. Call it once numbers and widths are known."""
    prose, words = script.prose, lesson.words
    title = prose("title") if first else arranged.page.title
    if first:
        draw_head(lesson, sheet, Head(title, prose("lead")))
        sheet.text(4, 1, words("lesson.change", what=prose("change")), "after.bold")
        sheet.text(5, 1, words("lesson.see", what=prose("see")), "after.bold")
        sheet.heights |= {4: 16.5, 5: 16.5}
    else:
        draw_head(lesson, sheet, Head(title, ""))
    others = [one for one in lesson.trail if one != sheet.title]
    suits = words("lesson.suits", age=script.age, minutes=script.minutes)
    links = [(words("lesson.to", title=one), one, "A1") for one in others]
    if links:
        link_row(sheet, LINKS_ROW, links, LINK_ROOM)
    sheet.header = words("print.name")
    for row, text in arranged.headings:
        sheet.text(row, 1, text, "heading.plain")
    for placed in arranged.blocks:
        _draw_block(lesson, sheet, placed)
    end = arranged.end + 2
    if first:
        end = _draw_foot(lesson, sheet, script, end, suits)
    _draw_lists(lesson, sheet, script, end)


def _draw_block(lesson: Lesson, sheet: Sheet, placed: Placed) -> None:
    piece, row, column = placed.piece, placed.row, placed.column
    if isinstance(piece, Note):
        for number, line in enumerate(lines_of(piece.text, piece.room)):
            sheet.text(row + number, column, line, piece.style)
    elif isinstance(piece, Picture):
        if piece.label:
            sheet.text(row, column, piece.label, "heading.plain")
    elif isinstance(piece, ChartBlock):
        sheet.charts.append(_chart(lesson, sheet, placed, piece))
    else:
        _label(lesson, sheet, placed, piece)
        color(lesson, sheet, piece)
        if piece.colors == LAMPS:
            _square(lesson, sheet, piece)
        style = lesson.styles[piece.of]
        if style in ("verdict", "answer.line") and not lesson.plan.blocks[piece.of].shape:
            _fill_on(lesson, sheet, placed, piece, style)


def draw_photo(sheet: Sheet, arranged: Arranged, photo: Photo) -> None:
    """The photo as a picture, where the sheet has a place for it. Call it once the zoom of the sheet is known.

    A spreadsheet shows a row in whole pixels of the screen, and a picture as large as its zoom says. A picture that
    would reach into the words below its rows is made smaller.
    """
    png = photo.original or photo.picture
    for placed in arranged.blocks:
        if isinstance(piece := placed.piece, Picture):
            below = placed.row + (1 if piece.label else 0)
            rows = range(below, placed.row + placed.rows + 1)  # one more stays blank
            room = sum(int(sheet.heights.get(row, ROW) / POINTS_PER_PIXEL * sheet.zoom / 100) for row in rows)
            wide, high = png_size(png)
            longest = min(piece.longest, int(room / sheet.zoom * 100 * max(wide, high) / high))
            sheet.picture(below, placed.column, png, piece.alt, longest)


def _fill_on(lesson: Lesson, sheet: Sheet, placed: Placed, piece: Shown, style: str) -> None:
    """Colour the cells that a long answer runs on into."""
    row, column = placed.row, placed.column + placed.columns - 1
    size = BIG_LETTERS if style == "verdict" else LETTERS
    room = pixels(str(lesson.value(piece.of).item()), size, bold=True)
    while (room := room - column_pixels(sheet.widths.get(column, sheet.default_width))) > 0:
        column += 1
        sheet.blank(row, column, style)
    if style == "verdict":
        sheet.heights[row] = BIG


def _square(lesson: Lesson, sheet: Sheet, piece: Shown) -> None:
    """Make the pixels of a picture square, where each of them is three narrow cells side by side."""
    [(first, _), *_], high = lesson.plan.blocks[piece.of].rectangles(), lesson.plan.blocks[piece.of].shape[1]
    side = 3 * column_pixels(sheet.widths[first.column])
    sheet.heights |= dict.fromkeys(range(first.row, first.row + high), side * POINTS_PER_PIXEL)


def _label(lesson: Lesson, sheet: Sheet, placed: Placed, piece: Shown) -> None:
    if not piece.label:
        return
    shape = lesson.plan.blocks[piece.of].shape
    style = "text"
    if shape:
        numbers = lesson.styles[piece.of] not in ("text", "sample", "choice.text")
        style = "heading.plain" if len(shape) > 1 or piece.across else "heading.right" if numbers else "heading"
    sheet.text(placed.row, placed.column, piece.label, style)


def _chart(lesson: Lesson, sheet: Sheet, placed: Placed, piece: ChartBlock) -> Chart:
    theme = lesson.theme
    colors = (theme.chart_first, theme.chart_second, theme.thread, theme.quiet)
    made = tuple(
        Series(
            one.label,
            series(lesson.plan.blocks[one.y]),
            series(lesson.plan.blocks[one.x]),
            colors[number % len(colors)],
            line=one.line,
            markers=one.points,
            dash=one.dash,
        )
        for number, one in enumerate(piece.curves)
    )
    columns = range(placed.column, placed.column + piece.columns)
    wide = sum(column_pixels(sheet.widths.get(column, sheet.default_width)) for column in columns)
    size = wide - EDGE, piece.rows * ROW_PIXELS - EDGE
    at = a1(placed.row, placed.column)
    told = piece.x_title, piece.y_title, piece.x_span, piece.y_span
    return Chart("column" if piece.bars else "scatter", piece.title, made, at, size, piece.alt, *told)


def _draw_foot(lesson: Lesson, sheet: Sheet, script: Script, row: int, suits: str) -> int:
    """Where this happens in a real network, the question, and below it the answer, in rows that are folded away.

    Returns the first row behind all of it.
    """
    words, prose = lesson.words, script.prose
    for line in lines_of(words("lesson.real", what=prose("real")), ROOM):
        sheet.text(row, 1, line, "text")
        row += 1
    row += 1
    for line in lines_of(words("lesson.question", what=prose("question")), ROOM):
        sheet.text(row, 1, line, "heading.plain")
        row += 1
    answer = lines_of(prose("answer"), ROOM)
    for number, line in enumerate(answer, row):
        sheet.text(number, 1, line, "text")
    sheet.folded = range(row, row + len(answer))  # the sign + stands beside the row behind them, in any program
    row = sheet.folded.stop
    sheet.text(row, 1, words("lesson.unfold"), "note")
    row += 1
    sheet.text(row, 1, suits, "note")
    return row + 2


def _draw_lists(lesson: Lesson, sheet: Sheet, script: Script, row: int) -> None:
    """What the lists offer, and the lists themselves, side by side; each has as many columns as its words need."""
    column, head = 1, lesson.words("lesson.list")
    for given in script.givens.values():
        if not given.choices or lesson.plan.blocks[given.full].anchors[0].sheet != sheet.title:
            continue
        for number, choice in enumerate(given.choices):
            if isinstance(choice, str):
                sheet.text(row + 1 + number, column, choice, "note")
            else:
                sheet.number(row + 1 + number, column, choice, "index")
        sheet.text(row, column, head, "note")
        sheet.print_rows = row - 2  # a list is of no use on paper
        source = f"{_fixed(row + 1, column)}:{_fixed(row + len(given.choices), column)}"
        sheet.choices.append((_where(lesson, given.full), source))
        room = max(pixels(text, NOTE) for text in (head, *map(str, given.choices))) + MARGIN
        while room > 0:
            room -= column_pixels(sheet.widths.get(column, sheet.default_width))
            column += 1


def _where(lesson: Lesson, full: str) -> str:
    return fixed_area(lesson.plan.blocks[full]).replace("$", "")


def _fixed(row: int, column: int) -> str:
    letters = a1(1, column)[:-1]
    return f"${letters}${row}"


__all__ = ["BELOW", "FIRST", "draw_page", "draw_photo"]

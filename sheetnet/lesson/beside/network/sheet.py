"""The sheet Network as a whole: its head, the strips with their names, and the classes to the right of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil, prod

from sheetnet.grid import MAX_COLUMNS, a1
from sheetnet.layout import FIRST, HEAD
from sheetnet.layout.sheets.network import BACK_HEIGHT, CHOICE_HEIGHT, CHOICE_ROW, NAMES, SHAPES, TABLE, TOP, Screen
from sheetnet.lesson.beside.network.classes import TABLE_WIDTHS, draw_classes, draw_loss, draw_truth, names_width
from sheetnet.lesson.beside.network.order import draw_choice
from sheetnet.lesson.beside.network.pictures import back_width, draw_back, draw_strip
from sheetnet.lesson.beside.network.strips import FILTERS, SHARE, STRIPES, Shown, choose
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import times
from sheetnet.network import PHOTO, Network
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER, pixels
from sheetnet.workbook.style import styles

SPARE = 8  # pixels beside a text
ROOMY = 1.3  # a merged cell cuts its text, and fonts that stand in for a Chinese one are so much wider
POINT = 0.75  # points of a pixel
TALL = 1.3  # height of a row, in sizes of its largest font


def draw_network(lesson: Lesson, title: str, gradients: Mapping[str, str]) -> None:
    """The sheet, which stands in the workbook already; it is drawn when all other formulas are known.

    ``gradients``: the full name of the gradient of each tensor, where there is a step of learning.
    """
    network, plan = lesson.network, lesson.plan
    sheet = lesson.book.sheet(title)
    sheet.headings, sheet.one_page = False, True
    formulas = sum(prod(plan.blocks[full].shape) for full in plan.computed())
    widths = (names_width(lesson), *TABLE_WIDTHS)
    most, wide = int(SHARE * formulas), partial(_label_width, lesson)
    back = partial(back_width, lesson, gradients) if gradients else None
    shown, screen = choose(network, title, sum(widths), most, wide, back)
    if screen is None:
        raise ValueError("not even the photo has room; ask offered before")
    sheet.default_width = _characters(screen.cell)
    sheet.widths |= {screen.table + k: _characters(width) for k, width in enumerate(widths)}
    words = lesson.words
    notes = [*([words("network.lead_back")] if screen.back else []), *_notes(lesson, shown, screen)]
    about = words.joined("joined.sentences", notes)
    head = Head(words("network.title"), words("network.lead"), about=about)
    draw_head(lesson, sheet, head)
    draw_links(lesson, sheet)
    _tighten(sheet)
    sheet.heights |= {NAMES: 17 * POINT, SHAPES: 16 * POINT, TOP + screen.rows: screen.cell * POINT}
    sheet.heights[CHOICE_ROW] = (CHOICE_HEIGHT if screen.choice else 1) * POINT
    sheet.heights |= dict.fromkeys(range(TOP, TOP + screen.rows), screen.cell * POINT)
    sheet.grounds = dict.fromkeys(range(1, TOP), "paper")  # on it LibreOffice draws no lines where pages would end
    sheet.grounds |= dict.fromkeys(range(TOP, TOP + screen.rows + 1), "tape")  # on it white numbers are seen
    if screen.back:
        sheet.heights[screen.back], sheet.grounds[screen.back] = BACK_HEIGHT * POINT, "paper"
    order = draw_choice(lesson, sheet, screen) if screen.choice else None
    row = screen.lists + 6
    for one, placed in zip(shown, screen.placed, strict=True):
        _draw_names(lesson, sheet, one, placed.left, placed.room, screen.cell)
        row = draw_strip(lesson, sheet, screen, one, placed, order, row)
        if screen.back and one.full in gradients:
            draw_back(lesson, sheet, screen, one, placed, gradients[one.full])
    row = draw_classes(lesson, sheet, screen, row)
    draw_loss(lesson, sheet, screen)
    if screen.back:
        draw_truth(lesson, sheet, screen, gradients)
    sheet.print_rows = TOP + screen.rows - 1
    sheet.print_columns = screen.table + TABLE - 1
    sheet.selected = a1(TOP, 1)  # in a square of a few pixels the cursor hides nothing
    _widen_links(sheet, screen.table)


def _characters(size: float) -> float:
    """The width of a column that has so many pixels."""
    return ceil(1000 * size / PIXELS_PER_CHARACTER) / 1000


# The names above the strips


def _labels(lesson: Lesson, one: Shown) -> tuple[list[tuple[str, str, str]], str]:
    """The links above a strip (text, sheet, cell), and the line below them."""
    plan, words = lesson.plan, lesson.words
    block = plan.blocks[one.full]
    shape = times(block.shape)
    if one.kind in (FILTERS, STRIPES):
        at = block.anchors[0]
        count, place = block.shape[0], a1(at.row, at.column)
        if one.kind == STRIPES:
            return [(words("network.stripes"), at.sheet, place)], shape
        text = words("network.filters", count=count) if count > 1 else words("network.filters_one")
        return [(text, at.sheet, place)], times(block.shape[1:])
    links = []
    for name in one.names:
        title = plan.sheets[name]
        top = plan.tops.get(name, FIRST)
        links.append((lesson.named.get(name, title), title, a1(top - HEAD, 1) if top > FIRST else "A1"))
    return links, shape


def _label_width(lesson: Lesson, one: Shown) -> int:
    links, below = _labels(lesson, one)
    return ceil(max(sum(pixels(text) + SPARE for text, _, _ in links), pixels(below, 9) + SPARE))


def _draw_names(lesson: Lesson, sheet: Sheet, one: Shown, left: int, room: int, size: int) -> None:
    """The links side by side, each with the room of its text, and the shape below them."""
    links, below = _labels(lesson, one)
    column = left
    for text, title, place in links:
        wide = ceil((pixels(text) + SPARE) / size)
        sheet.link(NAMES, column, text, title, cell=place)
        column += wide
    sheet.text(SHAPES, left, below, "shape.note")


def _widen_links(sheet: Sheet, table: int) -> None:
    """Give every link the room of its text, up to what follows: a reader cannot hit a cell of a few pixels.

    ``table``: the first column of the classes, where cells are wide.
    """
    for row, entries in sheet.rows.items():
        for entry in entries:
            last = min((one.column for one in entries if one.column > entry.column), default=MAX_COLUMNS + 1) - 1
            address = a1(row, entry.column)
            if not isinstance(entry, Cell) or all(address != where for where, _ in sheet.links):
                continue
            small, column = entry.column < table, entry.column
            last = min(last, table - 1) if small else last
            wide = pixels(str(entry.value)) * (ROOMY if small else 1) + SPARE
            while wide > (here := sheet.widths.get(column, sheet.default_width) * PIXELS_PER_CHARACTER):
                wide, column = wide - int(here), column + 1
            if min(column, last) > entry.column:
                sheet.merges.append(f"{address}:{a1(row, min(column, last))}")


# The head


def _tighten(sheet: Sheet) -> None:
    """Make the rows of the head as high as their texts; rows without one are hardly there."""
    looks = styles("clear")
    for row in range(1, FIRST):
        sizes = [looks[entry.style].size for entry in sheet.rows.get(row, ())]
        sheet.heights[row] = ceil(TALL * max(sizes) / POINT) * POINT if sizes else POINT


def _notes(lesson: Lesson, shown: list[Shown], screen: Screen) -> list[str]:
    """What there is to say: which layers share a strip, and what had no room."""
    network, words = lesson.network, lesson.words
    kinds = {node.name: node.layer.kind for node in network.nodes}
    shared = [one for one in shown if len([n for n in one.names if n != PHOTO]) > 0 and len(one.names) > 1]
    notes = [words("network.shared")] if shared else []
    known = dict.fromkeys(kinds[name] for one in shared for name in one.names[1:])
    notes += [words(f"network.shared_{kind}") for kind in known if f"network.shared_{kind}" in words]
    layers = [node.name for node in network.nodes]
    beside = {node.name for node in (network.line_up, network.loss) if node is not None}
    seen = {name for one in shown for name in one.names} | beside
    count = sum(name in seen for name in layers)
    if count < len(layers):
        notes.append(words("network.part", count=count, total=len(layers)))
    elif _lacks(network, shown):
        notes.append(words("network.without"))
    return notes


def _lacks(network: Network, shown: list[Shown]) -> bool:
    """Whether filters or weights of some layers are not on the sheet."""
    there = {one.full for one in shown}
    return any(len(size) in (2, 4) and full not in there for full, size in network.parameters.items())

"""The workbook of a pupil: the sheets of the solved one, with cells blanked, marked, numbered, and all others locked.

Nothing is copied that is not needed: no hidden sheet, no record, no chart, no rule about a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sheetnet.classroom.assign.front import draw_front
from sheetnet.classroom.assign.graph import Graph
from sheetnet.classroom.assign.guard import WAITS
from sheetnet.classroom.assign.item import ID, INPUT, ITEM, PROPERTY, Input, Item, Place
from sheetnet.classroom.assign.labels import IN_CELLS, stays
from sheetnet.grid import Anchor, a1, row_column, sheet_prefix
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import TRUTH
from sheetnet.words import Words
from sheetnet.workbook.book import Book, Cell, Sheet
from sheetnet.workbook.look import Scale

Front = Callable[[Sheet, Sequence[Item], tuple[str, str], Words, str], Anchor]
ASKED = "asked"  # the style of a cell that waits for an answer
NOT_ASKED = {
    "answer.number": "number",
    "answer.chance": "chance",
}  # yellow is what waits for an answer, and no other


def hint(words: Words, item: Item, level: int) -> str:
    """What the note at a cell says: its number and points, and at the easier levels how it is worked out."""
    said = words("assign.note", number=item.number, points=item.points)
    key = f"assign.hints.{item.step}_{item.full.rpartition('.')[2]}"
    if key not in words:
        key = f"assign.hints.{item.step}"
    return said if level > 2 else f"{said}\n{words(key)}"


def pupil_book(
    lesson: Lesson,
    graph: Graph,
    items: Sequence[Item],
    kept: set[Place],
    guarded: Mapping[Place, str],
    who: tuple[str, str],
    level: int,
    ask: str,
    draw: Front = draw_front,
) -> Book:
    """The workbook of a pupil.

    ``who``: id and name; ``guarded``: formulas of cells that wait for an answer; ``draw``: draws the first sheet.
    """
    source, words = lesson.book, lesson.words
    asked = {one.place: one for one in items}
    made = Book(source.title, source.theme, source.font, source.language, source.letter)
    front = made.add(words("sheets.start"))
    locked = _of_locked(lesson)
    told = {at: locked.get(one, one) if isinstance(one, str) else one for at, one in graph.values.items()}
    graph = replace(graph, values=told)
    lost = graph.formulas.keys() - kept
    needed = kept.union(*(graph.before(place) for place in kept)) - lost
    for sheet in source.sheets[1:]:
        if not sheet.hidden and any(place[0] == sheet.title for place in needed):
            made.sheets.append(_blanked(sheet, graph, asked, kept, needed, guarded, words, level, ask))
    titles = {sheet.title for sheet in made.sheets}
    for sheet in made.sheets:
        _unlink(sheet, titles)
        sheet.locked = True
    for one in items:
        at = Anchor(*one.place)
        made.name(f"{ITEM}{one.number}", at, at)
    for given in inputs_of(lesson, made):
        made.name(given.name, given.first, given.last)
    made.properties[PROPERTY] = who[0]
    made.name(ID, *[draw(front, items, who, words, ask)] * 2)
    return made


def _of_locked(lesson: Lesson) -> dict[str, str]:
    """What invites a reader to change pixels, and what is said in its place: in an exercise they are locked."""
    words, network = lesson.words, lesson.network
    _, height, width = network.shape
    said = {"levels": network.levels, "height": height, "width": width, "count": height * width}
    keys = ("input.channel_lead", "input.channel_about")
    return {words(key, **said): words(f"{key}_locked", **said) for key in keys}


def inputs_of(lesson: Lesson, book: Book) -> Iterator[Input]:
    """What is given, as far as the workbook of a pupil shows it."""
    titles = {sheet.title for sheet in book.sheets}
    own = (*lesson.network.inputs, *lesson.network.parameters)
    for number, full in enumerate(one for one in own if one != f"{TRUTH}.out"):
        for part, (first, last) in enumerate(lesson.plan.blocks[full].rectangles()):
            if first.sheet in titles:
                yield Input(f"{INPUT}{number}.{part}", full, part, first, last)


def _blanked(
    sheet: Sheet,
    graph: Graph,
    asked: Mapping[Place, Item],
    kept: set[Place],
    needed: set[Place],
    guarded: Mapping[Place, str],
    words: Words,
    level: int,
    ask: str,
) -> Sheet:
    made = replace(
        sheet,
        rows={},
        scales=[_relative(one) for one in sheet.scales],
        marks=[],
        charts=[],
        choices=[],
        limits=[],
        spans=[],
        framed=set(),
        notes=[],
        links=list(sheet.links),
        heights=dict(sheet.heights),
        aside=False,
    )
    title = sheet.title
    gone = {place for place in graph.formulas if place[0] == title and place not in kept}
    last = max(place[1] for place in needed if place[0] == title)
    untold = ask == "formula" or any(
        one in gone for place in asked if place[0] == title for one in graph.before(place)
    )
    chosen = {row_column(where) for where, _ in sheet.choices}  # which are locked, so nobody is to choose
    for place, value in graph.values.items():
        _, row, column = place
        if place[0] != title or place in gone or row > last or (row, column - 1) in chosen:
            continue
        style, formula = graph.styles[place], graph.formulas.get(place)
        if (item := asked.get(place)) is not None:
            made.text(row, column, words("assign.open_cell", points=item.points), ASKED)
            made.notes.append((a1(row, column), hint(words, item, level)))
        elif formula is not None:
            plain = NOT_ASKED.get(style, style)
            cell = Cell(column, plain, WAITS if place in guarded else value, guarded.get(place, formula))
            made.rows.setdefault(row, []).append(cell)
        elif isinstance(value, str):
            if stays(place, gone, needed) and not (row == IN_CELLS and untold):
                made.text(row, column, value, style)
        elif value is None:
            made.blank(row, column, style)
        else:
            made.number(row, column, value, style)
    made.print_rows = None
    made.breaks = [row for row in sheet.breaks if row < last]
    return made


def _relative(scale: Scale) -> Scale:
    """A scale of colours whose ends are the least and the most that is shown: a number there would tell of others."""
    last = len(scale.stops) - 1
    return Scale(list(scale.ranges), [(c, None if i in (0, last) else v) for i, (c, v) in enumerate(scale.stops)])


def _unlink(sheet: Sheet, titles: set[str]) -> None:
    """Take away links to sheets that are not there, with their words."""
    known = {sheet_prefix(title) for title in titles}
    lost = [where for where, target in sheet.links if not any(target.startswith(one) for one in known)]
    here = {row_column(where) for where, _ in sheet.links} & {
        (row, one.column) for row, entries in sheet.rows.items() for one in entries
    }
    sheet.links = [(where, to) for where, to in sheet.links if where not in lost and row_column(where) in here]
    for where in lost:
        row, column = row_column(where)
        sheet.rows[row] = [one for one in sheet.rows.get(row, ()) if one.column != column]

"""A lesson of lesson.toml -> the finished workbook, by the same plan, record and looks as every other one.

script -> blocks in their places -> what is given, and a look for every step -> words and charts -> record -> file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sheetnet import words
from sheetnet.case.lessons.file import is_ours
from sheetnet.case.lessons.request import Told
from sheetnet.case.lessons.script import Cells, Reading, Script, Shown, Step
from sheetnet.errors import NetworkError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Block, a1
from sheetnet.layers import Array, Layer
from sheetnet.layers.window import Pads
from sheetnet.layout import CHOICE, NUMBER, WORDS, Planner
from sheetnet.layout.addresses import areas
from sheetnet.lenses import Area, Look, Source, element
from sheetnet.lesson.finish import Written, begin_book, finished, refuse_target, saved
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW
from sheetnet.lesson.frame.screen import open_with
from sheetnet.lesson.shelves.arrange import Arranger
from sheetnet.lesson.shelves.crossed import crossed
from sheetnet.lesson.shelves.draw import draw_page, draw_photo
from sheetnet.lesson.shelves.look import set_widths, style_of
from sheetnet.lesson.shelves.room import refuse_cut
from sheetnet.network import Network
from sheetnet.workbook.style import MINI

# What Python raises where an operation is given shapes or numbers that it was not made for.
ODDITIES = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)


def write_lesson(
    told: Told,
    path: Path,
    *,
    given: Mapping[str, Array] | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Build the workbook of a lesson at ``path``. WorkbookError where it fails.

    ``given``: other values of its givens, by name.
    """
    refuse_target(path, force=force)  # before the work, not after it
    lesson = finished(describe_lesson(told, given))
    refuse_cut(told.script, lesson)
    return saved(lesson, path, force=force, progress=progress)


def describe_lesson(told: Told, given: Mapping[str, Array] | None = None) -> Lesson:
    """All sheets of a lesson. ``given``: other values of its givens. NetworkError where a step has no value."""
    script = told.script
    trail = tuple(page.title for page in script.pages)
    book = begin_book(script.prose("title"), told)
    planner = Planner(Network(script.name, (), (), ()), {}, ())
    return add_lesson(Lesson(planner, {}, words.load(told.language), book, trail, {}), told, given)


def add_lesson(lesson: Lesson, told: Told, given: Mapping[str, Array] | None = None) -> Lesson:
    """The sheets of a lesson, added to a workbook. The trail has the titles that its sheets are linked to."""
    script, book, planner = told.script, lesson.book, lesson.planner
    margins = _margins(script)
    arranged = [Arranger(page, script.shapes, margins, charts=not told.plain).arrange() for page in script.pages]
    cells = {full: block for page in arranged for full, block in page.cells.items()}
    pieces = {p.piece.of: p.piece for page in arranged for p in page.blocks if isinstance(p.piece, Shown)}
    _refuse_apart(script, list(pieces.values()), cells)
    sheets = [book.add(page.title, freeze=BELOW, one_page=True, aside=page.aside) for page in script.pages]
    for name, one in script.givens.items():
        value = (given or {}).get(name, one.value)
        if one.open:
            kind = (CHOICE if one.choices else WORDS) if one.words else NUMBER
            lesson.put(one.full, kind, cells[one.full], value, "input")
        else:
            lesson.constant(one.full, cells[one.full], value)
    for step in script.steps:
        own = {full.partition(".")[2]: full for full in script.shapes if full.partition(".")[0] == step.name}
        reads = {key: _source(source, cells) for key, source in step.reads.items()}
        blocks = {key: cells[full] for key, full in own.items()}
        try:
            lesson.look(step.name, step.operation, reads, "number", **blocks)
            _try(lesson, script, step.name)
        except ODDITIES as error:
            if is_ours(script):
                raise  # a fault of ours, which is to be seen
            kind = step.operation.kind
            raise NetworkError(
                f"{script.path}: [[steps]] {step.name!r}: {kind} cannot work on what it reads ({error or kind})"
            ) from error
        if all(pieces[full].style == MINI for full in own.values() if full in pieces):
            planner.hide(step.name)
        _refuse_lost(lesson, script, step, own)
    for full in script.shapes:
        source = script.givens.get(full.partition(".")[0])
        if full in pieces:
            lesson.styles[full] = style_of(pieces[full], lesson.value(full), source)
        else:  # above a matrix, or before it
            lesson.styles[full] = "origin" if source is None or not source.open else "input"
    for sheet, page in zip(sheets, arranged, strict=True):
        set_widths(lesson, sheet, page, script)
        _write_constants(lesson, sheet.title, script)
        draw_page(lesson, sheet, page, script, first=sheet is sheets[0])
        _limit(lesson, script, sheet.title)
    for sheet, page in zip(sheets, arranged, strict=True):
        small = [
            cells[full] for full, one in pieces.items() if one.square and cells[full].anchors[0].sheet == sheet.title
        ]
        if small:
            open_with(sheet, *small)
        if told.photo is not None:
            draw_photo(sheet, page, told.photo)
    for full in (*(one.full for one in reversed(list(script.givens.values())) if one.open), script.change):
        at = cells[full].anchors[0]  # what is to be changed is selected, on other sheets the first input
        book.sheet(at.sheet).selected = a1(at.row, at.column)
    return lesson


def _try(lesson: Lesson, script: Script, name: str) -> None:
    """Let a step compute its numbers and its first and last formula, so that what does not fit is known here."""
    step = lesson.step(lesson.plan.looks[name])
    for own, block in step.writes.items():
        lesson.value(step.names[own])
        for index in ((0,) * len(block.shape), tuple(size - 1 for size in block.shape)):
            if forms := crossed(step.rules[own](*index)):
                raise NetworkError(
                    f"{script.path}: [[steps]] {name!r}: it multiplies ranges of {forms} cells; lay both alike: "
                    "{ show, across = true } lays a list in a row"
                )


def _refuse_apart(script: Script, pieces: list[Shown], cells: Mapping[str, Block]) -> None:
    """NetworkError where a sheet is too small, or cells are to be framed by a mask on another sheet."""
    for full, block in cells.items():
        for _, last in block.rectangles():
            if last.row > MAX_ROWS or last.column > MAX_COLUMNS:
                raise NetworkError(f"{script.path}: {full} does not fit on its sheet; make it smaller")
    for piece in pieces:
        if piece.framed and cells[piece.framed].anchors[0].sheet != cells[piece.of].anchors[0].sheet:
            raise NetworkError(f"{script.path}: {piece.framed} frames {piece.of}; put both on one sheet")


def _margins(script: Script) -> dict[str, Pads]:
    """The blank cells that convolutions and poolings need around what they read."""
    found: dict[str, Pads] = {}
    for step in script.steps:
        source = step.reads.get("x")
        if isinstance(step.operation, Layer) and isinstance(source, str):
            of = {own: script.shapes[full] for own, full in step.reads.items() if isinstance(full, str)}
            pads = step.operation.padding_of(of)
            before = found.get(source, (0, 0, 0, 0))
            found[source] = tuple(max(pair) for pair in zip(before, pads, strict=True))  # type: ignore[assignment]
    return {full: pads for full, pads in found.items() if any(pads)}


def _source(source: Reading, cells: Mapping[str, Block]) -> Source:
    """What a step reads, as a look reads it."""
    if isinstance(source, str):
        return source
    if isinstance(source, Cells):
        first = element(source.of, cells[source.of], *source.at)
        return Area(first.of, first.anchor, first.row, first.column, source.shape)
    return Look("", source.operation, {own: _source(one, cells) for own, one in source.reads.items()})


def _refuse_lost(lesson: Lesson, script: Script, step: Step, own: Mapping[str, str]) -> None:
    for full in own.values():
        if any(isinstance(one, float) and one != one for one in lesson.value(full).ravel().tolist()):
            raise NetworkError(
                f"{script.path}: [[steps]] {step.name!r}: {full} has no value with these inputs; change what it reads"
            )


def _write_constants(lesson: Lesson, title: str, script: Script) -> None:
    """The numbers and words that nobody changes: the sheet itself writes them."""
    sheet = lesson.book.sheet(title)
    for given in script.givens.values():
        block = lesson.plan.blocks[given.full]
        if given.open or block.anchors[0].sheet != title:
            continue
        for index, _, row, column in block.walk():
            value = lesson.values[given.full][index]
            if isinstance(value, str):
                sheet.text(row, column, value, "text")
            else:
                sheet.number(row, column, float(value), lesson.styles[given.full])


def _limit(lesson: Lesson, script: Script, title: str) -> None:
    """What the reader may type: a number in its range."""
    sheet = lesson.book.sheet(title)
    for given in script.givens.values():
        block = lesson.plan.blocks[given.full]
        if not given.open or given.choices or given.least is None or given.most is None:
            continue
        message = lesson.words("lesson.range", least=f"{given.least:g}", most=f"{given.most:g}")
        for where in areas(block, title):
            sheet.spans.append((where, given.least, given.most, message))

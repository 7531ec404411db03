"""A case -> the finished workbook.

case -> engine (numbers) -> layout (cells) -> sheets -> file
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path

import numpy as np

from sheetnet import engine, layout, words
from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block
from sheetnet.layers import Array
from sheetnet.lesson import charts, residual
from sheetnet.lesson.blocks import draw_block
from sheetnet.lesson.case import Case
from sheetnet.lesson.checks import draw_checks
from sheetnet.lesson.closeup import conv, logit, pool
from sheetnet.lesson.frame import Lesson, fit_print
from sheetnet.lesson.grids import draw_extra
from sheetnet.lesson.pad import draw_pad, place_pad
from sheetnet.lesson.pictures import draw_channels, draw_photo
from sheetnet.lesson.sheets import draw_node
from sheetnet.lesson.start import draw_start, place_start
from sheetnet.lesson.titles import layer_names, layout_check
from sheetnet.lesson.weights import draw_weights, laid_back
from sheetnet.network import PHOTO, TRUTH, Network
from sheetnet.target import refuse_target
from sheetnet.workbook.book import RECORD_NAME, Book
from sheetnet.workbook.style import FONT, FONTS
from sheetnet.workbook.write import save

RECORD_SHEET = "sheetnet"
RECORD_PIECE = 30_000  # characters a cell; a cell holds at most 32,767

# The sheets that are no step of the network: is there anything for them to show, and who draws them.
EXTRAS: dict[str, tuple[Callable[[Network], object], Callable[[Lesson, str], None]]] = {
    "closeup": (conv.offered, conv.draw_conv),
    "closeup_pool": (pool.offered, pool.draw_pool),
    "closeup_logit": (logit.offered, logit.draw_logit),
    "weights": (laid_back, draw_weights),
    "charts": (charts.offered, charts.draw_charts),
    "residual": (residual.offered, residual.draw_residual),
    "checks": (lambda network: True, draw_checks),
}


def write(case: Case, path: Path, *, force: bool = False, progress: Callable[[int, int], None] | None = None) -> int:
    """Build the workbook of a case at ``path``; returns how many formulas it has. WorkbookError where it fails."""
    refuse_target(path, force=force)  # before the work, not after it
    book = make_book(case)
    save(book, path, force=force, progress=progress)
    return book.formula_count()


def make_book(case: Case) -> Book:
    """The workbook of a case, every formula with its value, not written yet."""
    network = case.network
    inputs = {} if case.photo is None else {f"{PHOTO}.out": case.photo.x}
    if network.has_truth:
        inputs[f"{TRUTH}.out"] = engine.one_hot(network, case.label)
    values = engine.forward(network, inputs, case.parameters)
    for name, array in values.items():
        if not np.isfinite(array).all():
            raise NetworkError(f"{name}: the numbers grow too large for a spreadsheet; use smaller weights")
    book = draw(case, values)
    _fill(book)
    for sheet in book.sheets:
        if not sheet.hidden:
            fit_print(sheet)
    return book


def draw(case: Case, values: Mapping[str, Array]) -> Book:
    """The workbook of a case; the formulas outside the network have no values yet. ``values``: of every tensor."""
    network, vocabulary = case.network, words.load(case.language)
    plan = layout_check(network, case.language)
    book = Book(
        case.prose["title"],
        theme=case.theme,
        font=FONTS.get(case.language, FONT),
        language=case.language,
        letter=case.letter,
    )
    start, draws, named = vocabulary("sheets.start"), vocabulary("sheets.draw"), layer_names(network, vocabulary)
    drawn = case.drawn
    around = (start, draws) if drawn is not None else (start,)
    photo = (plan.sheets[PHOTO], *plan.channels) if network.shape else ()
    extra = (plan.sheets[layout.EXTRA],) if network.extra else ()
    steps = (*around, *photo, *extra, *dict.fromkeys(plan.sheets[node.name] for node in network.nodes))
    extras = {} if case.plain else {key: vocabulary(f"sheets.{key}") for key in EXTRAS if EXTRAS[key][0](network)}
    lesson = Lesson(network, plan, values, vocabulary, book, (*steps, *extras.values()), extras, case.done, named)
    sheet = book.add(start, one_page=True)
    place_start(lesson, start)
    if drawn is not None:
        place_pad(lesson, draws, drawn)
    draw_start(lesson, sheet, case)
    if drawn is not None:
        draw_pad(lesson, drawn, case.prose.get("samples", ""))
    if network.shape:
        draw_photo(lesson)
        draw_channels(lesson)
    if network.extra:
        draw_extra(lesson)
    for _, group in groupby(network.nodes, key=lambda node: plan.sheets[node.name]):
        nodes = list(group)
        if len(nodes) > 1:
            draw_block(lesson, nodes)
        else:
            draw_node(lesson, nodes[0])
    for key, title in extras.items():
        EXTRAS[key][1](lesson, title)
    _write_record(book, plan)
    return book


def _write_record(book: Book, plan: layout.Plan) -> None:
    for names, block in layout.names_of(plan):
        book.name(names, block)
    text = json.dumps(layout.write_record(plan), ensure_ascii=False, separators=(",", ":"))
    text = text.replace(" ", "\\u0020")  # only in strings; a spreadsheet may drop a space at the end of a cell
    pieces = [text[i : i + RECORD_PIECE] for i in range(0, len(text), RECORD_PIECE)]
    sheet = book.add(RECORD_SHEET, hidden=True)
    for row, piece in enumerate(pieces, 1):
        sheet.text(row, 1, piece)
    book.name([RECORD_NAME], _column(RECORD_SHEET, len(pieces)))


def _column(sheet: str, rows: int) -> Block:
    return Block((rows,), (Anchor(sheet, 1, 1),), ((1, 0),))


def _fill(book: Book) -> None:
    """Give the formulas outside the tensors their values, computed by the embedded engine."""
    pending = book.pending()
    if not pending:
        return
    from sheetnet.recalc.embedded import compute

    formulas = {(sheet.title, row, cell.column): cell.formula or "" for sheet, row, cell in pending}
    found = compute(formulas, book.known((at[0], text) for at, text in formulas.items()))
    for sheet, row, cell in pending:
        cell.value = found[sheet.title, row, cell.column]

"""The table of fingerprints: of each tensor the one that is stored, the one of its live cells, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from sheetnet.grid import Block, a1
from sheetnet.layout.sheets.checks import (
    COUNT,
    LAST,
    LIVE,
    NAME,
    SHAPE,
    SHEET,
    STATE,
    STORED,
    Checks,
)
from sheetnet.lenses import Apart, Fingerprint, Seal, Source, When, element
from sheetnet.lesson.beside.checks.seals import Print
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import times
from sheetnet.operation import Array
from sheetnet.workbook.book import Sheet

SAME = 1e-9
MOST_FIXED, MOST_WHOLE = 1e5, 1e9  # larger numbers have no decimals, or are written as 1.2E+09, to fit their columns
PARTS = ("sum", "squares", "least", "most")  # what is stored of a tensor, and a seal
SIZES, PATTERN = "checks.numbers", "checks.pattern"


def numbered(sources: Sequence[Source]) -> dict[str, Source]:
    """Sources by the names x1, x2, ..., for a lens that reads any number of them."""
    return {f"x{k}": source for k, source in enumerate(sources, 1)}


def live(one: Print) -> dict[str, str]:
    """The full names of what is live: of a fingerprint, and of its seal."""
    names = {own: f"checks.live.{one.full}.{'out' if own == 'sum' else own}" for own in ("count", *PARTS)}
    return names | ({"seal": f"checks.seal.{one.full}.out"} if one.sealed else {})


def write_constants(lesson: Lesson, sheet: Sheet, name: str, block: Block, numbers: Array, styles: list[str]) -> None:
    """Write numbers that nobody computes and the reader does not edit; looks read them by their name."""
    lesson.constant(name, block, numbers)
    for index, style in zip(np.ndindex(*numbers.shape), styles, strict=True):
        at = block.cell(*index)
        sheet.number(at.row, at.column, float(numbers[index]), style)


def draw_table(lesson: Lesson, sheet: Sheet, places: Checks, found: list[Print]) -> None:
    """The table."""
    words, plan = lesson.words, lesson.plan
    _draw_heads(lesson, sheet, places.first_print)
    sizes = np.array([float(prod(plan.blocks[one.full].shape)) for one in found])
    write_constants(lesson, sheet, SIZES, places.sizes(), sizes, ["count"] * len(found))
    for number, one in enumerate(found):
        row, where = places.first_print + number, plan.blocks[one.full].anchors[0]
        sheet.text(row, NAME, one.full, "text")
        sheet.link(row, SHEET, where.sheet, where.sheet, cell=a1(where.row, where.column))
        sheet.text(row, SHAPE, times(plan.blocks[one.full].shape), "shape")
        _draw_print(lesson, sheet, places, number, one)
        counted = element(SIZES, plan.blocks[SIZES], number)
        reads: dict[str, Source] = {**live(one), "stored": f"checks.stored.{one.full}", "counted": counted}
        lesson.look(f"checks.apart.{one.full}", Apart(), reads, "small", out=places.apart(number))
        state = When(SAME, words("checks.same" if one.sealed else "checks.sums_agree"), words("checks.changed"))
        x = {"x": f"checks.apart.{one.full}.out"}
        lesson.look(f"checks.state.{one.full}", state, x, "state", out=places.state(number))


def _draw_heads(lesson: Lesson, sheet: Sheet, first: int) -> None:
    words = lesson.words
    sheet.text(first - 3, NAME, words("checks.fingerprints"), "heading.plain")
    sheet.text(first - 2, STORED, words("checks.stored"), "heading")
    sheet.text(first - 2, LIVE, words("checks.live"), "heading")
    for column in (*range(STORED + 1, LIVE), *range(LIVE + 1, LAST + 1)):
        sheet.blank(first - 2, column, "heading")
    parts = ("sum", "squares", "least", "largest", "seal")
    keys = ("name", "sheet", "shape", "count", "counted", "state", "apart", *parts, *parts)
    for column, key in enumerate(keys, NAME):
        style = "heading" if column < COUNT else "heading.center" if column == STATE else "heading.right"
        sheet.text(first - 1, column, words(f"checks.{key}"), style)


def _style(number: float) -> str:
    return "fixed" if abs(number) < MOST_FIXED else "count" if abs(number) < MOST_WHOLE else "small"


def _draw_print(lesson: Lesson, sheet: Sheet, places: Checks, number: int, one: Print) -> None:
    """A fingerprint, stored and live."""
    cells = {own: places.live(number, k) for k, own in enumerate((*PARTS, "seal"))}
    reads = numbered(one.areas)
    blocks = {"count": places.counted(number), "out": cells["sum"], **{own: cells[own] for own in PARTS[1:]}}
    lesson.planner.look(f"checks.live.{one.full}", Fingerprint(), reads, **blocks)
    if one.sealed:
        lesson.planner.look(f"checks.seal.{one.full}", Seal(), {**reads, "pattern": PATTERN}, out=cells["seal"])
    names = [own for own in live(one) if own != "count"]
    numbers = [float(f"{float(lesson.value(live(one)[own])):.12g}") for own in names]
    styles = [_style(one) for one in numbers]
    shown = dict(zip(names, styles, strict=True))
    lesson.show(f"checks.live.{one.full}", {**shown, "out": shown["sum"], "count": "count"})
    if one.sealed:
        lesson.show(f"checks.seal.{one.full}", shown["seal"])
    stored = places.stored(number, len(names))
    write_constants(lesson, sheet, f"checks.stored.{one.full}", stored, np.array(numbers), styles)
    for column in () if one.sealed else (LIVE - 1, LAST):
        sheet.text(places.first_print + number, column, "–", "beside")

"""The sheet Checks: the workbook checks itself, live, without any tool.

Two kinds of checks. The arithmetic must always agree: probabilities sum to 1, the readings of a loss are one number,
no number is missing. The seal is broken once the reader edits something: each tensor's fingerprint, taken when the
workbook was made, stands beside the same of the live cells; see ``lenses.fingerprints``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.crossentropy import CrossEntropy
from sheetnet.layout import FIRST
from sheetnet.layout.places import cell, down, grid
from sheetnet.lenses import (
    Agreeing,
    Apart,
    Deviation,
    Fingerprint,
    Measure,
    Mismatch,
    Seal,
    Sentence,
    Source,
    When,
    element,
    inline,
    number_piece,
)
from sheetnet.lesson.beside.checks.seals import Print, pattern, pattern_size, prints
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import times
from sheetnet.operation import Array, Operation
from sheetnet.workbook.book import Sheet

SAME = 1e-9
NAME, SHEET, SHAPE, COUNT, COUNTED, STORED, LIVE, APART, STATE = 2, 3, 4, 5, 6, 7, 12, 17, 18  # columns
MOST_FIXED = 1e8  # a larger number is written as 1.2E+09, or its column would have to be wider
SUMS = ("sum", "squares", "least", "most")  # what is stored, and a seal
NUMBERS, PATTERN, ALL = "checks.numbers", "checks.pattern", "checks.all"
REFERENCE = "reference"  # the check of everything that is stored


@dataclass(frozen=True, slots=True)
class _Check:
    """A line: its name, what it says, what it computes. The seal comes last."""

    name: str
    text: str
    lens: Operation
    reads: Mapping[str, Source]


def draw_checks(lesson: Lesson, title: str) -> None:
    """The sheet: first the checks, then the table of fingerprints, then the pattern of their seals."""
    words = lesson.words
    sheet = lesson.book.add(title, freeze=f"A{FIRST}", repeat_rows="1:3")
    sheet.widths |= {1: 2.0, NAME: 21.0, SHEET: 13.0, SHAPE: 13.0, COUNT: 14.0, COUNTED: 10.0}
    sheet.widths |= dict.fromkeys(range(STORED, APART), 15.0) | {APART: 12.0, STATE: 13.0}
    draw_head(lesson, sheet, Head(words("checks.title"), words("checks.lead"), words("checks.remark")))
    names = _arithmetic(lesson)
    first = FIRST + len(names) + 7  # row of the first fingerprint
    found = [one for one in prints(lesson.plan, Anchor(title, first, NAME)) if _is_finite(lesson, one.full)]
    _place_pattern(lesson, sheet, first + len(found) + 2, found)
    _draw_table(lesson, sheet, first, found)
    for column, key, style in ((NAME, "what", ""), (COUNT, "state", ".center"), (COUNTED, "apart", ".right")):
        sheet.text(FIRST, column, words(f"checks.{key}"), f"heading{style}")
    for column in (SHEET, SHAPE):
        sheet.blank(FIRST, column, "heading")
    for row, check in enumerate(_checks(lesson, found), FIRST + 1):
        sheet.text(row, NAME, check.text, "text")
        apart = f"checks.{check.name}"
        lesson.look(apart, check.lens, check.reads, "small", out=cell(title, row, COUNTED))
        state = When(
            SAME, words("checks.same"), words("checks.changed" if check.name == REFERENCE else "checks.other")
        )
        x = {"x": f"{apart}.out"}
        lesson.look(f"checks.agrees.{check.name}", state, x, "state", out=cell(title, row, COUNT))
    row = FIRST + 1 + len(names) + 1
    sheet.text(row, NAME, words("checks.all"), "text")
    lens, reads = _state(lesson, "checks.all_state", "checks.edited")
    lesson.look(ALL, lens, reads, "answer", out=cell(title, row, COUNT))
    sheet.print_rows, sheet.print_columns = first + len(found) - 1, STATE
    draw_links(lesson, sheet)


def seal(lesson: Lesson) -> tuple[Operation, Mapping[str, Source]]:
    """What Start says about the checks: a lens, and what it reads."""
    return _state(lesson, "start.checks", "start.edited")


def _state(lesson: Lesson, all_key: str, edited_key: str) -> tuple[Operation, dict[str, Source]]:
    """How many checks agree; where only the seal does not, that the reader has changed something."""
    words = lesson.words
    names = _arithmetic(lesson)
    states: list[Source] = [f"checks.agrees.{name}.out" for name in (*names, REFERENCE)]
    total = len(states)
    lens = Agreeing(words("checks.same"))
    agree = inline(lens, **_numbered(states))
    pieces = [number_piece("agree", 0) if part == ("agree",) else part for part in words.parts(all_key, total=total)]
    some = inline(Sentence(tuple(pieces)), agree=agree)
    both = When(0.0, words(edited_key), words(all_key, agree=total, total=total))
    kept = inline(both, x=inline(lens, x1=states[-1]))
    x = inline(lens, **_numbered(states[:-1]))
    return When(float(total - 2), ("some",), ("kept",)), {"x": x, "some": some, "kept": kept}


def _numbered(sources: Sequence[Source]) -> dict[str, Source]:
    return {f"x{k}": source for k, source in enumerate(sources, 1)}


def _chances(lesson: Lesson) -> list[str]:
    """The layers that give the probabilities of one picture."""
    network = lesson.network
    given = [node.name for node in network.nodes if node.layer.gives == "probabilities"]
    return [name for name in given if len(network.shapes[f"{name}.out"]) == 1]


def _losses(lesson: Lesson) -> list[str]:
    """The layers that show three readings of a loss."""
    return [node.name for node in lesson.network.nodes if isinstance(node.layer, CrossEntropy)]


def _arithmetic(lesson: Lesson) -> list[str]:
    """The names of the checks that agree whatever the reader edits."""
    losses = [f"losses.{name}" for name in _losses(lesson)]
    return [*(f"sum_to_1.{name}" for name in _chances(lesson)), *losses, "shapes"]


def _checks(lesson: Lesson, found: list[Print]) -> Iterator[_Check]:
    words, sheets = lesson.words, lesson.plan.sheets
    for name in _chances(lesson):
        total = inline(Measure("SUM"), x1=f"{name}.out")
        yield _Check(f"sum_to_1.{name}", words("checks.sum_to_1", name=sheets[name]), Deviation(1.0), {"x": total})
    for name in _losses(lesson):
        three = {f"x{k}": f"{name}.{own}" for k, own in enumerate(("likelihood", "divergence", "out"), 1)}
        most, least = (inline(Measure(function), **three) for function in ("MAX", "MIN"))
        said = words("checks.losses", name=sheets[name])
        yield _Check(f"losses.{name}", said, Sub(), {"x": most, "y": least})
    counts = _numbered([_live(one)["count"] for one in found])
    yield _Check("shapes", words("checks.shapes"), Mismatch(), {**counts, "y": NUMBERS})
    apart = _numbered([f"checks.apart.{one.full}.out" for one in found])
    sealed = sum(one.sealed for one in found)
    said = words("checks.reference")
    if sealed < len(found):
        said = words("checks.reference_part", sealed=sealed, total=len(found))
    yield _Check(REFERENCE, said, Measure("MAX"), apart)


def _is_finite(lesson: Lesson, full: str) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.isfinite((lesson.values[full] ** 2).sum()))


def _place_pattern(lesson: Lesson, sheet: Sheet, row: int, found: list[Print]) -> None:
    """The pattern of the seals, below the table and not printed."""
    numbers = pattern(*pattern_size(found))
    block = grid(sheet.title, row + 1, NAME, *numbers.shape)
    sheet.text(row, NAME, lesson.words("checks.pattern"), "note")
    _write(lesson, sheet, PATTERN, block, numbers, ["index"] * numbers.size)


def _write(lesson: Lesson, sheet: Sheet, name: str, block: Block, numbers: Array, styles: list[str]) -> None:
    """Numbers that nobody computes and the reader does not fill; looks read them by their name."""
    lesson.constant(name, block, numbers)
    for index, style in zip(np.ndindex(*numbers.shape), styles, strict=True):
        at = block.cell(*index)
        sheet.number(at.row, at.column, float(numbers[index]), style)


def _draw_table(lesson: Lesson, sheet: Sheet, first: int, found: list[Print]) -> None:
    words, plan = lesson.words, lesson.plan
    sheet.text(first - 3, NAME, words("checks.fingerprints"), "heading.plain")
    sheet.text(first - 2, STORED, words("checks.stored"), "heading")
    sheet.text(first - 2, LIVE, words("checks.live"), "heading")
    for column in (*range(STORED + 1, LIVE), *range(LIVE + 1, APART)):
        sheet.blank(first - 2, column, "heading")
    sums = ("sum", "squares", "least", "largest", "seal")
    keys = ("name", "sheet", "shape", "count", "counted", *sums, *sums, "apart", "state")
    for column, key in enumerate(keys, NAME):
        style = "heading" if column in (NAME, SHEET, SHAPE) else "heading.right"
        sheet.text(first - 1, column, words(f"checks.{key}"), "heading.center" if column == STATE else style)
    sizes = np.array([float(prod(plan.blocks[one.full].shape)) for one in found])
    _write(lesson, sheet, NUMBERS, down(sheet.title, first, COUNT, len(found)), sizes, ["count"] * len(found))
    for row, one in enumerate(found, first):
        where = plan.blocks[one.full].anchors[0]
        sheet.text(row, NAME, one.full, "text")
        sheet.link(row, SHEET, where.sheet, where.sheet, cell=a1(where.row, where.column))
        sheet.text(row, SHAPE, times(plan.blocks[one.full].shape), "text")
        _draw_print(lesson, sheet, row, one)
        counted = element(NUMBERS, plan.blocks[NUMBERS], row - first)
        reads: dict[str, Source] = {**_live(one), "stored": f"checks.stored.{one.full}", "counted": counted}
        lesson.look(f"checks.apart.{one.full}", Apart(), reads, "small", out=cell(sheet.title, row, APART))
        state = When(SAME, words("checks.same" if one.sealed else "checks.sums_agree"), words("checks.changed"))
        x = {"x": f"checks.apart.{one.full}.out"}
        lesson.look(f"checks.state.{one.full}", state, x, "state", out=cell(sheet.title, row, STATE))


def _live(one: Print) -> dict[str, str]:
    """The full names of what is live: of a fingerprint, and of its seal."""
    live = {own: f"checks.live.{one.full}.{'out' if own == 'sum' else own}" for own in ("count", *SUMS)}
    return live | ({"seal": f"checks.seal.{one.full}.out"} if one.sealed else {})


def _draw_print(lesson: Lesson, sheet: Sheet, row: int, one: Print) -> None:
    """A fingerprint, stored and live."""
    title, live = sheet.title, _live(one)
    cells = {own: cell(title, row, LIVE + k) for k, own in enumerate((*SUMS, "seal"))}
    reads = _numbered(one.areas)
    blocks = {"count": cell(title, row, COUNTED), "out": cells["sum"], **{own: cells[own] for own in SUMS[1:]}}
    lesson.planner.look(f"checks.live.{one.full}", Fingerprint(), reads, **blocks)
    if one.sealed:
        lesson.planner.look(f"checks.seal.{one.full}", Seal(), {**reads, "pattern": PATTERN}, out=cells["seal"])
    names = [own for own in live if own != "count"]
    numbers = [float(f"{float(lesson.value(live[own])):.12g}") for own in names]
    styles = ["fixed" if abs(number) < MOST_FIXED else "small" for number in numbers]
    shown = dict(zip(names, styles, strict=True))
    lesson.show(f"checks.live.{one.full}", {**shown, "out": shown["sum"], "count": "count"})
    if one.sealed:
        lesson.show(f"checks.seal.{one.full}", shown["seal"])
    block = Block((len(names),), (Anchor(title, row, STORED),), ((0, 1),))
    _write(lesson, sheet, f"checks.stored.{one.full}", block, np.array(numbers), styles)
    for column in () if one.sealed else (LIVE - 1, APART - 1):
        sheet.text(row, column, "–", "beside")

"""The sheet Checks: the workbook checks itself, live, without any tool.

Each tensor's fingerprint (how many numbers, their sum, sum of squares, least and largest), taken from NumPy when
the workbook was made, stands beside the same of the live cells. They differ once the reader edits something.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum, isfinite, prod

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import FIRST, is_deep
from sheetnet.lesson.frame import Head, Lesson, draw_head, draw_links, times
from sheetnet.lesson.lookup import absolute, fixed
from sheetnet.lesson.outcome import quoted
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet

SAME = "1E-09"
MOST_PIECES = 200  # arguments of a function; Excel takes 255
LONGEST = 8000  # characters of a formula; Excel takes 8,192
NAME, SHEET, SHAPE, COUNT, COUNTED, STORED, LIVE, APART, STATE = 2, 3, 4, 5, 6, 7, 11, 15, 16  # columns
MOST_FIXED = 1e8  # a larger number is written as 1.2E+09, or its column would have to be wider
FUNCTIONS = ("SUM", "SUMSQ", "MIN", "MAX")


def draw_checks(lesson: Lesson, title: str) -> None:
    """The sheet: first the checks, then the table of fingerprints."""
    words = lesson.words
    sheet = lesson.book.add(title, freeze=f"A{FIRST}", repeat_rows="1:3")
    sheet.widths |= {
        1: 2.0,
        NAME: 21.0,
        SHEET: 13.0,
        SHAPE: 13.0,
        COUNT: 14.0,
        COUNTED: 10.0,
        APART: 12.0,
        STATE: 13.0,
    }
    sheet.widths |= dict.fromkeys(range(STORED, LIVE + 4), 15.0)
    draw_head(lesson, sheet, Head(words("checks.title"), words("checks.lead"), words("checks.remark")))
    tensors = list(_tensors(lesson, title))
    losses = [n.name for n in lesson.network.nodes if n.layer.kind == "crossentropy"]
    chances = [n.name for n in lesson.network.nodes if n.layer.kind == "softmax" and _is_column(lesson, n)]
    table = FIRST + 6 + len(losses) + len(chances)
    first, last = table + 3, table + 2 + len(tensors)
    row = FIRST + 1
    for column, key, style in ((NAME, "what", ""), (COUNT, "state", ".center"), (COUNTED, "apart", ".right")):
        sheet.text(FIRST, column, words(f"checks.{key}"), f"heading{style}")
    for column in (SHEET, SHAPE):
        sheet.blank(FIRST, column, "heading")
    for name in chances:
        block = lesson.plan.blocks[f"{name}.out"].viewed(title)
        row = _check(
            lesson, sheet, row, words("checks.sum_to_1", name=lesson.plan.sheets[name]), f"ABS(SUM({block[:]})-1)"
        )
    for name in losses:
        cells = [lesson.plan.blocks[f"{name}.{own}"].viewed(title)[()] for own in ("out", "likelihood", "divergence")]
        three = ",".join(cells)
        said = words("checks.losses", name=lesson.plan.sheets[name])
        row = _check(lesson, sheet, row, said, f"MAX({three})-MIN({three})")
    counts = ",".join(f"{a1(first, c)}:{a1(last, c)}" for c in (COUNT, COUNTED))
    _check(lesson, sheet, row, words("checks.shapes"), f"SUMXMY2({counts})")
    _check(lesson, sheet, row + 1, words("checks.reference"), f"MAX({a1(first, APART)}:{a1(last, APART)})")
    states = f"{a1(FIRST + 1, COUNT)}:{a1(row + 1, COUNT)}"
    total = row + 2 - FIRST - 1
    agree = f"COUNTIF({states},{quoted(words('checks.same'))})"
    sheet.text(row + 2, NAME, words("checks.all"), "text")
    told = words("checks.all_state", agree="\0", total=total).split("\0")
    sheet.formula(
        row + 2, COUNT, "&".join(p for p in (told[0] and quoted(told[0]), agree, quoted(told[1])) if p), "answer"
    )
    _draw_table(lesson, sheet, table, tensors)
    draw_links(lesson, sheet)


def state_cell(lesson: Lesson) -> str:
    """The address, on the sheet of the checks, of how many of them agree."""
    network = lesson.network
    kinds = [n.layer.kind for n in network.nodes if n.layer.kind != "softmax" or _is_column(lesson, n)]
    return a1(FIRST + 3 + kinds.count("softmax") + kinds.count("crossentropy"), COUNT)


def _is_column(lesson: Lesson, node: Node) -> bool:
    return len(lesson.network.shapes[f"{node.name}.out"]) == 1


def _check(lesson: Lesson, sheet: Sheet, row: int, text: str, apart: str) -> int:
    """A line: what is checked, how far apart, whether it agrees. Returns the next row."""
    words = lesson.words
    sheet.text(row, NAME, text, "text")
    sheet.formula(row, COUNTED, apart, "small")
    same, other = quoted(words("checks.same")), quoted(words("checks.other"))
    sheet.formula(row, COUNT, f"IF({a1(row, COUNTED)}<={SAME},{same},{other})", "state")
    return row + 1


def _tensors(lesson: Lesson, home: str) -> Iterator[tuple[str, Block, list[str]]]:
    """Name, block and ranges of everything whose fingerprint a formula can take."""
    plan, values = lesson.plan, lesson.values
    for name, block in plan.blocks.items():
        ranges = [absolute(a, b, home) for a, b in _areas(lesson, name, block)]
        if len(ranges) > MOST_PIECES or sum(map(len, ranges)) + len(ranges) > LONGEST:
            continue
        if isfinite(float((values[name] ** 2).sum())):
            yield name, block, ranges


def _areas(lesson: Lesson, name: str, block: Block) -> list[tuple[Anchor, Anchor]]:
    """The rectangles of a tensor; of the many filters of a deep network, the one around them.

    Between filters stand blank cells and texts, which all of the functions pass over.
    """
    areas = block.rectangles()
    if name in lesson.network.parameters and is_deep(lesson.network) and len({a.sheet for a, _ in areas}) == 1:
        corners = [corner for area in areas for corner in area]
        rows, columns = [at.row for at in corners], [at.column for at in corners]
        sheet = corners[0].sheet
        return [(Anchor(sheet, min(rows), min(columns)), Anchor(sheet, max(rows), max(columns)))]
    return areas


def _draw_table(lesson: Lesson, sheet: Sheet, row: int, tensors: list[tuple[str, Block, list[str]]]) -> None:
    words = lesson.words
    sheet.text(row, NAME, words("checks.fingerprints"), "heading.plain")
    sheet.text(row + 1, STORED, words("checks.stored"), "heading")
    sheet.text(row + 1, LIVE, words("checks.live"), "heading")
    for column in (*range(STORED + 1, STORED + 4), *range(LIVE + 1, LIVE + 4)):
        sheet.blank(row + 1, column, "heading")
    keys = (
        "name",
        "sheet",
        "shape",
        "count",
        "counted",
        *2 * ("sum", "squares", "least", "largest"),
        "apart",
        "state",
    )
    for column, key in enumerate(keys, NAME):
        style = "heading" if column in (NAME, SHEET, SHAPE) else "heading.right"
        style = "heading.center" if column == STATE else style
        sheet.text(row + 2, column, words(f"checks.{key}"), style)
    same, other = quoted(words("checks.same")), quoted(words("checks.other"))
    for at, (name, block, ranges) in enumerate(tensors, row + 3):
        value, where = lesson.values[name], block.anchors[0]
        sheet.text(at, NAME, name, "text")
        sheet.link(at, SHEET, where.sheet, where.sheet, cell=a1(where.row, where.column))
        sheet.text(at, SHAPE, times(block.shape), "text")
        sheet.number(at, COUNT, prod(block.shape), "count")
        cells = ",".join(ranges)
        sheet.formula(at, COUNTED, f"COUNT({cells})", "count", float(prod(block.shape)))
        # fsum, because a sum's last digits must not depend on the processor; and so the engine need not read it all.
        stored = (fsum(value.flat), fsum((value**2).flat), float(value.min()), float(value.max()))
        for k, (number, function) in enumerate(zip(stored, FUNCTIONS, strict=True)):
            style = "fixed" if abs(number) < MOST_FIXED else "small"
            sheet.number(at, STORED + k, float(f"{number:.12g}"), style)
            sheet.formula(at, LIVE + k, f"{function}({cells})", style, number)
        apart = []
        for k in range(len(FUNCTIONS)):
            old, new = fixed(at, STORED + k), fixed(at, LIVE + k)
            scale = f"1+SQRT({fixed(at, COUNT)}*{fixed(at, STORED + 1)})" if k == 0 else f"1+ABS({old})"
            apart.append(f"ABS({new}-{old})/({scale})")
        sheet.formula(at, APART, f"MAX({','.join(apart)})", "small")
        sheet.formula(at, STATE, f"IF({a1(at, APART)}<={SAME},{same},{other})", "state")

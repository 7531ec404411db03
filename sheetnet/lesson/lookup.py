"""Formulas that look an element of a tensor up, at a place that the reader chooses.

    INDEX(range, row, column)      the rows and columns that an index walks are fixed numbers, see ``grid.Block``

OFFSET and INDIRECT would be shorter, but they are volatile: every keystroke would calculate them anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from sheetnet.grid import Anchor, Block, a1, sheet_prefix

Pads = tuple[int, int, int, int]


Place = int | tuple[str, int]  # an index: a number, or what a cell holds plus a number


def entry(block: Block, index: Sequence[Place], margin: Pads = (0, 0, 0, 0), *, short: bool = False) -> str:
    """The formula of one element; indices count from 0. ``short``: 1 less and 1 more are not written.

    ``margin``: how far the last two indices may lie outside the shape (top, left, bottom, right): blank padding.
    Where the first index is chosen and leads from sheet to sheet, as it does on the photo, each sheet is an option.
    """
    if index and not isinstance(index[0], int) and len({at.sheet for at in block.anchors}) > 1:
        cell, offset = index[0]
        return choose(
            f"{cell}{offset + 1:+d}" if offset + 1 else cell,
            [entry(block, (first, *index[1:]), margin, short=short) for first in range(block.shape[0])],
        )
    room = [(0, 0)] * (len(block.shape) - 2) + [(margin[0], margin[2]), (margin[1], margin[3])]
    spans = [
        (i, i) if isinstance(i, int) else (-before, size - 1 + after)
        for i, size, (before, after) in zip(index, block.shape, room[-len(block.shape) :], strict=True)
    ]
    corners = [block.cell(*corner) for corner in product(*spans)]
    if len({at.sheet for at in corners}) > 1:
        raise ValueError(f"the elements {spans} lie on more than one sheet")
    top, bottom = min(at.row for at in corners), max(at.row for at in corners)
    left, right = min(at.column for at in corners), max(at.column for at in corners)
    first, last = Anchor(corners[0].sheet, top, left), Anchor(corners[0].sheet, bottom, right)
    start = block.cell(*(low for low, _ in spans))
    rows, columns = [str(start.row - top + 1)], [str(start.column - left + 1)]
    for axis, (i, (low, high)) in enumerate(zip(index, spans, strict=True)):
        if isinstance(i, int) or low == high:
            continue
        one = block.cell(*(low + (a == axis) for a, (low, _) in enumerate(spans)))
        offset = i[1] - low
        place = f"({i[0]}{offset:+d})" if offset else i[0]
        for step, terms in ((one.row - start.row, rows), (one.column - start.column, columns)):
            if step:
                if short and step == 1 and terms == ["1"] and offset == -1:
                    terms[:] = [i[0]]
                else:
                    terms.append(place if step == 1 else f"{step}*{place}")
    if first == last:  # of one cell there is nothing to look up, and Gnumeric would not
        return absolute(first, first, block.seen_from)
    return f"INDEX({absolute(first, last, block.seen_from)},{'+'.join(rows)},{'+'.join(columns)})"


def absolute(first: Anchor, last: Anchor, home: str) -> str:
    """A range that stays put when its formula is copied, as the sheet ``home`` writes it."""
    prefix = "" if first.sheet == home else sheet_prefix(first.sheet)
    return prefix + ":".join(fixed(at.row, at.column) for at in dict.fromkeys((first, last)))


def fixed(row: int, column: int) -> str:
    """An address that stays put: $B$5."""
    letters = a1(1, column)[:-1]
    return f"${letters}${row}"


def span(row: int, column: int, rows: int, columns: int = 1) -> str:
    """A rectangle of the same sheet that stays put."""
    return ":".join(dict.fromkeys((fixed(row, column), fixed(row + rows - 1, column + columns - 1))))


def choose(number: str, options: Sequence[str]) -> str:
    """The option with a number from 1 on; of one there is nothing to choose."""
    return options[0] if len(options) == 1 else f"CHOOSE({number},{','.join(options)})"

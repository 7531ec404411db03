"""Addresses outside of formulas, as a sheet writes them: for lists of choices, charts, colour scales, links."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block, a1, sheet_prefix


def absolute(first: Anchor, last: Anchor, home: str) -> str:
    """An absolute range, $B$5:$C$9, as the sheet ``home`` writes it."""
    prefix = "" if first.sheet == home else sheet_prefix(first.sheet)
    return prefix + ":".join(fixed(at.row, at.column) for at in dict.fromkeys((first, last)))


def fixed(row: int, column: int) -> str:
    """An absolute address: $B$5."""
    letters = a1(1, column)[:-1]
    return f"${letters}${row}"


def span(row: int, column: int, rows: int, columns: int = 1) -> str:
    """An absolute range of the same sheet: $B$5:$C$9."""
    return ":".join(dict.fromkeys((fixed(row, column), fixed(row + rows - 1, column + columns - 1))))


def at(block: Block) -> str:
    """The first cell of a block on its own sheet: B5."""
    first = block.anchors[0]
    return a1(first.row, first.column)


def areas(block: Block, sheet: str) -> list[str]:
    """The rectangles of a block that lie on a sheet, as that sheet writes them: B5:C9."""
    return [_area(first, last) for first, last in block.rectangles() if first.sheet == sheet]


def area(block: Block) -> str:
    """The only rectangle of a block on its own sheet: B5:C9."""
    [(first, last)] = block.rectangles()
    return _area(first, last)


def _area(first: Anchor, last: Anchor) -> str:
    return f"{a1(first.row, first.column)}:{a1(last.row, last.column)}"


def fixed_area(block: Block) -> str:
    """The only rectangle of a block as a list of choices on the same sheet names it: $B$5:$B$9."""
    [(first, last)] = block.rectangles()
    return absolute(first, last, first.sheet)


def series(block: Block) -> str:
    """The only rectangle of a block as a chart names it: Softmax!$B$5:$B$9."""
    [(first, last)] = block.rectangles()
    return absolute(first, last, "")

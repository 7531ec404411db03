"""Make pieces fit that are wider than a page: cut columns, fold words, or leave out the digits of a map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sheetnet.printing.piece import LEAST_WIDTH, LEFT_OUT, NARROW, STEP, Piece, high, spans
from sheetnet.printing.source import Source

GAP = 16  # pixels between pieces side by side
SEVERAL = 10  # narrow columns beside which a table is cut from a map
MANY = 20  # columns of a map that has no digits where they would be wider than the page
NARROWEST = 0.25  # of what its words need, as far as a column of a wide table becomes narrower


def split(whole: Piece, limit: int) -> Iterator[list[int]]:
    """Columns of no more than so many pixels, cut where a column is blank, or where there is none, beside a map."""
    sizes = dict(zip(whole.columns, whole.widths, strict=True))
    islands = list(islands_of(whole.source, whole.rows, whole.columns))
    if len(islands) == 1:
        yield from _beside_maps(whole.source, islands[0])
        return
    current: list[int] = []
    for island in islands:
        joined = list(range((current or island)[0], island[-1] + 1))
        if current and sum(sizes[column] for column in joined) > limit:
            yield current
            joined = island
        current = joined
    if current:
        yield current


def _beside_maps(source: Source, island: list[int]) -> Iterator[list[int]]:
    """Columns cut where many narrow ones begin or end."""
    current: list[int] = []
    before = False
    for narrow, run in groupby(island, key=lambda column: source.widths.get(column, NARROW) < NARROW):
        some = list(run)
        many = narrow and len(some) >= SEVERAL
        if current and (many or before):
            yield current
            current = []
        current, before = [*current, *some], many
    if current:
        yield current


def islands_of(source: Source, rows: Sequence[int], columns: Sequence[int]) -> Iterator[list[int]]:
    """Columns without a blank one between them."""
    used = {column for row in rows if row != LEFT_OUT for column in source.rows[row]}
    for full, run in groupby(columns, key=lambda column: column in used):
        if full:
            yield list(run)


def narrow(piece: Piece, page: int) -> None:
    """Make a piece fit that is wider than a page: its words get lines, or a large map loses its digits."""
    excess = piece.width - page
    spare = {c: wide - need for c, wide, need in zip(piece.columns, piece.widths, piece.needs, strict=True)}
    sizes = dict(zip(piece.columns, piece.widths, strict=True))
    texts = [
        (sum(spare[column] for column in span), piece.source.room(at), span)
        for row in piece.rows
        for at, span in spans(piece, row)
        if piece.source.text(at) is not None
    ]
    total, need, span = max(texts, default=(0.0, 0.0, []))
    left = sum(sizes[column] for column in span) - excess
    if total > excess and left > NARROWEST * need:
        piece.folds = True
        for number, column in enumerate(piece.columns):
            if column in span:
                piece.widths[number] -= -int(-excess * spare[column] / total // STEP) * STEP
        high(piece)
    elif is_large(piece):
        blind(piece, page)


def blind(piece: Piece, page: int) -> None:
    """Print a map as a picture without digits, as wide as half a page."""
    piece.unseen = True
    side = max(LEAST_WIDTH, (page - GAP) // 2 // len(piece.columns) // STEP * STEP)
    piece.widths = [side] * len(piece.columns)
    for number, row in enumerate(piece.rows):
        there = [piece.source.value(at) for at, _ in spans(piece, row)]
        if there and not any(isinstance(value, str) for value in there):
            piece.heights[number] = side * 0.75


def is_large(piece: Piece) -> bool:
    """Whether it has a map of many columns."""
    return piece.picture and any(_numbers(piece, row) >= MANY for row in piece.rows)


def _numbers(piece: Piece, row: int) -> int:
    """How many numbers a row has beside each other, at most."""
    numbers = (isinstance(_value(piece, (row, column)), int | float) for column in piece.columns)
    return max((len(list(run)) for found, run in groupby(numbers) if found), default=0)


def _value(piece: Piece, at: tuple[int, int]) -> object:
    return piece.source.value(at) if at in piece.source.cells else None

"""Cut a sheet into pieces that stand whole on paper: a map with its filters, a table, a paragraph.

Blank rows separate the pieces of a sheet. A piece that is too wide is cut at blank columns. A list is cut into
columns that stand side by side; of a long one the first and the last rows are printed. So they are of a long stack,
which has the first row of every map, then the second ones, and so on. A map is printed whole, however high it is; one
whose digits would be wider than the page is printed as a picture without them. A table that is too wide gets several
lines of words in a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sheetnet.printing.narrow import GAP, blind, is_large, islands_of, narrow, split
from sheetnet.printing.piece import LEFT_OUT, Piece, high, measured
from sheetnet.printing.source import Source

LONG = 48  # rows of a list, or of a stack of maps, that is printed whole
HEADING = 2  # rows above a map
FIRST_ROWS, LAST_ROWS = 24, 8  # of a longer one
SHORT = 12  # rows of a list that is not cut into columns


def pieces(source: Source, page: int) -> list[Piece]:
    """All pieces of a sheet, from top to bottom. ``page``: pixels that a page is wide."""
    found: list[Piece] = []
    for band in _bands(list(source.rows)):
        for said, rows in groupby(band, key=lambda row: _paragraph(source, row, page)):
            if said:
                found += [
                    Piece(source, [row], source.rows[row][:], [page], [0.0], wraps=True, holds=True) for row in rows
                ]
            else:
                found += _of_band(source, list(rows), page)
    if any(piece.unseen for piece in found):  # maps of one sheet are compared
        for piece in found:
            if not piece.unseen and is_large(piece):
                blind(piece, page)
    return found


def _bands(rows: Sequence[int]) -> Iterator[list[int]]:
    """Rows without a gap between them."""
    band: list[int] = []
    for row in rows:
        if band and row != band[-1] + 1:
            yield band
            band = []
        band.append(row)
    if band:
        yield band


def _of_band(source: Source, band: list[int], page: int) -> Iterator[Piece]:
    columns = _columns(source, band)
    head = source.repeated
    if head in band:
        yield from _list(source, band, columns, band.index(head) + 1, page)
        return
    picture, high = Piece(source, band, columns).picture, _stacked(source, band)
    if source.one_page or len(band) <= LONG or (picture and not high):
        yield from _side_by_side(source, list(band), columns, page)
    elif not picture or high <= FIRST_ROWS:  # the first rows have all of the map beside the stack
        yield from _side_by_side(source, _shortened(band), columns, page)
    else:
        islands = islands_of(source, band, columns)
        for longer, some in groupby(islands, key=lambda island: len(_trimmed(source, band, island)) > high):
            found = list(some)
            joined = list(range(found[0][0], found[-1][-1] + 1))
            rows = _trimmed(source, band, joined)
            yield from _side_by_side(source, _shortened(rows) if longer else rows, joined, page)


def _stacked(source: Source, band: Sequence[int]) -> int:
    """How high one map of a stack is, with its heading; 0 where there is no stack.

    The first column of a stack has the number of the row in its map, once for each map.
    """
    numbers = [number for row in band if isinstance(number := source.value((row, 1)), int | float)]
    return int(max(numbers)) + HEADING if len(set(numbers)) < len(numbers) else 0


def _side_by_side(source: Source, rows: list[int], columns: list[int], page: int) -> Iterator[Piece]:
    """Some rows and columns as one piece, or as several that are no wider than a page."""
    parts = list(_parts(source, rows, columns, page, page))
    for number, part in enumerate(parts, 1):
        part.holds = number < len(parts)
        yield part


def _parts(source: Source, rows: list[int], columns: list[int], page: int, limit: int) -> Iterator[Piece]:
    """``limit``: pixels at which columns are cut; a heading may need more in a part than it did in the whole."""
    whole = measured(Piece(source, rows, columns))
    if whole.width <= page:
        yield whole
        return
    cut = list(split(whole, limit))
    if len(cut) == 1:
        narrow(whole, page)
        yield whole
        return
    for some in cut:
        yield from _parts(source, _trimmed(source, rows, some), some, page, int(0.95 * limit))


def _paragraph(source: Source, row: int, page: int) -> bool:
    """Whether a row has nothing but a text, at its beginning or a long one."""
    if len(source.rows[row]) != 1:
        return False
    at = (row, source.rows[row][0])
    return source.text(at) is not None and (at[1] == 1 or source.room(at) > page / 2)


def _columns(source: Source, band: Sequence[int]) -> list[int]:
    """The columns of a band, from its first to its last."""
    return list(range(min(source.rows[row][0] for row in band), max(source.rows[row][-1] for row in band) + 1))


def _list(source: Source, band: list[int], columns: list[int], heads: int, page: int) -> Iterator[Piece]:
    """A list in columns, each with its head."""
    head, body = band[:heads], band[heads:]
    rows = _shortened(body)
    whole = measured(Piece(source, [*head, *rows], columns))
    count = max(1, (page + GAP) // (whole.width + GAP)) if len(rows) > SHORT else 1
    each = -(-len(rows) // count)
    for first in range(0, max(1, len(rows)), max(1, each)):
        part = Piece(
            source, [*head, *rows[first : first + each]], whole.columns, list(whole.widths), begins=not first
        )
        yield high(part)


def _shortened(rows: Sequence[int]) -> list[int]:
    """The first rows of many and the last ones, with ``LEFT_OUT`` between them."""
    return [*rows[:FIRST_ROWS], LEFT_OUT, *rows[-LAST_ROWS:]] if len(rows) > LONG else list(rows)


def _trimmed(source: Source, band: Sequence[int], columns: Sequence[int]) -> list[int]:
    """The rows of a band from the first to the last that has something in these columns."""
    there = [
        number
        for number, row in enumerate(band)
        if row == LEFT_OUT or any((row, column) in source.cells for column in columns)
    ]
    return list(band[there[0] : there[-1] + 1]) if there else list(band)

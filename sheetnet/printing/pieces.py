"""Cut a sheet into pieces that stand whole on paper: a map with its filters, a table, a paragraph.

Blank rows separate the pieces of a sheet. A piece that is too wide is cut at blank columns. A list is cut into
columns that stand side by side; of a long one the first and the last rows are printed. So they are of a long stack,
which has the first row of every map, then the second ones, and so on. A map is printed whole, however high it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from sheetnet.printing.source import LEAST_SIZE, LINE, Source

LONG = 48  # rows of a list, or of a stack of maps, that is printed whole
HEADING = 2  # rows above a map
FIRST_ROWS, LAST_ROWS = 24, 8  # of a longer one
LEFT_OUT = 0
NARROW = 60.0  # pixels of a column that is part of a picture
SHORT = 12  # rows of a list that is not cut into columns
LEAST_WIDTH, STEP = 6, 2  # pixels
GAP = 24  # pixels between pieces side by side
LOW, BLANK = LEAST_SIZE * LINE, 6.0  # points of the lowest row with cells, and of one without


@dataclass(slots=True)
class Piece:
    """Some rows and columns of a sheet. The row 0 stands for rows that are left out.

    ``widths``: of its columns, in pixels; ``heights``: of its rows, in points; ``wraps``: a paragraph, as wide as the
    page.
    """

    source: Source
    rows: list[int]
    columns: list[int]
    widths: list[int] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    wraps: bool = False
    begins: bool = False  # not beside what comes before
    holds: bool = False  # on the page of what comes next

    @property
    def picture(self) -> bool:
        """Whether most of its columns are as narrow as those of a map."""
        narrow = sum(self.source.widths.get(column, NARROW) < NARROW for column in self.columns)
        return not self.wraps and 2 * narrow > len(self.columns)

    @property
    def width(self) -> int:
        """Pixels."""
        return sum(self.widths)


def pieces(source: Source, page: int) -> list[Piece]:
    """All pieces of a sheet, from top to bottom. ``page``: pixels that a page is wide."""
    found: list[Piece] = []
    for band in _bands(list(source.rows)):
        for said, rows in groupby(band, key=lambda row: _paragraph(source, row)):
            if said:
                found += [Piece(source, [row], [1], [page], [0.0], wraps=True, holds=True) for row in rows]
            else:
                found += _of_band(source, list(rows), page)
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
        islands = _islands(source, band, columns)
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
    whole = _measured(Piece(source, rows, columns))
    if whole.width <= page:
        yield whole
        return
    parts = list(_split(whole, page))
    for number, some in enumerate(parts, 1):
        yield _measured(Piece(source, _trimmed(source, rows, some), some, holds=number < len(parts)))


def _paragraph(source: Source, row: int) -> bool:
    """Whether a row has nothing but a text at its beginning."""
    return source.rows[row] == [1] and source.text((row, 1)) is not None


def _columns(source: Source, band: Sequence[int]) -> list[int]:
    """The columns of a band, from its first to its last."""
    return list(range(min(source.rows[row][0] for row in band), max(source.rows[row][-1] for row in band) + 1))


def _list(source: Source, band: list[int], columns: list[int], heads: int, page: int) -> Iterator[Piece]:
    """A list in columns, each with its head."""
    head, body = band[:heads], band[heads:]
    rows = _shortened(body)
    whole = _measured(Piece(source, [*head, *rows], columns))
    count = max(1, (page + GAP) // (whole.width + GAP)) if len(rows) > SHORT else 1
    each = -(-len(rows) // count)
    for first in range(0, max(1, len(rows)), max(1, each)):
        part = Piece(source, [*head, *rows[first : first + each]], columns, list(whole.widths), begins=not first)
        yield _high(part)


def _shortened(rows: Sequence[int]) -> list[int]:
    """The first rows of many and the last ones, with ``LEFT_OUT`` between them."""
    return [*rows[:FIRST_ROWS], LEFT_OUT, *rows[-LAST_ROWS:]] if len(rows) > LONG else list(rows)


def _split(whole: Piece, page: int) -> Iterator[list[int]]:
    """Columns that fit on a page, cut where a column is blank; where none is, on fewer pixels than they need."""
    sizes = dict(zip(whole.columns, whole.widths, strict=True))
    current: list[int] = []
    for island in _islands(whole.source, whole.rows, whole.columns):
        joined = list(range((current or island)[0], island[-1] + 1))
        if current and sum(sizes[column] for column in joined) > page:
            yield current
            joined = island
        current = joined
    if current:
        yield current


def _islands(source: Source, rows: Sequence[int], columns: Sequence[int]) -> Iterator[list[int]]:
    """Columns without a blank one between them."""
    used = {column for row in rows if row != LEFT_OUT for column in source.rows[row]}
    for full, run in groupby(columns, key=lambda column: column in used):
        if full:
            yield list(run)


def _trimmed(source: Source, band: Sequence[int], columns: Sequence[int]) -> list[int]:
    """The rows of a band from the first to the last that has something in these columns."""
    there = [
        number
        for number, row in enumerate(band)
        if row == LEFT_OUT or any((row, column) in source.cells for column in columns)
    ]
    return list(band[there[0] : there[-1] + 1]) if there else list(band)


def _measured(piece: Piece) -> Piece:
    """Give a piece the widths and heights that it needs."""
    source = piece.source
    room: dict[int, float] = dict.fromkeys(piece.columns, 0.0)
    flowing: list[tuple[list[int], float]] = []
    for row in piece.rows:
        there = [column for column in piece.columns if (row, column) in source.cells] if row else []
        for column, following in pairwise([*there, piece.columns[-1] + 1]):
            at = (row, column)
            if source.text(at) is not None:
                flowing.append((list(range(column, following)), source.room(at)))
            else:
                room[column] = max(room[column], source.room(at))
    alike: dict[float, float] = {}
    for column, need in room.items():
        wide = source.widths.get(column, 64.0)
        alike[wide] = max(alike.get(wide, 0.0), need)
    for column in room:  # the columns of a picture are equally wide
        wide = source.widths.get(column, 64.0)
        if wide < NARROW and room[column]:
            room[column] = alike[wide]
    for span, need in sorted(flowing, key=lambda one: len(one[0])):
        missing = need - sum(room[column] for column in span)
        if missing > 0:
            room[span[-1]] += missing
    piece.widths = [max(LEAST_WIDTH, -(-int(room[column] + 0.99) // STEP) * STEP) for column in piece.columns]
    return _high(piece)


def _high(piece: Piece) -> Piece:
    source = piece.source
    piece.heights = []
    for row in piece.rows:
        there = [(row, column) for column in piece.columns if (row, column) in source.cells] if row else []
        least = LOW if there or row == LEFT_OUT else BLANK
        piece.heights.append(max([least, *(source.height(at) for at in there if source.value(at) is not None)]))
    return piece

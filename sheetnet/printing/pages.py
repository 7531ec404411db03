"""Lay pieces out on pages: side by side while there is room, then below; a short sheet shares a page with the next.

A title stands on the page of its first picture, and a filter on that of its map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from math import ceil

from sheetnet.printing.narrow import GAP
from sheetnet.printing.piece import LOSS, Piece

LEAST = 7.0  # points of the smallest font on paper
SCALE = LEAST / 8.0  # the smallest font of a sheet has 8 points
INCH, POINT = 96 / SCALE, 72 / SCALE  # pixels and points of a sheet that are printed on an inch
PAPER = {1: (8.5, 11.0), 9: (8.27, 11.69)}  # inches, by the number of the paper
SIDE, TOP, BOTTOM = 0.35, 0.6, 0.5  # margins in inches
ABOVE = 14.0  # points between two sheets on a page
BETWEEN = 6.0  # points between pieces
HEAD = 3  # rows of what is the head of what comes below it
LOWEST, HIGHEST = 0.82, 1.8  # how much lower or higher than their font asks for rows become


@dataclass(slots=True)
class Shelf:
    """Pieces side by side: (the pixel where it begins, piece). ``above``: points of space."""

    above: float
    pieces: list[tuple[int, Piece]] = field(default_factory=list)

    @property
    def height(self) -> float:
        """Points, without the space above."""
        return sum(self.heights())

    @property
    def right(self) -> int:
        """The pixel after its last piece."""
        return max((left + piece.width for left, piece in self.pieces), default=0)

    def heights(self) -> list[float]:
        """The heights of its rows, which all its pieces share."""
        return [max(row) for row in zip_longest(*(piece.heights for _, piece in self.pieces), fillvalue=0.0)]


@dataclass(slots=True)
class Page:
    """A printed page."""

    shelves: list[Shelf] = field(default_factory=list)

    @property
    def height(self) -> float:
        """Points."""
        return sum(shelf.above + shelf.height for shelf in self.shelves)

    @property
    def titles(self) -> list[str]:
        """The sheets on it."""
        return list(dict.fromkeys(piece.source.title for shelf in self.shelves for _, piece in shelf.pieces))


def size_of(paper: int) -> tuple[int, float]:
    """Width in pixels and height in points of what stands on a page in portrait, before it is scaled down."""
    wide, high = PAPER[paper]
    return int((wide - 2 * SIDE) * INCH), (high - TOP - BOTTOM) * POINT


def lay_out(sheets: Iterable[list[Piece]], paper: int) -> list[Page]:
    """The pages of some sheets that follow each other."""
    width, height = size_of(paper)
    pages = [Page()]
    for cut in sheets:
        shelves = _shelves(cut, width)
        _squeeze(shelves, height)
        for number, group in enumerate(_groups(shelves)):
            above = ABOVE if not number else group[0].above
            needed = above - group[0].above + sum(shelf.above + shelf.height for shelf in group)
            if pages[-1].shelves and pages[-1].height + needed > height:
                pages.append(Page())
            group[0].above = above
            for part in (part for shelf in group for part in _fitting(shelf, height)):
                if pages[-1].shelves and pages[-1].height + part.above + part.height > height:
                    pages.append(Page())
                if not pages[-1].shelves:
                    part.above = 0.0
                pages[-1].shelves.append(part)
    for page in pages:
        _stretch(page, height)
    return [page for page in pages if page.shelves]


def _squeeze(shelves: list[Shelf], height: float) -> None:
    """Make the rows of a sheet that is meant for one page a little lower, if that is all it takes."""
    total = sum(shelf.above + shelf.height for shelf in shelves)
    if not any(piece.source.one_page for shelf in shelves for _, piece in shelf.pieces) or total <= height:
        return
    highest = max(shelves, key=lambda shelf: shelf.height)
    left = (highest.height - (total - height) - 1.0) / highest.height
    if left >= LOWEST:
        _scale_rows(highest, left)


def _stretch(page: Page, height: float) -> None:
    """Give the room that is left on a page to its pictures, whose cells become higher."""
    pictures = [
        shelf for shelf in page.shelves if all(piece.picture and not piece.unseen for _, piece in shelf.pieces)
    ]
    if pictures:
        used = sum(shelf.height for shelf in pictures)
        factor = min(HIGHEST, 1 + (height - page.height) * 0.98 / used)
        for shelf in pictures:
            _scale_rows(shelf, factor)


def _scale_rows(shelf: Shelf, factor: float) -> None:
    for _, piece in shelf.pieces:
        piece.heights = [one * factor for one in piece.heights]


def _shelves(cut: list[Piece], width: int) -> list[Shelf]:
    """Pieces of one sheet on shelves, in their order."""
    shelves: list[Shelf] = []
    for piece in cut:
        if piece.wraps:
            _wrap(piece, width)
        last = shelves[-1] if shelves else None
        if last is None:
            shelves.append(Shelf(0.0, [(0, piece)]))
            continue
        follows = last.pieces[0][1].wraps
        if piece.wraps or piece.begins or follows or last.right + GAP + piece.width > width:
            shelves.append(Shelf(0.0 if piece.wraps and follows else BETWEEN, [(0, piece)]))
        else:
            last.pieces.append((last.right + GAP, piece))
    return shelves


def _groups(shelves: list[Shelf]) -> Iterator[list[Shelf]]:
    """Shelves that stand on one page, if there is room: each that holds the next one, and the one that is held.

    A shelf of few rows holds the next one as well: it is a heading, or the first line of a table.
    """
    group: list[Shelf] = []
    for shelf in shelves:
        group.append(shelf)
        if not any(piece.holds for _, piece in shelf.pieces) and len(shelf.heights()) > HEAD:
            yield group
            group = []
    if group:
        yield group


def _wrap(piece: Piece, width: int) -> None:
    """Give a paragraph the height of its lines."""
    at = (piece.rows[0], piece.columns[0])
    lines = ceil(piece.source.room(at) * LOSS / width)
    piece.widths, piece.heights = [width], [lines * piece.source.height(at) + 1.0]


def _fitting(shelf: Shelf, height: float) -> Iterable[Shelf]:
    """A shelf that is higher than a page, in parts that are not."""
    while shelf.height > height:
        heights, used, count = shelf.heights(), 0.0, 0
        while count < len(heights) and used + heights[count] <= height:
            used, count = used + heights[count], count + 1
        count = max(count, 1)
        yield Shelf(shelf.above, [(left, _rows(piece, 0, count)) for left, piece in shelf.pieces])
        rest = [(left, _rows(piece, count, None)) for left, piece in shelf.pieces if len(piece.rows) > count]
        shelf = Shelf(0.0, rest)
    yield shelf


def _rows(piece: Piece, first: int, end: int | None) -> Piece:
    """Some rows of a piece."""
    return replace(piece, rows=piece.rows[first:end], heights=piece.heights[first:end])

"""How the strips of the sheet Network share its screen: the size of a cell, the pictures shown, how much larger.

A cell is as large as possible, or smaller where the pictures become larger with it. Filters are enlarged first, until
they are seen from afar, then always the smallest pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, prod

from sheetnet.layout.sheets.network import (
    BACK_HEIGHT,
    CHOICE_HEIGHT,
    HEIGHT,
    LEFT,
    MOST,
    MOST_STRIP,
    NUMBER_HEIGHT,
    SEEN,
    TOP,
    WIDTH,
    Placed,
    Screen,
    Strip,
)

WIDER, AS_WIDE = 1.13, 8  # LibreOffice draws columns up to 13 % wider than Excel, those of eight pixels as wide
LARGEST, LARGEST_AREA = 18, 80 * 80  # pixels along a number, and of a picture, to which it may be enlarged
WIDEST_GAP, TABLE_GAP = 26, 16  # pixels between strips at most, and before the classes
LEAST_GAP = 9  # pixels that enlarged pictures leave between strips, where there were as many


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a strip lies in cells of a size: pictures ``shown``, ``columns`` of them, ``scale`` and room in cells."""

    strip: Strip
    size: int
    rows: int
    shown: int
    columns: int
    scale: int = 1

    @property
    def above(self) -> int:
        """Rows of the number above a picture that was chosen."""
        return ceil(NUMBER_HEIGHT / self.size) * (self.shown < self.strip.count)

    @property
    def lines(self) -> int:
        """Pictures below each other."""
        return ceil(self.shown / self.columns)

    @property
    def room(self) -> int:
        """Cells that the strip is wide."""
        return max(ceil(self.strip.label / self.size), self.columns * (self.strip.width(self.scale) + 1) - 1)

    @property
    def cells(self) -> int:
        """Cells of all pictures; those that are merged count once."""
        return self.shown * self.strip.matrices * self.strip.high * self.strip.wide * self.scale

    @property
    def pixel(self) -> int:
        """Pixels along a number."""
        return self.size * self.scale

    @property
    def seen(self) -> bool:
        """Whether it can wait to be enlarged."""
        return not self.strip.first or self.pixel >= SEEN

    @property
    def area(self) -> int:
        """Pixels of a picture."""
        return self.strip.high * self.strip.wide * self.pixel**2

    def enlarged(self) -> _Layout | None:
        """The same pictures one step larger; None where they have no room below each other."""
        larger = replace(self, scale=self.scale + 1)
        high = self.strip.high * larger.scale + self.above
        if larger.pixel > LARGEST or larger.area > LARGEST_AREA or high > self.rows:
            return None
        lines = 1 if self.strip.beside else (self.rows + 1) // (high + 1)
        return replace(larger, columns=ceil(self.shown / lines))


def arrange(
    title: str, strips: Sequence[Strip], table: int, least: int, most: int, cells: int, *, twice: bool = False
) -> Screen | None:
    """The strips with the largest pictures with which all have room; None where they have none.

    ``table``: pixels of the classes. ``least``: pixels of a cell at least. ``most``: columns of pictures in a strip.
    ``cells``: how many the pictures may have. ``twice``: there is a second row of strips below the first one.
    """
    some = any(_shown(strip, least, _rows(least, False, twice), most)[0] < strip.count for strip in strips)
    known = [_shown(strip, least, _rows(least, some, twice), most)[0] for strip in strips]
    best: tuple[int, Screen] | None = None
    for size in range(MOST, least - 1, -1):
        rows = _rows(size, some, twice)
        laid = [_Layout(strip, size, rows, *_shown(strip, size, rows, most)) for strip in strips]
        drawn = size if size <= AS_WIDE else WIDER * size
        last = ceil(TABLE_GAP / size)
        wide = int((WIDTH - WIDER * table) / drawn) - LEFT - last  # cells of the strips and what is between them
        too_high = any(one.strip.high + one.above > rows for one in laid)
        if _gap(laid, wide) < 1 or [one.shown for one in laid] != known or too_high:
            continue
        if (1 + twice) * sum(one.cells for one in laid) > cells:
            return None
        laid = _enlarge(laid, wide, cells // (1 + twice))
        seen = prod(one.pixel for one in laid)  # many strips a little larger are more than one that is much larger
        if best is not None and best[0] >= seen:
            continue
        gap = _gap(laid, wide)
        left, placed = LEFT, []
        for one in laid:
            pitch = (rows + 1) // one.lines
            where = (one.columns, pitch, one.above, one.scale)
            placed.append(Placed(title, one.strip, left, one.room, one.shown, *where))
            left += one.room + gap
        every = 2 * rows + 1 if twice else rows
        screen = Screen(title, size, every, tuple(placed), left - gap + last, some, TOP + rows if twice else 0)
        best = seen, screen
    return best[1] if best is not None else None


def _gap(laid: Sequence[_Layout], wide: int) -> int:
    """Cells between strips that have so many cells; less than 1 where they have no room."""
    return min(WIDEST_GAP // laid[0].size + 1, (wide - sum(one.room for one in laid)) // len(laid))


def _enlarge(laid: Sequence[_Layout], wide: int, cells: int) -> list[_Layout]:
    """Enlarge filters, then the smallest pictures, as long as there is room between strips and cells are left."""
    least = min(_gap(laid, wide), ceil(LEAST_GAP / laid[0].size))
    found, open_ = list(laid), set(range(len(laid)))
    while open_:
        number = min(open_, key=lambda n: (found[n].seen, found[n].area, n))
        larger = found[number].enlarged()
        tried = found if larger is None else [*found[:number], larger, *found[number + 1 :]]
        if larger is None or _gap(tried, wide) < least or sum(one.cells for one in tried) > cells:
            open_.remove(number)
        else:
            found = tried
    return found


def _rows(size: int, choice: bool, twice: bool) -> int:
    """Rows of cells of a strip."""
    height = HEIGHT - CHOICE_HEIGHT * choice
    return (height - BACK_HEIGHT) // 2 // size if twice else height // size


def _shown(strip: Strip, size: int, rows: int, most: int) -> tuple[int, int]:
    """How many pictures of a strip are shown, and in how many columns."""
    if strip.beside:
        return strip.count, strip.count
    room = max(1, min(most, (MOST_STRIP // size + 1) // (strip.width() + 1)))
    lines = max(1, (rows + 1) // (strip.high + 1))
    if strip.count <= room * lines:
        return strip.count, ceil(strip.count / lines)
    lines = max(1, (rows + 1) // (strip.high + 1 + ceil(NUMBER_HEIGHT / size)))
    return min(strip.count, room * lines), room

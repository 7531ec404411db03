"""Where things stand on the sheet Practice: a group of columns for each level, and in it cards, one below the other.

A card has a heading and a question; below them lines, each a label and a number, and beside the lines the tables to
work with; below both the answer, and what is said of it. Far on the right stands what no pupil needs to look at: the
lists that choices are made from, and the number that is used of each choice, in a column for each card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetnet.grid import Anchor, Block
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import ACROSS, DOWN, FIRST

LEFT = 2  # the first column of the first group
LINES = 3  # columns of a group before its tables: label, number, and what a table is called
BETWEEN = 1  # columns between groups


@dataclass(frozen=True, slots=True)
class Group:
    """The columns of a level. ``left``: the first of them; ``room``: how many there are for tables.

    ``squares``: whether those are narrow, as the pixels of a window are.
    """

    title: str
    left: int
    room: int
    squares: bool

    @property
    def number(self) -> int:
        """The column of the numbers of lines, and of the answer."""
        return self.left + 1

    @property
    def named(self) -> int:
        """The column of what tables, or parts of them, are called."""
        return self.left + 2

    @property
    def tables(self) -> int:
        """The first column of tables."""
        return self.left + LINES

    @property
    def right(self) -> int:
        """The last column."""
        return self.tables + self.room - 1

    def score(self) -> Block:
        """The level, and how many of its answers are right."""
        return cell(self.title, FIRST, self.left)

    def edge(self) -> Block:
        """The last cell of the row of the score."""
        return cell(self.title, FIRST, self.right)

    def line(self, row: int) -> Block:
        """The number beside a label."""
        return cell(self.title, row, self.number)

    def said(self, row: int) -> Block:
        """A sentence in a row of its own."""
        return cell(self.title, row, self.left)

    def beside(self, row: int) -> Block:
        """What is said beside the answer."""
        return cell(self.title, row, self.named)

    def window(self, row: int, shape: tuple[int, int, int], across: int) -> Block:
        """Matrices (channels, height, width), one directly below the other: so all of them are one rectangle."""
        return Block(shape, (Anchor(self.title, row, self.tables + across),), ((shape[1], 0), DOWN, ACROSS))

    def names(self, row: int, shape: tuple[int, int, int]) -> Block:
        """A name for each of these matrices, beside its first row."""
        return Block(shape[:1], (Anchor(self.title, row, self.named),), ((shape[1], 0),))

    def column(self, row: int, across: int, count: int) -> Block:
        """A column of a table; narrow columns are taken in pairs."""
        return down(self.title, row, self.tables + across * (1 + self.squares), count)


def groups(title: str, rooms: Mapping[int, tuple[int, bool]]) -> dict[int, Group]:
    """The group of each level that has cards. ``rooms``: level -> ``room`` and ``squares`` of its group."""
    made, left = {}, LEFT
    for level, (room, squares) in rooms.items():
        made[level] = Group(title, left, room, squares)
        left = made[level].right + 1 + BETWEEN
    return made


@dataclass
class Aside:
    """The cells far on the right. ``left``: the first column, with the numbers that choices are made from."""

    title: str
    left: int
    _taken: dict[int, int] = field(default_factory=dict)

    def numbers(self, count: int) -> Block:
        """The list of numbers from 1 on."""
        return down(self.title, FIRST + 1, self.left, count)

    def one(self, card: int) -> Block:
        """The next cell of a card."""
        return cell(self.title, self._next(card, 1), self.left + card)

    def several(self, card: int, count: int) -> Block:
        """The next cells of a card."""
        return down(self.title, self._next(card, count), self.left + card, count)

    def _next(self, card: int, count: int) -> int:
        row = self._taken.get(card, FIRST + 1)
        self._taken[card] = row + count
        return row


def tallest(shapes: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Room for the windows of all layers."""
    channels, heights, widths = zip(*shapes, strict=True)
    return max(channels), max(heights), max(widths)

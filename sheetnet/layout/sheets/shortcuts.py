"""Where things stand on the sheet Shortcuts.

Above on the left the block of ResNet-50, on the right the pictures; below the family, and what is left of a gradient.
"""

from __future__ import annotations

from sheetnet.grid import Block
from sheetnet.layout.places import across, cell, down, grid
from sheetnet.layout.plan import FIRST

NAME, FIRST_COLUMN, BY, SIDE = 2, 3, 7, 10  # columns: names, the first number, the shortcut, the pictures
WINDOW, MAPS_IN, MAPS_OUT, WEIGHTS = range(4)  # numbers of a line of the block, as columns behind the first number
TILES = FIRST + 2  # the row of x, the first tile of the block
PICTURES = FIRST + 3  # the first row of the pictures
WINDOW_SIDE = 3  # of the filter beside the pictures
FAMILY = FIRST + 13  # the row of the heading of the family
FIRST_STAGE = FAMILY + 3
SLOPES = FIRST + 25  # the row of the heading of the slopes


# The block


def block_cell(title: str, line: int, column: int) -> Block:
    """A number of the block, as a column of one: ``line`` counts from x on."""
    return down(title, TILES + line, FIRST_COLUMN + column, 1)


def block_choice(title: str, line: int) -> Block:
    """How many maps a layer makes, where the reader says it."""
    return cell(title, TILES + line, FIRST_COLUMN + MAPS_OUT)


# The pictures


def filter_of_zeros(title: str) -> Block:
    """The filter beside the pictures."""
    return grid(title, PICTURES + 1, SIDE, WINDOW_SIDE, WINDOW_SIDE)


def picture(title: str, number: int, side: int) -> Block:
    """A picture with ``side`` rows and columns: 0 is F(x), 1 is x, 2 their sum."""
    return grid(title, PICTURES, SIDE + 5 + number * (side + WINDOW_SIDE), side, side)


def below_pictures(title: str, line: int, column: int, side: int) -> Block:
    """A cell below the pictures."""
    return cell(title, PICTURES + side + 1 + line, column)


# The family


def stages(title: str, first: int, rows: int, columns: int) -> Block:
    """Numbers of the networks, a column each, from a stage on."""
    return grid(title, FIRST_STAGE + first, FIRST_COLUMN, rows, columns)


def networks(title: str, line: int, columns: int) -> Block:
    """A number of each network; ``line`` counts from the first stage on."""
    return across(title, FIRST_STAGE + line, FIRST_COLUMN, columns)


def size(title: str, line: int, networks: int) -> Block:
    """The size of the maps of a stage, as a column of one; line -1 is the photo."""
    return down(title, FIRST_STAGE + line, FIRST_COLUMN + networks, 1)


def worked(title: str, number: int) -> Block:
    """How the layers of a network are counted, beside the family."""
    return cell(title, FAMILY + 1 + number, SIDE)


# The slopes


def slope(title: str) -> Block:
    """The slope of a block, which the reader may change."""
    return cell(title, SLOPES + 1, FIRST_COLUMN)


def depths(title: str, line: int, count: int) -> Block:
    """A line of the table: 0 has the numbers of blocks, the others what is left of a gradient."""
    return across(title, SLOPES + 2 + line, FIRST_COLUMN, count)

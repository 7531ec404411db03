"""The tiles of Start: links in rows, the layers of the network first, then what else there is to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sheetnet.grid import a1
from sheetnet.layout import EXTRA, HEAD
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import times
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Sheet

TILES = 8  # side by side
BANNER = 12  # the column where the way to the whole network begins
LETTERS = 11  # points of the title on a tile
MOST_SHAPES = 16  # characters of the shapes on a tile


@dataclass(frozen=True, slots=True)
class Tile:
    """A link to a cell of a sheet, with a line on top of it and one below; ``role``: see ``tile.*`` in the styles."""

    top: str
    text: str
    sheet: str
    below: str
    cell: str = "A1"
    role: str = "input"


def steps(lesson: Lesson) -> Iterator[Tile]:
    """The tiles of the network: a layer each, those of a block with its name, leading to their place on its sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    if network.shape:
        yield Tile(words("start.step", number=1), plan.sheets[PHOTO], plan.sheets[PHOTO], times(network.shape))
    if network.extra:
        shapes = ", ".join(times(shape) for _, shape in network.extra)
        shown = shapes if len(shapes) <= MOST_SHAPES else str(len(network.extra))
        yield Tile(words("start.step", number=1), plan.sheets[EXTRA], plan.sheets[EXTRA], shown)
    sheets = [plan.sheets[node.name] for node in network.nodes]
    for number, (node, sheet) in enumerate(zip(network.nodes, sheets, strict=True), 2):
        shape = times(network.shapes[f"{node.name}.out"])
        top, place = words("start.step", number=number), "A1"
        if sheets.count(sheet) > 1:
            top, place = words("start.step_of", block=sheet, step=top), a1(plan.tops[node.name] - HEAD, 1)
        yield Tile(top, lesson.named[node.name], sheet, shape, place, node.layer.role)


def draw_tiles(lesson: Lesson, sheet: Sheet, row: int, heading: str, tiles: list[Tile], *, arrows: bool) -> int:
    """Tiles from left to right: a line on top, the link, a line below. Returns the first row below them."""
    if not tiles:
        return row
    sheet.text(row, 2, heading, "heading.plain")
    sheet.heights[row] = 16.5
    row += 1
    for number, tile in enumerate(tiles):
        line, place = divmod(number, TILES)
        at, column = row + 4 * line, 2 + 2 * place
        if arrows:
            sheet.text(at, column, tile.top, f"tile.{tile.role}.small")
        else:
            sheet.blank(at, column, f"tile.{tile.role}.small")
        sheet.link(at + 1, column, tile.text, tile.sheet, cell=tile.cell, style=f"tile.{tile.role}")
        needs = characters(tile.text, LETTERS, bold=True)  # no title has more than 31 letters
        sheet.widths[column] = max(sheet.widths.get(column, sheet.default_width), needs)
        sheet.text(at + 2, column, tile.below, f"tile.{tile.role}.small")
        sheet.heights |= {at: 11.25 if arrows else 3.75, at + 1: 15.0, at + 2: 11.25, at + 3: 3.75}
        if arrows and number + 1 < len(tiles):
            sheet.text(at + 1, column + 1, "→", "sign")
    return row + 4 * -(-len(tiles) // TILES)


def draw_banner(sheet: Sheet, row: int, title: str, text: str) -> None:
    """A wide tile on the right of a heading, which leads to another sheet."""
    sheet.link(row, BANNER, text, title, style="banner")
    for column in range(BANNER + 1, BANNER + 5):
        sheet.blank(row, column, "banner")

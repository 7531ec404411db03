"""The second page of a worksheet: 27 products, the map, ReLU, pooling, and the evidence as a row of numbers."""

from __future__ import annotations

from sheetnet.classroom.worksheet.numbers import WINDOW, Numbers
from sheetnet.classroom.worksheet.paper import LINE, Paper
from sheetnet.classroom.worksheet.picture import CHANNEL_COLUMNS, CHANNELS
from sheetnet.grid import Block
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.arithmetic.mul import Mul
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.flatten import Flatten
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layers.relu import ReLU
from sheetnet.layout.places import grid
from sheetnet.lenses import Area, Measure, Rounded, element

MAP = WINDOW
POOLED = 2


def draw_features(paper: Paper, numbers: Numbers) -> None:
    """From the patch to the evidence."""
    _draw_products(paper, numbers)
    reads = {"x": f"{paper.name}patch.out", "weight": f"{paper.name}filter.out", "bias": f"{paper.name}bias.out"}
    row, column = (place + 1 for place in numbers.place)
    _head(paper, "map", row=row, column=column)
    found = paper.ask("map", Conv2d(1, (3, 3)), reads, out=_map(paper, MAP))
    paper.rows(MAP)
    _head(paper, "relu")
    found = paper.ask("relu", ReLU(), {"x": found}, out=_map(paper, MAP))
    paper.rows(MAP)
    _head(paper, "pool")
    found = paper.ask("pool", MaxPool2d((2, 2), 1), {"x": found}, out=_map(paper, POOLED))
    paper.rows(POOLED)
    _draw_evidence(paper, numbers, found)


def _map(paper: Paper, side: int) -> Block:
    return paper.grids([1], side, side)


def _head(paper: Paper, key: str, **values: object) -> None:
    """The heading of a step, and what is to be done."""
    paper.skip()
    paper.heading(paper.words(f"handout.{key}.head"))
    paper.say(paper.words(f"handout.{key}.lead", **values))


def _draw_products(paper: Paper, numbers: Numbers) -> None:
    """The products of one place, their sums, and the bias."""
    words, (row, column) = paper.words, numbers.place
    paper.heading(words("handout.products.head"))
    ends = {"row": row + 1, "bottom": row + WINDOW, "column": column + 1, "right": column + WINDOW}
    paper.say(words("handout.products.lead", **ends))
    for first, channel in zip(CHANNEL_COLUMNS, CHANNELS, strict=True):
        paper.sheet.text(paper.row, first, words(f"handout.{channel}"), "heading.small")
    paper.rows(1, LINE)
    sums = []
    for number, (first, channel) in enumerate(zip(CHANNEL_COLUMNS, CHANNELS, strict=True)):
        reads = {
            "x": Area(f"{paper.name}patch.out", number, row, column, (WINDOW, WINDOW)),
            "y": Area(f"{paper.name}filter.out", number, 0, 0, (WINDOW, WINDOW)),
        }
        boxes = grid(paper.title, paper.row, first, WINDOW, WINDOW)
        product = paper.ask(f"products_{channel}", Mul(), reads, out=boxes)
        below = paper.row + WINDOW
        paper.label(first, words("handout.products.sum"), below)
        box = paper.cell(first + 2, below)
        sums.append(paper.ask(f"sum_{channel}", Measure("SUM"), {"x1": product}, out=box))
    paper.rows(WINDOW + 1)
    paper.skip(4)
    every = {f"x{number}": full for number, full in enumerate(sums, 1)}
    paper.label(1, words("handout.products.all"))
    total = paper.ask("sum", Measure("SUM"), every, out=paper.cell(6))
    paper.label(8, words("handout.products.bias"))
    bias = element(f"{paper.name}bias.out", paper.block(f"{paper.name}bias.out"), 0)
    paper.ask("place", Add(), {"x": total, "y": bias}, out=paper.cell(15))
    paper.rows(1)


def _draw_evidence(paper: Paper, numbers: Numbers, pooled: str) -> None:
    """The four numbers in a row, then divided by a whole number and rounded."""
    words = paper.words
    paper.skip()
    paper.heading(words("handout.evidence.head"))
    paper.say(words("handout.evidence.lead", divisor=numbers.divisor))
    paper.label(1, words("handout.evidence.flat"))
    flat = paper.ask("flat", Flatten(), {"x": pooled}, out=paper.line(6, POOLED * POOLED))
    paper.rows(1)
    paper.skip(4)
    paper.label(1, words("handout.evidence.divided"))
    over = paper.given("divisor", paper.cell(4), float(numbers.divisor))
    paper.ask("evidence", Rounded(0), {"x": flat, "over": over}, out=paper.line(6, POOLED * POOLED))
    paper.rows(1)

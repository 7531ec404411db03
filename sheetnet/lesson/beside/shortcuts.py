"""The sheet Shortcuts: live cells that show what F(x) + x is good for, beside a network that has such additions.

    the block of ResNet-50    1x1, 3x3, 1x1, and x that comes past them; its weights are counted
    F all zeros               out = F(x) + x = x, and where x rises by 1, out rises by 1
    slopes                    of n blocks one after the other: (1 + f)^n with shortcuts, f^n without
    the family                layers = 1 + layers of a block * blocks + 1;  size = INT((n + 2p - k) / s) + 1

Blocks and sizes: He et al., "Deep Residual Learning for Image Recognition", arXiv 1512.03385, table 1.
"""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Anchor, Block
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.arithmetic.div import Div
from sheetnet.layers.arithmetic.sum import Sum
from sheetnet.layout import FIRST, NUMBER, shortcut
from sheetnet.layout.addresses import area
from sheetnet.layout.places import across, cell, down, grid
from sheetnet.lenses import (
    Area,
    Copy,
    Depth,
    Factors,
    OutputSize,
    Power,
    Sentence,
    Slope,
    Source,
    SquaredDifferences,
    When,
    Windows,
    element,
    inline,
)
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import SQUARE_HEIGHT, SQUARE_WIDTH, tint_padding
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import Network
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

FAMILY = {  # layers of a block, blocks per stage
    "ResNet-18": (2, (2, 2, 2, 2)),
    "ResNet-34": (2, (3, 4, 6, 3)),
    "ResNet-50": (3, (3, 4, 6, 3)),
    "ResNet-101": (3, (3, 4, 23, 3)),
    "ResNet-152": (3, (3, 8, 36, 3)),
}
STAGES = (  # name, window k, stride s, padding p
    ("conv1", 7, 2, 3),
    ("pool", 3, 2, 1),
    ("conv2", 3, 1, 1),
    ("conv3", 3, 2, 1),
    ("conv4", 3, 2, 1),
    ("conv5", 3, 2, 1),
)
PHOTO_SIDE, WIDE, NARROW = 224, 256, 64  # pixels; maps outside and inside the block of ResNet-50
HEART = ("09090", "99999", "99999", "09990", "00900")
STEP = 0.5  # by which x rises: exact in a spreadsheet
SLOPE, DEPTHS = 0.1, (1, 2, 5, 10, 20, 50)
NAME, FIRST_COLUMN, BY, SIDE = 2, 3, 7, 10  # columns: names, the first number, the shortcut, the pictures
PICTURES, LAST_ROW = FIRST + 3, FIRST + 9  # the first row of the pictures; the last one of the upper half


def offered(network: Network) -> bool:
    """Whether the network reads a photo and has such an addition."""
    return bool(network.shape) and any(shortcut(network, node) for node in network.nodes)


def draw_residual(lesson: Lesson, title: str) -> None:
    """The sheet."""
    words, network = lesson.words, lesson.network
    sheet = lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=f"A{FIRST}", repeat_rows="1:3", one_page=True)
    keys = ("narrower", "middle", "wider", "per_block", "layers", "both", "with")
    names = [words(f"residual.{key}") for key in keys]
    names += [words(f"residual.stage_{name}", window=7, stride=2) for name, *_ in STAGES]
    widest = max(characters(name) for name in names)
    sheet.widths |= {1: 2.0, NAME: widest} | dict.fromkeys(range(FIRST_COLUMN, SIDE - 1), 12.0) | {SIDE - 1: 4.0}
    about = words("residual.about")
    draw_head(
        lesson, sheet, Head(words("residual.title"), words("residual.lead"), words("residual.analogy"), about=about)
    )
    sheet.heights |= dict.fromkeys(range(PICTURES, PICTURES + len(HEART)), SQUARE_HEIGHT)
    sheet.heights |= {PICTURES - 1: SQUARE_HEIGHT, PICTURES + len(HEART): SQUARE_HEIGHT}
    _draw_block(lesson, sheet)
    _draw_zeros(lesson, sheet)
    _draw_family(lesson, sheet, LAST_ROW + 4)
    _draw_slopes(lesson, sheet, LAST_ROW + 16)
    ends = [lesson.plan.sheets[node.name] for node in network.nodes if shortcut(network, node)]
    draw_links(lesson, sheet, *list(dict.fromkeys(ends))[:2])


def _heads(lesson: Lesson, sheet: Sheet, row: int, column: int, *keys: str) -> None:
    for number, key in enumerate(keys):
        style = "heading" if column + number == NAME else "heading.center"
        sheet.text(row, column + number, lesson.words(f"residual.{key}"), style)


def _draw_block(lesson: Lesson, sheet: Sheet) -> None:
    """The bottleneck: a tile per layer from top to bottom, x passing by on the right."""
    words, here, row = lesson.words, sheet.title, FIRST + 2
    window, maps_in, maps_out, weights = range(FIRST_COLUMN, FIRST_COLUMN + 4)
    sheet.text(FIRST, NAME, words("residual.block"), "heading.plain")
    _heads(lesson, sheet, FIRST + 1, NAME, "layer", "window", "maps_in", "maps_out", "weights", "shortcut")
    sheet.text(row, NAME, words("residual.x"), "tile.input.small")
    wide, narrow = "residual.wide", "residual.narrow"
    lesson.put(wide, NUMBER, cell(here, row, maps_out), WIDE, "choice")
    lesson.put(narrow, NUMBER, cell(here, row + 1, maps_out), NARROW, "choice")
    layers = (("narrower", 1, wide, ""), ("middle", 3, narrow, narrow), ("wider", 1, narrow, wide))
    for number, (key, size, before, after) in enumerate(layers, row + 1):
        name = f"residual.{key}"
        sheet.text(number, NAME, words(name), "tile.sees.small")
        lesson.put(f"{name}_window", NUMBER, down(here, number, window, 1), [size], "origin")
        lesson.look(f"{name}_in", Copy((1,)), {"x": before}, "origin", out=down(here, number, maps_in, 1))
        if after:
            lesson.look(f"{name}_out", Copy((1,)), {"x": after}, "origin", out=down(here, number, maps_out, 1))
        there: Source = f"{name}_out.out" if after else Area(narrow, shape=(1,))
        reads = {"k": f"{name}_window", "a": f"{name}_in.out", "b": there}
        product = Factors(("k", "k", "a", "b"))
        lesson.look(f"{name}_weights", product, reads, "count", out=down(here, number, weights, 1))
    for number, sign in zip(range(row, row + 5), ("──┐", "│", "│", "│", "←──┘"), strict=True):
        sheet.text(number, BY, sign, "sign")
    sheet.text(row + 4, NAME, words("residual.sum"), "tile.decides.small")
    sheet.text(row + 5, NAME, words("residual.relu"), "tile.sees.small")
    counted = {f"x{k}": f"residual.{key}_weights.out" for k, (key, *_) in enumerate(layers, 1)}
    sheet.text(row + 6, NAME, words("residual.all_three"), "text")
    lesson.look("residual.all_three", Sum(3), counted, "count", out=down(here, row + 6, weights, 1))
    sheet.text(row + 7, NAME, words("residual.both"), "text")
    two, maps = Factors((2, 3, 3, "maps", "maps")), Area(wide, shape=(1,))
    lesson.look("residual.both", two, {"maps": maps}, "count", out=down(here, row + 7, weights, 1))
    sheet.text(row + 8, NAME, words("residual.share"), "text")
    shared = {"x": "residual.all_three.out", "y": "residual.both.out"}
    lesson.look("residual.share", Div(), shared, "percent", out=down(here, row + 8, weights, 1))


def _draw_zeros(lesson: Lesson, sheet: Sheet) -> None:
    """A filter of zeros, F(x), x in its padding, and their sum; what is measured on them."""
    words, theme, here, side = lesson.words, lesson.theme, sheet.title, len(HEART)
    weight_column, found = SIDE, SIDE + 5
    x, out = found + side + 3, found + 2 * (side + 3)
    top = PICTURES
    sheet.text(FIRST, SIDE, words("residual.zeros"), "heading.plain")
    pictures = ((weight_column, "filter"), (found, "found_short"), (x, "x"), (out, "sum"))
    for column, key in pictures:
        sheet.text(top - 2, column, words(f"residual.{key}"), "note")
    tint_padding(sheet, Anchor(here, top, x), side, side, (1, 1, 1, 1))
    heart = np.array([list(map(float, line)) for line in HEART])
    weights = grid(here, top + 1, weight_column, 3, 3)
    maps = {name: grid(here, top, column, side, side) for name, column in (("found", found), ("x", x), ("out", out))}
    lesson.put("residual.filter", NUMBER, weights, np.zeros((3, 3)), "weight.general")
    lesson.put("residual.x", NUMBER, maps["x"], heart, "weight.general")
    reads: dict[str, Source] = {"x": "residual.x", "weight": "residual.filter"}
    lesson.look("residual.found", Windows(), reads, "seen", out=maps["found"])
    lesson.look("residual.sum", Add(), {"x": "residual.found.out", "y": "residual.x"}, "seen", out=maps["out"])
    half = side // 2
    middle = top + half
    sheet.text(middle, found + side + 1, "+", "sign")
    sheet.text(middle, x + side + 1, "=", "sign")
    ranges = [area(block) for block in maps.values()]
    sheet.scales.append(Scale(ranges, [(theme.negative, -9.0), (theme.paper, 0.0), (theme.positive, 9.0)]))
    sheet.scales.append(Scale([area(weights)], [(theme.negative, -1.0), (theme.paper, 0.0), (theme.positive, 1.0)]))
    row = top + side + 1
    same = When(1e-9, words("residual.same"), words("residual.other"))
    apart = inline(SquaredDifferences(), x="residual.x", y="residual.sum.out")
    lesson.look("residual.same", same, {"x": apart}, "heading.plain", out=cell(here, row, SIDE))
    reads["x"] = Area("residual.x", row=half - 1, column=half - 1, shape=(3, 3))
    for number, (key, shown, passes) in enumerate((("out", "sum", True), ("found", "found", False)), row + 1):
        name = f"residual.slope_{key}"
        sheet.text(number, SIDE, words(name), "text")
        before = element(f"residual.{shown}.out", lesson.plan.blocks[f"residual.{shown}.out"], half, half)
        slope = Slope(STEP, shortcut=passes)
        lesson.look(name, slope, reads | {"before": before}, "sum.general", out=cell(here, number, x))


def _draw_slopes(lesson: Lesson, sheet: Sheet, row: int) -> None:
    """What is left of a gradient after some blocks, with the shortcuts and without."""
    words, here = lesson.words, sheet.title
    sheet.text(row, NAME, words("residual.slopes"), "heading.plain")
    sheet.text(row + 1, NAME, words("residual.slope"), "text")
    lesson.put("residual.slope", NUMBER, cell(here, row + 1, FIRST_COLUMN), SLOPE, "input")
    for number, key in enumerate(("blocks", "with", "without"), row + 2):
        sheet.text(number, NAME, words(f"residual.{key}"), "heading" if key == "blocks" else "text")
    depths = across(here, row + 2, FIRST_COLUMN, len(DEPTHS))
    lesson.put("residual.depths", NUMBER, depths, DEPTHS, "heading.center")
    reads = {"base": "residual.slope", "exponent": "residual.depths"}
    for number, (key, start) in enumerate((("with", 1), ("without", 0)), row + 3):
        out = across(here, number, FIRST_COLUMN, len(DEPTHS))
        lesson.look(f"residual.{key}", Power(start), reads, "short", out=out)


def _draw_family(lesson: Lesson, sheet: Sheet, row: int) -> None:
    """A column per network: its blocks (blue), its layers, counted; and the sizes, which are the same for all."""
    words, here, count = lesson.words, sheet.title, len(FAMILY)
    size = FIRST_COLUMN + count
    sheet.text(row, NAME, words("residual.family"), "heading.plain")
    head = row + 1
    sheet.text(head, NAME, words("residual.stage"), "heading")
    for number, name in enumerate(FAMILY):
        sheet.text(head, FIRST_COLUMN + number, name, "heading.center")
    sheet.text(head, size, words("residual.size"), "heading.center")
    sheet.text(head + 1, NAME, words("residual.photo"), "text")
    before = "residual.photo"
    lesson.put(before, NUMBER, down(here, head + 1, size, 1), [PHOTO_SIDE], "choice")
    first = head + 2
    for number, (name, window, stride, padding) in enumerate(STAGES, first):
        sheet.text(number, NAME, words(f"residual.stage_{name}", window=window, stride=stride), "text")
        fits, at = OutputSize(window, stride, padding), down(here, number, size, 1)
        lesson.look(f"residual.size_{name}", fits, {"x": before}, "origin", out=at)
        before = f"residual.size_{name}.out"
    blocks, per, total = first + 2, first + len(STAGES), first + len(STAGES) + 1
    sheet.text(per, NAME, words("residual.per_block"), "text")
    sheet.text(total, NAME, words("residual.layers"), "text")
    for number in range(count):
        sheet.number(first, FIRST_COLUMN + number, 1, "origin")
    stages = np.array([counts for _, counts in FAMILY.values()], dtype=np.float64).T
    lesson.put("residual.blocks", NUMBER, grid(here, blocks, FIRST_COLUMN, *stages.shape), stages, "choice")
    each = [layers for layers, _ in FAMILY.values()]
    lesson.put("residual.per_block", NUMBER, across(here, per, FIRST_COLUMN, count), each, "choice")
    reads: dict[str, Source] = {"blocks": "residual.blocks", "each": "residual.per_block"}
    lesson.look("residual.layers", Depth(), reads, "sum.general", out=across(here, total, FIRST_COLUMN, count))
    sheet.text(row, SIDE, words("residual.worked"), "heading.plain")
    for number, name in enumerate(FAMILY):
        _work(lesson, name, number, len(stages), cell(here, row + 1 + number, SIDE))


def _work(lesson: Lesson, name: str, number: int, stages: int, at: Block) -> None:
    """How the layers of a network are counted, with its numbers: 1 + 3 x (3 + 4 + 6 + 3) + 1 = 50."""
    blocks = lesson.plan.blocks
    reads = {f"n{k}": element("residual.blocks", blocks["residual.blocks"], k, number) for k in range(stages)}
    for own, full in (("each", "residual.per_block"), ("all", "residual.layers.out")):
        reads[own] = element(full, blocks[full], number)
    pieces: list[str | tuple[str]] = [f"{name}:  1 + ", ("each",), " x ("]
    for k in range(stages):
        pieces += [" + ", (f"n{k}",)] if k else [(f"n{k}",)]
    said = Sentence((*pieces, ") + 1 = ", ("all",)))
    lesson.look(f"residual.worked_{number + 1}", said, reads, "text", out=at)

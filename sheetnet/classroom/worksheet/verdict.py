"""The third page of a worksheet: logits, softmax, loss; and for the teacher the same without rounding.

level 1        3 to the power of how far a logit lies above the smaller one: whole numbers
levels 2, 3    e to the power of how far it lies below the larger one: from a table of three decimals
"""

from __future__ import annotations

import math

import numpy as np

from sheetnet.classroom.worksheet.numbers import Numbers
from sheetnet.classroom.worksheet.paper import LINE, Paper
from sheetnet.grid import Anchor, Block
from sheetnet.layers.arithmetic.log import Log
from sheetnet.layers.arithmetic.mul import Mul
from sheetnet.layers.arithmetic.neg import Neg
from sheetnet.layers.arithmetic.reducesum import ReduceSum
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.crossentropy import CrossEntropy
from sheetnet.layers.softmax import Softmax
from sheetnet.lenses import Look, Measure, Power, Rounded, element

SUSPECTS = ("A", "B")
BASE = 3  # at level 1
EVIDENCE = 4
DIGITS = 2  # decimals of all that is rounded
POWERS = range(6)  # e^-6 is 0.00
WEIGHTS, PRODUCTS, LOGIT = 3, 8, 13  # columns
DIFFERENCE, CONFIDENCE, PROBABILITY = 3, 7, 12
TENTHS = 10
ASIDE = 19  # the first column of what only the teacher has
LOW = 14.0  # points of a row of the table of logarithms


def draw_verdict(paper: Paper, numbers: Numbers, level: int) -> None:
    """From the evidence to the loss."""
    logits = _draw_logits(paper, numbers)
    _draw_softmax(paper, level, logits)
    _draw_loss(paper, numbers)


def _draw_exact(paper: Paper, level: int, logits: str) -> str:
    """For the teacher, to the right of all that is printed: the layer itself, which rounds nothing."""
    words, sheet, row = paper.words, paper.sheet, paper.row
    sheet.text(row, ASIDE, words("handout.exact.head"), "heading.plain")
    sheet.text(row + 1, ASIDE, words("handout.exact.lead"))
    for number, suspect in enumerate(SUSPECTS):
        paper.label(ASIDE, words("handout.suspect", name=suspect), row + 3 + number)
    heads = {"top": 4, "exp": 7, "sum": 10, "log": 13, "out": 16}
    for own, right in heads.items():
        key = "handout.softmax.probability" if own == "out" else f"labels.softmax.{own}"
        paper.label(ASIDE + right, words(key), row + 2)
    blocks = {own: paper.pile(ASIDE + heads[own], 2, row + 3) for own in ("exp", "log", "out")}
    blocks |= {own: paper.cell(ASIDE + heads[own], row + 3) for own in ("top", "sum")}
    layer = Softmax(base=None if level > 1 else BASE)
    paper.ask("softmax", layer, {"x": logits}, "box.fixed", **blocks)
    return f"{paper.name}softmax.exp"


def _draw_exact_loss(paper: Paper) -> None:
    words, row = paper.words, paper.row
    paper.label(ASIDE, words("handout.exact.loss"), row)
    places = {"term": 7, "ratio": 9, "out": 12, "likelihood": 14, "divergence": 16}
    blocks = {
        own: (paper.pile(ASIDE + right, 2, row) if right < 12 else paper.cell(ASIDE + right, row))
        for own, right in places.items()
    }
    reads = {"log": f"{paper.name}softmax.log", "truth": f"{paper.name}truth.out"}
    paper.ask("loss_exact", CrossEntropy(), reads, "box.fixed", **blocks)


def _label_suspects(paper: Paper) -> None:
    for number, suspect in enumerate(SUSPECTS):
        paper.label(1, paper.words("handout.suspect", name=suspect), paper.row + number)


def _draw_logits(paper: Paper, numbers: Numbers) -> str:
    words = paper.words
    paper.heading(words("handout.logits.head"))
    paper.say(words("handout.logits.lead"))
    for column, key in ((WEIGHTS, "weights"), (PRODUCTS, "products"), (LOGIT, "logit")):
        paper.label(column, words(f"handout.logits.{key}"))
    paper.rows(1, LINE)
    _label_suspects(paper)
    first = paper.row
    block = Block((2, EVIDENCE), (Anchor(paper.title, first, WEIGHTS),), ((1, 0), (0, 1)))
    weights = paper.given("weights", block, numbers.weights)
    block = Block((2, EVIDENCE), (Anchor(paper.title, first, PRODUCTS),), ((1, 0), (0, 1)))
    products = paper.ask("shares", Mul(), {"x": weights, "y": f"{paper.name}evidence.out"}, out=block)
    logits = paper.ask("logits", ReduceSum((1,), False), {"x": products}, out=paper.pile(LOGIT, 2))
    paper.rows(2)
    paper.skip()
    return logits


def _draw_softmax(paper: Paper, level: int, logits: str) -> None:
    words, exact = paper.words, _draw_exact(paper, level, logits)
    kind = "base3" if level == 1 else "e"
    paper.heading(words("handout.softmax.head"))
    paper.say(words(f"handout.softmax.lead_{kind}"))
    if level > 1:
        _draw_powers(paper)
    for column, key in ((DIFFERENCE, f"difference_{kind}"), (CONFIDENCE, f"confidence_{kind}")):
        paper.label(column, words(f"handout.softmax.{key}"))
    paper.label(PROBABILITY, words("handout.softmax.probability"))
    paper.rows(1, LINE)
    _label_suspects(paper)
    function = "MIN" if level == 1 else "MAX"
    end = Look("", Measure(function), {"x1": logits})
    far = paper.ask("difference", Sub(), {"x": logits, "y": end}, out=paper.pile(DIFFERENCE, 2))
    piles = [paper.pile(column, 2, wide=True) for column in (CONFIDENCE, PROBABILITY)]
    below = paper.row + 2
    paper.label(1, words("handout.softmax.sum"), below)
    if level == 1:
        paper.label(PROBABILITY, words("handout.softmax.base"), below)
        base = paper.given("base", paper.cell(PROBABILITY + 3, below), float(BASE))
        confidence = paper.ask("confidence", Power(), {"base": base, "exponent": far}, out=piles[0])
    else:
        confidence = paper.ask("confidence", Rounded(DIGITS), {"x": exact}, out=piles[0])
    box = paper.cell(CONFIDENCE, below, wide=True)
    total = paper.ask("total", Measure("SUM"), {"x1": confidence}, out=box)
    paper.ask("p", Rounded(DIGITS), {"x": confidence, "over": total}, out=piles[1])
    paper.rows(3)
    paper.skip()


def _draw_powers(paper: Paper) -> None:
    """The table of e to the power of 0, -1, ..., as it is printed."""
    words, sheet = paper.words, paper.sheet
    for number in POWERS:
        column = 4 + 2 * number
        for row, value in enumerate((-float(number) + 0.0, round(math.exp(-number), DIGITS))):
            paper.widen(paper.row + row, column, "box")
            sheet.number(paper.row + row, column, value, "box")
    paper.label(1, words("handout.softmax.difference_e"))
    paper.rows(1, LINE + 2)
    paper.label(1, words("handout.softmax.power_e"))
    paper.rows(1, LINE + 2)
    paper.skip(4)


def _draw_loss(paper: Paper, numbers: Numbers) -> None:
    words = paper.words
    paper.heading(words("handout.loss.head"))
    paper.say(words("handout.loss.lead", name=SUSPECTS[numbers.truth]))
    for number, suspect in enumerate(SUSPECTS):
        paper.label(1, words("handout.loss.truth", name=suspect), paper.row + number)
    paper.given("truth", paper.pile(6, 2), np.eye(2)[numbers.truth])
    _draw_exact_loss(paper)
    p = f"{paper.name}p.out"
    found = element(p, paper.block(p), numbers.truth)
    paper.label(8, words("handout.loss.p"))
    paper.ask("p_true", Rounded(DIGITS), {"x": found}, out=paper.cell(14, wide=True))
    paper.rows(1)
    paper.label(8, words("handout.loss.loss"))
    log = Look("", Neg(), {"x": Look("", Log(), {"x": found})})
    paper.ask("loss", Rounded(DIGITS), {"x": log}, out=paper.cell(14, wide=True))
    paper.rows(1)
    paper.skip()
    _draw_logarithms(paper)


def _draw_logarithms(paper: Paper) -> None:
    """The table of -ln p: tenths down, hundredths across, as it is printed."""
    sheet, first = paper.sheet, paper.row
    sheet.text(first, 1, paper.words("handout.loss.table"), "heading.small")
    for hundredth in range(TENTHS):
        sheet.number(first, 3 + hundredth, hundredth / 100, "box.head")
    for tenth in range(TENTHS):
        row = first + 1 + tenth
        sheet.number(row, 2, tenth / TENTHS, "box.head")
        for hundredth in range(TENTHS):
            p = (TENTHS * tenth + hundredth) / 100
            if p:
                sheet.number(row, 3 + hundredth, round(-math.log(p), DIGITS), "box.fixed")
    paper.rows(TENTHS + 1, LOW)

"""The fourth page of a worksheet, at level 3: one gradient, and one weight that learns.

g = (p - truth) * evidence,   weight - rate * g
"""

from __future__ import annotations

from sheetnet.classroom.worksheet.numbers import RATE, Numbers
from sheetnet.classroom.worksheet.paper import Paper
from sheetnet.classroom.worksheet.verdict import SUSPECTS
from sheetnet.layers.arithmetic.mul import Mul
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.lenses import Area, Look, Rounded, Source, Update, element

BOXES = 12  # the column of the boxes


def draw_learning(paper: Paper, numbers: Numbers) -> None:
    """From the probabilities to a better weight."""
    words, name = paper.words, paper.name
    suspect, evidence = numbers.asked
    told = {"name": SUSPECTS[suspect], "number": evidence + 1}
    paper.heading(words("handout.gradient.head"))
    paper.say(words("handout.gradient.lead", **told))
    paper.skip(4)
    errors = paper.pile(BOXES, 2, wide=True)
    for number, one in enumerate(SUSPECTS):
        paper.label(1, words("handout.gradient.error", name=one), paper.row + number)
    full = paper.ask("error", Sub(), {"x": f"{name}p.out", "y": f"{name}truth.out"}, out=errors)
    paper.rows(2)
    paper.label(1, words("handout.gradient.product", **told))
    product = Look("", Mul(), {"x": _element(paper, full, suspect), "y": _at(paper, "evidence.out", evidence)})
    gradient = paper.ask("gradient", Rounded(1), {"x": product}, out=paper.cell(BOXES, wide=True))
    paper.rows(1)
    paper.skip()
    paper.heading(words("handout.update.head"))
    paper.say(words("handout.update.lead", **told))
    paper.skip(4)
    paper.label(1, words("handout.update.rate"))
    rate = paper.given("rate", paper.cell(BOXES, wide=True), RATE)
    paper.rows(1)
    paper.label(1, words("handout.update.step"))
    paper.ask("step", Mul(), {"x": rate, "y": gradient}, out=paper.cell(BOXES, wide=True))
    paper.rows(1)
    paper.label(1, words("handout.update.weight", **told))
    reads: dict[str, Source] = {
        "weight": _at(paper, "weights.out", suspect, evidence),
        "gradient": gradient,
        "rate": rate,
    }
    paper.ask("weight", Update(), reads, out=paper.cell(BOXES, wide=True))
    paper.rows(1)
    paper.skip()
    paper.say(words("handout.update.question", **told))
    for _ in range(3):
        paper.skip(26)
        paper.label(1, words("handout.update.line"))


def _at(paper: Paper, own: str, *index: int) -> Area:
    return _element(paper, f"{paper.name}{own}", *index)


def _element(paper: Paper, full: str, *index: int) -> Area:
    return element(full, paper.block(full), *index)

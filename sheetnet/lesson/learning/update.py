"""The sheet Update: the rate, the loss before and after the step, and the probabilities with it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet import engine
from sheetnet.grid import a1
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layout import CLASSES, FIRST
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import NUMBER
from sheetnet.lenses import Copy, Stage
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.learning.again import offered
from sheetnet.lesson.learning.backward import Backward, back_titles
from sheetnet.lesson.learning.forward import RATE, after_titles, draw_forward
from sheetnet.lesson.learning.nudged import NUDGED
from sheetnet.lesson.learning.passes import Passes
from sheetnet.lesson.learning.rates import RATES, draw_rates
from sheetnet.lesson.learning.weight import WEIGHT, draw_weight, weighty
from sheetnet.words import Words

UPDATE = "update"  # as layers name the sheet
LABEL, VALUE, SAID = 1, 2, 4  # columns
RATE_ROW, BEFORE, AFTER, CHANGE = FIRST, FIRST + 1, FIRST + 2, FIRST + 3
NAMES = FIRST + 6  # the first class
CHARTED = FIRST + 15  # the last row beside the chart
STILL = 1e-12  # a change below which the loss stays: spreadsheets disagree about the last digit of a difference
TRIED = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0001)


def learning_titles(sheets: Mapping[str, str], passes: Passes, words: Words) -> tuple[str, ...]:
    """The titles of the sheets of a step of learning, in their order."""
    back, after = back_titles(sheets, passes, words), after_titles(sheets, passes, words)
    near, last = ([words(f"sheets.{key}") for key in keys] for keys in _beside(passes))
    return (*back.values(), *near, *after.values(), *last)


def extra_keys(passes: Passes) -> tuple[str, ...]:
    """The keys of the sheets that belong to no layer."""
    near, last = _beside(passes)
    return (*near, *last)


def _beside(passes: Passes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of the sheets behind those of the gradients, and of those behind the new weights."""
    near = (WEIGHT, NUDGED) if offered(passes) else (WEIGHT,)
    return near if weighty(passes) else (), (UPDATE, RATES) if offered(passes) else (UPDATE,)


def draw_learning(lesson: Lesson, passes: Passes, title: str) -> dict[str, str]:
    """All sheets of a step of learning; the full name of the gradient of each tensor. ``title``: of Update."""
    words = lesson.words
    back = Backward(lesson, passes)
    back.draw()
    if WEIGHT in lesson.extras:
        draw_weight(lesson, passes, back.gradients)
    lesson.put(
        RATE, NUMBER, cell(title, RATE_ROW, VALUE), falling_rate(lesson, passes, back.gradients), "weight.wide"
    )
    draw_forward(lesson, passes, back.gradients)
    sheet = lesson.book.add(title, freeze=BELOW, repeat_rows="1:1")
    sheet.widths |= {LABEL: 34.0, VALUE: 12.0, VALUE + 1: 12.0, SAID: 12.0}
    head = Head(words("learning.title"), words("learning.lead"), words("learning.analogy"), words("learning.update"))
    draw_head(lesson, sheet, head)
    if passes.loss is None:
        raise ValueError("a step of learning has a loss; Passes refuses others")
    loss = passes.loss.name
    sheet.selected = a1(RATE_ROW, VALUE)
    lines = {RATE_ROW: "rate", BEFORE: "before", AFTER: "after", CHANGE: "change"}
    for row, key in lines.items():
        sheet.text(row, LABEL, words(f"learning.{key}"), "text")
    sheet.text(RATE_ROW, SAID, words("learning.try"), "note")
    sheet.text(BEFORE, SAID, words("learning.alone"), "note")
    lesson.look("update.before", Copy(), {"x": f"{loss}.out"}, "number", out=cell(title, BEFORE, VALUE))
    lesson.look("update.after", Copy(), {"x": f"after.{loss}.out"}, "number", out=cell(title, AFTER, VALUE))
    both = {"x": "update.after.out", "y": "update.before.out"}
    lesson.look("update.change", Sub(), both, "number", out=cell(title, CHANGE, VALUE))
    said = Stage((-STILL, STILL), tuple(words(f"learning.{key}") for key in ("falls", "stays", "rises")))
    lesson.look("update.said", said, {"x": "update.change.out"}, "text", out=cell(title, CHANGE, SAID))
    row = _draw_classes(lesson, passes, title)
    row = max(row, CHARTED) if RATES in lesson.extras else row
    for number, key in enumerate(("next", "next_how", "next_then")):
        sheet.text(row + 2 + number, LABEL, words(f"learning.{key}"), "heading.plain" if not number else "text")
    if RATES in lesson.extras:
        draw_rates(lesson, passes, back.gradients, title, row + 6, cell(title, CHANGE + 2, SAID))
    draw_links(
        lesson, sheet, *dict.fromkeys(lesson.plan.sheets[node.name] for node in passes.nodes if passes.learned(node))
    )
    return back.gradients


def _draw_classes(lesson: Lesson, passes: Passes, title: str) -> int:
    """The probability of each class before and after; the row behind them."""
    if passes.softmax is None or CLASSES not in lesson.plan.blocks:
        return CHANGE + 1
    words, sheet, name = lesson.words, lesson.book.sheet(title), passes.softmax.name
    count = len(lesson.network.classes)
    for column, key in ((LABEL, "class"), (VALUE, "p_before"), (VALUE + 1, "p_after")):
        sheet.text(NAMES - 1, column, words(f"learning.{key}"), "heading" if column == LABEL else "heading.right")
    lesson.look("update.names", Copy(), {"x": CLASSES}, "text", out=down(title, NAMES, LABEL, count))
    lesson.look("update.p", Copy(), {"x": f"{name}.out"}, "number", out=down(title, NAMES, VALUE, count))
    lesson.look(
        "update.p_after", Copy(), {"x": f"after.{name}.out"}, "number", out=down(title, NAMES, VALUE + 1, count)
    )
    return NAMES + count


def falling_rate(lesson: Lesson, passes: Passes, gradients: Mapping[str, str]) -> float:
    """The largest of some rates with which the loss falls, to half of it at most; else one with which it falls."""
    network = lesson.network
    inputs = {full: lesson.value(full) for full in network.inputs}
    old = {full: np.asarray(lesson.value(full), dtype=np.float64) for full in network.parameters}
    if passes.loss is None:
        raise ValueError("a step of learning has a loss; Passes refuses others")
    loss, falling = f"{passes.loss.name}.out", []
    before = float(lesson.value(loss))
    for rate in TRIED:
        new = {full: w - rate * lesson.value(gradients[full]) if full in gradients else w for full, w in old.items()}
        after = float(engine.forward(network, inputs, new)[loss])
        if before / 2 <= after < before:
            return rate
        falling += [rate] if after < before else []
    return (falling or list(TRIED))[-1]

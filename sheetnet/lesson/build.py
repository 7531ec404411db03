"""A case -> the finished workbook.

case with its numbers -> sheets and plan, described -> cells, written once the plan is complete -> record -> file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet import layout, words
from sheetnet.case.prepare import Case
from sheetnet.layers import Array
from sheetnet.layout.titles import layer_names
from sheetnet.lenses.elements import words as listed
from sheetnet.lesson.beside import charts
from sheetnet.lesson.beside.canvas.sheet import Known, begin_canvas, draw_canvas
from sheetnet.lesson.beside.checks.sheet import draw_checks
from sheetnet.lesson.beside.closeup import conv, logit, pool
from sheetnet.lesson.beside.history import HISTORY, draw_history
from sheetnet.lesson.beside.network.sheet import draw_network
from sheetnet.lesson.beside.network.strips import OVERVIEW, offered
from sheetnet.lesson.beside.practice import sheet as practice
from sheetnet.lesson.beside.shortcuts import sheet as shortcuts
from sheetnet.lesson.beside.weights import draw_weights, laid_back
from sheetnet.lesson.finish import Written, begin_book, finished, refuse_target, saved
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.thread import follow
from sheetnet.lesson.numbered import begin_numbered, draw_numbered, extra_sheets
from sheetnet.lesson.start.effects import deeds_of
from sheetnet.lesson.start.moves import best_move, moral_of
from sheetnet.lesson.start.sheet import draw_start
from sheetnet.lesson.start.trials import LEAST, Trials
from sheetnet.lesson.story.blocks import draw_block
from sheetnet.lesson.story.grids import draw_extra
from sheetnet.lesson.story.layer import draw_node
from sheetnet.lesson.story.photo import draw_channels, draw_photo
from sheetnet.network import PHOTO, Network
from sheetnet.workbook.book import Book

if TYPE_CHECKING:
    from sheetnet.lesson.learning.step import LearningStep

CHECKS = "checks"  # the key of the sheet of fingerprints

# The other sheets that are no step of the network: a function that says whether they have anything to show, and one
# that draws them.
EXTRAS: dict[str, tuple[Callable[[Network], object], Callable[[Lesson, str], None]]] = {
    "closeup": (conv.offered, conv.draw_conv),
    "closeup_pool": (pool.offered, pool.draw_pool),
    "closeup_logit": (logit.offered, logit.draw_logit),
    "practice": (practice.offered, practice.draw_practice),
    "weights": (laid_back, draw_weights),
    "charts": (charts.offered, charts.draw_charts),
    "residual": (shortcuts.offered, shortcuts.draw_shortcuts),
    HISTORY: (lambda network: True, draw_history),  # where the case knows it
    CHECKS: (lambda network: True, draw_checks),
}

# A note where the step of learning stops at the first weights.
NO_PHOTO = "--backward: the gradient of the photo is left out, it would be too many formulas; use a smaller --size"


def write(
    case: Case, path: Path, *, force: bool = False, progress: Callable[[int, int], None] | None = None
) -> Written:
    """Build the workbook of a case at ``path``. WorkbookError where it fails."""
    refuse_target(path, force=force)  # before the work, not after it
    return saved(make_lesson(case), path, force=force, progress=progress)


def make_book(case: Case) -> Book:
    """The workbook of a case, every formula with its value, not written yet."""
    return make_lesson(case).book


def make_lesson(case: Case) -> Lesson:
    """The same with the plan of what lies where."""
    return finished(describe(case, case.values))


def describe(case: Case, values: Mapping[str, Array], least: float = LEAST) -> Lesson:
    """All sheets of a case with their words, and the plan of what they show. ``values``: of the network's tensors.

    ``least``: the effect that a thing to try has at least, see ``start.effects``.
    """
    if case.course is not None:
        return _course_of(case, values)
    if not case.backward:
        return _describe(case, values, least, None)
    from sheetnet.lesson.learning.step import LearningStep, TooManyFormulasError  # here, since it is seldom asked for

    step = LearningStep(case.network, values)
    try:
        return _describe(case, values, least, step)
    except TooManyFormulasError:
        if not step.reaches_photo:
            raise
        shorter = _describe(case, values, least, LearningStep(case.network, values, to_photo=False))
        return replace(shorter, notes=(NO_PHOTO,))


def _describe(case: Case, values: Mapping[str, Array], least: float, step: LearningStep | None) -> Lesson:
    lesson = _begin(case, values, step)
    network, plan, book = lesson.network, lesson.plan, lesson.book
    trials = Trials(plan, values, case.drawing, least)
    move = best_move(trials) if case.one_photo else None
    start, drawing = book.add(lesson.trail[0]), case.drawing  # Start comes last: it shows what the others have
    if drawing is not None:
        draw_sheet = book.add(lesson.trail[1])
        canvas = begin_canvas(lesson, draw_sheet.title, drawing)
    if case.numbered is not None:
        begin_numbered(lesson, start.title, case.numbered)
    if OVERVIEW in lesson.extras:
        book.add(lesson.extras[OVERVIEW])
    if network.shape:
        draw_photo(lesson)
        draw_channels(lesson)
    if network.extra:
        draw_extra(lesson)
    for _, group in groupby(network.nodes, key=lambda node: plan.sheets[node.name]):
        nodes = list(group)
        if len(nodes) > 1:
            draw_block(lesson, nodes)
        else:
            draw_node(lesson, nodes[0])
    for key, (_, draw) in EXTRAS.items():
        if key in lesson.extras:
            draw(lesson, lesson.extras[key])
    gradients = {} if step is None else step.draw(lesson)
    if drawing is not None:
        known = Known(move, moral_of(trials, move), tuple(trials.wrong)) if case.one_photo else Known()
        draw_canvas(lesson, draw_sheet, canvas, drawing, case.prose.get("samples", ""), known)
    if OVERVIEW in lesson.extras:
        draw_network(lesson, lesson.extras[OVERVIEW], gradients)  # as many formulas as all other sheets allow
    start.one_page = True
    if case.numbered is None:
        draw_start(lesson, start, case, list(deeds_of(trials, move)) if case.one_photo else [])
    else:
        draw_numbered(lesson, start, case, case.numbered)
    if step is not None:
        step.check(lesson)
    return lesson


def _suits(key: str, case: Case) -> bool:
    """Whether an extra sheet suits a case: the history must be known, and fingerprints are of one photo."""
    return (key != HISTORY or case.history is not None) and (key != CHECKS or case.one_photo)


def _course_of(case: Case, values: Mapping[str, Array]) -> Lesson:
    """The lesson of a training of many steps, imported here since it is seldom asked for."""
    from sheetnet.lesson.training.course import draw_course

    return draw_course(case, values)


def _begin(case: Case, values: Mapping[str, Array], step: LearningStep | None) -> Lesson:
    """A lesson that has no sheets yet: its network is placed, and the titles of its sheets are known."""
    network, vocabulary = case.network, words.load(case.language)
    planner = layout.begin_titled(network, vocabulary)
    sheets = planner.plan.sheets
    book = begin_book(case.prose["title"], case)
    around = ("start", *extra_sheets(case.numbered), *(() if case.drawing is None else ("draw",)))
    photo = (sheets[PHOTO], *planner.plan.channels) if network.shape else ()
    extra = (sheets[layout.EXTRA],) if network.extra else ()
    steps = (*photo, *extra, *dict.fromkeys(sheets[node.name] for node in network.nodes))
    front = () if case.plain or not offered(network) else (OVERVIEW,)  # it stands in front of the steps
    beside = () if case.plain else tuple(key for key in EXTRAS if EXTRAS[key][0](network) and _suits(key, case))
    extras = {key: vocabulary(f"sheets.{key}") for key in (*front, *beside)}
    before, behind = ([vocabulary(f"sheets.{key}") for key in keys] for keys in ((*around, *front), beside))
    learning = () if step is None else step.titles(sheets, vocabulary)
    extras |= {} if step is None else step.extras(vocabulary)
    trail = (*before, *steps, *behind, *learning)
    known = {**values, layout.CLASSES: listed(list(network.classes))}
    named = layer_names(network, vocabulary)
    thread = follow(network, values)
    return Lesson(
        planner, known, vocabulary, book, trail, extras, case.done, named, thread=thread, history=case.history
    )

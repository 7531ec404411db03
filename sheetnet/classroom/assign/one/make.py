"""Make an exercise of a single file for everybody: the file, the solved workbook for any number, and the recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from sheetnet import engine
from sheetnet.case.numbered import Asked
from sheetnet.case.prepare import Case
from sheetnet.classroom.assign.choose import GRADIENT, UnsuitableError
from sheetnet.classroom.assign.graph import Graph, graph_of
from sheetnet.classroom.assign.guard import guarded
from sheetnet.classroom.assign.item import Place
from sheetnet.classroom.assign.keep import kept
from sheetnet.classroom.assign.one.choose import chosen_for_all
from sheetnet.classroom.assign.one.draws import drawn
from sheetnet.classroom.assign.one.front import draw_front_for_all
from sheetnet.classroom.assign.one.measure import Measured, measured
from sheetnet.classroom.assign.one.recipe import NAME, NUMBER, Recipe
from sheetnet.classroom.assign.request import Request
from sheetnet.classroom.assign.sheets import inputs_of, pupil_book
from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor
from sheetnet.layers import Array
from sheetnet.layout.sheets import numbered as places
from sheetnet.layout.sheets.numbered import NumberSheet
from sheetnet.lesson.build import make_lesson
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Book

TRIES = 8  # drawings of formulas, of which the best is taken
GOOD_SETS, FEW_POOR = 0.99, 0.003  # of the numbers: so good that no other is tried
SAMPLE = range(1, 1000, 11)  # the numbers by which cells are chosen


@dataclass(frozen=True, slots=True)
class ForAll:
    """What was made. ``handed``: the workbook to hand out; ``solved``: the one with all answers, for any number."""

    recipe: Recipe
    handed: Book
    solved: Book
    measured: Measured


@dataclass(frozen=True, slots=True)
class _Drawn:
    case: Case
    recipe: Recipe
    measured: Measured


def make_for_all(request: Request, case: Case, called: tuple[str, str], progress: Callable[[int], object]) -> ForAll:
    """Make it. NetworkError where no formulas leave something to ask for.

    ``called``: id and name of the file; ``progress`` is told of each try.
    """
    best = _best(request, case, called, progress)
    recipe = best.recipe
    asked = tuple(Asked(one.step, one.full, one.index) for one in recipe.items)
    assert best.case.numbered is not None
    lesson = make_lesson(replace(best.case, numbered=replace(best.case.numbered, asked=asked)))
    handed = _handed(request, lesson, recipe)
    recipe = replace(recipe, inputs=tuple(inputs_of(lesson, handed)))
    return ForAll(recipe, handed, lesson.book, best.measured)


def _best(request: Request, case: Case, called: tuple[str, str], progress: Callable[[int], object]) -> _Drawn:
    best: _Drawn | None = None
    photo = next(iter(request.pictures), None)
    for tries, (one, rng) in enumerate(islice(drawn(case, request.seed, photo), TRIES)):
        progress(tries)
        found = _recipe(request, one, rng, called)
        if found is None:
            continue
        result = measured(found, one.network)
        if best is None or _rank(result) > _rank(best.measured):
            best = _Drawn(one, found, result)
        if result.sets >= GOOD_SETS * result.numbers and result.poor <= FEW_POOR * result.numbers:
            break
    if best is None:
        raise NetworkError("--one: no formulas were found that leave something to ask for; use another --seed")
    return best


def _rank(result: Measured) -> tuple[bool, int, int]:
    """The larger, the better."""
    return result.sets >= GOOD_SETS * result.numbers, -result.poor, result.sets


def _recipe(request: Request, case: Case, rng: np.random.RandomState, called: tuple[str, str]) -> Recipe | None:
    """What is asked for; None where the answers are trivial for too many numbers."""
    numbered, network = case.numbered, case.network
    assert numbered is not None
    lesson = make_lesson(case)
    made = numbered.given(1)
    given = {full: case.values[full] for full in (*network.inputs, *network.parameters) if full not in made}
    first = NumberSheet(lesson.trail[0])
    name = lesson.trail[0], places.NAME, places.VALUE
    listed = request.names is not None
    recipe = Recipe(*called, numbered, given, (), (), _place(first.typed().anchors[0]), name, listed)
    try:
        items = chosen_for_all(
            lesson, graph_of(lesson.book), request.steps, request.level, rng, _many(request, recipe, case)
        )
    except UnsuitableError:
        return None
    return replace(recipe, items=tuple(items))


def _many(request: Request, recipe: Recipe, case: Case) -> Mapping[str, Array]:
    """The tensors of many numbers, one upon the other."""
    found: dict[str, list[Array]] = {}
    for number in SAMPLE:
        values = recipe.values(case.network, number)
        gradients = engine.backward(case.network, values) if GRADIENT in request.steps else {}
        made = {full: value for full, value in values.items() if full not in case.network.parameters}
        for full, value in (made | {full: gradients[full] for full in case.network.parameters if gradients}).items():
            found.setdefault(full, []).append(value)
    return {full: np.stack(values) for full, values in found.items()}


def _handed(request: Request, lesson: Lesson, recipe: Recipe) -> Book:
    """The workbook to hand out: what follows from the number waits for it, as it waits for the answers."""
    graph: Graph = graph_of(lesson.book)
    shown = kept(lesson, graph, recipe.items)
    counts = _place(NumberSheet(lesson.trail[0]).counts().anchors[0])
    formulas = guarded(graph, shown, {one.place for one in recipe.items} | {counts})
    who, level = (recipe.code, ""), request.level
    book = pupil_book(lesson, graph, recipe.items, shown, formulas, who, level, request.ask, draw_front_for_all)
    for name, place in ((NUMBER, recipe.number), (NAME, recipe.name)):
        book.name(name, Anchor(*place), Anchor(*place))
    return book


def _place(at: Anchor) -> Place:
    return at.sheet, at.row, at.column

"""The things to try on Start: each one, done in the file, changes what it foretells, so that a reader sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import zoo
from conftest import SAMPLES
from thorough import later

from sheetnet import words
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.layout.sheets.start import CHANGE, DO, MADE, NOW, STORY
from sheetnet.lenses.shares import MINUS
from sheetnet.lesson.build import describe, write
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.screen import HEIGHT, WIDTH, reach
from sheetnet.lesson.start.effects import deeds_of
from sheetnet.lesson.start.moves import best_move
from sheetnet.lesson.start.trials import LEAST, Deed, Trials
from sheetnet.lesson.start.tries import ends
from sheetnet.network import Network
from sheetnet.photo import from_pixels
from sheetnet.recalc import open_engine
from sheetnet.workbook.book import Cell
from sheetnet.workbook.measure import pixels
from sheetnet.workbook.read import read
from sheetnet.workbook.style import PLAIN, styles

REQUESTS = {
    "by-hand": Request(None, template="by-hand"),
    "detective": Request(SAMPLES / "astronaut.png", label="Astronaut"),
    "detective, Chinese": Request(SAMPLES / "coffee.png", language="zh"),
    "digits": Request(None, template="digits"),
    "shapes": Request(None, template="shapes"),
}
DEEP = Request(None, template="residual-twin")
WORDS = words.load()
MOST_CLEARED = 100  # squares: every pixel that is seen depends on each of them, and the engine is slow to note it


@cache
def case_of(name: str) -> Case:
    if name == "a deep one":
        return prepare(DEEP)
    return prepare(REQUESTS[name]) if name in REQUESTS else zoo.case(name)


def foretold(case: Case) -> tuple[Lesson, list[Deed]]:
    """What Start foretells, worked out anew."""
    values = case.values
    lesson = describe(case, values)
    trials = Trials(lesson.plan, values, case.drawing)
    return lesson, list(deeds_of(trials, best_move(trials)))


@pytest.mark.parametrize(
    "name",
    [
        *("by-hand", "digits", "drawn in colours"),
        *later("detective", "detective, Chinese", "shapes", "no softmax", "everything in rows"),
    ],
)
def test_each_deed_done_in_the_file_changes_what_start_foretold(tmp_path: Path, name: str) -> None:
    case = case_of(name)
    lesson, deeds = foretold(case)
    write(case, tmp_path / "x.xlsx")
    data = (tmp_path / "x.xlsx").read_bytes()
    rows = list(_rows(data, lesson.trail[0], len(deeds)))
    vocabulary = words.load(case.language)
    session = open_engine("formualizer", data, time.monotonic() + 100)
    session.evaluate()
    for row, deed in zip(rows, deeds, strict=True):
        if deed.kind == "clear" and deed.count > MOST_CLEARED:
            continue

        def seen(column: int, row: int = row) -> object:
            return session.rectangle(lesson.trail[0], row, column, row, column)[0][0]

        made, now, change = seen(MADE), seen(NOW), seen(CHANGE)
        assert deed.effect >= LEAST
        assert change == vocabulary("start.change_none"), deed
        assert now == made or abs(float(now) - float(made)) < 1e-9, deed  # type: ignore[arg-type]
        undo = _do(session, lesson, deed)
        session.evaluate()
        _check(deed, seen(NOW), seen(CHANGE), lesson)
        if deed.watch == "chance":
            assert str(change_of(made, seen(NOW))) in str(seen(CHANGE)), "a reader takes one from the other"
        for at, value in undo:
            session.set(*at, value)
        session.evaluate()
        assert (seen(NOW), seen(CHANGE)) == (now, change), deed


def _rows(data: bytes, home: str, count: int) -> Iterator[int]:
    """The rows of the table: below its heads, which are the only cells that say "now"."""
    cells = read(data, "x").cells[home]
    [head] = {
        row for (row, column), cell in cells.items() if column == DO and cell.value in ("do this", "这样做")
    } or {0}
    assert bool(head) == bool(count)
    yield from range(head + 1, head + 1 + count)


def _do(session: object, lesson: Lesson, deed: Deed) -> list[tuple[tuple[str, int, int], float | str]]:
    """Fill the cells as the words say; returns what stood there. A cell that is cleared is as one that has 0."""
    first, last = ends(lesson, deed)
    value: float | str = deed.value
    if deed.kind == "truth":
        value = lesson.network.classes[int(deed.value)]
    if deed.kind == "sample":
        value = str(lesson.value("draw.names")[int(deed.value) - 1])
    before = []
    for row in range(first.row, last.row + 1):
        for column in range(first.column, last.column + 1):
            old = session.rectangle(first.sheet, row, column, row, column)[0][0]  # type: ignore[attr-defined]
            before.append(((first.sheet, row, column), 0.0 if old is None else old))
            session.set(first.sheet, row, column, value)  # type: ignore[attr-defined]
    assert len(before) == deed.count
    return before


def change_of(made: object, now: object) -> Decimal:
    """The difference of two percents as they are shown, without its sign."""
    first, last = (Decimal(str(one).removesuffix(" %").replace(">99.9", "100")) for one in (made, now))
    return abs(last - first).normalize()


def _check(deed: Deed, now: object, change: object, lesson: Lesson) -> None:
    difference = deed.after - deed.before
    if deed.watch == "name":
        assert now == lesson.network.classes[int(deed.after)]
        assert change == lesson.words("start.change_name")
        return
    sign = "+" if difference > 0 else MINUS
    size = float(str(change).removesuffix(lesson.words("start.change_points")).lstrip("+" + MINUS))
    assert str(change)[0] == sign
    if deed.watch == "chance":
        assert size >= 1
        assert abs(size - 100 * abs(difference)) <= 0.101, deed  # both are rounded, as the reader sees them
    else:
        assert abs(float(now) - deed.after) < 1e-9  # type: ignore[arg-type]
        assert abs(size - abs(difference)) <= 0.0051, deed


def test_pupils_find_pixels_weights_and_the_truth_among_the_deeds() -> None:
    assert [deed.kind for deed in foretold(case_of("by-hand"))[1]] == ["pixels", "weights", "bias", "truth"]
    assert [deed.kind for deed in foretold(case_of("detective"))[1]] == ["pixels", "weights", "bias", "truth"]
    assert {"clear", "move", "weights", "truth"} <= {deed.kind for deed in foretold(case_of("digits"))[1]}


def test_no_deed_is_told_that_nobody_would_see() -> None:
    """A network of zeros answers the same whatever is typed; only the truth makes a difference to its loss."""
    case = case_of("by-hand")
    learned = (".weight", ".bias")
    idle = {name: value * (not name.endswith(learned)) for name, value in case.parameters.items()}
    told = [deed.kind for deed in foretold(replace(case, parameters=idle))[1]]
    assert told == ["bias"]  # even all three are equally likely: a bias alone decides
    pictures = from_pixels(np.zeros((1, 4, 4)), "n")
    spec = {"name": "n", "classes": ["a"], "input": {"shape": [1, 4, 4]}, "layers": [zoo.layer("relu")]}
    network = Network.from_spec(spec)
    lone = Case(network, {}, pictures, None, {"title": "n", "lead": "", "summary": ""})
    assert [deed.kind for deed in foretold(lone)[1]] == ["pixels"]


def test_a_sample_that_is_told_wrong_is_among_the_deeds() -> None:
    """A 3 that is called an 8 among the samples is one that the network tells wrong."""
    case = case_of("digits")
    assert case.drawing is not None
    eight = next(picture for name, picture in case.drawing.samples if name == "8")
    samples = (*case.drawing.samples, ("3", eight))
    deeds = foretold(replace(case, drawing=replace(case.drawing, samples=samples)))[1]
    [wrong] = [deed for deed in deeds if deed.kind == "sample"]
    assert (wrong.value, wrong.after) == (len(samples) + 1, 8.0)


@pytest.mark.parametrize("name", [*REQUESTS, "a deep one"])
def test_the_things_to_try_begin_on_the_first_screen_and_no_line_above_them_runs_off(name: str) -> None:
    """Verdict, pictures, story and tiles lie above them."""
    lesson = foretold(case_of(name))[0]
    start, looks = lesson.book.sheets[0], styles(PLAIN)
    texts = [(row, cell) for row, cells in start.rows.items() for cell in cells if isinstance(cell, Cell)]
    [head] = [row for row, cell in texts if cell.value == lesson.words("start.tries")]
    assert reach(start, head - 1, 1)[1] < HEIGHT
    for row, cell in texts:
        style = looks[cell.style]
        if row <= head and isinstance(cell.value, str) and style.align in (None, "left"):
            left = reach(start, row, cell.column - 1)[0]
            room = WIDTH + 40 if cell.column == STORY else WIDTH  # text does not grow with columns, see ``screen``
            assert left + pixels(cell.value, style.size, bold=style.bold) <= room, cell.value


@pytest.mark.parametrize("name", REQUESTS)
def test_choosing_what_to_try_is_a_small_part_of_building(name: str) -> None:
    """Some forward passes and one backward pass, whatever the network."""
    case = case_of(name)
    values = case.values
    trials = Trials(describe(case, values).plan, values, case.drawing)
    passes = []
    trials.answer = lambda changed, run=trials.answer: passes.append(1) or run(changed)  # type: ignore[method-assign]
    list(deeds_of(trials, best_move(trials)))
    assert 0 < len(passes) <= 20

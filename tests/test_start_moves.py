"""A move of the drawing: which one is to be tried, and that Draw tells of it what is true of this network."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import zoo

from sheetnet import words
from sheetnet.case.drawing import Drawing
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.case.template import load
from sheetnet.layers import Array
from sheetnet.lenses.shares import MINUS
from sheetnet.lesson.build import describe
from sheetnet.lesson.start.moves import NEARLY, best_move, moral_of
from sheetnet.lesson.start.trials import Deed, Trials, typed
from sheetnet.network import SURE
from sheetnet.workbook.book import Cell

WORDS = words.load()
DRAWN = ("digits", "shapes", "residual", "residual-twin")
LESSON = 6  # the row of Draw that tells it


@cache
def case_of(name: str) -> Case:
    return prepare(Request(None, template=name))


def trials_of(case: Case) -> Trials:
    values = case.values
    return Trials(describe(case, values).plan, values, case.drawing)


def drawing_of(case: Case) -> Drawing:
    assert case.drawing is not None
    return case.drawing


def texts(case: Case, row: int | None = None) -> list[str]:
    """The words of Draw, or of one of its rows."""
    rows = describe(case, case.values).book.sheet("Draw").rows
    lines = rows.values() if row is None else [rows.get(row, ())]
    return [str(cell.value) for cells in lines for cell in cells if isinstance(cell, Cell)]


def shifted(picture: Array, way: str, by: int) -> Array:
    """A picture that is moved: rolled, and what came around the edge is taken away."""
    axis = 1 if way == "right" else 0
    rolled = np.roll(picture, by, axis)
    edge = [slice(None)] * 2
    edge[axis] = slice(0, by) if by > 0 else slice(by, None)
    rolled[tuple(edge)] = 0
    return rolled


def answer(case: Case, picture: Array) -> Array:
    """The probabilities for a picture on the pad."""
    return case.forward(replace(drawing_of(case), picture=picture).x())["softmax.out"]


def kept(case: Case, picture: Array) -> float:
    """How much of the ink is still there."""
    drawing = drawing_of(case)
    before, after = (x > 0 if drawing.colors else x for x in (drawing.picture, picture))
    return float(after.sum() / before.sum())


@pytest.mark.parametrize("name", ["digits", "residual"])
def test_the_move_to_try_leaves_the_strokes_on_the_pad_and_changes_the_answer(name: str) -> None:
    """Who pushes half a digit off the pad learns nothing about places."""
    case = case_of(name)
    move = best_move(trials_of(case))
    assert move is not None
    assert move.watch == "name"
    way = move.of.rpartition(".")[2]
    pushed = shifted(drawing_of(case).picture, way, int(move.value))
    assert kept(case, pushed) >= NEARLY
    assert int(answer(case, pushed).argmax()) == int(move.after) != int(move.before)
    whole = kept(case, pushed) == 1
    assert moral_of(trials_of(case), move) == ("wrong" if whole else "nearly")
    [told] = texts(case, LESSON)
    key = "draw.move_wrong" if whole else "draw.move_nearly"
    assert told == WORDS(key, value=typed(move.value), way=WORDS(f"draw.move_{way}"))


def test_start_says_where_the_drawing_goes() -> None:
    for name, says in (("digits", "Move the drawing to the right by 1: type 1 here."), ("residual", "left by 2")):
        case = case_of(name)
        start = describe(case, case.values).book.sheets[0]
        told = [str(c.value) for cells in start.rows.values() for c in cells if isinstance(c, Cell)]
        [line] = [text for text in told if text.startswith("Move the drawing")]
        assert says in line
    assert f"type {MINUS}2 here" in line


def test_no_weight_for_a_place_is_spoken_of_where_the_last_pooling_forgets_all_places() -> None:
    """The flattened maps of shapes are of one number each: its dense layer has no place to learn."""
    case = case_of("shapes")
    trials = trials_of(case)
    move = best_move(trials)
    assert move is not None
    assert move.watch == "chance"
    assert moral_of(trials, move) == moral_of(trials, None) == "anywhere"
    assert texts(case, LESSON) == [WORDS("draw.move_anywhere")]
    picture = drawing_of(case).picture
    for way in ("right", "down"):
        for by in (-3, -2, -1, 1, 2, 3):
            assert int(answer(case, shifted(picture, way, by)).argmax()) == int(answer(case, picture).argmax())
    other = Deed("move", "draw.choice.right", (), (), 1.0, "name", 0.0, 1.0)
    assert moral_of(trials, other) == "", "what changed the answer was no place that was learned"


def test_a_network_that_sees_nothing_of_the_drawing_is_not_said_to_find_it_anywhere() -> None:
    case = case_of("residual-twin")
    assert best_move(trials_of(case)) is None
    assert texts(case, LESSON) == [WORDS("draw.move_deaf")]
    blank = np.zeros_like(drawing_of(case).picture)
    assert np.abs(answer(case, blank) - case.values["softmax.out"]).max() < 1e-9


def test_a_move_with_a_small_effect_is_a_question_and_one_without_is_told() -> None:
    case = case_of("digits")
    slow = {name: value * (0.3 if name == "dense.weight" else 1) for name, value in case.parameters.items()}
    trials = trials_of(replace(case, parameters=slow))
    for watch, moral in (("chance", "same"), ("name", "wrong")):
        deed = Deed("move", "draw.choice.right", (), (), 1.0, watch, 3.0, 4.0)
        assert moral_of(trials, deed) == moral
    assert moral_of(trials, None) == "stays"


def test_nothing_is_told_of_a_blank_pad_or_of_one_that_is_full() -> None:
    case = case_of("digits")
    drawing = drawing_of(case)
    blank = replace(case, drawing=replace(drawing, picture=np.zeros_like(drawing.picture)))
    assert texts(blank, LESSON) == []
    full = replace(case, drawing=replace(drawing, picture=np.full_like(drawing.picture, 16)))
    assert best_move(trials_of(full)) is None, "each move pushes an eighth of it off the pad"


@pytest.mark.parametrize("name", ["drawn in grey", "drawn in colours"])
def test_a_network_without_a_convolution_or_a_verdict_tells_nothing_of_a_move(name: str) -> None:
    case = zoo.case(name)
    if all(node.layer.filter_axis is None for node in case.network.nodes):
        assert moral_of(trials_of(case), None) == ""


@pytest.mark.parametrize("name", DRAWN)
def test_samples_that_are_told_wrong_are_marked_and_no_others(name: str) -> None:
    case = case_of(name)
    drawing, classes = drawing_of(case), case.network.classes
    wrong = [k for k, (true, x) in enumerate(drawing.samples) if classes[int(answer(case, x).argmax())] != true]
    assert wrong
    assert list(trials_of(case).wrong) == wrong
    lesson = describe(case, case.values)
    told = texts(case)
    assert WORDS("draw.wrong_count", count=len(wrong), total=len(drawing.samples)) in told
    marked = [(row, cell) for row, cells in lesson.book.sheet("Draw").rows.items() for cell in cells]
    rows = [row for row, cell in marked if isinstance(cell, Cell) and cell.value == WORDS("draw.wrong")]
    names = lesson.plan.blocks["draw.names"]
    assert sorted(rows) == [names.cell(k + 1).row for k in wrong]
    above = [
        k for k in range(len(drawing.samples)) if "told wrong" in lesson.value(f"draw.sample.{k + 1}.out").item()
    ]
    assert above == wrong


def test_a_blank_and_a_full_pad_are_doubted_or_the_template_says_that_they_are_not() -> None:
    for name in DRAWN:
        case = case_of(name)
        drawing = drawing_of(case)
        most = drawing.most(case.network.levels)
        pads = [np.full_like(drawing.picture, level) for level in range(most + 1 if drawing.colors else 1)]
        for pad in [*pads, np.full_like(drawing.picture, most)]:
            chances = answer(case, pad)
            if chances.max() > SURE:
                told = f"an empty pad is a {case.network.classes[int(chances.argmax())]} to it, with"
                assert not pad.any()
                assert f"{told} {100 * chances.max():.1f} %" in load(name).prose["learned"]

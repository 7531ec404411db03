"""The drawn shapes of which the template shapes has learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.case import template
from sheetnet.training import model, shapes
from sheetnet.training.pictures import Pictures


def test_the_same_seed_draws_the_same_shapes_and_another_seed_others() -> None:
    one, same, other = shapes.shapes(1, 20), shapes.shapes(1, 20), shapes.shapes(2, 20)
    assert np.array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)
    assert one.x.shape == (60, 3, 28, 28)
    assert one.counts() == [20, 20, 20]


def test_a_third_of_the_shapes_is_flat_and_in_two_plain_colours() -> None:
    made = shapes.shapes(0, 100)
    colours = [np.unique(x.reshape(3, -1).T, axis=0) for x in made.x]
    plain = {tuple(color) for color in shapes.PLAIN.tolist()}
    flat = [found for found in colours if len(found) == 2 and {tuple(c) for c in found.tolist()} <= plain]
    assert 0.25 < len(flat) / len(made) < 0.42
    assert all(len(found) >= 2 for found in colours), "something is drawn on every picture"


def test_a_shape_fills_what_such_a_shape_fills_of_the_box_around_it() -> None:
    """Upright and not outlined: a circle pi / 4, a square all, a triangle half of its box."""
    rng = np.random.RandomState(0)
    for label, share in ((0, np.pi / 4), (1, 1.0), (2, 0.5)):
        for _ in range(20):
            depth = shapes._round(1, rng)[0] if label == 0 else shapes._angular(1, (0, 4, 3)[label], rng)[0]
            inside = depth > 0
            rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
            box = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            filled = inside.sum() / box
            assert filled <= share + 0.03
            assert filled > (0.45 if label else 0.75)


def drawn_by_hand(kind: str, ink: tuple[int, ...], ground: tuple[int, ...], side: int, row: int, column: int) -> Any:
    """A shape as somebody fills it into squares of paper, (3, 28, 28)."""
    down, across = np.mgrid[:side, :side]
    middle = (side - 1) / 2
    inside = {
        "Circle": (down - middle) ** 2 + (across - middle) ** 2 <= (side / 2) ** 2,
        "Square": down >= 0,
        "Triangle": np.abs(across - middle) <= (down + 1) / 2,
    }[kind]
    x = np.empty((3, 28, 28))
    x[:] = np.array(ground)[:, None, None]
    x[:, row : row + side, column : column + side][:, inside] = np.array(ink)[:, None]
    return x


def test_flat_shapes_drawn_by_hand_in_plain_colours_are_told_right() -> None:
    """Every ink on white, and some other grounds; three sizes; three places."""
    found = template.load("shapes")
    colours = [tuple(color) for color in shapes.PLAIN.tolist()]
    pairs = [(ink, colours[0]) for ink in colours[1:]] + [(colours[5], colours[4]), (colours[0], colours[1])]
    x, truth = [], []
    for kind in found.network.classes:
        for ink, ground in pairs:
            for side, row, column in ((13, 3, 5), (17, 9, 2), (21, 4, 6)):
                x.append(drawn_by_hand(kind, ink, ground, side, row, column))
                truth.append(found.network.classes.index(kind))
    labels = np.array(truth, dtype=np.int64)
    pictures = Pictures("by hand", found.network.classes, np.array(x, dtype=np.uint8), labels)
    score = model.measure(found.network, found.network.fill(found.given, 0), pictures).score
    assert score.accuracy >= 0.97, score.confusion

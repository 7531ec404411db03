"""A move of the drawing: the one to try, and what it teaches about layers that find and layers that learn places.

ink kept = sum of the ink on the pad after the move / before it     what leaves the pad proves nothing about places
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from sheetnet.case.drawing import Drawing
from sheetnet.layers import Array
from sheetnet.layout.sheets.canvas import FARTHEST, WAYS
from sheetnet.lenses.drawings import moved
from sheetnet.lesson.start.trials import Deed, Trials
from sheetnet.network import PHOTO

NEARLY = 0.95  # of the ink must stay on the pad
SAME = 1e-9  # of a probability: as good as none

# What is told: the answer changes though all strokes, or nearly all of them, are still there; a chance changes; the
# answer stays; it stays because no place is left to learn; it stays whatever is drawn. Or nothing.
Moral = Literal["", "wrong", "nearly", "same", "stays", "anywhere", "deaf"]


def best_move(trials: Trials) -> Deed | None:
    """The move of the drawing to try; None where none does anything that is seen.

    Only moves that keep the ink on the pad are tried. Of those after which another answer is given, one that keeps
    all of it is taken, then the shortest, then the one that is surest of the other answer; else the move that changes
    the probability most.
    """
    drawing = trials.drawing
    if drawing is None or not trials.told or not drawing.picture.any():
        return None
    steps = [(way, sign * by) for by in range(1, FARTHEST + 1) for way in (0, 1) for sign in (-1, 1)]
    pictures = {step: _moved(drawing.picture, *step) for step in steps}
    ways = [step for step in steps if _kept(drawing, pictures[step]) >= NEARLY]
    if not ways:
        return None
    outs = dict(zip(ways, trials.answers([drawing.seen(pictures[way]) for way in ways]), strict=True))
    others = [way for way in ways if int(outs[way].argmax()) != trials.place]
    if others:
        best = min(others, key=lambda one: (_kept(drawing, pictures[one]) < 1, abs(one[1]), -outs[one].max()))
        seen = ("name", float(trials.place), float(outs[best].argmax()))
    else:
        before = trials.watched(trials.values[trials.out])
        best = max(ways, key=lambda one: abs(trials.watched(outs[one]) - before))
        seen = ("chance", before, trials.watched(outs[best]))
    way, by = best
    deed = Deed("move", f"draw.choice.{WAYS[way]}", (), (), float(by), *seen)
    return deed if deed.effect >= trials.least else None


def moral_of(trials: Trials, move: Deed | None) -> Moral:
    """What Draw tells of ``move``, the one to try; nothing where no convolution sees it, or nothing is drawn."""
    network, drawing = trials.network, trials.drawing
    finds = any(node.layer.filter_axis is not None for node in network.nodes)
    if drawing is None or not trials.told or not finds or not drawing.picture.any():
        return ""
    blank = trials.answer({f"{PHOTO}.out": drawing.seen(np.zeros_like(drawing.picture))})
    if np.abs(blank - trials.values[trials.out]).max() <= SAME:
        return "deaf"
    unrolled = [next(iter(network.input_shapes(node).values())) for node in network.nodes if node.layer.unrolls]
    placed = any(max(shape[1:], default=1) > 1 for shape in unrolled)  # a dense layer has weights for places
    if move is None or (move.watch == "chance" and unrolled and not placed):
        return "stays" if placed or not unrolled else "anywhere"
    if not placed:
        return ""
    if move.watch == "chance":
        return "same"
    way = WAYS.index(move.of.rpartition(".")[2])
    return "wrong" if _kept(drawing, _moved(drawing.picture, way, int(move.value))) == 1 else "nearly"


def _moved(picture: Array, way: int, by: int) -> Array:
    return moved(picture, *((by, 0) if way == 0 else (0, by)))


def _kept(drawing: Drawing, picture: Array) -> float:
    """How much of the ink of the drawing is in a picture; of a colour each pixel has as much as another."""
    before, after = (x > 0 if drawing.colors else x for x in (drawing.picture, picture))
    return float(after.sum() / before.sum())

"""Things to try, chosen by what they do: each deed is done in numbers when the workbook is made.

    estimate = d answer / d number * (typed - number)      first order, by ``engine.backward``: where to look
    effect   = answer(after the deed) - answer             exact, by ``engine.forward``: what is chosen

Small deeds come before large ones, and the first with a clear effect is taken; one whose effect nobody would see is
left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import numpy as np

from sheetnet import engine
from sheetnet.case.drawing import Drawing
from sheetnet.layers import Array
from sheetnet.layout import PICTURES
from sheetnet.lesson.start.trials import Deed, Index, Trials
from sheetnet.network import PHOTO, TRUTH

SIDES = (1, 3, 6, 12)  # pixels a side of squares to fill, besides as many as the picture has
FIRST_SAMPLE = 2  # in the list of pictures, counted from 1; the first of them is what the reader draws
BEST = 2  # how many places of a kind are tried, of those that look best


def deeds_of(trials: Trials, move: Deed | None) -> Iterator[Deed]:
    """The things to try, at most five. ``move``: of the drawing, see ``moves``."""
    network, drawing = trials.network, trials.drawing
    found: list[Deed | None] = []
    if drawing is not None:
        found += [trials.best(_cleared(trials, drawing)), move, _wrong_sample(trials)]
    elif network.shape:
        found.append(trials.best(_pixels(trials)))
    weights = trials.best(_weights(trials))
    found.append(weights)
    if drawing is None or weights is None:
        found.append(trials.best(_bias(trials)))
    found.append(trials.best(_truth(trials)))
    return (deed for deed in found if deed is not None)


# The picture


def _pixels(trials: Trials) -> Iterator[Deed]:
    """A square of one colour channel that is filled with 0 or with full light."""
    full = f"{PHOTO}.out"
    x, slope = trials.values[full], trials.slopes[full]
    height, width = x.shape[1:]
    for side in _sides(trials, height, width):
        places = []
        for channel, value in np.ndindex(len(x), 2):
            light = float(value * trials.network.levels)
            total, top, left = _lowest(slope[channel] * (light - x[channel]), side)
            places.append((total, channel, top, left, light))
        for _, channel, top, left, light in sorted(places)[: 1 if trials.few else BEST]:
            first, last = (channel, top, left), (channel, top + side - 1, left + side - 1)
            changed = x.copy()
            changed[channel, top : top + side, left : left + side] = light
            if trials.is_rectangle(full, first, last):
                yield trials.tried(Deed("pixels", full, first, last, light), {full: changed})


def _sides(trials: Trials, height: int, width: int) -> list[int]:
    most = min(height, width)
    sides = (max(1, most // 4),) if trials.few else SIDES
    return sorted({side for side in (*sides, most) if side <= most})


def _lowest(estimate: Array, side: int) -> tuple[float, int, int]:
    """The square with the lowest sum: the sum, its first row and its first column."""
    sums = np.pad(estimate.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    squares = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    top, left = np.unravel_index(int(squares.argmin()), squares.shape)
    return float(squares[top, left]), int(top), int(left)


def _cleared(trials: Trials, drawing: Drawing) -> Iterator[Deed]:
    """A square of the drawing that is cleared."""
    full = f"{PHOTO}.out"
    paper = drawing.seen(np.zeros_like(drawing.picture))
    estimate = (trials.slopes[full] * (paper - trials.values[full])).sum(axis=0)
    for side in _sides(trials, *drawing.picture.shape):
        _, top, left = _lowest(estimate, side)
        picture = drawing.picture.copy()
        picture[top : top + side, left : left + side] = 0
        deed = Deed("clear", PICTURES, (0, top, left), (0, top + side - 1, left + side - 1), 0.0)
        yield trials.tried(deed, {full: drawing.seen(picture)})


def _wrong_sample(trials: Trials) -> Deed | None:
    """The sample that is told wrong most surely; its ``value`` is its place in the list. None: all are right."""
    wrong = [
        (float(out.max()), k + FIRST_SAMPLE, int(out.argmax()))
        for k, out in trials.wrong.items()
        if int(out.argmax()) != trials.place  # else nothing is seen
    ]
    if not wrong:
        return None
    _, k, said = max(wrong)
    return Deed("sample", "draw.choice", (), (), float(k), "name", float(trials.place), float(said))


# The parameters


def _weights(trials: Trials) -> Iterator[Deed]:
    """A weight that becomes 0; a matrix of a filter; a weight that becomes large."""
    names = [name for name in trials.slopes if name in trials.network.parameters and name.endswith(".weight")]
    count = 1 if trials.few else BEST
    gone = {name: -trials.slopes[name] * trials.values[name] for name in names}
    for name in sorted(names, key=lambda one: float(gone[one].min()))[:count]:
        place = _at(gone[name], int(gone[name].argmin()))
        yield _filled(trials, name, place, place, 0.0)
    matrices = {name: gone[name].sum(axis=(-1, -2)) for name in names if gone[name].ndim == 4}
    for name in sorted(matrices, key=lambda one: float(matrices[one].min()))[:count]:
        lead = _at(matrices[name], int(matrices[name].argmin()))
        first, last = (*lead, 0, 0), (*lead, *(side - 1 for side in gone[name].shape[-2:]))
        if trials.is_rectangle(name, first, last):
            yield _filled(trials, name, first, last, 0.0)
    for name in sorted(names, key=lambda one: -float(np.abs(trials.slopes[one]).max()))[:1]:
        place = _at(trials.slopes[name], int(np.abs(trials.slopes[name]).argmax()))
        for size in (3, 30) if not trials.few else (10,):
            yield _filled(trials, name, place, place, -float(np.sign(trials.slopes[name][place]) * size))


def _at(x: Array, place: int) -> Index:
    return tuple(int(i) for i in np.unravel_index(place, x.shape))


def _filled(trials: Trials, name: str, first: Index, last: Index, value: float, kind: str = "weights") -> Deed:
    """The deed of filling some numbers of a parameter."""
    changed = trials.values[name].copy()
    changed[tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))] = value
    return trials.tried(Deed(kind, name, first, last, value), {name: changed})


def _bias(trials: Trials) -> Iterator[Deed]:
    """The bias of the answer's class, so low that another answer is given."""
    network = trials.network
    if not trials.told:
        return
    logits = trials.values[next(iter(network.sources(trials.last).values()))]
    names = [name for name in network.parameters if name.endswith(".bias") and name in trials.slopes]
    fitting = [name for name in names if trials.values[name].shape == logits.shape]
    if fitting and len(logits) > 1:
        name = fitting[-1]
        margin = logits[trials.place] - np.delete(logits, trials.place).max()
        value = float(floor(trials.values[name][trials.place] - margin) - 1)
        yield _filled(trials, name, (trials.place,), (trials.place,), value, "bias")


# The truth


def _truth(trials: Trials) -> Iterator[Deed]:
    """The class that is least likely, chosen as the truth."""
    network, values, node = trials.network, trials.values, trials.network.loss
    if node is None or TRUTH not in node.inputs or trials.plan.truth is None or not trials.told:
        return
    truth, loss = values[f"{TRUTH}.out"], f"{node.name}.out"
    others = [k for k in range(len(network.classes)) if not truth[k]]
    if not others or np.shape(values[loss]):
        return
    least = min(others, key=lambda k: float(values[trials.out][k]))
    chosen = {**values, f"{TRUTH}.out": engine.one_hot(network, network.classes[least])}
    after = float(engine.tell(network, node, chosen)["out"])
    yield Deed("truth", f"{TRUTH}.choice", (), (), float(least), "loss", float(values[loss]), after)

"""The training as a whole: some pictures are held out, the others are learned from until that stops helping.

    keep the weights with the lowest loss on the held-out pictures; stop when they have not got better for a while

Everything random comes from RandomState and ``seed``: the same pictures and seed give the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sheetnet.case.history import History
from sheetnet.errors import TrainingError
from sheetnet.layers import Array
from sheetnet.network import Network, Parameters
from sheetnet.training.calibration import Calibration, calibrate
from sheetnet.training.course import Course
from sheetnet.training.growth import Growth
from sheetnet.training.losses import head_of
from sheetnet.training.pictures import Pictures
from sheetnet.training.progress import Progress
from sheetnet.training.quick import quick
from sheetnet.training.score import Score, score
from sheetnet.training.settings import Settings
from sheetnet.training.split import Doubt, Split, doubts, split
from sheetnet.training.suit import refuse_untrainable

__all__ = ["Progress", "Settings", "Trained", "fit"]


@dataclass(frozen=True, eq=False)
class Trained:
    """A network that learned: all its parameters, and what is known of it.

    ``train``, ``held``: the scores on the pictures that it learned from, and on those held out. ``test``: on those
    that had no part in the training at all, not even in the choice of the epoch; None where there are none.
    ``epoch``: the one whose weights these are; ``epochs``: how many were run. ``doubts``: reasons not to believe the
    accuracy.
    ``skipped``: pictures that could not be read, a line each; ``notes``: what else is to be known of the pictures.
    ``history``: the end of each epoch.
    ``calibration``: how sure it is of what it does not know; None where it gives no probabilities. ``grown``: the
    history as a model card keeps it, with filters; None where nobody asked for it, and where no epoch was finished.
    """

    network: Network
    parameters: Parameters
    settings: Settings
    split: Split
    train: Score
    held: Score | None
    epoch: int
    epochs: int
    interrupted: bool = False
    doubts: tuple[Doubt, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    history: tuple[Progress, ...] = ()
    calibration: Calibration | None = None
    grown: History | None = None
    test: Score | None = None


@dataclass(eq=False)
class _Best:
    """The best weights so far, and the epochs so far."""

    weights: Array
    loss: float = float("inf")
    epoch: int = 0
    history: list[Progress] = field(default_factory=list)


def fit(
    network: Network,
    pictures: Pictures,
    settings: Settings,
    given: Mapping[str, Array] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Trained:
    """Train ``network`` on ``pictures``; ``given`` has parameters to start from, the others start at random.

    ``progress`` hears of every batch. Ctrl-C (KeyboardInterrupt) ends it early, with the best weights so far.
    TrainingError where nothing can be learned, and where the loss is not finite any more.
    """
    head = head_of(network, settings.loss)
    _check(network, pictures)
    parts = split(pictures, settings.validation, np.random.RandomState([settings.seed, 1]))
    runner = quick(network, head)
    refuse_untrainable(runner)
    course = Course(runner, head, network.fill(given or {}, settings.seed), pictures, parts, settings)
    _, patience = settings.lasting(len(parts.train))
    growth = Growth(network, course.parameters) if settings.history else None
    best, interrupted = _Best(course.weights.copy()), False
    try:
        for done in course.epochs(progress):
            reached = done.held.loss if done.held else done.loss
            best.history.append(done)
            if growth is not None:
                growth.look(done.epoch)
            if reached < best.loss:
                best.weights[:], best.loss, best.epoch = course.weights, reached, done.epoch
            if done.epoch - best.epoch >= patience:
                break
    except KeyboardInterrupt:
        interrupted = True
        if not best.epoch and np.isfinite(course.weights).all():
            best.weights[:] = course.weights
    course.weights[:] = best.weights
    final = {name: np.asarray(value, dtype=np.float64) for name, value in course.parameters.items()}
    train = score(runner, head, final, pictures, parts.train, settings.loss)
    held = score(runner, head, final, pictures, parts.held, settings.loss) if len(parts.held) else None
    tested, test = pictures.test, None
    if tested is not None:
        test = score(runner, head, final, tested, np.arange(len(tested)), settings.loss)
    return Trained(
        network=replace(network, trained=True),
        parameters=network.fill({**(given or {}), **{n: final[n] for n in course.learned}}, settings.seed),
        settings=settings,
        split=parts,
        train=train,
        held=held,
        epoch=best.epoch,
        epochs=len(best.history),
        interrupted=interrupted,
        doubts=(*doubts(pictures, parts), *_learned_nothing(held or train, settings)),
        skipped=pictures.skipped,
        notes=pictures.notes,
        history=tuple(best.history),
        calibration=calibrate(runner, final, pictures, parts.held, settings.seed),
        grown=growth.history(best.history, best.epoch) if growth is not None and best.history else None,
        test=test,
    )


def _learned_nothing(reached: Score, settings: Settings) -> list[Doubt]:
    """A doubt where always saying the most frequent class would do as well."""
    if reached.right > max(map(sum, reached.confusion)):
        return []
    rate = f"another learning rate than {settings.rate:g}"
    text = f"no better than always saying the most frequent class. Try more epochs, more pictures, or {rate}."
    return [Doubt("chance", text)]


def _check(network: Network, pictures: Pictures) -> None:
    """TrainingError where pictures and network do not belong together."""
    if network.classes != pictures.classes:
        raise TrainingError(f"{pictures.name}: its classes are not those of the network {network.name!r}")
    if pictures.x.shape[1:] != network.shape:
        size, wanted = ("x".join(map(str, shape)) for shape in (pictures.x.shape[1:], network.shape))
        raise TrainingError(f"{pictures.name}: pictures are {size}, the network {network.name!r} takes {wanted}")
    if sum(n > 0 for n in pictures.counts()) < 2:
        raise TrainingError(f"{pictures.name}: there are pictures of fewer than two classes; nothing to tell apart")

"""The training itself: batch after batch forward, backward, and one step; epoch after epoch, until it stops helping.

    for each epoch:   shuffle;  for each batch:  g = mean gradient of the loss;  weights = step(weights, g)
    keep the weights with the lowest loss on the held-out pictures; stop when they have not got better for a while

Everything random comes from RandomState and ``seed``: the same pictures and seed give the same weights.
Weights are float32 while they learn: measured on the digits, an epoch takes a quarter less time than in float64, and
pictures half the memory. Each is a float64 as well, so a file and a workbook hold exactly what was learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from sheetnet import engine
from sheetnet.errors import TrainingError, shown
from sheetnet.layers import Array
from sheetnet.network import PHOTO, Network, Parameters
from sheetnet.training.augment import Augment
from sheetnet.training.losses import LOSSES, head_of
from sheetnet.training.optimizers import OPTIMIZERS
from sheetnet.training.pictures import Labels, Pictures
from sheetnet.training.quick import quick
from sheetnet.training.score import Score, score
from sheetnet.training.split import Doubt, Split, doubts, split
from sheetnet.training.suit import refuse_untrainable

PRECISION: Any = np.float32
MOST = 2**32 - 1  # the largest seed
STEPS = 2400


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. ``learning_rate`` None: what is usual for the optimizer. ``augment`` None: for photos.

    ``validation``: share of each class that is held out. ``patience``: epochs without a better one before it stops;
    None: a quarter of all, at least 10. ``epochs`` None: as many as make 2,400 steps, but 30 to 300, since a small
    network learns by steps, and few pictures make few of them in an epoch.
    """

    epochs: int | None = None
    learning_rate: float | None = None
    optimizer: str = "adam"
    batch: int = 32
    seed: int = 0
    validation: float = 0.2
    augment: bool | None = None
    patience: int | None = None
    loss: str = "crossentropy"

    def __post_init__(self) -> None:
        for name, known in (("optimizer", OPTIMIZERS), ("loss", LOSSES)):
            if getattr(self, name) not in known:
                raise TrainingError(f"{name} is {shown(getattr(self, name))}; use one of {', '.join(known)}")
        for name, least, most in (
            ("epochs", 1, 10**6),
            ("batch", 1, 10**6),
            ("patience", 1, 10**6),
            ("seed", 0, MOST),
        ):
            value = getattr(self, name)
            if value is None and name in ("epochs", "patience"):
                continue
            if not isinstance(value, int) or not least <= value <= most:
                raise TrainingError(f"{name} is {shown(value)}; use a whole number from {least} to {most}")
        if not 0 < self.rate < float("inf"):
            raise TrainingError(f"learning rate is {shown(self.learning_rate)}; use a number above 0, such as 0.01")
        if not 0 <= self.validation < 1:
            raise TrainingError(f"validation is {shown(self.validation)}; use a share from 0 to below 1, such as 0.2")

    @property
    def rate(self) -> float:
        """The learning rate, or what is usual."""
        return OPTIMIZERS[self.optimizer].usual if self.learning_rate is None else self.learning_rate

    def lasting(self, pictures: int) -> tuple[int, int]:
        """Epochs and patience for so many pictures to train on."""
        steps = max(1, -(-pictures // self.batch))
        epochs = min(max(-(-STEPS // steps), 30), 300) if self.epochs is None else self.epochs
        return epochs, max(epochs // 4, 10) if self.patience is None else self.patience


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training is: batches done of all, in this epoch; loss and accuracy so far in it.

    ``held``: the score on the held-out pictures, at the end of an epoch.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    held: Score | None = None


@dataclass(frozen=True, eq=False)
class Trained:
    """A network that learned: all its parameters, and what is known of it.

    ``epoch``: the one whose weights these are; ``epochs``: how many were run. ``doubts``: reasons not to believe
    the accuracy; ``skipped``: pictures that could not be read, a line each. ``history``: the last
    progress of each epoch.
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
    history: tuple[Progress, ...] = ()


@dataclass(eq=False)
class _Best:
    weights: Array
    loss: float = float("inf")
    epoch: int = 0
    history: list[Progress] = field(default_factory=list)


def fit(
    network: Network,
    pictures: Pictures,
    settings: Settings,
    given: Mapping[str, Array] | None = None,
    told: Callable[[Progress], None] | None = None,
) -> Trained:
    """Train ``network`` on ``pictures``; ``given`` has parameters to start from, the others are drawn by the seed.

    Ctrl-C (KeyboardInterrupt) ends it early, with the best weights so far. TrainingError where nothing can be
    learned, and where the loss is not finite any more.
    """
    head = head_of(network, settings.loss)
    _check(network, pictures)
    parts = split(pictures, settings.validation, np.random.RandomState([settings.seed, 1]))
    runner = quick(network, head)
    refuse_untrainable(runner)
    course = _Course(runner, head, network.fill(given or {}, settings.seed), pictures, parts, settings)
    _, patience = settings.lasting(len(parts.train))
    best, interrupted = _Best(course.weights.copy()), False
    try:
        for done in course.epochs(told):
            reached = done.held.loss if done.held else done.loss
            best.history.append(done)
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
        history=tuple(best.history),
    )


def _learned_nothing(told: Score, settings: Settings) -> list[Doubt]:
    """A doubt where always saying the most frequent class would do as well."""
    if told.right > max(map(sum, told.confusion)):
        return []
    rate = f"another learning rate than {settings.rate:g}"
    text = f"no better than always saying the most frequent class. Try more epochs, more pictures, or {rate}."
    return [Doubt("chance", text)]


class _Course:
    """Weights on their way. All that are learned are views into one vector, which the optimizer changes."""

    def __init__(
        self,
        runner: Network,
        head: str,
        start: Mapping[str, Array],
        pictures: Pictures,
        parts: Split,
        settings: Settings,
    ) -> None:
        self._runner, self._head, self._pictures, self._parts, self._settings = (
            runner,
            head,
            pictures,
            parts,
            settings,
        )
        self.learned = runner.learned
        self.parameters = {name: start[name].astype(PRECISION) for name in runner.parameters}
        self.weights = np.concatenate([self.parameters[name].ravel() for name in self.learned])
        ends = np.cumsum([self.parameters[name].size for name in self.learned])
        for name, piece in zip(self.learned, np.split(self.weights, ends[:-1]), strict=True):
            self.parameters[name] = piece.reshape(self.parameters[name].shape)
        self._optimizer = OPTIMIZERS[settings.optimizer](self.weights, settings.rate)
        augments = pictures.photos if settings.augment is None else settings.augment
        self._augment = Augment(levels=pictures.levels) if augments else None
        self._rng = np.random.RandomState([settings.seed, 2])
        self._one_hot = np.eye(len(runner.classes), dtype=PRECISION)

    def epochs(self, told: Callable[[Progress], None] | None) -> Iterator[Progress]:
        """Epoch after epoch; what comes out is the end of each."""
        settings, train = self._settings, self._parts.train
        batches = -(-len(train) // settings.batch)
        epochs, _ = settings.lasting(len(train))
        for epoch in range(1, epochs + 1):
            order = self._rng.permutation(train)
            loss, right, seen = 0.0, 0, 0
            for number in range(batches):
                part = order[number * settings.batch : (number + 1) * settings.batch]
                with np.errstate(all="ignore"):
                    batch_loss, batch_right = self._learn(part)
                self._demand_finite(batch_loss, epoch)
                loss, right, seen = loss + batch_loss, right + batch_right, seen + len(part)
                now = Progress(epoch, epochs, number + 1, batches, loss / seen, right / seen)
                if told is not None and number + 1 < batches:
                    told(now)
            if len(self._parts.held):
                now = replace(now, held=self._score(self._parts.held))
            self._demand_finite(now.held.loss if now.held else float(self.weights.sum()), epoch)
            if told is not None:
                told(now)
            yield now

    def _learn(self, part: Labels) -> tuple[float, int]:
        """One batch, one step: the sum of the losses, and how many were told right, both before the step."""
        x = self._pictures.x[part]
        if self._augment is not None:
            x = self._augment(x, self._rng)
        truth = self._pictures.labels[part]
        values = engine.forward(self._runner, {f"{PHOTO}.out": x.astype(PRECISION)}, self.parameters)
        each, start = LOSSES[self._settings.loss](self._head, values, self._one_hot[truth])
        gradients = engine.backward(self._runner, values, start)
        self._optimizer.step(np.concatenate([gradients[name].ravel() for name in self.learned]))
        return float(each.sum()), int((values[f"{self._head}.out"].argmax(-1) == truth).sum())

    def _score(self, which: Labels) -> Score:
        return score(self._runner, self._head, self.parameters, self._pictures, which, self._settings.loss)

    def _demand_finite(self, loss: float, epoch: int) -> None:
        if not isfinite(loss):
            rate, usual = self._settings.rate, OPTIMIZERS[self._settings.optimizer].usual
            raise TrainingError(
                f"the loss is not finite any more in epoch {epoch}, with learning rate {rate:g}; "
                f"use a smaller one, such as {min(rate / 10, usual):.2g}"
            )


def _check(network: Network, pictures: Pictures) -> None:
    """TrainingError where pictures and network do not belong together."""
    if network.classes != pictures.classes:
        raise TrainingError(f"{pictures.name}: its classes are not those of the network {network.name!r}")
    if pictures.x.shape[1:] != network.shape:
        size, wanted = ("x".join(map(str, shape)) for shape in (pictures.x.shape[1:], network.shape))
        raise TrainingError(f"{pictures.name}: pictures are {size}, the network {network.name!r} takes {wanted}")
    if sum(n > 0 for n in pictures.counts()) < 2:
        raise TrainingError(f"{pictures.name}: there are pictures of fewer than two classes; nothing to tell apart")

"""Weights on their way: batch after batch forward, backward, and one step; epoch after epoch.

    for each epoch:   shuffle;  for each batch:  g = mean gradient of the loss;  weights = step(weights, g)

Weights are float32 while they learn: measured on the digits, an epoch takes a quarter less time than in float64, and
pictures half the memory. Each is a float64 as well, so a file and a workbook hold exactly what was learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from sheetnet import engine
from sheetnet.errors import TrainingError
from sheetnet.layers import Array
from sheetnet.network import PHOTO, Network
from sheetnet.training.augment import Augment
from sheetnet.training.losses import LOSSES
from sheetnet.training.nothing import nothing
from sheetnet.training.optimizers import OPTIMIZERS
from sheetnet.training.pictures import Bytes, Labels, Pictures
from sheetnet.training.progress import Progress
from sheetnet.training.score import Score, score
from sheetnet.training.settings import Settings
from sheetnet.training.split import Split

PRECISION: Any = np.float32


class Course:
    """The weights of ``runner`` as they change: they begin as ``start``, and the loss is measured at ``head``.

    All weights that are learned are views into one vector, which the optimizer changes.
    """

    def __init__(
        self,
        runner: Network,
        head: str,
        start: Mapping[str, Array],
        pictures: Pictures,
        parts: Split,
        settings: Settings,
    ) -> None:
        self._runner, self._head, self._settings = runner, head, settings
        self._pictures, self._parts = pictures, parts
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
        self._doubting = np.random.RandomState([settings.seed, 5])
        count = len(runner.classes)
        self._one_hot = np.eye(count, dtype=PRECISION)
        self._even = np.full((1, count), 1 / count, dtype=PRECISION)
        self._none = self._even if pictures.none is None else self._one_hot[[pictures.none]]

    def epochs(self, progress: Callable[[Progress], None] | None) -> Iterator[Progress]:
        """Train epoch after epoch, and give the end of each. ``progress`` hears of every batch.

        TrainingError where the loss is not finite any more.
        """
        settings, train = self._settings, self._parts.train
        batches = -(-len(train) // settings.batch)
        epochs, _ = settings.lasting(len(train))
        for epoch in range(1, epochs + 1):
            order = self._balanced(train) if settings.balance else self._rng.permutation(train)
            loss, right, seen = 0.0, 0, 0
            for number in range(batches):
                part = order[number * settings.batch : (number + 1) * settings.batch]
                with np.errstate(all="ignore"):
                    batch_loss, batch_right = self._learn(part)
                self._demand_finite(batch_loss, epoch)
                loss, right, seen = loss + batch_loss, right + batch_right, seen + len(part)
                now = Progress(epoch, epochs, number + 1, batches, loss / seen, right / seen)
                if progress is not None and number + 1 < batches:
                    progress(now)
            if len(self._parts.held):
                now = replace(now, held=self._score(self._parts.held))
            self._demand_finite(now.held.loss if now.held else float(self.weights.sum()), epoch)
            if progress is not None:
                progress(now)
            yield now

    def _learn(self, part: Labels) -> tuple[float, int]:
        """Learn from one batch, in one step; the sum of its losses, and how many it got right, before the step.

        Pictures of nothing are learned from as well, and not counted.
        """
        settings = self._settings
        x = self._pictures.x[part]
        if self._augment is not None:
            x = self._augment(x, self._rng)
        truth = self._pictures.labels[part]
        one_hot = np.concatenate([self._one_hot[truth], self._none.repeat(round(settings.nothing * len(part)), 0)])
        wanted = one_hot * PRECISION(1 - settings.smoothing) + self._even * PRECISION(settings.smoothing)
        x = np.concatenate([x, self._nothing(len(wanted) - len(part))])
        values = engine.forward(self._runner, {f"{PHOTO}.out": x.astype(PRECISION)}, self.parameters)
        loss = LOSSES[settings.loss]
        gradients = engine.backward(self._runner, values, loss(self._head, values, wanted)[1])
        self._optimizer.step(np.concatenate([gradients[name].ravel() for name in self.learned]))
        each = loss(self._head, values, one_hot)[0][: len(part)]
        return float(each.sum()), int((values[f"{self._head}.out"][: len(part)].argmax(-1) == truth).sum())

    def _nothing(self, count: int) -> Bytes:
        """Pictures that show no class; every other one is one of the given ones, where there are any."""
        others, rng = self._pictures.others, self._doubting
        given = count // 2 if len(others) else 0
        made = nothing(count - given, self._runner.shape, self._pictures.levels, rng)
        if not given:
            return made
        chosen = others[rng.randint(0, len(others), given)]
        return np.concatenate([made, chosen if self._augment is None else self._augment(chosen, rng)])

    def _balanced(self, train: Labels) -> Labels:
        """As many pictures as there are, equally many of each class: those of a small class come again and again."""
        labels = self._pictures.labels[train]
        members = [self._rng.permutation(train[labels == k]) for k in np.unique(labels)]
        each = -(-len(train) // len(members))
        picked: Labels = self._rng.permutation(np.concatenate([np.resize(some, each) for some in members]))
        return picked[: len(train)]

    def _score(self, which: Labels) -> Score:
        return score(self._runner, self._head, self.parameters, self._pictures, which, self._settings.loss)

    def _demand_finite(self, loss: float, epoch: int) -> None:
        if not isfinite(loss):
            rate, usual = self._settings.rate, OPTIMIZERS[self._settings.optimizer].usual
            raise TrainingError(
                f"the loss is not finite any more in epoch {epoch}, with learning rate {rate:g}; "
                f"use a smaller one, such as {min(rate / 10, usual):.2g}"
            )

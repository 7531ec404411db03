"""How far a training has come: what whoever watches it is told."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.training.score import Score


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training has come: how many batches of this epoch are done, and loss and accuracy in it so far.

    ``held``: the score on the held-out pictures, which is there at the end of an epoch.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    held: Score | None = None

"""How to train: what may be chosen, what is usual, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.errors import TrainingError, shown
from sheetnet.training.losses import LOSSES
from sheetnet.training.optimizers import OPTIMIZERS

MOST = 2**32 - 1  # the largest seed
STEPS = 2400  # of a whole training, where the number of epochs is not given


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. TrainingError where a value makes no sense.

    ``epochs`` None: as many as make 2,400 steps, but 30 to 300, since a small network learns by steps, and few
    pictures make few of them in an epoch. ``learning_rate`` None: what is usual for the optimizer. ``validation``:
    the share of each class that is held out. ``augment`` None: pictures are varied if they are photos. ``patience``:
    how many epochs in a row may bring nothing better before training stops; None: a quarter of all, at least 10.
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
        """The learning rate, or what is usual for the optimizer."""
        return OPTIMIZERS[self.optimizer].usual if self.learning_rate is None else self.learning_rate

    def lasting(self, pictures: int) -> tuple[int, int]:
        """How many epochs, and how much patience, for so many pictures to train on."""
        steps = max(1, -(-pictures // self.batch))
        epochs = min(max(-(-STEPS // steps), 30), 300) if self.epochs is None else self.epochs
        return epochs, max(epochs // 4, 10) if self.patience is None else self.patience

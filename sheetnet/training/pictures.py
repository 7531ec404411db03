"""Pictures with their classes, in memory as bytes: (N, C, H, W) at the network's size, never at the camera's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import TrainingError
from sheetnet.extras import hint
from sheetnet.picture import Picture

Bytes = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pictures:
    """``x`` (N, C, H, W), 0 to ``levels``; ``labels`` (N,), the number of the class of each; ``name``: of all.

    ``skipped``: one line for each picture that could not be read. ``photos``: whether a turned or mirrored picture
    is still of its class, which is not so for digits. ``others``, ``foreign``: pictures (M, C, H, W) that show none
    of the classes, so that a network may learn to doubt; foreign ones are never learned from, only measured.
    ``none``: the number of the class that is right for such pictures, where there is one. ``validating``: how many
    of the last ones are held out because somebody said so; 0 where that is left to chance. ``notes``: what was left
    out or taken for something else, a line each. ``files``: what each was read from. ``test``: pictures of the same
    classes that only measure what was learned, in the end.
    """

    name: str
    classes: tuple[str, ...]
    x: Bytes
    labels: Labels
    skipped: tuple[str, ...] = ()
    photos: bool = True
    levels: int = 255
    others: Bytes = field(default_factory=lambda: np.empty((0, 1, 1, 1), dtype=np.uint8))
    foreign: Bytes = field(default_factory=lambda: np.empty((0, 1, 1, 1), dtype=np.uint8))
    none: int | None = None
    validating: int = 0
    notes: tuple[str, ...] = ()
    files: tuple[Picture, ...] = ()
    test: Pictures | None = None

    def __post_init__(self) -> None:
        if self.x.ndim != 4 or self.x.dtype != np.uint8 or self.labels.shape != self.x.shape[:1]:
            raise TrainingError(f"{self.name}: pictures must be bytes of shape (N, C, H, W), with a label for each")
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise TrainingError(f"{self.name}: a label is none of the {len(self.classes)} classes")
        for more in (self.others, self.foreign):
            if len(more) and (more.shape[1:] != self.x.shape[1:] or more.dtype != np.uint8):
                raise TrainingError(f"{self.name}: pictures of no class must be like the others")
        if (test := self.test) is not None:
            alike = (test.classes, test.x.shape[1:]) == (self.classes, self.x.shape[1:])
            if not alike or not len(test):
                raise TrainingError(f"{test.name}: pictures of the test must be like the others, of the same classes")

    def __len__(self) -> int:
        return len(self.x)

    def unseen(self, held: Labels) -> Pictures:
        """The pictures that tell best what was learned: of the test; else those with the numbers ``held``."""
        if self.test is not None:
            return self.test
        return replace(self, x=self.x[held], labels=self.labels[held], validating=0, files=())

    def counts(self, which: Labels | None = None) -> list[int]:
        """How many there are of each class, among those with the numbers ``which``."""
        labels = self.labels if which is None else self.labels[which]
        return [int(n) for n in np.bincount(labels, minlength=len(self.classes))]


def digits() -> Pictures:
    """The 1,797 handwritten digits of scikit-learn, 8 x 8, 0 to 16 (E. Alpaydin and C. Kaynak, UCI, CC BY 4.0)."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise TrainingError(f"the digits come with scikit-learn, which is missing; {hint('digits')}") from error
    bunch = load_digits()
    x = bunch.images[:, None].astype(np.uint8)
    return Pictures("digits", tuple("0123456789"), x, bunch.target.astype(np.int64), photos=False, levels=16)

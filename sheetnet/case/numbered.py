"""A case whose numbers follow from one number that the reader types: which looks make them, and of what.

    number typed -> number that counts, 0 where it is none -> photo and weights, by the looks

A look is named after what it makes, "photo" or a layer, so its tensors take the places of those that are given
elsewhere; the others are what these read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.layout.spec import look_of, spec_of
from sheetnet.lenses import Look
from sheetnet.lenses.numbered import WholeNumber

MOST = 9999  # the largest number
TYPED, NUMBER = "numbered.typed", "numbered.number"  # what the reader types, and the look that has what counts
WHOLE, TOP, LEFT = "numbered.whole", "numbered.top", "numbered.left"  # a larger picture, and where its piece begins
COUNTS = WholeNumber(MOST)  # a number in every case: so all that follows from it is proven, whatever was typed


@dataclass(frozen=True, slots=True)
class Asked:
    """An element that is shown on the first sheet. ``step``: a key of the words ``assign.steps``."""

    step: str
    full: str
    index: Shape


@dataclass(frozen=True, eq=False)
class Numbered:
    """``looks``, in order of computation: they read the number, each other, and ``whole`` (C, H, W) if there is one.

    ``number``: what is typed at first. ``asked``: what the first sheet shows.
    """

    looks: tuple[Look, ...]
    whole: Array | None = None
    number: int = 1
    asked: tuple[Asked, ...] = ()

    def given(self, number: int) -> dict[str, Array]:
        """The pixels and parameters of a number by full name, as far as they follow from it."""
        values: dict[str, Any] = {f"{NUMBER}.out": np.array(float(number))}
        if self.whole is not None:
            values[WHOLE] = self.whole
        for look in self.looks:
            own = {name: values[source] for name, source in look.reads.items() if isinstance(source, str)}
            look.lens.forward(own)
            values |= {f"{look.name}.{name}": own[name] for name in self.shapes(look)}
        made = {f"{look.name}." for look in self.looks if look.name not in (TOP, LEFT)}
        return {full: value for full, value in values.items() if any(map(full.startswith, made))}

    def shapes(self, look: Look) -> dict[str, Shape]:
        """The shape of each tensor of a look: of what they read, all but the whole picture are single numbers."""
        whole = () if self.whole is None else self.whole.shape
        return dict(look.lens.tensors({own: whole if source == WHOLE else () for own, source in look.reads.items()}))

    def to_spec(self) -> dict[str, Any]:
        """As JSON has it, without what the first sheet shows."""
        return {
            "looks": {look.name: spec_of(look) for look in self.looks},
            "whole": None if self.whole is None else self.whole.tolist(),
        }

    @staticmethod
    def from_spec(spec: Mapping[str, Any]) -> Numbered:
        """The same from JSON. Any error of Python, or a NetworkError, where it describes nothing."""
        looks = tuple(look_of(str(name), one) for name, one in spec["looks"].items())
        return Numbered(looks, None if spec["whole"] is None else np.asarray(spec["whole"], dtype=np.float64))

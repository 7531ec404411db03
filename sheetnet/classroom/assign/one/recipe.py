"""What the manifest knows of a file for everybody: how a number becomes pixels, filters and answers.

number -> pixels and filters, by the looks of ``case.numbered`` -> the network in NumPy -> the answers
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheetnet import engine
from sheetnet.case.numbered import Numbered
from sheetnet.classroom.assign.item import Input, Item, Place
from sheetnet.classroom.grade.chain import GRADIENT, weight_of
from sheetnet.layers import Array
from sheetnet.network import Network

NUMBER, NAME = "sheetnet.number", "sheetnet.name"  # defined names of the cells of the number and of the pupil's name


@dataclass(frozen=True)
class Recipe:
    """``code``: the id that the file has; ``file``: its name.

    ``given``: inputs and weights that follow from no number, by full name.
    ``items``: the cells that are asked for, with the answers of the number 1. ``inputs``: where what is given lies.
    ``number``, ``name``: where these are
    typed. ``listed``: whether the numbers are those of a list of names, so that there are no others.
    """

    code: str
    file: str
    numbered: Numbered
    given: dict[str, Array]
    items: tuple[Item, ...]
    inputs: tuple[Input, ...]
    number: Place
    name: Place
    listed: bool

    def given_to(self, number: int) -> dict[str, Array]:
        """Inputs and weights of a number, by full name."""
        return self.given | self.numbered.given(number)

    def values(self, network: Network, number: int) -> dict[str, Array]:
        """Every tensor of a number by full name."""
        return engine.forward(network, self.given_to(number), {})

    def items_of(self, network: Network, number: int) -> tuple[Item, ...]:
        """The cells that are asked for, with the answers of a number."""
        answers = answers_of(network, self.items, self.values(network, number))
        return tuple(replace(one, answer=answer) for one, answer in zip(self.items, answers, strict=True))

    def to_spec(self) -> dict[str, Any]:
        """As JSON has it; items and inputs are told elsewhere."""
        return {
            "code": self.code,
            "file": self.file,
            "numbered": self.numbered.to_spec(),
            "given": {full: np.asarray(value).tolist() for full, value in self.given.items()},
            "number": list(self.number),
            "name": list(self.name),
            "listed": self.listed,
        }

    @staticmethod
    def from_spec(spec: Mapping[str, Any], items: tuple[Item, ...], inputs: tuple[Input, ...]) -> Recipe:
        """The same from JSON. Any error of Python, or a NetworkError, where it describes nothing."""
        number, name = ((str(p[0]), int(p[1]), int(p[2])) for p in (spec["number"], spec["name"]))
        given = {str(full): np.asarray(value, dtype=np.float64) for full, value in spec["given"].items()}
        numbered = Numbered.from_spec(spec["numbered"])
        code, file = str(spec["code"]), str(spec["file"])
        return Recipe(code, file, numbered, given, items, inputs, number, name, bool(spec["listed"]))


def answers_of(network: Network, items: Sequence[Item], values: Mapping[str, Array]) -> list[float]:
    """The answer of each item. ``values``: every tensor of the network."""
    gradients = {} if not any(one.full.startswith(GRADIENT) for one in items) else engine.backward(network, values)
    return [
        float(gradients[weight_of(one.full)][one.index])
        if one.full.startswith(GRADIENT)
        else float(values[one.full][one.index])
        for one in items
    ]

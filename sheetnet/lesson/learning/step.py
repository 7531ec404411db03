"""A step of learning as a part of a lesson: its sheets, and the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.layers import Array
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.learning.passes import Passes, refuse_too_many
from sheetnet.lesson.learning.update import UPDATE, draw_learning, extra_keys, learning_titles
from sheetnet.network import Network
from sheetnet.words import Words


class LearningStep:
    """A step of learning of a network. NetworkError where it cannot take one, see ``Passes``."""

    def __init__(self, network: Network, values: Mapping[str, Array]) -> None:
        """``values``: every tensor of the network."""
        self._passes = Passes(network)
        self._passes.refuse_without_truth(values)

    def extras(self, words: Words) -> dict[str, str]:
        """The titles of its sheets that belong to no layer, by their key."""
        return {key: words(f"sheets.{key}") for key in extra_keys(self._passes)}

    def titles(self, sheets: Mapping[str, str], words: Words) -> tuple[str, ...]:
        """The titles of all its sheets in their order. ``sheets``: the title of each layer's sheet."""
        return learning_titles(sheets, self._passes, words)

    def draw(self, lesson: Lesson) -> dict[str, str]:
        """All its sheets; the full name of the gradient of each tensor.

        NetworkError where the workbook would have too many formulas.
        """
        gradients = draw_learning(lesson, self._passes, lesson.extras[UPDATE])
        plan = lesson.plan
        refuse_too_many(plan.blocks[full].shape for full in plan.computed())
        return gradients

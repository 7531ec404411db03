"""A step of learning as a part of a lesson: its sheets, and the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.layers import Array
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.learning.passes import Passes, TooManyFormulasError, refuse_too_many
from sheetnet.lesson.learning.update import UPDATE, draw_learning, extra_keys, learning_titles
from sheetnet.network import Network
from sheetnet.words import Words

__all__ = ["LearningStep", "TooManyFormulasError"]


class LearningStep:
    """A step of learning of a network. NetworkError where it cannot take one, see ``Passes``."""

    def __init__(self, network: Network, values: Mapping[str, Array], *, to_photo: bool = True) -> None:
        """``values``: every tensor of the network; ``to_photo``: see ``Passes``."""
        self._passes = Passes(network, to_photo)
        self._passes.refuse_without_truth(values)

    @property
    def reaches_photo(self) -> bool:
        """Whether it shows the gradient of the photo."""
        return self._passes.reaches_photo

    def extras(self, words: Words) -> dict[str, str]:
        """The titles of its sheets that belong to no layer, by their key."""
        return {key: words(f"sheets.{key}") for key in extra_keys(self._passes)}

    def titles(self, sheets: Mapping[str, str], words: Words) -> tuple[str, ...]:
        """The titles of all its sheets in their order. ``sheets``: the title of each layer's sheet."""
        return learning_titles(sheets, self._passes, words)

    def draw(self, lesson: Lesson) -> dict[str, str]:
        """All its sheets; the full name of the gradient of each tensor."""
        return draw_learning(lesson, self._passes, lesson.extras[UPDATE])

    @staticmethod
    def check(lesson: Lesson) -> None:
        """TooManyFormulasError where the workbook, of which all is described, would have too many formulas."""
        plan = lesson.plan
        refuse_too_many(plan.blocks[full].shape for full in plan.computed())

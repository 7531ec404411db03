"""What is known of one file of a class after it was marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetnet.classroom.grade.marks import Mark
from sheetnet.words import Words


@dataclass(frozen=True)
class Result:
    """One file: whose it is, its marks, what is odd about it (see the words ``grade.flags``), or why it has none.

    ``typed``: the name that stands in it, where there is a cell for one. ``cells``: those that a flag is about.
    """

    file: str
    id: str = ""
    name: str = ""
    flags: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    error: str = ""
    typed: str = ""
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def points(self) -> int:
        """What was reached."""
        return sum(one.points for one in self.marks)

    @property
    def odd(self) -> str:
        """Its flags, each with the cells that it is about."""
        return ", ".join(f"{one} {self.cells[one]}" if one in self.cells else one for one in self.flags)

    def remark(self, words: Words) -> str:
        """What the teacher has to know of it."""
        sure = ", ".join(str(one.number) for one in self.marks if one.verdict == "sure")
        said = (
            words(f"grade.flags.{flag}", name=self.typed, numbers=sure, cells=self.cells.get(flag, ""))
            for flag in self.flags
        )
        return self.error or words.joined("joined.sentences", said)

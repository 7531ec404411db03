"""What is known of one file of a class after it was marked."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.classroom.grade.marks import Mark
from sheetnet.words import Words


@dataclass(frozen=True)
class Result:
    """One file: whose it is, its marks, what is odd about it (see the words ``grade.flags``), or why it has none.

    ``typed``: the name that stands in it, where there is a cell for one.
    """

    file: str
    id: str = ""
    name: str = ""
    flags: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    error: str = ""
    typed: str = ""

    @property
    def points(self) -> int:
        """What was reached."""
        return sum(one.points for one in self.marks)

    def remark(self, words: Words) -> str:
        """What the teacher has to know of it."""
        sure = ", ".join(str(one.number) for one in self.marks if one.verdict == "sure")
        said = (words(f"grade.flags.{flag}", name=self.typed, numbers=sure) for flag in self.flags)
        return self.error or "  ".join(said)

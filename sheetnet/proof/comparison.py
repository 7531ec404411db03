"""What a comparison of two workbooks found: the inputs in which they differ, and the answers of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from sheetnet.values import percent

MOST_SHOWN = 20  # differences in the text
MOST_KEPT = 1_000  # differences in all


@dataclass(frozen=True, slots=True)
class Difference:
    """An input that is not the same in both workbooks.

    ``name``: that of its tensor; ``cells``: where it stands in each of them; ``values``: what stands there, as text.
    """

    name: str
    cells: tuple[str, str]
    values: tuple[str, str]

    def __str__(self) -> str:
        first, second = self.cells
        where = first if first == second else f"{first} and {second}"
        return f"{self.name}  {where}: {self.values[0]} and {self.values[1]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a workbook answers: the most likely class and its probability, 0 to 1.

    Of a network that tells no classes apart, ``name`` is "" and ``probability`` None; ``numbers`` are the first of
    its last tensor. A cell without a number gives None. A lesson has many results and no answer: no ``numbers``.
    """

    name: str
    probability: float | None
    numbers: tuple[float | None, ...]

    def __str__(self) -> str:
        if self.name and self.probability is not None:
            return f"{self.name}, {percent(self.probability)}"
        return ", ".join("no number" if one is None else f"{one:.6g}" for one in self.numbers)


NO_ANSWER = Answer("", None, ())


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of ``sheetnet.compare``.

    ``files``: both workbooks; ``compared``: how many inputs both of them have; ``count``: how many of these differ,
    of which ``differences`` has at most 1,000. ``alone``: tensors of inputs that only one of them has, or that have
    another shape there. ``answers``: of both; ``same_answer``: whether all numbers of the answers agree to 1e-9.
    """

    files: tuple[str, str]
    engine: str
    compared: int
    count: int
    differences: tuple[Difference, ...]
    alone: tuple[str, ...]
    answers: tuple[Answer, Answer]
    same_answer: bool

    @property
    def alike(self) -> bool:
        """Whether all inputs and the answers are the same."""
        return not self.count and not self.alone and self.same_answer

    @property
    def status(self) -> int:
        """The exit status: 0 alike, 1 something differs."""
        return 0 if self.alike else 1

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return {"alike": self.alike, "status": self.status} | asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Comparison:
        """The comparison that ``to_json`` told."""
        given = {one.name: told[one.name] for one in fields(cls)}
        given["differences"] = tuple(
            Difference(one["name"], (one["cells"][0], one["cells"][1]), (one["values"][0], one["values"][1]))
            for one in told["differences"]
        )
        given["answers"] = tuple(Answer(**(one | {"numbers": tuple(one["numbers"])})) for one in told["answers"])
        for name in ("files", "alone"):
            given[name] = tuple(told[name])
        return cls(**given)

    def lines(self) -> Iterator[str]:
        """The comparison as text: what differs, the answers, and how much differs."""
        yield from map(str, self.differences[:MOST_SHOWN])
        if (more := self.count - len(self.differences[:MOST_SHOWN])) > 0:
            yield f"... and {more:,} more (--json lists {MOST_KEPT:,} at most)"
        yield from self.alone
        for file, answer in zip(self.files, self.answers, strict=True):
            if answer != NO_ANSWER:
                yield f"{file}: {answer}"
        yield self.last_line()

    def last_line(self) -> str:
        """How much differs, in one line."""
        answered = any(answer != NO_ANSWER for answer in self.answers)
        if self.alike:
            answer = ", and the answer" if answered else ""
            return f"alike: all {self.compared:,} inputs{answer} ({self.engine})"
        answer = ("; the same answer" if self.same_answer else "; another answer") if answered else ""
        many = len(self.alone)
        kinds = f", and {many:,} tensor{'' if many == 1 else 's'} that not both have" if many else ""
        if not self.compared:
            return f"DIFFERENT: no input is in both of them{kinds}{answer} ({self.engine})"
        return f"DIFFERENT: {self.count:,} of {self.compared:,} inputs{kinds}{answer} ({self.engine})"

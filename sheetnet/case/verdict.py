"""What a network says of the picture of a case, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.case.prepare import Case
from sheetnet.network import SURE
from sheetnet.values import percent


@dataclass(frozen=True, slots=True)
class Verdict:
    """The most likely class, its name in the language of the workbook, and its probability, 0 to 1.

    ``advice``: what the template says to somebody whose picture it is not sure of, or "".
    """

    name: str
    probability: float
    advice: str = ""

    @property
    def sure(self) -> bool:
        """Whether the probability is large enough to be told as an answer."""
        return self.probability > SURE

    @property
    def percent(self) -> str:
        """The probability with a decimal, and never 100 %."""
        return percent(self.probability)

    def __str__(self) -> str:
        told = f"{self.name}, {self.percent}" if self.sure else f"I am not sure ({self.name} {self.percent})"
        return f"the network says: {told}"


def verdict_of(case: Case) -> Verdict | None:
    """The verdict; None where the network does not tell classes apart, or has yet to learn it."""
    head = case.network.line_up
    if head is None or case.course is not None:
        return None
    chances = case.values[f"{head.name}.out"]
    number = int(chances.argmax())
    found = Verdict(case.network.classes[number], float(chances[number]))
    advice = case.prose.get("unsure", "") if case.photo is not None and case.network.trained else ""
    return found if found.sure else Verdict(found.name, found.probability, advice)

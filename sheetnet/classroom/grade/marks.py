"""What an answer is worth: two verdicts that earn points, those that earn none, and the marks.

right     the answer of the key
carried   right, given the pupil's own earlier numbers, one of which is wrong
sure      the same, but these numbers have left nothing to work out

A number is right if it is within half a per cent, a whole number only if it is that number. Nothing is carried on
from an earlier cell that is blank, or where all that is wrong before is 0: whoever types 0 everywhere earns nothing.
Nor does whoever types a huge number, which makes the network so sure that only 0 and 1 are left to be typed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sheetnet.classroom.assign.item import Item
from sheetnet.classroom.grade.chain import followed
from sheetnet.layers import Array
from sheetnet.network import Network

Verdict = Literal["right", "carried", "sure", "wrong", "open", "pasted", "words"]

SHARE, LEAST, EXACT = 0.005, 0.0005, 1e-6
SURE = 5e-5  # as near to 0 or 1 nothing is left to work out: four digits are those of 0 or 1
HONEST = frozenset({"conv", "relu", "pool"})  # steps in which 0 and 1 come of ordinary numbers


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a cell: its number or None, what is shown of it, its formula."""

    value: float | None
    shown: str = ""
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What an item is worth. ``expected``: what follows from the pupil's own numbers."""

    number: int
    verdict: Verdict
    points: int
    shown: str
    expected: float


def is_near(value: float | None, goal: float) -> bool:
    """Whether a number is right."""
    if value is None or not math.isfinite(value) or not math.isfinite(goal):
        return False
    if abs(goal - round(goal)) < EXACT:
        return abs(value - goal) <= EXACT * max(1.0, abs(goal))
    return abs(value - goal) <= max(SHARE * abs(goal), min(LEAST, abs(goal) / 10))


def marked(
    network: Network,
    given: Mapping[str, Array],
    items: Sequence[Item],
    answers: Mapping[int, Answer],
    live: set[int] | None,
) -> list[Mark]:
    """The mark of each item. ``live``: the items whose formulas follow what they read; None where none are asked."""
    own = {n: one.value for n, one in answers.items() if one.value is not None}
    goals = followed(network, given, items, own)
    right = {one.number for one in items if is_near(answers[one.number].value, one.answer)}
    late = [one for one in items if one.step not in HONEST]
    early = {one.number: own[one.number] for one in items if one not in late and one.number in own}
    nothing = _leaves_nothing(late, followed(network, given, items, early))
    made = []
    for one in items:
        answer = answers[one.number]
        verdict: Verdict
        if answer.value is None:
            verdict = "words" if answer.shown else "open"
        elif live is not None and one.number not in live:
            verdict = "pasted" if one.number in right else "wrong"
        elif one.number in right:
            verdict = "right"
        elif is_near(answer.value, goals[one.number]) and _carries(one, own, right):
            verdict = "sure" if nothing and one in late else "carried"
        else:
            verdict = "wrong"
        points = one.points if verdict in ("right", "carried") else 0
        made.append(Mark(one.number, verdict, points, answer.shown, goals[one.number]))
    return made


def _carries(item: Item, own: Mapping[int, float], right: set[int]) -> bool:
    """Whether the earlier numbers of a pupil are worth to be carried on."""
    wrong = [number for number in item.after if number not in right]
    return bool(wrong) and all(number in own for number in wrong) and any(own[number] for number in wrong)


def _leaves_nothing(items: Sequence[Item], goals: Mapping[int, float]) -> bool:
    """Whether the network is so sure that 0 and 1 are all that is left. ``goals``: of the pupil's early numbers."""
    sizes = [math.exp(-max(goals[one.number], 0.0)) if one.step == "loss" else goals[one.number] for one in items]
    return all(not math.isfinite(one) or min(abs(one), abs(one - 1)) < SURE for one in sizes)

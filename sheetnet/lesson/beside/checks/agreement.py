"""The checks, a line each: what must agree whatever the reader edits, and the seal, which is broken by an edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.crossentropy import CrossEntropy
from sheetnet.lenses import Agreeing, Deviation, Measure, Mismatch, Sentence, Source, When, inline, number_piece
from sheetnet.lesson.beside.checks.seals import Print
from sheetnet.lesson.beside.checks.table import SIZES, live, numbered
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.operation import Operation

REFERENCE = "reference"  # the check of everything that is stored


@dataclass(frozen=True, slots=True)
class Check:
    """A line: its name, what it says, what it computes. The seal comes last."""

    name: str
    text: str
    lens: Operation
    reads: Mapping[str, Source]


def names_of_checks(lesson: Lesson) -> list[str]:
    """The names of all checks, in their order."""
    kinds = {"sum_to_1": _chances(lesson), "losses": _losses(lesson)}
    return [*(f"{kind}.{name}" for kind, names in kinds.items() for name in names), "shapes", REFERENCE]


def checks_of(lesson: Lesson, found: list[Print]) -> Iterator[Check]:
    """All checks. ``found``: the fingerprints that are taken."""
    words, sheets = lesson.words, lesson.plan.sheets
    for name in _chances(lesson):
        total = inline(Measure("SUM"), x1=f"{name}.out")
        yield Check(f"sum_to_1.{name}", words("checks.sum_to_1", name=sheets[name]), Deviation(1.0), {"x": total})
    for name in _losses(lesson):
        three = {f"x{k}": f"{name}.{own}" for k, own in enumerate(("likelihood", "divergence", "out"), 1)}
        most, least = (inline(Measure(function), **three) for function in ("MAX", "MIN"))
        text = words("checks.losses", name=sheets[name])
        yield Check(f"losses.{name}", text, Sub(), {"x": most, "y": least})
    counts = numbered([live(one)["count"] for one in found])
    yield Check("shapes", words("checks.shapes"), Mismatch(), {**counts, "y": SIZES})
    apart = numbered([f"checks.apart.{one.full}.out" for one in found])
    sealed = sum(one.sealed for one in found)
    text = words("checks.reference")
    if sealed < len(found):
        text = words("checks.reference_part", sealed=sealed, total=len(found))
    yield Check(REFERENCE, text, Measure("MAX"), apart)


def agreement(lesson: Lesson, all_key: str, edited_key: str) -> tuple[Operation, dict[str, Source]]:
    """A lens, and what it reads, that says how many checks agree, or that the reader has edited something.

    It says the latter where only the last check, that of what is stored, does not agree. ``all_key``,
    ``edited_key``: the words for both.
    """
    words = lesson.words
    states: list[Source] = [f"checks.agrees.{name}.out" for name in names_of_checks(lesson)]
    total = len(states)
    lens = Agreeing(words("checks.same"))
    agree = inline(lens, **numbered(states))
    pieces = [number_piece("agree", 0) if part == ("agree",) else part for part in words.parts(all_key, total=total)]
    some = inline(Sentence(tuple(pieces)), agree=agree)
    both = When(0.0, words(edited_key), words(all_key, agree=total, total=total))
    kept = inline(both, x=inline(lens, x1=states[-1]))
    x = inline(lens, **numbered(states[:-1]))
    return When(float(total - 2), ("some",), ("kept",)), {"x": x, "some": some, "kept": kept}


def _chances(lesson: Lesson) -> list[str]:
    """The layers that give the probabilities of one picture."""
    network = lesson.network
    given = [node.name for node in network.nodes if node.layer.gives == "probabilities"]
    return [name for name in given if len(network.shapes[f"{name}.out"]) == 1]


def _losses(lesson: Lesson) -> list[str]:
    """The layers that show three readings of a loss."""
    return [node.name for node in lesson.network.nodes if isinstance(node.layer, CrossEntropy)]

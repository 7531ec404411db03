"""What a verification found: one line per tensor, and every wrong cell by sheet and address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

MOST_SHOWN = 20  # wrong cells in the text; the JSON has all of them

Verdict = Literal["ok", "wrong", "follows"]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong cell. ``expected`` and ``found`` as text; ``why`` in a few words."""

    sheet: str
    address: str
    expected: str
    found: str
    why: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}: {self.why}; expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor, or one copy of a tensor for the reader.

    ``cells``: how many it has; ``compared``: how many held a number that could be compared. ``local``: largest
    absolute difference from the layer run on the workbook's own inputs; ``end_to_end``: the same from the
    whole network run on the workbook's photo and weights (None where that could not be). ``verdict``: "ok";
    "wrong" where a cell of its own is; "follows" where only cells before it are.
    """

    name: str
    sheet: str
    cells: int
    compared: int
    local: float
    end_to_end: float | None
    verdict: Verdict
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The result of ``sheetnet.verify``.

    ``inputs``: input cells that hold no number, padding that is not blank, choices
    of nothing.
    """

    file: str
    engine: str
    tensors: tuple[Tensor, ...]
    inputs: tuple[Wrong, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every computed cell was compared and none is wrong."""
        all_ok = all(t.verdict == "ok" and t.compared == t.cells > 0 for t in self.tensors)
        return bool(self.tensors) and all_ok and not self.inputs

    @property
    def cells(self) -> int:
        """Computed cells that were compared."""
        return sum(t.compared for t in self.tensors)

    @property
    def wrong(self) -> tuple[Wrong, ...]:
        """Every wrong cell, inputs first, then in order of computation."""
        return self.inputs + tuple(w for t in self.tensors for w in t.wrong)

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return {"proven": self.proven, "cells": self.cells} | asdict(self)

    def lines(self) -> Iterator[str]:
        """The report as text: one line per tensor, the wrong cells, the verdict."""
        width = max((len(t.name) for t in self.tensors), default=0)
        for t in self.tensors:
            far = "        -" if t.end_to_end is None else f"{t.end_to_end:9.1e}"
            yield (
                f"{t.name:{width}}  {t.cells:>9,} cells   largest difference {t.local:9.1e} (local) "
                f"{far} (end to end)   {t.verdict}"
            )
        for wrong in self.wrong[:MOST_SHOWN]:
            yield str(wrong)
        if (more := len(self.wrong) - MOST_SHOWN) > 0:
            yield f"... and {more:,} more wrong cells (--json lists all)"
        yield self.last_line()

    def last_line(self) -> str:
        """The verdict in one line."""
        if self.proven:
            return f"proven: {self.cells:,} formula cells agree with NumPy ({self.engine})"
        broken = len(self.wrong)
        if not broken:
            missing = sum(t.cells - t.compared for t in self.tensors)
            return (
                f"NOT PROVEN: no formula is wrong, but {missing:,} cells show no number ({self.engine}): "
                "an input divides by 0, or makes a number too large"
            )
        return f"WRONG: {broken:,} wrong cell{'' if broken == 1 else 's'} ({self.engine}); see above"

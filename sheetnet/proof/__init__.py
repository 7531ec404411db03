"""The proof: numbers against cells, cell by cell, for every formula in the file.

    end to end  NumPy runs the network on the workbook's photo and weights; every cell of a layer must agree
    local       NumPy runs each step on what its cells read: this names the broken cell, not the hundred after it
    formulas    each computed cell must hold the formula that its step writes

Everything is read from the workbook itself. A computed cell that is blank, text, an error or a constant is wrong;
so is padding that is not blank, and an input that is no number. Formulas of the reader's own are listed and not
judged.

A file may come from anywhere, so all of this happens in a process of its own, which has a limit of time and of
memory; ``prove`` does it in this one. This module imports nothing heavy: the other process does.
"""

from __future__ import annotations

from pathlib import Path

from sheetnet.limits import MEMORY, OFFICE_MEMORY, TIMEOUT, megabytes
from sheetnet.limits.apart import Progress, apart
from sheetnet.proof.comparison import Comparison
from sheetnet.proof.report import Edit, Report, Tensor, Wrong
from sheetnet.recalc import EMBEDDED, FORMULON

__all__ = ["Comparison", "Edit", "Report", "Tensor", "Wrong", "contrast", "verify"]

_THERE, _AGAINST = f"{__name__}.prove:apart", f"{__name__}.against:apart"


def verify(
    path: Path,
    engine: str = EMBEDDED,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """Prove a workbook. WorkbookError, EngineError or LimitError where it could not be checked at all.

    ``engine``: see ``recalc``; ``timeout``: seconds for all of it; ``memory``: MB, None for ``limits.MEMORY``, and
    ``limits.OFFICE_MEMORY`` for an engine that is a program of its own; ``progress`` is told what is being done, how
    much of it is done, and how much there is.
    """
    asked = {"path": str(path), "engine": engine, "office": memory}
    beside = engine == FORMULON  # in a process that ours starts; the offices have a limit of their own
    most = megabytes(memory, OFFICE_MEMORY if beside else MEMORY)
    told, _ = apart(_THERE, str(path), timeout, most, progress, beside, **asked)
    return Report.from_json(told)


def contrast(
    first: Path,
    second: Path,
    engine: str = EMBEDDED,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the inputs and the answers of two workbooks, in a process of its own. All else as for ``verify``."""
    asked = {"first": str(first), "second": str(second), "engine": engine, "office": memory}
    beside = engine == FORMULON
    most = megabytes(memory, OFFICE_MEMORY if beside else MEMORY)
    told, _ = apart(_AGAINST, f"{first} and {second}", timeout, most, progress, beside, **asked)
    return Comparison.from_json(told)

"""What a verification found: one line per tensor, and every wrong cell by sheet and address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

MOST_SHOWN = 20  # wrong cells in the text; the JSON has all of them
MOST_LISTED = 5  # addresses in one line

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
        place = f"{self.sheet}!{self.address}" if self.address else self.sheet
        return f"{place}: {self.why}; expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of the network, or of a look.

    ``cells``: how many it has; ``compared``: how many of them could be compared. ``local``: the largest absolute
    difference from the step, run on the workbook's own inputs; ``end_to_end``: the same from the whole network, run
    on the workbook's photo and weights (None for a look, and where the network could not be run). ``verdict``: "ok";
    "wrong" where one of its own cells is wrong; "follows" where only cells before it are. ``looks``: true for a look.
    """

    name: str
    sheet: str
    cells: int
    compared: int
    local: float
    end_to_end: float | None
    verdict: Verdict
    wrong: tuple[Wrong, ...] = ()
    looks: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Inputs that a reader has edited. ``what``: their kind; ``count``: how many; ``first``: the first addresses."""

    what: str
    count: int
    first: tuple[str, ...]

    def __str__(self) -> str:
        more = " ..." if self.count > len(self.first) else ""
        return f"{self.count:,} {self.what} ({', '.join(self.first)}{more})"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of ``sheetnet.verify``.

    ``inputs``: input cells that hold no number, padding that is not blank. ``settings``: what makes the workbook show
    something else than its values (cells merged away, charts of other cells), names that are missing, and formulas in
    the place of labels. ``formulas``: how many formula cells the file has, without the reader's own. ``edits``: what
    was edited since it was built.
    ``own``: formulas of the reader's own, not judged; ``fed``: formulas in the place of inputs. ``stale``: stored
    values that are not what the formulas give, the first of them in ``stale_first``; ``stored``: how many cells have
    a stored value. ``gone``: sheets that were deleted. ``moved``: cells that were cut and pasted elsewhere, so
    that some formulas read the old place and some the new one.
    """

    file: str
    engine: str
    tensors: tuple[Tensor, ...]
    inputs: tuple[Wrong, ...] = ()
    settings: tuple[Wrong, ...] = ()
    formulas: int = 0
    edits: tuple[Edit, ...] = ()
    own: tuple[str, ...] = ()
    fed: tuple[str, ...] = ()
    stale: int = 0
    stale_first: tuple[str, ...] = ()
    stored: int = 0
    gone: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether every formula cell was compared and nothing is wrong."""
        all_ok = all(t.verdict == "ok" and t.compared == t.cells > 0 for t in self.tensors)
        return bool(self.tensors) and all_ok and not self.inputs and not self.settings and self.cells == self.formulas

    @property
    def fresh(self) -> bool:
        """Whether the stored values are what the formulas give, as far as there are any."""
        return self.stale == 0 or self.stored == 0

    @property
    def cells(self) -> int:
        """Computed cells that were compared."""
        return sum(t.compared for t in self.tensors)

    @property
    def wrong(self) -> tuple[Wrong, ...]:
        """Every wrong cell: inputs first, then settings, then in order of computation."""
        return self.inputs + self.settings + tuple(w for t in self.tensors for w in t.wrong)

    @property
    def status(self) -> int:
        """The exit status: 0 proven, 1 something is wrong or stale."""
        return 0 if self.proven and self.fresh else 1

    def __bool__(self) -> bool:
        return self.proven

    def __str__(self) -> str:
        return self.last_line()

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        from sheetnet.proof.notebook import html_of

        return html_of(self)

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return {"proven": self.proven, "fresh": self.fresh, "status": self.status, "cells": self.cells} | asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Report:
        """The report that ``to_json`` told."""
        known = {one.name for one in fields(cls)}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items() if name in known
        }
        for name in ("inputs", "settings"):
            given[name] = tuple(Wrong(**one) for one in told[name])
        given["edits"] = tuple(Edit(**(one | {"first": tuple(one["first"])})) for one in told["edits"])
        given["tensors"] = tuple(
            Tensor(**(one | {"wrong": tuple(Wrong(**wrong) for wrong in one["wrong"])})) for one in told["tensors"]
        )
        return cls(**given)

    def lines(self) -> Iterator[str]:
        """The report as text: one line per tensor, one per sheet of looks, the wrong cells, the verdict."""
        groups = list(self.groups())
        width = max((len(t.name) for t in groups), default=0)
        for t in groups:
            far = "        -" if t.end_to_end is None else f"{t.end_to_end:9.1e}"
            yield (
                f"{t.name:{width}}  {t.cells:>9,} cells   largest difference {t.local:9.1e} (local) "
                f"{far} (end to end)   {t.verdict}"
            )
        for wrong in self.wrong[:MOST_SHOWN]:
            yield str(wrong)
        if (more := len(self.wrong) - MOST_SHOWN) > 0:
            yield f"... and {more:,} more wrong cells (--json lists all)"
        yield from self.remarks()
        yield self.last_line()

    def groups(self) -> Iterator[Tensor]:
        """The tensors of the network, and the looks of a sheet together."""
        yield from (t for t in self.tensors if not t.looks)
        looks = [t for t in self.tensors if t.looks]
        for sheet in dict.fromkeys(t.sheet for t in looks):
            here = [t for t in looks if t.sheet == sheet]
            verdicts = {t.verdict for t in here}
            verdict: Verdict = "wrong" if "wrong" in verdicts else "follows" if "follows" in verdicts else "ok"
            cells, compared = sum(t.cells for t in here), sum(t.compared for t in here)
            name = f"shown on {sheet}"
            yield Tensor(name, sheet, cells, compared, max(t.local for t in here), None, verdict, (), True)

    def remarks(self) -> Iterator[str]:
        """What is no error: edits, formulas of the reader's own, stored values that are old."""
        if self.edits:
            yield f"edited since it was built: {', '.join(map(str, self.edits))}"
        if self.fed:
            yield f"formulas in the place of inputs: {_listed(self.fed)}"
        if self.own:
            yield f"{_count(len(self.own), 'formula')} of the reader's own: {_listed(self.own)}; not judged"
        if self.gone:
            yield f"deleted since it was built: {', '.join(self.gone)}"
        if self.moved:
            where = f"{', '.join(self.moved)}; some formulas read the old place. Cut and paste them back"
            yield f"cut and pasted elsewhere since it was built: {where}"
        if self.tensors and self.stored == 0:
            yield "no values are stored; a viewer that does not calculate shows none. Save it once in a spreadsheet"
        elif self.stale:
            verb = "is" if self.stale == 1 else "are"
            yield (
                f"{_count(self.stale, 'stored value')} {verb} not what the formulas give; a viewer that does not "
                f"calculate shows them. Save it once in a spreadsheet ({_listed(self.stale_first, self.stale)})"
            )

    def _unusable(self) -> Iterator[str]:
        """What is wrong with the cells that the reader fills, and with those that must stay blank, and where."""
        cells: dict[str, list[str]] = {}
        for wrong in self.inputs:
            cells.setdefault(wrong.expected, []).append(f"{wrong.sheet}!{wrong.address}")
        for expected, them in cells.items():
            one, several = _NEEDS[expected]
            yield f"{_count(len(them), 'cell')} {one if len(them) == 1 else several}: {_listed(tuple(them))}"

    def last_line(self) -> str:
        """The verdict in one line."""
        if self.proven:
            said = f"all {self.cells:,} formula cells agree with NumPy ({self.engine})"
            if self.fresh:
                return f"proven: {said}"
            return f"STALE: {said}, but not {_count(self.stale, 'stored value')}; see above"
        broken = len(self.wrong)
        if broken == len(self.inputs) > 0:  # what a reader typed, or deleted, makes no formula wrong
            said = ", and ".join(self._unusable())
            return f"NOT PROVEN: no formula is wrong, but {said} ({self.engine}); see above"
        if broken:
            return f"WRONG: {_count(broken, 'wrong cell')} ({self.engine}); see above"
        missing = sum(t.cells - t.compared for t in self.tensors)
        return (
            f"NOT PROVEN: no formula is wrong, but {missing:,} cells show no number ({self.engine}): "
            "an input divides by 0, or makes a number too large"
        )


# What is said of one cell, and of several, by what is expected in them.
_NEEDS = {
    "blank": ("is padding, and must be blank", "are padding, and must be blank"),
    "a number": ("needs a number", "need a number each"),
    "a name": ("needs a name", "need a name each"),
    "a choice": ("holds an error in the place of a choice", "hold an error in the place of a choice"),
}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _listed(cells: tuple[str, ...], total: int | None = None) -> str:
    shown = cells[:MOST_LISTED]
    return ", ".join(shown) + (" ..." if (total or len(cells)) > len(shown) else "")

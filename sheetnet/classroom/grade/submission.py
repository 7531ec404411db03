"""A file that came back: whose it is, what stands in its cells, and what that is worth.

This runs in a process that has a limit of time and of memory (``classroom.jobs``): a file from a class is a file from
anywhere. Cells are found by their defined names, which follow them when rows are inserted, sheets are
renamed or put in another order; where a name is lost, by sheet and address.

Where formulas are asked for, everything that they could be made of is changed, in memory only, and the workbook is
calculated once more: a live formula follows, a number does not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import groupby
from pathlib import Path
from typing import Any

from sheetnet.classroom.assign.identity import is_id
from sheetnet.classroom.assign.item import ID, ITEM, PROPERTY, TEACHERS, Item
from sheetnet.classroom.assign.manifest import Manifest, Pupil
from sheetnet.classroom.assign.one.recipe import Recipe
from sheetnet.classroom.grade.cells import number_of
from sheetnet.classroom.grade.chain import followed
from sheetnet.classroom.grade.marks import Answer, Mark, is_near, marked
from sheetnet.classroom.grade.merged import Merged, merged_over
from sheetnet.classroom.grade.number import typed
from sheetnet.classroom.grade.outside import set_outside
from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor
from sheetnet.network import TRUTH
from sheetnet.recalc import EMBEDDED, Session, open_engine
from sheetnet.workbook.plain import without_sections
from sheetnet.workbook.read import Contents, opened, read, read_bytes

CUSTOM = "docProps/custom.xml"
MOST_PROPERTIES = 100_000  # bytes
GROWN, ADDED = 1.07, 0.01  # how a number is changed to see whether a formula follows


class Submission:
    """An open submission."""

    def __init__(self, path: Path, manifest: Manifest, deadline: float) -> None:
        self.where, self.manifest = path.name, manifest
        self.data = read_bytes(path)
        self.contents: Contents = read(self.data, self.where, deadline)
        self.deadline = deadline
        self.typed = ""  # the name, where there is a cell for it
        self.merged = Merged()
        if self.contents.strict:
            raise WorkbookError(f"{self.where}: saved as a strict workbook; save it as an ordinary .xlsx")

    @property
    def is_ours(self) -> bool:
        """Whether the file is none that was handed in: the key, or marks that ``grade`` has written."""
        return self._named(TEACHERS) is not None

    def marked(self) -> tuple[Pupil, list[str], list[Mark]]:
        """Whose it is, what is odd about it, and its marks."""
        pupil, flags = self._pupil()
        session = open_engine(EMBEDDED, without_sections(self.data, self.contents.sections), self.deadline)
        set_outside(self.contents, session)
        session.evaluate()
        self._shown = self._values(session)
        places = self.places(pupil)
        if len(set(places.values())) < len(places):
            raise WorkbookError(
                f"{self.where}: cells that are asked for are missing; fill in the workbook of the class"
            )
        self.merged = merged_over(self.contents, places, self._given(pupil), self._shown)
        flags += self.merged.flags()
        places |= self.merged.moved
        answers = {number: self._answer(session, at) for number, at in places.items()}
        if any(is_changed for is_changed in self._changed(session, pupil)):
            flags.append("changed")
        live = self._live(session, pupil, places, answers) if self.manifest.ask == "formula" else None
        marks = marked(self.manifest.network, pupil.given, pupil.items, answers, live)
        if any(one.verdict == "sure" for one in marks):
            flags.append("sure")
        return pupil, flags, marks

    def places(self, pupil: Pupil) -> dict[int, Anchor]:
        """Where the cell of each item is, by its number; once the file is marked, the cell that was read."""
        return {one.number: self._place(one) for one in pupil.items} | self.merged.moved

    def shown(self) -> dict[str, dict[tuple[int, int], Any]]:
        """What every cell shows, by sheet and place; once the file is marked."""
        return self._shown

    def _values(self, session: Session) -> dict[str, dict[tuple[int, int], Any]]:
        made: dict[str, dict[tuple[int, int], Any]] = {}
        for title, cells in self.contents.cells.items():
            made[title] = {place: found.value for place, found in cells.items()}
            computed = sorted(place for place, found in cells.items() if found.formula is not None)
            for row, places in groupby(computed, key=lambda place: place[0]):
                columns = [column for _, column in places]
                line = session.rectangle(title, row, columns[0], row, columns[-1])[0]
                made[title] |= {(row, column): line[column - columns[0]] for column in columns}
        return made

    # Whose it is

    def _pupil(self) -> tuple[Pupil, list[str]]:
        if self.manifest.one is not None:
            return self._numbered(self.manifest.one)
        known = {one.id: one for one in self.manifest.pupils}
        seen, kept = self._visible(known), self._property()
        if seen in known and kept in known and seen != kept:
            return known[kept], ["swapped"]
        for one in (kept, seen):
            if one in known:
                return known[one], []
        raise self._strange(kept, seen)

    def _numbered(self, recipe: Recipe) -> tuple[Pupil, list[str]]:
        """The same where everybody has the same file."""
        ids = self._property(), self._visible({recipe.code})
        if recipe.code not in ids:
            raise self._strange(*ids)
        found = typed(self.contents, self.manifest, recipe, self.where)
        self.typed = found.name
        return found.pupil, ["named"] if found.other else []

    def _strange(self, *ids: str) -> WorkbookError:
        for one in ids:
            if is_id(one):
                return WorkbookError(f"{self.where}: is of another exercise ({one}), not of {self.manifest.exercise}")
        return WorkbookError(f"{self.where}: has no id of this exercise; it is no workbook that was handed out")

    def _visible(self, known: Collection[str]) -> str:
        """The id that a reader sees: in the cell of its name, or in any cell of the first sheets."""
        at = self._named(ID)
        if at is not None:
            return str(self.contents.grids[at[0].sheet].value(at[0].row, at[0].column) or "").strip()
        for cells in self.contents.cells.values():
            for found in cells.values():
                if isinstance(found.value, str) and found.value.strip() in known:
                    return found.value.strip()
        return ""

    def _property(self) -> str:
        with opened(self.data, self.where, self.deadline) as package:
            name = next((part for part in package.parts if part.lower() == CUSTOM.lower()), None)
            text = b""
            for chunk in package.chunks(name) if name is not None else ():
                text += chunk
                if len(text) > MOST_PROPERTIES:
                    return ""
        match = re.search(
            rb'<[^<>]*\bname="' + re.escape(PROPERTY.encode()) + rb'"[^<>]*>\s*<[^<>]*>([^<>]{1,40})<', text
        )
        return match[1].decode("utf-8", "replace").strip() if match else ""

    # What stands in it

    def _named(self, name: str) -> tuple[Anchor, Anchor] | None:
        """The cells of a defined name; Google Sheets knows no point in a name, and may put _ in its place."""
        names = self.contents.names
        return names.get(name, names.get(name.replace(".", "_")))

    def _place(self, item: Item) -> Anchor:
        found = self._named(f"{ITEM}{item.number}")
        return found[0] if found is not None and found[0] == found[1] else Anchor(*item.place)

    def _answer(self, session: Session, at: Anchor) -> Answer:
        grid = self.contents.grids.get(at.sheet)
        if grid is None:
            return Answer(None)
        formula = grid.cell(at.row, at.column).formula
        value = session.rectangle(at.sheet, at.row, at.column, at.row, at.column)[0][0]
        number, shown = number_of(value)
        return Answer(number, shown, formula)

    def _inputs(self, pupil: Pupil) -> list[tuple[str, int, Anchor, Anchor]]:
        """(full name, part, first cell, last cell) of what is given, by its name, or else where it was handed out."""
        found = []
        for one in pupil.inputs:
            first, last = self._named(one.name) or (one.first, one.last)
            if one.full != f"{TRUTH}.out" and first.sheet in self.contents.grids:
                found.append((one.full, one.part, first, last))
        return found

    def _given(self, pupil: Pupil) -> list[tuple[Anchor, Anchor]]:
        return [(first, last) for _, _, first, last in self._inputs(pupil)]

    def _changed(self, session: Session, pupil: Pupil) -> list[str]:
        """What is given and is not what it was when the workbook was handed out."""
        others: dict[str, list[float]] = {}
        for full, _, first, last in self._inputs(pupil):
            rows = session.rectangle(first.sheet, first.row, first.column, last.row, last.column)
            others.setdefault(full, []).extend(v for row in rows for v in row if isinstance(v, float))
        changed = []
        for full, values in others.items():
            goal = sorted(float(v) for v in pupil.given[full].ravel())
            if len(goal) == len(values) and any(abs(a - b) > 1e-9 for a, b in zip(goal, sorted(values), strict=True)):
                changed.append(full)
        return changed

    def _live(
        self, session: Session, pupil: Pupil, places: dict[int, Anchor], answers: dict[int, Answer]
    ) -> set[int]:
        """The items that hold a formula which follows when what it is made of changes."""
        given = dict(pupil.given)
        for full, part, first, last in self._inputs(pupil):
            whole = given[full] = given[full].copy()
            rows = whole.reshape(-1, whole.shape[-1]) if whole.ndim else whole.reshape(1, 1)
            high, wide = last.row - first.row + 1, last.column - first.column + 1
            if (high, wide) != (rows.shape[0] // max(1, self._parts(pupil, full)), rows.shape[1]):
                continue  # it lies in another way than its rows: it stays as it is
            for y in range(high):
                for x in range(wide):
                    new = rows[part * high + y, x] * GROWN + (y + 2 * x) % 3
                    rows[part * high + y, x] = new
                    session.set(first.sheet, first.row + y, first.column + x, float(new))
        own: dict[int, float] = {}
        live = set()
        for one in pupil.items:  # what comes before is a constant by now, and another one than it was
            at, answer = places[one.number], answers[one.number]
            if at.sheet not in self.contents.grids:
                continue
            if answer.formula is not None:
                session.evaluate()
                goal = followed(self.manifest.network, given, pupil.items, own)[one.number]
                if is_near(self._answer(session, at).value, goal):
                    live.add(one.number)
            own[one.number] = (one.answer if answer.value is None else answer.value) * GROWN + ADDED
            session.set(at.sheet, at.row, at.column, own[one.number])
        return live

    def _parts(self, pupil: Pupil, full: str) -> int:
        return sum(name == full for name, *_ in self._inputs(pupil))

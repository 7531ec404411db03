"""What a class has handed in through a learning platform, and what goes back there: grades, and a zip of feedback.

The workbook tells the pupil of the exercise, the name of its file or folder the pupil of the platform. Marks go to
the latter, who has handed it in; where the two have different names, that is flagged.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sheetnet.classroom.assign.manifest import Manifest
from sheetnet.classroom.grade.result import Result
from sheetnet.classroom.platforms import canvas, moodle
from sheetnet.classroom.platforms.gradebook import Entry, Filled, Gradebook
from sheetnet.classroom.platforms.names import (
    Handed,
    Names,
    are_comparable,
    have_in_common,
    is_name,
    moodle_name,
    same_person,
)
from sheetnet.classroom.platforms.table import tables
from sheetnet.errors import WorkbookError
from sheetnet.files import contents
from sheetnet.target import replacing
from sheetnet.words import load

GRADEBOOK, ZIP = "gradebook.csv", "feedback.zip"
RETURNED = (GRADEBOOK, ZIP)
MOST_BYTES = 32 << 20
READABLE = 0o644 << 16  # the rights of a file, as a zip has them
_ADVICE = "give the grading worksheet of Moodle or the gradebook of Canvas, as it was downloaded"


@dataclass(frozen=True, slots=True)
class Returned:
    """What goes back to a platform: grades and feedbacks in its table, files in a zip; what is odd, in lines.

    ``gradebook``: the table, or None where none was given; ``most``: the grade there for all points; ``feedback``:
    the zip.
    """

    platform: str
    gradebook: Path | None
    most: float | None
    feedback: Path
    grades: int
    feedbacks: int
    files: int
    odd: tuple[str, ...]

    def moved(self, folder: Path) -> Returned:
        """The same, once its files are in another folder."""
        table = None if self.gradebook is None else folder / self.gradebook.name
        return replace(self, gradebook=table, feedback=folder / self.feedback.name)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A table of grades, if one is given, and whose each file is on the platform.

    ``names``: what the platform calls each pupil, by number; "" where it tells no name.
    """

    book: Gradebook | None
    handed: Mapping[str, Handed]
    names: Mapping[str, str]

    def flagged(self, results: Sequence[Result], manifest: Manifest) -> list[Result]:
        """The results, with flags where a pupil has two files, or another name on the platform."""
        files = defaultdict(list)
        for one in results:
            if one.marks and one.file in self.handed:
                files[self.handed[one.file].id].append(one.file)
        twice = {file for several in files.values() if len(several) > 1 for file in several}
        pupils, people = Names(one.name for one in manifest.pupils), Names(self.names.values())
        found = []
        for one in results:
            flags = list(one.flags)
            if one.file in twice and "duplicate" not in flags:
                flags.append("duplicate")
            if one.marks and one.file in self.handed and self._is_another(one, pupils, people):
                flags.append("other-name")
            found.append(replace(one, flags=tuple(flags)))
        return found

    def _is_another(self, result: Result, pupils: Names, people: Names) -> bool:
        """Whether a workbook was handed in by somebody else than the pupil for whom it was made.

        ``pupils``: those of the exercise; ``people``: those of the platform.
        """
        told, name = self.names[self.handed[result.file].id], result.name
        if not is_name(told) or not is_name(name) or same_person(told, name):
            return False
        return pupils.has(told) or people.has(name) or (are_comparable(told, name) and not have_in_common(told, name))

    def give_back(
        self, folder: Path, results: Sequence[Result], feedback: Mapping[str, Path], manifest: Manifest
    ) -> Returned | None:
        """Write the table and the zip into a folder; None where no file came from a platform.

        ``feedback``: the workbook of feedback by the file that was handed in. WorkbookError: cannot be written.
        """
        if not self.handed:
            return None
        packed, table = folder / ZIP, folder / GRADEBOOK
        files = self._zip(packed, feedback)
        if self.book is None:
            return Returned("Moodle", None, None, packed, 0, 0, files, ())
        filled = self._filled(self.book, results, manifest)
        with replacing(table, force=True, suffix=".csv") as out:
            out.write(filled.data)
        nameless = [one.file for one in results if one.marks and one.file not in self.handed]
        odd = [f"{file}: has no name of {self.book.platform}, such as {self.book.example}" for file in nameless]
        told = (filled.grades, filled.feedbacks, files, (*filled.odd, *odd))
        return Returned(self.book.platform, table, self.book.most, packed, *told)

    def _zip(self, path: Path, feedback: Mapping[str, Path]) -> int:
        """A zip of the feedback, by names from which the platform knows whose each one is; how many there are."""
        used: set[str] = set()
        with replacing(path, force=True, suffix=".zip") as out, zipfile.ZipFile(out, "w") as package:
            for file, workbook in feedback.items():
                if file not in self.handed:
                    continue
                name = _unused(self.handed[file].back, used)
                used.add(name)
                info = zipfile.ZipInfo(name)  # its time is 1980-01-01, the same for everybody
                info.external_attr = READABLE
                package.writestr(info, workbook.read_bytes())
        return len(used)

    def _filled(self, book: Gradebook, results: Sequence[Result], manifest: Manifest) -> Filled:
        """The table with the marks. Of several files of a pupil the own one, then the best, counts."""
        best: dict[str, Result] = {}
        for one in results:
            if not one.marks or one.file not in self.handed:
                continue
            identity = self.handed[one.file].id
            if identity not in best or _rank(one) > _rank(best[identity]):
                best[identity] = one
        words = load(manifest.language)
        entries = {}
        for identity, one in best.items():
            items = words("grade.between").join(
                f"{item.number} {words(f'assign.steps.{item.step}')} {mark.points}/{item.points}"
                for item, mark in zip(manifest.pupil(one.id).items, one.marks, strict=True)
            )
            told = words("grade.brief", points=one.points, total=manifest.points, items=items)
            entries[identity] = Entry(one.points, told, one.file)
        return book.filled(entries, manifest.points)


def _rank(result: Result) -> tuple[bool, int]:
    return "other-name" not in result.flags, result.points


def _unused(name: str, used: set[str]) -> str:
    stem, _, suffix = name.rpartition(".")
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{stem}-{number}.{suffix}"
    return free


def open_gradebook(path: Path, assignment: str | None) -> Gradebook:
    """A platform's table of grades. WorkbookError where it is none, or has no single column of the assignment."""
    data = contents(path, MOST_BYTES, WorkbookError, _ADVICE)
    try:
        known = [table for table in tables(data) if table.rows]
    except ValueError as error:
        raise WorkbookError(f"{path}: {error}; {_ADVICE}") from error
    for table in known:
        if (book := canvas.read(table, str(path), assignment)) is not None:
            return book
    if (book := moodle.read(known, str(path))) is not None:
        return book
    raise WorkbookError(f"{path}: no table of grades that is known; {_ADVICE}")


def exchange(files: Sequence[str], book: Gradebook | None, submissions: Path) -> Exchange:
    """Whose each file is on the platform. WorkbookError where a table is given and no file has a name like its."""
    read = moodle_name if book is None else book.handed
    handed = {file: found for file in files if (found := read(file)) is not None}
    if book is not None and not handed:
        raise WorkbookError(
            f"{submissions}: no file is named as {book.platform} names it, such as {book.example}; "
            f"give what {book.platform} has let you download"
        )
    numbers: dict[str, set[str]] = defaultdict(set)
    for one in handed.values():
        numbers[one.name].add(one.id)
    # One name for several, or what stands before each number in the table, is no name: Moodle hides who they are.
    names = {
        one.id: one.name if len(numbers[one.name]) == 1 and not (book and book.is_nameless(one.id, one.name)) else ""
        for one in handed.values()
    }
    if book is not None:  # a spreadsheet writes ? for a letter that its form of text has not
        names |= {one: name for one, name in book.names.items() if name and "?" not in name}
    return Exchange(book, handed, names)

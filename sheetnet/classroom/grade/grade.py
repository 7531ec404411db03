"""Mark a class: each file in a process of its own; one that is broken or hangs is reported, the others are marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetnet.case.request import Progress
from sheetnet.classroom.assign.manifest import Manifest, read_manifest
from sheetnet.classroom.grade.feedback import feedback_book
from sheetnet.classroom.grade.marks import Mark
from sheetnet.classroom.grade.summary import summary_book
from sheetnet.errors import SheetnetError, WorkbookError
from sheetnet.limits import MEMORY, megabytes
from sheetnet.limits.apart import apart
from sheetnet.rows import csv_bytes
from sheetnet.target import replacing
from sheetnet.words import Words, load
from sheetnet.workbook.write import save

GRADES, SUMMARY, FEEDBACK = "grades.csv", "summary.xlsx", "feedback"
TIMEOUT = 30.0  # seconds for a file
MOST_FILES = 10_000
TOGETHER = 25  # files in one process
_THERE = "sheetnet.classroom.grade.submission:apart"


@dataclass(frozen=True)
class Result:
    """One file: whose it is, its marks, what is odd about it (see the words ``grade.flags``), or why it has none."""

    file: str
    id: str = ""
    name: str = ""
    flags: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    error: str = ""

    @property
    def points(self) -> int:
        """What was reached."""
        return sum(one.points for one in self.marks)

    def remark(self, words: Words) -> str:
        """What the teacher has to know of it."""
        return self.error or "  ".join(words(f"grade.flags.{flag}") for flag in self.flags)


@dataclass(frozen=True)
class Graded:
    """What ``grade`` found: a result for each file, the names of pupils of whom none came, the points there are."""

    folder: Path
    results: tuple[Result, ...]
    missing: tuple[str, ...]
    points: int

    @property
    def status(self) -> int:
        """0: every file is marked and nothing is odd; 1: a file is broken, or needs a look."""
        return int(any(one.error or one.flags for one in self.results))


def grade(
    manifest_path: Path,
    submissions: Path,
    folder: Path,
    *,
    hide_answers: bool = False,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Graded:
    """Mark the files in ``submissions``. WorkbookError where there is nothing to mark, or nowhere to write."""
    manifest = read_manifest(manifest_path)
    files = _files(submissions)
    try:
        for one in (folder, folder / FEEDBACK):
            one.mkdir(exist_ok=True)
    except OSError as error:
        raise WorkbookError(f"{folder}: cannot be made ({error.strerror}); use another folder (-o)") from error
    marking = _Marking(manifest, manifest_path.resolve(), submissions, timeout, megabytes(memory, MEMORY))
    results: list[Result] = []
    for number in range(0, len(files), TOGETHER):
        if progress is not None:
            progress("marking", number, len(files))
        results += marking.results(files[number : number + TOGETHER])
    results = _with_duplicates(results)
    there = {one.id for one in results}
    missing = tuple(one.name for one in manifest.pupils if one.id not in there)
    _write(manifest, folder, results, missing, hide_answers=hide_answers, force=force)
    return Graded(folder, tuple(results), missing, manifest.points)


def _files(submissions: Path) -> list[Path]:
    """The .xlsx files in a folder and in all of its folders, without those of spreadsheets that are open."""
    if not submissions.is_dir():
        raise WorkbookError(f"{submissions}: is no folder; give the folder with the workbooks that came back")
    found = sorted(
        path
        for path in submissions.rglob("*")
        if path.suffix.lower() == ".xlsx" and not path.name.startswith(("~$", ".")) and path.is_file()
    )
    if not found:
        raise WorkbookError(f"{submissions}: has no .xlsx file; give the folder with the workbooks that came back")
    if len(found) > MOST_FILES:
        raise WorkbookError(f"{submissions}: more than {MOST_FILES:,} files; give the folder of one class")
    return found


@dataclass(frozen=True, slots=True)
class _Marking:
    """How files are marked: several in one process, since its start takes twenty times as long as a file does.

    Where a process comes to no end, or breaks down, each of its files gets one of its own.
    """

    manifest: Manifest
    path: Path
    home: Path
    timeout: float
    memory: float

    def results(self, files: list[Path]) -> list[Result]:
        names = [file.relative_to(self.home).as_posix() for file in files]
        try:
            return [self._result(*one) for one in zip(names, self._told(files, names[0]), strict=True)]
        except (SheetnetError, RuntimeError) as error:  # RuntimeError: the process met a fault of ours
            if len(files) == 1:
                return [Result(names[0], error=_said(names[0], _line(error)))]
        return [result for file in files for result in self.results([file])]

    def _told(self, files: list[Path], what: str) -> list[Any]:
        paths = [str(file.resolve()) for file in files]
        told: list[Any] = apart(_THERE, what, self.timeout, self.memory, paths=paths, manifest=str(self.path))[0]
        return told

    def _result(self, name: str, told: Any) -> Result:
        if isinstance(told, str):
            return Result(name, error=_said(name, told))
        pupil = next(one for one in self.manifest.pupils if one.id == told["id"])
        marks = tuple(Mark(*one) for one in told["marks"])
        return Result(name, pupil.id, pupil.name, tuple(told["flags"]), marks)


def _said(name: str, error: str) -> str:
    """An error with the name of its file in front, as the folder has it."""
    for known in (name, Path(name).name):
        error = error.removeprefix(f"{known}: ").removeprefix(f"{known} ")
    return f"{name}: {error}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _with_duplicates(results: list[Result]) -> list[Result]:
    counts = Counter(one.id for one in results if one.id)
    return [replace(one, flags=(*one.flags, "duplicate")) if counts[one.id] > 1 else one for one in results]


def _write(
    manifest: Manifest,
    folder: Path,
    results: list[Result],
    missing: tuple[str, ...],
    *,
    hide_answers: bool,
    force: bool,
) -> None:
    words = load(manifest.language)
    pupils = {one.id: one for one in manifest.pupils}
    used: Counter[str] = Counter()
    for one in results:
        if one.marks:
            pupil = pupils[one.id]
            used[one.id] += 1
            stem = Path(pupil.file).stem + (f"-{used[one.id]}" if used[one.id] > 1 else "")
            book = feedback_book(manifest, pupil, one.marks, one.flags, hide_answers=hide_answers)
            save(book, folder / FEEDBACK / f"{stem}.xlsx", force=force)
    numbers = [f"{i.number} {i.step}" for i in manifest.pupils[0].items]
    rows: list[list[str | int | float]] = [["name", "id", "file", "points", "of", *numbers, "remark"]]
    for one in results:
        marks: list[str | int | float] = [m.points for m in one.marks] or [""] * len(numbers)
        total: str | int = one.points if one.marks else ""
        rows.append([one.name, one.id, one.file, total, manifest.points, *marks, one.remark(words)])
    rows += [[name, "", "", "", manifest.points, *[""] * len(numbers), words("grade.missing")] for name in missing]
    with replacing(folder / GRADES, force=force, suffix=".csv") as out:
        out.write(csv_bytes(rows))
    save(summary_book(manifest, results, missing), folder / SUMMARY, force=force)

"""Mark a class: each file in a process of its own; one that is broken or hangs is reported, the others are marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from sheetnet.case.request import Progress
from sheetnet.classroom.assign.manifest import Manifest, read_manifest
from sheetnet.classroom.grade.feedback import feedback_book
from sheetnet.classroom.grade.marks import Mark
from sheetnet.classroom.grade.summary import summary_book
from sheetnet.classroom.grade.tables import csv_bytes
from sheetnet.errors import SheetnetError, WorkbookError
from sheetnet.limits import MEMORY, megabytes
from sheetnet.limits.apart import apart
from sheetnet.target import replacing
from sheetnet.words import Words, load
from sheetnet.workbook.write import save

GRADES, SUMMARY, FEEDBACK = "grades.csv", "summary.xlsx", "feedback"
TIMEOUT = 30.0  # seconds for a file
MOST_FILES = 10_000
_THERE = "sheetnet.classroom.grade.submission:apart"


@dataclass(frozen=True)
class Result:
    """One file: whose it is, its marks, what is odd about it ("swapped", "duplicate", "changed"), or why it has none."""

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
    results = []
    for number, file in enumerate(files):
        if progress is not None:
            progress("marking", number, len(files))
        name = file.relative_to(submissions).as_posix() if submissions.is_dir() else file.name
        results.append(_result(manifest, manifest_path, file, name, timeout, memory))
    results = _with_duplicates(results)
    there = {one.id for one in results}
    missing = tuple(one.name for one in manifest.pupils if one.id not in there)
    _write(manifest, folder, results, missing, hide_answers=hide_answers, force=force)
    return Graded(folder, tuple(results), missing, manifest.points)


def _files(submissions: Path) -> list[Path]:
    """The .xlsx files in a folder and in all of its folders, without those that spreadsheets have while they are open."""
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


def _result(
    manifest: Manifest, manifest_path: Path, file: Path, name: str, timeout: float, memory: float | None
) -> Result:
    try:
        most = megabytes(memory, MEMORY)
        told, _ = apart(_THERE, name, timeout, most, path=str(file.resolve()), manifest=str(manifest_path.resolve()))
    except SheetnetError as error:
        return Result(name, error=" ".join(str(error).split()))
    except RuntimeError as error:  # the process met a fault of ours: one file must not stop a class
        return Result(name, error=f"{name}: cannot be marked ({' '.join(str(error).split())})"[:300])
    marks = tuple(Mark(*one) for one in told["marks"])
    pupil = next(one for one in manifest.pupils if one.id == told["id"])
    return Result(name, pupil.id, pupil.name, tuple(told["flags"]), marks)


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

"""Mark a class: each file by a worker; one that is broken or hangs is reported, the others are marked."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetnet.classroom.assign.manifest import Manifest, read_manifest
from sheetnet.classroom.grade.files import files_in
from sheetnet.classroom.grade.marks import Mark
from sheetnet.classroom.grade.request import Request
from sheetnet.classroom.grade.result import Result
from sheetnet.classroom.grade.summary import summary_book
from sheetnet.classroom.grade.work import FEEDBACK
from sheetnet.classroom.jobs import Job, crew, run
from sheetnet.classroom.jobs import Result as Done
from sheetnet.classroom.jobs.code import code_print
from sheetnet.classroom.jobs.manifest import sha256
from sheetnet.classroom.platforms.exchange import RETURNED, Exchange, Returned, exchange, open_gradebook
from sheetnet.classroom.platforms.unpack import NO_XLSX, at_hand
from sheetnet.classroom.whole import UNFINISHED, keep_only, refuse_whole, whole
from sheetnet.errors import WorkbookError
from sheetnet.files import is_folder
from sheetnet.limits import MEMORY, megabytes
from sheetnet.rows import csv_bytes
from sheetnet.target import replacing
from sheetnet.words import load
from sheetnet.workbook.write import save

GRADES, SUMMARY = "grades.csv", "summary.xlsx"
PARTS = (GRADES, SUMMARY, FEEDBACK, *RETURNED)
WORK = "sheetnet.classroom.grade.work:work"
GRACE = 5.0  # seconds beyond those of a file, in which who notices the time says what he was doing


@dataclass(frozen=True)
class Graded:
    """What ``grade`` found: a result for each file, the names of pupils of whom none came, the points there are.

    ``left_out``: files in the folder that are no submissions: a key, or marks of an earlier run. ``returned``: what
    goes back to the learning platform from which the files came; None where they came from none.
    """

    folder: Path
    results: tuple[Result, ...]
    missing: tuple[str, ...]
    points: int
    left_out: tuple[str, ...] = ()
    returned: Returned | None = None

    @property
    def status(self) -> int:
        """0: every file is marked and nothing is odd; 1: a file is broken or needs a look, or a mark has no place."""
        odd = self.returned is not None and self.returned.odd
        return int(bool(odd) or any(one.error or one.flags for one in self.results))


def grade(request: Request) -> Graded:
    """See ``sheetnet.grade``. What cannot be is refused before anything is marked."""
    folder, submissions = request.folder, Path(request.submissions)
    refuse_whole(folder, PARTS, force=request.force)
    manifest = read_manifest(Path(request.manifest))
    book = None if request.gradebook is None else open_gradebook(Path(request.gradebook), request.assignment)
    if request.scheduler is not None and not is_folder(submissions):
        raise WorkbookError(f"{submissions}: is no folder; unpack it where all workers of --scheduler can read it")
    with at_hand(submissions, megabytes(request.memory, MEMORY)) as (home, unread):
        own = [folder / part for part in (*PARTS, UNFINISHED)]
        files, others = ([], []) if unread and not any(home.rglob("*.*")) else files_in(home, own, submissions)
        unread |= {path.relative_to(home).as_posix(): NO_XLSX for path in others}
        named = {path.relative_to(home).as_posix(): path for path in files}
        return _graded(request, manifest, named, unread, exchange([*named, *unread], book, submissions))


def _graded(
    request: Request, manifest: Manifest, named: Mapping[str, Path], unread: Mapping[str, str], exchanged: Exchange
) -> Graded:
    """Mark the files. ``unread``: why others could not be read, by name."""
    folder, memory = request.folder, megabytes(request.memory, MEMORY)
    found: dict[str, Result | None] = {}
    with whole(folder, PARTS, force=request.force) as (work, finished):
        seconds = request.seconds + GRACE
        with crew(WORK, jobs=request.jobs, scheduler=request.scheduler, timeout=seconds, memory=memory) as workers:
            for done in run(_jobs(request, named, work, memory), workers, finished):
                found[done.job.name] = _result(done)
                if request.progress is not None:
                    request.progress("marking", len(found), len(named))
        results = _with_duplicates([one for name in named if (one := found[name]) is not None])
        results = exchanged.flagged(results, manifest)
        results += [Result(name, error=f"{name}: {why}") for name, why in unread.items()]
        if not results:
            raise WorkbookError(f"{request.submissions}: has marks of an earlier run, and no workbook that came back")
        there = {one.id for one in results}
        missing = tuple(one.name for one in manifest.pupils if one.id not in there)
        feedback = {one.file: work / FEEDBACK / one.file for one in results if one.marks}
        keep_only(work, PARTS, [path.relative_to(work).as_posix() for path in feedback.values()])
        _write(manifest, work, results, missing)
        returned = exchanged.give_back(work, results, feedback, manifest)
    left_out = tuple(name for name in named if found[name] is None)
    back = None if returned is None else returned.moved(folder)
    return Graded(folder, tuple(results), missing, manifest.points, left_out, back)


def _jobs(request: Request, named: Mapping[str, Path], work: Path, memory: float) -> Iterator[Job | Done]:
    """A job for each file; the result at once where it cannot be read."""
    manifest = Path(request.manifest)
    print_of = sha256(manifest)
    decided = json.dumps([code_print(), print_of, request.hide_answers])
    for name, path in named.items():
        asked: dict[str, Any] = {"path": str(path.absolute()), "name": name, "out": str(work.absolute())}
        asked |= {"manifest": str(manifest.absolute()), "print_of": print_of, "memory": memory}
        asked |= {"hide_answers": request.hide_answers, "seconds": request.seconds}
        try:
            digest = sha256(path)
        except OSError as error:
            broken = WorkbookError(f"{name}: cannot be read ({error.strerror})")
            yield Done(Job(name, "", asked), error=broken)
        else:
            yield Job(name, hashlib.sha256(f"{decided}\n{name}\n{digest}".encode()).hexdigest(), asked)


def _result(done: Done) -> Result | None:
    """What became of a file; None for one that was none of the class."""
    name, told = done.job.name, done.told
    if told is None:
        return Result(name, error=_said(name, " ".join(str(done.error).split())[:300]))
    if "ours" in told:
        return None
    marks = tuple(Mark(*one) for one in told["marks"])
    return Result(
        name, told["id"], told["name"], tuple(told["flags"]), marks, typed=told["typed"], cells=told["cells"]
    )


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


def _write(manifest: Manifest, folder: Path, results: list[Result], missing: tuple[str, ...]) -> None:
    words = load(manifest.language)
    numbers = [f"{i.number} {i.step}" for i in manifest.pupils[0].items]
    rows: list[list[str | int | float]] = [["name", "id", "file", "points", "of", *numbers, "remark"]]
    for one in results:
        marks: list[str | int | float] = [m.points for m in one.marks] or [""] * len(numbers)
        total: str | int = one.points if one.marks else ""
        rows.append([one.name, one.id, one.file, total, manifest.points, *marks, one.remark(words)])
    rows += [[name, "", "", "", manifest.points, *[""] * len(numbers), words("grade.missing")] for name in missing]
    with replacing(folder / GRADES, force=True, suffix=".csv") as out:
        out.write(csv_bytes(rows))
    save(summary_book(manifest, results, missing), folder / SUMMARY, force=True)

"""Make an exercise: a workbook for each pupil, the key, the solved workbooks and the manifest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sheetnet.case.prepare import Case
from sheetnet.case.template import folder_of, names
from sheetnet.classroom.assign.choose import GRADIENT, asked_node
from sheetnet.classroom.assign.identity import code, identity
from sheetnet.classroom.assign.key import key_book
from sheetnet.classroom.assign.manifest import FILE, Manifest, Pupil, from_json, write_manifest
from sheetnet.classroom.assign.one.measure import Measured
from sheetnet.classroom.assign.one.write import write_for_all
from sheetnet.classroom.assign.request import MOST_PUPILS, Request
from sheetnet.classroom.assign.work import PUPILS, SOLVED, asked_case
from sheetnet.classroom.jobs import Job, crew, run
from sheetnet.classroom.jobs.code import code_print
from sheetnet.classroom.jobs.manifest import Manifest as Journal
from sheetnet.classroom.jobs.manifest import sha256
from sheetnet.classroom.names import read_names
from sheetnet.classroom.whole import keep_only, refuse_whole, whole
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.proof.prove import prove
from sheetnet.recalc import refuse_missing
from sheetnet.workbook.write import save

KEY = "key.xlsx"
PARTS = (PUPILS, SOLVED, KEY, FILE)
WORK = "sheetnet.classroom.assign.work:work"
ROOM = 600  # pixels that the first sheet has for a name
LONGEST_NAME = 60  # characters of the name of a file
_NOT_OF_A_WORKBOOK = ("photos", "out", "names", "count", "jobs", "scheduler", "force", "progress")
_OF_THE_TASK = ("blank", "ask", "level", "one", "seed", "label", "language")  # another of these, another exercise


@dataclass(frozen=True, slots=True)
class Assigned:
    """What ``assign`` made: the folder, the manifest in it, how many pupils, items and points there are.

    ``proven``: whether every solved workbook is proven; None where no proof was asked for. ``measured``: of one file
    for everybody, how many sets of answers the numbers 1 to 1,000 have.
    """

    folder: Path
    manifest: Path
    pupils: int
    items: int
    points: int
    proven: bool | None = True
    measured: Measured | None = None


def assign(request: Request) -> Assigned:
    """See ``sheetnet.assign``. What cannot be is refused before anything is made."""
    folder = request.folder
    refuse_whole(folder, PARTS, force=request.force)
    if request.engine is not None:
        refuse_missing(request.engine)
    called = [str(number + 1) for number in range(request.count or 1)]
    if request.names is not None:
        called = read_names(Path(request.names), MOST_PUPILS, ROOM)
    if len(request.pictures) > len(called):
        raise WorkbookError(
            f"{len(request.pictures)} pictures are more than there are pupils ({len(called)}); use --count or --names"
        )
    case = asked_case(request, request.pictures[0] if request.pictures else None)
    _refuse(request, case)
    prints = _prints(request)
    exercise = code(json.dumps([prints, _told(request)], sort_keys=True))
    about = exercise, case.prose["title"], request.language, request.ask, case.network
    measured = None
    with whole(folder, PARTS, force=request.force) as (work, finished):
        if request.one:
            one = write_for_all(request, case, exercise, called, work)
            manifest, files, measured = Manifest(*about, one.pupils, one.recipe), one.files, one.measured
        else:
            jobs = list(_jobs(request, exercise, prints, called, work))
            pupils, files = _run(request, jobs, finished)
            manifest = Manifest(*about, pupils)
        keep_only(work, PARTS, files)
        key = key_book(manifest, request.theme, letter=request.paper == "letter")
        save(key, work / KEY, force=True)
        if request.engine is not None and key.formula_count():
            report = prove(work / KEY, request.engine)
            if report.status:
                raise WorkbookError(f"{KEY}: is not proven ({report.last_line()}); this is a defect of sheetnet")
        write_manifest(manifest, work / FILE, force=True)
    proven = None if request.engine is None else True
    items = len(manifest.pupils[0].items)
    return Assigned(folder, folder / FILE, len(called), items, manifest.points, proven, measured)


def _told(request: Request) -> dict[str, Any]:
    """What is asked for, but for what is not said: an option that is added later makes no other exercise of it."""
    plain = {one.name: one.default for one in fields(request)}
    return {one: value for one in _OF_THE_TASK if (value := getattr(request, one)) != plain[one]}


def _refuse(request: Request, case: Case) -> None:
    """NetworkError where a network has no such cells as are asked for; said before any number is drawn."""
    if case.course is not None:
        raise NetworkError(f"--template: {request.template} shows a whole training; use one that tells a picture")
    for step in request.steps:
        if step != GRADIENT:
            asked_node(case.network, step)


def _run(request: Request, jobs: list[Job], finished: Journal) -> tuple[tuple[Pupil, ...], list[str]]:
    """Let the workers do the jobs; the pupils in their order, and the files that were made."""
    pupils: dict[str, Pupil] = {}
    files: list[str] = []
    with crew(WORK, jobs=request.jobs, scheduler=request.scheduler) as workers:
        for done in run(jobs, workers, finished):
            if done.told is None:
                raise done.error or WorkbookError(f"{done.job.name}: was not made")
            pupils[done.job.name] = from_json(done.told["pupil"])
            files += done.told["files"]
            if request.progress is not None:
                request.progress("assigning", len(pupils), len(jobs))
    return tuple(pupils[job.name] for job in jobs), files


def _jobs(request: Request, exercise: str, prints: list[str], called: list[str], work: Path) -> Iterator[Job]:
    """A job for each pupil."""
    options, photos = _options(request), request.pictures
    for number, name in enumerate(called):
        own = identity(exercise, number, name)
        file = f"{_plain(name, own)}.xlsx"
        photo = photos[number % len(photos)] if photos else None
        asked: dict[str, Any] = {"number": number, "name": name, "identity": own, "file": file}
        asked |= {"photo": None if photo is None else str(photo.absolute())}
        asked |= {"options": options, "out": str(work.absolute())}
        key = json.dumps([code_print(), prints, asked], sort_keys=True)
        yield Job(file, hashlib.sha256(key.encode()).hexdigest(), asked)


def _options(request: Request) -> dict[str, Any]:
    """What decides the workbooks, as JSON, with paths that mean the same everywhere."""
    told = {one.name: getattr(request, one.name) for one in fields(Request) if one.name not in _NOT_OF_A_WORKBOOK}
    if request.model is not None:
        told["model"] = str(Path(request.model).absolute())
    if request.template not in names():
        told["template"] = str(Path(request.template).absolute())
    return told


def _prints(request: Request) -> list[str]:
    """SHA-256 of every file that decides the workbooks."""
    files = [*request.pictures, *([] if request.model is None else [Path(request.model)])]
    files += sorted(path for path in folder_of(request.template).iterdir() if path.is_file())
    try:
        return [sha256(path) for path in files]
    except OSError as error:
        raise WorkbookError(f"{error.filename}: cannot be read ({error.strerror}); give another file") from error


def _plain(name: str, own: str) -> str:
    """The name of a file: what of a name every system takes, and the id."""
    kept = re.sub(r"[^\w-]+", "-", name).strip("-_.")[:LONGEST_NAME]
    return f"{kept}-{own}" if kept else own

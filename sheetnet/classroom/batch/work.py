"""One workbook of many, made by a worker (``classroom.jobs``)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sheetnet.case.lessons import lesson_of, request_of
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.case.verdict import Verdict, verdict_of
from sheetnet.classroom.jobs import made
from sheetnet.classroom.jobs.manifest import sha256
from sheetnet.errors import WorkbookError
from sheetnet.lesson.build import write
from sheetnet.lesson.shelves.build import write_lesson
from sheetnet.limits.folder import throwaway
from sheetnet.network import Network
from sheetnet.proof.prove import prove
from sheetnet.reading import Reading


def work(
    photo: str, folder: str, out: str, name: str, options: Mapping[str, Any], ours: str | None, force: bool
) -> dict[str, Any]:
    """Make the workbook ``name`` in ``out`` of a photo in ``folder``; what is told of it, as JSON.

    ``ours``: the SHA-256 of the file that may be replaced, made by an earlier run. A file that is another one may
    have somebody's edits: it is kept, and a WorkbookError raised, unless it is just what would be made.
    """
    target = Path(out) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    asked = {**options}
    if asked["reading"] is not None:
        asked["reading"] = Reading(**asked["reading"])
    if isinstance(asked["template"], dict):
        asked["template"] = Network.from_spec(asked["template"])
    with ExitStack() as stack:
        path = target
        doubtful = not force and target.exists() and sha256(target) != ours
        if doubtful:
            path = stack.enter_context(throwaway()) / target.name
        request = Request(Path(folder) / photo, path, force=True, **asked)
        formulas, verdict = _build(request)
        if doubtful and path.read_bytes() != target.read_bytes():
            raise WorkbookError(f"{target}: exists and may hold somebody's edits; use --force, or another -o")
        report = None if request.engine is None else prove(path, request.engine)
    if report is not None and report.status:
        raise WorkbookError(f"{target}: {report.last_line()}")
    return {
        "photo": Path(photo).as_posix(),
        "files": made(Path(out), target),
        "formulas": formulas,
        "proven": None if report is None else report.proven,
        "answer": None if verdict is None else verdict.name,
        "probability": None if verdict is None else round(verdict.probability, 6),
    }


def _build(request: Request) -> tuple[int, Verdict | None]:
    """Write a workbook: how many formulas it has, and what its network says."""
    if (lesson := lesson_of(request)) is not None:
        return write_lesson(request_of(request, lesson), request.path, force=True).formulas, None
    case = prepare(request)
    return write(case, request.path, force=True).formulas, verdict_of(case)

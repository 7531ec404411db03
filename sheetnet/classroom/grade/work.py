"""One submission, marked by a worker (``classroom.jobs``): its marks, and the workbook that tells them."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from sheetnet.classroom.assign.manifest import Manifest, read_manifest
from sheetnet.classroom.grade.feedback import feedback_book
from sheetnet.classroom.grade.submission import Submission
from sheetnet.classroom.jobs import made
from sheetnet.errors import SheetnetError
from sheetnet.limits import too_late
from sheetnet.limits.watch import held
from sheetnet.workbook.write import save

FEEDBACK = "feedback"
NEARLY = 0.2  # seconds before the deadline, at which it is taken as reached


def work(
    path: str, name: str, manifest: str, print_of: str, out: str, hide_answers: bool, seconds: float, memory: float
) -> dict[str, Any]:
    """Mark the file ``path``, called ``name`` in its folder; what is told of it, as JSON.

    ``print_of``: the SHA-256 of the manifest. The feedback lies in ``out`` as the file lies in its folder.
    """
    held(os.getpid(), memory)
    deadline = time.monotonic() + seconds
    known = _manifest(manifest, print_of)
    try:
        submission = Submission(Path(path), known, deadline)
        if submission.is_ours:
            return {"files": {}, "ours": True}
        pupil, flags, marks = submission.marked()
    except SheetnetError as error:
        if time.monotonic() > deadline - NEARLY:  # the engine says in its own way that its time was up
            raise too_late(Path(path).name, seconds) from error
        raise
    target = Path(out) / FEEDBACK / name
    target.parent.mkdir(parents=True, exist_ok=True)
    book = feedback_book(known, pupil, marks, flags, submission, hide_answers=hide_answers)
    save(book, target, force=True)
    return {
        "files": made(Path(out), target),
        "id": pupil.id,
        "name": pupil.name,
        "typed": submission.typed,
        "cells": submission.merged.flags(),
        "flags": flags,
        "marks": [[one.number, one.verdict, one.points, one.shown, one.expected] for one in marks],
    }


@lru_cache(maxsize=1)
def _manifest(path: str, print_of: str) -> Manifest:
    """The manifest, which a process reads once. ``print_of`` tells it apart from another one at the same place."""
    return read_manifest(Path(path))

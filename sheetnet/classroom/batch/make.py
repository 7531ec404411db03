"""A folder of photos -> jobs -> what is told of their workbooks.

A workbook is made again where the photo, an option, the template, the model or sheetnet itself is another one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Any

from sheetnet.case.request import Options
from sheetnet.case.template import LESSON, folder_of, names
from sheetnet.classroom.batch import Batch, Made
from sheetnet.classroom.batch.photos import photos_in, workbooks
from sheetnet.classroom.batch.request import Request
from sheetnet.classroom.jobs import Job, Result, crew, run
from sheetnet.classroom.jobs.code import code_print
from sheetnet.classroom.jobs.manifest import Manifest, open_manifest, sha256
from sheetnet.errors import EngineError, ModelFileError, NetworkError, PhotoError, WorkbookError
from sheetnet.files import is_there
from sheetnet.photo import clean
from sheetnet.reading import Reading

MANIFEST = "manifest.jsonl"
WORK = "sheetnet.classroom.batch.work:work"
_NOT_OF_A_WORKBOOK = ("force", "progress")
_OF_ALL = (EngineError, ModelFileError, NetworkError)  # what is wrong with the first workbook is wrong with all


def make(request: Request) -> Batch:
    """See ``sheetnet.batch``."""
    folder, out = Path(request.folder), request.path
    photos = photos_in(folder, out)
    made: dict[Path, Made | str] = {}
    with _folder(out), open_manifest(out / MANIFEST, out, force=request.force) as manifest:
        named = workbooks(photos.paths, _known(manifest))
        with crew(WORK, jobs=request.jobs, scheduler=request.scheduler) as workers:
            for result in run(_jobs(request, folder, out, named, manifest), workers, manifest):
                if isinstance(result.error, _OF_ALL) and not any(isinstance(one, Made) for one in made.values()):
                    raise result.error
                photo = Path(result.job.asked["photo"])
                made[photo] = _told(photo, result, {folder: "", out: f"{out}{os.sep}"})
                if request.progress is not None:
                    request.progress("building", len(made), len(named))
    in_order = [made[photo] for photo in named]
    good = tuple(one for one in in_order if isinstance(one, Made))
    return Batch(request.path, good, tuple(one for one in in_order if isinstance(one, str)), photos.notes)


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """Make the folder for the workbooks, and remove it where nothing could be made."""
    new = not is_there(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise WorkbookError(f"{out}: no folder can be made there ({why}); use another one (-o)") from error
    try:
        yield
    except BaseException:
        with suppress(OSError):
            if new and [path.name for path in out.iterdir()] in ([], [MANIFEST]):
                (out / MANIFEST).unlink(missing_ok=True)
                out.rmdir()
        raise


def _known(manifest: Manifest) -> dict[str, str]:
    """Photo -> workbook, of earlier runs."""
    told = {name: entry["told"].get("photo") for name, entry in manifest.known.items()}
    return {photo: name for name, photo in told.items() if isinstance(photo, str) and _is_inside(name)}


def _is_inside(name: str) -> bool:
    """Whether a name leads out of no folder: anybody may have written the manifest."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and not set("\\:") & set(name) and path.suffix == ".xlsx"


def _jobs(
    request: Request, folder: Path, out: Path, named: Mapping[Path, str], manifest: Manifest
) -> Iterator[Job | Result]:
    """A job for each photo; the result at once where a photo cannot be read."""
    options = _options(request)
    decided = json.dumps([code_print(), options, _prints(request)], sort_keys=True)
    for photo, name in named.items():
        ours = manifest.files(name).get(name)
        asked: dict[str, Any] = {"photo": str(photo), "name": name}
        asked |= {"folder": str(folder.absolute()), "out": str(out.absolute())}  # a worker may be elsewhere
        asked |= {"options": options, "ours": ours, "force": request.force}
        try:
            digest = sha256(folder / photo)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            broken = PhotoError(f"{clean(str(photo))}: the file cannot be read ({why})")
            yield Result(Job(name, "", asked), error=broken)
        else:
            key = hashlib.sha256(f"{decided}\n{photo.as_posix()!a}\n{digest}".encode()).hexdigest()
            yield Job(name, key, asked)


def _options(request: Request) -> dict[str, Any]:
    """The options of a workbook as JSON, with paths that mean the same everywhere."""
    told: dict[str, Any] = {}
    for one in fields(Options):
        value = getattr(request, one.name)
        if one.name in _NOT_OF_A_WORKBOOK:
            continue
        if one.name == "reading" and value is not None:
            value = {own.name: getattr(value, own.name) for own in fields(value)} if value != Reading() else None
            if value is not None:
                value["classes"] = _path(value["classes"])
        elif one.name == "model":
            value = _path(value)
        elif one.name == "template":
            named = not isinstance(value, Path) and value in (*names(), *names(LESSON))
            value = value if named else _path(value) if isinstance(value, str | Path) else value.to_spec()
        told[one.name] = value
    return told


def _path(path: str | Path | None) -> str | None:
    return None if path is None else str(Path(path).absolute())


def _prints(request: Request) -> list[str]:
    """SHA-256 of every file that decides the workbooks, besides the photos."""
    files = [] if request.model is None else [Path(request.model)]
    if request.reading is not None and request.reading.classes is not None:
        files.append(Path(request.reading.classes))
    if isinstance(request.template, str | Path):
        files += sorted(path for path in folder_of(request.template).iterdir() if path.is_file())
    try:
        return [sha256(path) for path in files]
    except OSError as error:
        raise NetworkError(f"{error.filename}: cannot be read ({error.strerror}); give another file") from error


def _told(photo: Path, result: Result, called: Mapping[Path, str]) -> Made | str:
    """What is told of a workbook, or why there is none. ``called``: how folders are called where paths begin."""
    if result.error is not None or result.told is None:
        said = str(result.error)
        for folder, name in called.items():
            said = said.replace(f"{folder.absolute()}{os.sep}", name)
        return said if photo.name in said or result.job.name in said else f"{clean(str(photo))}: {said}"
    told = result.told
    known = {one: told.get(one) for one in ("proven", "answer", "probability")}
    return Made(photo, Path(result.job.name), result.new, told.get("formulas", 0), **known)

"""A request -> the page: the workbook is built and proven first, then it is put into the page."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from sheetnet import words
from sheetnet.case import request as building
from sheetnet.case.lessons import lesson_of
from sheetnet.case.lessons.chapters import is_course
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.template import Template
from sheetnet.case.template import load as load_template
from sheetnet.errors import WorkbookError
from sheetnet.lesson.build import make_lesson
from sheetnet.proof.prove import prove
from sheetnet.proof.report import Report
from sheetnet.target import refuse_target, replacing
from sheetnet.webpage.document import document
from sheetnet.webpage.facts import facts_of
from sheetnet.webpage.request import HTML, Request
from sheetnet.workbook.write import save

NOT_HERE = "a page shows a network that sees a photo"
SIDE = 96  # pixels of the picture that is drawn where nobody gives one


@dataclass(frozen=True, slots=True)
class Page:
    """What ``make`` made: the file, how many formula cells its workbook has, and the proof of that workbook."""

    path: Path
    formulas: int
    report: Report


def make(request: Request) -> Page:
    """Write the page. A SheetnetError says what does not fit, and what to do; then nothing is left half-written."""
    path = request.path
    refuse_target(path, force=request.force, suffix=HTML)
    case = _case_of(request)
    lesson = make_lesson(case)
    with TemporaryDirectory(prefix="sheetnet-") as folder:
        built = Path(folder) / f"{path.stem}.xlsx"
        save(lesson.book, built, progress=None if request.progress is None else partial(request.progress, "writing"))
        report = prove(built, progress=request.progress)
        workbook = built.read_bytes()
    made = document(workbook, facts_of(case, lesson, _parts(workbook)), words.load(request.language))
    with replacing(path, force=request.force, suffix=HTML) as out:
        out.write(made)
    return Page(path, lesson.book.formula_count(), report)


def _case_of(request: Request) -> Case:
    """The case of the workbook in the page, with nothing in it that is of one photo only."""
    asked = building.Request(
        request.photo,
        template=request.template,
        model=request.model,
        language=request.language,
        progress=request.progress,
    )
    if lesson_of(asked) is not None or is_course(request.template):
        raise WorkbookError(f"{NOT_HERE}; {request.template} is a lesson, so build its workbook: sheetnet build")
    if request.photo is None and _needs_photo(asked):
        asked = replace(asked, photo=drawn())
    searched = asked.photo is not None and _find(asked) != ""
    case = prepare(replace(asked, fit="crop") if searched else asked)
    if case.photo is None or case.course is not None:
        raise WorkbookError(f"{NOT_HERE}; {case.network.name!r} does not, so build its workbook: sheetnet build")
    said = words.load(request.language)
    named = replace(case.photo, title=said("page.photo"))
    prose = {**case.prose, "lead": said("page.searched")} if searched else case.prose  # the reader moves the frame
    return replace(case, photo=named, prose=prose, one_photo=False)


def _needs_photo(asked: building.Request) -> bool:
    template = asked.template
    if not isinstance(template, str | Path):
        return True
    found: Template = load_template(template, asked.language)
    return found.course is None and found.drawing is None and found.pixels is None and bool(found.network.shape)


def _find(asked: building.Request) -> str:
    """The class that ``build`` would search a photo for, or ""."""
    template = asked.template
    return load_template(template, asked.language).find if isinstance(template, str | Path) else ""


def drawn() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A picture to begin with where nobody gives one: a sun over a hill, (H, W, 3)."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    sky = np.stack([90 + 150 * y, 150 + 60 * y, 235 - 60 * y], axis=-1)
    sun = ((x - 0.68) ** 2 + (y - 0.3) ** 2 < 0.02)[..., np.newaxis]
    hill = (y > 0.72 - 0.18 * np.sin(np.pi * x))[..., np.newaxis]
    picture = np.where(sun, [255, 225, 90], sky)
    return np.rint(np.where(hill, [60, 120, 70], picture)).astype(np.uint8)


def _parts(workbook: bytes) -> dict[str, bytes]:
    """The pictures in the workbook, by the names of their parts."""
    with zipfile.ZipFile(BytesIO(workbook)) as package:
        return {name: package.read(name) for name in package.namelist() if name.startswith("xl/media/")}

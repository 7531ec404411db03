"""From a request to the files: read, draw, prove, print, write.

Whatever can be refused is refused before anything is written.
"""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sheetnet import photo as photos
from sheetnet.case import template
from sheetnet.classroom.names import read_names
from sheetnet.classroom.worksheet.book import Class, blanked, key_of
from sheetnet.classroom.worksheet.numbers import draw_sheets
from sheetnet.classroom.worksheet.picture import Picture
from sheetnet.classroom.worksheet.request import MOST, PDF, Request
from sheetnet.errors import WorkbookError
from sheetnet.limits import TIMEOUT, timed
from sheetnet.limits.folder import throwaway
from sheetnet.printing.fonts import warning_of
from sheetnet.proof.prove import prove
from sheetnet.proof.report import Report
from sheetnet.recalc import refuse_missing
from sheetnet.recalc.office import TO_PRINT, print_pdfs, program_of
from sheetnet.target import refuse_target, replacing
from sheetnet.workbook.write import save

SIDE = 16  # pixels that a photo is brought to
TEMPLATE = "by-hand"  # whose picture stands in for a photo
ROOM = 290  # pixels that a sheet has for a name
PER_SHEET = 5.0  # seconds that a sheet may take to be printed, beyond the rest


@dataclass(frozen=True, slots=True)
class Handout:
    """What was made: the worksheets, their answers (None where not asked for), how many there are, and the proof.

    ``formulas``: of the key, by which the answers are proven; ``report``: None where no proof was asked for.
    """

    path: Path
    answers: Path | None
    count: int
    formulas: int
    report: Report | None


def make(request: Request) -> Handout:
    """Write the worksheets that are asked for. A SheetnetError where they cannot be made; then nothing is written."""
    suffix = request.path.suffix.lower()
    targets = [request.path, request.key] if request.answers else [request.path]
    for target in targets:
        refuse_target(target, force=request.force, suffix=suffix)
    if request.engine is not None:
        refuse_missing(request.engine)
    if suffix == PDF:
        program_of("libreoffice", TO_PRINT)
    names = [""] * (request.count or 1) if request.names is None else read_names(Path(request.names), MOST, ROOM)
    picture = _picture(request)
    sheets = draw_sheets(picture.x, request.level, request.seed, len(names))
    letter = request.paper == "letter"
    key = key_of(Class(picture, names, request.level, request.language, letter), sheets)
    books = [blanked(key), key]
    try:
        with throwaway() as folder:
            files = [folder / "handout.xlsx", folder / "answers.xlsx"]
            for book, file in zip(books, files, strict=True):
                save(book, file)
            report = None if request.engine is None else prove(files[1], request.engine, progress=request.progress)
            made = [file.read_bytes() for file in files[: len(targets)]]
    except OSError as error:
        raise WorkbookError(f"{request.path}: cannot be made ({error.strerror or error})") from error
    if suffix == PDF:
        made = print_pdfs(made, timed(TIMEOUT + PER_SHEET * len(names)))
    _write(request, targets, made, suffix)
    if suffix == PDF and (said := warning_of(request.language)):
        warnings.warn(said, UserWarning, stacklevel=4)
    answers = request.key if request.answers else None
    return Handout(request.path, answers, len(names), key.formula_count(), report)


def _picture(request: Request) -> Picture:
    """The photo as whole numbers from 0 to 255; that of the template where there is none."""
    if request.photo is None:
        pixels = template.load(TEMPLATE).pixels
        if pixels is None:
            raise WorkbookError(f"the template {TEMPLATE!r} brings no picture; give a photo")
        return Picture(pixels, b"")
    photo = photos.load(request.photo, (3, SIDE, SIDE))
    return Picture(photo.x, photo.original)


def _write(request: Request, targets: list[Path], made: list[bytes], suffix: str) -> None:
    """Write all files, or none: each takes its place only when the others are complete."""
    with ExitStack() as stack:
        outs = [stack.enter_context(replacing(target, force=request.force, suffix=suffix)) for target in targets]
        for out, data in zip(outs, made, strict=True):
            out.write(data)

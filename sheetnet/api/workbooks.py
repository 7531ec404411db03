"""What Python can do with workbooks: build, verify, compare, export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.api.given import path_of, usable
from sheetnet.case.request import Progress, Request
from sheetnet.errors import WorkbookError, shown
from sheetnet.limits import TIMEOUT
from sheetnet.recalc import EMBEDDED, Engine, refuse_missing
from sheetnet.request import takes

if TYPE_CHECKING:
    from sheetnet.case.verdict import Verdict
    from sheetnet.photo import Piece
    from sheetnet.proof.comparison import Comparison
    from sheetnet.proof.report import Report


@dataclass(frozen=True, slots=True)
class Built:
    """What ``build`` made: the file, how many formula cells it has, and the proof (None where not asked for).

    ``done``: what was done to a picture to read it: "inverted", "cut", "repaired", "narrow", "stretched", "flat".
    ``trained_for``: the shape (C, H, W) that the template's weights were trained for, if the input has another one
    and all weights are random. ``notes``: what was changed in a model from elsewhere, and what was left out, a line
    each. ``verdict``: what the network says, how sure it is, and whether that is sure enough; None where it tells no
    classes apart. ``found``: the piece of the photo that the network looks at, where one was looked for (``left``,
    ``top``, ``width``, ``height``, in pixels); ``sought``: the class that it was to show, "" for any class.
    """

    path: Path
    formulas: int
    report: Report | None
    done: tuple[str, ...] = ()
    trained_for: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()
    verdict: Verdict | None = None
    found: Piece | None = None
    sought: str = ""


@takes(Request)
def build(request: Request) -> Built:
    """Make the workbook of a photo and a network, and prove it.

    Returns:
        A ``Built``. The workbook holds the photo (C, H, W) in whole numbers from 0, and every tensor of the network
        as formulas with their values, float64.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it. Nothing is left half-written.

    """
    from sheetnet.case.lessons import lesson_of

    if request.engine is not None:
        refuse_missing(request.engine)
    if (lesson := lesson_of(request)) is not None:
        return _built_lesson(request, lesson)
    from sheetnet.case.lessons.chapters import chapters_of, is_course
    from sheetnet.case.prepare import prepare
    from sheetnet.case.verdict import verdict_of
    from sheetnet.lesson.build import write
    from sheetnet.lesson.shelves.chapters import write_chapters

    progress = request.progress
    writing = None if progress is None else partial(progress, "writing")
    if is_course(request.template):
        chapters = chapters_of(request)
        case, written = chapters.case, write_chapters(chapters, request.path, force=request.force, progress=writing)
    else:
        case = prepare(request)
        written = write(case, request.path, force=request.force, progress=writing)
    report = None if request.engine is None else _proven(request.path, request.engine, progress)
    found = None if case.photo is None else case.photo.found
    notes = (*case.notes, *written.notes)
    told = case.done, case.trained_for, notes, verdict_of(case), found, case.sought
    return Built(request.path, written.formulas, report, *told)


def _built_lesson(request: Request, lesson: str | Path) -> Built:
    """The workbook of a lesson, and its proof."""
    from sheetnet.case.lessons import is_ours, request_of
    from sheetnet.lesson.shelves.build import write_lesson
    from sheetnet.lesson.shelves.tries import refuse_tries

    told, progress = request_of(request, lesson), request.progress
    writing = None if progress is None else partial(progress, "writing")
    # Another photo has other numbers, and so has the same photo at another size.
    if request.photo is None and request.size is None and not is_ours(told.script):
        refuse_tries(told)
    written = write_lesson(told, request.path, force=request.force, progress=writing)
    report = None if request.engine is None else _proven(request.path, request.engine, progress)
    return Built(request.path, written.formulas, report, () if told.photo is None else told.photo.done)


def _proven(path: Path, engine: str, progress: Progress | None) -> Report:
    """The proof in this process: nobody else has had the file in hand."""
    from sheetnet.proof.prove import prove

    return prove(path, engine, progress=progress)


def verify(
    path: str | Path,
    *,
    engine: Engine = EMBEDDED,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """Prove a workbook cell by cell against NumPy. Nothing but the workbook itself is needed.

    Args:
        path: An .xlsx made by sheetnet; it may have been edited and saved again.
        engine: The spreadsheet engine that calculates it: "formualizer" (built in), "formulon"
            (``sheetnet[formulon]``), "libreoffice", "gnumeric", or "stored" for the values that are in the file.
        timeout: Seconds, for reading, calculating and comparing together.
        memory: MB in RAM; None: 1 GiB for a process of its own that does all of it, and 2 GiB for LibreOffice or
            Gnumeric beside it.
        progress: As for ``build``.

    Returns:
        A ``Report``; ``report.proven`` is the verdict. Tolerance: 1e-9 relative plus 1e-9 absolute.

    Raises:
        SheetnetError: the file could not be checked at all.

    """
    from sheetnet.proof import verify as prove

    asked = usable(WorkbookError, engine=engine, timeout=timeout, memory=memory, progress=progress)
    return prove(path_of(path, WorkbookError), **asked)


def compare(
    first: str | Path,
    second: str | Path,
    *,
    engine: Engine = EMBEDDED,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """List the inputs (pixels, weights, choices, names) in which two workbooks differ, and the answers of both.

    Args:
        first: An .xlsx made by sheetnet; it may have been edited and saved again.
        second: Another one, or an earlier copy of it.
        engine: As for ``verify``.
        timeout: Seconds, for both workbooks together.
        memory: As for ``verify``.
        progress: As for ``build``.

    Returns:
        A ``Comparison``: ``count`` and ``differences`` (name, cells, values), ``answers``, ``alike``.

    Raises:
        SheetnetError: one of the files could not be read or calculated at all.

    """
    from sheetnet.proof import contrast

    asked = usable(WorkbookError, engine=engine, timeout=timeout, memory=memory, progress=progress)
    return contrast(path_of(first, WorkbookError), path_of(second, WorkbookError), **asked)


def export(
    path: str | Path,
    out: str | Path,
    *,
    sheets: Iterable[str] | None = None,
    everything: bool = False,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    force: bool = False,
) -> Path:
    """Print the sheets of a workbook as a PDF, through LibreOffice, which must be installed.

    Args:
        path: An .xlsx made by sheetnet; it may have been edited and saved again. It is not changed.
        out: Where to write, a name that ends in .pdf.
        sheets: Names of sheets, in upper or lower case; None for those that are worth handing out. They are printed
            in the order of the workbook. Hidden sheets cannot be printed.
        everything: Print every sheet and every row, each sheet on pages of its own.
        timeout: Seconds, for reading and for LibreOffice.
        memory: MB in RAM; None: 1 GiB for a process of its own that reads, and 2 GiB for LibreOffice.
        force: Overwrite ``out``.

    Returns:
        ``out``. Its pages show what LibreOffice has calculated just now, not the values stored in the file. Where no
        font of this system has the signs of the workbook's language, a UserWarning says so.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it. Nothing is left half-written.

    """
    from sheetnet import printing

    names = [sheets] if isinstance(sheets, str) else sheets
    if names is not None:
        names = list(names) if isinstance(names, Iterable) else [names]
        if not all(isinstance(name, str) for name in names):
            raise WorkbookError(f"sheets: {shown(sheets)} cannot be used; use names of sheets")
    asked = usable(WorkbookError, everything=everything, timeout=timeout, memory=memory, force=force)
    return printing.export(path_of(path, WorkbookError), path_of(out, WorkbookError), sheets=names, **asked)

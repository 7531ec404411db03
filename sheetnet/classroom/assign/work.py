"""The workbooks of one pupil, made by a worker (``classroom.jobs``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request as CaseRequest
from sheetnet.classroom.assign.choose import GRADIENT, UnsuitableError, chosen
from sheetnet.classroom.assign.graph import graph_of
from sheetnet.classroom.assign.guard import guarded
from sheetnet.classroom.assign.keep import kept
from sheetnet.classroom.assign.manifest import Pupil, to_json
from sheetnet.classroom.assign.request import Request
from sheetnet.classroom.assign.sheets import inputs_of, pupil_book
from sheetnet.classroom.assign.vary import drawn
from sheetnet.classroom.jobs import made
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.lesson.build import make_lesson
from sheetnet.proof.prove import prove
from sheetnet.workbook.write import save

SOLVED, PUPILS = "solved", "pupils"
STRICT = 40  # drawings of which the network must not be too sure; later ones need only have something to ask for
SURE, UNSURE = 0.995, 0.34  # the largest probability of a pupil's network lies between these
APART = 1e-6  # by which the two largest differ


def work(
    number: int, name: str, identity: str, file: str, photo: str | None, options: Mapping[str, Any], out: str
) -> dict[str, Any]:
    """Make the workbook ``file`` of a pupil, and the solved one, in folders of ``out``; what is told of it, as JSON.

    ``number``: the place of the pupil, from 0. ``options``: of ``Request``.
    """
    request, folder = Request(**options), Path(out)
    pupil_path, solved_path = folder / PUPILS / file, folder / SOLVED / file
    for path in (pupil_path, solved_path):
        path.parent.mkdir(parents=True, exist_ok=True)
    pupil = _pupil(request, number, name, identity, file, None if photo is None else Path(photo), folder)
    return {"files": made(folder, pupil_path, solved_path), "pupil": to_json(pupil)}


def asked_case(request: Request, photo: Path | None) -> Case:
    """The case of a pupil before it is varied."""
    return prepare(
        CaseRequest(
            photo,
            template=request.template,
            model=request.model,
            label=request.label,
            language=request.language,
            theme=request.theme,
            paper=request.paper,
            plain=True,
            backward=GRADIENT in request.steps,
        )
    )


def _pupil(
    request: Request, number: int, name: str, identity: str, file: str, photo: Path | None, folder: Path
) -> Pupil:
    case = asked_case(request, photo)
    for tries, (one, rng) in enumerate(drawn(case, request.seed, number, photo)):
        if _ties(one) or (tries < STRICT and not _suits(one)):
            continue
        lesson = make_lesson(one)
        graph = graph_of(lesson.book)
        try:
            items = chosen(lesson, graph, request.steps, request.level, rng)
        except UnsuitableError:
            continue
        break
    else:
        raise NetworkError(f"{name}: no numbers were found that leave something to ask for; use another --seed")
    solved = folder / SOLVED / file
    save(lesson.book, solved, force=True)
    report = None if request.engine is None else prove(solved, request.engine)
    if report is not None and report.status:
        raise WorkbookError(f"{solved}: is not proven ({report.last_line()}); this is a defect of sheetnet")
    shown = kept(lesson, graph, items)
    formulas = guarded(graph, shown, {one.place for one in items})
    book = pupil_book(lesson, graph, items, shown, formulas, (identity, name), request.level, request.ask)
    save(book, folder / PUPILS / file, force=True)
    given = {full: one.values[full] for full in (*lesson.network.inputs, *lesson.network.parameters)}
    return Pupil(identity, name, file, given, tuple(items), tuple(inputs_of(lesson, book)))


def _ties(case: Case) -> bool:
    """Whether two classes are as likely as each other, so that rounding decides which of them the network says.

    So it is where its numbers grow too large: then it says nothing.
    """
    try:
        values = case.values
    except NetworkError:
        return True
    line_up = case.network.line_up
    if line_up is None:
        return False
    first, *others = sorted(values[f"{line_up.name}.out"].ravel().tolist(), reverse=True)
    return any(first - other < APART for other in others)


def _suits(case: Case) -> bool:
    """Whether no map is empty, and the network of a pupil is neither quite sure nor without any opinion."""
    values = case.values
    for node in case.network.nodes if case.weights == "given" else ():  # a trained filter may see nothing
        made = values[f"{node.name}.out"]
        if node.layer.role == "sees" and made.ndim > 2 and not made.any(axis=(-1, -2)).all():
            return False
    line_up = case.network.line_up
    return line_up is None or UNSURE < float(values[f"{line_up.name}.out"].max()) < SURE

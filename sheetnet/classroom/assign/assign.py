"""Make an exercise: a workbook for each pupil, the key, the solved workbooks and the manifest."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request as CaseRequest
from sheetnet.classroom.assign.choose import GRADIENT, UnsuitableError, asked_node, chosen
from sheetnet.classroom.assign.graph import graph_of
from sheetnet.classroom.assign.guard import guarded
from sheetnet.classroom.assign.keep import kept
from sheetnet.classroom.assign.key import key_book
from sheetnet.classroom.assign.manifest import FILE, Manifest, Pupil, write_manifest
from sheetnet.classroom.assign.request import MOST_PUPILS, Request
from sheetnet.classroom.assign.sheets import pupil_book
from sheetnet.classroom.assign.vary import drawn
from sheetnet.classroom.names import read_names
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.lesson.build import make_lesson
from sheetnet.proof.prove import prove
from sheetnet.target import refuse_target
from sheetnet.workbook.write import save

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # those that nobody takes for others
KEY, SOLVED, PUPILS = "key.xlsx", "solved", "pupils"
ROOM = 600  # pixels that the first sheet has for a name
LONGEST_NAME = 60  # characters of the name of a file
STRICT = 40  # drawings of which the network must not be too sure; later ones need only have something to ask for
SURE, UNSURE = 0.995, 0.34  # the largest probability of a pupil's network lies between these


@dataclass(frozen=True, slots=True)
class Assigned:
    """What ``assign`` made: the folder, the manifest in it, how many pupils, items and points there are."""

    folder: Path
    manifest: Path
    pupils: int
    items: int
    points: int


def assign(request: Request) -> Assigned:
    """Write an exercise. A SheetnetError says what cannot be; what was written before it stays."""
    folder = request.folder
    numbers = [str(number + 1) for number in range(request.count)]
    names = numbers if request.names is None else read_names(Path(request.names), MOST_PUPILS, ROOM)
    refuse_target(folder / FILE, force=request.force, suffix=".json") if folder.exists() else None
    try:
        for one in (folder, folder / PUPILS, folder / SOLVED):
            one.mkdir(exist_ok=True)
    except OSError as error:
        raise WorkbookError(f"{folder}: cannot be made ({error.strerror}); use another folder (-o)") from error
    pupils, title, network = [], "", None
    for number, name in enumerate(names):
        if request.progress is not None:
            request.progress("assigning", number, len(names))
        photo = request.pictures[number % len(request.pictures)] if request.pictures else None
        case = prepare(_asked(request, photo))
        _refuse(request, case)
        pupil = _pupil(request, case, number, name, photo)
        pupils.append(pupil)
        title, network = case.prose["title"], case.network
    assert network is not None
    manifest = Manifest(title, request.language, request.ask, network, tuple(pupils))
    save(key_book(manifest, request.theme, letter=request.paper == "letter"), folder / KEY, force=request.force)
    write_manifest(manifest, folder / FILE, force=request.force)
    return Assigned(folder, folder / FILE, len(pupils), len(pupils[0].items), manifest.points)


def _asked(request: Request, photo: Path | None) -> CaseRequest:
    return CaseRequest(
        photo,
        template=request.template,
        language=request.language,
        theme=request.theme,
        paper=request.paper,
        plain=True,
        backward=GRADIENT in request.steps,
    )


def _refuse(request: Request, case: Case) -> None:
    """NetworkError where a network has no such cells as are asked for; said before any number is drawn."""
    if case.course is not None:
        raise NetworkError(f"--template: {request.template} shows a whole training; use one that tells a picture")
    for step in request.steps:
        if step != GRADIENT:
            asked_node(case.network, step)


def _pupil(request: Request, case: Case, number: int, name: str, photo: Path | None) -> Pupil:
    for tries, (one, rng) in enumerate(drawn(case, request.seed, number, photo)):
        if tries < STRICT and not _suits(one):
            continue
        lesson = make_lesson(one)
        graph = graph_of(lesson.book)
        try:
            items = chosen(lesson, graph, request.steps, int(request.level), rng)
        except UnsuitableError:
            continue
        break
    else:
        raise NetworkError(f"{name}: no numbers were found that leave something to ask for; use another --seed")
    identity = f"{_code(request.seed, number)}-{number + 1:02d}"
    folder, file = request.folder, f"{_plain(name, identity)}.xlsx"
    solved = folder / SOLVED / file
    save(lesson.book, solved, force=request.force)
    report = prove(solved)
    if report.status:
        raise WorkbookError(f"{solved}: is not proven ({report.last_line()}); this is a defect of sheetnet")
    shown = kept(lesson, graph, items)
    formulas = guarded(graph, shown, {one.place for one in items})
    book = pupil_book(lesson, graph, items, shown, formulas, (identity, name), int(request.level), request.ask)
    save(book, folder / PUPILS / file, force=request.force)
    given = {full: one.values[full] for full in (*lesson.network.inputs, *lesson.network.parameters)}
    return Pupil(identity, name, file, given, tuple(items))


def _suits(case: Case) -> bool:
    """Whether no map is empty, and the network of a pupil is neither quite sure nor without any opinion."""
    try:
        values = case.values
    except NetworkError:  # its numbers grow too large
        return False
    for node in case.network.nodes if case.weights == "given" else ():  # a trained filter may see nothing
        made = values[f"{node.name}.out"]
        if node.layer.role == "sees" and made.ndim > 2 and not made.any(axis=(-1, -2)).all():
            return False
    line_up = case.network.line_up
    return line_up is None or UNSURE < float(values[f"{line_up.name}.out"].max()) < SURE


def _code(seed: int, number: int) -> str:
    """Four letters that say nothing, the same for the same seed and place."""
    told = hashlib.sha256(f"sheetnet {seed} {number}".encode()).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in told[:4])


def _plain(name: str, identity: str) -> str:
    """The name of a file: what of a name every system takes, and the id."""
    kept = re.sub(r"[^\w-]+", "-", name).strip("-_.")[:LONGEST_NAME]
    return f"{kept}-{identity}" if kept else identity

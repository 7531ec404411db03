"""A course: a folder with chapters.toml, which names a network and the lessons that follow it in one workbook.

network = "detective"               the nine steps, told with the reader's photo
lessons = ["filters", "pooling"]    in this order

The words beside it are title, summary, lead, sheet (the title of the contents), steps and about.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from sheetnet.case.lessons.file import lesson_names, photo_of
from sheetnet.case.lessons.renamed import renamed
from sheetnet.case.lessons.request import OF_NETWORKS, Told, request_of
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.case.template import CHAPTERS, home, names
from sheetnet.case.tomlfile import read_toml
from sheetnet.errors import NetworkError, PhotoError, shown
from sheetnet.tables import get, refuse_unknown
from sheetnet.words import ENGLISH

WORDS = ("title", "summary", "lead", "sheet", "steps", "about")
LONGEST_TITLE = 31
GROUP = "lessons"


@dataclass(frozen=True)
class Chapters:
    """A course that is asked for: the network with its numbers, the lessons, and the words of its contents."""

    case: Case
    lessons: tuple[Told, ...]
    prose: dict[str, str]


def course_names() -> list[str]:
    """The courses that come with sheetnet."""
    return names(CHAPTERS)


def is_course(which: object) -> bool:
    """Whether a template is a course."""
    return isinstance(which, str) and which in course_names()


def course_prose(which: str, language: str = ENGLISH) -> dict[str, str]:
    """The words of a course. NetworkError names what is missing."""
    path = home() / which / f"{language}.toml"
    table = read_toml(path)
    if missing := [key for key in WORDS if not isinstance(table.get(key), str)]:
        raise NetworkError(f'{path}: {shown(missing[0])} is missing; write {missing[0]} = "..."')
    return {key: table[key] for key in WORDS}


def chapters_of(request: Request) -> Chapters:
    """Gather the network, and every lesson with the same photo. A SheetnetError says what does not fit."""
    which = str(request.template)
    path = home() / which / CHAPTERS
    spec = read_toml(path)
    refuse_unknown(spec, {"network", "lessons"}, str(path))
    if request.photo is None:
        raise PhotoError(f"the course {which!r} needs a photo: sheetnet build PHOTO --template {which}")
    case = prepare(replace(request, template=get(spec, "network", str, str(path))))
    told = []
    for number, name in enumerate(get(spec, "lessons", list, str(path)), 1):
        if name not in lesson_names():
            raise NetworkError(f"{path}: {shown(name)} is no lesson; use {', '.join(lesson_names())}")
        lesson = _lesson(request, name)
        titles = [f"{number} {page.title}"[:LONGEST_TITLE] for page in lesson.script.pages]
        told.append(replace(lesson, script=renamed(lesson.script, f"c{number}_", titles)))
    return Chapters(case, tuple(told), course_prose(which, request.language))


def _lesson(request: Request, name: str) -> Told:
    """A lesson with the photo of the course, where it takes one. Options that tell of the network leave it alone."""
    alone = (*OF_NETWORKS, "size", "fit")
    plain: dict[str, Any] = {one.name: one.default for one in fields(Request) if one.name in alone}
    asked = replace(request, template=name, **plain)
    shape, _ = photo_of(name)
    return request_of(asked if shape is not None else replace(asked, photo=None, stretch=False), name)

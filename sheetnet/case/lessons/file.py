"""A lesson by its name or folder: lesson.toml and the words beside it -> a script, or one line: what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet.case.lessons.givens import givens_of, photo_given
from sheetnet.case.lessons.prose import prose_of
from sheetnet.case.lessons.script import PHOTO, Script
from sheetnet.case.lessons.shelves import Shelves
from sheetnet.case.lessons.sides import photo_range, photo_shape, settled
from sheetnet.case.lessons.steps import Steps
from sheetnet.case.lessons.tries import Tries
from sheetnet.case.template import LESSON, home, names
from sheetnet.case.tomlfile import read_toml
from sheetnet.errors import NetworkError, shown
from sheetnet.files import is_there
from sheetnet.tables import between, get, refuse_huge, refuse_unknown
from sheetnet.words import ENGLISH

KNOWN = {
    *("group", "age", "minutes", "change", "see", "photo"),
    *("inputs", "constants", "steps", "sheets", "tries"),
}
GROUP = "lessons"
MOST_AGE, MOST_MINUTES = 120, 600
Pixels = np.ndarray[Any, Any]


def lesson_names() -> list[str]:
    """The lessons that come with sheetnet."""
    return names(LESSON)


def is_lesson(which: str | Path) -> bool:
    """Whether a template is a lesson: by its name, its folder, or its lesson.toml."""
    return _path(which) is not None


def is_ours(script: Script) -> bool:
    """Whether a lesson is one of those that come with sheetnet."""
    return script.path.parent.parent == home()


def _path(which: str | Path) -> Path | None:
    path = Path(which)
    if isinstance(which, str) and which in lesson_names():
        return home() / which / LESSON
    if path.name == LESSON and is_there(path):
        return path
    if isinstance(which, str) and which in names():
        return None
    return path / LESSON if is_there(path / LESSON) else None


def load_lesson(which: str | Path, language: str = ENGLISH, photo: Pixels | None = None) -> Script:
    """The script of a lesson. NetworkError names the file, the entry, and how to mend it.

    ``photo``: its pixels (C, H, W), where the lesson takes one; black ones of its own size where they are not known.
    """
    path = _path(which)
    if path is None:
        raise NetworkError(f"{which}: no such lesson; use {', '.join(lesson_names())}, or a folder with {LESSON}")
    spec = read_toml(path)
    prose = prose_of(path.parent, language)
    try:
        return _script(spec, path, prose, photo)
    except NetworkError as error:
        text = str(error)
        raise error if text.startswith(str(path.parent)) else NetworkError(f"{path}: {text}") from error


def photo_of(
    which: str | Path, sides: tuple[int, int] | None = None
) -> tuple[tuple[int, int, int] | None, Path | None]:
    """The shape of the photo that a lesson takes, and the picture that comes with it; None where there is none.

    ``sides``: height and width that are asked for. NetworkError where they do not suit the lesson.
    """
    path = _path(which)
    if path is None:
        return None, None
    spec = read_toml(path)
    try:
        shape = photo_shape(spec, sides)
    except NetworkError as error:
        text = str(error)
        raise error if text.startswith("--size") else NetworkError(f"{path}: {text}") from error
    if shape is None:
        return None, None
    picture = spec["photo"].get("picture")
    return (shape[0], shape[1], shape[2]), None if picture is None else path.parent / str(picture)


def _script(spec: Mapping[str, Any], path: Path, prose: Any, photo: Pixels | None) -> Script:
    refuse_unknown(spec, KNOWN, "lesson")
    refuse_huge(spec, "lesson")
    shape = photo_shape(spec)
    if shape is not None and photo is not None:
        shape = (shape[0], *photo.shape[1:])
    spec = settled(spec, shape)
    givens = givens_of(spec, prose)
    if shape is not None:
        if PHOTO in givens:
            raise NetworkError(f"[inputs.{PHOTO}]: the lesson takes a photo of that name; choose another")
        givens[PHOTO] = photo_given(np.zeros(shape) if photo is None else photo)
    steps = Steps(givens, prose)
    for entry in get(spec, "steps", list, "lesson"):
        steps.add(entry)
    shelves = Shelves(steps, prose)
    pages = tuple(shelves.page(entry) for entry in get(spec, "sheets", list, "lesson"))
    if not pages:
        raise NetworkError("[[sheets]] is missing; a lesson has at least one sheet")
    titles = [page.title.casefold() for page in pages]
    if twice := [page.title for number, page in enumerate(pages) if titles[number] in titles[:number]]:
        raise NetworkError(f"{prose.path}: two sheets have the title {twice[0]!r}; give one of them another")
    for full in steps.shapes:
        if full not in shelves.placed:
            raise NetworkError(f'{full} has no place; put "{full.removesuffix(".out")}" on one of the [[sheets]]')
    change, see = (steps.full(get(spec, key, str, "lesson"), key) for key in ("change", "see"))
    if change.removesuffix(".out") not in givens:
        raise NetworkError(f"change is {shown(change)}; name one of the [inputs]")
    tries = Tries(givens, steps, prose)
    return Script(
        path.resolve().parent.name,  # of "." as well
        path,
        get(spec, "group", str, "lesson", GROUP),
        between(spec, "age", 1, MOST_AGE, "lesson"),
        between(spec, "minutes", 1, MOST_MINUTES, "lesson"),
        change,
        see,
        prose,
        givens,
        tuple(steps.made),
        pages,
        dict(steps.shapes),
        tuple(tries.one(number, entry) for number, entry in enumerate(get(spec, "tries", list, "lesson", []), 1)),
        shape,
        photo_range(spec),
    )

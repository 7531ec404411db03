"""A request for a lesson: which of its options suit one, and the photo, where the lesson takes one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from sheetnet import photo as photos
from sheetnet.case.lessons.file import is_lesson, load_lesson, photo_of
from sheetnet.case.lessons.script import Script
from sheetnet.case.request import Request
from sheetnet.case.template import LESSON
from sheetnet.errors import NetworkError, PhotoError
from sheetnet.network import Network
from sheetnet.photo import Photo
from sheetnet.reading import Reading

# The options of a request that tell of a network, and so of no lesson.
OF_NETWORKS = ("model", "label", "seed", "layout", "backward", "reading", "until", "fold")


@dataclass(frozen=True)
class Told:
    """A lesson that is asked for: its script, the photo that it is told with, and how its workbook looks."""

    script: Script
    photo: Photo | None
    language: str
    theme: str
    letter: bool
    plain: bool


def lesson_of(request: Request) -> str | Path | None:
    """The lesson that is asked for; None where a network is."""
    which = request.template
    return None if isinstance(which, Network) or not is_lesson(which) else which


def request_of(request: Request, which: str | Path) -> Told:
    """Gather script and photo. NetworkError or PhotoError where an option or a photo does not suit the lesson."""
    path = Path(which).resolve()  # "." has a name as well
    name = path.parent.name if path.name == LESSON else path.name
    for one in fields(Request):
        given = getattr(request, one.name)
        if one.name in OF_NETWORKS and given not in (one.default, Reading()):
            raise NetworkError(f"{name!r} is a lesson, about no network; leave --{one.name} out")
    photo = _photo(request, which, name)
    script = load_lesson(which, request.language, None if photo is None else photo.x)
    return Told(script, photo, request.language, request.theme, request.paper == "letter", request.plain)


def _photo(request: Request, which: str | Path, name: str) -> Photo | None:
    shape, picture = photo_of(which, request.sides)
    if shape is None:
        if request.size is not None:
            raise NetworkError(f"{name!r} is a lesson without a photo; leave --size out")
        if request.photo is not None or request.fit is not None or request.stretch:
            raise NetworkError(f"the lesson {name!r} takes no photo; leave it out")
        return None
    given = picture if request.photo is None else request.photo
    if given is None:
        raise PhotoError(f"the lesson {name!r} needs a photo: sheetnet build PHOTO --template {name}")
    if request.fit == "find":
        raise NetworkError(f"the lesson {name!r} looks for nothing; use --fit crop or --fit pad")
    return photos.load(given, shape, "pad" if request.fit == "pad" else "crop", stretch=request.stretch)

"""Make the gallery: docs/gallery.md, and in docs/gallery/ the first screen of the workbook of each template.

The page takes its words from the templates. Pictures need LibreOffice, Xvfb, openbox, xdotool and ImageMagick, as
render.py does. Run it with the project's own Python, with the names of templates to take only these pictures again,
or with --page to write the page alone:

    .venv/bin/python samples/gallery.py [NAME ...]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from render import HERE, first_screen, screen

import sheetnet
from sheetnet.case import lessons, template
from sheetnet.case.lessons import chapters
from sheetnet.errors import PhotoError

DOCS = HERE.parent / "docs"
PAGE, PICTURES = DOCS / "gallery.md", DOCS / "gallery"
PHOTO = HERE / "astronaut.png"  # for the templates that need one
WIDE, COLORS = 760, 128  # pixels and colours of a picture
TITLES = {"networks": "Networks", "learning": "Learning", "lessons": "Lessons"}
HEAD = """# Gallery

The first screen of the workbook that `sheetnet build --template NAME` makes, for each template, in a window of
LibreOffice of 1366x768. Everything in it is a live formula. `samples/gallery.py` makes this page.
"""


class Entry(NamedTuple):
    """A template on the page. ``suits``: for whom and how long; "" where it does not say."""

    name: str
    group: str
    title: str
    summary: str
    suits: str


def entries() -> Iterator[Entry]:
    """All templates, networks first."""
    for name in template.names():
        found = template.load(name)
        yield Entry(name, found.group, found.prose["title"], found.prose["summary"], "")
    for name in lessons.lesson_names():
        lesson = lessons.load_lesson(name)
        suits = f" From {lesson.age} years on, {lesson.minutes} minutes."
        yield Entry(name, lesson.group, lesson.prose("title"), lesson.prose("summary"), suits)
    for name in chapters.course_names():
        prose = chapters.course_prose(name)
        yield Entry(name, chapters.GROUP, prose["title"], prose["summary"], "")


def page() -> str:
    """The text of the page."""
    found = list(entries())
    groups = sorted({one.group for one in found}, key=lambda one: (one != "networks", one))
    parts = [HEAD]
    for group in groups:
        parts.append(f"## {TITLES.get(group, group.capitalize())}\n")
        for one in found:
            if one.group == group:
                alt = f"The first screen of the template {one.name}"
                text = f"{one.summary[0].upper()}{one.summary[1:]}.{one.suits}"
                parts.append(f"### `{one.name}`: {one.title}\n\n{text}\n\n![{alt}](gallery/{one.name}.png)\n")
    return "\n".join(parts)


def take(names: Sequence[str]) -> None:
    """Build the workbooks of some templates, and take their pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, screen() as env:
        for name in names:
            book = Path(folder) / f"{name}.xlsx"
            try:
                sheetnet.build(None, book, template=name, engine=None)
            except PhotoError:
                sheetnet.build(PHOTO, book, template=name, engine=None)
            seen = first_screen(book, Path(folder), env)
            small = seen.resize((WIDE, round(seen.height * WIDE / seen.width)), Image.Resampling.LANCZOS)
            small.quantize(COLORS).save(PICTURES / f"{name}.png", optimize=True)
            print(name, (PICTURES / f"{name}.png").stat().st_size)


def main(arguments: Sequence[str]) -> int:
    """Write the page, and the pictures that are asked for."""
    DOCS.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    if arguments != ["--page"]:
        take(list(arguments) or [one.name for one in entries()])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A table that names pictures and their classes, as people export it: one picture a line.

    name,class
    walk/001.jpg,cat

The columns lie between commas, semicolons or tabs; a first line of heads is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sheetnet import names, rows
from sheetnet.errors import TrainingError
from sheetnet.files import contents, is_folder, is_there, text_of
from sheetnet.photo import clean
from sheetnet.training.listing import LONGEST, Listing, of_pairs, short

MAX_BYTES = 64 << 20
LONGEST_LINE = 10_000  # characters
_ADVICE = "give a table with the name of a picture and its class in each line"
_HEADS = {
    "name",
    "file",
    "filename",
    "file name",
    "picture",
    "image",
    "image_id",
    "id",
    "path",
    "文件",
    "文件名",
    "图片",
}


def listing_of(path: Path, folder: Path | None, known: Sequence[str] | None = None) -> Listing:
    """List the pictures that a table names. ``folder``: where they lie, None for where the table lies.

    ``known``: the only classes that there may be, of a network.

    TrainingError where a line has no class, or names what lies elsewhere.
    """
    where, home = clean(str(path)), path.parent if folder is None else folder
    lines = _rows(path, where)
    if lines and lines[0][1][0].strip().casefold() in _HEADS and not is_there(home / lines[0][1][0]):
        lines = lines[1:]
    pairs, forms = [], dict[Path, dict[str, str]]()
    for number, row in lines:
        if len(row) < 2 or not row[1].strip():
            raise TrainingError(
                f"{where}: line {number} has no class; write the name of a picture, a comma, its class"
            )
        inside = Path(row[0].strip())
        if not inside.parts:
            raise TrainingError(
                f"{where}: line {number} names no picture of {short(row[1].strip())}; write its name, or remove it"
            )
        if inside.is_absolute() or ".." in inside.parts or "\0" in row[0]:
            raise TrainingError(f"{where}: line {number} names {clean(row[0])!r:.60}, which is not in the folder")
        pairs.append((names.composed(clean(" ".join(row[1].split()), "_"))[:LONGEST], _there(home, inside, forms)))
    if not pairs:
        raise TrainingError(f"{where}: names no pictures; {_ADVICE}")
    return of_pairs(clean(path.stem), pairs, known, where)


def _there(home: Path, inside: Path, forms: dict[Path, dict[str, str]]) -> Path:
    """The file of a name, which a disk may have in another form. ``forms``: of the names in each folder, so far."""
    if is_there(home / inside):
        return home / inside
    here = home
    for part in inside.parts:
        if here not in forms:
            forms[here] = {names.composed(one.name): one.name for one in here.iterdir()} if is_folder(here) else {}
        here /= forms[here].get(names.composed(part), part)
    return here


def _rows(path: Path, where: str) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, with their numbers."""
    data = contents(path, MAX_BYTES, TrainingError, _ADVICE)
    text = text_of(data)
    if text is None:
        raise TrainingError(f"{where}: cannot be read as text; save it as CSV in UTF-8")
    lines = text.splitlines()
    if any(len(line) > LONGEST_LINE for line in lines):
        raise TrainingError(f"{where}: a line has more than {LONGEST_LINE:,} characters; {_ADVICE}")
    try:
        found = rows.read(text)
    except ValueError as error:
        raise TrainingError(f"{where}: cannot be read as a table ({error}); {_ADVICE}") from error
    return [(number, row) for number, row in found if any(cell.strip() for cell in row)]

"""What a network says of each picture, as a table for a spreadsheet: picture, class, a probability for each class.

A text that a spreadsheet would take for a formula gets a ' before it: names of pictures and classes may be anybody's.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from sheetnet.layers import Array
from sheetnet.photo import clean
from sheetnet.picture import Picture, name_of
from sheetnet.target import replacing

SUFFIX = ".csv"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def save(
    path: Path, home: Path | None, pictures: Sequence[Picture], classes: Sequence[str], chances: Array, *, force: bool
) -> None:
    """Write a line for each picture. ``home``: names of files count from it; ``chances``: (pictures, classes)."""
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(["picture", "class", *map(defused, classes)])
    for picture, row in zip(pictures, chances.tolist(), strict=True):
        said = classes[max(range(len(row)), key=row.__getitem__)]
        writer.writerow([defused(_name(picture, home)), defused(said), *(f"{value:.6f}" for value in row)])
    with replacing(path, force=force, suffix=SUFFIX) as file:
        file.write(table.getvalue().encode("utf-8-sig"))  # by these first bytes Excel knows that it is UTF-8


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    shown = clean(text)
    return f"'{shown}" if shown.lstrip().startswith(_BEGINS_A_FORMULA) or shown[:1].isspace() else shown


def _name(picture: Picture, home: Path | None) -> str:
    if home is not None and isinstance(picture, Path) and picture.is_relative_to(home):
        return picture.relative_to(home).as_posix()
    return name_of(picture)

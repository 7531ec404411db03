"""What a network says of each picture, as a table for a spreadsheet: picture, class, a probability for each class.

Names of pictures and classes may be anybody's, so texts are defused, see ``rows``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sheetnet.layers import Array
from sheetnet.photo import clean
from sheetnet.picture import Picture, name_of
from sheetnet.rows import csv_bytes
from sheetnet.target import replacing

SUFFIX = ".csv"


def save(
    path: Path, home: Path | None, pictures: Sequence[Picture], classes: Sequence[str], chances: Array, *, force: bool
) -> None:
    """Write a line for each picture. ``home``: names of files count from it; ``chances``: (pictures, classes)."""
    table = [["picture", "class", *map(clean, classes)]]
    for picture, row in zip(pictures, chances.tolist(), strict=True):
        said = classes[max(range(len(row)), key=row.__getitem__)]
        table.append([clean(_name(picture, home)), clean(said), *(f"{value:.6f}" for value in row)])
    with replacing(path, force=force, suffix=SUFFIX) as file:
        file.write(csv_bytes(table))


def _name(picture: Picture, home: Path | None) -> str:
    if home is not None and isinstance(picture, Path) and picture.is_relative_to(home):
        return picture.relative_to(home).as_posix()
    return name_of(picture)

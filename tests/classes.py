"""A class for the tests of exercises: its workbooks, and pupils who fill them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from sheetnet.classroom.assign.item import Item
from sheetnet.classroom.assign.manifest import Manifest, Pupil, read_manifest

Fill = Callable[[Item], Any]


def rounded(item: Item) -> float:
    """What a careful pupil types: the answer in four digits."""
    return float(f"{item.answer:.4g}")


def fill(
    source: Path,
    target: Path,
    items: tuple[Item, ...],
    said: Mapping[int, Any] | None = None,
    *,
    all_right: bool = True,
) -> Path:
    """Fill in a workbook. ``said``: what is typed, by the number of the item; all others are right, or left open."""
    book = openpyxl.load_workbook(source)
    for one in items:
        sheet, row, column = one.place
        if said is not None and one.number in said:
            book[sheet].cell(row, column).value = said[one.number]
        elif all_right:
            book[sheet].cell(row, column).value = rounded(one)
    book.save(target)
    return target


def exercise(folder: Path) -> tuple[Manifest, dict[str, Path]]:
    """The manifest of an exercise, and the workbook of each pupil by name."""
    manifest = read_manifest(folder / "manifest.json")
    return manifest, {one.name: folder / "pupils" / one.file for one in manifest.pupils}


def pupil(manifest: Manifest, name: str) -> Pupil:
    """A pupil by name."""
    return next(one for one in manifest.pupils if one.name == name)

"""Whose a file is where everybody has the same: the number in its cell says so, and the name beside it is reported.

The cells are found by their defined names, or where the manifest says that they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sheetnet.case.numbered import MOST
from sheetnet.classroom.assign.item import Place
from sheetnet.classroom.assign.manifest import Manifest, Pupil
from sheetnet.classroom.assign.one.recipe import NAME, NUMBER, Recipe
from sheetnet.errors import WorkbookError
from sheetnet.grid import a1
from sheetnet.photo import clean
from sheetnet.workbook.read import Contents

LONGEST = 60  # characters of a name
NEAR = 1e-6  # of a whole number


@dataclass(frozen=True, slots=True)
class Typed:
    """Whose a file is; without a list, pupils are called as they call themselves.

    ``name``: what was typed as the name, or nothing; ``other``: it is not that of the list.
    """

    pupil: Pupil
    name: str
    other: bool


def typed(contents: Contents, manifest: Manifest, recipe: Recipe, where: str) -> Typed:
    """Read number and name. WorkbookError where there is no number, or it is nobody's."""
    value, cell = _at(contents, NUMBER, recipe.number)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise WorkbookError(f"{where}: no number is typed in {cell}; ask the pupil for it, and type it there")
    pupil = _whose(manifest, value)
    if pupil is None:
        most = len(manifest.pupils) if recipe.listed else MOST
        raise WorkbookError(
            f"{where}: {cell} has {_shown(value)}, which is no number from 1 to {most}; mend it there"
        )
    name = _shown(_at(contents, NAME, recipe.name)[0])
    other = recipe.listed and bool(name) and _plain(name) != _plain(pupil.name)
    return Typed(pupil if recipe.listed or not name else replace(pupil, name=name), name, other)


def _at(contents: Contents, name: str, place: Place) -> tuple[object, str]:
    """What stands in a cell, and the address of the cell."""
    names = contents.names
    found = names.get(name, names.get(name.replace(".", "_")))  # as Google Sheets may write it
    sheet, row, column = place if found is None else (found[0].sheet, found[0].row, found[0].column)
    grid = contents.grids.get(sheet)
    return None if grid is None else grid.value(row, column), f"{sheet}!{a1(row, column)}"


def _whose(manifest: Manifest, value: object) -> Pupil | None:
    """The pupil whose number a cell holds; a whole number that was typed as a text counts as well."""
    text = value.strip() if isinstance(value, str) else ""
    if isinstance(value, float) and abs(value) <= MOST and abs(value - round(value)) < NEAR:
        text = str(round(value))
    try:
        return manifest.pupil(text.lstrip("0"))
    except KeyError:
        return None


def _shown(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return clean(" ".join(text.split()))[:LONGEST]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()

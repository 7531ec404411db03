"""The manifest of an exercise: all that the marking trusts, as JSON.

It has the network and, for every pupil, the numbers that are given and the cells that are asked for with their
answers. So marks do not depend on anything that a workbook says which comes back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet.case.numbered import MOST
from sheetnet.classroom.assign.item import Input, Item
from sheetnet.classroom.assign.one.recipe import Recipe
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.grid import Anchor
from sheetnet.layers import Array
from sheetnet.network import Network
from sheetnet.target import replacing

VERSION = 1
FILE = "manifest.json"
MOST_BYTES = 200_000_000
ODDITIES = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Pupil:
    """A pupil: ``id`` stands in the workbook, ``file`` is its name; ``given``: inputs and weights by full name.

    ``inputs``: where these stand in the workbook.
    """

    id: str
    name: str
    file: str
    given: dict[str, Array]
    items: tuple[Item, ...]
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """An exercise. ``exercise``: the letters with which its ids begin; ``ask``: "number" or "formula".

    ``one``: how all follows from a number, where there is one file for everybody; the id of a pupil is the number.
    """

    exercise: str
    title: str
    language: str
    ask: str
    network: Network
    pupils: tuple[Pupil, ...]
    one: Recipe | None = None

    def pupil(self, identity: str) -> Pupil:
        """The pupil with an id. KeyError where there is none."""
        found = next((one for one in self.pupils if one.id == identity), None)
        if found is not None:
            return found
        if self.one is None or self.one.listed or not is_number(identity):
            raise KeyError(identity)
        return numbered_pupil(self.one, self.network, int(identity), identity)

    @property
    def points(self) -> int:
        """How many points there are for a pupil."""
        return sum(one.points for one in self.pupils[0].items)


def write_manifest(manifest: Manifest, path: Path, *, force: bool) -> None:
    """Write a manifest. WorkbookError where it cannot be written."""
    told = {
        "sheetnet_exercise": VERSION,
        "exercise": manifest.exercise,
        "title": manifest.title,
        "language": manifest.language,
        "ask": manifest.ask,
        "network": manifest.network.to_spec(),
        "pupils": [to_json(one) for one in manifest.pupils],
    }
    if (recipe := manifest.one) is not None:
        told["pupils"] = [{"id": one.id, "name": one.name} for one in manifest.pupils]
        own = {"items": _items_told(recipe.items), "inputs": _inputs_told(recipe.inputs)}
        told["one"] = {**recipe.to_spec(), **own}
    with replacing(path, force=force, suffix=".json") as out:
        out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def to_json(pupil: Pupil) -> dict[str, Any]:
    """A pupil as JSON."""
    return {
        "id": pupil.id,
        "name": pupil.name,
        "file": pupil.file,
        "given": {full: np.asarray(value).tolist() for full, value in pupil.given.items()},
        "items": _items_told(pupil.items),
        "inputs": _inputs_told(pupil.inputs),
    }


def _items_told(items: tuple[Item, ...]) -> list[Any]:
    return [
        [i.number, i.step, i.full, list(i.index), list(i.place), i.points, i.answer, list(i.after)] for i in items
    ]


def _inputs_told(inputs: tuple[Input, ...]) -> list[Any]:
    return [
        [i.name, i.full, i.part, i.first.sheet, i.first.row, i.first.column, i.last.row, i.last.column]
        for i in inputs
    ]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. WorkbookError where it is none."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise WorkbookError(f"{path}: no manifest; give the {FILE} that sheetnet assign has written")
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise WorkbookError(f"{path}: is no JSON; give the {FILE} that sheetnet assign has written") from error
    if not isinstance(told, dict) or told.get("sheetnet_exercise") != VERSION:
        raise WorkbookError(
            f"{path}: is no manifest of this version; give the {FILE} that sheetnet assign has written"
        )
    try:
        network, recipe = Network.from_spec(told["network"]), None
        if (one := told.get("one")) is None:
            pupils = tuple(from_json(one) for one in told["pupils"])
        else:
            recipe = Recipe.from_spec(one, _items(one["items"]), _inputs(one["inputs"]))
            pupils = tuple(numbered_pupil(recipe, network, int(p["id"]), str(p["name"])) for p in told["pupils"])
        exercise, title, language, ask = (str(told[one]) for one in ("exercise", "title", "language", "ask"))
        made = Manifest(exercise, title, language, ask, network, pupils, recipe)
        known = {**network.parameters, **{full: network.shapes[full] for full in network.inputs}}
        if not pupils or any({f: v.shape for f, v in one.given.items()} != known for one in pupils):
            raise ValueError("no pupils, or numbers of another network")
    except (*ODDITIES, NetworkError) as error:
        raise WorkbookError(f"{path}: is damaged; make the exercise again with the same --seed") from error
    return made


def from_json(told: Any) -> Pupil:
    """A pupil from JSON; one of ``ODDITIES`` where it is none."""
    given = {str(full): np.asarray(value, dtype=np.float64) for full, value in told["given"].items()}
    return Pupil(
        str(told["id"]), str(told["name"]), str(told["file"]), given, _items(told["items"]), _inputs(told["inputs"])
    )


def _items(told: Any) -> tuple[Item, ...]:
    return tuple(
        Item(
            int(n),
            str(step),
            str(full),
            tuple(index),
            (str(p[0]), int(p[1]), int(p[2])),
            int(points),
            float(a),
            tuple(w),
        )
        for n, step, full, index, p, points, a, w in told
    )


def _inputs(told: Any) -> tuple[Input, ...]:
    return tuple(
        Input(
            str(name),
            str(full),
            int(part),
            Anchor(str(sheet), int(row), int(column)),
            Anchor(str(sheet), int(last_row), int(last_column)),
        )
        for name, full, part, sheet, row, column, last_row, last_column in told
    )


def is_number(identity: str) -> bool:
    """Whether an id is a number that a pupil may type."""
    return identity.isascii() and identity.isdigit() and 1 <= int(identity[:9]) <= MOST


def numbered_pupil(recipe: Recipe, network: Network, number: int, name: str) -> Pupil:
    """The pupil of a number, who has the same file as everybody."""
    return Pupil(
        str(number), name, recipe.file, recipe.given_to(number), recipe.items_of(network, number), recipe.inputs
    )

"""Every kind of input: what is made of which seed, and what the command is asked about it.

A kind is a function: it puts its files into a room, and returns the arguments. All it does follows from its random
numbers, so a seed and a number repeat it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from fuzz import archives, bombs, data, formulas, markup, odd, places, records
from fuzz.seeds import CLASSES, PHOTOS, Seeds
from fuzz.trial import Room, copied

Made = Callable[[Room, Seeds, Random], list[str]]


@dataclass(frozen=True)
class Kind:
    """``slow``: it takes an office, or seconds; ``make fuzz`` tries it, and tries it less often."""

    made: Made
    slow: bool = False


KINDS: dict[str, Kind] = {}


def kind(name: str, *, slow: bool = False) -> Callable[[Made], Made]:
    """Register a kind."""

    def add(made: Made) -> Made:
        assert name not in KINDS, name
        KINDS[name] = Kind(made, slow)
        return made

    return add


def trial(name: str, here: Room, seeds: Seeds, seed: int, number: int) -> list[str]:
    """The arguments of one input, whose files are put into its room."""
    return KINDS[name].made(here, seeds, Random(f"{seed} {name} {number}"))


# Workbooks

LIMITS = ["--timeout", "8"]


def about_workbook(rng: Random, name: str = "x.xlsx") -> list[str]:
    """What is asked about a workbook."""
    return rng.choice(
        (
            *(["verify", name, *LIMITS],) * 4,
            ["verify", name, "--engine", "stored", *LIMITS],
            ["verify", name, "--json", *LIMITS],
            ["inspect", name, *LIMITS],
            ["inspect", name, "--json", *LIMITS],
        )
    )


def office(rng: Random, name: str = "x.xlsx") -> list[str]:
    """What an office is asked."""
    return rng.choice(
        (
            ["verify", name, "--engine", "libreoffice", "--timeout", "30"],
            ["verify", name, "--engine", "gnumeric", "--timeout", "30"],
            ["export", name, "-o", "out.pdf", "--timeout", "40"],
        )
    )


def _of_bytes(change: Callable[[bytes, Random], bytes]) -> Callable[[Path, Path, Random], object]:
    return lambda source, target, rng: target.write_bytes(change(source.read_bytes(), rng))


_WORKBOOKS: dict[str, Callable[[Path, Path, Random], object]] = {
    "bytes": _of_bytes(data.mutated),
    "archive": _of_bytes(archives.mutated),
    "xml": _of_bytes(markup.workbook),
    "record": records.workbook,
    "formulas": formulas.workbook,
    "bomb": bombs.workbook,
}


def _workbooks(name: str, change: Callable[[Path, Path, Random], object]) -> None:
    def source(seeds: Seeds, rng: Random) -> Path:
        return rng.choice((seeds.plain, seeds.plain, seeds.lesson))

    @kind(f"workbook {name}")
    def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
        change(source(seeds, rng), here.work / "x.xlsx", rng)
        return about_workbook(rng)

    @kind(f"workbook {name}, in an office", slow=True)
    def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
        change(source(seeds, rng), here.work / "x.xlsx", rng)
        return office(rng)


for _name, _change in _WORKBOOKS.items():
    _workbooks(_name, _change)


# Models


def about_model(here: Room, seeds: Seeds, rng: Random, name: str) -> list[str]:
    """What is asked about a model."""
    copied(seeds.photo(), here.work / "p.png")
    other = "onnx" if name.endswith("safetensors") else "safetensors"
    asked = [
        ["inspect", name, *LIMITS],
        ["inspect", name, "--json", *LIMITS],
        ["build", "p.png", "--model", name, "--plain", "-o", "out.xlsx"],
        ["convert", name, f"out.{other}"],
    ]
    if other == "onnx":
        copied(seeds.pictures, here.work / "pictures")
        asked.append(["evaluate", name, "pictures", "--json"])
    return rng.choice(asked)


@kind("safetensors bytes")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    (here.work / "m.safetensors").write_bytes(data.mutated(seeds.model.read_bytes(), rng))
    return about_model(here, seeds, rng, "m.safetensors")


@kind("safetensors head")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    (here.work / "m.safetensors").write_bytes(records.safetensors(seeds.model.read_bytes(), rng))
    return about_model(here, seeds, rng, "m.safetensors")


@kind("safetensors bomb")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    (here.work / "m.safetensors").write_bytes(bombs.model(rng))
    return about_model(here, seeds, rng, "m.safetensors")


@kind("safetensors weights")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """Weights that are sound as a file, and hardly as numbers."""
    import json

    from safetensors.numpy import load_file, save_file

    from fuzz.seeds import SPEC

    tensors = dict(load_file(seeds.model))
    name = rng.choice(sorted(tensors))
    odd_number = rng.choice((float("nan"), float("inf"), -0.0, 1e308, 1e-310, 1e30, -1e15))
    tensors[name] = rng.choice(
        (
            np.full(tensors[name].shape, odd_number),
            tensors[name][..., :1],
            tensors[name].astype(np.float16),
            tensors[name].astype(np.int64),
            tensors[name][None],
            tensors[name] * 1e9,
        )
    )
    save_file(tensors, here.work / "m.safetensors", metadata={"sheetnet": json.dumps(SPEC)})
    return about_model(here, seeds, rng, "m.safetensors")


@kind("onnx bytes")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    (here.work / "m.onnx").write_bytes(data.mutated(seeds.onnx.read_bytes(), rng))
    return about_model(here, seeds, rng, "m.onnx")


@kind("onnx graph")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    import onnx
    import onnx_mutations

    model, _ = onnx_mutations.mutated(onnx.load(seeds.onnx), np.random.RandomState(rng.randrange(1 << 31)))
    (here.work / "m.onnx").write_bytes(model.SerializeToString())
    return about_model(here, seeds, rng, "m.onnx")


# Templates, classes


def about_template(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """What is asked about a template in the folder t."""
    copied(seeds.photo(), here.work / "p.png")
    return rng.choice(
        (
            ["inspect", "./t", *LIMITS],
            ["inspect", "./t", "--json", *LIMITS],
            ["build", "p.png", "--template", "./t", "--plain", "-o", "out.xlsx"],
        )
    )


def _templates(name: str, change: Callable[[bytes, Random], bytes]) -> None:
    @kind(f"template {name}")
    def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
        (here.work / "t").mkdir()
        given = (seeds.template / "network.toml").read_bytes()
        (here.work / "t" / "network.toml").write_bytes(change(given, rng))
        return about_template(here, seeds, rng)


_templates("bytes", data.mutated)
_templates("values", lambda given, rng: records.toml(given.decode(), rng).encode())
_templates("bomb", lambda given, rng: bombs.template(rng))


@kind("classes")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    copied(seeds.onnx, here.work / "m.onnx")
    given = rng.choice((data.mutated(CLASSES, rng), CLASSES, odd.text(rng).encode() + b"\n" + CLASSES))
    strange = rng.choice((None, None, *places.STRANGE))
    if strange is None:
        (here.work / "c.txt").write_bytes(given)
    else:
        strange(here.work / "c.txt")
    return ["inspect", "m.onnx", "--classes", "c.txt", *LIMITS]


# Photos


def about_photo(here: Room, seeds: Seeds, rng: Random, name: str) -> list[str]:
    """What is asked about a photo."""
    copied(seeds.model, here.work / "m.safetensors")
    more = rng.choice(((), ("--fit", "pad"), ("--fit", "find"), ("--size", "8")))
    return ["build", name, "--model", "m.safetensors", "--plain", "-o", "out.xlsx", *more]


def _photos(suffix: str) -> None:
    @kind(f"photo {suffix}")
    def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
        name = f"p.{suffix}"
        given = seeds.photo(suffix, rng.choice(((9, 7), (60, 40)))).read_bytes()
        (here.work / name).write_bytes(data.mutated(given, rng))
        return about_photo(here, seeds, rng, name)


for _name in PHOTOS:
    _photos(_name)


@kind("photo bomb")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    (here.work / "p.png").write_bytes(bombs.picture(rng))
    return about_photo(here, seeds, rng, "p.png")


# What a class hands in


def about_class(here: Room, seeds: Seeds, rng: Random, handed: str) -> list[str]:
    """What is asked about submissions."""
    copied(seeds.exercise / "manifest.json", here.work / "m.json")
    return ["grade", "m.json", handed, "-o", "out", *rng.choice(((), ("-q",), ("--hide-answers",)))]


@kind("submissions zip")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """A zip of a class, as Moodle makes it, and what became of it."""
    folders = ("Rosa Alba_7_assignsubmission_file_", "向日葵_8_assignsubmission_file_")
    files = sorted((seeds.exercise / "pupils").iterdir())
    entries = [(f"{folder}/x.xlsx", file.read_bytes()) for folder, file in zip(folders, files, strict=True)]
    whole = archives.packed([*entries, ("notes.txt", b"nothing")])
    (here.work / "s.zip").write_bytes(rng.choice((archives.mutated, data.mutated))(whole, rng))
    return about_class(here, seeds, rng, "s.zip")


@kind("table of grades")
def _(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """A table of Moodle or Canvas, and what became of it."""
    from canvas import Canvas
    from moodle import GERMAN, Moodle

    people = {7: "Rosa Alba", 8: "=向日葵"}
    made = rng.choice((Moodle(people, GERMAN).worksheet(end="\r\n"), Canvas(people, {5: ("Lab", 8.0)}).gradebook()))
    (here.work / "g.csv").write_bytes(data.mutated(made.encode(rng.choice(("utf-8", "utf-16", "gb18030"))), rng))
    (here.work / "s").mkdir()
    name = rng.choice(("Rosa Alba_7_assignsubmission_file_x.xlsx", "rosa_8_99_x.xlsx"))
    copied(min((seeds.exercise / "pupils").iterdir()), here.work / "s" / name)
    return [*about_class(here, seeds, rng, "s"), "--gradebook", "g.csv"]


# Names, options, folders

kind("names and options")(places.asked)
kind("folders of pictures")(places.folder)
kind("targets")(places.target)

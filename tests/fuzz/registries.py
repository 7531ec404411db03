"""The kinds that ``hostile`` lists, run as commands: each must end as it says there, and keep every rule as well.

An entry has ``change`` (the bytes of a good workbook become those of a hostile one) or ``make`` (it writes a file
into a folder), an ``outcome``, perhaps ``says`` (a part of the line), and perhaps a ``command``.
"""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from fuzz.seeds import Seeds
from fuzz.trial import Outcome, Room, broken, copied, room, run

# What is wrong may be so odd that an engine does not load it; another one calls it wrong, which has a test elsewhere.
STATUS = {"proven": (0,), "read": (0,), "built": (0,), "wrong": (1, 2), "refused": (2,)}


def entries() -> Iterator[tuple[str, Any]]:
    """Every entry of every registry that is there."""
    try:
        import hostile
    except ModuleNotFoundError:
        return
    names = sorted(one.name for one in pkgutil.iter_modules(hostile.__path__))
    modules = {name: import_module(f"hostile.{name}") for name in names}  # some add to the kinds of another
    seen: set[int] = set()
    for name, module in modules.items():
        kinds = getattr(module, "KINDS", {})
        if id(kinds) not in seen:
            seen.add(id(kinds))
            yield from ((f"{name}: {kind}", entry) for kind, entry in kinds.items())


def asked(entry: Any, here: Room, seeds: Seeds) -> list[str]:
    """Put the files of an entry into a room; the arguments."""
    if hasattr(entry, "change"):
        (here.work / "x.xlsx").write_bytes(entry.change(seeds.lesson.read_bytes()))
        # These kinds are about reading; two that are right are read by no engine inside of Python.
        engine = ["--engine", "stored"] if entry.outcome == "proven" else []
        return ["verify", "x.xlsx", "--timeout", "20", *engine]
    inside = here.work / "in"
    inside.mkdir()
    made = Path(entry.make(inside))
    places = {
        "photo": copied(seeds.photo(), here.work / "p.png").name,
        "model": copied(seeds.model, here.work / "m.safetensors").name,
        "out": "out.xlsx",
        "folder": "in",
    }
    name = os.path.relpath(made, here.work)
    line = [part.replace("{}", name) for part in getattr(entry, "command", ("build", "{}", "-o", "{out}"))]
    for key, value in places.items():
        line = [part.replace(f"{{{key}}}", value) for part in line]
    return line


def faults(entry: Any, done: Outcome) -> list[str]:
    """The rules that a run of an entry has broken."""
    found = broken(done)
    if done.status not in STATUS.get(entry.outcome, (0, 1, 2)):
        found.append(f"status {done.status}, where {entry.outcome} is right")
    return found


def rows(options: Any, seeds: Seeds, table: dict[str, Any], row: type) -> None:
    """Run every entry once."""
    found = list(entries())
    Random(options.seed).shuffle(found)
    for name, entry in found:
        with room() as here:
            done = run(asked(entry, here, seeds), here)
            wrong = faults(entry, done)
        table.setdefault(f"hostile {name.partition(':')[0]}", row()).add(done, bool(wrong))
        for one in wrong:
            print(f"BROKEN {name}: {one}", flush=True)

"""Mutations of what is JSON or TOML: the record of a workbook, the head of a .safetensors file, a template."""

from __future__ import annotations

import copy
import json
import re
import struct
from pathlib import Path
from random import Random
from typing import Any

import surgery

from fuzz import odd

Path_ = tuple[Any, ...]


def places(value: Any, before: Path_ = ()) -> list[Path_]:
    """Every place in a value of JSON."""
    found = [before] if before else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        found += places(inside, (*before, key))
    return found


def mutated(value: Any, rng: Random) -> Any:
    """A copy with one or two places changed. Shallow places are as likely as deep ones."""
    made = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 2))):
        known = places(made)
        if not known:
            return made
        depth = rng.choice(sorted({len(one) for one in known}))
        *way, last = rng.choice([one for one in known if len(one) == depth])
        inside = made
        for key in way:
            inside = inside[key]
        _changed(inside, last, rng, [one for one in known if len(one) == depth])
    return made


def _changed(inside: Any, last: Any, rng: Random, others: list[Path_]) -> None:
    old = inside[last]
    way = rng.randrange(7)
    if way == 0:
        del inside[last]
    elif way == 1 and isinstance(inside, list):
        inside.insert(last, copy.deepcopy(old))
    elif way == 2 and isinstance(inside, dict):
        inside[rng.choice(("", "x", "\ud800", "a" * 5000, *(str(one[-1]) for one in others[:50])))] = old
    elif way == 3 and isinstance(old, int | float):
        inside[last] = rng.choice((-old, old + 1, old - 1, old * 1_000_000, str(old), [old]))
    elif way == 4 and isinstance(old, list):
        inside[last] = rng.choice((old[::-1], old[:-1], old * 2, old * 2000 if len(old) < 9 else [], [old]))
    elif way == 5 and isinstance(inside, dict) and len(inside) > 1:
        inside[last] = copy.deepcopy(inside[rng.choice(list(inside))])
    else:
        inside[last] = odd.value(rng)


def text(value: Any, rng: Random) -> str:
    """JSON, sometimes as no program should write it."""
    written = json.dumps(value)
    if rng.random() < 0.1:
        written = rng.choice((written * 2, written[:-1], "[" * 5000, f'{{"a":{written},"a":1}}', "\ufeff" + written))
    return written


def workbook(source: Path, target: Path, rng: Random) -> Path:
    """A workbook whose record is another."""
    content = surgery.parts(source)
    surgery.write_record(content, mutated(surgery.read_record(content), rng))
    return surgery.save(target, content)


def safetensors(data: bytes, rng: Random) -> bytes:
    """A model whose head, or whose network in it, is another."""
    [size] = struct.unpack_from("<Q", data)
    head = json.loads(data[8 : 8 + size])
    if rng.random() < 0.6:
        spec = mutated(json.loads(head["__metadata__"]["sheetnet"]), rng)
        head["__metadata__"]["sheetnet"] = text(spec, rng)
    else:
        head = mutated(head, rng)
    raw = text(head, rng).encode("utf-8", "surrogatepass")
    return struct.pack("<Q", len(raw)) + raw + data[8 + size :]


_SET = re.compile(r"(?m)^(\w+) = (.*)$")


def toml(given: str, rng: Random) -> str:
    """A template in which something is set otherwise, twice, or not at all."""
    for _ in range(rng.choice((1, 1, 2))):
        found = list(_SET.finditer(given))
        if not found:
            return given
        one = rng.choice(found)
        new = rng.choice(
            (
                "",
                f"{one[0]}\n{one[0]}",
                f"{one[1]} = {rng.choice(odd.WHOLE)}",
                f"{one[1]} = {rng.choice(('nan', 'inf', '1e400', '[]', '{}', 'true', '1979-05-27', '[[[]]]', 'x'))}",
                f"{one[1]} = {json.dumps(odd.text(rng))}",
                f"{one[1]} = {rng.choice(found)[2]}",
                f"{rng.choice(found)[1]} = {one[2]}",
                "[[layers]]",
                f"[layers.{one[1]}]",
            )
        )
        given = given[: one.start()] + new + given[one.end() :]
    return given

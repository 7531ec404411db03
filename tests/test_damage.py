"""Damaged files, and records from strangers: whatever they say, there is a verdict or one line, soon.

They are many, so they are judged in this process; that another one ends in time, test_limits tries.
"""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import surgery
from thorough import later

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.proof.prove import prove

SECONDS = 20  # of which none takes one
ODD: list[Any] = [None, True, 0, -1, 7, 1.5, 10**12, "", "x", "conv.out", "p.out", "classes.names", [], [[]], {}]
ODD += [[[1, 0]], ["sheet.1", 0, 0, [], []], {"of": "p.out", "at": [0, 0, 0], "shape": []}]
ODD += [{"of": "conv.out", "at": [0, 10**12, 0], "shape": [3]}, {"kind": "relu", "reads": {"x": "conv.out"}}]


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside of another."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*before, key)
        yield from places(one, (*before, key))


def changed(record: Any, way: tuple[Any, ...], new: Any) -> Any:
    """The record with something else in one place."""
    made = at = copy.deepcopy(record)
    for key in way[:-1]:
        at = at[key]
    at[way[-1]] = copy.deepcopy(new)
    return made


def refused(content: dict[str, bytes], record: Any, path: Path) -> str:
    """Why the workbook with another record is not judged; an empty text if it is."""
    content = dict(content)
    surgery.write_record(content, record)
    try:
        prove(surgery.save(path, content), timeout=SECONDS)
    except sheetnet.SheetnetError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("tries", [20, *later(150)])
def test_a_record_that_was_changed_anywhere_is_judged_or_refused_in_one_line(
    made: dict[str, Path], tmp_path: Path, tries: int
) -> None:
    content = surgery.parts(made["by-hand"])
    record = surgery.read_record(content)
    rng = random.Random(8)
    ways = [way for way in places(record) if way[0] != "prints"]
    said = [
        refused(content, changed(record, rng.choice(ways), rng.choice(ODD)), tmp_path / "x.xlsx")
        for _ in range(tries)
    ]
    assert not [text for text in said if "\n" in text]
    assert "" in said
    assert len(set(said)) > 3


@pytest.mark.parametrize(
    ("way", "new"),
    [
        (("looks", "charts.elements", "texts", 0, 3), 7),
        (("looks", "closeup.row", "counts"), [{}]),
        (("looks", "told.dense", "pieces", 6, 1), [[0, 0]]),
        (("looks", "checks.seal.softmax.top", "reads", "x1", "at"), [0, 10**12, 0]),
        (("looks", "checks.seal.softmax.log", "reads", "x1", "shape"), [10**5, 10**5]),
        (("looks", "checks.all", "reads", "x", "reads", "x1"), "conv.out"),
        (("prints", "conv.weight"), "x"),
        (("sheets", 9, 1, 1, 2, 3), 10**12),
        (("sheets", 9, 1, 1, 1), 10**9),
        (("sheets", 9, 1, 1, 0), 1.5),
        (("sheets", 9, 2), "conv.out"),
    ],
    ids=str,
)
def test_what_a_record_asks_for_is_refused_where_it_makes_no_sense_or_takes_too_much(
    made: dict[str, Path], tmp_path: Path, way: tuple[Any, ...], new: Any
) -> None:
    content = surgery.parts(made["by-hand"])
    text = refused(content, changed(surgery.read_record(content), way, new), tmp_path / "x.xlsx")
    assert text.startswith(f"{tmp_path / 'x.xlsx'}: ")
    assert text.endswith(("build it again", "numbers; not read"))
    assert "its hidden sheet" in text or "numbers; not read" in text


def test_the_fault_itself_is_the_cause(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.write_record(content, changed(surgery.read_record(content), ("prints", "conv.weight"), "x"))
    with pytest.raises(WorkbookError) as error:
        prove(surgery.save(tmp_path / "x.xlsx", content))
    assert isinstance(error.value.__cause__, ValueError)


# Damaged files


def _judged_or_refused(path: Path) -> None:
    """A verdict, or one line of error; any other exception fails the test."""
    refusal = ""
    with contextlib.suppress(sheetnet.SheetnetError):
        try:
            prove(path, timeout=SECONDS)
        except sheetnet.SheetnetError as error:
            refusal = str(error)
            raise
    assert "\n" not in refusal


def test_a_damaged_workbook_is_refused_in_one_line_or_still_judged(made: dict[str, Path], tmp_path: Path) -> None:
    data = made["by-hand"].read_bytes()
    rng = random.Random(5)
    path = tmp_path / "damaged.xlsx"
    for number in range(150):
        broken = bytearray(data if number % 3 else data[: rng.randrange(len(data))])
        for _ in range(rng.randrange(1, 6)):
            if broken:
                broken[rng.randrange(len(broken))] = rng.randrange(256)
        path.write_bytes(broken)
        _judged_or_refused(path)


@pytest.mark.parametrize("tries", [20, *later(150)])
def test_damaged_xml_inside_a_whole_package_is_refused_or_judged(
    made: dict[str, Path], tmp_path: Path, tries: int
) -> None:
    content = surgery.parts(made["by-hand"])
    rng = random.Random(6)
    names = [n for n in content if n.startswith(("xl/worksheets/sheet", "xl/workbook", "xl/_rels"))]
    for _ in range(tries):
        broken = dict(content)
        name = rng.choice(names)
        data = bytearray(broken[name])
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(4)] = rng.choice([b"", b"<", b'"', b"9", b"A", b"&", b"</c>", b"\xff"])
        broken[name] = bytes(data)
        _judged_or_refused(surgery.save(tmp_path / "damaged.xlsx", broken))

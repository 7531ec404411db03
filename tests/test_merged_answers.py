"""Answers under merged cells: taken from the first cell where it can be nobody else's, and named in any case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from classes import exercise, fill, rounded
from click.testing import CliRunner

import sheetnet
from sheetnet.classroom.grade.merged import merged_over
from sheetnet.cli import main
from sheetnet.grid import Anchor, a1
from sheetnet.words import languages, load
from sheetnet.workbook.read import Contents, Grid

FULL = 16
AT = {1: Anchor("S", 3, 3)}


def moved(
    shown: dict[tuple[int, int], Any],
    box: tuple[int, int, int, int] = (2, 2, 3, 3),
    places: dict[int, Anchor] = AT,
    given: Sequence[tuple[Anchor, Anchor]] = (),
) -> tuple[dict[int, Anchor], dict[str, str]]:
    """Where answers are read instead, and the flags of a sheet "S" with one merged area."""
    found = merged_over(Contents(["S"], {"S": Grid(merged=[box])}), places, given, {"S": shown})
    return found.moved, found.flags()


def test_an_answer_is_taken_from_the_first_cell_only_where_it_can_be_no_other_s() -> None:
    first = Anchor("S", 2, 2)
    joined, merged = {"joined": "S!C3 (B2:C3)"}, {"merged": "S!C3 (B2:C3)"}
    assert moved({(2, 2): 5.0}) == ({1: first}, joined)
    assert moved({(2, 2): "0,5", (3, 3): "? 2p"}) == ({1: first}, joined)
    assert moved({(2, 2): 5.0, (3, 3): 7.0}) == ({}, joined)  # its own number is there, though hidden
    assert moved({(2, 2): 5.0, (3, 3): "seven"}) == ({}, merged)
    assert moved({}) == ({}, merged)
    assert moved({(2, 2): "map 1"}) == ({}, merged)
    assert moved({(2, 2): 5.0}, given=[(Anchor("S", 1, 1), first)]) == ({}, merged)
    assert moved({(2, 2): 5.0}, given=[(Anchor("T", 1, 1), Anchor("T", 9, 9))]) == ({1: first}, joined)
    both = {1: AT[1], 2: Anchor("S", 3, 2)}
    assert moved({(2, 2): 5.0}, places=both) == ({}, {"merged": "S!C3 (B2:C3), S!B3 (B2:C3)"})
    assert moved({(2, 2): 5.0}, places={1: AT[1], 2: first}) == ({}, merged)  # the first cell is another answer's
    assert moved({(3, 3): 5.0}, box=(3, 3, 4, 4)) == ({}, {})  # it is the first cell itself
    assert moved({(2, 2): 5.0}, box=(2, 2, 3, 2)) == ({}, {})
    assert moved({(2, 2): 5.0}, places={1: Anchor("gone", 3, 3)}) == ({}, {})


@pytest.mark.parametrize("language", languages())
def test_merged_answers_are_named_with_their_cell_wherever_marks_are_told(tmp_path: Path, language: str) -> None:
    sheetnet.assign(out=tmp_path / "x", count=2, language=language)
    manifest, files = exercise(tmp_path / "x")
    (tmp_path / "in").mkdir()
    told = {}
    for one, is_kept in zip(manifest.pupils, (True, False), strict=True):
        path = fill(files[one.name], tmp_path / "in" / f"{one.name}.xlsx", one.items)
        book = openpyxl.load_workbook(path)
        sheet, row, column = one.items[0].place
        area = f"{a1(row, column - 1)}:{a1(row, column)}"
        first = book[sheet].cell(row, column - 1)
        assert str(first.value).startswith("=")  # the neighbour, of which no answer is to be made
        if is_kept:
            first.value = rounded(one.items[0])
        book[sheet].merge_cells(area)
        book.save(path)
        told[one.name] = ("joined" if is_kept else "merged", f"{sheet}!{a1(row, column)} ({area})")
    done = CliRunner().invoke(
        main, ["grade", *map(str, (tmp_path / "x" / "manifest.json", tmp_path / "in", "-o", tmp_path / "out"))]
    )
    assert done.exit_code == 1
    lost = manifest.pupils[1].items[0].points
    for name, points in (("1", FULL), ("2", FULL - lost)):
        flag, cells = told[name]
        assert f"{name}.xlsx: {name}, {points} of {FULL} points ({flag} {cells})\n" in done.stderr
        said = load(language)(f"grade.flags.{flag}", cells=cells)
        for file in ("summary.xlsx", f"feedback/{name}.xlsx"):
            rows = openpyxl.load_workbook(tmp_path / "out" / file).worksheets[0].iter_rows(values_only=True)
            assert said in {value for row in rows for value in row}

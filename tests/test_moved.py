"""Columns that a reader inserts or deletes in one channel, and cells that are cut and pasted elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import surgery

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.proof.prove import prove
from sheetnet.recalc import EMBEDDED, STORED
from sheetnet.recalc.office import recalculate

COLOURED = ["by-hand", "detective", "in rows"]


def without_a_column_here_and_with_more_there(path: Path, out: Path) -> Path:
    """Another column in Green, two in Red beside the data, one fewer in Blue, and a row more there."""
    content = surgery.parts(path)
    if "Green" not in surgery.titles(content):
        for _ in range(2):
            surgery.insert_column(content, "Photo", 2)
        return surgery.save(out, content)
    surgery.insert_column(content, "Green", 1)
    for _ in range(2):
        surgery.insert_column(content, "Red", 2)
    surgery.delete_column(content, "Blue", 1)
    surgery.insert_row(content, "Blue", 9)
    return surgery.save(out, content)


@pytest.mark.parametrize("name", COLOURED)
def test_a_column_in_one_channel_is_proven_like_a_row(made: dict[str, Path], tmp_path: Path, name: str) -> None:
    path = without_a_column_here_and_with_more_there(made[name], tmp_path / "columns.xlsx")
    for engine in (EMBEDDED, STORED):
        report = prove(path, engine_name=engine)
        assert report.proven, "\n".join(report.lines())
        assert report.edits == report.own == report.moved == ()


@pytest.mark.thorough
def test_a_column_in_one_channel_is_proven_when_libreoffice_has_saved_it(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    paths = [without_a_column_here_and_with_more_there(made[n], tmp_path / f"{n}.xlsx") for n in COLOURED[:2]]
    saved = recalculate("libreoffice", [path.read_bytes() for path in paths], time.monotonic() + 120)
    for path, data in zip(paths, saved, strict=True):
        path.write_bytes(data)
        assert prove(path, engine_name=STORED).proven


def test_a_column_inside_the_data_cannot_be_checked_and_says_so(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.insert_column(content, "Red", 6)
    said = r"sheetnet\.tensor\.photo\.out, on the sheet Red, no longer covers 5 x 5 cells but 5 x 6"
    with pytest.raises(WorkbookError, match=said):
        prove(surgery.save(tmp_path / "torn.xlsx", content))


def test_a_column_that_takes_labels_with_it_is_told(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    title = surgery.part_of(content, "Red")
    content[title] = re.sub(r'<c r="B\d+"[^>]*?(?:/>|>.*?</c>)', "", content[title].decode()).encode()
    report = prove(surgery.save(tmp_path / "less.xlsx", content))
    assert report.proven
    assert [edit.what for edit in report.edits] == ["labels"]


def test_a_choice_that_was_cut_and_pasted_is_named(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    attributes, formula, value = surgery.cell_of(content, "Close-up", "D12")
    assert "$C$12" in formula
    chosen = surgery.plain_value(content, "Close-up", "C12")
    surgery.replace_cell(content, "Close-up", "C12", '<c r="C12"/>')
    surgery.add_sheet(content, "Own", [surgery.cell_xml("A1", None, chosen)])
    new = surgery.cell_xml("D12", formula.replace("$C$12", "Own!$A$1"), value, re.sub(' t="[^"]*"', "", attributes))
    surgery.replace_cell(content, "Close-up", "D12", new)
    report = prove(surgery.save(tmp_path / "cut.xlsx", content))
    assert report.moved == ("Close-up!C12 to Own!A1",)
    assert "cut and pasted elsewhere since it was built: Close-up!C12 to Own!A1; some" in "\n".join(report.lines())
    assert sheetnet.Report.from_json(report.to_json()) == report


def test_a_number_that_a_formula_still_looks_for_where_it_was_is_named(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    divisor = surgery.plain_value(content, "Rescale", "C11")
    surgery.replace_cell(content, "Rescale", "C11", "")
    surgery.add_sheet(content, "Own", [surgery.cell_xml("A1", None, divisor)])
    surgery.swapped(content, "xl/workbook.xml", "Rescale!$C$11<", "Own!$A$1<")  # the name goes with the cell
    report = prove(surgery.save(tmp_path / "cut.xlsx", content))
    assert not report.proven
    assert report.moved == ("Rescale!C11 to Own!A1",)


def test_a_workbook_in_which_nothing_was_cut_names_nothing(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    attributes, formula, value = surgery.cell_of(content, "ReLU", "D12")
    new = surgery.cell_xml("D12", surgery.neighbours(formula), value, attributes)
    surgery.replace_cell(content, "ReLU", "D12", new)
    report = prove(surgery.save(tmp_path / "wrong.xlsx", content))
    assert report.wrong
    assert report.moved == ()

"""Stored values of cells that follow from an error: spreadsheets differ there, so these are not called old for it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import surgery

import sheetnet
from sheetnet.grid import a1
from sheetnet.recalc import open_engine
from sheetnet.values import ErrorValue
from sheetnet.workbook.read import read

SUMMED = ("Loss", "C13")  # =-SUMIF(E19:E21,1,D19:D21), of which one engine makes 0 and the others an error
AGREED = ("Loss", "F19")  # =-E19*D19, an error everywhere


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook in which something is divided by 0; nobody has calculated it since."""
    path = tmp_path_factory.mktemp("errors") / "divided.xlsx"
    sheetnet.build(out=path, template="by-hand", plain=True, engine=None)
    content = surgery.parts(path)
    surgery.replace_cell(content, "Rescale", "G11", surgery.cell_xml("G11", None, "0"))
    return surgery.save(path, content)


def calculated(path: Path, out: Path, others: dict[tuple[str, str], str]) -> Path:
    """The workbook with the values of the embedded engine, but for some: place -> XML of the stored value."""
    data, content = path.read_bytes(), surgery.parts(path)
    session = open_engine("formualizer", data, time.monotonic() + 60)
    session.evaluate()
    for title, cells in read(data, path.name).cells.items():
        text = content[surgery.part_of(content, title)].decode()
        for (row, column), found in cells.items():
            if found.formula is None:
                continue
            address = a1(row, column)
            value = session.rectangle(title, row, column, row, column)[0][0]
            kind = "e" if isinstance(value, ErrorValue) else "str" if isinstance(value, str) else "n"
            shown = surgery.escape(str(value))
            if (title, address) in others:
                shown = others[title, address]
                kind = "e" if shown.startswith("#") else "n"
            pattern = rf'(<c r="{address}"(?: s="\d+")?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>'
            text, count = re.subn(pattern, lambda m: f'{m[1]} t="{kind}">{m[2]}<v>{shown}</v>', text)  # noqa: B023
            assert count == 1, address
        content[surgery.part_of(content, title)] = text.encode()
    return surgery.save(out, content)


def test_what_other_spreadsheets_make_of_an_error_is_not_called_old(divided: Path, tmp_path: Path) -> None:
    path = calculated(divided, tmp_path / "x.xlsx", {SUMMED: "#DIV/0!", AGREED: "5"})
    report = sheetnet.verify(path)
    assert (report.status, report.stale, report.wrong) == (1, 0, ())
    assert "cells show no number" in report.last_line()
    assert not any("stored value" in line for line in report.lines())


def test_a_stored_value_that_follows_from_no_error_is_still_called_old(divided: Path, tmp_path: Path) -> None:
    path = calculated(divided, tmp_path / "x.xlsx", {("Conv", "R11"): "#DIV/0!", ("Loss", "E19"): "7"})
    report = sheetnet.verify(path)
    assert set(report.stale_first) == {"Conv!R11", "Loss!E19"}
    assert report.stale == 2


def test_where_nobody_has_calculated_all_numbers_from_before_are_old(divided: Path) -> None:
    report = sheetnet.verify(divided)
    assert report.stale > 50
    assert any("stored values are not what the formulas give" in line for line in report.lines())

"""Many workbooks at once, given to an engine in portions that it can bear."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from sheetnet.recalc import office
from sheetnet.workbook.read import read


def _workbook(number: int) -> bytes:
    """A1 holds a number, and B1 its double, with a stored value that is wrong."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet")
        sheet.write_number(0, 0, number)
        sheet.write_formula(0, 1, "=2*A1", None, -1)
    return data.getvalue()


def test_libreoffice_gets_no_more_files_at_once_than_it_can_bear(
    needs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("libreoffice")
    portions: list[list[str]] = []
    limits: list[float] = []
    run = office._run

    def watched(command: list[str], folder: Path, deadline: float) -> None:
        portions.append([Path(word).stem for word in command if word.endswith(".xlsx")])
        limits.append(deadline)
        run(command, folder, deadline)

    assert office.AT_ONCE <= 60  # which is known to go well
    monkeypatch.setattr(office, "AT_ONCE", 2)
    monkeypatch.setattr(office, "_run", watched)
    deadline = time.monotonic() + 120
    fresh = office.recalculate("libreoffice", [_workbook(number) for number in range(3)], deadline)
    assert portions == [["0", "1"], ["2"]]
    assert limits == [deadline, deadline]  # one limit for all of them
    doubled = [read(data, "a workbook").cells["Sheet"][1, 2].value for data in fresh]
    assert doubled == [0, 2, 4]

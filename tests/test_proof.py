"""The proof proves right workbooks, and names every wrong cell."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import surgery
import zoo
from conftest import EXPORTS
from thorough import OFFICES_LATER

import sheetnet
from sheetnet.errors import EngineError, LimitError, SheetnetError, WorkbookError
from sheetnet.grid import Anchor, a1
from sheetnet.proof.found import Findings
from sheetnet.proof.prove import prove
from sheetnet.proof.report import Report
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import Contents, Grid, read

EVERY = [*zoo.ZOO, *zoo.BARE, "by-hand", "detective", "in rows", *EXPORTS]
OFFICES = ("libreoffice", "gnumeric")


def formula_elements(path: Path) -> int:
    """How many <f> a file has."""
    parts = surgery.parts(path)
    return sum(data.count(b"<f>") + data.count(b"<f ") for name, data in parts.items() if "worksheets/" in name)


@pytest.mark.parametrize("engine", ["formualizer", "stored"])
@pytest.mark.parametrize("name", EVERY)
def test_every_formula_of_every_workbook_is_proven(made: dict[str, Path], name: str, engine: str) -> None:
    report = prove(made[name], engine)
    assert report.proven, "\n".join(report.lines())
    assert report.status == 0
    count = formula_elements(made[name])
    assert report.last_line() == f"proven: all {count:,} formula cells agree with NumPy ({engine})"
    assert report.own == report.fed == report.gone == report.edits == ()


@pytest.fixture
def proves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes, Contents, str], Report]:
    """Prove a workbook, given what a reading of it has found: that takes most of the time."""

    def prove_read(data: bytes, contents: Contents, engine: str) -> Report:
        path = tmp_path / "resaved.xlsx"
        path.write_bytes(data)

        def known(found: bytes, where: str, deadline: float) -> Contents:
            assert found == data
            return contents

        monkeypatch.setattr("sheetnet.proof.found.read", known)
        monkeypatch.setattr(Grid, "forget_formulas", lambda grid: None)  # which the next proof compares again
        return prove(path, engine)

    return prove_read


@pytest.mark.parametrize("engine", OFFICES)
@pytest.mark.parametrize("name", EVERY)
def test_every_workbook_is_still_proven_when_an_office_has_saved_it(
    made: dict[str, Path],
    by_engine: Callable[[str, str], bytes],
    proves: Callable[[bytes, Contents, str], Report],
    name: str,
    engine: str,
) -> None:
    before, data = prove(made[name], "stored"), by_engine(engine, name)
    contents = read(data, engine)  # once for both, since that takes most of the time
    for reader in ("stored", "formualizer"):  # what the office computed, and what its formulas still say
        report = proves(data, contents, reader)
        assert report.proven, "\n".join(report.lines())
        assert report.cells == before.cells
        assert report.fresh
        assert report.edits == (), report.edits


@pytest.mark.thorough
@pytest.mark.parametrize("engine", OFFICES)
def test_every_template_in_every_language_is_proven_when_an_office_has_saved_it(
    every_template: dict[str, Path], tmp_path: Path, needs: Callable[[str], None], engine: str
) -> None:
    """Sheets have names in any script, and offices quote them or do not."""
    needs(engine)
    data = [path.read_bytes() for path in every_template.values()]
    for path, fresh in zip(every_template.values(), recalculate(engine, data, time.monotonic() + 240), strict=True):
        saved = tmp_path / path.name
        saved.write_bytes(fresh)
        report = prove(saved, "stored")
        assert report.proven, f"{path.name}: {report.wrong[:5]}"
        assert report.formulas == formula_elements(path)
        assert report.edits == report.own == (), path.name


@pytest.mark.parametrize("engine", OFFICES)
def test_an_office_can_be_asked_directly(made: dict[str, Path], needs: Callable[[str], None], engine: str) -> None:
    needs(engine)
    report = sheetnet.verify(made["by-hand"], engine=engine)
    assert report.proven
    assert report.engine == engine


def test_something_typed_into_the_padding_is_found(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Red", "C11", surgery.cell_xml("C11", None, "5"))
    report = prove(surgery.save(tmp_path / "tape.xlsx", content))
    assert ("Red", "C11") in [(w.sheet, w.address) for w in report.inputs]
    assert not report.proven


def test_of_cells_that_cannot_be_used_the_verdict_says_what_is_wrong_and_where(
    made: dict[str, Path], tmp_path: Path
) -> None:
    content = surgery.parts(made["by-hand"])
    for address in ("E13", "F13"):
        surgery.replace_cell(content, "Red", address, "")
    report = prove(surgery.save(tmp_path / "two.xlsx", content))
    assert report.last_line() == (
        "NOT PROVEN: no formula is wrong, but 2 cells need a number each: Red!E13, Red!F13 (formualizer); see above"
    )
    surgery.replace_cell(content, "Red", "C11", surgery.cell_xml("C11", None, "5"))
    surgery.replace_cell(content, "Softmax", "B10", "")
    report = prove(surgery.save(tmp_path / "more.xlsx", content))
    assert report.last_line() == (
        "NOT PROVEN: no formula is wrong, but 2 cells need a number each: Red!E13, Red!F13, and 1 cell needs a name: "
        "Softmax!B10, and 1 cell is padding, and must be blank: Red!C11 (formualizer); see above"
    )


@pytest.mark.parametrize("value", ["", '<c r="E13" t="str"><f>"x"</f><v>x</v></c>', '<c r="E13" t="b"><v>1</v></c>'])
def test_a_pixel_that_is_no_number_is_named(made: dict[str, Path], tmp_path: Path, value: str) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Red", "E13", value)
    report = prove(surgery.save(tmp_path / "pixel.xlsx", content))
    assert [(w.sheet, w.address) for w in report.inputs] == [("Red", "E13")]
    assert not report.proven


def test_edited_pixels_and_weights_change_the_answer_and_it_is_still_right(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None]
) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Red", "E13", surgery.cell_xml("E13", None, "250"))
    surgery.replace_cell(content, "Dense", "D17", surgery.cell_xml("D17", "-1/300", "0"))  # a formula is fine, too
    path = surgery.save(tmp_path / "edited.xlsx", content)
    for engine in ("formualizer", *OFFICES):
        if engine in OFFICES:
            needs(engine)
        report = sheetnet.verify(path, engine=engine)
        assert report.proven, "\n".join(report.lines())
        assert not report.fresh  # nobody has saved the file since
        assert report.status == 1
    stale = sheetnet.verify(path, engine="stored")  # nobody has recalculated the file, so it still says the old
    assert not stale.proven


@pytest.mark.thorough
def test_renamed_sheets_and_inserted_rows_do_not_matter(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    content = surgery.parts(made["detective"])
    for old, new in (("Conv1", "My conv & more"), ("Red", "R1C1"), ("Softmax", "It's <softmax>"), ("Dense", "A1")):
        surgery.rename_sheet(content, old, new)
    for title in ("R1C1", "My conv & more", "A1", "Loss", "Start", "Photo"):
        surgery.insert_row(content, title, 3)
    for title in ("R1C1", "My conv & more", "A1", "Loss", "Photo"):  # between the head and the data
        surgery.insert_row(content, title, 8)
    path = surgery.save(tmp_path / "moved.xlsx", content)
    for engine in ("formualizer", "stored", "libreoffice"):
        report = prove(path, engine)
        assert report.proven, "\n".join(report.lines())


def test_a_row_inside_the_data_cannot_be_checked_and_says_so(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.insert_row(content, "Conv", 13)
    said = r"sheetnet\.tensor\.conv\.out, on the sheet Conv, no longer covers 13 x 5 cells but 14 x 5"
    with pytest.raises(WorkbookError, match=said):
        prove(surgery.save(tmp_path / "torn.xlsx", content))


def test_an_error_upstream_does_not_blame_the_cells_after_it(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Conv", "T13", surgery.cell_xml("T13", "1/0", "#DIV/0!", ' t="e"'))
    report = prove(surgery.save(tmp_path / "error.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("Conv", "T13")]
    verdicts = {t.name: t.verdict for t in report.tensors}
    assert verdicts["conv.out"] == "wrong"
    assert verdicts["relu.out"] == verdicts["loss.out"] == "follows"


def test_the_report_gives_a_line_per_tensor_and_per_sheet_and_the_same_as_json(made: dict[str, Path]) -> None:
    report = prove(made["by-hand"])
    lines = list(report.lines())
    layers = [t for t in report.tensors if not t.looks]
    sheets = {t.sheet for t in report.tensors if t.looks}
    assert len(lines) == len(layers) + len(sheets) + 1
    assert [line.split()[0] for line in lines[: len(layers)]] == [t.name for t in layers]
    assert {line.partition("  ")[0].removeprefix("shown on ") for line in lines[len(layers) : -1]} == sheets
    assert lines[-1] == f"proven: all {report.cells:,} formula cells agree with NumPy (formualizer)"
    data = report.to_json()
    assert data["proven"] is data["fresh"] is True
    assert data["status"] == 0
    assert [t["name"] for t in data["tensors"]] == [t.name for t in report.tensors]
    assert sum(t["compared"] for t in data["tensors"]) == data["formulas"] == report.cells


ODD = ("0", "999", "-3", "2.7", "1e300", '"5"', '"c*"', '"CONV"', '""', "TRUE", None)


@pytest.mark.parametrize("engine", ["formualizer", *OFFICES_LATER])
@pytest.mark.parametrize("name", ["by-hand", "in rows", "drawn in grey"])
def test_whatever_the_reader_chooses_is_an_input_like_others(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None], name: str, engine: str
) -> None:
    """Out of range, a text, blank, a truth value: every choice of a workbook gets one of them, by turns."""
    if engine in OFFICES:
        needs(engine)
    plan = Findings(made[name], time.monotonic() + 60).plan
    choices = [plan.blocks[full].anchors[0] for full, kind in plan.inputs.items() if kind == "choice"]
    assert choices
    turns = range(len(ODD)) if engine == "formualizer" else (0, 5)
    for turn in turns:
        content = surgery.parts(made[name])
        for number, at in enumerate(choices):
            value = ODD[(number + turn) % len(ODD)]
            surgery.replace_cell(content, at.sheet, a1(at.row, at.column), odd_cell(at, value))
        report = prove(surgery.save(tmp_path / "odd.xlsx", content), engine)
        assert report.proven, "\n".join(report.lines())
        assert [edit.what for edit in report.edits] == ["choices"]


def odd_cell(at: Anchor, value: str | None) -> str:
    """A cell with a number, a text (in quotes), a truth value or nothing."""
    address = a1(at.row, at.column)
    if value is None:
        return ""
    if value == "TRUE":
        return f'<c r="{address}" t="b"><v>1</v></c>'
    if value.startswith('"'):
        return f'<c r="{address}" t="inlineStr"><is><t>{value[1:-1]}</t></is></c>'
    return f'<c r="{address}"><v>{value}</v></c>'


def test_an_unknown_engine_and_no_time_are_refused(made: dict[str, Path]) -> None:
    with pytest.raises(EngineError, match="use one of formualizer"):
        sheetnet.verify(made["by-hand"], engine="abacus")
    with pytest.raises(LimitError, match="number above 0"):
        sheetnet.verify(made["by-hand"], timeout=0)
    with pytest.raises(SheetnetError, match="--timeout"):
        sheetnet.verify(made["detective"], timeout=0.01)


def test_libreoffice_that_takes_too_long_is_ended(made: dict[str, Path], needs: Callable[[str], None]) -> None:
    needs("libreoffice")
    started = time.monotonic()
    with pytest.raises(LimitError, match="ran out of time"):
        recalculate("libreoffice", [made["detective"].read_bytes()], started + 0.3)
    assert time.monotonic() - started < 10

"""The proof proves right workbooks, and names every wrong cell."""

from __future__ import annotations

import html
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import surgery
import zoo
from conftest import EXPORTS

import sheetnet
from sheetnet.errors import EngineError, SheetnetError, WorkbookError
from sheetnet.grid import a1
from sheetnet.proof.formulas import same_text
from sheetnet.proof.found import Findings
from sheetnet.proof.steps import steps
from sheetnet.recalc.office import recalculate

EVERY = [*zoo.ZOO, *zoo.BARE, "by-hand", "detective", "in rows", *EXPORTS]
OFFICES = ("libreoffice", "gnumeric")


@pytest.mark.parametrize("engine", ["formualizer", "stored"])
@pytest.mark.parametrize("name", EVERY)
def test_every_workbook_is_proven(made: dict[str, Path], name: str, engine: str) -> None:
    report = sheetnet.verify(made[name], engine=engine)
    assert report.proven, "\n".join(report.lines())
    assert report.cells > 0


@pytest.mark.parametrize("engine", OFFICES)
@pytest.mark.parametrize("name", EVERY)
def test_every_workbook_is_still_proven_when_an_office_has_saved_it(
    made: dict[str, Path], by_engine: Callable[[str], dict[str, bytes]], tmp_path: Path, name: str, engine: str
) -> None:
    path = tmp_path / "resaved.xlsx"
    path.write_bytes(by_engine(engine)[name])
    before = sheetnet.verify(made[name], engine="stored")
    for reader in ("stored", "formualizer"):  # what the office computed, and what its formulas still say
        report = sheetnet.verify(path, engine=reader)
        assert report.proven, "\n".join(report.lines())
        assert report.cells == before.cells


@pytest.mark.parametrize("engine", OFFICES)
def test_an_office_can_be_asked_directly(made: dict[str, Path], needs: Callable[[str], None], engine: str) -> None:
    needs(engine)
    report = sheetnet.verify(made["by-hand"], engine=engine)
    assert report.proven
    assert report.engine == engine


def _targets(path: Path) -> list[tuple[str, str, str]]:
    """Every computed tensor and copy of a workbook: reported name, sheet, and one address of it by chance."""
    rng = random.Random(7)
    targets = []
    for step in steps(Findings(path, time.monotonic() + 60).plan):
        for own, block in step.writes.items():
            at = block.cell(*rng.choice(list(np.ndindex(*block.shape))))
            targets.append((step.names[own], at.sheet, a1(at.row, at.column)))
    return targets


@pytest.mark.parametrize("how", surgery.MUTATIONS)
@pytest.mark.parametrize("name", ["by-hand", "ten channels, so rows by itself", "branches"])
def test_one_wrong_cell_in_any_tensor_is_found_and_named_alone(
    made: dict[str, Path], tmp_path: Path, name: str, how: str
) -> None:
    content = surgery.parts(made[name])
    turn = list(surgery.MUTATIONS).index(how) % 3  # a tensor gets every third damage, its neighbours the others
    targets = _targets(made[name])
    for tensor, sheet, address in targets if name == "by-hand" else targets[turn::3]:
        formula, value = surgery.find_cell(content, sheet, address)
        changed = surgery.MUTATIONS[how](address, html.unescape(formula or ""), value)
        if changed == surgery.cell_xml(address, html.unescape(formula or ""), value):
            continue  # a formula without references has no neighbour to look at
        broken = dict(content)
        surgery.replace_cell(broken, sheet, address, changed)
        report = sheetnet.verify(surgery.save(tmp_path / "broken.xlsx", broken))
        named = [(w.sheet, w.address) for w in report.wrong]
        assert named == [(sheet, address)], f"{tensor}: {[str(w) for w in report.wrong]}"


@pytest.mark.parametrize("how", ["scales a little", "is its own value"])
def test_one_wrong_cell_of_the_default_workbook_is_found(made: dict[str, Path], tmp_path: Path, how: str) -> None:
    content = surgery.parts(made["detective"])
    turn = ["scales a little", "is its own value"].index(how)  # either damage in every other tensor
    for _, sheet, address in _targets(made["detective"])[turn::2]:
        formula, value = surgery.find_cell(content, sheet, address)
        broken = dict(content)
        changed = surgery.MUTATIONS[how](address, html.unescape(formula or ""), value)
        surgery.replace_cell(broken, sheet, address, changed)
        report = sheetnet.verify(surgery.save(tmp_path / "broken.xlsx", broken))
        assert not report.proven
        assert [(w.sheet, w.address) for w in report.wrong] == [(sheet, address)]


def test_a_formula_that_is_right_by_luck_is_found(made: dict[str, Path], tmp_path: Path) -> None:
    """Behind a ReLU that is shut, 0 is the right number whatever the formula says."""
    content = surgery.parts(made["by-hand"])
    formula, value = surgery.find_cell(content, "ReLU", "C11")
    assert (formula, value) == ("MAX(Conv!R11,0)", "0")
    surgery.replace_cell(content, "ReLU", "C11", surgery.cell_xml("C11", "MIN(Conv!R11,0)*0", "0"))
    report = sheetnet.verify(surgery.save(tmp_path / "luck.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("ReLU", "C11")]
    assert "not the layer's formula" in report.wrong[0].why


@pytest.mark.parametrize("row", [0, 1, 2])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_maximum_that_misses_one_cell_is_found_wherever_it_is(
    made: dict[str, Path], tmp_path: Path, row: int, column: int
) -> None:
    """Eight times in nine the missing cell is not the largest, and the number is right by luck."""
    content = surgery.parts(made["overlapping pooling with padding on negative numbers"])
    formula, value = surgery.find_cell(content, "Pool1", "E12")
    assert formula == "MAX(Rescale!J16:L18)"
    cells = [f"Rescale!{a1(16 + r, 10 + c)}" for r in range(3) for c in range(3) if (r, c) != (row, column)]
    surgery.replace_cell(content, "Pool1", "E12", surgery.cell_xml("E12", f"MAX({','.join(cells)})", value))
    report = sheetnet.verify(surgery.save(tmp_path / "window.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("Pool1", "E12")]


def test_a_choice_of_no_channel_is_named(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["ten channels, so rows by itself"])
    assert surgery.find_cell(content, "Conv1", "O9") == (None, "1")
    for value, right in (("10", True), ("11", False), ("0", False)):
        surgery.replace_cell(content, "Conv1", "O9", surgery.cell_xml("O9", None, value))
        report = sheetnet.verify(surgery.save(tmp_path / "choice.xlsx", content))
        assert report.proven is right
        assert [(w.sheet, w.address) for w in report.wrong] == ([] if right else [("Conv1", "O9")])


@pytest.mark.parametrize("formula", ["IF(Conv!R11>0,Conv!R11,0)", "MAX(Conv!R11,0,-1000)", "MAX(Conv!R11:R9,0)*1"])
def test_a_formula_in_other_words_is_named_even_where_it_means_the_same(
    made: dict[str, Path], tmp_path: Path, formula: str
) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "ReLU", "C11", surgery.cell_xml("C11", formula, "0"))
    report = sheetnet.verify(surgery.save(tmp_path / "words.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("ReLU", "C11")]


def test_something_typed_into_the_padding_is_found(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Red", "C11", surgery.cell_xml("C11", None, "5"))
    report = sheetnet.verify(surgery.save(tmp_path / "tape.xlsx", content))
    assert ("Red", "C11") in [(w.sheet, w.address) for w in report.inputs]
    assert not report.proven


@pytest.mark.parametrize("value", ["", '<c r="E13" t="str"><f>"x"</f><v>x</v></c>', '<c r="E13" t="b"><v>1</v></c>'])
def test_a_pixel_that_is_no_number_is_named(made: dict[str, Path], tmp_path: Path, value: str) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Red", "E13", value)
    report = sheetnet.verify(surgery.save(tmp_path / "pixel.xlsx", content))
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
    stale = sheetnet.verify(path, engine="stored")  # nobody has recalculated the file, so it still says the old
    assert not stale.proven


def test_renamed_sheets_and_inserted_rows_do_not_matter(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    content = surgery.parts(made["detective"])
    for old, new in (("Conv1", "My conv & more"), ("Red", "R1C1"), ("Softmax", "It's <softmax>"), ("Dense", "A1")):
        surgery.rename_sheet(content, old, new)
    for title in ("R1C1", "My conv & more", "A1", "Loss", "Start", "Photo"):
        surgery.insert_row(content, title, 3)
        surgery.insert_row(content, title, 7)
    path = surgery.save(tmp_path / "moved.xlsx", content)
    for engine in ("formualizer", "stored", "libreoffice"):
        report = sheetnet.verify(path, engine=engine)
        assert report.proven, "\n".join(report.lines())


def test_a_row_inside_the_data_cannot_be_checked_and_says_so(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.insert_row(content, "Conv", 13)
    with pytest.raises(WorkbookError, match=r"conv\.out\.1 no longer covers 5 x 5 cells"):
        sheetnet.verify(surgery.save(tmp_path / "torn.xlsx", content))


def test_an_error_upstream_does_not_blame_the_cells_after_it(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Conv", "T13", surgery.cell_xml("T13", "1/0", "#DIV/0!", ' t="e"'))
    report = sheetnet.verify(surgery.save(tmp_path / "error.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("Conv", "T13")]
    verdicts = {t.name: t.verdict for t in report.tensors}
    assert verdicts["conv.out"] == "wrong"
    assert verdicts["relu.out"] == verdicts["loss.out"] == "follows"


def test_the_report_gives_one_line_per_tensor_and_the_same_as_json(made: dict[str, Path]) -> None:
    report = sheetnet.verify(made["by-hand"])
    lines = list(report.lines())
    assert len(lines) == len(report.tensors) + 1
    assert [line.split()[0] for line in lines[:2]] == ["truth.out", "copy"]
    assert lines[-1] == f"proven: {report.cells} formula cells agree with NumPy (formualizer)"
    data = report.to_json()
    assert data["proven"] is True
    assert [t["name"] for t in data["tensors"]] == [t.name for t in report.tensors]


def test_a_workbook_whose_record_was_changed_is_not_trusted(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    hidden = surgery.part_of(content, "sheetnet")
    text = content[hidden].decode()
    for old, new in (
        ("&quot;sheetnet&quot;:1", "&quot;sheetnet&quot;:2"),
        ("&quot;filters&quot;:2", "&quot;filters&quot;:3"),
        ("&quot;filters&quot;:2", "&quot;filters&quot;:99999999"),
        ("[3,5,5]", "[3,5,99999]"),
        ("&quot;kind&quot;:&quot;relu&quot;", "&quot;kind&quot;:&quot;os&quot;"),
        ("&quot;conv.out&quot;:[[1,0],[0,1]]", "&quot;conv.out&quot;:[[0,0],[0,0]]"),
        ("&quot;conv.out&quot;:[[1,0],[0,1]]", "&quot;conv.out&quot;:&quot;x&quot;"),
        ("{", "[" * 100_000),
        ("}", ""),
    ):
        assert old in text, old
        content[hidden] = text.replace(old, new).encode()
        with pytest.raises(SheetnetError) as error:
            sheetnet.verify(surgery.save(tmp_path / "record.xlsx", content))
        assert "\n" not in str(error.value)


def test_an_unknown_engine_and_no_time_are_refused(made: dict[str, Path]) -> None:
    with pytest.raises(EngineError, match="use one of formualizer"):
        sheetnet.verify(made["by-hand"], engine="abacus")
    with pytest.raises(EngineError, match="number above 0"):
        sheetnet.verify(made["by-hand"], timeout=0)
    with pytest.raises(SheetnetError, match="--timeout"):
        sheetnet.verify(made["detective"], timeout=0.01)


def test_libreoffice_that_takes_too_long_is_ended(made: dict[str, Path], needs: Callable[[str], None]) -> None:
    needs("libreoffice")
    started = time.monotonic()
    with pytest.raises(EngineError, match="ran out of time"):
        recalculate("libreoffice", [made["detective"].read_bytes()], started + 0.3)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("SUM($B$1:B3)", True),
        (" sum( B1 : B3 ) ", True),
        ("SUM('Conv1'!B1:B3)", True),
        ("SUM(B1:B4)", False),
        ("SUM(Conv2!B1:B3)", False),
        ("SUM(B1:B3)+0", False),
    ],
)
def test_formulas_are_the_same_but_for_how_they_are_written(found: str, same: bool) -> None:
    assert same_text("SUM(B1:B3)", found, "Conv1") is same


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("SQRT($I$11+0.00001)*2", True),
        ("SQRT(I11+1E-05)*2.0", True),
        ("SQRT(I11+1E-5)*2E+00", True),
        ("SQRT(I11+0.0000100000000000001)*2", False),
        ("SQRT(I11+0.0001)*2", False),
        ("SQRT(I11+1E-05)*20", False),
        ("SQRT(I12+1E-05)*2", False),
    ],
)
def test_a_number_may_be_written_in_other_ways(found, same):
    assert same_text("SQRT($I$11+1E-05)*2", found, "Conv1") is same


def test_of_17_digits_an_office_keeps_15():
    assert same_text("A1+9.999999747378752E-06", "A1+0.00000999999974737875", "S")


def test_digits_in_the_name_of_a_sheet_are_no_numbers():
    assert not same_text("'1e2'!A1", "'100'!A1", "S")
    assert not same_text("'1'!A1", "'01'!A1", "S")


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("0.0099999999999999999998*B1+'31E5'!B2", True),
        ("1E-02*B1+'31E5'!B2", True),
        ("0.011*B1+'31E5'!B2", False),
        ("0.01*B10+'31E5'!B2", False),
        ("0.01*B1+'3100000'!B2", False),
    ],
)
def test_a_number_is_the_same_in_other_digits_and_an_address_is_none(found: str, same: bool) -> None:
    assert same_text("0.01*B1+'31E5'!B2", found, "Conv1") is same

"""What is not ours, what was edited, and what leaks: named, and judged only where it lies."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import surgery

import sheetnet
from sheetnet.proof import Report
from sheetnet.proof.prove import prove

Content = dict[str, bytes]


@pytest.fixture
def verified(made: dict[str, Path], tmp_path: Path) -> Callable[[Callable[[Content], None]], Report]:
    """The report about by-hand after a change."""

    def verify(change: Callable[[Content], None], name: str = "by-hand", engine: str = "formualizer") -> Report:
        content = surgery.parts(made[name])
        change(content)
        return prove(surgery.save(tmp_path / "changed.xlsx", content), engine)

    return verify


def put(content: Content, sheet: str, address: str, formula: str | None, value: str, kind: str = "") -> None:
    """Something in a cell that may not be there yet."""
    part = surgery.part_of(content, sheet)
    new = surgery.cell_xml(address, formula, value, kind)
    if f'<c r="{address}"' in content[part].decode():
        surgery.replace_cell(content, sheet, address, new)
    else:
        surgery.insert_cell(content, sheet, address, new)


def remarks(report: Report) -> str:
    return "\n".join(report.lines())


# The reader's own


def test_formulas_on_a_sheet_of_the_readers_own_are_listed_and_not_judged(verified) -> None:
    def change(content: Content) -> None:
        surgery.add_sheet(
            content, "Notes", ['<c r="A1"><f>Dense!D10*2</f><v>0</v></c><c r="B1"><f>1+1</f><v>2</v></c>']
        )

    report = verified(change)
    assert report.proven
    assert report.own == ("Notes!A1", "Notes!B1")
    assert "2 formulas of the reader's own: Notes!A1, Notes!B1" in remarks(report)
    assert report.formulas == report.cells


def test_a_formula_in_a_cell_that_was_left_blank_is_the_readers_own(verified) -> None:
    report = verified(lambda content: put(content, "Dense", "Z3", "SUM(D10:F10)", "1"))
    assert report.proven
    assert report.own == ("Dense!Z3",)


def test_a_formula_in_the_place_of_a_word_of_ours_is_wrong(verified) -> None:
    report = verified(lambda content: put(content, "Dense", "A10", '"cat"', "cat", ' t="str"'))
    assert [(w.sheet, w.address, w.why) for w in report.wrong] == [("Dense", "A10", "a formula of no step")]
    assert not report.proven


def test_padding_stays_blank(verified) -> None:
    report = verified(lambda content: put(content, "Red", "C11", "1+1", "2"))
    assert ("Red", "C11") in [(w.sheet, w.address) for w in report.inputs]
    assert not report.proven


# Inputs


def test_a_pixel_that_is_a_formula_is_listed(verified) -> None:
    report = verified(lambda content: put(content, "Red", "E13", "100+50", "150"))
    assert report.proven
    assert report.fed == ("Red!E13",)
    assert "formulas in the place of inputs: Red!E13" in remarks(report)


@pytest.mark.parametrize(
    "formula",
    [
        "Dense!D10",
        "SUM(Conv!Q1:U40)",
        "Notes!A1",
        "IF(1,2,conv!R11)",
        "'Conv'!$R$11+0",
        'INDIRECT("Conv!R11")',
        "SUM(Softmax!F:F)",
        "SUM(Softmax!10:12)",
        "sheetnet.tensor.dense.out",
        "Red!sheetnet.tensor.dense.out",  # a name of the whole workbook, by way of a sheet
        "here",  # a name of one sheet
        "Dense!here",
        "SUM(Red:Softmax!R11)",  # the same cell of several sheets
        "SUM('Red:Softmax'!R11)",
        "SUM(INDEX(Conv!A1:A1,1):Conv!Z99)",  # a range with a function at its end
        "SUM(Conv!A1:INDEX(Conv!A1:A1,1))",
        "SUM(Conv!A1:B2:Z99)",
        "Notes!A1#",  # what has spilled from a cell
        "SUM(Table1)",
        "SUM(Table1[x])",
        "'Con' & 'v'",
        "_xlfn.INDIRECT(A1)",
    ],
)
def test_an_input_that_reads_a_computed_cell_is_wrong(verified, formula: str) -> None:
    """Directly, through a sheet of the reader's own, by a whole column, by a name, or in a way nobody can follow."""

    def change(content: Content) -> None:
        surgery.add_sheet(
            content, "Notes", ['<c r="A1"><f>B1+1</f><v>0</v></c><c r="B1"><f>Dense!D10</f><v>0</v></c>']
        )
        put(content, "Dense", "D17", formula, "1")
        own = '<definedName name="here" localSheetId="0">Dense!$D$10</definedName></definedNames>'
        surgery.swapped(content, "xl/workbook.xml", "</definedNames>", own)

    report = verified(change, engine="stored")
    leaks = [w for w in report.settings if w.why == "an input that reads computed cells"]
    assert [(w.sheet, w.address) for w in leaks] == [("Dense", "D17")]
    assert not report.proven


@pytest.mark.parametrize(
    "formula",
    [
        "Notes!A1-Dense!E17",
        "'notes'!$A$1+SUM(Notes!A1:B2,Notes!1:2,Notes!$C:$D)",
        'IF(TRUE,1.5E-3,LEN("Dense!D10"))+own',
        "SUM({1,2;3,4})-@Notes!A1 Notes!A1:B2",
    ],
)
def test_an_input_may_read_other_inputs_and_cells_of_the_reader(verified, formula: str) -> None:
    def change(content: Content) -> None:
        surgery.add_sheet(content, "Notes", ['<c r="A1"><v>3</v></c>'])
        name = '<definedName name="own">Notes!$A$1</definedName></definedNames>'
        surgery.swapped(content, "xl/workbook.xml", "</definedNames>", name)
        put(content, "Dense", "D17", formula, "1")

    report = verified(change, engine="stored")
    assert not report.settings
    assert report.fed == ("Dense!D17",)


def test_many_inputs_that_read_many_cells_take_no_time_for_each_pair(verified) -> None:
    """Each of 16 pixels reads 25,000 cells that read each other."""

    def change(content: Content) -> None:
        rows = [
            "".join(f"<c><f>SUM(A{row - 1}:Z{row - 1})</f><v>1</v></c>" for _ in range(25)) for row in range(2, 1002)
        ]
        surgery.add_sheet(content, "Notes", ["<c><v>1</v></c>", *rows])
        for row in range(13, 17):
            for column in "EFGH":
                put(content, "Red", f"{column}{row}", "SUM(Notes!A1:Z1001)", "1")

    start = time.monotonic()
    report = verified(change, engine="stored")
    assert len(report.fed) == 16
    assert not report.settings
    assert time.monotonic() - start < 15


# Edits


def test_what_was_edited_is_told_with_how_many_and_where(verified) -> None:
    def change(content: Content) -> None:
        put(content, "Red", "E13", None, "250")
        put(content, "Red", "F13", None, "250")
        put(content, "Dense", "D17", None, "0.25")
        put(content, "Loss", "C9", None, "Circle", ' t="str"')
        put(content, "Softmax", "B10", None, "Somebody", ' t="str"')

    report = verified(change)
    assert report.proven
    told = {edit.what: (edit.count, edit.first) for edit in report.edits}
    assert told["pixels"] == (2, ("Red!E13", "Red!F13"))
    assert told["weights"] == (1, ("Dense!D17",))
    assert told["choices"] == (1, ("Loss!C9",))
    assert told["class names"] == (1, ("Softmax!B10",))
    assert "edited since it was built: 2 pixels (Red!E13, Red!F13)" in remarks(report)


def test_two_weights_that_change_places_are_edited(verified) -> None:
    def change(content: Content) -> None:
        first, second = (surgery.plain_value(content, "Conv", address) for address in ("E12", "F12"))
        assert first != second
        put(content, "Conv", "E12", None, second)
        put(content, "Conv", "F12", None, first)

    report = verified(change)
    assert [(edit.what, edit.count) for edit in report.edits] == [("weights", 2)]


def test_a_word_of_ours_that_says_something_else_is_told(verified) -> None:
    report = verified(lambda content: put(content, "Dense", "A10", None, "nonsense", ' t="str"'))
    assert report.proven
    assert [(edit.what, edit.first) for edit in report.edits] == [("labels", ("Dense!A10",))]


@pytest.mark.thorough
def test_nothing_is_edited_in_a_workbook_as_it_was_built(made: dict[str, Path]) -> None:
    for path in made.values():
        assert prove(path, "stored").edits == (), path


def test_a_class_name_that_is_swapped_on_one_sheet_is_a_wrong_formula_there(verified) -> None:
    report = verified(lambda content: put(content, "Loss", "B20", None, "Circle", ' t="str"'))
    assert ("Loss", "B20") in [(w.sheet, w.address) for w in report.wrong]


# Stored values


def test_no_stored_values_at_all_is_said(verified) -> None:
    def change(content: Content) -> None:
        for name in [n for n in content if n.startswith("xl/worksheets/sheet")]:
            content[name] = surgery.re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", content[name])

    report = verified(change)
    assert report.proven
    assert report.status == 0
    assert "no values are stored" in remarks(report)
    with pytest.raises(sheetnet.SheetnetError, match="no values are stored"):
        verified(change, engine="stored")

"""What makes a workbook show something else than its values is wrong, and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import surgery

from sheetnet.errors import SheetnetError, WorkbookError
from sheetnet.layout.record import VERSION
from sheetnet.proof import Report
from sheetnet.proof.prove import prove

Content = dict[str, bytes]
BOOK = "xl/workbook.xml"


@pytest.fixture
def verified(made: dict[str, Path], tmp_path: Path) -> Callable[..., Report]:
    def verify(change: Callable[[Content], None], name: str = "by-hand", engine: str = "formualizer") -> Report:
        content = surgery.parts(made[name])
        change(content)
        return prove(surgery.save(tmp_path / "changed.xlsx", content), engine_name=engine)

    return verify


def reasons(report: Report) -> list[tuple[str, str, str]]:
    return [(w.sheet, w.address, w.why) for w in report.settings]


def add_after(content: Content, sheet: str, before: str, new: str) -> None:
    """An element of a sheet, before another one that is there."""
    surgery.swapped(content, surgery.part_of(content, sheet), before, f"{new}{before}")


# The workbook


def test_precision_as_displayed_is_wrong(verified) -> None:
    def change(content: Content) -> None:
        surgery.swapped(content, BOOK, "<calcPr ", '<calcPr fullPrecision="0" ')

    report = verified(change)
    assert [why for *_, why in reasons(report)] == ["precision as displayed is set"]
    assert report.status == 1


def test_iteration_alone_is_fine_and_with_a_cycle_of_inputs_is_wrong(verified) -> None:
    def iterate(content: Content) -> None:
        surgery.swapped(content, BOOK, "<calcPr ", '<calcPr iterate="1" ')

    assert verified(iterate).proven

    def cycle(content: Content) -> None:
        iterate(content)
        surgery.replace_cell(content, "Dense", "D17", surgery.cell_xml("D17", "E17+1", "1"))
        surgery.replace_cell(content, "Dense", "E17", surgery.cell_xml("E17", "D17-1", "0"))

    report = verified(cycle, engine="stored")
    assert [place for *place, _ in reasons(report)] == [["Dense", "D17"], ["Dense", "E17"]]
    assert all("cycle" in why for *_, why in reasons(report))


# The looks of a cell


@pytest.mark.parametrize(
    ("code", "hides"),
    [
        (";;;", True),
        ("&quot;97.1 %&quot;", True),
        ("0.0%&quot;9&quot;", True),
        ("0,", True),
        ("d/m/yyyy", True),
        ("0.000", False),
        ("#,##0.0_ ", False),
        ("[Red]0.00", False),
    ],
)
def test_a_number_format_that_hides_the_number_is_wrong(verified, code: str, hides: bool) -> None:
    def change(content: Content) -> None:
        text = content["xl/styles.xml"].decode()
        xfs = re.search(r"<cellXfs[^>]*>(.*?)</cellXfs>", text, re.DOTALL)
        count = len(re.findall(r"<xf ", xfs[1]))
        surgery.swapped(
            content, "xl/styles.xml", "</numFmts>", f'<numFmt numFmtId="199" formatCode="{code}"/></numFmts>'
        )
        surgery.swapped(
            content,
            "xl/styles.xml",
            "</cellXfs>",
            '<xf numFmtId="199" fontId="0" fillId="0" borderId="0"/></cellXfs>',
        )
        part = surgery.part_of(content, "Softmax")
        content[part] = re.sub(rb'<c r="F10" s="\d+"', f'<c r="F10" s="{count}"'.encode(), content[part])

    found = reasons(verified(change))
    assert [place for *place, _ in found] == ([["Softmax", "F10"]] if hides else [])


@pytest.mark.parametrize(("address", "hides"), [("G10", False), ("G11", False), ("C10", True), ("F10", True)])
def test_the_format_of_probabilities_shows_what_lies_between_0_and_1(verified, address: str, hides: bool) -> None:
    """A logit of 4.2 would be shown as ">99.9%", and so would each number above 1; ln p is below 0."""

    def change(content: Content) -> None:
        part = surgery.part_of(content, "Softmax")
        looks = dict(re.findall(rb'<c r="(G10|G11)" s="(\d+)"', content[part]))
        assert looks[b"G10"] != b"0"
        style = rb'<c r="%b" s="%b"' % (address.encode(), looks[b"G10"])
        content[part] = re.sub(rb'<c r="%b" s="\d+"' % address.encode(), style, content[part])

    report = verified(change)
    assert [place for *place, _ in reasons(report)] == ([["Softmax", address]] if hides else [])
    assert report.proven != hides


def test_the_format_of_probabilities_may_be_written_as_other_programs_write_it(verified) -> None:
    def change(content: Content) -> None:
        content["xl/styles.xml"] = content["xl/styles.xml"].replace(b"99.9 %&quot;;0.0 %", b"99.9 %&quot;;0.0\\ %")

    before = verified(lambda content: None)
    assert verified(change).proven
    assert before.proven


def test_a_computed_cell_that_is_merged_away_is_wrong(verified) -> None:
    report = verified(
        lambda content: add_after(
            content, "Softmax", "<pageMargins", '<mergeCells count="1"><mergeCell ref="F10:F12"/></mergeCells>'
        )
    )
    assert [place for *place, _ in reasons(report)] == [["Softmax", "F11"], ["Softmax", "F12"]]


def test_cells_of_the_readers_own_may_be_merged(verified) -> None:
    report = verified(
        lambda content: add_after(
            content, "Softmax", "<pageMargins", '<mergeCells count="1"><mergeCell ref="X90:Z91"/></mergeCells>'
        )
    )
    assert report.proven


@pytest.mark.parametrize("attributes", ['t="array" ref="C11"', 't="dataTable" ref="C11" dt2D="0" dtr="0" r1="A1"'])
def test_an_array_formula_or_data_table_is_wrong(verified, attributes: str) -> None:
    def change(content: Content) -> None:
        new = f'<c r="C11"><f {attributes}>MAX(Conv!R11,0)</f><v>0</v></c>'
        surgery.replace_cell(content, "ReLU", "C11", new)

    found = reasons(verified(change, engine="stored"))
    assert ("ReLU", "C11", "an array formula or data table") in found


# Charts


def test_a_series_that_shows_other_cells_is_wrong(verified) -> None:
    def change(content: Content) -> None:
        part = next(n for n in content if n.startswith("xl/charts/chart") and b"Softmax!$G$10:$G$12" in content[n])
        content[part] = content[part].replace(b"$G$10:$G$12", b"$G$10:$G$11")

    report = verified(change)
    assert [(sheet, why) for sheet, _, why in reasons(report)] == [
        ("Softmax", "a series of a chart does not show the cells that it was drawn from")
    ]


# Names, sheets and the record


def test_a_step_whose_name_alone_is_missing_is_wrong(verified) -> None:
    def change(content: Content) -> None:
        text = content[BOOK].decode()
        content[BOOK] = re.sub(
            r'<definedName name="sheetnet\.tensor\.loss\.out"[^>]*>[^<]*</definedName>', "", text
        ).encode()

    report = verified(change)
    assert any("sheetnet.tensor.loss.out is missing" in why for *_, why in reasons(report))
    assert report.status == 1


def test_a_sheet_that_nothing_reads_may_be_deleted_and_that_is_said(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    before = prove(made["by-hand"])
    surgery.delete_sheet(content, "Charts")
    report = prove(surgery.save(tmp_path / "deleted.xlsx", content))
    assert report.proven, "\n".join(report.lines())
    assert 0 < report.cells < before.cells
    assert any(name.startswith("charts.") for name in report.gone)
    assert any(line.startswith("deleted since it was built: ") for line in report.lines())


def test_a_sheet_that_others_read_cannot_be_deleted(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.delete_sheet(content, "ReLU")
    report = prove(surgery.save(tmp_path / "deleted.xlsx", content), engine_name="stored")
    assert not report.proven
    assert any("reads what is gone" in why for *_, why in reasons(report))


def test_a_row_between_looks_of_one_sheet_is_refused_and_says_so(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.insert_row(content, "Close-up", 12)
    with pytest.raises(WorkbookError, match=r"on the sheet Close-up, no longer covers .* undo what was inserted"):
        prove(surgery.save(tmp_path / "torn.xlsx", content))


def test_a_workbook_of_an_older_version_is_to_be_built_again(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    hidden = surgery.part_of(content, "sheetnet")
    surgery.swapped(content, hidden, f"&quot;sheetnet&quot;:{VERSION}", f"&quot;sheetnet&quot;:{VERSION - 1}")
    with pytest.raises(WorkbookError, match="made by another version of sheetnet; build it again"):
        prove(surgery.save(tmp_path / "old.xlsx", content))


RECORDS = {
    "a kind that is none": ("&quot;kind&quot;:&quot;sentence&quot;", "&quot;kind&quot;:&quot;system&quot;"),
    "a layer that is none": ("&quot;kind&quot;:&quot;relu&quot;", "&quot;kind&quot;:&quot;os&quot;"),
    "another shape": ("&quot;filters&quot;:2", "&quot;filters&quot;:3"),
    "a huge shape": ("&quot;filters&quot;:2", "&quot;filters&quot;:99999999"),
    "a huge photo": ("[3,5,5]", "[3,5,99999]"),
    "a size of another type": ("&quot;function&quot;:&quot;MAX&quot;", "&quot;function&quot;:[1]"),
    "an option that is none": ("&quot;function&quot;:&quot;MAX&quot;", "&quot;functions&quot;:&quot;MAX&quot;"),
    "an area elsewhere": ("[&quot;tensor.conv.out&quot;,0,0", "[&quot;tensor.conv.out&quot;,0,999"),
    "an area that is not listed": ("[&quot;tensor.conv.out&quot;,0,0", "[&quot;tensor.x&quot;,0,0"),
    "an area that begins nowhere": ("&quot;tensor.conv.out&quot;:[13,5,", "&quot;tensor.conv.out&quot;:[13,5,0.5,"),
    "a piece of a sentence that is none": ("&quot;pieces&quot;:[", "&quot;pieces&quot;:[[1,2,3],"),
    "what a look reads is missing": (
        "&quot;hard_max&quot;,&quot;reads&quot;:{&quot;x&quot;",
        "&quot;hard_max&quot;,&quot;reads&quot;:{&quot;chosen&quot;",
    ),
    "labels that are none": ("&quot;sheets&quot;:[[", "&quot;sheets&quot;:[7,[["),
    "nested deeply": ("{", "[" * 100_000),
    "cut": ("}", ""),
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_that_was_changed_is_refused_in_one_line(made: dict[str, Path], tmp_path: Path, what: str) -> None:
    content = surgery.parts(made["by-hand"])
    old, new = RECORDS[what]
    surgery.swapped(content, surgery.part_of(content, "sheetnet"), old, new)
    with pytest.raises(SheetnetError) as error:
        prove(surgery.save(tmp_path / "record.xlsx", content))
    assert "\n" not in str(error.value)


def test_a_step_that_is_taken_out_of_the_record_is_missed(made: dict[str, Path], tmp_path: Path) -> None:
    """Its formulas still stand there, in cells that were not blank when the workbook was built."""
    content = surgery.parts(made["by-hand"])
    record = surgery.read_record(content)
    del record["looks"]["loss.right"]
    surgery.write_record(content, record)
    report = prove(surgery.save(tmp_path / "fewer.xlsx", content))
    assert not report.proven

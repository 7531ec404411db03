"""Reading what somebody else wrote: every way to write a cell, one meaning for each, and limits on all of it."""

from __future__ import annotations

import time
import warnings

import pytest
from packed import COMPATIBILITY, KIND, MAIN, STRICT, STRICT_KIND, links, pack, parts, sheet, workbook

from sheetnet.errors import LimitError, WorkbookError
from sheetnet.grid import Anchor
from sheetnet.values import ErrorValue
from sheetnet.workbook import read as reading
from sheetnet.workbook.read import Contents, Found, find_record, read
from sheetnet.workbook.reading import package as limits

ROOT, BOOK, BOOK_LINKS = "_rels/.rels", "book/main.xml", "book/_rels/main.xml.rels"
ONE = ("r1", "worksheet", "/cells/one.xml")
NAMES = '<definedName name="N">1</definedName><definedName name="n">2</definedName>'


def opened(*arguments: str, **more: str) -> Contents:
    return read(pack(parts(*arguments, **more)), "x")


def cells(*arguments: str, **more: str) -> dict[tuple[int, int], tuple[object, object]]:
    found = opened(*arguments, **more)
    return {at: (c.formula, c.value) for at, c in found.cells["A b"].items()}


def refusal(data: bytes) -> str:
    """What is said of a file that is not read: one line."""
    with pytest.raises(WorkbookError) as caught:
        read(data, "x")
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Cells


def test_every_way_to_write_a_cell_is_read() -> None:
    rows = (
        '<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B2*$C2+SUM($D$1:D1,E:$F)+LOG10(1)&amp;"A1"</f>'
        "<v>1.5</v></c>"
        '<c t="s"><v>1</v></c><c t="b"><v>1</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c t="str"><f>"a"</f><v>a</v></c><c t="inlineStr"><is><r><t>in</t></r><rPh><t>no</t></rPh><r><t>line</t></r>'
        '</is></c><c t="n"><v>-2e3</v></c><c t="str"><v>_x005F_x0041__x000d_</v></c>'
        '<c r="L2"><f>1+1</f></c></row> <row> <c r="A3"><f t="shared" si="0"/><v>2</v></c> <c r="D3" s="4"/>\n</row>'
    )
    shared = "<si><t>no</t></si><si><r><t>ye</t></r><rPh><t>no</t></rPh><r><t>s</t></r></si>"
    assert cells(rows, shared=shared) == {
        (2, 1): ('B2*$C2+SUM($D$1:D1,E:$F)+LOG10(1)&"A1"', 1.5),
        (2, 2): (None, "yes"),
        (2, 3): (None, True),
        (2, 4): ("1/0", "#DIV/0!"),
        (2, 5): ('"a"', "a"),
        (2, 6): (None, "inline"),
        (2, 7): (None, -2000.0),
        (2, 8): (None, "_x0041_\r"),
        (2, 12): ("1+1", None),
        (3, 1): ('B3*$C3+SUM($D$1:D2,E:$F)+LOG10(1)&"A1"', 2.0),
    }


def test_an_error_and_a_text_that_looks_like_one_are_told_apart() -> None:
    grid = opened('<row><c t="e"><v>#N/A</v></c><c t="str"><v>#N/A</v></c></row>').grids["A b"]
    assert [type(grid.cell(1, column).value) for column in (1, 2)] == [ErrorValue, str]


def test_a_formula_in_pieces_is_one_formula() -> None:
    rows = '<row><c><f>A1&amp;<!-- no -->"<![CDATA[<b>]]>"</f><v>1</v></c></row>'
    assert cells(rows) == {(1, 1): ('A1&"<b>"', 1.0)}


def test_a_cell_may_be_written_with_any_prefix_in_either_edition_of_the_format() -> None:
    content = parts()
    content["cells/one.xml"] = (
        f'<x:worksheet xmlns:x="{STRICT}"><x:sheetData><x:row><x:c><x:f>1</x:f><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    content["book/main.xml"] = workbook().replace(MAIN, STRICT).replace(KIND, STRICT_KIND)
    content["_rels/.rels"] = content["_rels/.rels"].replace(KIND, STRICT_KIND)
    assert read(pack(content), "x").cells["A b"] == {(1, 1): Found("1", 1.0)}


@pytest.mark.parametrize(
    "foreign",
    [
        '<extLst><ext xmlns:y="y"><y:f>1+1</y:f></ext></extLst>',
        "<extLst><ext><f>1+1</f><v>9</v></ext></extLst>",
        '<f xmlns="y">1+1</f>',
        '<y:f xmlns:y="y">1+1</y:f>',
        '<y:v xmlns:y="y">9</y:v>',
    ],
)
def test_a_formula_of_another_namespace_or_in_an_extension_is_none(foreign: str) -> None:
    found = opened(f"<row><c><v>2</v>{foreign}</c><c><v>3</v></c></row>")
    assert found.cells["A b"] == {(1, 1): Found(None, 2.0), (1, 2): Found(None, 3.0)}
    assert found.grids["A b"].formula_count == 0


def test_what_stands_beside_a_cell_or_behind_all_of_them_is_no_cell() -> None:
    rows = '<row><x xmlns="y"><c><v>1</v></c></x><c><v>2</v></c></row><y:row xmlns:y="y"/>'
    assert cells(rows, "<autoFilter/><c><v>8</v></c>") == {(1, 1): (None, 2.0)}


def test_array_formulas_and_data_tables_are_told_with_all_their_cells() -> None:
    rows = (
        '<row r="4"><c r="B4"><f t="array" ref="B4:C5">A1:B2</f><v>1</v></c><c r="C4"><v>2</v></c>'
        '<c r="E4"><f t="dataTable" ref="E4" dt2D="1"/><v>3</v></c></row>'
    )
    grid = opened(rows).grids["A b"]
    assert grid.arrays == dict.fromkeys([(4, 2), (4, 3), (5, 2), (5, 3)], "array") | {(4, 5): "dataTable"}
    assert grid.formula_count == 2


# The grid


def test_a_line_of_a_grid_has_a_place_for_every_cell() -> None:
    grid = opened(
        '<row r="3"><c r="B3"><f>1</f><v>1</v></c><c><v>2</v></c><c r="E3"><v>3</v></c></row>'
        '<row r="5"><c r="C5"><v>4</v></c><c><v>5</v></c></row>'
    ).grids["A b"]
    assert grid.line(3, 2, 2) == (["1", None], [1.0, 2.0])
    assert grid.line(3, 1, 6) == ([None, "1", None, None, None, None], [None, 1.0, 2.0, None, 3.0, None])
    assert grid.line(5, 3, 2) == ([None, None], [4.0, 5.0])
    assert grid.line(5, 1, 3) == ([None] * 3, [None, None, 4.0])
    assert grid.line(5, 4, 3) == ([None] * 3, [5.0, None, None])
    assert grid.line(4, 1, 2) == ([None, None], [None, None])
    assert grid.line(3, 7, 2) == ([None, None], [None, None])
    assert grid.box(3, 3, 5, 4) == [[2.0, None], [None, None], [4.0, 5.0]]
    assert grid.cell(3, 5) == Found(None, 3.0)
    assert grid.cell(9, 9) == Found(None, None)
    assert list(grid.formulas()) == [(3, 2, "1")]
    assert list(grid.occupied(1, 3, 1_048_576, 3)) == [(3, 3), (5, 3)]
    assert list(grid.occupied(4, 1, 5, 9)) == [(5, 3), (5, 4)]
    assert list(grid.occupied(6, 1, 9, 9)) == []


# Around the cells


def test_names_are_found_and_those_that_lead_nowhere_are_known() -> None:
    names = {
        "N": "'a B'!$A$1:$B$2",
        "Gone": "#REF!$A$1",
        "Else": "Other!$A$1",
        "Sum": "SUM('A b'!$A$1)",
        "Hid": "'A b'!C3",
    }
    inside = "".join(f'<definedName name="{n}" hidden="1">{text}</definedName>' for n, text in names.items())
    inside += '<definedName name="N" localSheetId="0">\'A b\'!$C$1</definedName>'
    found = opened(book=f"<definedNames>{inside}</definedNames>")
    assert found.names == {"n": (Anchor("A b", 1, 1), Anchor("A b", 2, 2)), "hid": (Anchor("A b", 3, 3),) * 2}
    assert found.lost == {"gone"}
    assert found.texts == {name.lower(): text for name, text in names.items()}


@pytest.mark.parametrize(
    ("text", "precision", "iterate"),
    [
        ("", False, False),
        ("<calcPr/>", False, False),
        ('<calcPr fullPrecision="1" iterate="0"/>', False, False),
        ('<calcPr fullPrecision="0"/>', True, False),
        ('<calcPr fullPrecision="false" iterate="true"/>', True, True),
    ],
)
def test_how_the_workbook_calculates_is_known(text: str, precision: bool, iterate: bool) -> None:
    found = opened(book=text)
    assert (found.precision_as_displayed, found.iterate) == (precision, iterate)


def test_merged_cells_are_known() -> None:
    assert opened("", '<mergeCells><mergeCell ref="B2:C4"/></mergeCells>').grids["A b"].merged == [(2, 2, 4, 3)]


def test_charts_are_found_through_relationships() -> None:
    chart = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    content = parts("", '<drawing r:id="d"/>')
    content["cells/_rels/one.xml.rels"] = links(("d", "drawing", "../drawn/x.xml"))
    content["drawn/x.xml"] = (
        f'<d:wsDr xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><d:frame>'
        f'<c:chart xmlns:c="{chart}" xmlns:r="{KIND}" r:id="c"/></d:frame></d:wsDr>'
    )
    content["drawn/_rels/x.xml.rels"] = links(("c", "chart", "y.xml"), ("unused", "chart", "z.xml"))
    content["drawn/y.xml"] = (
        f'<chartSpace xmlns="{chart}"><chart><plotArea><barChart><ser><tx><strRef><f>T!A1</f></strRef></tx>'
        "<cat><strRef><f>A!$A$1:$A$2</f></strRef></cat><val><numRef><f>A!$B$1:$B$2</f></numRef></val></ser>"
        "<ser><val><numLit/></val></ser></barChart><scatterChart><ser><xVal><numRef><f>X</f></numRef></xVal>"
        "<yVal><numRef><f>Y</f></numRef></yVal></ser></scatterChart></plotArea></chart></chartSpace>"
    )
    [found] = read(pack(content), "x").grids["A b"].charts
    assert found.series == [("A!$B$1:$B$2", "A!$A$1:$A$2"), ("", ""), ("Y", "X")]


# One meaning


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row r="2"><c r="B2"/><c r="B2"><v>1</v></c></row>', "on the sheet 'A b', B2 is there twice"),
        ('<row r="2"><c r="B2"/><c r="A2"/></row>', "A2 comes after B2"),
        ('<row r="2"><c r="A3"/></row>', "'A3' stands in row 2"),
        ('<row r="2"><c r="a2"/></row>', "'a2' stands in row 2"),
        ('<row r="2"><c r="XFE2"/></row>', "'XFE2' stands in row 2"),
        ('<row r="2"><c r="XFD2"/><c/></row>', "XFD2 is the last cell"),
        ('<row r="2"/><row r="2"/>', "row 2 follows row 2"),
        ('<row r="3"/><row r="2"/>', "row 2 follows row 3"),
        ('<row r="1048577"/>', "row 1048577 follows"),
        ('<row r="1_0"/>', "row 1_0 follows"),
        ("<row><c><v>1</v><v>2</v></c></row>", "A1 has two values"),
        ("<row><c><f>1</f><f>2</f></c></row>", "A1 has two formulas"),
        ('<row><c t="inlineStr"><is><t>1</t></is><v>2</v></c></row>', "A1 has two values"),
        ("<row><c><is><t>1</t></is></c></row>", "A1 has two values"),
        ("<row><c><f>1<v>2</v></f></c></row>", "A1 has an element inside"),
        ("<row><c><f><c/></f></c></row>", "A1 has an element inside"),
        ("<row><c><v>1<x/></v></c></row>", "A1 has an element inside"),
        ("<row><c><v><x/></v></c></row>", "A1 has an element inside"),
        ("<row><c><c><v>1</v></c></c></row>", "A1 holds another cell"),
        ("<row><row/></row>", "row 1 holds another row"),
        ("<row><c><row/></c></row>", "A1 holds another cell"),
        ("<row/><c><v>1</v></c>", "cells stand outside of the rows"),
        ("<c><v>1</v></c><row/>", "cells stand outside of the rows"),
        ("<row><f>1</f></row>", "row 1 holds a part of a cell"),
        ("<row><c><v>1_0</v></c></row>", "A1 says '1_0' where a number belongs"),
        ("<row><c><v>\u0661</v></c></row>", "where a number belongs"),
        ("<row><c><v>one</v></c></row>", "A1 says 'one' where a number belongs"),
        ('<row><c t="b"><v>yes</v></c></row>', "A1 says 'yes'"),
        ('<row><c t="s"><v>0</v></c></row>', "A1 says '0'"),
        ('<row><c t="s"><v>-1</v></c></row>', "A1 says '-1'"),
        ('<row><c t="odd"><v>1</v></c></row>', "of type 'odd'"),
        ('<row><c><f t="shared" si="7"/></c></row>', "A1 shares the formula 7, which is nowhere"),
        ('<row><c><f t="array" ref="A1:XFD1048576">1</f></c></row>', "A1 has a formula for more than"),
        (f'<row><mc:AlternateContent xmlns:mc="{COMPATIBILITY}"/></row>', "row 1 offers alternatives"),
    ],
)
def test_cells_that_could_be_read_in_two_ways_are_refused(rows: str, message: str) -> None:
    assert message in refusal(pack(parts(rows)))


def test_alternatives_around_the_cells_are_refused() -> None:
    content = parts()
    content["cells/one.xml"] = (
        f'<worksheet xmlns="{MAIN}" xmlns:mc="{COMPATIBILITY}"><mc:AlternateContent><mc:Choice><sheetData/>'
        "</mc:Choice></mc:AlternateContent></worksheet>"
    )
    assert "offers alternatives for sheetData" in refusal(pack(content))
    content["cells/one.xml"] = content["cells/one.xml"].replace("sheetData", "controls")
    assert read(pack(content), "x").sheets == ["A b"]


def test_cells_in_two_places_are_refused() -> None:
    second = "<sheetData><row><c><v>2</v></c></row></sheetData>"
    assert "two places" in refusal(pack(parts("<row><c><v>1</v></c></row>", second)))
    assert "two places" in refusal(pack(parts('<row r="1"/>', '<row r="2"/>')))


def test_parts_are_found_by_relationships_and_never_by_name() -> None:
    more = {"xl/workbook.xml": workbook(sheets='<sheet name="no" r:id="r1"/>'), "xl/worksheets/sheet1.xml": sheet("")}
    assert read(pack(parts() | more), "x").sheets == ["A b"]


@pytest.mark.parametrize(
    ("part", "text", "message"),
    [
        (ROOT, links(), "names none"),
        (ROOT, links(("a", "officeDocument", "a.xml"), ("b", "officeDocument", "b.xml")), "2 workbooks"),
        (ROOT, links(("a", "officeDocument", "nothing.xml")), "its part 'nothing.xml' is missing"),
        (ROOT, links(("a", "officeDocument", "cells/one.xml")), "does not say that 'cells/one.xml'"),
        (BOOK_LINKS, links(ONE, ("r1", "worksheet", "b")), "two relationships 'r1'"),
        (BOOK_LINKS, links(("r2", "worksheet", "/cells/one.xml")), "is missing"),
        (BOOK_LINKS, links(("r1", "xlMacrosheet", "/cells/one.xml")), "as macros are"),
        (BOOK_LINKS, links(ONE, ("a", "styles", "a"), ("b", "styles", "b")), "2 parts of styles"),
        (BOOK, workbook(sheets='<sheet name="A" r:id="r1"/><sheet name="a" r:id="r1"/>'), "two sheets named 'a'"),
        (BOOK, workbook(sheets='<sheet name="A" r:id="r1"/><sheet name="B" r:id="r1"/>'), "under two names"),
        (BOOK, workbook(f"<definedNames>{NAMES}</definedNames>"), "two names 'n'"),
        (BOOK, workbook().replace(MAIN, "y"), "is no workbook"),
        ("cells/one.xml", "<worksheet/>", "is no worksheet"),
        ("cells/one.xml", '<?xml version="1.0" encoding="cp037"?>' + sheet(""), "'cp037'"),
        ("Cells/ONE.xml", sheet(""), "two parts named 'Cells/ONE.xml'"),
    ],
)
def test_a_file_of_two_meanings_or_none_is_refused(part: str, text: str, message: str) -> None:
    assert message in refusal(pack(parts() | {part: text}))


def test_two_parts_of_one_name_are_refused() -> None:
    with warnings.catch_warnings(action="ignore"):  # zipfile minds, too
        data = pack(parts(), ("cells/one.xml", sheet("<row><c><v>1</v></c></row>")))
    assert "two parts named 'cells/one.xml'" in refusal(data)


# Limits


@pytest.mark.parametrize(
    ("where", "limit", "value", "message"),
    [
        (reading, "MAX_CELLS", 3, "more than 3 cells"),
        (reading, "MAX_TEXT", 5, "more than 5 characters"),
        (reading, "MAX_FORMULAS", 5, "more than 5 characters in its cells"),
        (limits, "MAX_PARTS", 2, "6 parts"),
        (limits, "MAX_UNPACKED", 100, "unpacks to more"),
        (limits, "MAX_FILE", 100, "are not read"),
        (limits, "MAX_NAMES", 5, "is not the XML of a workbook"),
    ],
)
def test_too_much_of_anything_is_not_read(
    monkeypatch: pytest.MonkeyPatch, where: object, limit: str, value: int, message: str
) -> None:
    shared = "<si><t>abc</t></si><si><t>def</t></si>"
    data = pack(parts("<row>" + "<c><f>12</f><v>1</v></c>" * 5 + "</row>", shared=shared))
    monkeypatch.setattr(where, limit, value)
    assert message in refusal(data)


def test_a_tag_or_a_row_without_end_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is not the XML of a workbook" in refusal(pack(parts(f'<row spans="{"1" * (18 << 20)}"/>')))
    assert "row 1 is too long" in refusal(pack(parts(f"<row><c><v>{' ' * (40 << 20)}</v></c></row>")))
    assert "row 1 is too long" in refusal(pack(parts("<row>" + "<c/>" * 1_000_000 + "</row>")))
    assert "nested too deeply" in refusal(pack(parts("", "<a>" * 200 + "</a>" * 200)))


def test_reading_ends_when_its_time_is_up() -> None:
    rows = (
        f'<row><c><f t="shared" si="0">{"A2+" * 1_500}A2</f></c>'
        + '<c><f t="shared" si="0"/></c>' * 10_000
        + "</row>"
    )
    start = time.monotonic()
    with pytest.raises(LimitError, match="ran out of time"):
        read(pack(parts(rows)), "x", start + 0.1)
    assert time.monotonic() < start + 2


def test_a_record_that_swells_is_not_put_together() -> None:
    name = "<definedNames><definedName name=\"sheetnet.record\">'A b'!$A$1:$A$150</definedName></definedNames>"
    rows = '<row><c t="s"><v>0</v></c></row>' * 150
    found = opened(rows, shared=f"<si><t>{'x' * 30_000}</t></si>", book=name)
    with pytest.raises(WorkbookError, match="more than 4,000,000 characters"):
        find_record(found, "x")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><workbook>&x;</workbook>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><workbook/>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><workbook/>',
        "<!DOCTYPE a><workbook/>",
    ],
)
@pytest.mark.parametrize("part", ["_rels/.rels", "book/main.xml", "cells/one.xml"])
def test_entities_are_refused(text: str, part: str) -> None:
    assert "refused, its XML defines entities" in refusal(pack(parts() | {part: text}))

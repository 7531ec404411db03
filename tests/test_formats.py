"""Number formats: those that show a number as something else are told from those that do not."""

from __future__ import annotations

import pytest
from packed import pack, parts

from sheetnet.workbook.read import Grid, read
from sheetnet.workbook.reading.formats import hides_number, hides_text
from sheetnet.workbook.reading.moments import is_clear_moment, is_moment
from sheetnet.workbook.style import FRAMED, MINI, THEMES, styles

HONEST = (
    *("General", "0", "0.00", "#,##0", "0.0%", "0.0E+00", "##0.0E+0", "0.######", "#,##0.0000", "# ?/?", "* #,##0"),
    *("[Red]0.00", "0.00;[Red]-0.00", "0.00;[RED]\\-0.00", "0.00;-0.00;0.00;@", "0.00;@", "0.0E+00;-0.0E+00"),
    *('#,##0 "kg"', 'General" kg"', "[$€-407] #,##0.00", "#,##0.00\\ [$€-407]", "[$-409]0.00", "$#,##0_);($#,##0)"),
    *("# ??/??", "?/?", ".00", "0.", "0.0 /", '0" O"', '"." 0', '"\u200f"0.00', '0;"\u2014"0', "0;[Red]\\(0\\)"),
    '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    "0.0 %",
)
HIDING = {
    "no place for a digit": (";;;", "", "@", '"ok"', "0;;", "0;-0;;@", '0.00;-0.00;"x"', "General;;"),
    "a date or a time": ("yyyy-mm-dd", "h:mm", "[h]:mm:ss", "ss.00", "[$-F800]dddd"),
    "digits as text": ('"97"%', '0.00"5"', "\\9", "0\\9", "[$97]0", '0.00"万"', "*90", "9", '0;-0;"1"0'),
    "scaled": ("0,", "0.0,,", "0,.0", '0" ",', '0.0"%"', "0.0\\%"),
    "signs": ("0;0", "-0", '"-"0', "(0)", "0;General"),
    "a condition": ('[>0.5]0.00;"1"', "[=0]0;0", "[<0.5]0.00;0.00"),
    "a mark inside of the number, or right beside it": (
        *('0"."0', "0\\.00", '"."0', '","0', "[$.]0", '0"e"0', "0 0", '0" "0', "0_.0", "0:00", "0^0", "0[$x]0"),
        *("0.0.0", "0%0", "General0", "0E+0E+0", "0/0/0", '0"O"', "0\\l", '"I"0', "[$\u041e]0", '"."[Red]0'),
    ),
    "characters that turn, strike or cover": ('"\u202e"0.00', '0"\u202e"', '0"\u0338"', '0" \u200b"', '0"\x08"'),
    "a sign in another script": ('"\u2014"0', '"\u2011"0', '"\uff08"0"\uff09"', '"\u207b"0', "0;[$\u2014]0;0;@;"),
    "no format": ('0"', "0[", "0\\", "0;0;0;@;0"),
}


@pytest.mark.parametrize("code", HONEST)
def test_an_honest_format_hides_nothing(code: str) -> None:
    assert not hides_number(code)
    assert not hides_text(code)


@pytest.mark.parametrize(("why", "code"), [(why, code) for why, codes in HIDING.items() for code in codes])
def test_a_format_that_shows_something_else_than_the_number_is_named(why: str, code: str) -> None:
    assert hides_number(code), why


@pytest.mark.parametrize("code", [";;;", "0;-0;0;", '0;-0;0;"yes"', '"not "@', '0;-0;0;@" 5"'])
def test_a_format_that_shows_something_else_than_the_text_is_named(code: str) -> None:
    assert hides_text(code)


@pytest.mark.parametrize("code", ["@", ";;", '"x"', "0,", "yyyy", '"("@")"'])
def test_a_text_is_shown_where_no_section_is_for_texts(code: str) -> None:
    assert not hides_text(code)


@pytest.mark.parametrize("theme", THEMES)
def test_none_of_our_own_looks_hides_a_number_but_those_of_chosen_texts_and_of_colours(theme: str) -> None:
    hiding = {name for name, style in styles(theme).items() if hides_number(style.format)}
    assert {name.removesuffix(FRAMED) for name in hiding} == {"choice.text", MINI, "chance", "answer.chance"}
    assert {name for name, style in styles(theme).items() if hides_text(style.format)} == {MINI}


CLEAR = (
    *("d/m/y", "yyyy-mm-dd", "[h]:mm", "[hh]:mm:ss.00", r"[$-409]d\-mmm;@", "h:mm AM/PM", 'yyyy"年"m"月"d"日"'),
    *("mm/dd/yy\\ hh:mm\\ AM/PM", "[Red]dd.mm.yy", "[$-407]d. mmm. yyyy", "[$-F800]dddd", "mm:ss.0", 'm"月"d"日"'),
)
# A time to a spreadsheet, and a number to a reader: 0.97 as 30.23, 23 days, 43 %, 83808 ...
LIKE_A_NUMBER = (
    *(
        "d",
        "yyyy",
        "d.h",
        'd"."h',
        "d\\.h",
        "[s]",
        "[h]",
        "[ss].00",
        "ss.00",
        'h" days"',
        's"%"',
        "yyyymmdd",
        "dd.mm",
    ),
    *("m/d;@", "[Red]d", 'h" d"', "\u202ed/m/yyyy", 'd/m/yyyy"%"', "dd,hh,ss", "d/m/y;d"),
)
NO_MOMENT = (
    *("0.00", "General", "@", ";;;", 'd"97"', "[>1]d", "#", '"ok"', "yyyy;0", "d/m/y;", "", '0.00" days"', '0" d"'),
    *(r"[Red]0\d", r"0.0\m", '0.0 "h"', "0_d", "0*d", "0d", "[$d-409]0", "[$day]0", 'General" d"', '"d/m/y"', 'd"'),
)


@pytest.mark.parametrize("code", CLEAR)
def test_a_format_of_dates_and_times_is_one(code: str) -> None:
    assert hides_number(code)
    assert is_moment(code)
    assert is_clear_moment(code)


@pytest.mark.parametrize("code", LIKE_A_NUMBER)
def test_a_part_of_a_date_that_looks_like_a_number_is_told_from_others(code: str) -> None:
    assert hides_number(code)
    assert is_moment(code)
    assert not is_clear_moment(code)


@pytest.mark.parametrize("code", NO_MOMENT)
def test_any_other_format_is_none_of_dates_whatever_its_texts_say(code: str) -> None:
    assert not is_moment(code)
    assert not is_clear_moment(code)


STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="&quot;97&quot;%"/><numFmt numFmtId="171" formatCode="0.0"/>'
    '<numFmt numFmtId="172" formatCode="0;-0;0;"/><numFmt numFmtId="173" formatCode="0" '
    'xmlns:n="http://schemas.microsoft.com/office/spreadsheetml/2015/02/main" n:formatCode16=";;;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/>'
    '<xf numFmtId="171"/><xf numFmtId="172"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="173"/></cellXfs>'
    '<dxfs><dxf/><dxf><numFmt numFmtId="9" formatCode="0,"/></dxf>'
    '<dxf><numFmt numFmtId="9" formatCode="0%"/></dxf></dxfs>'
)


def grid(rows: str, after: str = "", styles: str = STYLES) -> Grid:
    return read(pack(parts(rows, after, styles=styles)), "x").grids["A b"]


def test_cells_whose_format_hides_their_value_are_known_with_the_format() -> None:
    rows = "".join(f'<c s="{style}"><f>1</f><v>1</v></c>' for style in range(7))
    rows += '<c s="1"><v>1</v></c><c s="99"><f>1</f><v>1</v></c><c><f>1</f><v>1</v></c>'
    assert grid(f"<row>{rows}</row>").hiding == {
        (1, 2): '"97"%',
        (1, 5): "d/m/y",
        (1, 7): ";;;",
        (1, 8): '"97"%',  # a number without a formula
    }


def test_a_text_is_hidden_by_the_section_for_texts_alone() -> None:
    rows = "".join(f'<c t="str" s="{style}"><f>"a"</f><v>a</v></c>' for style in range(6))
    assert grid(f"<row>{rows}</row>").hiding == {(1, 4): "0;-0;0;"}


def test_a_cell_without_a_style_has_the_first_one() -> None:
    hidden = STYLES.replace('<cellXfs><xf numFmtId="0"/>', "<cellXfs>")
    assert grid("<row><c><f>1</f><v>1</v></c></row>", styles=hidden).hiding == {(1, 1): '"97"%'}


def test_conditional_formats_that_hide_are_known_with_their_ranges() -> None:
    older = "".join(
        f'<conditionalFormatting sqref="A1:B2 {where}"><cfRule dxfId="{look}"/></conditionalFormatting>'
        for look, where in enumerate(("C3", "D4", "E5"))
    )
    newer = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    more = (
        f'<extLst><ext xmlns:x14="{newer}" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        "<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule><xm:f>TRUE</xm:f><x14:dxf>"
        '<numFmt numFmtId="165" formatCode=";;;"/></x14:dxf></x14:cfRule><xm:sqref>B:B 7:8</xm:sqref>'
        "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    assert grid("", older + more).drops == [
        (((1, 1, 2, 2), (4, 4, 4, 4)), "0,"),
        (((1, 2, 1_048_576, 2), (7, 1, 8, 16_384)), ";;;"),
    ]


def test_a_workbook_without_styles_hides_nothing() -> None:
    content = parts('<row><c s="5"><f>1</f><v>1</v></c></row>')
    assert read(pack(content), "x").grids["A b"].hiding == {}

"""Dates, times and durations that a reader types: to every engine a cell with one holds the number of its days."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import escape
from itertools import cycle, islice
from pathlib import Path

import pytest
import surgery
from thorough import OFFICES_LATER, later

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.grid import a1, row_column
from sheetnet.layout import PICTURES, read_record
from sheetnet.network import PHOTO
from sheetnet.proof.prove import prove
from sheetnet.recalc import EMBEDDED, FORMULON, STORED, open_engine
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import find_record, read

Place = tuple[str, str]  # sheet and address
# Number formats as Excel writes them, by number alone or spelled out, and as LibreOffice writes them.
BUILT_IN = [*range(14, 23), 45, 46, 47]
SPELLED = [
    r"[$-409]d\-mmm;@",
    r"[$-F400]h:mm:ss\ AM/PM",
    r"m/d/yy\ h:mm;@",
    "[h]:mm",
    r"yyyy\-mm\-dd",
    "dd/mm/yy",
    "[hh]:mm:ss.00",
    "[$-407]d. mmm. yyyy",
    'yyyy"年"m"月"d"日"',
]
SERIALS = ["46024", "1", "60", "0.25", "0.0102083333333333", "2.5", "46023.7512345678", "59", "-5", "0"]
FORMULAS = ["NOW()", "TODAY()", "DATE(1900,1,1)+0.123456789", "TIME(6,0,0)"]
INSIDE = (EMBEDDED, FORMULON)


def add_styles(content: dict[str, bytes], spelled: list[str] = SPELLED) -> list[int]:
    """Give a workbook a style for each of the formats; returns their numbers."""
    text = content["xl/styles.xml"].decode()
    first = len(surgery.styles(text))
    formats = [*map(str, BUILT_IN), *(str(500 + k) for k in range(len(spelled)))]
    xfs = "".join(f'<xf numFmtId="{one}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for one in formats)
    codes = "".join(f'<numFmt numFmtId="{500 + k}" formatCode="{escape(code)}"/>' for k, code in enumerate(spelled))
    content["xl/styles.xml"] = text.replace("</cellXfs>", f"{xfs}</cellXfs>").encode()
    surgery.swapped(content, "xl/styles.xml", "</numFmts>", f"{codes}</numFmts>")
    return list(range(first, first + len(formats)))


def typed(content: dict[str, bytes], places: list[Place], formulas: list[str]) -> list[Place]:
    """Type a date into each of these cells, and formulas that give one into the last of them."""
    styles = add_styles(content)
    for (sheet, address), style, serial in zip(places, cycle(styles), cycle(SERIALS), strict=False):
        surgery.replace_cell(content, sheet, address, f'<c r="{address}" s="{style}"><v>{serial}</v></c>')
    for (sheet, address), formula, style in zip(reversed(places), formulas, styles, strict=False):
        surgery.replace_cell(content, sheet, address, f'<c r="{address}" s="{style}"><f>{formula}</f><v>1</v></c>')
    return places


def places_of(path: Path, full: str) -> Iterator[Place]:
    """The cells of a tensor."""
    contents = read(path.read_bytes(), "a workbook")
    plan, _ = read_record(find_record(contents, "a workbook"), contents.names, contents.lost, "a workbook")
    return ((sheet, a1(row, column)) for _, sheet, row, column in plan.blocks[full].walk())


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook with dates for pixels and weights, and one with dates on its pad."""
    home, made = tmp_path_factory.mktemp("dates"), {}
    for name, tensors in (("by-hand", (f"{PHOTO}.out", "dense.weight")), ("digits", (PICTURES,))):
        path = sheetnet.build(None, home / f"{name}.xlsx", template=name, engine=None).path
        content = surgery.parts(path)
        styles = len(BUILT_IN) + len(SPELLED)
        places = [place for full in tensors for place in islice(places_of(path, full), styles)]
        typed(content, places, FORMULAS)
        made[name] = surgery.save(home / f"{name} with dates.xlsx", content)
    return made


@pytest.mark.parametrize("name", ["by-hand", *later("digits")])
@pytest.mark.parametrize("engine", INSIDE)
def test_a_date_is_the_number_of_its_days(dated: dict[str, Path], name: str, engine: str) -> None:
    report = prove(dated[name], engine_name=engine)
    assert report.proven, "\n".join(report.lines())
    assert len(report.fed) == len(FORMULAS)
    assert [edit.what for edit in report.edits] == (["pixels", "weights"] if name == "by-hand" else ["pixels"])


@pytest.mark.parametrize("office", OFFICES_LATER)
def test_a_date_that_an_office_has_saved_is_still_a_number(
    dated: dict[str, Path], tmp_path: Path, needs: Callable[[str], None], office: str
) -> None:
    needs(office)
    saved = recalculate(office, [path.read_bytes() for path in dated.values()], time.monotonic() + 120)
    for name, data in zip(dated, saved, strict=True):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        for engine in (STORED, EMBEDDED):  # LibreOffice gives computed cells the format of a date that they read
            report = prove(path, engine_name=engine)
            assert report.proven, "\n".join(report.lines())


@pytest.mark.parametrize("since", [1900, 1904])
def test_a_date_in_iso_form_is_named_and_is_its_days_once_an_office_has_saved_it(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None], since: int
) -> None:
    """A strict workbook has such cells, and openpyxl writes them on request; programs read them in four ways."""
    needs("libreoffice")
    content = surgery.parts(made["by-hand"])
    if since == 1904:
        surgery.swapped(content, "xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    at = "E13"
    surgery.replace_cell(content, "Red", at, f'<c r="{at}" t="d"><v>2026-01-15T12:00:00</v></c>')
    path = surgery.save(tmp_path / "iso.xlsx", content)
    with pytest.raises(WorkbookError) as error:
        prove(path)
    assert str(error.value) == (
        f"{path}: on the sheet 'Red', E13 holds the date or time '2026-01-15T12:00:00' as a text (ISO 8601); Excel "
        "reads such a text as a number of days, and other programs as something else; open it in a spreadsheet and "
        "save it again as .xlsx"
    )
    [saved] = recalculate("libreoffice", [path.read_bytes()], time.monotonic() + 120)
    path.write_bytes(saved)
    report = prove(path)
    assert report.proven, "\n".join(report.lines())
    assert [edit.what for edit in report.edits] == ["pixels"]
    days = read(saved, "saved").grids["Red"].cell(*row_column(at)).value
    assert days == {1900: 46037.5, 1904: 44575.5}[since]


@pytest.mark.parametrize(("language", "said"), [("en", "Texts: 1. Each"), ("zh", "文字：1 个，每个都按 0 计算。")])
def test_a_text_on_the_pad_counts_as_0_and_the_sheet_says_so(tmp_path: Path, language: str, said: str) -> None:
    path = sheetnet.build(None, tmp_path / "pad.xlsx", template="digits", language=language, engine=None).path
    content = surgery.parts(path)
    sheet, address = next(places_of(path, PICTURES))
    block = next(places_of(path, "draw.texts.out"))
    assert surgery.cell_of(content, *block)[2] == ""
    cell = f'<c r="{address}" t="inlineStr"><is><t>12,5</t></is></c>'
    surgery.replace_cell(content, sheet, address, cell)
    edited = surgery.save(tmp_path / "edited.xlsx", content)
    report = prove(edited)
    assert report.proven, "\n".join(report.lines())
    session = open_engine(EMBEDDED, edited.read_bytes(), time.monotonic() + 60)
    session.evaluate()
    row, column = row_column(block[1])
    assert said in session.rectangle(block[0], row, column, row, column)[0][0]


def test_a_computed_cell_that_reads_no_date_must_not_show_one(dated: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(dated["by-hand"])
    style = len(surgery.styles(content["xl/styles.xml"].decode())) - 1
    for title, address in (("Photo", "C11"), ("Softmax", "D10")):  # the one reads pixels, the other does not
        attributes, formula, value = surgery.cell_of(content, title, address)
        assert " s=" in attributes
        surgery.replace_cell(content, title, address, surgery.cell_xml(address, formula, value, f' s="{style}"'))
    report = prove(surgery.save(tmp_path / "hidden.xlsx", content))
    assert [(wrong.sheet, wrong.address) for wrong in report.wrong] == [("Softmax", "D10")]


@pytest.mark.parametrize("code", ["d.h", 'd"."h', r"d\.h", 'h" days"', 's"%"', "[h]", "yyyy"])
def test_a_date_is_passed_on_but_no_computed_cell_shows_a_number_by_a_part_of_it(
    made: dict[str, Path], tmp_path: Path, code: str
) -> None:
    """A pixel holds a date, so what reads it may show one. By ``d.h`` it would show 2.6 for 2.25."""
    content = surgery.parts(made["by-hand"])
    *_, plain, odd = add_styles(content, ["d/m/yyyy", code])
    surgery.replace_cell(content, "Red", "E13", f'<c r="E13" s="{odd}"><v>46024</v></c>')
    for address, style in (("C11", plain), ("D11", odd)):
        _, formula, value = surgery.cell_of(content, "Photo", address)
        surgery.replace_cell(content, "Photo", address, surgery.cell_xml(address, formula, value, f' s="{style}"'))
    report = prove(surgery.save(tmp_path / "looks like a number.xlsx", content))
    assert report.last_line().startswith("WRONG: 1 wrong cell ")
    assert [(wrong.sheet, wrong.address, wrong.found) for wrong in report.wrong] == [("Photo", "D11", code)]


@pytest.mark.parametrize(
    ("sheet", "address", "code"),
    [("Red", "E13", '0"."0'), ("Red", "E13", '"7"'), ("Dense", "D17", "0,"), ("Softmax", "B10", ';;;"Circle"')],
)
def test_an_input_that_shows_something_else_than_it_holds_is_named(
    made: dict[str, Path], tmp_path: Path, sheet: str, address: str, code: str
) -> None:
    """A pixel, a weight, and the name of a class: every formula is right, and the reader would see others."""
    content = surgery.parts(made["by-hand"])
    style = add_styles(content, [code])[-1]
    part = surgery.part_of(content, sheet)
    changed, count = re.subn(rf'(<c r="{address}") s="\d+"', rf'\1 s="{style}"', content[part].decode())
    assert count == 1
    content[part] = changed.encode()
    report = prove(surgery.save(tmp_path / "another number.xlsx", content))
    assert report.last_line().startswith("WRONG: 1 wrong cell ")
    assert [(wrong.sheet, wrong.address, wrong.found) for wrong in report.wrong] == [(sheet, address, code)]

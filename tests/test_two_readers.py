"""Why a file is refused: what openpyxl and LibreOffice make of the same bytes, where programs do not agree.

And where they agree, what is read here is what they read.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import hostile.parts  # noqa: F401  it registers its kinds
import openpyxl
import pytest
from hostile.workbooks import KINDS
from packed import COMPATIBILITY, MAIN, pack, parts, workbook

from sheetnet.errors import EngineError, WorkbookError
from sheetnet.proof.prove import prove
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.plain import without_sections
from sheetnet.workbook.read import read

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_CHOICE = (
    f'<mc:AlternateContent xmlns:mc="{COMPATIBILITY}"><mc:Choice Requires="x14" xmlns:x14="{X14}"><row><c><v>1</v>'
    "</c></row></mc:Choice><mc:Fallback><row><c><v>2</v></c></row></mc:Fallback></mc:AlternateContent>"
)

# Rows of a sheet -> what openpyxl and LibreOffice show in A1 (of LibreOffice the value that it calculates).
DIFFERENT: dict[str, tuple[str, Any, Any]] = {
    "two formulas": ("<row><c><f>1</f><f>2</f></c></row>", "=1", 2),
    "two values": ("<row><c><v>1</v><v>2</v></c></row>", 1, 2),
    "blanks around a text": ('<row><c t="str"><v> a </v></c></row>', " a ", "a"),
    "a truth value of 2": ('<row><c t="b"><v>2</v></c></row>', True, True),  # Excel refuses it
    "no number": ("<row><c><v>nan</v></c></row>", None, 0),
    "a shared formula beside one of its own": (
        '<row><c r="A1"><f t="shared" ref="A1:A1" si="0">7</f></c></row>'
        '<row><c r="A2"><f t="shared" si="0">9</f></c></row>',
        "=7",
        7,
    ),
    "alternatives": (_CHOICE, 1, 2),
    "a row twice": (
        '<row r="1"><c><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        2,
        2,
    ),  # repaired by Excel
    "a code": ('<row><c t="inlineStr"><is><t>_x0041_</t></is></c></row>', "_x0041_", "_x0041_"),  # A in Excel
}
EQUAL: dict[str, tuple[str, Any]] = {
    "a code of an underscore": ('<row><c t="s"><v>0</v></c></row>', "_x0041_"),
    "CDATA": ("<row><c><f><![CDATA[1+2]]></f></c></row>", 3),
    "comments": ("<row><c><f>1<!-- x -->2<?y z?>3</f></c></row>", 123),
    "a formula after its value": ("<row><c><v>7</v><f>1+1</f></c></row>", 2),
    "a cell inside of another element": (f'<row><x xmlns="y"><c xmlns="{MAIN}" r="A1"><v>1</v></c></x></row>', None),
    "a formula of another namespace": ('<row><c><f xmlns="y">1+1</f><v>5</v></c></row>', 5),
    "no addresses": ("<row><c><v>4</v></c></row>", 4),
}


def book(rows: str) -> bytes:
    content = parts(rows, shared="<si><t>_x005F_x0041_</t></si>")
    return pack(content | {"book/main.xml": workbook(sheets='<sheet name="A b" sheetId="1" r:id="r1"/>')})


@pytest.fixture(scope="module")
def by_libreoffice() -> Callable[[str], Any]:
    """What LibreOffice shows in A1, for all rows above in one run of it."""

    @cache
    def all_of_them() -> dict[str, Any]:
        rows = [one[0] for one in (*DIFFERENT.values(), *EQUAL.values())]
        saved = recalculate("libreoffice", [book(one) for one in rows], time.monotonic() + 120)
        found = [read(data, "saved") for data in saved]
        return {one: data.grids[data.sheets[0]].cell(1, 1).value for one, data in zip(rows, found, strict=True)}

    return lambda rows: all_of_them()[rows]


def by_openpyxl(rows: str) -> Any:
    return openpyxl.load_workbook(BytesIO(book(rows))).worksheets[0]["A1"].value


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_two_programs_read_differently_is_refused(
    needs: Callable[[str], None], by_libreoffice: Callable[[str], Any], name: str
) -> None:
    rows, openpyxl_reads, libreoffice_reads = DIFFERENT[name]
    with pytest.raises(WorkbookError):
        read(book(rows), "x")
    if openpyxl_reads is not None:  # it reads no file that says nan
        assert by_openpyxl(rows) == openpyxl_reads
    needs("libreoffice")
    assert by_libreoffice(rows) == libreoffice_reads


def test_cdata_in_a_formula_is_proven_by_the_default_engine_which_does_not_read_it(
    made: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "cdata.xlsx"
    path.write_bytes(KINDS["CDATA in a formula"].change(made["by-hand"].read_bytes()))
    assert prove(path).status == 0


def test_the_strict_edition_is_left_to_the_engines_that_read_it(made: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "strict.xlsx"
    path.write_bytes(KINDS["the strict edition of the format"].change(made["by-hand"].read_bytes()))
    with pytest.raises(EngineError, match="try --engine libreoffice"):
        prove(path)


def test_sections_are_written_as_plain_text() -> None:
    text = '<a><![CDATA[a<b&"]]>c<!-- <![CDATA[ --><![CDATA[]]]]><![CDATA[>]]></a>'
    data = without_sections(pack({"x": text, "y": text}), {"x"})
    with zipfile.ZipFile(BytesIO(data)) as package:
        assert package.read("x").decode() == '<a>a&lt;b&amp;"c<!-- <![CDATA[ -->]]&gt;</a>'
        assert package.read("y").decode() == text


@pytest.mark.parametrize("name", EQUAL)
def test_what_programs_read_in_one_way_is_read_so(
    needs: Callable[[str], None], by_libreoffice: Callable[[str], Any], name: str
) -> None:
    rows, shown = EQUAL[name]
    cell = read(book(rows), "x").grids["A b"].cell(1, 1)
    in_openpyxl = by_openpyxl(rows)
    if cell.formula is None:
        assert cell.value == in_openpyxl == shown
    else:
        assert in_openpyxl == f"={cell.formula}"
    needs("libreoffice")
    assert by_libreoffice(rows) == shown

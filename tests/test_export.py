"""Sheets as a PDF: which are printed, what stands on the pages, and what is refused.

LibreOffice takes two seconds to start, so its pages are made once and looked at by many tests.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
import surgery
from click.testing import CliRunner, Result
from inside import inside
from openpyxl import Workbook
from packed import types

import sheetnet
from sheetnet import printing
from sheetnet.cli import main
from sheetnet.errors import EngineError, SheetnetError, WorkbookError
from sheetnet.printing import printed
from sheetnet.recalc import office
from sheetnet.workbook.hide import show_only
from sheetnet.workbook.reading import package as reading

# Title of a sheet -> the text on it. Two have a print area, and one of these two is hidden.
SHEETS = {
    "first": "one",
    "A": "two",
    "B": "three",
    "A,B": "four",
    "卷积, 第一层": "five",
    "Résumé": "six",
    "Secret": "seven",
    "Vault": "eight",
}
STATES = {"Secret": "hidden", "Vault": "veryHidden"}
AREAS = ("A", "Secret")
VISIBLE = [name for name in SHEETS if name not in STATES]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROOT = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="%s"/>'
    b"</Relationships>"
)


def listing(path: Path, workbook: bytes, part: str = "xl/workbook.xml") -> Path:
    """A file with nothing in it but a list of sheets."""
    known = {"[Content_Types].xml": types(part).encode(), "_rels/.rels": ROOT % part.encode()}
    return surgery.save(path, known | {part: workbook})


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def pages(pdf: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(pdf).pages]


def states(data: bytes, where: Path) -> dict[str, str]:
    """What a spreadsheet says of each sheet: "visible" or not."""
    where.write_bytes(data)
    text = surgery.parts(where)["xl/workbook.xml"].decode()
    sheets = re.findall(r"<sheet [^>]*>", text)
    found = [re.search(r'state="(\w+)"', sheet) for sheet in sheets]
    return dict(zip(surgery.titles(surgery.parts(where)), [s[1] if s else "visible" for s in found], strict=True))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sheets with awkward names; "first", where the file opens, holds a formula with a wrong value."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, text in SHEETS.items():
        sheet = made.create_sheet(title)
        sheet["A1"], sheet["C3"] = text, "beside"
        sheet.sheet_state = STATES.get(title, "visible")
        if title in AREAS:
            sheet.print_area = "A1:B2"
    made["first"]["B1"] = "=1"
    path = tmp_path_factory.mktemp("书") / "my book 书.xlsx"
    made.save(path)
    content = surgery.parts(path)
    surgery.replace_cell(content, "first", "B1", surgery.cell_xml("B1", "40+2", "777"))
    return surgery.save(path, content)


@pytest.fixture(scope="module")
def whole(book: Path, needs: Callable[[str], None]) -> Path:
    """All of it, by the command, in the folder where one stands."""
    needs("libreoffice")
    before = book.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(book.parent)
        result = run("export", book.name)
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"my book 书\.pdf: \d+ kB\n", result.output)
    assert book.read_bytes() == before
    return book.with_suffix(".pdf")


@pytest.fixture(scope="module")
def chosen(book: Path, needs: Callable[[str], None]) -> Path:
    """Three of its sheets, by the function, in another order and over a file that exists."""
    needs("libreoffice")
    out = book.parent / "chosen.PDF"
    out.write_text("old")
    made = sheetnet.export(str(book), str(out), sheets=["résumé", "卷积, 第一层", " b ,A"], force=True)
    assert made == out
    return out


def test_every_visible_sheet_is_printed_in_the_order_of_the_workbook(whole: Path) -> None:
    assert [text.split()[0] for text in pages(whole)] == [SHEETS[name] for name in VISIBLE]


def test_only_the_chosen_sheets_are_printed_in_the_order_of_the_workbook(chosen: Path) -> None:
    assert [text.split()[0] for text in pages(chosen)] == ["two", "three", "five", "six"]


def test_a_print_area_is_respected_and_others_are_printed_beside_it(whole: Path, chosen: Path) -> None:
    assert ["beside" in text for text in pages(whole)] == [name not in AREAS for name in VISIBLE]
    assert ["beside" in text for text in pages(chosen)] == [False, True, True, True]


def test_the_pages_show_what_is_calculated_and_not_what_was_stored(whole: Path) -> None:
    assert "42" in pages(whole)[0]
    assert "777" not in "".join(pages(whole))


def test_the_pages_name_no_folder(book: Path, whole: Path) -> None:
    assert os.fsencode(book.parent.name) not in whole.read_bytes()
    assert not any("sheetnet-" in str(value) for value in (pypdf.PdfReader(whole).metadata or {}).values())


def test_only_the_file_itself_is_left_in_the_folder(book: Path, whole: Path, chosen: Path) -> None:
    assert {path.name for path in book.parent.iterdir()} == {book.name, whole.name, chosen.name}


def test_a_workbook_of_ours_that_libreoffice_saved_again_is_printed(
    by_engine: Callable[[str, str], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "again.xlsx"
    path.write_bytes(by_engine("libreoffice", "by-hand"))
    pdf = sheetnet.export(path, tmp_path / "again.pdf", sheets=["start", "LOSS"])
    texts = pages(pdf)
    assert len(texts) == 2
    assert "Start" in texts[0]
    assert "Loss" in texts[1]


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (None, VISIBLE),
        (["A"], ["A"]),
        (["B,A"], ["A", "B"]),
        (["a,b"], ["A,B"]),
        (["a, b"], ["A", "B"]),
        (["A", "A,B"], ["A", "A,B"]),
        (["first,RE\u0301SUME\u0301,"], ["first", "Résumé"]),
        (["卷积, 第一层"], ["卷积, 第一层"]),
    ],
)
def test_a_sheet_is_found_by_its_whole_name_and_then_between_commas(
    book: Path, tmp_path: Path, names: list[str] | None, kept: list[str]
) -> None:
    found = states(show_only(book.read_bytes(), names, "x"), tmp_path / "x.xlsx")
    assert list(found) == list(SHEETS)
    assert [name for name, state in found.items() if state == "visible"] == kept


def test_nothing_but_the_list_of_sheets_is_changed(book: Path, tmp_path: Path) -> None:
    changed = tmp_path / "x.xlsx"
    changed.write_bytes(show_only(book.read_bytes(), ["B"], "x"))
    before, after = surgery.parts(book), surgery.parts(changed)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/workbook.xml"]
    text = after["xl/workbook.xml"].decode()
    assert 'activeTab="2"' in text
    assert "Print_Area" not in text
    assert "<calcPr" in text


def test_prefixes_and_what_nobody_knows_survive_hiding(tmp_path: Path) -> None:
    text = (
        f'<x:workbook xmlns:x="{MAIN}" xmlns:mc="m" xmlns:y="new" mc:Ignorable="y"><y:any a="&lt;&#10;&quot;"/>'
        '<x:sheets><x:sheet name="A &amp; B" y:id="1"/><x:sheet name="C" y:id="2"/></x:sheets><x:definedNames>'
        '<x:definedName name="_xlnm.Print_Area" localSheetId="0">A</x:definedName>'
        '<x:definedName name="_xlnm.Print_Area" localSheetId="1">C</x:definedName>'
        '<x:definedName name="n">1&lt;2</x:definedName></x:definedNames></x:workbook>'
    )
    path = listing(tmp_path / "x.xlsx", text.encode("utf-16"), "elsewhere/book.xml")
    path.write_bytes(show_only(path.read_bytes(), ["a & b"], "x"))
    written = surgery.parts(path)["elsewhere/book.xml"].decode().partition("?>\n")[2]
    expected = text.replace('name="C" y:id="2"', 'name="C" y:id="2" state="hidden"')
    expected = expected.replace('<x:definedName name="_xlnm.Print_Area" localSheetId="1">C</x:definedName>', "")
    assert written.replace("'&lt;&#10;\"'", '"&lt;&#10;&quot;"') == expected


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["nobody"], "no sheet 'nobody'; it has first, A, B, A,B, 卷积, 第一层, Résumé"),
        (["A,nobody,B"], "no sheet 'nobody'"),
        (["secret"], "the sheet Secret is hidden and cannot be exported; it has first"),
        (["A,Vault"], "the sheet Vault is hidden"),
        ([""], "no sheet was named"),
        ([], "no sheet was named"),
    ],
)
def test_a_sheet_that_is_not_there_or_hidden_is_refused(book: Path, names: list[str], message: str) -> None:
    with pytest.raises(WorkbookError) as caught:
        show_only(book.read_bytes(), names, "x.xlsx")
    assert str(caught.value).startswith(f"x.xlsx: {message}")


def test_a_workbook_with_nothing_but_hidden_sheets_is_refused(tmp_path: Path) -> None:
    text = f'<workbook xmlns="{MAIN}"><sheets><sheet name="A" state="hidden"/></sheets></workbook>'
    path = listing(tmp_path / "x.xlsx", text.encode())
    with pytest.raises(WorkbookError, match="all its sheets are hidden"):
        show_only(path.read_bytes(), None, "x")


# What is refused before LibreOffice starts


@pytest.fixture
def here(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with x.xlsx in it, and nobody to print."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.xlsx").write_bytes(book.read_bytes())
    monkeypatch.setattr(printing, "apart", inside)
    monkeypatch.setattr(printed, "print_pdf", lambda *_: pytest.fail("printed"))
    return tmp_path


def refused(*arguments: object) -> str:
    result = run("export", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("sheetnet: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def _flipped(data: bytes) -> bytes:
    with zipfile.ZipFile(Path("x.xlsx")) as package:
        at = package.getinfo("xl/workbook.xml").header_offset + 60
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


def _with(workbook: str) -> Callable[[bytes], bytes]:
    text = workbook.replace("<workbook>", f'<workbook xmlns="{MAIN}">')
    return lambda data: listing(Path("made"), text.encode()).read_bytes()


def _open_document(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", "<a/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda data: b"", "not an .xlsx workbook"),
        (lambda data: b"%PDF-1.7 and so on", "not an .xlsx workbook"),
        (lambda data: data[: len(data) // 2], "not an .xlsx workbook, or damaged"),
        (_flipped, "damaged"),
        (lambda data: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "has a password, or is an old .xls"),
        (_open_document, "is an OpenDocument file (.ods); open it and save it as .xlsx"),
        (lambda data: b'<?xml version="1.0"?>\n<office:document/>', "(.ods); open it and save it as .xlsx"),
        (lambda data: surgery.save(Path("made"), {"a.txt": b"a"}).read_bytes(), "it has no [Content_Types].xml"),
        (_with("<workbook><sheets>"), "damaged"),
        (_with('<!DOCTYPE a [<!ENTITY x "y">]><workbook>&x;</workbook>'), "refused"),
        (_with('<workbook><sheets><sheet name="A"/></sheets><definedNames><definedName '
               'name="_xlnm.Print_Area" localSheetId="b"/></definedNames></workbook>'), "damaged"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_workbook_is_one_line(here: Path, broken: Callable[[bytes], bytes], message: str) -> None:
    Path("bad.xlsx").write_bytes(broken(Path("x.xlsx").read_bytes()))
    assert message in refused("bad.xlsx")
    assert not Path("bad.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.xlsx"], "no such file"),
        (["."], "is a folder"),
        (["x.xlsx", "-o", "x.xlsx"], "must end in .pdf"),
        (["x.xlsx", "-o", "folder.pdf"], "folder.pdf: is a folder"),
        (["x.xlsx", "-o", "no/x.pdf"], "the folder no does not exist"),
        (["x.xlsx", "-o", "old.pdf"], "old.pdf: exists"),
        (["x.xlsx", "-s", "A", "-s", "nobody"], "no sheet 'nobody'"),
        (["x.xlsx", "--timeout", "0"], "--timeout"),
        (["x.xlsx", "--timeout", "nan"], "--timeout"),
    ],
)
def test_a_wrong_name_is_refused_and_nothing_is_written(here: Path, arguments: list[str], message: str) -> None:
    Path("folder.pdf").mkdir()
    Path("old.pdf").write_text("old")
    assert message in refused(*arguments)
    assert {path.name for path in here.iterdir()} == {"x.xlsx", "folder.pdf", "old.pdf"}
    assert Path("old.pdf").read_text() == "old"


def test_a_workbook_is_never_replaced_by_its_own_pages(here: Path) -> None:
    Path("x.xlsx").rename("x.pdf")
    assert "is the workbook itself" in refused("x.pdf", "--force")


@pytest.mark.parametrize(("limit", "message"), [("MAX_FILE", "larger than"), ("MAX_PARTS", "parts")])
def test_too_large_a_file_is_not_read(here: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str) -> None:
    monkeypatch.setattr(reading, limit, 3)
    assert message in refused("x.xlsx")


def test_a_part_that_swells_is_not_unpacked(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = surgery.parts(Path("x.xlsx")) | {"xl/media/image1.png": bytes(1 << 20)}
    surgery.save(Path("x.xlsx"), content)
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1 << 20)
    assert "unpacks to more" in refused("x.xlsx")


# What may go wrong while printing


def test_without_libreoffice_one_line_says_how_to_get_it(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "apart", inside)
    monkeypatch.setattr(office, "find", lambda engine: None)
    line = refused(book, "-o", book.with_name("y.pdf"))
    assert "LibreOffice is not installed; get it from libreoffice.org" in line
    assert "formualizer" not in line


def test_a_program_that_cannot_be_started_is_one_line(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.write_text("no program")
    monkeypatch.setattr(printing, "apart", inside)
    monkeypatch.setattr(office, "find", lambda engine: str(program))
    assert "cannot be run" in refused(book, "-o", tmp_path / "y.pdf")


def test_a_libreoffice_that_says_nothing_and_prints_nothing_has_failed(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find", lambda engine: "soffice")
    monkeypatch.setattr(office, "run", lambda *_: None)
    monkeypatch.setattr(printing, "apart", inside)
    with pytest.raises(EngineError, match="could not print"):
        sheetnet.export(book, tmp_path / "y.pdf")


def test_the_time_limit_holds_and_leaves_nothing(book: Path, tmp_path: Path, needs: Callable[[str], None]) -> None:
    needs("libreoffice")
    with pytest.raises(SheetnetError, match="--timeout"):
        sheetnet.export(book, tmp_path / "y.pdf", timeout=0.15)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), OSError(28, "No space left on device")])
def test_an_interrupt_or_a_full_disk_leaves_the_old_file_and_nothing_else(
    here: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(_: int) -> None:
        raise error

    Path("x.pdf").write_text("old")
    monkeypatch.setattr(printed, "print_pdf", lambda *_: b"%PDF-")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((KeyboardInterrupt, SystemExit, WorkbookError)):
        sheetnet.export("x.xlsx", "x.pdf", sheets="A", force=True)
    assert {path.name for path in here.iterdir()} == {"x.xlsx", "x.pdf"}
    assert Path("x.pdf").read_text() == "old"


def test_quiet_says_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "print_pdf", lambda *_: b"%PDF-")
    assert run("export", "x.xlsx", "-q").output == ""
    assert Path("x.pdf").read_bytes() == b"%PDF-"

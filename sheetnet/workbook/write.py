"""Write a book: stream its cells into the shell, then move the finished file to its place.

    <c r="B5" s="7"><f>MAX(Conv1!B5,0)</f><v>0.25</v></c>

A cell carries its formula and its true value. The text of the cells is made on one thread and compressed on
another. Identical books give identical bytes: no times, no paths, numbers as every processor computes them.
"""

from __future__ import annotations

import queue
import re
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sheetnet.errors import WorkbookError
from sheetnet.grid import a1, letters
from sheetnet.target import refuse_target, replacing
from sheetnet.workbook.amend import add_alt_texts, declare_once, quiet, without_automatic_title
from sheetnet.workbook.book import Book, Cell, Line, Scalar, Sheet
from sheetnet.workbook.limits import refuse_formulas
from sheetnet.workbook.shell import make_shell
from sheetnet.workbook.style import FRAMED
from sheetnet.workbook.text import held, numbers, xml

CHUNK = 1 << 16  # characters handed to the compressor at once
LEVEL = 4  # of zlib: on formula text a third faster than 6, and the file hardly larger
# Seconds after which a thread lets the other one run. With Python's default of 5 ms the two hardly overlap.
SWITCH = 5e-5

_MARK = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
_SIZE = re.compile(rb'<dimension ref="[^"]*"\s*/>')
_DRAWING_PART = re.compile(r"xl/drawings/drawing(\d+)\.xml")
_SHEET_PART = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_ABOUT = {
    "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>sheetnet</Application></Properties>",
    "docProps/core.xml": "<cp:coreProperties "
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
    "<dc:language>{language}</dc:language></cp:coreProperties>",
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Progress = Callable[[int, int], None]  # cells written so far, cells in all


def save(book: Book, path: Path, *, force: bool = False, progress: Progress | None = None) -> None:
    """Write ``book`` to ``path``. An error leaves no half-written file, and an existing file as it was.

    ``progress`` is called with the number of cells that are written, and the number of all cells.
    """
    refuse_target(path, force=force)
    shell, styles = make_shell(book)
    try:
        with replacing(path, force=force) as out:
            _write_package(book, shell, styles, out, progress or (lambda done, total: None))
    except (RuntimeError, zipfile.LargeZipFile) as error:  # zipfile raises these for a part of over 2 GB
        raise WorkbookError(f"{path}: a sheet would have over 2 GB; use a smaller photo, or --layout rows") from error


def _write_package(book: Book, shell: bytes, styles: dict[str, int], out: BinaryIO, progress: Progress) -> None:
    # Each of these sheets has one drawing, and openpyxl numbers the drawings in this order.
    with_drawing = [sheet for sheet in book.sheets if sheet.charts or sheet.pictures]
    done, total = 0, book.cell_count()

    def count(cells: int) -> None:
        nonlocal done
        done += cells
        progress(done, total)

    with (
        zipfile.ZipFile(BytesIO(shell)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            info = zipfile.ZipInfo(name)  # its time is 1980-01-01, the same for everybody
            info.compress_type = zipfile.ZIP_DEFLATED
            info._compresslevel = LEVEL  # type: ignore[attr-defined]  # else zipfile takes 6 for a ZipInfo
            if name in _ABOUT:
                data = (_DECLARATION + _ABOUT[name].format(title=xml(book.title), language=book.language)).encode()
            elif match := _DRAWING_PART.fullmatch(name):
                sheet = with_drawing[int(match[1]) - 1]
                data = add_alt_texts(data, sheet)
                data = declare_once(data) if sheet.charts else data
            elif name.startswith("xl/charts/chart"):
                data = declare_once(without_automatic_title(data))
            if part := _SHEET_PART.fullmatch(name):
                _stream(target, info, data, book.sheets[int(part[1]) - 1], styles, count)
            else:
                target.writestr(info, data)


def _stream(
    target: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    shell: bytes,
    sheet: Sheet,
    styles: dict[str, int],
    count: Callable[[int], None],
) -> None:
    last = a1(*sheet.extent())
    shell = _SIZE.sub(f'<dimension ref="A1:{last}"/>'.encode(), shell, count=1)
    mark = _MARK.search(shell)
    if mark is None:
        raise WorkbookError(
            f"{sheet.title}: openpyxl wrote no place for cells that sheetnet knows; install openpyxl 3.1"
        )
    with target.open(info, "w") as part, _Compressor(part.write) as write:
        write((shell[: mark.start()] + b"<sheetData>").decode())
        for row, entries in sheet.ordered():
            height = sheet.heights.get(row)
            attributes = f' ht="{height:g}" customHeight="1"' if height else ""
            ground = sheet.grounds.get(row)
            attributes += f' s="{styles[ground]}" customFormat="1"' if ground else ""
            attributes += ' outlineLevel="1" hidden="1"' if row in sheet.folded else ""
            attributes += ' collapsed="1"' if sheet.folded and row == sheet.folded.stop else ""
            cells = [
                _cell(sheet, row, e, styles) if isinstance(e, Cell) else _line(sheet, row, e, styles) for e in entries
            ]
            write(f'<row r="{row}"{attributes}>{"".join(cells)}</row>')
            count(sum(e.width for e in entries))
        end = shell[mark.end() :]
        write("</sheetData>" + (quiet(end, f"A1:{last}") if sheet.has_formulas() else end).decode())


def _line(sheet: Sheet, row: int, line: Line, styles: dict[str, int]) -> str:
    """The cells of a line. A million cells pass here, so most of the time of a build is spent here."""
    style = [styles[line.style]] * line.width
    for framed, column in sheet.framed:
        if framed == row and line.column <= column < line.column + line.width:
            style[column - line.column] = styles[line.style + FRAMED]
    columns = map(letters, range(line.column, line.column + line.width))
    texts = numbers(line.values.tolist(), exact=line.formulas is None)
    if line.formulas is None:
        return "".join(
            [f'<c r="{c}{row}" s="{s}"><v>{v}</v></c>' for c, s, v in zip(columns, style, texts, strict=True)]
        )
    formulas = line.formulas()
    together = "\n".join(formulas)
    refuse_formulas(formulas, lambda number: f"{sheet.title}!{a1(row, line.column + number)}")
    if "&" in together or "<" in together or ">" in together:
        formulas = [escape(f, quote=False) for f in formulas]
    return "".join(
        [
            f'<c r="{c}{row}" s="{s}"><f>{f}</f><v>{v}</v></c>'
            for c, s, f, v in zip(columns, style, formulas, texts, strict=True)
        ]
    )


def _cell(sheet: Sheet, row: int, cell: Cell, styles: dict[str, int]) -> str:
    style = cell.style + FRAMED if (row, cell.column) in sheet.framed else cell.style
    start = f'<c r="{a1(row, cell.column)}" s="{styles[style]}"'
    value = cell.value
    if cell.formula is None:
        if value is None:
            return f"{start}/>"
        if isinstance(value, str):
            keep = "" if value == value.strip() else ' xml:space="preserve"'  # else the spaces at its ends are lost
            return f'{start} t="inlineStr"><is><t{keep}>{xml(held(value))}</t></is></c>'
        return f"{start}><v>{numbers([float(value)], exact=True)[0]}</v></c>"
    refuse_formulas([cell.formula], lambda _: f"{sheet.title}!{a1(row, cell.column)}")
    formula = f"<f>{xml(cell.formula)}</f>"
    if isinstance(value, str):
        return f'{start} t="str">{formula}<v>{xml(value)}</v></c>'
    if isinstance(value, bool):
        return f'{start} t="b">{formula}<v>{int(value)}</v></c>'
    return f"{start}>{formula}<v>{numbers([_number(value)], exact=False)[0]}</v></c>"


def _number(value: Scalar | None) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"a formula's value is {value!r}")
    return value


class _Compressor:
    """Collects text, and hands it in chunks to ``write``, which compresses it on a second thread."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._chunks: queue.Queue[bytes | None] = queue.Queue(4)
        self._buffer: list[str] = []
        self._size = 0
        self._error: BaseException | None = None
        self._interval = 0.0
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Callable[[str], None]:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        self._thread.start()
        return self._collect

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._hand_over()
        self._chunks.put(None)
        self._thread.join()
        sys.setswitchinterval(self._interval)
        if kind is None and self._error is not None:
            raise self._error

    def _collect(self, text: str) -> None:
        self._buffer.append(text)
        self._size += len(text)
        if self._size >= CHUNK:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._error is not None:
            raise self._error
        self._chunks.put("".join(self._buffer).encode())
        self._buffer, self._size = [], 0

    def _work(self) -> None:
        for chunk in self._stream_of_chunks():
            if self._error is None:
                try:
                    self._write(chunk)
                except BaseException as error:  # handed to the thread that waits, and raised there
                    self._error = error

    def _stream_of_chunks(self) -> Iterator[bytes]:
        while (chunk := self._chunks.get()) is not None:
            yield chunk

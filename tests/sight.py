"""A workbook as it meets the eye: what each cell shows, in which font, and how much room there is for it.

What is shown is read from the file, not from the program that made it; widths of texts are those of real fonts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from html import unescape
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import openpyxl
import surgery
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from PIL import ImageFont

from sheetnet.layout import Plan, read_record
from sheetnet.lenses.shares import NEARLY_ALL
from sheetnet.workbook.read import find_record, read
from sheetnet.workbook.style import CHANCE

PAD = 4  # pixels that a cell keeps free around its text
POINTS = 96 / 72  # pixels of a point

# Liberation Sans is as wide as Arial; every Chinese font has characters as wide as they are high.
LATIN = {
    "Regular": ("LiberationSans-Regular.ttf", "arial.ttf", "Arial.ttf"),
    "Bold": ("LiberationSans-Bold.ttf", "arialbd.ttf", "Arial Bold.ttf"),
    "Italic": ("LiberationSans-Italic.ttf", "ariali.ttf", "Arial Italic.ttf"),
    "BoldItalic": ("LiberationSans-BoldItalic.ttf", "arialbi.ttf", "Arial Bold Italic.ttf"),
}
CHINESE = {
    "Regular": ("NotoSansCJK-Regular.ttc", "msyh.ttc", "PingFang.ttc"),
    "Bold": ("NotoSansCJK-Bold.ttc", "msyhbd.ttc", "PingFang.ttc"),
}
_VALUE = re.compile(r'<c r="([A-Z]+[0-9]+)"[^>]*?(?: t="(\w+)")?><f>[^<]*</f><v>([^<]*)</v></c>')


@cache
def _font(names: tuple[str, ...]) -> ImageFont.FreeTypeFont | None:
    for name in names:
        try:
            return ImageFont.truetype(name, 1000)
        except OSError:
            continue
    return None


def missing_fonts() -> list[str]:
    """The fonts that widths cannot be measured without."""
    return [names[0] for names in (*LATIN.values(), *CHINESE.values()) if _font(names) is None]


@cache
def pixels(text: str, size: float, bold: bool, italic: bool) -> float:
    """Width of a text on the screen."""
    look = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
    total = 0.0
    for wide, run in _runs(text):
        font = _font(CHINESE["Bold" if bold else "Regular"] if wide else LATIN[look])
        assert font is not None
        total += font.getlength(run) / 1000
    return total * size * POINTS


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces of Chinese and of other characters. A sign of neither is measured as a Chinese one, the wider."""
    for piece in re.findall(r"[\u0020-\u024f]+|[^\u0020-\u024f]+", text):
        yield not piece[0].isascii() and ord(piece[0]) > 0x24F, piece


def is_chinese(text: str) -> bool:
    return any(east_asian_width(letter) in "WF" for letter in text)


def formatted(value: float, code: str) -> str:
    """A number as a cell shows it. ``General`` may drop decimals, so only what cannot be dropped counts."""
    if code == ";;;":
        return ""
    if code == "#0":
        return f"{value:.0f}"
    if code == "General":
        return min(f"{value:.0f}", f"{value:.0E}", key=len)
    if code == CHANCE:
        return ">99.9 %" if value > NEARLY_ALL else f"{100 * value:.1f} %"
    if code == "0.0###":
        whole, _, digits = f"{value:.4f}".partition(".")
        return f"{whole}.{digits.rstrip('0') or '0'}"
    if code.endswith(";0") and code.count(";") == 2 and "E" not in code:
        return formatted(value, code.partition(";")[0]) if value else "0"
    if code == "0.######":
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if code.partition(";")[0] in ("0.0E+00", "0E+00"):
        decimals = code.partition(";")[0].count(".")
        return "0" if code.endswith(";0") and not value else f"{value:.{decimals}E}"
    match = re.fullmatch(r"(#,##)?0(?:\.(0+))?( ?%)?", code)
    assert match is not None, f"a number format that this test does not know: {code}"
    comma, decimals = "," if match[1] else "", len(match[2] or "")
    return f"{value * (100 if match[3] else 1):{comma}.{decimals}f}{match[3] or ''}"


@dataclass(frozen=True)
class Shown:
    """What a cell shows. ``room``: pixels that its text may take; ``tall``: points of its row."""

    where: str
    text: str
    width: float
    room: float
    size: float
    tall: float
    number: bool


class Sight:
    """A workbook that was read with all its looks."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.content = surgery.parts(path)
        self.book = openpyxl.load_workbook(path)

    @cached_property
    def sheets(self) -> dict[str, Any]:
        """The sheets that a reader sees."""
        return {sheet.title: sheet for sheet in self.book.worksheets if sheet.sheet_state == "visible"}

    @cached_property
    def plan(self) -> Plan:
        """Where everything lies, as the workbook remembers it."""
        contents = read(self.data, "it")
        plan, gone = read_record(find_record(contents, "it"), contents.names, contents.lost, "it")
        assert not gone
        return plan

    def part(self, title: str) -> str:
        return self.content[surgery.part_of(self.content, title)].decode()

    @cache  # noqa: B019  a test keeps few of them
    def values(self, title: str) -> dict[tuple[int, int], str | float]:
        """Everything that stands in a cell; a formula that shows nothing is an empty text, and no blank cell."""
        found: dict[tuple[int, int], str | float] = {}
        for address, kind, text in _VALUE.findall(self.part(title)):
            found[coordinate_to_tuple(address)] = unescape(text) if kind == "str" or not text else float(text)
        for row in self.sheets[title].iter_rows():
            for cell in row:
                if cell.data_type == "n" and cell.value is not None:
                    found[cell.row, cell.column] = float(cell.value)
                elif cell.data_type != "n" and cell.data_type != "f":
                    found[cell.row, cell.column] = str(cell.value or "")
        return found

    @cache  # noqa: B019
    def width(self, title: str, column: int) -> int:
        """Pixels of a column."""
        sheet = self.sheets[title]
        for about in sheet.column_dimensions.values():
            if about.min <= column <= about.max:
                return int(about.width * 7)
        return int(sheet.sheet_format.defaultColWidth * 7)

    @cache  # noqa: B019
    def merged(self, title: str) -> dict[tuple[int, int], tuple[int, int]]:
        """The first cell of each merged area -> its last column and its last row."""
        return {
            (area.min_row, area.min_col): (area.max_col, area.max_row) for area in self.sheets[title].merged_cells
        }

    def height(self, title: str, row: int) -> float:
        """Points of a row."""
        sheet = self.sheets[title]
        return float(sheet.row_dimensions[row].height or sheet.sheet_format.defaultRowHeight)

    def printed(self, title: str) -> tuple[int, int]:
        """The last row and the last column that are printed."""
        left, top, right, bottom = range_boundaries(self.sheets[title].print_area.rpartition("!")[2])
        assert (left, top) == (1, 1)
        return bottom, right

    def texts(self, title: str) -> Iterator[tuple[tuple[int, int], str]]:
        yield from ((at, value) for at, value in self.values(title).items() if isinstance(value, str) and value)

    def shown(self, title: str) -> Iterator[Shown]:
        """Every cell with a text or a number in it."""
        sheet, values = self.sheets[title], self.values(title)
        last_row, last = self.printed(title)
        for (row, column), value in values.items():
            if value == "":
                continue
            cell = sheet.cell(row, column)
            number = not isinstance(value, str)
            text = formatted(float(value), cell.number_format) if number else str(value)
            if text == "":  # the format of a small cell shows its colour only
                continue
            font = cell.font
            width = pixels(text, font.sz, bool(font.b), bool(font.i)) + cell.alignment.indent * 7
            room = float(self.width(title, column))
            if not number:
                end = last if row <= last_row and column <= last else sheet.max_column + 40
                right = left = 0
                while column + right + 1 <= end and (row, column + right + 1) not in values and right < 2000:
                    right += 1
                while column - left - 1 >= 1 and (row, column - left - 1) not in values:
                    left += 1
                after = sum(self.width(title, column + k) for k in range(1, right + 1))
                before = sum(self.width(title, column - k) for k in range(1, left + 1))
                align = cell.alignment.horizontal
                if align == "center":  # on a ground of its own it stays there
                    room += 0 if cell.fill.patternType == "solid" else 2 * min(before, after)
                else:
                    room += before if align == "right" else after
            where = f"{title}!{cell.coordinate}"
            tall, merged = self.height(title, row), self.merged(title).get((row, column))
            if merged is not None:
                right, bottom = merged
                tall = sum(self.height(title, r) for r in range(row, bottom + 1))
                wide = sum(self.width(title, c) for c in range(column, right + 1))
                room = wide if number else max(room, wide)
            yield Shown(where, text, width, room - PAD, font.sz, tall, number)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as the Web Content Accessibility Guidelines (2.2) reckon it: 1 to 21."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[-6:][i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

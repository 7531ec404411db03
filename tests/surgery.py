"""Change a workbook as a reader, another program or an enemy would: in its XML, one cell at a time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from pathlib import Path

from sheetnet.grid import a1, column_number, sheet_prefix

# A reference in a formula, with the sheet it names.
_REFERENCE = re.compile(r"((?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(])")


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def save(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return path


def titles(content: dict[str, bytes]) -> list[str]:
    text = content["xl/workbook.xml"].decode()
    return [unescape(t) for t in re.findall(r'<(?:\w+:)?sheet [^>]*?name="([^"]*)"', text)]


def part_of(content: dict[str, bytes], title: str) -> str:
    return f"xl/worksheets/sheet{titles(content).index(title) + 1}.xml"


def cell_xml(address: str, formula: str | None, value: str | None, kind: str = "") -> str:
    inside = "" if formula is None else f"<f>{escape(formula, quote=False)}</f>"
    inside += "" if value is None else f"<v>{value}</v>"
    return f'<c r="{address}"{kind}>{inside}</c>'


def replace_cell(content: dict[str, bytes], title: str, address: str, new: str) -> None:
    """Put ``new`` (XML of a cell, or nothing) in the place of a cell."""
    part = part_of(content, title)
    text = content[part].decode()
    pattern = re.compile(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)')
    assert len(pattern.findall(text)) == 1, f"{title}!{address}"
    content[part] = pattern.sub(lambda _: new, text).encode()


def find_cell(content: dict[str, bytes], title: str, address: str) -> tuple[str | None, str]:
    """Formula and value of a cell, as written."""
    text = content[part_of(content, title)].decode()
    found = re.search(rf'<c r="{address}"[^>]*>(?:<f>(.*?)</f>)?<v>(.*?)</v></c>', text)
    assert found is not None, f"{title}!{address}"
    return found[1], found[2]


def rename_sheet(content: dict[str, bytes], old: str, new: str) -> None:
    """As a spreadsheet does it: in the list of sheets, in every formula, in every name."""
    before, after = sheet_prefix(old), sheet_prefix(new)
    workbook = content["xl/workbook.xml"].decode()
    workbook = workbook.replace(f'name="{old}"', f'name="{escape(new)}"')
    content["xl/workbook.xml"] = workbook.replace(f">{before}", f">{escape(after, quote=False)}").encode()
    for name in [n for n in content if n.startswith("xl/worksheets/sheet")]:
        text = content[name].decode()
        swap = re.compile(rf"(?<![\w.'])({re.escape(before)})")
        content[name] = re.sub("<f>.*?</f>", partial(_swap, swap, escape(after, quote=False)), text).encode()


def _swap(old: re.Pattern[str], new: str, formula: re.Match[str]) -> str:
    return old.sub(lambda _: new, formula[0])


def insert_row(content: dict[str, bytes], title: str, at: int) -> None:
    """As a spreadsheet does it: rows from ``at`` on move down, and all references to them follow."""

    def moved(text: str, home: str) -> str:
        def shift(match: re.Match[str]) -> str:
            sheet, d1, column, d2, row = match.groups()
            named = home if sheet is None else sheet[:-1].strip("'").replace("''", "'")
            number = int(row) + (1 if named == title and int(row) >= at else 0)
            return f"{sheet or ''}{d1}{column}{d2}{number}"

        # A range names its sheet once; both its ends follow it.
        def span(match: re.Match[str]) -> str:
            first = shift(re.match(_REFERENCE, match[1]))  # type: ignore[arg-type]
            sheet = re.match(_REFERENCE, match[1])[1] or ""  # type: ignore[index]
            last = shift(re.match(_REFERENCE, sheet + match[2]))  # type: ignore[arg-type]
            return f"{first}:{last.removeprefix(sheet)}"

        single = r"(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?\$?[A-Z]{1,3}\$?\d+(?![\w(])"
        text = unescape(text)
        ranges = re.compile(rf"({single}):(\$?[A-Z]{{1,3}}\$?\d+)")
        pieces, last = [], 0
        for match in ranges.finditer(text):
            pieces += [_REFERENCE.sub(shift, text[last : match.start()]), span(match)]
            last = match.end()
        return escape("".join([*pieces, _REFERENCE.sub(shift, text[last:])]), quote=False)

    for number, home in enumerate(titles(content), 1):
        part = f"xl/worksheets/sheet{number}.xml"
        text = re.sub(r"<f>(.*?)</f>", lambda m, home=home: f"<f>{moved(m[1], home)}</f>", content[part].decode())
        if home == title:
            text = re.sub(
                r'(<row r="|<c r="[A-Z]+)(\d+)"',
                lambda m: f'{m[1]}{int(m[2]) + (int(m[2]) >= at)}"',
                text,
            )
        content[part] = text.encode()
    workbook = content["xl/workbook.xml"].decode()
    workbook = re.sub(
        r"(<definedName [^>]*>)(.*?)(</definedName>)", lambda m: m[1] + moved(m[2], "") + m[3], workbook
    )
    content["xl/workbook.xml"] = workbook.encode()


def neighbours(formula: str) -> str:
    """The same formula with its first reference moved one column to the right."""

    def right(match: re.Match[str]) -> str:
        sheet, d1, column, d2, row = match.groups()
        return f"{sheet or ''}{d1}{a1(int(row), column_number(column) + 1)}".replace(row, f"{d2}{row}")

    return _REFERENCE.sub(right, formula, count=1)


Mutation = Callable[[str, str, str], str]  # address, formula, value -> XML of the cell

MUTATIONS: dict[str, Mutation] = {
    "adds a little": lambda a, f, v: cell_xml(a, f"{f}+0.00001", v),
    "scales a little": lambda a, f, v: cell_xml(a, f"({f})*1.00001", v),
    "looks at the neighbour": lambda a, f, v: cell_xml(a, neighbours(f), v),
    "is its own value": lambda a, f, v: cell_xml(a, None, v),
    "is a formula of its value": lambda a, f, v: cell_xml(a, f"{v}+0", v),
    "is gone": lambda a, f, v: "",
    "is blank": lambda a, f, v: f'<c r="{a}"/>',
    "is a text": lambda a, f, v: cell_xml(a, '"0"', "0", ' t="str"'),
    "is an error": lambda a, f, v: cell_xml(a, "1/0", "#DIV/0!", ' t="e"'),
    "is a truth value": lambda a, f, v: cell_xml(a, "TRUE", "1", ' t="b"'),
}

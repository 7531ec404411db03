"""Change a workbook as a reader, another program or an enemy would: in its XML, one cell at a time."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from pathlib import Path
from typing import Any

from sheetnet.grid import a1, column_number, letters, sheet_prefix

# A reference in a formula, with the sheet it names.
_REFERENCE = re.compile(r"((?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(])")


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def count_formulas(path: Path) -> int:
    """How many cells of a workbook hold a formula, told without the program."""
    sheets = (data for name, data in parts(path).items() if name.startswith("xl/worksheets/sheet"))
    return sum(len(re.findall(rb"<f[ >]", data)) for data in sheets)


def save(path: Path, content: dict[str, bytes]) -> Path:
    """A file of these parts. It is read at once, mostly, and thrown away: so it is packed quickly, not small."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
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


def cell_of(content: dict[str, bytes], title: str, address: str) -> tuple[str, str, str]:
    """Attributes, formula and value of a computed cell."""
    text = content[part_of(content, title)].decode()
    found = re.search(rf'<c r="{address}"([^>]*)><f>(.*?)</f><v>(.*?)</v></c>', text, re.DOTALL)
    assert found is not None, f"{title}!{address}"
    return found[1], unescape(found[2]), unescape(found[3])


def damaged(content: dict[str, bytes], title: str, address: str, how: str) -> None:
    """Change the formula of a computed cell, put its value in the place of it, delete it, or store another value."""
    attributes, formula, value = cell_of(content, title, address)
    words = 't="str"' in attributes
    kind = re.sub(r' s="\d+"', "", attributes)
    other = f"{value}x" if words else str(float(value) * 1.001 + 0.5)
    new = {
        "formula": cell_xml(address, f'{formula}&"x"' if words else f"{formula}+0.001", escape(value), kind),
        "constant": cell_xml(address, None, escape(value), kind),
        "deleted": "",
        "stored": cell_xml(address, formula, escape(other), kind),
    }
    replace_cell(content, title, address, new[how])


def swapped(content: dict[str, bytes], part: str, old: str, new: str) -> None:
    """Replace a text of a part, which must be there."""
    text = content[part].decode()
    assert old in text, f"{part}: {old}"
    content[part] = text.replace(old, new).encode()


def insert_cell(content: dict[str, bytes], title: str, address: str, new: str) -> None:
    """Put ``new`` into a cell that is not there, in its place among those of its row."""
    part = part_of(content, title)
    text = content[part].decode()
    row = int(re.sub("[A-Z]", "", address))
    column = column_number(re.sub("[0-9]", "", address))
    line = re.search(rf'(<row r="{row}"[^>]*?)(?:/>|>(.*?)</row>)', text)
    assert line is not None, f"{title} has no row {row}"
    cells = re.findall(r'<c r="[A-Z]+\d+"[^>]*?(?:/>|>.*?</c>)', line[2] or "")
    before = [c for c in cells if column_number(re.match(r'<c r="([A-Z]+)', c)[1]) < column]  # type: ignore[index]
    inside = "".join([*before, new, *cells[len(before) :]])
    content[part] = (text[: line.start()] + f"{line[1]}>{inside}</row>" + text[line.end() :]).encode()


def styles(text: str) -> list[str]:
    """The styles of cells that styles.xml lists, in order."""
    inside = re.search(r"<cellXfs[^>]*>(.*?)</cellXfs>", text, re.DOTALL)
    assert inside is not None
    return re.findall(r"<xf ", inside[1])


def add_sheet(content: dict[str, bytes], title: str, rows: list[str]) -> None:
    """A sheet of the reader's own, at the end."""
    number = len(titles(content)) + 1
    part = f"xl/worksheets/sheet{number}.xml"
    lines = "".join(f'<row r="{row}">{cells}</row>' for row, cells in enumerate(rows, 1))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content[part] = f'<worksheet xmlns="{space}"><sheetData>{lines}</sheetData></worksheet>'.encode()
    place = '"http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    swapped(
        content,
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        f'<Relationship Id="own" Type={place}/worksheet" Target="worksheets/sheet{number}.xml"/></Relationships>',
    )
    entry = f'<sheet xmlns:r={place}" name="{title}" sheetId="{number + 100}" r:id="own"/></sheets>'
    swapped(content, "xl/workbook.xml", "</sheets>", entry)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    swapped(
        content, "[Content_Types].xml", "</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    )


def delete_sheet(content: dict[str, bytes], title: str) -> None:
    """As a spreadsheet does it: the sheet goes, and names and formulas that meant it say #REF!."""
    part = part_of(content, title)
    text = content["xl/workbook.xml"].decode()
    entry = re.search(rf'<(?:\w+:)?sheet [^>]*name="{re.escape(escape(title))}"[^>]*/>', text)
    assert entry is not None
    link = re.search(r'r:id="([^"]+)"', entry[0])[1]  # type: ignore[index]
    number = titles(content).index(title)
    text = text.replace(entry[0], "")
    prefix = re.escape(escape(sheet_prefix(title), quote=False))
    text = re.sub(rf'<definedName [^>]*localSheetId="{number}"[^>]*>[^<]*</definedName>', "", text)
    text = re.sub(r'localSheetId="(\d+)"', lambda m: f'localSheetId="{int(m[1]) - (int(m[1]) > number)}"', text)
    text = re.sub(rf"(<definedName [^>]*>){prefix}[^<]*(</definedName>)", r"\1#REF!\2", text)
    content["xl/workbook.xml"] = text.encode()
    links = content["xl/_rels/workbook.xml.rels"].decode()
    content["xl/_rels/workbook.xml.rels"] = re.sub(rf'<Relationship [^>]*Id="{link}"[^>]*/>', "", links).encode()
    content["[Content_Types].xml"] = re.sub(
        rf'<Override [^>]*PartName="/{part}"[^>]*/>', "", content["[Content_Types].xml"].decode()
    ).encode()
    del content[part]
    for name in [n for n in content if n.startswith("xl/worksheets/sheet")]:
        sheet = content[name].decode()
        content[name] = re.sub(rf"(?<![\w.']){prefix}\$?[A-Z]+\$?\d+", "#REF!", sheet).encode()


def read_record(content: dict[str, bytes]) -> dict[str, Any]:
    """What the hidden sheet remembers."""
    text = content[part_of(content, "sheetnet")].decode()
    found: dict[str, Any] = json.loads(
        "".join(unescape(t) for t in re.findall(r"<t[^>]*>(.*?)</t>", text, re.DOTALL))
    )
    return found


def write_record(content: dict[str, bytes], record: dict[str, Any]) -> None:
    """Let the hidden sheet remember something else."""
    text = json.dumps(record, separators=(",", ":")).replace(" ", "\\u0020")
    count = len(re.findall(r"<row ", content[part_of(content, "sheetnet")].decode()))
    size = -(-len(text) // count)
    rows = "".join(
        f'<row r="{k}"><c r="A{k}" t="inlineStr"><is><t>{escape(text[(k - 1) * size : k * size])}</t></is></c></row>'
        for k in range(1, count + 1)
    )
    part = part_of(content, "sheetnet")
    data = content[part].decode()
    content[part] = re.sub(
        r"<sheetData>.*</sheetData>", lambda _: f"<sheetData>{rows}</sheetData>", data, flags=re.DOTALL
    ).encode()


def plain_value(content: dict[str, bytes], title: str, address: str) -> str:
    """The value of a constant number."""
    found = re.search(rf'<c r="{address}"[^>]*><v>(.*?)</v></c>', content[part_of(content, title)].decode())
    assert found is not None, f"{title}!{address}"
    return found[1]


def rename_sheet(content: dict[str, bytes], old: str, new: str) -> None:
    """As a spreadsheet does it: in the list of sheets, in every formula, in every name."""
    before, after = sheet_prefix(old), sheet_prefix(new)
    workbook = content["xl/workbook.xml"].decode()
    workbook = workbook.replace(f'name="{old}"', f'name="{escape(new)}"')
    content["xl/workbook.xml"] = workbook.replace(f">{before}", f">{escape(after, quote=False)}").encode()
    for name in [n for n in content if n.startswith(("xl/worksheets/sheet", "xl/charts/chart"))]:
        text = content[name].decode()
        swap = re.compile(rf"(?<![\w.'])({re.escape(before)})")
        content[name] = re.sub(
            "<(c:)?f>.*?</(c:)?f>", partial(_swap, swap, escape(after, quote=False)), text
        ).encode()


def _swap(old: re.Pattern[str], new: str, formula: re.Match[str]) -> str:
    return old.sub(lambda _: new, formula[0])


def insert_row(content: dict[str, bytes], title: str, at: int) -> None:
    """As a spreadsheet does it: rows from ``at`` on move down, and all references to them follow."""
    _moved(content, title, lambda row, column: (row + (row >= at), column))


def insert_column(content: dict[str, bytes], title: str, at: int) -> None:
    """As a spreadsheet does it: columns from ``at`` on move right, and all references to them follow."""
    _moved(content, title, lambda row, column: (row, column + (column >= at)))


def delete_column(content: dict[str, bytes], title: str, at: int) -> None:
    """As a spreadsheet does it, of a column without cells that anything reads: those behind it move left."""
    name = letters(at)
    part = part_of(content, title)
    content[part] = re.sub(rf'<c r="{name}\d+"[^>]*?(?:/>|>.*?</c>)', "", content[part].decode()).encode()
    _moved(content, title, lambda row, column: (row, column - (column > at)))


def _moved(content: dict[str, bytes], title: str, place: Callable[[int, int], tuple[int, int]]) -> None:
    """Move the cells of a sheet, and let all references to them follow: (row, column) -> (row, column)."""

    def moved(text: str, home: str) -> str:
        def shift(match: re.Match[str]) -> str:
            sheet, d1, column, d2, row = match.groups()
            named = home if sheet is None else sheet[:-1].strip("'").replace("''", "'")
            at = int(row), column_number(column)
            row_now, column_now = place(*at) if named == title else at
            return f"{sheet or ''}{d1}{letters(column_now)}{d2}{row_now}"

        # A range names its sheet once; both its ends follow it.
        def span(match: re.Match[str]) -> str:
            first = shift(re.match(_REFERENCE, match[1]))  # type: ignore[arg-type]
            sheet = re.match(_REFERENCE, match[1])[1] or ""  # type: ignore[index]
            last = shift(re.match(_REFERENCE, sheet + match[2]))  # type: ignore[arg-type]
            return f"{first}:{last.removeprefix(sheet)}"

        single = r"(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?\$?[A-Z]{1,3}\$?\d+(?![\w(])"
        text = unescape(text)
        if '"' in text:  # what stands in a text moves with nobody
            parts = re.split(r"(\"(?:[^\"]|\"\")*\")", text)
            return "".join(escape(p, quote=False) if p.startswith('"') else moved(escape(p), home) for p in parts)
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
            text = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{place(int(m[1]), 1)[0]}"', text)
            text = re.sub(
                r'<c r="([A-Z]+)(\d+)"', lambda m: f'<c r="{a1(*place(int(m[2]), column_number(m[1])))}"', text
            )
        content[part] = text.encode()
    workbook = content["xl/workbook.xml"].decode()
    workbook = re.sub(
        r"(<definedName [^>]*>)(.*?)(</definedName>)", lambda m: m[1] + moved(m[2], "") + m[3], workbook
    )
    content["xl/workbook.xml"] = workbook.encode()
    for name in [n for n in content if n.startswith("xl/charts/chart")]:
        text = content[name].decode()
        content[name] = re.sub(
            r"(<(?:c:)?f>)(.*?)(</(?:c:)?f>)", lambda m: m[1] + moved(m[2], "") + m[3], text
        ).encode()


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

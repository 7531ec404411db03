"""A pupil's workbook as other programs write it, in the forms that their formats and documentation tell.

Excel           shared strings, shared formulas, calcChain, a theme, extensions with mc:Ignorable, absolute targets
Google Sheets   no properties, nearly no styles, numbers with a point, its own functions behind a prefix
"""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.formula.translate import Translator

from sheetnet.grid import a1
from sheetnet.recalc.embedded import Session

Place = tuple[int, int]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
X14AC = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
XR = "http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'


@dataclass(frozen=True)
class Model:
    """What is in a workbook: titles with cells (value, formula), defined names, the id among its properties."""

    sheets: dict[str, dict[Place, tuple[Any, str | None]]]
    names: dict[str, str]
    identity: str
    styles: bytes = b""
    shared: list[str] = field(default_factory=list)


def model_of(data: bytes) -> Model:
    """Read a workbook that a pupil has filled in; the values are those that it calculates to."""
    book = openpyxl.load_workbook(BytesIO(data))
    session = Session(data, time.monotonic() + 60)
    session.evaluate()
    sheets = {}
    for sheet in book.worksheets:
        cells: dict[Place, tuple[Any, str | None]] = {}
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is None:
                    continue
                row, column = cell.row, cell.column
                if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type == "f":
                    cells[row, column] = (
                        session.rectangle(sheet.title, row, column, row, column)[0][0],
                        cell.value[1:],
                    )
                else:
                    cells[row, column] = cell.value, None
        sheets[sheet.title] = cells
    names = {name: str(found.attr_text) for name, found in book.defined_names.items()}
    with zipfile.ZipFile(BytesIO(data)) as package:
        styles = package.read("xl/styles.xml")
    properties = [str(one.value) for one in book.custom_doc_props.props]  # type: ignore[attr-defined]
    return Model(sheets, names, properties[0] if properties else "", styles)


def renamed(model: Model, new: Callable[[str], str]) -> Model:
    """The same with other titles of its sheets, which formulas and names follow."""
    titles = {title: new(title) for title in model.sheets}

    def follow(text: str) -> str:
        for title, other in titles.items():
            quoted = other.replace("'", "''")
            text = re.sub(rf"(?<![\w'])(?:{re.escape(title)}|'{re.escape(title)}')!", f"'{quoted}'!", text)
        return text

    sheets = {
        titles[title]: {at: (value, None if f is None else follow(f)) for at, (value, f) in cells.items()}
        for title, cells in model.sheets.items()
    }
    return replace(model, sheets=sheets, names={name: follow(text) for name, text in model.names.items()})


def in_order(model: Model, order: Callable[[list[str]], list[str]]) -> Model:
    """The same with its sheets in another order."""
    return replace(model, sheets={title: model.sheets[title] for title in order(list(model.sheets))})


def as_excel(model: Model, *, dates_of_1904: bool = False) -> bytes:
    """The file that Excel writes."""
    shared: dict[str, int] = {}
    sheets = [_excel_sheet(cells, shared) for cells in model.sheets.values()]
    chain = "".join(
        f'<c r="{a1(*at)}" i="{number}"/>'
        for number, cells in enumerate(model.sheets.values(), 1)
        for at, (_, formula) in cells.items()
        if formula is not None
    )
    names = "".join(
        f'<definedName name={quoteattr(name)} hidden="1">{escape(text)}</definedName>'
        for name, text in sorted(model.names.items())
    )
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number + 7}" r:id="rId{number}"/>'
        for number, title in enumerate(model.sheets, 1)
    )
    dates = 'date1904="1" ' if dates_of_1904 else ""
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:mc="{MC}" mc:Ignorable="x15 xr" '
        f'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main" xmlns:xr="{XR}">'
        '<fileVersion appName="xl" lastEdited="7" lowestEdited="7" rupBuild="27029"/>'
        f'<workbookPr {dates}defaultThemeVersion="166925"/>'
        '<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\\Users\\pupil\\Downloads\\" '
        'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice></mc:AlternateContent>'
        '<bookViews><workbookView xWindow="-120" yWindow="-120" windowWidth="29040"/></bookViews>'
        f"<sheets>{listed}</sheets><definedNames>{names}</definedNames>"
        '<calcPr calcId="191029"/></workbook>'
    )
    texts = "".join(
        f"<si><r><t>{escape(text[:1])}</t></r><r><rPr><b/></rPr>"
        f'<t xml:space="preserve">{escape(text[1:])}</t></r></si>'
        if number % 5 == 0 and len(text) > 1
        else f'<si><t xml:space="preserve">{escape(text)}</t></si>'
        for number, text in enumerate(shared)
    )
    more = {
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="{len(shared)}">{texts}</sst>',
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}">{chain}</calcChain>',
        "xl/theme/theme1.xml": THEME,
        "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"><Application>Microsoft Excel</Application></Properties>',
        "docProps/custom.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="sheetnet.exercise">'
        f"<vt:lpwstr>{escape(model.identity)}</vt:lpwstr></property></Properties>",
    }
    kinds = {"sharedStrings": "sharedStrings", "calcChain": "calcChain", "theme/theme1": "theme", "styles": "styles"}
    return _packed(workbook, sheets, more, model.styles, kinds, absolute=True)


def _excel_sheet(cells: Mapping[Place, tuple[Any, str | None]], shared: dict[str, int]) -> str:
    masters: dict[Place, tuple[int, Place]] = {}  # of a run of formulas that were filled down: its number and end
    number = 0
    for row, column in sorted(cells, key=lambda at: (at[1], at[0])):
        if (row, column) in masters or "!" in (cells[row, column][1] or "!"):
            continue  # Excel shares no formula that names another sheet
        last = row
        while (last + 1, column) in cells and cells[last + 1, column][1] == _moved(cells, (row, column), last + 1):
            last += 1
        for one in range(row, last + 1) if last > row else ():
            masters[one, column] = number, (row, last)
        number += last > row
    rows: dict[int, list[str]] = {}
    for (row, column), (value, formula) in sorted(cells.items()):
        text = ""
        if (run := masters.get((row, column))) is not None:
            first, last = run[1]
            ref = f' ref="{a1(first, column)}:{a1(last, column)}"' if first == row else ""
            text = f'<f t="shared"{ref} si="{run[0]}"' + (f">{escape(formula or '')}</f>" if ref else "/>")
        elif formula is not None:
            text = f"<f>{escape(formula)}</f>"
        rows.setdefault(row, []).append(_cell(row, column, value, text, shared))
    lines = "".join(
        f'<row r="{row}" spans="1:40" x14ac:dyDescent="0.25">{"".join(line)}</row>' for row, line in rows.items()
    )
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:mc="{MC}" mc:Ignorable="x14ac xr" xmlns:x14ac="{X14AC}" '
        f'xmlns:xr="{XR}" xr:uid="{{00000000-0001-0000-0000-000000000000}}"><sheetViews><sheetView '
        'workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>'
        f"<sheetData>{lines}</sheetData></worksheet>"
    )


def _moved(cells: Mapping[Place, tuple[Any, str | None]], master: Place, row: int) -> str:
    return str(Translator(f"={cells[master][1]}", a1(*master)).translate_formula(a1(row, master[1])))[1:]


def _cell(row: int, column: int, value: Any, formula: str, shared: dict[str, int], style: str = "") -> str:
    at = f'<c r="{a1(row, column)}"{style}'
    if isinstance(value, str) and not formula:
        return f'{at} t="s"><v>{shared.setdefault(value, len(shared))}</v></c>'
    if isinstance(value, str):
        return f'{at} t="str">{formula}<v>{escape(value)}</v></c>'
    return f"{at}>{formula}<v>{value!r}</v></c>"


def as_google(model: Model, own: Mapping[tuple[str, Place], str] | None = None) -> bytes:
    """The file that Google Sheets exports. ``own``: formulas of functions that Excel does not have, by place."""
    shared: dict[str, int] = {}
    sheets = []
    for title, cells in model.sheets.items():
        rows: dict[int, list[str]] = {}
        for (row, column), (value, formula) in sorted(cells.items()):
            text = "" if formula is None else f"<f>{escape(formula)}</f>"
            if own is not None and (title, (row, column)) in own:
                said = own[title, (row, column)].replace('"', '""')
                text = f'<f>IFERROR(__xludf.DUMMYFUNCTION("{escape(said)}"),{value!r})</f>'
            shown = float(value) if isinstance(value, int) else value  # 300.0
            rows.setdefault(row, []).append(_cell(row, column, shown, text, shared, f' s="{column % 2}"'))
        lines = "".join(f'<row r="{row}">{"".join(line)}</row>' for row, line in rows.items())
        sheets.append(
            f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetPr><outlinePr summaryBelow="0" summaryRight="0"/>'
            '</sheetPr><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr '
            'customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/>'
            f"<sheetData>{lines}</sheetData></worksheet>"
        )
    names = "".join(
        f"<definedName name={quoteattr(name)}>{escape(text)}</definedName>"
        for name, text in sorted(model.names.items(), reverse=True)
    )
    listed = "".join(
        f'<sheet state="visible" name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(model.sheets, 1)
    )
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr/><sheets>{listed}</sheets>'
        f"<definedNames>{names}</definedNames><calcPr/></workbook>"
    )
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    more = {
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="{len(shared)}">{texts}</sst>',
        "xl/theme/theme1.xml": THEME,
    }
    kinds = {"sharedStrings": "sharedStrings", "theme/theme1": "theme", "styles": "styles"}
    return _packed(workbook, sheets, more, FLAT.encode(), kinds, absolute=False)


def _packed(
    workbook: str,
    sheets: list[str],
    more: Mapping[str, str],
    styles: bytes,
    kinds: Mapping[str, str],
    *,
    absolute: bool,
) -> bytes:
    start = "/xl/" if absolute else ""
    count = len(sheets)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="{start}worksheets/sheet{n}.xml"/>'
        for n in range(1, count + 1)
    ) + "".join(
        f'<Relationship Id="rId{count + n}" Type="{OFFICE}/{kind}" Target="{start}{part}.xml"/>'
        for n, (part, kind) in enumerate(kinds.items(), 1)
    )
    types = {f"/xl/worksheets/sheet{n}.xml": f"{PARTS}.worksheet+xml" for n in range(1, count + 1)}
    types |= {"/xl/workbook.xml": f"{PARTS}.sheet.main+xml", "/xl/styles.xml": f"{PARTS}.styles+xml"}
    types |= {"/xl/sharedStrings.xml": f"{PARTS}.sharedStrings+xml"}
    types |= {"/xl/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml"}
    root = [("officeDocument", "xl/workbook.xml")]
    if "xl/calcChain.xml" in more:
        types |= {"/xl/calcChain.xml": f"{PARTS}.calcChain+xml"}
    for name, kind in (("app", "extended-properties"), ("custom", "custom-properties")):
        if f"docProps/{name}.xml" in more:
            types[f"/docProps/{name}.xml"] = f"application/vnd.openxmlformats-officedocument.{kind}+xml"
            root.append((kind, f"docProps/{name}.xml"))
    listed = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in types.items())
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{listed}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{"/" if absolute else ""}{part}"/>'
            for n, (kind, part) in enumerate(root, 1)
        )
        + "</Relationships>",
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        **more,
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, 1)},
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name, HEAD + text)
        package.writestr("xl/styles.xml", styles)
    return out.getvalue()


THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office Theme"><a:themeElements>'
    '<a:clrScheme name="Office"/><a:fontScheme name="Office"/><a:fmtScheme name="Office"/>'
    "</a:themeElements></a:theme>"
)
FLAT = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="10.0"/><color rgb="FF000000"/>'
    '<name val="Arial"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="lightGray"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf borderId="0" fillId="0" fontId="0" numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf borderId="0" '
    'fillId="0" fontId="0" numFmtId="0" xfId="0"/><xf borderId="0" fillId="0" fontId="0" numFmtId="0" xfId="0" '
    'applyAlignment="1"><alignment readingOrder="0"/></xf></cellXfs><cellStyles count="1"><cellStyle xfId="0" '
    'name="Normal" builtinId="0"/></cellStyles><dxfs count="0"/></styleSheet>'
)

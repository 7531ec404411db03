"""Hostile workbooks, part by part: see ``workbooks``."""

from __future__ import annotations

import re
from functools import partial

from hostile.workbooks import (
    BOOK,
    KIND,
    LINKS,
    MAIN,
    MC,
    PROVEN,
    REFUSED,
    ROOT,
    STRICT,
    STRICT_KIND,
    TYPES,
    WRONG,
    Content,
    kind,
    other,
    swap,
    target,
)

_STYLES = "xl/styles.xml"


def _link(content: Content, part: str) -> str:
    """The relationship of a sheet."""
    found = re.search(rf"<Relationship [^>]*{re.escape(part.removeprefix('xl/'))}\"[^>]*>", content[LINKS].decode())
    assert found is not None
    return found[0]


def _retype(content: Content, old: str, new: str) -> None:
    """The part ``new`` has the type of ``old``."""
    found = re.search(rf'<Override [^>]*PartName="/{re.escape(old)}"[^>]*>', content[TYPES].decode())
    assert found is not None
    swap(content, TYPES, "</Types>", found[0].replace(old, new) + "</Types>")


# Rows


@kind("a row twice", REFUSED, "follows row")
def _(content: Content) -> None:
    one = target(content)
    row = one.row_xml(content)
    swap(content, one.part, row, row + f'<row r="{one.row}">{one.bad}</row>')


@kind("a row that goes back", REFUSED, "row 1 follows row")
def _(content: Content) -> None:
    swap(content, target(content).part, "</sheetData>", '<row r="1"><c r="A1"><v>1</v></c></row></sheetData>')


@kind("a row of another namespace", WRONG, "blank")
def _(content: Content) -> None:
    one = target(content)
    row = one.row_xml(content)
    new = f'<y:row xmlns:y="y"{row.removeprefix("<row").removesuffix("</row>")}</y:row>'
    swap(content, one.part, row, new)


@kind("cells from right to left", REFUSED, "comes after")
def _(content: Content) -> None:
    one = target(content)
    row = one.row_xml(content)
    swap(content, one.part, row, row.replace("</row>", f'<c r="A{one.row}"><v>1</v></c></row>'))


@kind("alternatives for the rows", REFUSED, "offers alternatives")
def _(content: Content) -> None:
    one = target(content)
    row = one.row_xml(content)
    choice = f'<mc:Choice Requires="x"><row r="{one.row}">{one.bad}</row></mc:Choice>'
    new = f'<mc:AlternateContent xmlns:mc="{MC}">{choice}<mc:Fallback>{row}</mc:Fallback></mc:AlternateContent>'
    swap(content, one.part, row, new)


@kind("alternatives for all cells", REFUSED, "offers alternatives for sheetData")
def _(content: Content) -> None:
    part = target(content).part
    swap(content, part, "<sheetData>", f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Fallback><sheetData>')
    swap(content, part, "</sheetData>", "</sheetData></mc:Fallback></mc:AlternateContent>")


@kind("cells in two places", REFUSED, "cells stand in two places")
def _(content: Content) -> None:
    one = target(content)
    swap(content, one.part, "</sheetData>", f'</sheetData><sheetData><row r="{one.row}">{one.bad}</row></sheetData>')


# Shared formulas


def _share(first: str, second: str, content: Content) -> None:
    """A shared formula far below, where it is the reader's own."""
    rows = f'<row r="9998"><c r="A9998"><f t="shared" {first}</f></c></row>'
    rows += f'<row r="9999"><c r="A9999"><f t="shared" {second}</f></c></row>'
    swap(content, target(content).part, "</sheetData>", f"{rows}</sheetData>")


for _name, (_first, _second, _outcome, _says) in {
    "a shared formula": ('ref="A9998:A9999" si="7">B9998+$C1', 'si="7">', PROVEN, ""),
    "a shared formula with one of its own": (
        'ref="A9998:A9999" si="7">1',
        'si="7">2',
        REFUSED,
        "A9999 has a formula of",
    ),
    "a shared formula for other cells": ('ref="A9998" si="7">B1', 'si="7">', REFUSED, "A9999 shares the formula 7"),
    "a shared formula of another sheet": (
        'ref="A9998:A9999" si="7">X!B1',
        'si="7">',
        REFUSED,
        "A9999 shares a formula",
    ),
    "a shared formula before its first cell": ('si="7">', 'ref="A9998:A9999" si="7">1', REFUSED, "A9998 shares"),
    "a shared formula that leaves the sheet": ('si="7">B1048576', 'si="7">', REFUSED, "A9999 shares a formula"),
}.items():
    kind(_name, _outcome, _says)(partial(_share, _first, _second))


# The workbook part


def _in_book(old: str, new: str, content: Content) -> None:
    swap(content, BOOK, old, new)


_NAME = '<definedName name="{}">1</definedName>'
for _name, (_old, _new, _outcome, _says) in {
    "precision as displayed": ("<calcPr ", '<calcPr fullPrecision="0" ', WRONG, "precision as displayed"),
    "a setting that is neither yes nor no": (
        "<calcPr ",
        '<calcPr fullPrecision="0 " ',
        REFUSED,
        "neither yes nor no",
    ),
    "two settings of the calculation": (
        "<calcPr ",
        '<calcPr fullPrecision="0"/><calcPr ',
        REFUSED,
        "two elements calcPr",
    ),
    "calculation by hand": ("<calcPr ", '<calcPr calcMode="manual" ', PROVEN, ""),
    "dates from 1904": ("<workbookPr ", '<workbookPr date1904="1" ', PROVEN, ""),
    "two settings of the workbook": ("<sheets>", "<workbookPr/><sheets>", REFUSED, "two elements workbookPr"),
    "two lists of sheets": ("<sheets>", '<sheets><sheet name="x"/></sheets><sheets>', REFUSED, "two elements sheets"),
    "two names of one name": (
        "</definedNames>",
        f"{_NAME.format('Own')}{_NAME.format('oWN')}</definedNames>",
        REFUSED,
        "two names 'oWN'",
    ),
    "a name with a code": ("</definedNames>", f"{_NAME.format('_x0041_')}</definedNames>", REFUSED, "'_x0041_'"),
    "a title with a code": ('<sheet name="', '<sheet name="_x0041_', REFUSED, "read as two different names"),
}.items():
    kind(_name, _outcome, _says)(partial(_in_book, _old, _new))


@kind("alternatives for the sheets", REFUSED, "offers alternatives for sheets")
def _(content: Content) -> None:
    swap(content, BOOK, "<sheets>", f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Fallback><sheets>')
    swap(content, BOOK, "</sheets>", "</sheets></mc:Fallback></mc:AlternateContent>")


@kind("two sheets of one title", REFUSED, "two sheets named")
def _(content: Content) -> None:
    found = re.search(r'<sheet [^>]*name="([^"]*)"[^>]*/>', content[BOOK].decode())
    assert found is not None
    swap(content, BOOK, "</sheets>", found[0].replace(f'"{found[1]}"', f'"{found[1].upper()}"') + "</sheets>")


@kind("a sheet under two titles", REFUSED, "under two names")
def _(content: Content) -> None:
    found = re.search(r'<sheet [^>]*name="([^"]*)"[^>]*/>', content[BOOK].decode())
    assert found is not None
    swap(content, BOOK, "</sheets>", found[0].replace(f'"{found[1]}"', '"Another"') + "</sheets>")


@kind("a sheet of two relationships", REFUSED, "an element of two relationships")
def _(content: Content) -> None:
    swap(content, BOOK, "<sheet ", f'<sheet xmlns:q="{STRICT_KIND}" q:id="rId2" ')


@kind("a sheet of macros", REFUSED, "as macros are")
def _(content: Content) -> None:
    old = _link(content, target(content).part)
    swap(content, LINKS, old, old.replace("/worksheet", "/xlMacrosheet"))


# Relationships and types


@kind("an Id twice", REFUSED, "has two relationships")
def _(content: Content) -> None:
    one = target(content)
    content["xl/worksheets/other.xml"] = other(content)
    _retype(content, one.part, "xl/worksheets/other.xml")
    link = _link(content, one.part)
    swap(content, LINKS, link, re.sub('Target="[^"]*"', 'Target="/xl/worksheets/other.xml"', link) + link)


@kind("an Id twice, once out of the file", REFUSED, "has two relationships")
def _(content: Content) -> None:
    link = _link(content, target(content).part)
    outside = re.sub('Target="[^"]*"', 'Target="http://127.0.0.1/" TargetMode="External"', link)
    swap(content, LINKS, "</Relationships>", f"{outside}</Relationships>")


def _retarget(change: tuple[str, str], content: Content) -> None:
    link = _link(content, target(content).part)
    new = re.sub(*change, link)
    assert new != link
    swap(content, LINKS, link, new)


for _name, _change, _says in (
    ("a target in another case", ("worksheets/sheet", "Worksheets/Sheet"), "whose name is"),
    ("a target with a backslash", ("worksheets/sheet", r"worksheets\\\\sheet"), "whose name is"),
    ("a target with a percent sign", ("worksheets/sheet", "worksheets/s%68eet"), "is missing"),
    ("a target out of the file", ("Target=", 'TargetMode="External" Target='), "is missing"),
    ("a target of an unknown mode", ("Target=", 'TargetMode="external" Target='), "leads 'external'"),
):
    kind(_name, REFUSED, _says)(partial(_retarget, _change))


@kind("alternatives for a relationship", REFUSED, "offers alternatives")
def _(content: Content) -> None:
    link = _link(content, target(content).part)
    swap(content, LINKS, link, f'<mc:AlternateContent xmlns:mc="{MC}">{link}</mc:AlternateContent>')


@kind("a relationship inside of another element", REFUSED, "holds a part of it elsewhere")
def _(content: Content) -> None:
    link = _link(content, target(content).part)
    swap(content, LINKS, link, f'<y:x xmlns:y="y">{link}</y:x>')


def _elsewhere(content: Content) -> None:
    """All parts of the workbook in another folder."""
    for name in [name for name in content if name.startswith("xl/")]:
        content[f"book/{name[3:]}"] = content[name]
        text = content[TYPES].decode()
        if (found := re.search(rf'<Override [^>]*PartName="/{re.escape(name)}"[^>]*>', text)) is not None:
            swap(content, TYPES, "</Types>", found[0].replace("/xl/", "/book/") + "</Types>")
    for name in [name for name in content if name.startswith("book/") and name.endswith(".rels")]:
        content[name] = content[name].replace(b'"/xl/', b'"/book/')
    content[ROOT] = content[ROOT].replace(b"xl/workbook.xml", b"book/workbook.xml")


@kind("the workbook elsewhere", PROVEN)
def _(content: Content) -> None:
    _elsewhere(content)


@kind("another workbook elsewhere", WRONG, "a constant")
def _(content: Content) -> None:
    _elsewhere(content)
    part, bad = target(content).part, other(content)
    content[part.replace("xl/", "book/")] = bad


@kind("two workbooks", REFUSED, "2 workbooks")
def _(content: Content) -> None:
    _elsewhere(content)
    link = f'<Relationship Id="own" Type="{STRICT_KIND}/officeDocument" Target="xl/workbook.xml"/>'
    swap(content, ROOT, "</Relationships>", f"{link}</Relationships>")


@kind("no list of types", REFUSED, "has no [Content_Types].xml")
def _(content: Content) -> None:
    del content[TYPES]


@kind("a part of two types", REFUSED, "gives two types to")
def _(content: Content) -> None:
    part = target(content).part
    swap(content, TYPES, "</Types>", f'<Override PartName="/{part.upper()}" ContentType="image/png"/></Types>')


@kind("a sheet of another type", REFUSED, "is of the kind worksheet")
def _(content: Content) -> None:
    content[TYPES] = content[TYPES].replace(b"spreadsheetml.worksheet+xml", b"spreadsheetml.styles+xml")


# XML


def _declared(declaration: str, encoding: str, content: Content) -> None:
    part = target(content).part
    text = re.sub(r"<\?xml[^>]*\?>", "", content[part].decode())
    content[part] = f"{declaration}{text}".encode(encoding, "xmlcharrefreplace")


for _name, (_declaration, _encoding, _outcome, _says) in {
    "UTF-16": ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16", PROVEN, ""),
    "an encoding that few know": (
        '<?xml version="1.0" encoding="cp037"?>',
        "ascii",
        REFUSED,
        "is written in 'cp037'",
    ),
    "XML of another version": ('<?xml version="1.1"?>', "utf-8", REFUSED, "XML of version '1.1'"),
    "a document type": ("<!DOCTYPE worksheet>", "utf-8", REFUSED, "defines entities"),
    "an entity": ('<!DOCTYPE worksheet [<!ENTITY x "y">]>', "utf-8", REFUSED, "defines entities"),
}.items():
    kind(_name, _outcome, _says)(partial(_declared, _declaration, _encoding))


@kind("the strict edition of the format", PROVEN)
def _(content: Content) -> None:
    for name in [name for name in content if name.endswith((".xml", ".rels")) and name != TYPES]:
        content[name] = content[name].replace(KIND.encode(), STRICT_KIND.encode())
        content[name] = content[name].replace(MAIN.encode(), STRICT.encode())


# Sheets, styles and what is too much


@kind("two drawings", REFUSED, "two elements drawing")
def _(content: Content) -> None:
    name = next(n for n in sorted(content) if n.startswith("xl/worksheets/sheet") and b"<drawing " in content[n])
    swap(content, name, "<drawing ", '<drawing xmlns:w="w" w:x="1"/><drawing ')


@kind("two number formats of one number", REFUSED, "two number formats")
def _(content: Content) -> None:
    one = '<numFmt numFmtId="199" formatCode="0.0"/><numFmt numFmtId="199" formatCode=";;;"/></numFmts>'
    swap(content, _STYLES, "</numFmts>", one)


@kind("300,000 styles", REFUSED, "more than 200,000 styles")
def _(content: Content) -> None:
    swap(content, _STYLES, "</cellXfs>", "<xf/>" * 300_000 + "</cellXfs>")


@kind("styles of 70 MB", REFUSED, "more than 64 MB")
def _(content: Content) -> None:
    swap(content, _STYLES, "</cellXfs>", " " * (70 << 20) + "</cellXfs>")


@kind("a part of 70 MB that nobody reads", REFUSED, "more than 64 MB")
def _(content: Content) -> None:
    content["xl/media/large.bmp"] = bytes(70 << 20)


@kind("300,000 merged cells", REFUSED, "more than 200,000 merged")
def _(content: Content) -> None:
    swap(
        content,
        target(content).part,
        "<pageMargins",
        "<mergeCells>" + '<mergeCell ref="A1"/>' * 300_000 + "</mergeCells><pageMargins",
    )


@kind("60,000 names", REFUSED, "more than 50,000 names")
def _(content: Content) -> None:
    swap(
        content,
        BOOK,
        "</definedNames>",
        "".join(map(_NAME.format, (f"n.{k}" for k in range(60_000)))) + "</definedNames>",
    )


@kind("30,000 relationships", REFUSED, "more than 20,000 relationships")
def _(content: Content) -> None:
    more = "".join(f'<Relationship Id="n{k}" Type="x" Target="x"/>' for k in range(30_000))
    swap(content, LINKS, "</Relationships>", f"{more}</Relationships>")


@kind("a shared text joined to 6 MB", REFUSED, "more than 4,000,000 characters")
def _(content: Content) -> None:
    found = re.search(r'name="sheetnet.record"[^>]*>([^<]*)!', content[BOOK].decode())
    assert found is not None
    rows = "".join(
        f'<row r="{k}"><c r="A{k}" t="inlineStr"><is><t>{"x" * 30_000}</t></is></c></row>' for k in range(1, 201)
    )
    text = content[BOOK].decode()
    content[BOOK] = re.sub(r'(name="sheetnet.record"[^>]*>)[^<]*', rf"\g<1>{found[1]}!$A$1:$A$200", text).encode()
    title = found[1].strip("'")
    titles = re.findall(r'<sheet [^>]*?name="([^"]*)"', text)
    part = f"xl/worksheets/sheet{titles.index(title) + 1}.xml"
    new = f"<sheetData>{rows}</sheetData>"
    content[part] = re.sub(
        r"<sheetData>.*</sheetData>", lambda _: new, content[part].decode(), flags=re.DOTALL
    ).encode()

"""Hostile workbooks: for each kind, how a good workbook becomes one, and what must be said of it.

    KINDS["a cell twice"].change(good) -> bytes      .outcome  "refused"      .says  "is there twice"

Each takes the bytes of any proven workbook of sheetnet, whose parts lie where sheetnet puts them. What is hidden in
a bad one is a constant in the place of a formula, so that a program that reads it otherwise shows something else.
``archives`` has the kinds that only the archive knows.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import NamedTuple

Content = dict[str, bytes]
Change = Callable[[Content], None]
PROVEN, WRONG, REFUSED = "proven", "wrong", "refused"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_KIND = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
BOOK, LINKS, ROOT, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml"
_CELL = re.compile(
    r'<c r="(?P<at>[A-Z]+(?P<row>\d+))"(?P<more>(?: s="\d+")?)><f>(?P<f>[^<"&]*)</f><v>(?P<v>[-\d.]+)</v></c>'
)


class Kind(NamedTuple):
    """``says``: a piece of the line that refuses the file, or of the reason why a cell is wrong."""

    change: Callable[[bytes], bytes]
    outcome: str
    says: str = ""


KINDS: dict[str, Kind] = {}


def kind(name: str, outcome: str, says: str = "") -> Callable[[Change], Change]:
    """Register a change of the parts of a workbook."""

    def add(change: Change) -> Change:
        assert name not in KINDS, name
        KINDS[name] = Kind(partial(_changed, change), outcome, says)
        return change

    return add


def _changed(change: Change, good: bytes) -> bytes:
    content = unpack(good)
    change(content)
    return pack(content)


def unpack(data: bytes) -> Content:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def pack(content: Content) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return out.getvalue()


def swap(content: Content, part: str, old: str, new: str) -> None:
    """Replace the first such text of a part, which must be there."""
    text = content[part].decode()
    assert old in text, f"{part}: {old}"
    content[part] = text.replace(old, new, 1).encode()


class Target(NamedTuple):
    """A computed cell that shows a number, and the part where it stands."""

    part: str
    xml: str
    at: str
    row: str
    more: str
    f: str
    v: str

    def put(self, content: Content, new: str) -> None:
        """Other XML in the place of the cell; {f}, {v} and the like stand for what is in it."""
        swap(content, self.part, self.xml, self.filled(new))

    def filled(self, new: str) -> str:
        return new.format(**self._asdict(), start=f'<c r="{self.at}"{self.more}>', MAIN=MAIN, MC=MC)

    @property
    def bad(self) -> str:
        """A constant that no step gives."""
        return self.filled("{start}<v>12345</v></c>")

    def row_xml(self, content: Content) -> str:
        found = re.search(rf'<row r="{self.row}"[^>]*>.*?</row>', content[self.part].decode())
        assert found is not None
        return found[0]


def target(content: Content, wanted: str = "!") -> Target:
    """The first computed number of the first sheet whose formula holds ``wanted``."""
    for part in sorted(name for name in content if name.startswith("xl/worksheets/sheet")):
        for found in _CELL.finditer(content[part].decode()):
            if wanted in found["f"]:
                return Target(part, found[0], *(found[key] for key in ("at", "row", "more", "f", "v")))
    raise AssertionError("no computed number")


def other(content: Content) -> bytes:
    """The sheet of the target with a constant in its place."""
    one = target(content)
    copy = dict(content)
    one.put(copy, one.bad)
    return copy[one.part]


# Kinds that put something else in the place of a computed cell

_CELLS = {
    # what is no formula
    "a formula of another namespace": ('{start}<f xmlns="y">{f}</f><v>{v}</v></c>', WRONG, "a constant"),
    "a formula in an extension": (
        "{start}<v>{v}</v><extLst><ext><f>{f}</f></ext></extLst></c>",
        WRONG,
        "a constant",
    ),
    "a formula in an extension of another namespace": (
        '{start}<v>{v}</v><extLst><ext uri="u" xmlns:y="y"><y:f>{f}</y:f></ext></extLst></c>',
        WRONG,
        "a constant",
    ),
    "a value of another namespace": ('{start}<f>{f}</f><y:v xmlns:y="y">{v}</y:v></c>', WRONG, "no number"),
    "a cell of another namespace": ('<y:c xmlns:y="y" r="{at}"><f>{f}</f><v>{v}</v></y:c>', WRONG, "blank"),
    "a cell inside of another element": ("<x>{start}<f>{f}</f><v>{v}</v></c></x>", WRONG, "blank"),
    "an array formula": ('{start}<f t="array" ref="{at}">{f}</f><v>{v}</v></c>', WRONG, "array formula"),
    "a data table": ('{start}<f t="dataTable" ref="{at}" r1="A1">{f}</f><v>{v}</v></c>', WRONG, "data table"),
    # formulas that are nearly right
    "a formula after an equals sign": ("{start}<f>={f}</f><v>{v}</v></c>", WRONG, "formula"),
    "a formula of another file": ("{start}<f>[1]{f}</f><v>{v}</v></c>", WRONG, "formula"),
    "CDATA in a formula": ("{start}<f><![CDATA[{f}]]></f><v>{v}</v></c>", PROVEN, ""),
    "a comment in a formula": ("{start}<f><!-- x -->{f}<!-- y --></f><v>{v}</v></c>", PROVEN, ""),
    "a processing instruction in a formula": ("{start}<f><?x y?>{f}</f><v>{v}</v></c>", PROVEN, ""),
    "a value before its formula": ("{start}<v>{v}</v><f>{f}</f></c>", PROVEN, ""),
    # more than one meaning
    "two formulas": ("{start}<f>{f}</f><f>12345</f><v>{v}</v></c>", REFUSED, "{at} has two formulas"),
    "two values": ("{start}<f>{f}</f><v>12345</v><v>{v}</v></c>", REFUSED, "{at} has two values"),
    "an element in a formula": ("{start}<f>{f}<b/></f><v>{v}</v></c>", REFUSED, "{at} has an element inside"),
    "a cell in a cell": ("{start}<f>{f}</f><v>{v}</v><c><v>1</v></c></c>", REFUSED, "{at} holds another cell"),
    "a cell twice": ("{start}<v>12345</v></c>{xml}", REFUSED, "{at} is there twice"),
    "a cell of another row": ('<c r="A9999"><v>1</v></c>{xml}', REFUSED, "'A9999' stands in row {row}"),
    "an address in small letters": ('<c r="a{row}"><v>1</v></c>{xml}', REFUSED, "'a{row}' stands in row {row}"),
    "a formula of an unknown kind": ('{start}<f t="x">{f}</f><v>{v}</v></c>', REFUSED, "formula of the kind 'x'"),
    "a shared formula that is nowhere": ('{start}<f t="shared" si="9"/><v>{v}</v></c>', REFUSED, "{at} shares"),
    "alternatives for a cell": (
        '<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="x">{start}<v>12345</v></c></mc:Choice>'
        "<mc:Fallback>{xml}</mc:Fallback></mc:AlternateContent>",
        REFUSED,
        "row {row} offers alternatives",
    ),
    "alternatives for a formula": (
        '{start}<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="x"><f>1</f></mc:Choice>'
        "<mc:Fallback><f>{f}</f></mc:Fallback></mc:AlternateContent><v>{v}</v></c>",
        REFUSED,
        "row {row} offers alternatives",
    ),
    "an element whose content counts": (
        '<x:a xmlns:x="x" xmlns:mc="{MC}" mc:Ignorable="x" mc:ProcessContent="x:a">{start}<v>12345</v></c></x:a>'
        "{xml}",
        REFUSED,
        "elements that a program does not know",
    ),
    "an element that must be understood": (
        '{start}<f>{f}</f><v>{v}</v><x:a xmlns:x="x" xmlns:mc="{MC}" mc:MustUnderstand="x"/></c>',
        REFUSED,
        "elements that a program does not know",
    ),
    # values
    "a value that is no number": ("{start}<f>{f}</f><v>nan</v></c>", REFUSED, "{at} says 'nan'"),
    "an endless value": ("{start}<f>{f}</f><v>INF</v></c>", REFUSED, "{at} says 'INF'"),
    "a value too large": ("{start}<f>{f}</f><v>1e999</v></c>", REFUSED, "{at} says '1e999'"),
    "a value with an underscore": ("{start}<f>{f}</f><v>1_0</v></c>", REFUSED, "{at} says '1_0'"),
    "a date": ('<c r="{at}" t="d"><v>2020-01-01</v></c>', REFUSED, "{at} holds the date or time '2020-01-01'"),
    "a number of the shared texts": ('<c r="{at}" t="s"><f>{f}</f><v>99999</v></c>', REFUSED, "{at} says '99999'"),
    "a truth value of 2": ('<c r="{at}" t="b"><f>{f}</f><v>2</v></c>', REFUSED, "{at} says '2'"),
    "a text in the place of a value": (
        '<c r="{at}" t="inlineStr"><f>{f}</f><v>x</v></c>',
        REFUSED,
        "{at} has a value",
    ),
    "a text with blanks at its ends": ('<c r="{at}" t="str"><v> x</v></c>', REFUSED, "{at} has a text with blanks"),
    "a text with a code": ('<c r="{at}" t="str"><v>_x0041_</v></c>', REFUSED, "{at} holds _x0041_"),
    "half of a character by its code": ('<c r="{at}" t="str"><v>_xD800_</v></c>', REFUSED, "{at} holds _xD800_"),
    "several texts": (
        '<c r="{at}" t="inlineStr"><is><t>a</t><t>b</t></is></c>',
        REFUSED,
        "row {row} holds several texts",
    ),
    "a formula with a code": (
        '{start}<f>{f}&amp;"_x0041_"</f><v>{v}</v></c>',
        REFUSED,
        "{at} has a formula with a code",
    ),
    # names, formulas and texts without end
    "a formula of 8,193 characters": ("{start}<f>{long}</f><v>{v}</v></c>", REFUSED, "{at} has a formula of 8,193"),
    "a formula of 100,000 letters": ("{start}<f>{letters}</f><v>{v}</v></c>", REFUSED, "{at} has a formula of"),
    "a text of 40,000 characters": ('<c r="{at}" t="str"><v>{text}</v></c>', REFUSED, "{at} holds a text of more"),
    "a million codes": ('<c r="{at}" t="str"><v>{codes}</v></c>', REFUSED, "{at} holds a text of more"),
    "elements inside of each other": ("{start}<f>{f}</f><v>{v}</v>{deep}</c>", REFUSED, "is nested too deeply"),
    "an attribute without end": ('<c r="{at}" x="{tag}"><f>{f}</f></c>', REFUSED, "is not the XML of a workbook"),
}
_LONG = {
    "{letters}": "a" * 100_000,
    "{text}": "x" * 40_000,
    "{codes}": "_x0041_" * 1_000_000,
    "{deep}": "<a>" * 100_000 + "</a>" * 100_000,
    "{tag}": "x" * (9 << 20),
}


def _put(new: str, content: Content) -> None:
    one = target(content)
    new = new.replace("{long}", one.f + " " * (8193 - len(one.f)))
    for word, text in _LONG.items():
        new = new.replace(word, text) if word in new else new
    one.put(content, new)


for _name, (_new, _outcome, _says) in _CELLS.items():
    kind(_name, _outcome, _says)(partial(_put, _new))


# Kinds that write the formula itself in an odd way


def _spell(pattern: str, new: str, content: Content) -> None:
    one = target(content, "SUM")
    changed = re.sub(pattern, new, one.f, count=1)
    assert changed != one.f, one.f
    one.put(content, f"{{start}}<f>{changed}</f><v>{{v}}</v></c>")


for _name, (_pattern, _new, _outcome) in {
    "a blank in a number of a formula": (r"(\d)(\d)", r"\1 \2", WRONG),
    "a blank in the name of a function": ("SUM", "S UM", WRONG),
    "a letter that is S only in capitals": ("SUM", "ſUM", WRONG),
    "a dollar sign in the name of a function": ("SUM", "SU$M", WRONG),
    "a blank that no blank is": (r"\(", "(\u00a0", WRONG),
    "a formula in small letters": ("SUM", "sum", PROVEN),
    "blanks between the pieces of a formula": (r"\(", " ( ", WRONG),
    "blanks after a bracket": (r"\(", "( \n", PROVEN),
    "letters by their numbers": ("SUM", "&#83;UM", PROVEN),
}.items():
    kind(_name, _outcome)(partial(_spell, _pattern, _new))

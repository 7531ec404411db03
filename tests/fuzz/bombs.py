"""Small files that want much: of memory, of time, of the disk. Each is made in a moment."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import surgery

from fuzz.archives import packed

Content = dict[str, bytes]
SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"


def _before(content: Content, part: str, mark: str, new: str) -> None:
    surgery.swapped(content, part, mark, new + mark)


def _rows(content: Content, rng: Random) -> None:
    row = "".join(f'<c r="{{r}}{n}"/>' for n in range(1, 4)).replace("{r}", "A")
    _before(content, SHEET, "</sheetData>", f'<row r="900000">{row}</row>' * rng.choice((1, 200_000)))


def _cells(content: Content, rng: Random) -> None:
    from sheetnet.grid import letters

    wide = [letters(column) for column in range(1, 16385)]
    rows = "".join(
        f'<row r="{row}">{"".join(f"<c r={chr(34)}{name}{row}{chr(34)}><v>1</v></c>" for name in wide)}</row>'
        for row in range(900_000, 900_000 + rng.choice((10, 60)))
    )
    _before(content, SHEET, "</sheetData>", rows)


def _many(part: str, mark: str, new: str, most: int) -> Callable[[Content, Random], None]:
    """So many copies of an element; {n} counts them."""

    def change(content: Content, rng: Random) -> None:
        count = rng.choice((most // 50, most))
        _before(content, part, mark, "".join(new.replace("{n}", str(n)) for n in range(count)))

    return change


def _record(content: Content, rng: Random) -> None:
    """The record is joined from many cells that say little, or one text many times."""
    part = surgery.part_of(content, "sheetnet")
    text = rng.choice(("[", '{"a":', "9", "_x0041_", " ")) * 30_000
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>' for row in range(1, 200)
    )
    start = content[part].index(b"<sheetData>") + len(b"<sheetData>")
    end = content[part].index(b"</sheetData>")
    content[part] = content[part][:start] + rows.encode() + content[part][end:]


def _shared(content: Content, rng: Random) -> None:
    """A long formula that thousands of cells share."""
    long = "+".join(["A1"] * rng.choice((2000, 2700)))
    rows = [f'<c r="B1"><f t="shared" si="0" ref="B1:B3000">{long}</f><v>1</v></c>']
    rows += [f'<c r="B{row}"><f t="shared" si="0"/><v>1</v></c>' for row in range(2, 3001)]
    surgery.add_sheet(content, "Shares", rows)


def _chain(content: Content, rng: Random) -> None:
    """Each cell reads the one above, or all of those above."""
    wide = rng.random() < 0.5
    count = 3000 if wide else 60_000
    rows = ['<c r="A1"><v>1</v></c>']
    rows += [
        f'<c r="A{r}"><f>{f"SUM(A1:A{r - 1})" if wide else f"A{r - 1}+1"}</f><v>1</v></c>' for r in range(2, count)
    ]
    surgery.add_sheet(content, "Chain", rows)


def _zeros(content: Content, rng: Random) -> None:
    """A part of blanks, which shrinks to a thousandth."""
    content[rng.choice(("xl/blank.xml", STYLES, SHEET, BOOK))] = b" " * rng.choice((50_000_000, 300_000_000))


WORKBOOKS: dict[str, Callable[[Content, Random], None]] = {
    "rows": _rows,
    "cells": _cells,
    "record": _record,
    "shared": _shared,
    "chain": _chain,
    "zeros": _zeros,
    "names": _many(BOOK, "</definedNames>", '<definedName name="n{n}">Start!$A$1</definedName>', 100_000),
    "merged": _many(SHEET, "</worksheet>", '<mergeCells><mergeCell ref="A{n}:XFD{n}"/></mergeCells>', 50_000),
    "rules": _many(
        SHEET,
        "</worksheet>",
        '<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="expression" priority="{n}"><formula>SUM(A:A)&gt;1'
        "</formula></cfRule></conditionalFormatting>",
        20_000,
    ),
    "formats": _many(STYLES, "</numFmts>", '<numFmt numFmtId="9{n}" formatCode="0.0{n}"/>', 100_000),
    "columns": _many(SHEET, "</cols>", '<col min="1" max="16384" width="{n}"/>', 50_000),
    "parts": lambda content, rng: content.update((f"xl/more{n}.xml", b"<a/>") for n in range(20_000)),
}


def workbook(source: Path, target: Path, rng: Random) -> Path:
    """One of the workbooks."""
    content = surgery.parts(source)
    ways = sorted(WORKBOOKS)
    done = False
    while not done:
        name = rng.choice(ways)
        try:
            WORKBOOKS[name](content, rng)
        except AssertionError:  # this workbook has no such element
            ways.remove(name)
        else:
            done = True
    target.write_bytes(packed(list(content.items())))
    return target


# Pictures


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(rng: Random) -> bytes:
    """A PNG that says that it is large, or is, or that has much beside its pixels."""
    wide, high = rng.choice(((20_000, 20_000), (60_000, 60_000), (1, 4_000_000), (1 << 31, 1), (0, 0), (9000, 9000)))
    depth, colours = rng.choice(((8, 2), (16, 6), (1, 0), (8, 3), (3, 7)))
    extra = rng.choice(
        (
            b"",
            _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(rng.choice((1, 60)) * 1_000_000))),
            _chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(30_000_000))),
            _chunk(b"tEXt", b"a\0b") * 20_000,
            _chunk(b"eXIf", b"MM\0*" + bytes(4) + b"\xff" * 40),
            _chunk(b"acTL", struct.pack(">II", 1 << 30, 0)),
        )
    )
    pixels = zlib.compress(bytes(rng.choice((100, 20_000_000))), 9)
    head = struct.pack(">IIBBBBB", wide & 0xFFFFFFFF, high & 0xFFFFFFFF, depth, colours, 0, 0, rng.choice((0, 1)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


# Models


def model(rng: Random) -> bytes:
    """A .safetensors file whose head is long, deep or of many; or that has many layers."""
    from fuzz.seeds import SPEC

    count = rng.choice((300, 5000, 60_000))
    spec: Any = dict(SPEC)
    way = rng.randrange(5)
    if way == 0:
        spec["layers"] = [{"name": f"r{n}", "kind": "relu"} for n in range(count)]
    elif way == 1:
        spec["classes"] = [f"class {n}" for n in range(count)]
    elif way == 2:
        spec["input"] = {"shape": [3, rng.choice((3000, 1 << 20)), 3000]}
    elif way == 3:
        spec["layers"] = [
            {"name": "conv", "kind": "conv2d", "filters": rng.choice((5000, 1 << 40)), "size": 3},
            *SPEC["layers"][1:],
        ]
    written = json.dumps(spec) if way < 4 else "[" * count + "]" * count
    tensors = {
        f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(count if way == 0 else 1)
    }
    raw = json.dumps({"__metadata__": {"sheetnet": written}, **tensors}).encode()
    return struct.pack("<Q", len(raw)) + raw


def template(rng: Random) -> bytes:
    """A network.toml that is deep, long, or of many layers."""
    head = 'name = "x"\nclasses = ["a", "b"]\n[input]\nshape = [3, 8, 8]\n'
    count = rng.choice((500, 3000, 100_000))
    made = rng.choice(
        (
            lambda: "a = " + "[" * count + "]" * count,
            lambda: "a." * count + "a = 1",
            lambda: "a = " + "{a=" * count,
            lambda: head + "".join(f'[[layers]]\nname = "r{n}"\nkind = "relu"\n' for n in range(count)),
            lambda: head + 'x = """' + "\\u0041" * count * 5,
            lambda: head.replace("8, 8", f"{count}, {count}") + '[[layers]]\nname = "r"\nkind = "relu"\n',
            lambda: head.replace('"a"', ",".join(f'"c{n}"' for n in range(count))),
        )
    )()
    return made.encode()

"""Formulas of a small grammar: long, deep, wide, about themselves, and of functions that want much."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from random import Random

import surgery

from fuzz import odd

MOST = 8192  # characters of a formula, in a spreadsheet
_WHOLE = ("A:XFD", "1:1048576", "A1:XFD1048576", "A:A", "B2:Z99999", "Conv!A:XFD", "'Conv'!$A$1:$XFD$1048576")
_HUNGRY = ("SUM", "SUMPRODUCT", "COUNTIF", "MATCH", "INDEX", "MMULT", "SMALL", "CONCATENATE", "TEXTJOIN", "MEDIAN")
_ODD = (
    *('WEBSERVICE("http://127.0.0.1:9/")', 'INDIRECT("A"&1)', "OFFSET(A1,1,1,9999,9999)", "RAND()", "NOW()"),
    *("LET(x,1,x)", "LAMBDA(x,x(x))(LAMBDA(x,x(x)))", "[1]Sheet!A1", "Table1[#All]", "A1#", "@A1", "Conv:Dense!A1"),
    *('REPT("x",32767)', "1/0", "NA()", "EXP(710)", "10^400", "-2^2", "1%%%%", "{1,2;3,4}", '"' + "x" * 300 + '"'),
    *('HYPERLINK("file:///etc",1)', 'CELL("filename")', 'INFO("directory")', "A1 B2", "A1,B2", "(A1,B2)"),
    *("SEQUENCE(1048576,16384)", "FACT(170)", "BASE(1E15,2)", "ROMAN(3999)", "#REF!+1", "Unknown.Function(1)", ""),
)


def _few(rng: Random) -> int:
    return rng.choice((10, 60, 250, 1300, 4000))


def _reference(rng: Random, own: str) -> str:
    return rng.choice((own, own, "A1", "$B$2", "XFD1048576", *_WHOLE, odd.REFERENCES[rng.randrange(9)]))


def _long(rng: Random, own: str) -> str:
    return rng.choice(("+", "*", "&", "^", "=", "-")).join([rng.choice(("1", "A1", own))] * _few(rng))


def _deep(rng: Random, own: str) -> str:
    depth = _few(rng)
    before, after = rng.choice(
        (("(", ")"), ("-", ""), ("ABS(", ")"), ("IF(1,", ",0)"), ("SUM(1,", ")"), ("1-(", ")"))
    )
    return before * depth + rng.choice(("1", own)) + after * depth


def _wide(rng: Random, own: str) -> str:
    return f"{rng.choice(_HUNGRY)}({','.join(_reference(rng, own) for _ in range(rng.choice((1, 2, 3, 260))))})"


def _text(rng: Random, own: str) -> str:
    return rng.choice(
        ("a" * 8000, '"' * 8001, "'" * 8000, "A1!" * 2000, ":" * 4000, "$" * 8000, "9" * 8000, "A" * 8000)
    )


def _odd(rng: Random, own: str) -> str:
    return rng.choice((*_ODD, *odd.REFERENCES, *odd.NUMBERS))


_RULES: tuple[Callable[[Random, str], str], ...] = (_long, _deep, _wide, _text, _odd, _odd)


def formula(rng: Random, own: str) -> str:
    """A formula for the cell ``own``; most of them as long as a spreadsheet takes."""
    made = rng.choice(_RULES)(rng, own)
    if rng.random() < 0.3:
        made = f"{rng.choice(_HUNGRY)}({made},{rng.choice(_RULES)(rng, own)})"
    return made[: rng.choice((MOST, MOST, MOST + 1, 100_000))]


_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)><f>(.*?)</f><v>(.*?)</v></c>')


def workbook(source: Path, target: Path, rng: Random) -> Path:
    """A workbook with one to three such formulas: in the place of others, on a sheet of its own, shared, as array."""
    content = surgery.parts(source)
    for _ in range(rng.choice((1, 1, 3))):
        rng.choice((_replaced, _replaced, _added))(content, rng)
    return surgery.save(target, content)


def _replaced(content: dict[str, bytes], rng: Random) -> None:
    parts = [name for name in content if name.startswith("xl/worksheets/sheet") and b"<f>" in content[name]]
    part = rng.choice(parts)
    text = content[part].decode()
    cell = rng.choice(list(_CELL.finditer(text)))
    own = cell[1]
    made = cell[3] + rng.choice(("", "+0*", "&")) + escape(formula(rng, own)) if rng.random() < 0.3 else None
    shares = f' t="shared" si="0" ref="{own}"'
    array, table = f' t="array" ref="{own}"', ' t="dataTable" ref="A1:B2" r1="A1"'
    odd_ones = (array, shares, ' t="array" ref="A1:XFD1048576"', ' t="shared" si="0"', table, ' ca="1"')
    attributes = rng.choice(("", "", "", "", *odd_ones))
    new = f"<f{attributes}>{made or escape(formula(rng, own))}</f>"
    swapped = f'<c r="{own}"{cell[2]}>{new}<v>{rng.choice((cell[4], cell[4], odd.number(rng)))}</v></c>'
    content[part] = (text[: cell.start()] + swapped + text[cell.end() :]).encode()


def _added(content: dict[str, bytes], rng: Random) -> None:
    """Formulas of the reader's own, many of one kind perhaps, on a sheet of his own."""
    count = rng.choice((1, 5, 3000))
    one = formula(rng, "A1")
    if len(one) * count > 3_000_000:
        count = 30
    name = f"Mine {len(content)}"
    rows = [f'<c r="A{row}"><f>{escape(one)}</f><v>1</v></c>' for row in range(1, count + 1)]
    if rng.random() < 0.3:
        shared = f'<c r="A1"><f t="shared" si="0" ref="A1:A{count}">{escape(one)}</f><v>1</v></c>'
        rows = [shared, *(f'<c r="A{row}"><f t="shared" si="0"/><v>1</v></c>' for row in range(2, count + 1))]
    surgery.add_sheet(content, name, rows)

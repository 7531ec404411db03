"""Mutations of XML as text, well-formed or not: attributes, elements, namespaces, texts, encodings."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from fuzz import odd
from fuzz.archives import packed, unpacked

_TOKEN = re.compile(r"<[^>]+>|[^<]+")
_ATTRIBUTE = re.compile(r'\s([\w:]+)="([^"]*)"')
_OPENING = re.compile(r"<([\w:]+)[^>]*?(/?)>")
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
HEAVY = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml", "xl/styles.xml")


def _attribute(text: str, rng: Random, change: Callable[[re.Match[str]], str]) -> str:
    found = list(_ATTRIBUTE.finditer(text))
    if not found:
        return text
    one = rng.choice(found)
    return text[: one.start()] + change(one) + text[one.end() :]


def _without(text: str, rng: Random) -> str:
    return _attribute(text, rng, lambda one: "")


def _twice(text: str, rng: Random) -> str:
    return _attribute(text, rng, lambda one: one[0] * 2)


def _valued(text: str, rng: Random) -> str:
    return _attribute(text, rng, lambda one: f' {one[1]}="{odd.text(rng).replace(chr(34), "")}"')


def _borrowed(text: str, rng: Random) -> str:
    """An attribute has the value that another one has: two Ids, two names, two addresses."""
    values = [one[2] for one in _ATTRIBUTE.finditer(text)] or [""]
    return _attribute(text, rng, lambda one: f' {one[1]}="{rng.choice(values)}"')


def _prefixed(text: str, rng: Random) -> str:
    """An attribute is of another namespace."""
    return _attribute(text, rng, lambda one: f' xmlns:o="urn:o" o:{one[1].rpartition(":")[2]}="{one[2]}"')


def _element(text: str, rng: Random) -> tuple[int, int]:
    """Where an element begins and ends; not always the right end."""
    found = list(_OPENING.finditer(text))
    one = rng.choice(found)
    if one[2]:
        return one.start(), one.end()
    end = text.find(f"</{one[1]}>", one.end())
    return one.start(), end + len(one[1]) + 3 if end >= 0 else one.end()


def _doubled(text: str, rng: Random) -> str:
    start, end = _element(text, rng)
    return text[:end] + text[start:end] * rng.choice((1, 1, 200 if end - start < 500 else 1)) + text[end:]


def _gone(text: str, rng: Random) -> str:
    start, end = _element(text, rng)
    return text[:start] + text[end:]


def _moved(text: str, rng: Random) -> str:
    start, end = _element(text, rng)
    piece, rest = text[start:end], text[:start] + text[end:]
    at = rng.choice([one.end() for one in _TOKEN.finditer(rest)] or [0])
    return rest[:at] + piece + rest[at:]


def _foreign(text: str, rng: Random) -> str:
    """An element is of another namespace."""
    start, end = _element(text, rng)
    piece = re.sub(r"^<([\w:]+)", r'<\1 xmlns="urn:other"', text[start:end])
    return text[:start] + piece + text[end:]


def _wrapped(text: str, rng: Random) -> str:
    start, end = _element(text, rng)
    piece = text[start:end]
    around = rng.choice(
        (
            f'<mc:AlternateContent xmlns:mc="{COMPATIBILITY}"><mc:Choice Requires="x">{piece}</mc:Choice>'
            f"<mc:Fallback>{piece}</mc:Fallback></mc:AlternateContent>",
            f"<extLst><ext>{piece}</ext></extLst>",
            f"<!--{piece}-->",
            f"<x>{piece}</x>",
            f"<![CDATA[{piece}]]>",
            f"<?x y?>{piece}",
        )
    )
    return text[:start] + around + text[end:]


def _said(text: str, rng: Random) -> str:
    """A text between two elements is another."""
    found = [one for one in _TOKEN.finditer(text) if not one[0].startswith("<")]
    if not found:
        return text
    one = rng.choice(found)
    return text[: one.start()] + odd.text(rng) + text[one.end() :]


def _spaced(text: str, rng: Random) -> str:
    """The namespace of all elements is another."""
    spaces = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "urn:none", "")
    return re.sub(r'xmlns="[^"]*"', lambda _: f'xmlns="{rng.choice(spaces)}"', text, count=1)


def _declared(text: str, rng: Random) -> str:
    head = rng.choice(
        (
            '<?xml version="1.0" encoding="utf-16"?>',
            '<?xml version="1.1"?>',
            '<?xml version="1.0" encoding="nonsense"?>',
            '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>',
            '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
            "\ufeff",
            " ",
        )
    )
    return head + text.removeprefix("<?xml version='1.0' encoding='utf-8'?>")


def _nested(text: str, rng: Random) -> str:
    depth = rng.choice((50, 2000, 100_000))
    at = rng.choice([one.end() for one in _TOKEN.finditer(text)])
    return f"{text[:at]}{'<a>' * depth}{'</a>' * depth}{text[at:]}"


MUTATIONS = (
    *(_without, _twice, _valued, _valued, _borrowed, _borrowed, _prefixed, _doubled, _doubled, _gone, _gone, _moved),
    *(_foreign, _wrapped, _said, _said, _said, _spaced, _declared, _nested),
)


def mutated(text: str, rng: Random) -> str:
    """One or two of the mutations."""
    for _ in range(rng.choice((1, 1, 2))):
        text = rng.choice(MUTATIONS)(text, rng) if _OPENING.search(text) else text
    return text


def workbook(data: bytes, rng: Random) -> bytes:
    """A workbook with one part that is mutated: every other time one of those that say what is where."""
    entries = unpacked(data)
    parts = [name for name, _ in entries if name.endswith((".xml", ".rels"))]
    heavy = [name for name in parts if name in HEAVY]
    sheets = [name for name in parts if "/sheet" in name]
    part = rng.choice(rng.choice((heavy, sheets, sheets, parts)))
    coding = "utf-16" if rng.random() < 0.03 else "utf-8"
    return packed(
        [(name, mutated(one.decode(), rng).encode(coding) if name == part else one) for name, one in entries]
    )

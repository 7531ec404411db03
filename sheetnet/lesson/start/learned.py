"""What the weights have learned, on Start: from how many pictures, how well it knows others, and reasons for doubt.

A card comes from a file, perhaps a stranger's: what is not a count where there must be one is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import pixels
from sheetnet.workbook.book import Sheet

COLUMN, ROOM = 12, 400  # where the section stands, beside the things to try; its width in pixels
MOST_LINES = 1.8  # for the names of the classes; more are counted
MOST = 10**9  # pictures
NAMED = 40  # characters that are shown of a name
Table = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a card says. ``train`` and ``table``: pictures by [true][said], learned from and held out.

    ``data``: what the collection is called. ``doubts``: kind, count, of; see ``training.split``.
    """

    data: str
    train: Table
    table: Table
    doubts: tuple[tuple[str, int, int], ...]

    @property
    def held(self) -> int:
        """How many pictures it never saw."""
        return sum(map(sum, self.table))

    @property
    def right(self) -> int:
        """How many of them it told right."""
        return sum(row[k] for k, row in enumerate(self.table))

    @property
    def percent(self) -> str:
        """Their share; all right is 100, and nothing else is."""
        share = round(100 * self.right / max(self.held, 1), 1)
        return "99.9" if share == 100 and self.right < self.held else f"{share:g}"

    @property
    def mistake(self) -> tuple[int, int, int]:
        """How often the most frequent mistake was made, the true class, what it was taken for."""
        wrong = ((n, -t, -s) for t, row in enumerate(self.table) for s, n in enumerate(row) if n and t != s)
        count, true, said = max(wrong, default=(0, 0, 0))
        return count, -true, -said


def learned(card: Mapping[str, Any], classes: int) -> Learned | None:
    """What a model card says of a network of so many classes; None where it does not say what it was trained on."""
    train = _table(card.get("train"), classes)
    if not train:
        return None
    data, doubts = card.get("data"), card.get("doubts")
    return Learned(
        data if isinstance(data, str) else "",
        train,
        _table(card.get("held_out"), classes),
        tuple(_doubts(doubts)) if isinstance(doubts, list) else (),
    )


def _table(score: Any, classes: int) -> Table:
    """The table of a score; empty where it is none of so many classes."""
    rows = score.get("confusion") if isinstance(score, Mapping) else None
    if not isinstance(rows, list) or len(rows) != classes:
        return ()
    if not all(isinstance(row, list) and len(row) == classes and all(map(_is_count, row)) for row in rows):
        return ()
    return tuple(map(tuple, rows))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


def _doubts(entries: list[Any]) -> Iterator[tuple[str, int, int]]:
    for entry in entries:
        if isinstance(entry, Mapping) and _is_count(entry.get("count")) and _is_count(entry.get("of")):
            yield str(entry.get("kind")), entry["count"], entry["of"]


def draw_learned(lesson: Lesson, sheet: Sheet, row: int, known: Learned | None, statement: str) -> int:
    """The section of Start, from ``row`` on; returns the first row below. ``statement``: of the template, or ""."""
    if known is None and not statement:
        return row
    sheet.text(row, COLUMN, lesson.words("learned.heading"), "heading.plain")
    lines = [(statement, "text"), *(_facts(lesson, known, named=not statement) if known else ())]
    for text, style in lines:
        for line in wrapped(text, ROOM, bold=style == "warning"):
            row += 1
            sheet.text(row, COLUMN, line, style)
    return row + 1


def _facts(lesson: Lesson, known: Learned, *, named: bool) -> Iterator[tuple[str, str]]:
    """What is known, a sentence each with its look. ``named``: say what the pictures are called."""
    words, classes = lesson.words, lesson.network.classes
    counts = [sum(row) for row in known.train]
    pairs = zip(classes, counts, strict=True)
    each = words("learned.and").join(words("learned.each", name=name, count=count) for name, count in pairs)
    if pixels(each) > MOST_LINES * ROOM:
        each = words("learned.range", least=min(counts), most=max(counts), classes=len(classes))
    if named and known.data:
        yield words("learned.from_data", data=_short(known.data), count=sum(counts), each=each), "text"
    else:
        yield words("learned.from", count=sum(counts), each=each), "text"
    if known.held:
        yield words("learned.never", count=known.held, right=known.right, percent=known.percent), "text"
    count, true, said = known.mistake
    if count:
        names = {"true": _short(classes[true]), "said": _short(classes[said])}
        mistake = words("learned.mistake", count=count, held=known.held, **names)
        yield mistake if count > 1 else words("learned.mistake_once", **names), "text"
    for kind, number, of in known.doubts:
        if f"learned.doubt_{kind}" in words:
            yield words(f"learned.doubt_{kind}", count=number, of=of), "warning"


def _short(name: str) -> str:
    return name if len(name) <= NAMED else f"{name[: NAMED - 1]}…"


def wrapped(text: str, room: float, *, bold: bool = False) -> list[str]:
    """A text in lines of at most ``room`` pixels, cut between words; Chinese anywhere but before a full stop."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and pixels((line + piece).rstrip(), bold=bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """What is not cut: words with the blanks after them, Chinese characters with the marks after them."""
    piece = ""
    for letter in text:
        mark = letter in "，。；：、！？”）…"
        if piece and not mark and (piece[-1] == " " != letter or ord(letter) > 0x2E7F or ord(piece[-1]) > 0x2E7F):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece

"""The section of Start about the weights: what they learned from, how many new pictures they tell right, and doubts.

What there is to say is read from the model card, see ``case.card``.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetnet.case.card import Calibration, Learned
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.words import Words
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import pixels

COLUMN, ROOM = 12, 510  # where the section stands, beside the things to try; its width in pixels
MOST_LINES = 1.8  # for the names of the classes; more are counted
NAMED = 40  # characters that are shown of a name


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
    if known.calibration is not None:
        yield from _calibration(lesson, known, known.calibration)
    for kind, number, of in known.doubts:
        if f"learned.doubt_{kind}" in words:
            yield words(f"learned.doubt_{kind}", count=number, of=of), "warning"


def _calibration(lesson: Lesson, known: Learned, measured: Calibration) -> Iterator[tuple[str, str]]:
    """How many answers were doubts, and how sure it is of pictures that show none of its classes."""
    words = lesson.words
    if known.held:
        counts = {"held": known.held, "count": measured.unsure, "right": measured.right}
        key = "learned.unsure" if measured.unsure else "learned.unsure_never"
        yield words(key, level=f"{100 * measured.level:g}", **counts), "text"
    each = words("learned.and").join(
        _surprised(words, *one) for one in measured.surprises if f"learned.surprise_{one[0]}" in words
    )
    if each and measured.none is None:
        yield words("learned.surprised", each=each), "text"
    elif each and measured.none is not None:
        none = _short(lesson.network.classes[measured.none])
        yield words("learned.surprised_none", none=none, each=each), "text"


def _surprised(words: Words, kind: str, count: int, sure: float, told: int | None) -> str:
    """How sure it is of one kind of pictures, and how many of them it answers; older cards do not know the latter."""
    said = words(f"learned.surprise_{kind}", percent=round(100 * sure))
    return said if told is None else words("learned.surprise_told", each=said, count=told, of=count)


def _short(name: str) -> str:
    return name if len(name) <= NAMED else f"{name[: NAMED - 1]}…"


def wrapped(text: str, room: float, *, bold: bool = False) -> list[str]:
    """A text in lines of at most ``room`` pixels, cut between words; Chinese anywhere but before a mark or %."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and pixels((line + piece).rstrip(), bold=bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """The pieces that a line does not cut: words with the blanks after them, Chinese characters with their marks."""
    piece = ""
    for letter in text:
        mark = letter in "，。；：、！？”）》…%" or piece[-1:] in tuple("“（《")
        if piece and not mark and (piece[-1] == " " != letter or ord(letter) > 0x2E7F or ord(piece[-1]) > 0x2E7F):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece

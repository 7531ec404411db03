"""Things to try on Start, in a table: what to do, what to watch, what it was when made, is now, and the change."""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.grid import Anchor, a1
from sheetnet.layout import CLASSES
from sheetnet.layout.sheets.start import CHANGE, DO, MADE, NOW, WATCH, Start
from sheetnet.lenses import (
    Change,
    Copy,
    Lens,
    Measure,
    NameOf,
    Percent,
    Rounded,
    Same,
    Sentence,
    Source,
    element,
    inline,
)
from sheetnet.lenses.elements import rounded
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.start.trials import Deed, typed
from sheetnet.network import TRUTH
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark
from sheetnet.workbook.style import NO_ZERO

TOWARDS = {("right", True): "right", ("right", False): "left", ("down", True): "down", ("down", False): "up"}
HEADS = {DO: "do", WATCH: "watch", MADE: "made", NOW: "now", CHANGE: "change"}


def draw_tries(lesson: Lesson, sheet: Sheet, places: Start, row: int, deeds: Sequence[Deed]) -> int:
    """The table; nothing where no deed has an effect. Returns the first row below it."""
    if not deeds:
        return row
    words = lesson.words
    sheet.text(row, 2, words("start.tries"), "heading.plain")
    sheet.text(row, DO, words("start.tries_how"), "note")
    sheet.heights[row] = 18.0
    for column in range(2, CHANGE + 1):
        if column in HEADS:
            style = "heading" if column in (DO, WATCH) else "heading.right"
            sheet.text(row + 1, column, words(f"start.tries_{HEADS[column]}"), style)
        else:
            sheet.blank(row + 1, column, "heading")
    for number, deed in enumerate(deeds):
        _draw_try(lesson, sheet, places, row + 2 + number, number, deed)
    return row + len(deeds) + 3


def _draw_try(lesson: Lesson, sheet: Sheet, places: Start, row: int, number: int, deed: Deed) -> None:
    """One row of the table."""
    first, last = ends(lesson, deed)
    where = ":".join(dict.fromkeys((a1(first.row, first.column), a1(last.row, last.column))))
    sheet.link(row, 2, f"{first.sheet}  {where}", first.sheet, cell=where)
    _say(lesson, sheet, places, row, DO, f"start.try.{number}", *_deed(lesson, deed))
    _say(lesson, sheet, places, row, WATCH, f"start.watch.{number}", f"start.watch_{deed.watch}", {}, _named(lesson))
    name = f"start.now.{number}"
    lens, reads, style = _watched(lesson, deed)
    lesson.look(name, lens, reads, style, out=places.tried(row, NOW))
    made = lesson.value(f"{name}.out").item()
    if isinstance(made, str):
        sheet.text(row, MADE, str(made), style)
    else:
        sheet.number(row, MADE, made, style)
    lesson.constant(f"start.made.{number}", places.tried(row, MADE), made)
    change, reads = _change(lesson, deed, f"start.made.{number}")
    lesson.look(f"start.change.{number}", change, reads, "beside", out=places.tried(row, CHANGE))
    if deed.kind == "truth" and not lesson.value(f"{TRUTH}.out").any():  # then there is no loss, so no 0
        cells = [a1(row, column) for column in (MADE, NOW)]
        sheet.marks.append(Mark(cells, f"{cells[0]}=0", font=lesson.theme.ink, format=NO_ZERO, stop=False))
    sheet.heights[row] = 14.25


def ends(lesson: Lesson, deed: Deed) -> tuple[Anchor, Anchor]:
    """The first and the last cell that a deed fills."""
    block = lesson.plan.blocks[deed.of]
    return block.cell(*deed.first), block.cell(*deed.last)


def _deed(lesson: Lesson, deed: Deed) -> tuple[str, dict[str, object], Source | None]:
    """The words that say what to do: their key, what they are filled with, and a name that they read."""
    key = f"start.try_{deed.kind}"
    values: dict[str, object] = {"value": typed(deed.value), "count": deed.count}
    if deed.kind in ("pixels", "clear", "weights") and deed.count == 1:
        key += "_one"
    if deed.kind == "move":
        key += f"_{TOWARDS[deed.of.rpartition('.')[2], deed.value > 0]}"
        values["count"] = f"{abs(deed.value):g}"
    if deed.kind == "truth" and not lesson.value(f"{TRUTH}.out").any():
        key += "_first"
    if deed.kind == "sample":
        return key, values, element("draw.names", lesson.plan.blocks["draw.names"], int(deed.value) - 1)
    if deed.kind in ("bias", "truth"):
        place = deed.first[0] if deed.kind == "bias" else int(deed.value)
        return key, values, element(CLASSES, lesson.plan.blocks[CLASSES], place)
    return key, values, None


def _named(lesson: Lesson) -> Source | None:
    """The name of the answer that was given when the workbook was made."""
    node, block = lesson.network.line_up, lesson.plan.blocks.get(CLASSES)
    if node is None or block is None:
        return None
    return element(CLASSES, block, int(lesson.values[f"{node.name}.out"].argmax()))


def _say(
    lesson: Lesson,
    sheet: Sheet,
    places: Start,
    row: int,
    column: int,
    name: str,
    key: str,
    values: dict[str, object],
    named: Source | None,
) -> None:
    """Words; a sentence where the name of a class is among them, which the reader may change."""
    parts = lesson.words.parts(key, **values)
    if ("name",) in parts and named is not None:
        lesson.look(name, Sentence(tuple(parts)), {"name": named}, "text", out=places.tried(row, column))
    else:
        sheet.text(row, column, "".join(part for part in parts if isinstance(part, str)), "text")


def _watched(lesson: Lesson, deed: Deed) -> tuple[Lens, dict[str, Source], str]:
    """What a deed changes: a lens, what it reads, and the style of its cell."""
    full = watched_at(lesson, deed)
    if deed.watch == "chance":
        return Percent(), {"x": _answer(lesson, full)}, "beside"
    if deed.watch == "name":
        return NameOf(), {"x": full, "names": CLASSES}, "beside"
    if deed.watch == "loss":
        return Copy(), {"x": full}, "number"
    return Measure("MAX"), {"x1": full}, "number"


def watched_at(lesson: Lesson, deed: Deed) -> str:
    """The full name of the tensor in which the effect of a deed is seen."""
    network = lesson.network
    node = network.loss if deed.watch == "loss" else network.line_up
    return f"{(node or network.nodes[-1]).name}.out"


def _answer(lesson: Lesson, full: str) -> Source:
    """The chance of the class that was the answer when the workbook was made."""
    return element(full, lesson.plan.blocks[full], int(lesson.values[full].argmax()))


def _change(lesson: Lesson, deed: Deed, made: str) -> tuple[Lens, dict[str, Source]]:
    """What has changed since the workbook was made, and what that reads. ``made``: the cell of what it was."""
    words, full = lesson.words, watched_at(lesson, deed)
    # The last digits differ from run to run, and equal inputs give equal bytes; LibreOffice keeps 20 decimals.
    before = float(f"{round(deed.before, 15):.12g}")
    none = words("start.change_none")
    tenth = rounded(deed.before, 3)  # of a percent, as it is shown: a reader may take one from the other
    if deed.watch == "name":
        now = inline(NameOf(), x=full, names=CLASSES)
        return Same(none, words("start.change_name")), {"a": made, "b": now}
    if deed.watch == "chance":
        now = inline(Rounded(3), x=_answer(lesson, full))
        return Change(tenth, none, 1, 100, words("start.change_points")), {"x": now}
    if deed.watch == "loss":
        return Change(before, none, 2), {"x": full}
    return Change(before, none, 4), {"x": inline(Measure("MAX"), x1=full)}

"""What stands on the sheets of a lesson: [[sheets]] with a title, and [[sheets.shelves]] with blocks side by side.

A block is the name of a tensor; a table with show, note or chart; or a list of blocks, which stand below each other.
In such a list, a list is a row of blocks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from sheetnet.case.lessons.prose import Prose
from sheetnet.case.lessons.script import (
    LAMPS,
    PHOTO,
    Block,
    ChartBlock,
    Curve,
    Note,
    Page,
    Picture,
    Row,
    Shelf,
    Shown,
    Stack,
)
from sheetnet.case.lessons.steps import Steps
from sheetnet.errors import NetworkError, shown
from sheetnet.lenses import Lens
from sheetnet.tables import between, get, refuse_unknown

STYLES = (
    *("", "number", "general", "percent", "chance", "count", "small", "text"),
    *("answer", "big", "map", "mini", "tiny"),
)
COLORS = ("", "signed", "warm", "grey", LAMPS)
NOTES = ("note", "text", "heading.plain")
SHOWN = {"show", "label", "style", "colors", "like", "across", "top", "left", "width", "framed", "square"}
PICTURE = {"picture", "label", "rows", "columns", "longest"}
CHART = {"chart", "bars", "curves", "rows", "columns", "x_title", "y_title", "x_span", "y_span"}
LONGEST_TITLE = 31
TAKEN = ("history", "sheetnet")  # titles that Excel and the record of a workbook need for themselves
MOST_WIDTH, MOST_SQUARE = 255, 400  # of a column in characters, of a row in pixels: as much as Excel has
MOST_ROWS, MOST_COLUMNS, MOST_PIXELS = 200, 60, 2_000  # of a chart or picture
LEAST_CHART = 2  # rows and columns
LEAST_ROOM = 40  # pixels of the lines of a note


class Shelves:
    """Reads sheets. ``placed``: the full names of all tensors that have a place."""

    def __init__(self, steps: Steps, prose: Prose) -> None:
        self._steps, self._prose = steps, prose
        lenses = {step.name: step.operation for step in steps.made if isinstance(step.operation, Lens)}
        self._says = {name for name, lens in lenses.items() if lens.says}
        self._digits = {step.name for step in steps.made} - {name for name, lens in lenses.items() if lens.repeats}
        self.placed: set[str] = set()

    def page(self, entry: Any) -> Page:
        """One entry of [[sheets]]."""
        if not isinstance(entry, Mapping):
            raise NetworkError("[[sheets]]: an entry is no table; write title and [[sheets.shelves]]")
        key = get(entry, "title", str, "[[sheets]]")
        where = f"[[sheets]] {key!r}"
        refuse_unknown(entry, {"title", "shelves", "aside"}, where)
        title = self._prose(key)
        if not title.strip() or len(title) > LONGEST_TITLE or set(title) & set("[]:*?/\\'\n"):
            raise NetworkError(f"{self._prose.path}: {key} is no title of a sheet; use up to {LONGEST_TITLE} letters")
        if title.casefold() in TAKEN:
            raise NetworkError(f"{self._prose.path}: {key} is {title!r}, a title that no sheet may have; use another")
        shelves = get(entry, "shelves", list, where)
        aside = get(entry, "aside", bool, where) if "aside" in entry else False
        return Page(title, tuple(self._shelf(shelf, where) for shelf in shelves), aside)

    def _shelf(self, entry: Any, where: str) -> Shelf:
        if not isinstance(entry, Mapping):
            raise NetworkError(f"{where}: each of its shelves is a table with blocks = [...]")
        refuse_unknown(entry, {"blocks", "heading"}, where)
        heading = self._prose(entry["heading"]) if "heading" in entry else ""
        return Shelf(Row(tuple(self._block(one, where) for one in get(entry, "blocks", list, where))), heading)

    def _block(self, entry: Any, where: str, *, stacked: bool = False) -> Block:
        if isinstance(entry, str):
            entry = {"show": entry}
        if isinstance(entry, list) and entry:
            made = tuple(self._block(one, where, stacked=not stacked) for one in entry)
            return Row(made) if stacked else Stack(made)
        if isinstance(entry, Mapping):
            kinds = ("show", self._shown), ("note", self._note), ("chart", self._chart), ("picture", self._picture)
            for key, read in kinds:
                if key in entry:
                    return read(entry, f"{where}, {key} {shown(entry[key])}")
        raise NetworkError(
            f"{where}: {shown(entry)} is no block; write the name of a tensor, show, note, chart or picture"
        )

    def _shown(self, entry: Mapping[str, Any], where: str) -> Shown:
        refuse_unknown(entry, SHOWN, where)
        full = self._place(entry["show"], where)
        style, colors = get(entry, "style", str, where, ""), get(entry, "colors", str, where, "")
        for value, known, key in ((style, STYLES, "style"), (colors, COLORS, "colors")):
            if value not in known:
                raise NetworkError(f"{where}: {key} is {shown(value)}; use one of {', '.join(filter(None, known))}")
        if style == "mini" and full.partition(".")[0] in self._digits:
            raise NetworkError(f"{where}: style is 'mini', which hides digits; show a copy of it (kind = \"copy\")")
        if colors == LAMPS and (len(shape := self._steps.shapes[full]) != 3 or shape[0] != 3):
            raise NetworkError(f"{where}: {full} is {list(shape)}; colors = {LAMPS!r} needs [3, height, width]")
        like = tuple(self._steps.full(one, where) for one in get(entry, "like", list, where, []))
        beside: dict[str, Any] = {
            key: self._place(entry[key], where) if key in entry else "" for key in ("top", "left")
        }
        framed = self._steps.full(entry["framed"], where) if "framed" in entry else ""
        self._refuse_beside(full, framed, beside, where)
        width = float(between(entry, "width", 0.0, MOST_WIDTH, where, 0.0))
        across = get(entry, "across", bool, where, False)
        square = between(entry, "square", 0, MOST_SQUARE, where, 0)
        made = Shown(full, self._label(entry, full), style, colors, like, across, width=width, framed=framed)
        return replace(made, square=square, **beside)

    def _refuse_beside(self, full: str, framed: str, beside: Mapping[str, str], where: str) -> None:
        """NetworkError where what stands around a matrix, or frames its cells, has another size."""
        shape = self._steps.shapes[full]
        wanted = {"top": shape[-1:], "left": shape[-2:-1], "framed": shape}
        for key, other in (*beside.items(), ("framed", framed)):
            if other and (len(shape) < 2 or self._steps.shapes[other] != wanted[key]):
                fits = f"needs {list(wanted[key])}" if len(shape) > 1 else "goes with a matrix"
                found = list(self._steps.shapes[other])
                raise NetworkError(f"{where}: {key} is {other}, which is {found}; it {fits}")

    def _place(self, name: Any, where: str) -> str:
        full = self._steps.full(name, where)
        if full in self.placed:
            raise NetworkError(f'{where}: {full} has a place already; show a copy of it (kind = "copy")')
        self.placed.add(full)
        return full

    def _label(self, entry: Mapping[str, Any], full: str) -> str:
        """The words of a tensor: those of ``label``, or of labels.<name>; a sentence needs none."""
        if "label" in entry:
            return self._prose(entry["label"]) if entry["label"] else ""
        name, _, own = full.partition(".")
        key = f"labels.{name if own == 'out' else f'{name}_{own}'}"
        return "" if name in self._says and key not in self._prose else self._prose(key)

    def _note(self, entry: Mapping[str, Any], where: str) -> Note:
        refuse_unknown(entry, {"note", "style", "room"}, where)
        style = get(entry, "style", str, where, "note")
        if style not in NOTES:
            raise NetworkError(f"{where}: style is {shown(style)}; use one of {', '.join(NOTES)}")
        room = between(entry, "room", LEAST_ROOM, MOST_PIXELS, where, Note.room)
        return Note(self._prose(get(entry, "note", str, where)), style, room)

    def _picture(self, entry: Mapping[str, Any], where: str) -> Picture:
        """The photo; its words say what it shows."""
        refuse_unknown(entry, PICTURE, where)
        if f"{PHOTO}.out" not in self._steps.shapes:
            raise NetworkError(f"{where}: the lesson takes no photo; write [photo] with a shape")
        most = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "longest": MOST_PIXELS}
        rows, columns, longest = (between(entry, key, 1, limit, where) for key, limit in most.items())
        label = self._prose(entry["label"]) if "label" in entry else ""
        return Picture(label, self._prose(get(entry, "picture", str, where)), rows, columns, longest)

    def _chart(self, entry: Mapping[str, Any], where: str) -> ChartBlock:
        refuse_unknown(entry, CHART, where)
        chart = get(entry, "chart", str, where)
        bars = self._steps.full(entry["bars"], where) if "bars" in entry else ""
        curves = tuple(self._curve(one, bars, where) for one in get(entry, "curves", list, where))
        if not curves:
            raise NetworkError(f"{where}: curves is empty; write at least one, with x, y and label")
        made = ChartBlock(self._prose(chart), self._prose(f"{chart}_alt"), curves, bars=bars)
        titles = {name: self._prose(entry[name]) for name in ("x_title", "y_title") if name in entry}
        spans = {name: _span(entry[name], where) for name in ("x_span", "y_span") if name in entry}
        most = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
        size = {key: between(entry, key, LEAST_CHART, limit, where) for key, limit in most.items() if key in entry}
        changes: dict[str, Any] = {**titles, **spans, **size}
        return replace(made, **changes)

    def _curve(self, entry: Any, bars: str, where: str) -> Curve:
        """A series: x, y and label; no x where the chart has ``bars``."""
        if not isinstance(entry, Mapping):
            raise NetworkError(f"{where}: each of its curves is a table with x, y and label")
        refuse_unknown(entry, {"y", "label"} if bars else {"x", "y", "label", "line", "points", "dash"}, where)
        x, y = bars or self._steps.full(entry.get("x"), where), self._steps.full(entry.get("y"), where)
        shapes = [self._steps.shapes[one] for one in (x, y)]
        if len(shapes[1]) > 1 or shapes[0] != shapes[1]:
            raise NetworkError(f"{where}: {x} is {list(shapes[0])} and {y} is {list(shapes[1])}; use equal columns")
        defaults = (("line", True), ("points", False), ("dash", False))
        line, points, dash = (get(entry, key, bool, where, default) for key, default in defaults)
        return Curve(x, y, self._prose(get(entry, "label", str, where)), line, points, dash)


def _span(value: Any, where: str) -> tuple[float, float]:
    whole = isinstance(value, list) and len(value) == 2 and all(type(end) in (int, float) for end in value)
    if not whole or not value[0] < value[1] or not all(map(isfinite, value)):
        raise NetworkError(f"{where}: a span is {shown(value)}; use [least, most]")
    return float(value[0]), float(value[1])

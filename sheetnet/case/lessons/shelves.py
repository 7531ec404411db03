"""What stands on the sheets of a lesson: [[sheets]] with a title, and [[sheets.shelves]] with blocks side by side.

A block is the name of a tensor; a table with show, note or chart; or a list of blocks, which stand below each other.
In such a list, a list is a row of blocks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    Step,
)
from sheetnet.case.lessons.steps import Steps
from sheetnet.errors import NetworkError, shown
from sheetnet.lenses import Lens
from sheetnet.tables import get, refuse_unknown

STYLES = ("", "number", "general", "percent", "count", "small", "text", "answer", "big", "map", "mini", "tiny")
COLORS = ("", "signed", "warm", "grey", LAMPS)
NOTES = ("note", "text", "heading.plain")
SHOWN = {"show", "label", "style", "colors", "like", "across", "top", "left", "width", "framed", "square"}
PICTURE = {"picture", "label", "rows", "columns", "longest"}
CHART = {"chart", "bars", "curves", "rows", "columns", "x_title", "y_title", "x_span", "y_span"}
LONGEST_TITLE = 31


class Shelves:
    """Reads sheets. ``placed``: the full names of all tensors that have a place."""

    def __init__(self, steps: Steps, prose: Prose) -> None:
        self._steps, self._prose = steps, prose
        self._says = {step.name for step in steps.made if _says(step)}
        self.placed: set[str] = set()

    def page(self, entry: Any) -> Page:
        """One entry of [[sheets]]."""
        if not isinstance(entry, Mapping):
            raise NetworkError("[[sheets]]: an entry is no table; write title and [[sheets.shelves]]")
        key = get(entry, "title", str, "[[sheets]]")
        where = f"[[sheets]] {key!r}"
        refuse_unknown(entry, {"title", "shelves"}, where)
        title = self._prose(key)
        if not 1 <= len(title) <= LONGEST_TITLE or set(title) & set("[]:*?/\\'"):
            raise NetworkError(f"{self._prose.path}: {key} is no title of a sheet; use up to {LONGEST_TITLE} letters")
        shelves = get(entry, "shelves", list, where)
        return Page(title, tuple(self._shelf(shelf, where) for shelf in shelves))

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
        if colors == LAMPS and (len(shape := self._steps.shapes[full]) != 3 or shape[0] != 3):
            raise NetworkError(f"{where}: {full} is {list(shape)}; colors = {LAMPS!r} needs [3, height, width]")
        like = tuple(self._steps.full(one, where) for one in get(entry, "like", list, where, []))
        beside: dict[str, Any] = {
            key: self._place(entry[key], where) if key in entry else "" for key in ("top", "left")
        }
        framed = self._steps.full(entry["framed"], where) if "framed" in entry else ""
        width = float(get(entry, "width", int | float, where, 0.0))  # type: ignore[arg-type]
        across = get(entry, "across", bool, where, False)
        square = get(entry, "square", int, where, 0)
        made = Shown(full, self._label(entry, full), style, colors, like, across, width=width, framed=framed)
        return replace(made, square=square, **beside)

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
        return Note(self._prose(get(entry, "note", str, where)), style, get(entry, "room", int, where, 560))

    def _picture(self, entry: Mapping[str, Any], where: str) -> Picture:
        """The photo; its words say what it shows."""
        refuse_unknown(entry, PICTURE, where)
        if f"{PHOTO}.out" not in self._steps.shapes:
            raise NetworkError(f"{where}: the lesson takes no photo; write [photo] with a shape")
        rows, columns, longest = (get(entry, key, int, where) for key in ("rows", "columns", "longest"))
        label = self._prose(entry["label"]) if "label" in entry else ""
        return Picture(label, self._prose(get(entry, "picture", str, where)), rows, columns, longest)

    def _chart(self, entry: Mapping[str, Any], where: str) -> ChartBlock:
        refuse_unknown(entry, CHART, where)
        key = get(entry, "chart", str, where)
        bars = self._steps.full(entry["bars"], where) if "bars" in entry else ""
        curves = tuple(self._curve(one, bars, where) for one in get(entry, "curves", list, where))
        made = ChartBlock(self._prose(key), self._prose(f"{key}_alt"), curves, bars=bars)
        titles = {name: self._prose(entry[name]) for name in ("x_title", "y_title") if name in entry}
        spans = {name: _span(entry[name], where) for name in ("x_span", "y_span") if name in entry}
        size = {name: get(entry, name, int, where) for name in ("rows", "columns") if name in entry}
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
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(end, int | float) for end in value):
        raise NetworkError(f"{where}: a span is {shown(value)}; use [least, most]")
    return float(value[0]), float(value[1])


def _says(step: Step) -> bool:
    return isinstance(step.operation, Lens) and step.operation.says

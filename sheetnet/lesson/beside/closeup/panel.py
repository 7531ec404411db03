"""The left side of a close-up: choices with what can be chosen, results, and lists for the choices.

A choice is a blue cell, and beside it stands the number that is used: the nearest one that the layer has. So the
sheet stays right when the reader chooses a smaller layer. Every line is a look; its name is ``prefix`` and the last
word of the key of its label, as in "closeup.bias" or "closeup.filter".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetnet.grid import Block
from sheetnet.layout import CHOICE, FIRST
from sheetnet.layout.addresses import at, fixed_area
from sheetnet.layout.places import cell
from sheetnet.layout.sheets.panel import CHOSEN, LABELS, OF, RIGHT, USED, Lines
from sheetnet.lenses import Begins, Chosen, Count, Lens, Look, Sentence, Source, Tick, Within, inline
from sheetnet.lesson.frame.head import NUMBERS_ROW
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import LINE, draw_way, followed
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import Node
from sheetnet.operation import Operation
from sheetnet.workbook.book import Sheet

WIDTHS = {1: 2.0, USED: 5.5, OF: 7.5, RIGHT - 1: 2.0}
LEAST_CHOSEN = 12.0  # characters of the column of choices and results, at least
MOST_WIDTH = 255.0  # characters of a column, at most: more is no file for Excel
SQUARE = 13.5  # points of a row beside squares: low, so that a window of 5x5x3 lies on the first screen


@dataclass
class Panel:
    """The choices and results of a sheet, from top to bottom.

    ``prefix``: of the names of its looks; ``mark``: of the defined names that the marks on other sheets read.
    ``layers``: names of the layers to choose from; ``lines``: where its lines and lists stand. ``used``: full name
    of what is used, by the name of the choice.
    """

    lesson: Lesson
    sheet: Sheet
    prefix: str
    mark: str
    layers: Sequence[str]
    lines: Lines
    used: dict[str, str] = field(default_factory=dict)
    _longest: int = 0
    _room: float = 0.0

    # What other looks read

    @property
    def layer(self) -> dict[str, Source]:
        """The number, from 1 on, of the chosen layer, as a lens reads it."""
        return {"layer": self.used["layer"]}

    def by_layer(self, sources: Sequence[Source], *choices: str) -> dict[str, Source]:
        """What a lens reads that has x1, x2, ..., one per layer: those, the layer, and some choices."""
        seen = {f"x{k}": source for k, source in enumerate(sources, 1)}
        return {**seen, **self.layer, **{name: self.used[name] for name in choices}}

    def address(self, full: str) -> str:
        """The cell of a single value of this sheet, as a conditional format writes it."""
        return self.lesson.plan.blocks[full].viewed(self.sheet.title, absolute=True)[()]

    # Lines

    def heading(self, key: str) -> None:
        """A heading over the next rows."""
        row = self.lines.next()
        self.sheet.text(row, LABELS, self.lesson.words(key), "heading")
        for column in (CHOSEN, USED, OF):
            self.sheet.blank(row, column, "heading")

    def skip(self) -> None:
        """A line that stays blank."""
        self.lines.next()

    def line(self, key: str) -> Block:
        """A label; returns the cell beside it, for a result."""
        row, label = self.lines.next(), self.lesson.words(key)
        self.sheet.text(row, LABELS, label, "text")
        self.sheet.widths[LABELS] = max(self.sheet.widths.get(LABELS, 0.0), characters(label))
        return self.lines.result(row)

    def say(self, key: str, lens: Operation, reads: Mapping[str, Source], style: str = "sum") -> str:
        """A line with a result; returns its full name."""
        name = f"{self.prefix}.{key.rpartition('.')[2]}"
        self.lesson.look(name, lens, reads, style, out=self.line(key))
        return f"{name}.out"

    def tell(self, key: str, lens: Operation, reads: Mapping[str, Source], texts: Iterable[str]) -> None:
        """A line with words, one of the ``texts``; they flow over blank cells up to what stands beside the panel."""
        self._room = max([self._room, *map(characters, texts)])
        self.say(key, lens, reads, "text")

    def tick(self, mine: str, theirs: str) -> None:
        """Whether the number made here is the one on the layer's sheet."""
        same, other = (self.lesson.words(f"closeup.{key}") for key in ("same", "other"))
        self._widen(same, other)
        self.say("closeup.tick", Tick(same, other), {"a": mine, "b": theirs}, "answer")

    # The head

    def tell_numbers(self, told: Look) -> None:
        """A line of the head that says how the result is made, with its live numbers; ``told``: a sentence."""
        pieces = tuple(
            ("told",) if part == ("formula",) else part for part in self.lesson.words.parts("step.in_numbers")
        )
        at_head = cell(self.sheet.title, NUMBERS_ROW, 1)
        self.lesson.look(f"{self.prefix}.told", Sentence(pieces), {"told": told}, "text", out=at_head)
        self.sheet.heights[NUMBERS_ROW] = LINE

    def follow(self, node: Node) -> None:
        """A link to the number that all sheets follow, where it is one of a layer: at first the sheet looks at it."""
        thread = self.lesson.thread
        if node.name not in thread.before and node.name not in thread.after:
            return
        draw_way(self.lesson, self.sheet, followed(self.lesson, node.name))

    # Choices

    def choose_layer(self, chosen: int = 0) -> None:
        """The first choice: which layer, by its name."""
        names, count = f"{self.prefix}.layers", len(self.layers)
        self._widen(*self.layers)
        self.sheet.widths[LABELS] = max(map(characters, self.layers))
        listed = self.lines.layers(count)
        for i, title in enumerate(self.layers):
            self.sheet.text(listed.cell(i).row, LABELS, title, "note")
        self.lesson.constant(names, listed, list(self.layers))
        picks = {"picks": self.lines.picks(count)}
        self._choice("layer", self.layers[chosen], Chosen(), {"names": names}, (count,), listed, **picks)

    def choose(self, name: str, counts: Sequence[int], first: int) -> None:
        """A number from 1 to the count of the chosen layer; ``counts``: one per layer."""
        self._longest = max(self._longest, *counts)
        listed = self.lines.numbers(max(counts))
        self._choice(name, first, Within(tuple(counts)), self.layer, tuple(counts), listed)

    def _choice(
        self,
        name: str,
        first: str | int,
        lens: Lens,
        reads: Mapping[str, Source],
        counts: tuple[int, ...],
        listed: Block,
        **blocks: Block,
    ) -> None:
        """Label, choice, what is used, and how many there are to choose from. ``listed``: where they are listed."""
        lesson, sheet, row, full = self.lesson, self.sheet, self.lines.row, f"{self.prefix}.{name}"
        style, choice = ("choice.text" if isinstance(first, str) else "choice"), f"{self.prefix}.choice.{name}"
        lesson.put(choice, CHOICE, self.line(f"closeup.{name}"), first, style)
        lesson.look(full, lens, {**reads, "choice": choice}, "origin", **blocks, out=self.lines.used(row))
        self.used[name] = f"{full}.out"
        self._name(name)
        count = inline(Count(counts), **(self.layer if len(set(counts)) > 1 else {}))
        of = Sentence(tuple(lesson.words.parts("closeup.of")))
        lesson.look(f"{full}.of", of, {"count": count}, "note", out=self.lines.of(row))
        sheet.choices.append((at(self.lines.result(row)), fixed_area(listed)))

    def choose_window(self, nodes: Sequence[Node], channel: str) -> None:
        """Choices of the layer, of its map, row and column, and where their window begins.

        ``channel``: the name of the choice of the map.
        """
        network = self.lesson.network
        outs = [network.shapes[f"{node.name}.out"] for node in nodes]
        first = self.lesson.thread.places[nodes[0].name]
        self.heading("closeup.choose")
        self.choose_layer()
        for axis, name in enumerate((channel, "row", "column")):
            self.choose(name, [out[axis] for out in outs], first[axis] + 1)
        self.skip()
        self.heading("closeup.window")
        paddings = [node.layer.padding_of(network.input_shapes(node)) for node in nodes]
        for axis, (name, place) in enumerate((("top", "row"), ("left", "column"))):
            strides = tuple(node.layer.stride[axis] for node in nodes)  # type: ignore[attr-defined]
            lens = Begins(strides, tuple(padding[axis] for padding in paddings))
            reads = {**self.layer, "place": self.used[place]}
            self.used[name] = self.say(f"closeup.{name}", lens, reads, "origin")
            self._name(name)
        self.skip()

    def _widen(self, *texts: str) -> None:
        """Make room for what the column of choices and results may hold."""
        widths = [LEAST_CHOSEN, *(characters(text, bold=True) for text in texts)]
        self.sheet.widths[CHOSEN] = max(self.sheet.widths.get(CHOSEN, 0.0), *widths)

    def _name(self, name: str) -> None:
        """A defined name for what is used, for the marks on other sheets."""
        here = self.lesson.plan.blocks[self.used[name]].anchors[0]
        self.lesson.book.name(mark_name(self.mark, name), here, here)

    # The end

    def finish(self, height: float | None = None) -> None:
        """The lists that the choices are made from, below everything, and not printed.

        ``height``: of every row above them, where squares stand beside the panel.
        """
        sheet = self.sheet
        between = sum(sheet.widths[column] for column in range(CHOSEN, RIGHT - 1))
        sheet.widths[RIGHT - 1] = max(sheet.widths[RIGHT - 1], min(self._room - between, MOST_WIDTH))
        lists = self.lines.lists
        words = (row for row in sheet.rows if row < lists)
        sheet.print_rows = max(*words, *self.lines.rows_above(self.lesson.plan))
        if height is not None:
            sheet.heights |= dict.fromkeys(range(FIRST + 1, sheet.print_rows + 1), height)
        sheet.text(lists, LABELS, self.lesson.words("closeup.lists"), "note")
        for i in range(self._longest):
            sheet.number(lists + 1 + i, CHOSEN, i + 1, "index")


def mark_name(mark: str, name: str) -> str:
    """The defined name that the marks of a close-up read."""
    return f"sheetnet.mark.{mark}.{name}"

"""The left side of a close-up: choices with what can be chosen, results, and lists for the choices.

A choice is a blue cell; beside it stands what is used: a number outside is brought to the nearest one inside, so
the sheet never breaks when the reader moves on to a smaller layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sheetnet.grid import Anchor, Block
from sheetnet.layout import FIRST
from sheetnet.lesson.frame import Lesson, largest_at
from sheetnet.lesson.lookup import choose, fixed, span
from sheetnet.lesson.outcome import quoted
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet

LABELS, CHOSEN, USED, OF = 2, 3, 4, 5  # columns
RIGHT = 7  # the first column beside the panel
WIDTHS = {1: 2.0, LABELS: 25.0, CHOSEN: 14.0, USED: 8.0, OF: 9.0, 6: 3.0}
SAME = "1E-09"
SQUARE = 24.0  # points of a row beside squares: lower than on other sheets, or a panel would not fit on a page


@dataclass
class Panel:
    """The choices of a sheet, from ``row`` on downwards.

    ``layers``: names of the layers to choose from; ``lists``: the row where the lists for the choices begin.
    """

    lesson: Lesson
    sheet: Sheet
    prefix: str  # of the defined names that the marks on other sheets read
    layers: Sequence[str]
    lists: int
    row: int = FIRST
    used: dict[str, str] = field(default_factory=dict)  # what is used, by name: an address that stays put
    _longest: int = 0

    @property
    def layer(self) -> str:
        """The address of the number, from 1 on, of the chosen layer."""
        return self.used["layer"]

    def heading(self, key: str) -> None:
        """A heading over the next rows."""
        self.sheet.text(self.row, LABELS, self.lesson.words(key), "heading")
        for column in (CHOSEN, USED, OF):
            self.sheet.blank(self.row, column, "heading")
        self.row += 1

    def choose_layer(self, chosen: int = 0) -> None:
        """The first choice: which layer, by its name."""
        titles = span(self.lists + 1, LABELS, len(self.layers))
        for i, title in enumerate(self.layers):
            self.sheet.text(self.lists + 1 + i, LABELS, title, "note")
        self.sheet.text(self.row, CHOSEN, self.layers[chosen], "choice.text")
        many = len(self.layers) > 1
        formula = f"IFERROR(MATCH({fixed(self.row, CHOSEN)},{titles},0),1)" if many else "1"
        self._choice("layer", formula, str(len(self.layers)), titles)

    def choose(self, name: str, counts: Sequence[int], first: int) -> None:
        """A number from 1 to the count of the chosen layer; ``counts``: one per layer."""
        at = fixed(self.row, CHOSEN)
        self.sheet.number(self.row, CHOSEN, first, "choice")
        count = str(counts[0]) if len(set(counts)) == 1 else f"CHOOSE({self.layer},{','.join(map(str, counts))})"
        self._longest = max(self._longest, *counts)
        formula = f"IF(ISNUMBER({at}),MIN(MAX(1,INT({at})),{count}),1)"
        self._choice(name, formula, count, span(self.lists + 1, CHOSEN, max(counts)))

    def _choice(self, name: str, formula: str, count: str, source: str) -> None:
        """Label, what is used, and how many there are to choose from."""
        words, sheet = self.lesson.words, self.sheet
        sheet.text(self.row, LABELS, words(f"closeup.{name}"), "text")
        sheet.formula(self.row, USED, formula, "origin")
        before, _, after = words("closeup.of", count="\0").partition("\0")
        of = "&".join(part for part in (before and quoted(before), f"({count})", after and quoted(after)) if part)
        sheet.formula(self.row, OF, of, "note")
        sheet.choices.append((fixed(self.row, CHOSEN).replace("$", ""), source))
        self.used[name] = fixed(self.row, USED)
        self._name(name, USED)
        self.row += 1

    def choose_window(self, nodes: Sequence[Node], channel: str) -> None:
        """Which layer, which of its maps (they are called ``channel``), where; and where the window begins."""
        network = self.lesson.network
        outs = [network.shapes[f"{node.name}.out"] for node in nodes]
        first = largest_at(self.lesson, nodes[0])
        self.heading("closeup.choose")
        self.choose_layer()
        for axis, name in enumerate((channel, "row", "column")):
            self.choose(name, [out[axis] for out in outs], first[axis] + 1)
        self.row += 1
        self.heading("closeup.window")
        for axis, (name, place) in enumerate((("top", "row"), ("left", "column"))):
            starts = []
            for node in nodes:
                before = node.layer.padding_of(network.input_shapes(node))[axis]
                starts.append(f"{node.layer.stride[axis]}*({self.used[place]}-1)-{before}")  # type: ignore[attr-defined]
            self.used[name] = self.say(f"closeup.{name}", f"1+{choose(self.layer, starts)}", "origin", name)
        self.row += 1

    def say(self, key: str, formula: str, style: str = "sum", name: str | None = None) -> str:
        """A line with a result; returns its address. ``name``: the marks on other sheets read it."""
        self.sheet.text(self.row, LABELS, self.lesson.words(key), "text")
        self.sheet.formula(self.row, CHOSEN, formula, style)
        if name is not None:
            self._name(name, CHOSEN)
        self.row += 1
        return fixed(self.row - 1, CHOSEN)

    def tick(self, mine: str, theirs: str) -> None:
        """Whether the number made here is the one on the layer's sheet."""
        same, other = (quoted(self.lesson.words(f"closeup.{key}")) for key in ("same", "other"))
        self.say("closeup.tick", f"IF(ABS({mine}-{theirs})<={SAME}*(1+ABS({theirs})),{same},{other})", "answer")

    def finish(self, height: float | None = None) -> None:
        """The lists that the choices are made from, below everything, and not printed.

        ``height``: of every row above them, where squares stand beside the panel.
        """
        sheet = self.sheet
        sheet.print_rows = max(row for row in sheet.rows if row < self.lists)
        if height is not None:
            sheet.heights |= dict.fromkeys(range(FIRST + 1, sheet.print_rows + 1), height)
        sheet.text(self.lists, LABELS, self.lesson.words("closeup.lists"), "note")
        for i in range(self._longest):
            sheet.number(self.lists + 1 + i, CHOSEN, i + 1, "index")

    def _name(self, name: str, column: int) -> None:
        cell = Anchor(self.sheet.title, self.row, column)
        self.lesson.book.name([mark_name(self.prefix, name)], Block((), (cell,), ()))


def mark_name(prefix: str, name: str) -> str:
    """The defined name that the marks of a close-up read."""
    return f"sheetnet.{prefix}.{name}"

"""A card of the sheet Practice: one exercise, with the choices of its place, what to work with, answer and hint.

The blue cells choose; far on the right stands what is used of each choice, the nearest one that the layer has. The
yellow cell takes the answer, which may be anything: it is an input that only the hint reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetnet.grid import Block, a1
from sheetnet.layout import ANSWER, CHOICE
from sheetnet.layout.addresses import at, fixed, fixed_area
from sheetnet.layout.sheets.practice import Aside, Group
from sheetnet.lenses import Chosen, Count, Hint, Sentence, Source, Within, decimal, inline
from sheetnet.lenses.elements import single
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import Node
from sheetnet.operation import Operation
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark

TEXTS = ("blank", "error", "word", "right", "sign", "point_large", "point_small", "large", "small")  # of a hint
Slip = tuple[str, Source]  # the key of what is said, and the number to which the mistake leads


@dataclass
class Card:
    """An exercise. ``number``: of the card; ``row``: that of its heading; ``nodes``: the layers to choose from.

    ``used``: full name of what is used, by the name of the choice. ``longest``: the largest number in a list.
    """

    lesson: Lesson
    sheet: Sheet
    group: Group
    aside: Aside
    number: int
    row: int
    nodes: Sequence[Node]
    used: dict[str, str] = field(default_factory=dict)
    longest: int = 0
    _line: int = 0
    _below: int = 0

    @property
    def prefix(self) -> str:
        """What the names of its looks begin with."""
        return f"practice.{self.number}"

    @property
    def first(self) -> int:
        """The row of the first line, and of the tables."""
        return self.row + 2

    @property
    def hint(self) -> str:
        """The full name of what is said of the answer."""
        return f"{self.prefix}.hint.out"

    @property
    def address(self) -> str:
        """The cell of the answer, once there is one."""
        return at(self.lesson.plan.blocks[f"{self.prefix}.answer"])

    def head(self, title: str, question: str) -> None:
        """What the exercise is called, and what is asked."""
        self._line = self.first
        self.sheet.text(self.row, self.group.left, f"{self.number}  {title}", "practice.title")
        self.sheet.text(self.row + 1, self.group.left, question, "note")

    # What looks read

    def by_layer(self, sources: Sequence[Source], *choices: str) -> dict[str, Source]:
        """What a lens reads that has x1, x2, ..., one per layer: those, the layer, and some choices."""
        seen = {f"x{k}": source for k, source in enumerate(sources, 1)}
        return {**seen, **self._layer(), **{name: self.used[name] for name in choices if name in self.used}}

    def _layer(self) -> dict[str, Source]:
        return {"layer": self.used["layer"]} if "layer" in self.used else {}

    # Lines

    def line(self, key: str) -> Block:
        """A label; returns the cell beside it."""
        row, label = self._line, self.lesson.words(key)
        self._line += 1
        self.sheet.text(row, self.group.left, label, "text")
        self.widen(self.group.left, [label])
        return self.group.line(row)

    def widen(self, column: int, texts: Iterable[str], *, bold: bool = False) -> None:
        """Make room for texts in a column."""
        widths = self.sheet.widths
        widths[column] = max(widths.get(column, 0.0), *(characters(text, bold=bold) for text in texts))

    def say(self, key: str, lens: Operation, reads: Mapping[str, Source], style: str) -> str:
        """A line with a number; returns its full name."""
        name = f"{self.prefix}.{key.rpartition('.')[2]}"
        self.lesson.look(name, lens, reads, style, out=self.line(key))
        return f"{name}.out"

    def more_digits(self, full: str) -> None:
        """More digits for a share of which four decimals would not say enough to work with."""
        cell = at(self.lesson.plan.blocks[full])
        for below, code in ((0.0001, "0.00E+00"), (0.05, "0.000000")):
            formula = f"{cell}<{decimal(below)}"
            self.sheet.marks.append(Mark([cell], formula, font=self.lesson.theme.ink, format=code, stop=False))

    def choose_layer(self) -> None:
        """The choice of the layer by its name, where there are several."""
        count = len(self.nodes)
        if count < 2:
            return
        lesson, names = self.lesson, [self.lesson.named[node.name] for node in self.nodes]
        listed, full = self.aside.several(self.number, count), f"{self.prefix}.layer"
        for i, name in enumerate(names):
            self.sheet.text(listed.cell(i).row, listed.cell(i).column, name, "note")
        lesson.constant(f"{full}s", listed, names)
        self.widen(self.group.number, names, bold=True)
        choice = self._choose("layer", "closeup.layer", names[0], "choice.text", listed)
        cells = {"picks": self.aside.several(self.number, count), "out": self.aside.one(self.number)}
        lesson.look(full, Chosen(), {"names": f"{full}s", "choice": choice}, "origin", **cells)

    def choose(self, name: str, key: str, counts: Sequence[int], first: int) -> None:
        """A number from 1 to the count of the chosen layer; ``counts``: one per layer."""
        self.longest = max(self.longest, *counts)
        choice = self._choose(name, key, first, "choice", self.aside.numbers(max(counts)))
        reads = {**self._layer(), "choice": choice}
        out = self.aside.one(self.number)
        self.lesson.look(f"{self.prefix}.{name}", Within(tuple(counts)), reads, "origin", out=out)

    def _choose(self, name: str, key: str, first: str | int, style: str, listed: Block) -> str:
        choice, block = f"{self.prefix}.choice.{name}", self.line(key)
        self.lesson.put(choice, CHOICE, block, first, style)
        self.sheet.choices.append((at(block), fixed_area(listed)))
        self.used[name] = f"{self.prefix}.{name}.out"
        return choice

    def tables(self, rows: int) -> int:
        """Keep rows beside the lines for tables; returns the first of them."""
        self._below = max(self._below, self.first + rows)
        return self.first

    # The answer

    def ask(self, x: Source, digits: Sequence[int], slips: Sequence[Slip] = ()) -> int:
        """The answer, and what is said of it. ``x``: the right one; ``digits``: its decimals, one number per layer.

        Returns the first row below the card.
        """
        lesson, words = self.lesson, self.lesson.words
        self._line = max(self._line, self._below)
        row, answer = self._line, f"{self.prefix}.answer"
        block = self.line("practice.answer")
        lesson.planner.input(answer, ANSWER, block)
        lesson.values[answer] = single("")
        self.sheet.blank(row, self.group.number, "asked")
        parts, count = words.parts("practice.decimals"), inline(Count(tuple(digits)), **self._layer())
        if len(set(digits)) == 1:
            self.sheet.text(row, self.group.named, words("practice.decimals", digits=digits[0]), "practice.after")
        else:
            reads = {"digits": count}
            lesson.look(
                f"{answer}.digits", Sentence(tuple(parts)), reads, "practice.after", out=self.group.beside(row)
            )
        lens = Hint(
            tuple(10.0**-n for n in digits),
            tuple(words(f"practice.slips.{key}") for key, _ in slips),
            *(words(f"practice.hints.{key}") for key in TEXTS),
        )
        read: dict[str, Source] = {f"slip{k}": source for k, (_, source) in enumerate(slips, 1)}
        read |= {"answer": answer, "x": x, **self._layer()}
        lesson.look(f"{self.prefix}.hint", lens, read, "text", out=self.group.said(row + 1))
        self._mark(row + 1)
        return row + 3

    def _mark(self, row: int) -> None:
        """Colour what is said of a right answer."""
        group, theme = self.group, self.lesson.theme
        said, right = fixed(row, group.left), self.lesson.words("practice.hints.right").replace('"', '""')
        where = f"{a1(row, group.left)}:{a1(row, group.right)}"
        self.sheet.marks.append(Mark([where], f'{said}="{right}"', theme.tile_rearranges, theme.ink, True))

"""The sheet Training: four cells to change, the charts of loss and accuracy, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetnet.case.course import chain, losses
from sheetnet.grid import Anchor, Block, sheet_prefix
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layout import CHOICE, NUMBER
from sheetnet.layout.addresses import at, fixed_area, series
from sheetnet.layout.places import across, cell, down, grid
from sheetnet.lenses import Chosen, Copy, Look, Measure, Sentence, Source, When, inline, number_piece
from sheetnet.lesson.frame.head import TITLE
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import LINK_ROOM, LINKS_ROW, link_row
from sheetnet.lesson.training import names
from sheetnet.lesson.training.bench import Bench
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series

if TYPE_CHECKING:
    from sheetnet.case.prepare import Case

LABEL, VALUE, END, GAP, CHARTS = 1, 2, 3, 4, 5  # columns
WIDTHS = {LABEL: 27.0, VALUE: 19.0, END: 11.0, GAP: 2.0}
SAID, SETTINGS, TABLE, QUESTION = 4, 7, 13, 20  # rows
SERIES = 30  # the heading of the numbers of the charts
COLUMNS = (LABEL, VALUE, END, CHARTS, CHARTS + 1)  # of these numbers: how many steps, and
DRAWN = ("loss", "held_loss", "share", "held_share")
SIZE, BETWEEN = (352, 290), 5  # pixels of a chart; columns from one to the next
SMALL = 1e-6  # a loss that changes by less has not changed
DIGITS = {"fell": 2, "stays": 2, "rises": 3}  # of a loss in a sentence


class Front:
    """The sheet, in two goes: its inputs before the steps, and what shows the steps after them."""

    def __init__(self, lesson: Lesson, bench: Bench, sheet: Sheet) -> None:
        self.lesson, self.bench, self.sheet = lesson, bench, sheet
        self.count = bench.course.steps + 1
        self.lists = SERIES + self.count + 3  # the heading of the lists

    # Before the steps

    def inputs(self, pictures: str) -> None:
        """The four cells, the lists behind two of them, and the random weights."""
        lesson, sheet, words, course = self.lesson, self.sheet, self.lesson.words, self.bench.course
        sheet.widths |= WIDTHS
        sheet.default_width = 10.2  # of five columns that a chart lies on
        sheet.text(SETTINGS - 1, LABEL, words("training.settings"), "heading.plain")
        lesson.put(names.RATE, NUMBER, self._setting(0, "rate"), course.rate, "input")
        lesson.put(names.MOMENTUM, NUMBER, self._setting(1, "momentum"), course.momentum, "input")
        for number, key in enumerate(("try_rate", "try_momentum")):
            sheet.text(SETTINGS + number, END, words(f"training.{key}"), "practice.after")
        called = [words(f"training.loss_{node.layer.kind}") for node in losses(self.bench.network)]
        self._choice(2, "loss", called)
        self._choice(3, "start", [words("training.start_random"), words("training.start_zero")])
        self._random()

    def _setting(self, number: int, key: str) -> Block:
        self.sheet.text(SETTINGS + number, LABEL, self.lesson.words(f"training.{key}"), "text")
        return cell(self.sheet.title, SETTINGS + number, VALUE)

    def _choice(self, number: int, key: str, options: list[str]) -> None:
        """A cell with a list: the list stands below, with the number of what is chosen."""
        lesson, sheet, name = self.lesson, self.sheet, f"training.{key}"
        choice, row = self._setting(number, key), self.lists + (number - 2) * (len(options) + 3)
        block = down(sheet.title, row + 1, LABEL, len(options))
        lesson.put(name, CHOICE, choice, options[0], "choice.text")
        lesson.constant(f"{name}_list", block, options)
        sheet.text(row, LABEL, lesson.words("training.list", name=lesson.words(name)), "heading")
        for k, option in enumerate(options):
            sheet.text(row + 1 + k, LABEL, option, "text")
        sheet.choices.append((at(choice), fixed_area(block)))
        picks = down(sheet.title, row + 1, VALUE, len(options))
        out = cell(sheet.title, row + 1 + len(options), VALUE)
        reads = {"names": f"{name}_list", "choice": name}
        lesson.look(f"{name}_chosen", Chosen(), reads, "number.general", picks=picks, out=out)
        sheet.text(row + 1 + len(options), LABEL, lesson.words("training.chosen"), "note")

    def _random(self) -> None:
        """The weights with which the training starts at random, for the reader to change as well."""
        lesson, sheet, row = self.lesson, self.sheet, SERIES
        column = CHARTS + 3
        sheet.text(row, column, lesson.words("training.random"), "heading.plain")
        for node in chain(self.bench.network):
            params = node.layer.params(self.bench.network.input_shapes(node))
            for own, shape in params.items():
                said = lesson.words(f"training.{own}")
                said = lesson.words("training.of_layer", name=lesson.named[node.name], own=said)
                sheet.text(row + 1, column, said, "note")
                block = self._laid(shape, row + 2, column)
                full = f"{node.name}.{own}"
                lesson.put(f"{names.START}.{full}", NUMBER, block, lesson.values[full], "weight.wide.general")
                row = max(last.row for _, last in block.rectangles()) + 1

    def _laid(self, shape: tuple[int, ...], row: int, column: int) -> Block:
        """Cells for weights: filters side by side, the lines of a matrix below each other, biases in a row."""
        if len(shape) == 4:
            wide = shape[3] + 1
            places = [(o, c) for o in range(shape[0]) for c in range(shape[1])]
            anchors = tuple(Anchor(self.sheet.title, row + c * (shape[2] + 1), column + o * wide) for o, c in places)
            return Block(shape, anchors, ((1, 0), (0, 1)))
        if len(shape) == 2:
            return grid(self.sheet.title, row, column, *shape)
        return across(self.sheet.title, row, column, shape[0])

    # After the steps

    def draw(self, case: Case, *, charts: bool) -> None:
        """The sentence, the table, the charts and their numbers, the question and its answer."""
        lesson, sheet, words, prose = self.lesson, self.sheet, self.lesson.words, case.prose
        trail = lesson.trail
        sheet.text(1, LABEL, prose["title"], "title")
        sheet.text(3, LABEL, prose["lead"], "lead")
        link_row(sheet, LINKS_ROW, [(title, title, "A1") for title in (*trail[1:3], trail[-1])], LINK_ROOM)
        sheet.heights |= {1: TITLE, SAID: 30.0}
        sheet.one_page, sheet.print_rows = True, QUESTION + 2
        self._series()
        self._table()
        self._say()
        for row, key in ((SETTINGS + 4, "about_momentum"), (QUESTION - 2, "about_held")):
            sheet.text(row, LABEL, words(f"training.{key}"), "note")
        for line, key in enumerate(("question", "question_more", "answer_below")):
            sheet.text(QUESTION + line, LABEL, words(f"training.{key}"), "heading.plain" if not line else "note")
        row = self.lists + 14
        sheet.links.append((at(cell(sheet.title, QUESTION + 2, LABEL)), f"{sheet_prefix(sheet.title)}A{row}"))
        sheet.text(row, LABEL, words("training.answer"), "heading.plain")
        for line, key in enumerate(("answer_1", "answer_2", "answer_3"), 1):
            sheet.text(row + line, LABEL, words(f"training.{key}"), "text")
        if charts:
            self._charts()
        sheet.header = words("print.name")
        sheet.selected = at(cell(sheet.title, SETTINGS, VALUE))

    def _series(self) -> None:
        """The numbers of the charts: after each number of steps, losses and shares of right answers."""
        lesson, sheet, words = self.lesson, self.sheet, self.lesson.words
        held = self.bench.course.learned
        for column, key in zip(COLUMNS, ("number", *DRAWN), strict=True):
            sheet.text(SERIES, column, words(f"training.drawn_{key}"), "heading.right")
        lesson.constant("training.numbers", self._drawn(0), [float(step) for step in range(self.count)])
        for step in range(self.count):
            sheet.number(SERIES + 1 + step, COLUMNS[0], step, "number.general")
            hits = {f"x{i + 1}": f"s{step}.p{i + 1}.hit.out" for i in range(held)}
            told = (
                (Copy(), {"x": f"{names.reading(step, 'loss')}.out"}, "number"),
                (Copy(), {"x": f"{names.reading(step, 'held_loss')}.out"}, "number"),
                (Measure("AVERAGE"), hits, "percent"),
                (Copy(), {"x": f"{names.reading(step, 'held_right')}.out"}, "percent"),
            )
            for column, key, (lens, reads, style) in zip(COLUMNS[1:], DRAWN, told, strict=True):
                where = cell(sheet.title, SERIES + 1 + step, column)
                lesson.look(f"drawn.{key}.{step}", lens, reads, style, out=where)

    def _drawn(self, number: int) -> Block:
        return down(self.sheet.title, SERIES + 1, COLUMNS[number], self.count)

    def _table(self) -> None:
        """Losses and right answers at the start and at the end."""
        lesson, sheet, words, course = self.lesson, self.sheet, self.lesson.words, self.bench.course
        sheet.text(TABLE - 1, LABEL, words("training.came"), "heading")
        sheet.text(TABLE - 1, VALUE, words("training.at_start"), "heading.right")
        sheet.text(TABLE - 1, END, words("training.at_end"), "heading.right")
        styles = {"loss": "answer.number", "right": "number.general", "held_loss": "number", "held_p": "chance"}
        for line, (key, style) in enumerate(styles.items()):
            sheet.text(TABLE + line, LABEL, words(f"training.{key}", count=course.learned), "text")
            for column, step in ((VALUE, 0), (END, course.steps)):
                where = cell(sheet.title, TABLE + line, column)
                lesson.look(f"front.{key}.{step}", Copy(), {"x": f"{names.reading(step, key)}.out"}, style, out=where)
        line = TABLE + len(styles)
        sheet.text(line, LABEL, words("training.change"), "text")
        both = {"x": f"{names.reading(course.steps, 'loss')}.out", "y": f"{names.reading(0, 'loss')}.out"}
        lesson.look("front.change", Sub(), both, "number", out=cell(sheet.title, line, END))

    def _say(self) -> None:
        """What happened, in a sentence."""
        steps, when = self.bench.course.steps, "front.change.out"
        start, end = (f"{names.reading(step, 'loss')}.out" for step in (0, steps))
        right, held = (f"{names.reading(steps, key)}.out" for key in ("right", "held_right"))
        words = self.lesson.words
        other = inline(When(0.5, words("training.but_held"), words("training.and_held")), x=held)
        why = inline(
            When(1.0, words("training.why_random"), words("training.why_zero")), x=f"{names.START_NUMBER}.out"
        )
        said = {
            "fell": self._sentence("fell", start=start, end=end, right=right, held=other),
            "stays": self._sentence("stays", start=start, why=why),
            "rises": self._sentence("rises", start=start, end=end),
        }
        rest = inline(When(SMALL, ("stays",), ("rises",)), x=when, stays=said["stays"], rises=said["rises"])
        where = cell(self.sheet.title, SAID, LABEL)
        reads: dict[str, Source] = {"x": when, "fell": said["fell"], "rest": rest}
        self.lesson.look("front.said", When(-SMALL, ("fell",), ("rest",)), reads, "verdict", out=where)
        for column in range(LABEL + 1, CHARTS + 2 * BETWEEN):  # the sentence reaches over all of them
            self.sheet.blank(SAID, column, "verdict")

    def _sentence(self, key: str, **reads: Source) -> Look:
        digits = {"start": DIGITS[key], "end": DIGITS[key], "right": 0}
        parts = self.lesson.words.parts(f"training.{key}", count=self.bench.course.learned)
        pieces = tuple(
            number_piece(part[0], digits[part[0]]) if isinstance(part, tuple) and part[0] in digits else part
            for part in parts
        )
        return inline(Sentence(pieces), **reads)

    def _charts(self) -> None:
        """Loss and accuracy over the steps, of the pictures that are learned and of the one held out."""
        words, theme = self.lesson.words, self.lesson.theme
        charts = (("loss", 1, (0.0, None), "General"), ("accuracy", 3, (0.0, 1.0), "0 %"))
        for number, (key, column, span, shown) in enumerate(charts):
            lines = tuple(
                Series(
                    words(f"training.series_{kind}"),
                    series(self._drawn(column + k)),
                    series(self._drawn(0)),
                    color,
                    markers=True,
                    dash=bool(k),
                )
                for k, (kind, color) in enumerate((("learned", theme.chart_first), ("held", theme.chart_second)))
            )
            self.sheet.charts.append(
                Chart(
                    "scatter",
                    words(f"training.chart_{key}"),
                    lines,
                    at(cell(self.sheet.title, SETTINGS - 1, CHARTS + number * BETWEEN)),
                    SIZE,
                    words(f"training.chart_{key}_alt"),
                    words("training.steps"),
                    words(f"training.axis_{key}"),
                    (0.0, float(self.bench.course.steps)),
                    span,
                    shown,
                )
            )

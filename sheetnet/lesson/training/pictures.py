"""The sheet Pictures: the pixels that the reader may change, their classes, and the first filters as they grow."""

from __future__ import annotations

from sheetnet.case.course import chain
from sheetnet.grid import Anchor, Block
from sheetnet.layout import CHOICE, CLASSES, FIRST, NUMBER, WORDS
from sheetnet.layout.addresses import at, fixed_area
from sheetnet.layout.places import cell, down
from sheetnet.lenses import Copy, SumProduct
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import LINK_ROOM, LINKS_ROW, link_row
from sheetnet.lesson.frame.looks import add_scale, signed_stops
from sheetnet.lesson.training import names
from sheetnet.lesson.training.bench import Bench
from sheetnet.network import TRUTH
from sheetnet.workbook.book import Sheet

LABEL, FIRST_PICTURE = 1, 2  # columns
LABEL_WIDTH, WIDTH = 17.0, 4.4  # characters
HEIGHT = 20.25  # points of a row of squares


class Pictures:
    """The sheet, in two goes: its inputs before the steps, and what shows the steps after them."""

    def __init__(self, lesson: Lesson, bench: Bench, sheet: Sheet) -> None:
        self.lesson, self.bench, self.sheet = lesson, bench, sheet
        _, self.high, self.wide = bench.network.shape
        self.top = FIRST + 2  # the first row of pixels
        self.below = self.top + self.high  # the class of each
        self.filters = self.below + 6  # the first row of filters

    def _left(self, number: int) -> int:
        return FIRST_PICTURE + number * (self.wide + 1)

    def inputs(self) -> None:
        """Pixels, classes, and the names of the classes."""
        lesson, bench, sheet, words = self.lesson, self.bench, self.sheet, self.lesson.words
        course, classes = bench.course, bench.network.classes
        sheet.default_width = WIDTH
        sheet.widths |= {LABEL: LABEL_WIDTH}
        draw_head(lesson, sheet, Head(words("training.pictures_title"), words("training.pictures_lead")))
        where = down(sheet.title, self._lists() + 1, LABEL, len(classes))
        lesson.put(CLASSES, WORDS, where, lesson.values[CLASSES], "sample")
        sheet.text(self._lists(), LABEL, words("training.classes"), "heading")
        for number, name in enumerate(course.classes):
            block = self._maps(self.top, self._left(number), bench.network.shape)
            held = number == course.learned
            said = words("training.held" if held else "training.picture", number=number + 1)
            sheet.text(self.top - 1, self._left(number), said, "heading.plain")
            if number:
                lesson.put(names.pixels(number), NUMBER, block, course.pictures[number], "canvas")
            else:
                lesson.planner.place(names.pixels(0), block)
                lesson.give(names.pixels(0), course.pictures[0], "canvas")
            choice = cell(sheet.title, self.below, self._left(number))
            lesson.put(names.choice(number), CHOICE, choice, name, "choice.text")
            sheet.choices.append((at(choice), fixed_area(where)))
            self._merge(self.below, self._left(number))
            add_scale(sheet, block, [(lesson.theme.paper, 0.0), (lesson.theme.bar, 1.0)])
        sheet.text(self.below, LABEL, words("training.class_of"), "text")
        sheet.heights |= dict.fromkeys(range(self.top, self.below), HEIGHT)

    def draw(self) -> None:
        """The probability of the true class before and after, and the filters as they grow."""
        lesson, sheet, words, course = self.lesson, self.sheet, self.lesson.words, self.bench.course
        head = self.bench.network.line_up
        p = head.name if head is not None else ""
        for line, (step, key) in enumerate(((0, "p_before"), (course.steps, "p_after"))):
            row = self.below + 1 + line
            sheet.text(row, LABEL, words(f"training.{key}", count=course.steps), "text")
            for number in range(len(course.classes)):
                reads = {
                    "x": f"{names.look(step, number, p)}.out",
                    "weight": f"{names.look(step, number, TRUTH)}.out",
                }
                where = cell(sheet.title, row, self._left(number))
                style = "answer.chance" if step else "chance"
                lesson.look(f"pictures.{key}.{number + 1}", SumProduct(), reads, style, out=where)
                self._merge(row, self._left(number))
        self._filters()
        link(lesson, sheet, lesson.trail[-1])
        sheet.one_page = True
        sheet.selected = at(self._maps(self.top, self._left(0), self.bench.network.shape))

    def _filters(self) -> None:
        """The filters of the first layer after some of the steps, as coloured squares."""
        lesson, sheet, words, course = self.lesson, self.sheet, self.lesson.words, self.bench.course
        node = chain(self.bench.network)[0]
        full = f"{node.name}.weight"
        count, _, high, _ = self.bench.network.parameters[full]
        blocks, most = [], lesson.value(full)
        shown = [step for step in (0, 1, 5, 10, course.steps) if step < course.steps] + [course.steps]
        sheet.text(self.filters - 2, LABEL, words("training.filters"), "heading.plain")
        for number, step in enumerate(shown):
            left = self._left(number)
            key = "training.at_start" if not step else "training.after_one" if step == 1 else "training.after_steps"
            sheet.text(self.filters - 1, left, words(key, number=step), "note")
            anchors = tuple(Anchor(sheet.title, self.filters + o * (high + 1), left) for o in range(count))
            block = Block(self.bench.network.parameters[full], anchors, ((1, 0), (0, 1)))
            lesson.look(f"pictures.filters.{step}", Copy(), {"x": names.weight(step, full)}, "map", out=block)
            blocks.append(block)
            most = max(most, lesson.value(f"pictures.filters.{step}.out"), key=lambda v: abs(v).max())
        for o in range(count):
            row = self.filters + o * (high + 1)
            sheet.text(row, LABEL, words("training.filter", number=o + 1), "text")
            sheet.heights |= dict.fromkeys(range(row, row + high), HEIGHT)
        add_scale(sheet, blocks[0], signed_stops(lesson, most), *blocks[1:])

    def _lists(self) -> int:
        """The row of the heading of the list of the classes, below all else."""
        full = f"{chain(self.bench.network)[0].name}.weight"
        count, _, high, _ = self.bench.network.parameters[full]
        return self.filters + count * (high + 1) + 1

    def _maps(self, row: int, column: int, shape: tuple[int, ...]) -> Block:
        anchors = tuple(Anchor(self.sheet.title, row, column + c * (shape[2] + 1)) for c in range(shape[0]))
        return Block(shape, anchors, ((1, 0), (0, 1)))

    def _merge(self, row: int, column: int) -> None:
        """Give a cell the width of a picture."""
        first = at(cell(self.sheet.title, row, column))
        last = at(cell(self.sheet.title, row, column + self.wide - 1))
        self.sheet.merges.append(f"{first}:{last}")


def link(lesson: Lesson, sheet: Sheet, more: str) -> None:
    """Links to the sheet before, to Training, to the next one, and to one ``more``."""
    words, trail = lesson.words, lesson.trail
    number = trail.index(sheet.title)
    targets = [(words("step.back", title=trail[number - 1]), trail[number - 1]), (trail[0], trail[0])]
    if number + 1 < len(trail):
        targets.append((words("step.next", title=trail[number + 1]), trail[number + 1]))
    link_row(sheet, LINKS_ROW, [(text, title, "A1") for text, title in [*targets, (more, more)]], LINK_ROOM)
    sheet.header = words("print.name")

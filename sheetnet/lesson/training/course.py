"""The sheets of a training in their order: Training, Pictures, one for each step, and the network at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sheetnet import layout, words
from sheetnet.case.course import chain
from sheetnet.grid import Block, a1
from sheetnet.layout import FIRST
from sheetnet.lenses.elements import words as listed
from sheetnet.lesson.finish import begin_book
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW
from sheetnet.lesson.frame.looks import add_scale, signed_stops
from sheetnet.lesson.frame.screen import open_with
from sheetnet.lesson.training import names
from sheetnet.lesson.training.backward import Backward
from sheetnet.lesson.training.bench import Bench
from sheetnet.lesson.training.forward import Forward
from sheetnet.lesson.training.front import Front
from sheetnet.lesson.training.pictures import Pictures, link
from sheetnet.lesson.training.update import draw_update
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Sheet

if TYPE_CHECKING:
    from sheetnet.case.prepare import Case

PRINTED = 1  # sheets of steps that a handout has at the beginning; the last one is there as well


def draw_course(case: Case, values: Mapping[str, Any]) -> Lesson:
    """All sheets of the training of a case, described. ``values``: of the tensors of the network."""
    lesson, bench = _begin(case, values)
    front_title, pictures_title, *steps = lesson.trail
    front, pictures = lesson.book.add(front_title), lesson.book.add(pictures_title)
    on_front, on_pictures = Front(lesson, bench, front), Pictures(lesson, bench, pictures)
    on_pictures.inputs()
    on_front.inputs(pictures_title)
    for step, title in enumerate(steps):
        _draw_step(lesson, bench, step, title)
    on_pictures.draw()
    on_front.draw(case, charts=not case.plain)
    return lesson


def _begin(case: Case, values: Mapping[str, Any]) -> tuple[Lesson, Bench]:
    """A lesson without sheets, whose plan has nothing but the network."""
    vocabulary, network, course = words.load(case.language), case.network, case.course
    if course is None:
        raise ValueError("a case without a course has no training to draw")
    steps = [vocabulary("sheets.step", number=number + 1) for number in range(course.steps)]
    trail = (*(vocabulary(f"sheets.{key}") for key in ("training", "pictures")), *steps, vocabulary("sheets.learned"))
    sheets = {node.name: steps[0] for node in network.nodes} | {PHOTO: trail[1], layout.EXTRA: ""}
    planner = layout.Planner(network, sheets, (trail[1],) * network.shape[0])
    book = begin_book(case.prose["title"], case)
    started = {f"{names.START}.{full}": values[full] for full in network.parameters}
    known = {**values, **started, layout.CLASSES: listed(list(network.classes))}
    named = layout.layer_names(network, vocabulary)
    return Lesson(planner, known, vocabulary, book, trail, {}, named=named), Bench(network, course)


def _draw_step(lesson: Lesson, bench: Bench, step: int, title: str) -> None:
    """The sheet of one step; the last one has no gradients any more."""
    course, words = bench.course, lesson.words
    last = step == course.steps
    sheet = lesson.book.add(title, default_width=9.0, freeze=BELOW, repeat_rows="1:1")
    sheet.widths |= bench.widths()
    sheet.aside = PRINTED <= step < course.steps
    sheet.breaks = [bench.forward(picture) - 1 for picture in range(1, len(course.classes))] + [bench.update(0) - 1]
    key = "learned" if last else "step"
    scaled: dict[str, list[Block]] = {}
    forward = Forward(lesson, bench, sheet, step, scaled)
    forward.weights()
    gradients = []
    for picture in range(len(course.classes)):
        forward.picture(picture)
        if not last and picture < course.learned:
            backward = Backward(forward, picture)
            backward.draw()
            gradients.append(backward.found)
    forward.readings()
    if not last:
        draw_update(forward, gradients)
    head = Head(
        words(f"training.{key}_title", number=step + 1, count=course.steps),
        words(f"training.{key}_lead", number=step, count=course.learned),
        in_words="" if last else words("training.in_words"),
        in_cells="" if last else _example(lesson, step),
    )
    draw_head(lesson, sheet, head)
    _color(lesson, sheet, scaled)
    link(lesson, sheet, lesson.trail[1])
    first = chain(bench.network)[0]
    sheet.selected = a1(FIRST + 1, bench.columns[first.name])
    open_with(sheet, bench.row(title, bench.forward(0), 1, bench.band - 3, (len(bench.network.classes),)))


def _example(lesson: Lesson, step: int) -> str:
    """The first new weight of a step, as its cell has it."""
    full = names.new(step, next(iter(lesson.network.parameters)))
    block = lesson.plan.blocks[f"{full}.out"]
    first = (0,) * len(block.shape)
    at = block.cell(*first)
    return f"{a1(at.row, at.column)} = {lesson.step(lesson.plan.looks[full]).rules['out'](*first)}"


def _color(lesson: Lesson, sheet: Sheet, scaled: Mapping[str, list[Block]]) -> None:
    """One scale of colours for all maps of a kind, so that they can be compared."""
    full = {id(block): name for name, block in lesson.plan.blocks.items()}
    for kind, blocks in scaled.items():
        if kind in (PHOTO, "mask"):
            stops: list[tuple[str, float | None]] = [(lesson.theme.paper, 0.0), (lesson.theme.bar, 1.0)]
        else:
            most = max((lesson.value(full[id(block)]) for block in blocks), key=lambda v: abs(v).max())
            stops = signed_stops(lesson, most)
        add_scale(sheet, blocks[0], stops, *blocks[1:])

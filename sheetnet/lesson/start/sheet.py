"""The sheet Start: the photo, the verdict, the network as tiles, things to try, how to read the cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetnet.case.card import Learned, learned
from sheetnet.grid import a1
from sheetnet.layout import CLASSES, EXTRA, HEAD
from sheetnet.layout.addresses import area, series
from sheetnet.layout.places import cell, down
from sheetnet.lenses import Copy, Measure, NameOf, Sentence, When, inline, number_piece
from sheetnet.lesson.beside.checks.agreement import agreement
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import times
from sheetnet.lesson.start.learned import draw_learned
from sheetnet.lesson.story.outcome import verdict
from sheetnet.lesson.story.photo import drawing_done
from sheetnet.network import PHOTO, TRUTH, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Scale, Series

if TYPE_CHECKING:
    from sheetnet.case.prepare import Case

MOST_CLASSES = 12  # listed on Start; more are on the sheet of the softmax
TILES, TILE, ARROW = 6, 15.0, 3.2  # tiles side by side; their width and that of the arrows, in characters
NAMES, CHANCES, CHART, LAST = 6, 10, 12, 12  # columns of the names of classes, probabilities, the chart; the last one
CLASSES_ROW = 11  # the row of the first class
PICTURE = 215  # pixels
MOST_SHAPES = 16  # characters of the shapes on a tile


@dataclass(frozen=True, slots=True)
class Tile:
    """A link to a cell of a sheet, with a line on top of it and one below; ``role``: see ``tile.*`` in the styles."""

    top: str
    text: str
    sheet: str
    below: str
    cell: str = "A1"
    role: str = "input"


def draw_start(lesson: Lesson, sheet: Sheet, case: Case) -> None:
    """Draw everything on the sheet Start."""
    words, prose, photo = lesson.words, case.prose, case.photo
    known = learned(case.card, len(lesson.network.classes))
    sheet.widths |= {1: 2.0} | {column: ARROW if column % 2 else TILE for column in range(2, LAST + 2)}
    sheet.text(1, 1, prose["title"], "title")
    lead = (prose["lead"], "lead") if case.part is None else (_part(lesson, case.part), "warning")
    sheet.text(2, 1, *lead)
    sheet.text(3, 1, _state(lesson, case, known), "warning" if case.weights == "untrained" else "note")
    sheet.heights |= {1: 30.0, 2: 18.0, 3: 16.0}
    sheet.header = words("print.name")
    row = _draw_verdict(lesson, sheet)
    canvas = lesson.plan.drawing
    draws = "" if canvas is None else canvas.anchors[0].sheet  # the sheet on which the reader draws
    if photo is not None:
        done = drawing_done(lesson)
        key = "start.canvas_ink" if lesson.network.shape[0] == 1 else "start.canvas"
        seen = words(key, title=draws) if draws else words("start.picture")
        sheet.text(4, 2, words("start.drawing", done=done) if done else seen, "note")
        sheet.pictures.append(("B5", photo.picture, words("input.photo_alt", title=photo.title), PICTURE))
        row = max(row, 5 + PICTURE // 20 + 1)
    row = _draw_tiles(lesson, sheet, row, words("start.steps"), list(_steps(lesson)), arrows=True)
    near = [Tile("", title, title, words(f"start.about_{key}")) for key, title in lesson.extras.items()]
    about = words("start.about_channel_canvas") if draws else words("start.about_channel")
    near = ([Tile("", draws, draws, words("start.about_draw"))] if draws else []) + near
    colors = [Tile("", title, title, about) for title in lesson.plan.channels[:TILES]]
    row = _draw_tiles(lesson, sheet, row, words("start.closer"), colors + near, arrows=False)
    below = row
    if case.weights == "trained":
        below = draw_learned(lesson, sheet, row, known, prose.get("learned", ""))
    row = _draw_tries(lesson, sheet, row)
    _draw_legend(lesson, sheet, row, below)
    if "checks" in lesson.extras:
        lesson.look(
            "start.checks",
            *agreement(lesson, "start.checks", "start.edited"),
            "text",
            out=cell(sheet.title, 8, NAMES),
        )
    sheet.header = words("print.name")


def _state(lesson: Lesson, case: Case, known: Learned | None) -> str:
    """One line about the weights: where they come from, and how many pictures they tell right."""
    if case.trained_for is not None:
        return lesson.words("start.resized", trained=times(case.trained_for[1:]), size=times(case.network.shape[1:]))
    if known is not None and known.held:
        return lesson.words("start.trained_held", count=known.held, right=known.right, percent=known.percent)
    return lesson.words(f"start.{case.weights}")


def _part(lesson: Lesson, whole: int) -> str:
    """The line that says that the workbook has only the first layers of a network."""
    nodes = lesson.network.nodes
    return lesson.words("start.part", last=lesson.named[nodes[-1].name], count=len(nodes), total=whole)


def _draw_verdict(lesson: Lesson, sheet: Sheet) -> int:
    """The answer in large letters, whether it is right, the classes; returns the first row below."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    node = network.line_up
    if node is None or CLASSES not in plan.blocks:
        return 10
    home, chances = sheet.title, f"{node.name}.out"
    answer = inline(NameOf(), x=chances, names=CLASSES)
    sheet.text(5, NAMES, words("start.verdict"), "note")
    pieces = [number_piece("chance", 1, 100) if part == ("chance",) else part for part in words.parts("start.said")]
    said = {"chance": inline(Measure("MAX"), x1=chances), "name": answer}
    lesson.look("start.said", Sentence(tuple(pieces)), said, "verdict", out=cell(home, 6, NAMES))
    for column in range(NAMES + 1, LAST + 1):
        sheet.blank(6, column, "verdict")
    sheet.heights[6] = 32.0
    if plan.truth is not None:
        right = "loss.right.out" if "loss.right.out" in plan.blocks else verdict(lesson, answer)
        parts = Sentence(tuple(words.parts("start.truth_is")))
        truth = inline(parts, name=f"{TRUTH}.choice", verdict=right)
        none = When(0.0, words("start.no_truth"), ("truth",))
        reads = {"x": inline(Measure("SUM"), x1=f"{TRUTH}.out"), "truth": truth}
        lesson.look("start.truth", none, reads, "text", out=cell(home, 7, NAMES))
    if len(network.classes) > MOST_CLASSES:
        return 10
    sheet.text(CLASSES_ROW - 1, NAMES, words("labels.class"), "heading")
    for column in range(NAMES + 1, CHANCES):
        sheet.blank(CLASSES_ROW - 1, column, "heading")
    sheet.text(CLASSES_ROW - 1, CHANCES, words("labels.softmax.out"), "heading.right")
    count = len(network.classes)
    block = down(home, CLASSES_ROW, CHANCES, count)
    lesson.look("start.chances", Copy(), {"x": chances}, "percent", out=block)
    sheet.bars.append((area(block), lesson.theme.bar))
    names = down(home, CLASSES_ROW, NAMES, count)
    lesson.look("start.names", Copy(), {"x": CLASSES}, "text", out=names)
    high = 60 + 26 * len(network.classes)
    sheet.charts.append(
        Chart(
            "bar",
            "",
            (Series(words("charts.probability"), series(block), series(names), lesson.theme.chart_first),),
            a1(CLASSES_ROW - 2, CHART),
            (300, high),
            words("charts.probabilities_alt"),
            y_span=(0.0, 1.0),
            number_format="0%",
            labels=True,
        )
    )
    return CLASSES_ROW - 2 + max(len(network.classes) + 3, high // 20 + 2)


def _steps(lesson: Lesson) -> Iterator[Tile]:
    """The tiles of the network: a layer each, those of a block with its name, leading to their place on its sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    if network.shape:
        yield Tile(words("start.step", number=1), plan.sheets[PHOTO], plan.sheets[PHOTO], times(network.shape))
    if network.extra:
        shapes = ", ".join(times(shape) for _, shape in network.extra)
        shown = shapes if len(shapes) <= MOST_SHAPES else str(len(network.extra))
        yield Tile(words("start.step", number=1), plan.sheets[EXTRA], plan.sheets[EXTRA], shown)
    sheets = [plan.sheets[node.name] for node in network.nodes]
    for number, (node, sheet) in enumerate(zip(network.nodes, sheets, strict=True), 2):
        shape = times(network.shapes[f"{node.name}.out"])
        top, place = words("start.step", number=number), "A1"
        if sheets.count(sheet) > 1:
            top, place = words("start.step_of", block=sheet, step=top), a1(plan.tops[node.name] - HEAD, 1)
        yield Tile(top, lesson.named[node.name], sheet, shape, place, node.layer.role)


def _draw_tiles(lesson: Lesson, sheet: Sheet, row: int, heading: str, tiles: list[Tile], *, arrows: bool) -> int:
    """Tiles from left to right: a line on top, the link, a line below. Returns the first row below them."""
    if not tiles:
        return row
    sheet.text(row, 2, heading, "heading.plain")
    sheet.heights[row] = 20.0
    row += 1
    for number, tile in enumerate(tiles):
        line, place = divmod(number, TILES)
        at, column = row + 4 * line, 2 + 2 * place
        if arrows:
            sheet.text(at, column, tile.top, f"tile.{tile.role}.small")
        else:
            sheet.blank(at, column, f"tile.{tile.role}.small")
        sheet.link(at + 1, column, tile.text, tile.sheet, cell=tile.cell, style=f"tile.{tile.role}")
        sheet.text(at + 2, column, tile.below, f"tile.{tile.role}.small")
        sheet.heights |= {at: 13.0 if arrows else 4.0, at + 1: 18.0, at + 2: 15.0, at + 3: 8.0}
        if arrows and number + 1 < len(tiles):
            sheet.text(at + 1, column + 1, "→", "sign")
    return row + 4 * -(-len(tiles) // TILES)


def _draw_tries(lesson: Lesson, sheet: Sheet, row: int) -> int:
    """Three things to try, each with a link to its cell."""
    words = lesson.words
    tries = list(_tries(lesson))
    if not tries:
        return row
    sheet.text(row, 2, words("start.tries", count=len(tries)), "heading.plain")
    sheet.heights[row] = 20.0
    for number, (text, title, place) in enumerate(tries, 1):
        sheet.link(row + number, 2, f"{title}  {place}", title, cell=place)
        sheet.text(row + number, 4, text, "text")
    return row + len(tries) + 2


def _tries(lesson: Lesson) -> Iterator[tuple[str, str, str]]:
    """What to do, the sheet, the cell."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    part = "" if network.line_up is not None else "_part"  # without a softmax there are no probabilities to watch
    if plan.drawing is not None:
        pictures, choice = plan.drawing, plan.blocks["draw.choice"].anchors[0]
        yield words("start.try_draw"), choice.sheet, a1(choice.row, pictures.cell(0, 0, 0).column)  # its heading
        if pictures.shape[0] > 1:
            yield words("start.try_sample"), choice.sheet, a1(choice.row, choice.column)
    elif network.shape:
        _, height, width = network.shape
        pixel = plan.blocks[f"{PHOTO}.out"].cell(0, height // 2, width // 2)
        dark = lesson.values[f"{PHOTO}.out"][0, height // 2, width // 2] < (network.levels + 1) / 2
        what = words(f"start.try_pixel{part}", value=network.levels if dark else 0)
        yield what, pixel.sheet, a1(pixel.row, pixel.column)
    heavy = _with_weights(lesson)
    if heavy is not None:
        name = f"{heavy.name}.weight"
        weight = plan.blocks[name].cell(*(0,) * len(network.parameters[name]))
        yield words(f"start.try_weight{part}"), weight.sheet, a1(weight.row, weight.column)
    if plan.truth is not None:
        choice = plan.truth.anchors[0]
        yield words("start.try_truth"), choice.sheet, a1(choice.row, choice.column)


def _with_weights(lesson: Lesson) -> Node | None:
    """The first layer that has weights."""
    return next((node for node in lesson.network.nodes if f"{node.name}.weight" in lesson.network.parameters), None)


def _draw_legend(lesson: Lesson, sheet: Sheet, row: int, below: int) -> None:
    """``below``: the first row whose width is free."""
    words, theme = lesson.words, lesson.theme
    sheet.text(row, 2, words("start.legend"), "heading.plain")
    sheet.heights[row] = 20.0
    kinds = (("input", "sample"), ("formula", "text"), ("answer", "answer"), ("tape", "tape"))
    for number, (key, style) in enumerate(kinds, 1):
        if key == "tape":
            sheet.blank(row + number, 2, style)
        else:
            sheet.text(row + number, 2, words(f"start.legend_{key}"), style)
        sheet.text(row + number, 4, words(f"start.legend_{key}_text"), "text")
    row = max(row + len(kinds) + 1, below)
    for column, value in ((2, -1), (4, 0), (6, 1)):
        sheet.number(row, column, value, "map.general")
    sheet.scales.append(
        Scale([f"B{row}", f"D{row}", f"F{row}"], [(theme.negative, -1.0), (theme.paper, 0.0), (theme.positive, 1.0)])
    )
    sheet.text(row, 8, words("start.legend_scale_text"), "text")

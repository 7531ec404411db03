"""The sheet of one layer: its formulas and numbers in their cells, drawn as pictures or as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from sheetnet.grid import Block, a1
from sheetnet.layout import form, is_deep, shortcut, view_name
from sheetnet.lenses import Sentence, decimal, element, inline
from sheetnet.lesson.frame.head import LONGEST, Head, Wording, draw_head, fit_formula
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links, draw_thread, followed, neighbours
from sheetnet.lesson.frame.looks import number_style, picture_sheet, times
from sheetnet.lesson.frame.screen import open_with, select
from sheetnet.lesson.story.grids import WIDTH, draw_grid
from sheetnet.lesson.story.maps import channel_name, draw_pictures, first_map
from sheetnet.lesson.story.score import unless_nobody
from sheetnet.lesson.story.sentence import NoSentenceError, SentenceMaker
from sheetnet.lesson.story.tables import draw_table
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet

SHORT = 400  # characters of the formula of a sentence in a deep network
ANSWERS = {"probabilities": "answer.chance", "loss": "answer.number"}  # the style of what a table ends in


def draw_node(lesson: Lesson, node: Node) -> None:
    """The sheet of one layer."""
    network, plan = lesson.network, lesson.plan
    title = plan.sheets[node.name]
    arrangement = form(network, node)
    if arrangement == "pictures":
        sheet = picture_sheet(lesson, title)
    else:
        sheet = lesson.book.add(title, freeze=BELOW, repeat_rows="1:1")
        sheet.default_width = WIDTH if arrangement == "grid" else sheet.default_width
    head = layer_head(lesson, node)
    draw_head(lesson, sheet, head)
    draw_numbers(lesson, sheet, node)
    draw_links(lesson, sheet, *near_sheets(lesson, node))
    at = followed(lesson, node.name)
    draw_thread(lesson, sheet, at, neighbours(lesson, node.name))
    if arrangement == "pictures":
        open_with(sheet, *first_map(lesson, node))
        fit_formula(lesson, sheet, head.in_cells)
    select(sheet, at, sheet.selected)


def near_sheets(lesson: Lesson, *nodes: Node) -> list[str]:
    """The sheets that show some layers in a close-up."""
    keys = dict.fromkeys(key for node in nodes for key in node.layer.near)
    return [lesson.extras[key] for key in keys if key in lesson.extras]


def draw_numbers(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """The numbers of a layer in their cells, and what stands around them."""
    network = lesson.network
    arrangement = form(network, node)
    pictures = arrangement == "pictures"
    of = network.input_shapes(node)
    for own in node.layer.tensors(of):
        full = f"{node.name}.{own}"
        answer = ANSWERS.get(node.layer.gives) if own == "out" and arrangement == "table" else None
        lesson.styles[full] = answer or number_style("map" if pictures else "number", lesson.values[full])
    for own in node.layer.params(of):
        full = f"{node.name}.{own}"
        lesson.styles[full] = number_style("weight" if pictures else "weight.wide", lesson.values[full])
    if pictures:
        draw_pictures(lesson, sheet, node)
    elif arrangement == "grid":
        draw_grid(lesson, sheet, node)
    else:
        draw_table(lesson, sheet, node)


def node_title(lesson: Lesson, node: Node) -> str:
    """What a layer is called: Convolution, or Convolution 2 where there are several."""
    alike = [one.name for one in lesson.network.nodes if one.layer.kind == node.layer.kind]
    title = lesson.words(f"kinds.{node.layer.kind}.title")
    return f"{title} {alike.index(node.name) + 1}" if len(alike) > 1 else title


def layer_head(lesson: Lesson, node: Node) -> Head:
    """What stands above a layer's numbers."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    kind, out = f"kinds.{node.layer.kind}", f"{node.name}.out"
    told = f"{kind}.{node.layer.told_as}" if node.layer.told_as else kind
    step = list(network.nodes).index(node) + 2  # what comes in is step 1
    shapes = dict.fromkeys(times(shape) for shape in network.input_shapes(node).values())
    title = words(
        "step.title",
        number=step,
        total=len(network.nodes) + 1,
        name=node_title(lesson, node),
        before=", ".join(shapes),
        after=times(network.shapes[out]),
    )
    options = {"height": "", "width": "", "down": "", "padding": ""} | _window(lesson, node)
    options["divisor"] = decimal(getattr(node.layer, "divisor", 1.0))
    place = lesson.thread.places[node.name]
    at = plan.blocks[out].cell(*place)
    formula = node.layer.forward_cells(plan.seen(node))["out"](*place)
    address = a1(at.row, at.column)
    return Head(
        title,
        words("residual.block_lead" if shortcut(network, node) else f"{told}.lead"),
        words(f"{told}.analogy"),
        words(f"{told}.formula", **options),
        f"{address} = {formula}",
        tuple(_wordings(lesson, node, address, formula, place)),
        f"told.{node.name}",
        SHORT if is_deep(network) else LONGEST,
    )


def _wordings(lesson: Lesson, node: Node, address: str, formula: str, place: tuple[int, ...]) -> Iterator[Wording]:
    """The sentences that say a formula in numbers: with all numbers, where that can be said, and the result alone."""
    plan = lesson.plan
    names = plan.network.names(node) | {own: f"{view_name(node, own)}.out" for own in plan.views(node)}
    seen = {names[own]: block for own, block in plan.seen(node).items()}
    maker = SentenceMaker(plan.sheets[node.name], seen, _terms(lesson, node, seen))
    full = f"{node.name}.out"
    out = element(full, plan.blocks[full], *place)
    found = []
    with suppress(NoSentenceError):  # then the sentence says the result only
        found.append(maker.full(address, formula, out))
    found.append(maker.short(address, out))
    for pieces, reads in found:
        if TRUTH in node.inputs:  # without a truth a loss is 0, which would read as perfect
            yield (("told",),), {"told": unless_nobody(lesson, inline(Sentence(pieces), **reads))}
        else:
            yield pieces, reads


def _terms(lesson: Lesson, node: Node, seen: Mapping[str, Block]) -> dict[tuple[str, int], str]:
    """What stands behind the terms of a sum: the name of each channel that a convolution reads, and of the bias."""
    named: dict[tuple[str, int], str] = {}
    all_of_it = f"kinds.{node.layer.kind}.term"  # what a whole sum is called, where there is a word for it
    by_channel = node.layer.filter_axis is not None and form(lesson.network, node) == "pictures"
    full = lesson.network.sources(node)["x"] if by_channel else ""
    channels = len(seen[full].anchors) if by_channel else 0
    if channels > 1:
        named |= {(full, c): _term(lesson, channel_name(lesson, c, channels, "term")) for c in range(channels)}
    elif all_of_it in lesson.words:
        summed = (key for key, block in seen.items() if block.shape and not key.startswith(f"{node.name}."))
        named |= {(key, 0): _term(lesson, lesson.words(all_of_it)) for key in summed}
    elif not by_channel:
        return named
    bias = seen.get(f"{node.name}.bias")
    if bias is not None:
        named |= dict.fromkeys(
            ((f"{node.name}.bias", k) for k in range(len(bias.anchors))), _term(lesson, lesson.words("labels.bias"))
        )
    return named


def _term(lesson: Lesson, name: str) -> str:
    """A name as it stands behind a number."""
    return lesson.words("joined.term", name=name)


def _window(lesson: Lesson, node: Node) -> dict[str, object]:
    """The options of a window as words fill them in."""
    size, stride = getattr(node.layer, "size", None), getattr(node.layer, "stride", None)
    if size is None or stride is None or len(size) != 2:
        return {}
    padding = getattr(node.layer, "padding", "valid")
    shown = lesson.words(f"step.{padding}") if isinstance(padding, str) else times(padding)
    down = str(stride[0]) if len(set(stride)) == 1 else times(stride)
    dilation, groups = getattr(node.layer, "dilation", (1,)), getattr(node.layer, "groups", 1)
    if getattr(node.layer, "count_padding", False):
        shown = lesson.words("step.counted", padding=shown)
    if getattr(node.layer, "ceil", False):
        shown = lesson.words("step.ceil", before=shown)
    if set(dilation) != {1}:
        apart = str(dilation[0]) if len(set(dilation)) == 1 else times(dilation)
        shown = lesson.words("step.dilated", before=shown, dilation=apart)
    if groups > 1:
        shown = lesson.words("step.grouped", before=shown, groups=groups)
    return {"height": size[0], "width": size[-1], "down": down, "padding": shown}

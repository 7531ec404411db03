"""The sheet of a block: in a deep network, several layers stand below each other, each under a head of its own.

rows 1 to 8    the block: its title, the way back, its layers as links; all of these stay in view
per layer      title, formula in words, in cells and in numbers, links; then its numbers, as on a sheet of its own
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.grid import a1
from sheetnet.layout import FIRST, HEAD
from sheetnet.lesson.frame.head import LEAD, LEAD_ROW, Head, draw_head, draw_sentence, shown_formula
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links, draw_thread, followed, link_row, neighbours
from sheetnet.lesson.frame.looks import picture_sheet, times
from sheetnet.lesson.frame.screen import open_with
from sheetnet.lesson.story.layer import draw_numbers, layer_head, near_sheets
from sheetnet.lesson.story.maps import first_map
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet

LAYERS_ROW = LEAD_ROW  # of the links to the layers; the lead stands below them
ROOM = 12.0  # characters from one of them to the next, at least


def draw_block(lesson: Lesson, nodes: Sequence[Node]) -> None:
    """The sheet that some layers share."""
    network, words = lesson.network, lesson.words
    title = lesson.plan.sheets[nodes[0].name]
    sheet = picture_sheet(lesson, title)
    first, last = (list(network.nodes).index(node) + 2 for node in (nodes[0], nodes[-1]))  # the photo is step 1
    before = dict.fromkeys(times(shape) for shape in network.input_shapes(nodes[0]).values())
    after = times(network.shapes[f"{nodes[-1].name}.out"])
    named = words("block.title", title=title, first=first, last=last, before=", ".join(before), after=after)
    draw_head(lesson, sheet, Head(named, ""))
    sheet.text(LAYERS_ROW + 1, 1, words("block.lead", count=len(nodes)), "lead")
    sheet.heights[LAYERS_ROW + 1] = LEAD
    sheet.freeze = f"A{LAYERS_ROW + 1}"
    tops = [lesson.plan.tops[node.name] - HEAD for node in nodes]
    breaks = [top - 1 for top in tops[1:]]
    for node in nodes:
        _draw_layer_head(lesson, sheet, node)
        draw_numbers(lesson, sheet, node)
        breaks += sheet.breaks  # of its own
        sheet.breaks = []
    sheet.breaks, sheet.one_page = sorted(breaks), False
    links = [(lesson.named[node.name], title, f"A{top}") for node, top in zip(nodes, tops, strict=True)]
    link_row(sheet, LAYERS_ROW, links, ROOM)
    draw_links(lesson, sheet, *near_sheets(lesson, *nodes))
    open_with(sheet, *first_map(lesson, nodes[0]))


def _draw_layer_head(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """The head of a layer: title, lead, its formula in words, in cells and in numbers, links to what it reads."""
    words, network = lesson.words, lesson.network
    row = lesson.plan.tops[node.name] - HEAD
    head = layer_head(lesson, node)
    sheet.text(row, 1, f"{lesson.named[node.name]}    {head.title}", "heading.plain")
    said = words.joined("joined.sentences", (head.lead, words("step.in_words", formula=head.in_words)))
    sheet.text(row + 1, 1, said, "text")
    sheet.text(row + 2, 1, shown_formula(lesson, head.in_cells), "text")
    draw_sentence(lesson, sheet, row + 3, head)
    sheet.heights |= {row: 20.0, row + 1: 15.0, row + 2: 15.0, row + 3: 15.0, row + 4: 18.0}
    plan = lesson.plan
    sources = dict.fromkeys(full for full in network.sources(node).values() if full in plan.blocks)
    targets = [(words("step.home"), lesson.trail[0], "A1")]
    for full in sources:
        name, at = full.partition(".")[0], plan.blocks[full].anchors[0]
        shown = words("block.reads", name=lesson.named.get(name, plan.sheets.get(name, at.sheet)))
        shares = plan.tops.get(name, FIRST) > FIRST
        targets.append((shown, at.sheet, a1(plan.tops[name] - HEAD, 1) if shares else "A1"))
    draw_thread(lesson, sheet, followed(lesson, node.name), neighbours(lesson, node.name), row + 5)
    link_row(sheet, row + 4, targets, ROOM)

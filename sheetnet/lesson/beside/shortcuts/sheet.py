"""The sheet Shortcuts as a whole."""

from __future__ import annotations

from sheetnet.layout import shortcut
from sheetnet.layout.sheets.shortcuts import FIRST_COLUMN, NAME, PICTURES, SIDE, picture
from sheetnet.lesson.beside.shortcuts.block import draw_block
from sheetnet.lesson.beside.shortcuts.family import STAGES, draw_family
from sheetnet.lesson.beside.shortcuts.gradient import draw_gradient
from sheetnet.lesson.beside.shortcuts.zeros import HEART, draw_zeros
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import SQUARE_HEIGHT, SQUARE_WIDTH
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import open_whole
from sheetnet.network import Network


def offered(network: Network) -> bool:
    """Whether the network has such an addition, and a photo that it looks at."""
    return bool(network.shape) and any(shortcut(network, node) for node in network.nodes)


def draw_shortcuts(lesson: Lesson, title: str) -> None:
    """The sheet."""
    words, network = lesson.words, lesson.network
    sheet = lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=BELOW, repeat_rows="1:1", one_page=True)
    keys = ("narrower", "middle", "wider", "per_block", "layers", "both", "with")
    names = [words(f"residual.{key}") for key in keys]
    names += [words(f"residual.stage_{name}", window=7, stride=2) for name, *_ in STAGES]
    widest = max(characters(name) for name in names)
    sheet.widths |= {1: 2.0, NAME: widest} | dict.fromkeys(range(FIRST_COLUMN, SIDE - 1), 12.0) | {SIDE - 1: 4.0}
    lead, analogy, about = (words(f"residual.{key}") for key in ("lead", "analogy", "about"))
    draw_head(lesson, sheet, Head(words("residual.title"), lead, analogy, about=about))
    sheet.heights |= dict.fromkeys(range(PICTURES - 1, PICTURES + len(HEART) + 1), SQUARE_HEIGHT)
    draw_block(lesson, sheet)
    draw_zeros(lesson, sheet)
    draw_family(lesson, sheet)
    draw_gradient(lesson, sheet)
    ends = [lesson.plan.sheets[node.name] for node in network.nodes if shortcut(network, node)]
    draw_links(lesson, sheet, *list(dict.fromkeys(ends))[:2])
    open_whole(sheet, picture(title, 2, len(HEART)))

"""The sheet Practice: three levels side by side, each with up to three exercises and a score.

Level 1 is one step (a ReLU, a maximum, a sum of two), level 2 one number of a convolution or of a hidden layer, level
3 the verdict: a logit, a share, the loss. A network has the exercises for which it has layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sheetnet.layout import FIRST
from sheetnet.layout.sheets.practice import LINES, Aside, Group, groups
from sheetnet.lenses import Agreeing, Sentence, inline, number_piece
from sheetnet.lesson.beside.practice import conv, decides, sees
from sheetnet.lesson.beside.practice.card import Card
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import SQUARE_WIDTH
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import WIDTH, open_with, reach
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER

Draw = Callable[[Card], int]
MOST_CARDS, MOST_LAYERS = 3, 4  # of a level; of a card, so that its formulas stay short
EXERCISES: dict[int, tuple[tuple[Callable[[Network], list[Node]], Draw], ...]] = {
    1: (
        (sees.gates, sees.draw_gate),
        (sees.pools, sees.draw_pool),
        (sees.sums, sees.draw_sum),
        (sees.rescaled, sees.draw_rescale),
    ),
    2: (
        (conv.convolutions, conv.draw_channel),
        (conv.convolutions, conv.draw_whole),
        (decides.hidden, decides.draw_unit),
    ),
    3: (
        (decides.last, decides.draw_unit),
        (decides.line_up, decides.draw_share),
        (decides.losses, decides.draw_loss),
    ),
}
# The windows: how many columns they take.
ROOMS: dict[Draw, Callable[[Sequence[Node]], int]] = {
    sees.draw_pool: sees.room_of,
    conv.draw_channel: conv.room_of,
    conv.draw_whole: conv.room_of,
}
LEAST_ROOM = 3  # columns of tables
TABLE, NUMBER, GAP = 11.0, 10.5, 2.0  # widths in characters: of columns with numbers, and of gaps
ROW = 15.0  # points


def offered(network: Network) -> dict[int, list[tuple[list[Node], Draw]]]:
    """The exercises of a network, for each level that has any: the layers to choose from, and what draws a card."""
    found: dict[int, list[tuple[list[Node], Draw]]] = {}
    for level, known in EXERCISES.items():
        cards = [(_spread(nodes), draw) for find, draw in known if (nodes := find(network))]
        if cards:
            found[level] = cards[:MOST_CARDS]
    return found


def _spread(nodes: list[Node]) -> list[Node]:
    """All layers, or of many the first, the last and some between."""
    if len(nodes) <= MOST_LAYERS:
        return nodes
    return [nodes[place * (len(nodes) - 1) // (MOST_LAYERS - 1)] for place in range(MOST_LAYERS)]


def draw_practice(lesson: Lesson, title: str) -> None:
    """The sheet."""
    words, cards = lesson.words, offered(lesson.network)
    sheet = lesson.book.add(title, freeze=BELOW)
    draw_head(lesson, sheet, Head(words("practice.title"), words("practice.lead")))
    beside = groups(title, {level: _room(level, known) for level, known in cards.items()})
    right = max(group.right for group in beside.values())
    sheet.widths[1] = GAP
    for group in beside.values():
        _set_widths(sheet, group)
    aside = Aside(title, right + 2)
    number, longest, below, first = 0, 0, 0, ""
    for place, (level, known) in enumerate(cards.items(), 1):
        row, hints = FIRST + 2, []
        for nodes, draw in known:
            number += 1
            card = Card(lesson, sheet, beside[level], aside, number, row, nodes)
            row = draw(card)
            hints.append(card.hint)
            longest = max(longest, card.longest)
            first = first or card.address
        below = max(below, row)
        _draw_score(lesson, sheet, level, place, beside[level], hints)
    sheet.selected = first
    sheet.print_columns, sheet.print_rows, sheet.one_page = right, below - 1, True
    sheet.heights |= dict.fromkeys(range(FIRST, below), ROW)
    open_with(sheet, *(group.edge() for group in beside.values()))
    # What nobody needs to look at begins beyond the first screen.
    beyond = WIDTH * 100 / sheet.zoom - reach(sheet, 1, right)[0]
    sheet.widths[right + 1] = max(GAP, beyond / PIXELS_PER_CHARACTER + 1)
    sheet.text(FIRST, aside.left, words("closeup.lists"), "note")
    for i in range(longest):
        sheet.number(FIRST + 1 + i, aside.left, i + 1, "index")
    draw_links(lesson, sheet)


def _room(level: int, known: Sequence[tuple[list[Node], Draw]]) -> tuple[int, bool]:
    """How many columns the tables of a level take, and whether they are narrow."""
    rooms = [ROOMS[draw](nodes) for nodes, draw in known if draw in ROOMS]
    if level == 1 or rooms:
        return max(LEAST_ROOM, *rooms, 0), True
    return decides.ROOM, False


def _set_widths(sheet: Sheet, group: Group) -> None:
    sheet.widths |= {group.number: NUMBER, group.named: GAP, group.right + 1: GAP}
    width = SQUARE_WIDTH if group.squares else TABLE
    sheet.widths |= dict.fromkeys(range(group.left + LINES, group.right + 1), width)


def _draw_score(lesson: Lesson, sheet: Sheet, level: int, place: int, group: Group, hints: Sequence[str]) -> None:
    """The level, and how many of its answers are right. ``place``: its number among the levels that are there."""
    words = lesson.words
    right = inline(Agreeing(words("practice.hints.right")), **{f"x{k}": full for k, full in enumerate(hints, 1)})
    parts = words.parts("practice.score", level=words(f"practice.level{level}", number=place), count=len(hints))
    pieces = tuple(part if isinstance(part, str) else number_piece("right", 0) for part in parts)
    lesson.look(f"practice.score{level}", Sentence(pieces), {"right": right}, "heading", out=group.score())
    for column in range(group.left + 1, group.right + 1):
        sheet.blank(FIRST, column, "heading")
    sheet.widths[group.left] = max(sheet.widths.get(group.left, 0.0), characters(words("practice.answer")))

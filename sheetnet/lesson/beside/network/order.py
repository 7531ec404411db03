"""Which maps are shown where there are more of them than fit: the reader chooses an order, and the lists follow live.

chosen order -> a number for each map to be ranked by -> shares -> ranks -> the numbers of the first maps
"""

from __future__ import annotations

from sheetnet.grid import Block
from sheetnet.layout import CHOICE
from sheetnet.layout.addresses import at, fixed_area
from sheetnet.layout.sheets.network import CHOICE_ROW, LEFT, Placed, Screen
from sheetnet.lenses import Alike, Chosen, Ranking, Source, Standing
from sheetnet.lesson.beside.network.merged import merge
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import pixels

ORDERS = ("strongest", "first", "last")  # as the lens ``Standing`` numbers them


def draw_choice(lesson: Lesson, sheet: Sheet, screen: Screen) -> str:
    """The choice of the order, above the strips; returns the name of the number of what is chosen."""
    words = lesson.words
    options = [words(f"network.{key}") for key in ORDERS]
    sheet.text(CHOICE_ROW, LEFT, words("network.choose"), "text")
    place, wide = screen.choice_at(round(pixels(words("network.choose"))) + 30)
    lesson.put("network.choice", CHOICE, place, options[0], "choice.text")
    merge(sheet, place, 1, wide)
    listed = screen.options(len(options))
    lesson.constant("network.orders", listed, options)
    sheet.text(screen.lists, screen.table, words("network.lists"), "heading.plain")
    for number, text in enumerate(options):
        sheet.text(screen.lists + 1 + number, screen.table, text, "text")
    sheet.choices.append((at(place), fixed_area(listed)))
    reads: dict[str, Source] = {"names": "network.orders", "choice": "network.choice"}
    blocks = {"picks": screen.picks(len(options)), "out": screen.chosen(len(options))}
    lesson.look("network.order", Chosen(), reads, "number.general", **blocks)
    return "network.order.out"


def draw_order(
    lesson: Lesson, sheet: Sheet, screen: Screen, placed: Placed, full: str, name: str, order: str, row: int
) -> tuple[str, int]:
    """The ranks of the maps of a strip, in a list that begins at a row, and the numbers above its pictures.

    Returns the name of the numbers, and the row of the next list.
    """
    count = placed.strip.count
    standing: dict[str, Source] = {"x": full, "number": order}
    lesson.look(f"{name}.standing", Standing(), standing, "number.general", out=screen.listed(row, 0, count))
    numbers = placed.numbers()
    draw_ranks(lesson, sheet, screen, f"{name}.standing.out", name, placed.shown, row, numbers)
    sheet.text(row, screen.table, lesson.named.get(full.partition(".")[0], ""), "heading.plain")
    merge(sheet, numbers, placed.above, placed.width)
    return f"{name}.ranks.out", row + count + 2


def draw_ranks(
    lesson: Lesson, sheet: Sheet, screen: Screen, x: str, name: str, most: int, row: int, numbers: Block
) -> None:
    """The ``most`` largest of some numbers, one after the other: their places in x go to the cells ``numbers``."""
    count = lesson.plan.blocks[x].shape[0]
    blocks = {"scale": screen.scale(row), "share": screen.listed(row, 1, count), "out": screen.listed(row, 2, count)}
    styles = {"scale": "number.general", "share": "number.general", "out": "origin"}
    lesson.look(f"{name}.alike", Alike(), {"x": x}, styles, **blocks)
    found = {"share": f"{name}.alike.share", "follow": f"{name}.alike.out"}
    blocks = {"value": screen.listed(row, 3, most), "out": numbers}
    lesson.look(
        f"{name}.ranks", Ranking(most, every=True), found, {"value": "number.general", "out": "mini.number"}, **blocks
    )

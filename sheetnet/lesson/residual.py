"""The sheet Shortcuts: what F(x) + x is good for, as live cells beside a network that has such additions.

    the block of ResNet-50    1x1, 3x3, 1x1, and x that comes past them; its weights are counted
    F all zeros               out = F(x) + x = x, and where x rises by 1, out rises by 1
    slopes                    of n blocks one after the other: (1 + f)^n with shortcuts, f^n without
    the family                layers = 1 + layers of a block * blocks + 1;  size = INT((n + 2p - k) / s) + 1

Blocks and sizes: He et al., "Deep Residual Learning for Image Recognition", arXiv 1512.03385, table 1.
"""

from __future__ import annotations

from sheetnet.grid import a1
from sheetnet.layout import FIRST, shortcut
from sheetnet.lesson.frame import SQUARE_HEIGHT, SQUARE_WIDTH, Head, Lesson, draw_head, draw_links
from sheetnet.lesson.lookup import fixed, span
from sheetnet.lesson.measure import characters
from sheetnet.lesson.outcome import quoted
from sheetnet.network import Network
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

FAMILY = {  # layers of a block, blocks per stage
    "ResNet-18": (2, (2, 2, 2, 2)),
    "ResNet-34": (2, (3, 4, 6, 3)),
    "ResNet-50": (3, (3, 4, 6, 3)),
    "ResNet-101": (3, (3, 4, 23, 3)),
    "ResNet-152": (3, (3, 8, 36, 3)),
}
STAGES = (  # name, window k, stride s, padding p
    ("conv1", 7, 2, 3),
    ("pool", 3, 2, 1),
    ("conv2", 3, 1, 1),
    ("conv3", 3, 2, 1),
    ("conv4", 3, 2, 1),
    ("conv5", 3, 2, 1),
)
PHOTO_SIDE, WIDE, NARROW = 224, 256, 64  # pixels; maps outside and inside the block of ResNet-50
HEART = ("09090", "99999", "99999", "09990", "00900")
STEP = 0.5  # by which x rises: exact in a spreadsheet
SLOPE, DEPTHS = 0.1, (1, 2, 5, 10, 20, 50)
NAME, FIRST_COLUMN, BY, SIDE = 2, 3, 7, 10  # columns: names, the first number, the shortcut, the pictures
PICTURES, LAST_ROW = FIRST + 3, FIRST + 9  # the first row of the pictures; the last one of the upper half


def offered(network: Network) -> bool:
    """Whether the network has such an addition, and a photo that it looks at."""
    return bool(network.shape) and any(shortcut(network, node) for node in network.nodes)


def draw_residual(lesson: Lesson, title: str) -> None:
    """The sheet."""
    words, network = lesson.words, lesson.network
    sheet = lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=f"A{FIRST}", repeat_rows="1:3", one_page=True)
    keys = ("narrower", "middle", "wider", "per_block", "layers", "both", "with")
    names = [words(f"residual.{key}") for key in keys]
    names += [words(f"residual.stage_{name}", window=7, stride=2) for name, *_ in STAGES]
    widest = max(characters(name) for name in names)
    sheet.widths |= {1: 2.0, NAME: widest} | dict.fromkeys(range(FIRST_COLUMN, SIDE - 1), 12.0) | {SIDE - 1: 4.0}
    about = words("residual.about")
    draw_head(
        lesson, sheet, Head(words("residual.title"), words("residual.lead"), words("residual.analogy"), about=about)
    )
    sheet.heights |= dict.fromkeys(range(PICTURES, PICTURES + len(HEART)), SQUARE_HEIGHT)
    sheet.heights |= {PICTURES - 1: SQUARE_HEIGHT, PICTURES + len(HEART): SQUARE_HEIGHT}
    _draw_block(lesson, sheet)
    _draw_zeros(lesson, sheet)
    _draw_family(lesson, sheet, LAST_ROW + 4)
    _draw_slopes(lesson, sheet, LAST_ROW + 16)
    ends = [lesson.plan.sheets[node.name] for node in network.nodes if shortcut(network, node)]
    draw_links(lesson, sheet, *list(dict.fromkeys(ends))[:2])


def _heads(lesson: Lesson, sheet: Sheet, row: int, column: int, *keys: str) -> None:
    for number, key in enumerate(keys):
        style = "heading" if column + number == NAME else "heading.center"
        sheet.text(row, column + number, lesson.words(f"residual.{key}"), style)


def _draw_block(lesson: Lesson, sheet: Sheet) -> None:
    """The bottleneck: a tile per layer from top to bottom, x passing by on the right."""
    words, row = lesson.words, FIRST + 2
    sheet.text(FIRST, NAME, words("residual.block"), "heading.plain")
    _heads(lesson, sheet, FIRST + 1, NAME, "layer", "window", "maps_in", "maps_out", "weights", "shortcut")
    wide, narrow = fixed(row, FIRST_COLUMN + 2), fixed(row + 1, FIRST_COLUMN + 2)
    sheet.text(row, NAME, words("residual.x"), "tile.input.small")
    sheet.number(row, FIRST_COLUMN + 2, WIDE, "choice")
    layers = (("narrower", 1, wide, None), ("middle", 3, narrow, narrow), ("wider", 1, narrow, wide))
    for number, (key, window, before, after) in enumerate(layers, row + 1):
        sheet.text(number, NAME, words(f"residual.{key}"), "tile.sees.small")
        sheet.number(number, FIRST_COLUMN, window, "origin")
        sheet.formula(number, FIRST_COLUMN + 1, before, "origin")
        if after is None:
            sheet.number(number, FIRST_COLUMN + 2, NARROW, "choice")
        else:
            sheet.formula(number, FIRST_COLUMN + 2, after, "origin")
        k, a, b = (a1(number, FIRST_COLUMN + place) for place in range(3))
        sheet.formula(number, FIRST_COLUMN + 3, f"{k}*{k}*{a}*{b}", "count")
    for number, sign in zip(range(row, row + 5), ("──┐", "│", "│", "│", "←──┘"), strict=True):
        sheet.text(number, BY, sign, "sign")
    sheet.text(row + 4, NAME, words("residual.sum"), "tile.decides.small")
    sheet.text(row + 5, NAME, words("residual.relu"), "tile.sees.small")
    counted = a1(row + 1, FIRST_COLUMN + 3), a1(row + 3, FIRST_COLUMN + 3)
    total, plain = fixed(row + 6, FIRST_COLUMN + 3), fixed(row + 7, FIRST_COLUMN + 3)
    sheet.text(row + 6, NAME, words("residual.all_three"), "text")
    sheet.formula(row + 6, FIRST_COLUMN + 3, f"SUM({':'.join(counted)})", "count")
    sheet.text(row + 7, NAME, words("residual.both"), "text")
    sheet.formula(row + 7, FIRST_COLUMN + 3, f"2*3*3*{wide}*{wide}", "count")
    sheet.text(row + 8, NAME, words("residual.share"), "text")
    sheet.formula(row + 8, FIRST_COLUMN + 3, f"{total}/{plain}", "percent")


def _draw_zeros(lesson: Lesson, sheet: Sheet) -> None:
    """A filter of zeros, F(x), x in its padding, and their sum; what is measured on them."""
    words, theme, side = lesson.words, lesson.theme, len(HEART)
    glass, found = SIDE, SIDE + 5
    x, out = found + side + 3, found + 2 * (side + 3)
    top = PICTURES
    sheet.text(FIRST, SIDE, words("residual.zeros"), "heading.plain")
    pictures = ((glass, "filter"), (found, "found_short"), (x, "x"), (out, "sum"))
    for column, key in pictures:
        sheet.text(top - 2, column, words(f"residual.{key}"), "note")
    for y in range(-1, side + 1):
        for column in range(x - 1, x + side + 1):
            if not (0 <= y < side and x <= column < x + side):
                sheet.blank(top + y, column, "tape")
    for y in range(3):
        for k in range(3):
            sheet.number(top + 1 + y, glass + k, 0, "weight.general")
    weights = span(top + 1, glass, 3, 3)
    for y, line in enumerate(HEART):
        for k, light in enumerate(line):
            seen = span(top + y - 1, x + k - 1, 3, 3).replace("$", "")
            sheet.formula(top + y, found + k, f"SUMPRODUCT({seen},{weights})", "seen")
            sheet.number(top + y, x + k, int(light), "weight.general")
            sheet.formula(top + y, out + k, f"{a1(top + y, found + k)}+{a1(top + y, x + k)}", "seen")
    middle = top + side // 2
    sheet.text(middle, found + side + 1, "+", "sign")
    sheet.text(middle, x + side + 1, "=", "sign")
    ranges = [span(top, column, side, side).replace("$", "") for column in (found, x, out)]
    sheet.scales.append(Scale(ranges, [(theme.negative, -9.0), (theme.paper, 0.0), (theme.positive, 9.0)]))
    sheet.scales.append(
        Scale([weights.replace("$", "")], [(theme.negative, -1.0), (theme.paper, 0.0), (theme.positive, 1.0)])
    )
    row, half = top + side + 1, side // 2
    of_x, of_out = (span(top, column, side, side) for column in (x, out))
    same = f"IF(SUMXMY2({of_x},{of_out})<=1E-09,{quoted(words('residual.same'))},{quoted(words('residual.other'))})"
    sheet.formula(row, SIDE, same, "heading.plain")
    at, center = a1(middle, x + half), a1(top + 2, glass + 1)
    window = span(middle - 1, x + half - 1, 3, 3)
    risen = f"SUMPRODUCT({window},{weights})+{STEP}*{center}"
    slopes = (
        ("slope_out", f"({risen}+{at}+{STEP}-{a1(middle, out + half)})/{STEP}"),
        ("slope_found", f"({risen}-{a1(middle, found + half)})/{STEP}"),
    )
    for number, (key, formula) in enumerate(slopes, row + 1):
        sheet.text(number, SIDE, words(f"residual.{key}"), "text")
        sheet.formula(number, x, formula, "sum.general")


def _draw_slopes(lesson: Lesson, sheet: Sheet, row: int) -> None:
    """What is left of a gradient after some blocks, with the shortcuts and without."""
    words = lesson.words
    sheet.text(row, NAME, words("residual.slopes"), "heading.plain")
    sheet.text(row + 1, NAME, words("residual.slope"), "text")
    slope = fixed(row + 1, FIRST_COLUMN)
    sheet.number(row + 1, FIRST_COLUMN, SLOPE, "input")
    for number, key in enumerate(("blocks", "with", "without"), row + 2):
        sheet.text(number, NAME, words(f"residual.{key}"), "heading" if key == "blocks" else "text")
    for column, depth in enumerate(DEPTHS, FIRST_COLUMN):
        sheet.number(row + 2, column, depth, "heading.center")
        count = a1(row + 2, column)
        sheet.formula(row + 3, column, f"(1+{slope})^{count}", "short")
        sheet.formula(row + 4, column, f"{slope}^{count}", "short")


def _draw_family(lesson: Lesson, sheet: Sheet, row: int) -> None:
    """A column per network: its blocks (blue), its layers, counted; and the sizes, which are the same for all."""
    words = lesson.words
    size = FIRST_COLUMN + len(FAMILY)
    sheet.text(row, NAME, words("residual.family"), "heading.plain")
    head = row + 1
    sheet.text(head, NAME, words("residual.stage"), "heading")
    for number, name in enumerate(FAMILY):
        sheet.text(head, FIRST_COLUMN + number, name, "heading.center")
    sheet.text(head, size, words("residual.size"), "heading.center")
    sheet.text(head + 1, NAME, words("residual.photo"), "text")
    sheet.number(head + 1, size, PHOTO_SIDE, "choice")
    first = head + 2
    for number, (name, window, stride, padding) in enumerate(STAGES, first):
        sheet.text(number, NAME, words(f"residual.stage_{name}", window=window, stride=stride), "text")
        before = a1(number - 1, size)
        sheet.formula(number, size, f"INT(({before}+2*{padding}-{window})/{stride})+1", "origin")
    blocks, per, total = first + 2, first + len(STAGES), first + len(STAGES) + 1
    sheet.text(per, NAME, words("residual.per_block"), "text")
    sheet.text(total, NAME, words("residual.layers"), "text")
    for number, (name, (layers, counts)) in enumerate(FAMILY.items()):
        column = FIRST_COLUMN + number
        cells = [a1(blocks + k, column) for k in range(len(counts))]
        sheet.number(first, column, 1, "origin")
        for k, count in enumerate(counts):
            sheet.number(blocks + k, column, count, "choice")
        sheet.number(per, column, layers, "choice")
        each = a1(per, column)
        sheet.formula(total, column, f"1+{each}*SUM({cells[0]}:{cells[-1]})+1", "sum.general")
        told = '&" + "&'.join(cells)
        worked = f'"{name}:  1 + "&{each}&" x ("&{told}&") + 1 = "&{a1(total, column)}'
        sheet.formula(row + 1 + number, SIDE, worked, "text")
    sheet.text(row, SIDE, words("residual.worked"), "heading.plain")

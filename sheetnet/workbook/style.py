"""The styles, by name: every colour, font and number format that a workbook uses, for each theme.

Blue text is what a reader may change, black is a formula, pale yellow with a mark is an answer. Text reaches a
contrast of 4.5:1 on every colour that its cell can take, 7:1 in the theme ``contrast``. Signed numbers run from
blue over white to red or orange, a pair that colour-blind readers tell apart (Okabe and Ito, "Color Universal
Design", 2008), and a number always stands in the cell as well. Fonts exist in Excel, on a Mac and in LibreOffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

FONT = "Arial"
FONTS = {"en": FONT, "zh": "Microsoft YaHei"}  # by language; LibreOffice replaces it by a Chinese font of its own
PLAIN = "clear"  # the default theme
# A probability, never shown as 100 %, since no network is certain; ``lenses.shares`` says the same in words.
CHANCE = '[>0.9994]">99.9 %";0.0 %'
NO_ZERO = "0.0000;-0.0000;#"  # in which 0 is blank
MINI, HIDDEN = "mini", ";;;"  # the style of cells that show colours only, and its format, which shows no digits
TENTHS = "0.0###"  # of numbers with one decimal: 0.0, -4.4; and with as many as they need once a reader changes them


@dataclass(frozen=True)
class Theme:
    """The colours of a workbook, as ARGB."""

    ink: str = "FF1F2933"  # text and formulas
    quiet: str = "FF595959"  # notes, numbers of rows and columns
    input_ink: str = "FF0000B4"  # what a reader may change
    link: str = "FF0B5CAD"
    warning: str = "FF9C2A00"
    paper: str = "FFFFFFFF"
    head: str = "FFE6ECF2"
    line: str = "FFBFC7CF"
    tape: str = "FFEFEFEF"  # padding
    answer: str = "FFFFF4C2"
    tile_input: str = "FFDCE9F7"
    tile_sees: str = "FFFBE3C8"
    tile_rearranges: str = "FFE0F0DC"
    tile_decides: str = "FFFFF4C2"
    # A colour per channel: light enough for blue text on top of it.
    channel: Mapping[str, str] = field(
        default_factory=lambda: {"red": "FFFF9C9C", "green": "FF93DB93", "blue": "FF9CBFFF", "grey": "FFB4B4B4"}
    )
    negative: str = "FF6FA8DC"
    positive: str = "FFE88B7D"
    warm: str = "FFF6B26B"
    bar: str = "FF8DB4E2"  # bars in cells
    mark: str = "FFFFE14D"  # what the close-up looks at
    mark_line: str = "FF000000"
    thread: str = "FF7A1FA2"  # the frame of the number that all sheets follow
    thread_glow: str = "FFD500F9"  # the same on the sheet Photo, where cells are black, white or anything between
    chart_first: str = "FF0B5CAD"
    chart_second: str = "FFD55E00"


# On the sheet Photo the cells glow like the dots of a screen: (the brightest colour, the value from which on black
# text reads better than white).
GLOW = {"red": ("FFFF0000", 237), "green": ("FF00FF00", 138), "blue": ("FF0000FF", 256), "grey": ("FFFFFFFF", 118)}

# On the canvas cells darken from paper to ink; from these shares of full ink on, black, then white text reads best.
BLACK_FROM, WHITE_FROM = 0.29, 0.54

THEMES = {
    PLAIN: Theme(),
    "contrast": Theme(
        ink="FF000000",
        quiet="FF000000",
        input_ink="FF00007A",
        link="FF00007A",
        warning="FF7A0000",
        head="FFFFFFFF",
        line="FF000000",
        tape="FFD9D9D9",
        answer="FFFFFF66",
        tile_input="FFE6E6E6",
        tile_sees="FFCCEBFF",
        tile_rearranges="FFD6F5D6",
        tile_decides="FFFFFF66",
        channel={"red": "FFFFB3B3", "green": "FF8AE68A", "blue": "FFB3CCFF", "grey": "FFBFBFBF"},
        negative="FF66C2FF",
        positive="FFFFB000",
        warm="FFFFB000",
        bar="FF66C2FF",
        mark="FFFFFF00",
        thread="FF000000",
        thread_glow="FFD500F9",
        chart_first="FF000000",
        chart_second="FFB34700",
    ),
}


@dataclass(frozen=True, slots=True)
class Style:
    """One style of a cell. ``align``: left, center, right, fill; colours are ARGB."""

    color: str
    size: float = 10
    bold: bool = False
    italic: bool = False
    fill: str | None = None
    format: str = "General"
    align: str | None = None
    indent: int = 0
    underline: bool = False
    border: str | None = None
    framed: bool = False  # whether the border is thick
    low: bool = False  # at the bottom of the cell, not in its middle
    words: bool = True  # holds words, so the font is the language's; numbers have the same font in all of them
    open: bool = False  # may be changed on a sheet that is locked


# The styles with so many decimals; each has a form that shows a number that is 0, and not only near it, as 0.
DECIMALS, ZEROS = (
    {"number": 4, "sum": 4, "weight": 2, "weight.wide": 4, "map": 2, "map.three": 3, "map.fine": 4},
    ".zeros",
)
FRAMED = ".framed"  # behind the name of a style of numbers: the same in a thick frame


@cache
def styles(name: str) -> dict[str, Style]:
    """Every style of a theme, by name."""
    plain, theme = _plain_styles(name), THEMES[name]
    plain |= {key + ZEROS: replace(plain[key], format="{0};-{0};0".format(plain[key].format)) for key in DECIMALS}
    framed = {
        key + FRAMED: replace(style, border=theme.thread_glow if key == "glow" else theme.thread, framed=True)
        for key, style in plain.items()
        if not style.words and style.format != HIDDEN
    }
    return plain | framed


def _plain_styles(name: str) -> dict[str, Style]:
    """The styles without a thick frame."""
    t = THEMES[name]
    ink, quiet, blue, edge = t.ink, t.quiet, t.input_ink, t.line

    def number(color: str = ink, **options: object) -> Style:
        return Style(color, words=False, **options)  # type: ignore[arg-type]

    return {
        "text": Style(ink),
        "after": Style(ink, align="left", indent=1),  # words behind a number
        "title": Style(ink, size=18, bold=True),
        "lead": Style(ink, size=11),
        "note": Style(quiet, size=9, italic=True),
        "shape": number(),  # numbers and their signs, in the font whose widths are known
        "shape.note": number(quiet, size=9, italic=True),
        "heading": Style(ink, bold=True, fill=t.head),
        "heading.center": Style(ink, bold=True, fill=t.head, align="center"),
        "heading.right": Style(ink, bold=True, fill=t.head, align="right"),
        "heading.plain": Style(ink, size=12, bold=True),
        "index": number(quiet, size=8, align="center"),
        "beside": Style(ink, align="right"),  # a name to the left of its bar
        "bar": number(t.chart_first, size=9, align="left"),  # a bar of text; no other font has its sign as wide
        "index.low": number(quiet, size=8, align="center", low=True),
        "origin": number(quiet, align="center"),
        "link": Style(t.link, underline=True),
        "number": number(format="0.0000", align="right"),
        "number.tenths": number(format=TENTHS, align="right"),
        "number.general": number(align="right"),
        "number.long": number(format="0.00000000", align="right"),
        "count": number(format="#,##0", align="right"),
        "small": number(format="0.0E+00", align="right"),
        "short": number(format="0.0E+00", align="center"),
        "fixed": number(format="#,##0.0000", align="right"),
        "tape": number(fill=t.tape),
        "pixel": number(blue, size=8, format="0", align="center"),
        "canvas": number(blue, size=9, align="center", border=edge),
        "seen": number(size=9, align="center", border=edge),
        "glow": number(t.paper, size=7, format="0", align="center"),
        # General rounds to what fits into the cell: for whole numbers, and for large ones.
        "weight": number(blue, size=8, format="0.00", align="center", border=edge),
        "weight.general": number(blue, size=8, align="center", border=edge),
        "weight.wide": number(blue, format="0.0000", align="right", border=edge),
        "weight.wide.general": number(blue, align="right", border=edge),
        "choice": number(blue, bold=True, format="0", align="center", border=edge),
        "choice.text": Style(blue, bold=True, format="@", align="left", border=edge),
        "map": number(size=8, format="0.00", align="center"),
        "map.general": number(size=8, align="center"),
        # As a close-up marks what it shows.
        "marked": number(size=8, bold=True, align="center", fill=t.mark, border=t.mark_line),
        "map.three": number(size=8, format="0.000", align="center"),
        "map.fine": number(size=7, format="0.0000", align="center"),
        "map.tiny": number(size=7, format="0E+00;-0E+00;0", align="center"),
        "number.tiny": number(format="0.0E+00;-0.0E+00;0", align="right"),
        "sum": number(size=9, bold=True, format="0.0000", align="center"),
        "sum.tenths": number(size=9, bold=True, format=TENTHS, align="center"),
        "sum.tiny": number(size=9, bold=True, format="0.0E+00;-0.0E+00;0", align="center"),
        "sum.general": number(size=9, bold=True, align="center"),
        "sign": Style(quiet, size=11, align="center"),
        "sample": Style(blue, border=edge),
        "input": number(blue, format="0.######", align="right", border=edge),
        "answer": Style(ink, bold=True, fill=t.answer, align="left", border=edge),
        "answer.line": Style(ink, bold=True, fill=t.answer, align="left"),  # of a sentence over several cells
        "answer.number": number(bold=True, fill=t.answer, format="0.0000", align="right", border=edge),
        "answer.number.general": number(bold=True, fill=t.answer, align="right", border=edge),
        "answer.chance": number(bold=True, fill=t.answer, format=CHANCE, align="right", border=edge),
        "chance": number(format=CHANCE, align="right"),
        "percent": number(format="0.0 %", align="right"),
        "verdict": Style(ink, size=20, bold=True, fill=t.answer, align="left"),
        "huge": Style(ink, size=26, bold=True, fill=t.answer, align="left", indent=1),
        "tile.input": Style(t.link, size=11, bold=True, underline=True, fill=t.tile_input, align="center"),
        "tile.sees": Style(t.link, size=11, bold=True, underline=True, fill=t.tile_sees, align="center"),
        "tile.decides": Style(t.link, size=11, bold=True, underline=True, fill=t.tile_decides, align="center"),
        "banner": Style(t.link, size=11, bold=True, underline=True, fill=t.tile_input, align="left", indent=1),
        "tile.input.small": Style(ink, size=9, fill=t.tile_input, align="center"),
        "tile.sees.small": Style(ink, size=9, fill=t.tile_sees, align="center"),
        "tile.decides.small": Style(ink, size=9, fill=t.tile_decides, align="center"),
        "state": Style(ink, bold=True, align="center"),
        "warning": Style(t.warning, bold=True),
        "tile.rearranges": Style(t.link, size=11, bold=True, underline=True, fill=t.tile_rearranges, align="center"),
        "tile.rearranges.small": Style(ink, size=9, fill=t.tile_rearranges, align="center"),
        "after.bold": Style(ink, bold=True, align="left", indent=1),
        "paper": Style(ink, fill=t.paper),
        # A worksheet on paper: a box for a number, in ink that a copying machine keeps.
        "box": number("FF000000", align="center", border="FF000000"),
        "box.blank": number("FF000000", align="center", border="FF000000"),
        "box.answer": number("FF000000", bold=True, fill=t.answer, align="center", border="FF000000"),
        "box.fixed": number("FF000000", format="0.00", align="center", border=edge),
        "practice.title": Style(ink, bold=True),
        "practice.after": Style(quiet, size=9, align="left", indent=1),
        "practice.over": Style(quiet, size=9),
        "heading.small": Style("FF000000", bold=True),
        "box.head": number("FF000000", bold=True, format="0.00", align="center", border=edge, fill=t.head),
        "asked": number(blue, size=9, bold=True, fill=t.answer, align="center", border=ink, open=True),
        MINI: number(size=1, format=HIDDEN),
        # Digits of one point cannot be read: on the light ground of signed numbers they would only be dust. Text that
        # is not aligned to fill its cell, be it blank, gets a red mark from LibreOffice in cells of two pixels.
        "tiny": number(size=1, format="0", align="fill"),
        "tiny.light": number(t.paper, size=1, format="0", align="fill"),
        "mini.number": number(quiet, size=8, format="#0", align="left"),
    }

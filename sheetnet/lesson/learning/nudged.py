"""The gradient of the chosen weight from the loss alone: two more forward passes, with the weight moved up and down.

    dL/dw is about (L(w + e) - L(w - e)) / 2e

The passes stand on the sheet Nudged, where they are offered, see ``again``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.layout import FIRST
from sheetnet.layout.places import cell
from sheetnet.layout.plan import NUMBER
from sheetnet.lenses import AtLeast, CentralDifference, Copy, Nudge, When
from sheetnet.lesson.beside.closeup.panel import Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.learning.again import Changes, draw_pass
from sheetnet.lesson.learning.passes import Passes

NUDGED = "nudged"
STEP, LEAST = 0.001, 0.00001  # e at first; and at least, since of a smaller one only noise would be left
SAME = 0.00005  # a difference that four decimals do not show
WIDTH = 10.0  # characters of a column
PLACE = ("filter", "channel", "row", "column")  # of a weight
SIDES = {"up": 1, "down": -1}


def draw_nudged(
    lesson: Lesson, passes: Passes, panel: Panel, layers: Sequence[str], gradient: str, said: tuple[int, int]
) -> None:
    """The sheet Nudged, and the lines of the ``panel`` that tell of it.

    ``layers``: the names of those whose weights can be chosen, in their order; ``gradient``: the full name of what
    the chain rule says; ``said``: row and column of the sentence.
    """
    words, title = lesson.words, lesson.extras[NUDGED]
    panel.heading("closeup.numeric")
    row = panel.lines.row
    lesson.put("nudged.choice", NUMBER, panel.line("closeup.step"), STEP, "input")
    size = AtLeast(LEAST, STEP)
    lesson.look("nudged.size", size, {"choice": "nudged.choice"}, "origin", out=panel.lines.used(row))
    sheet = lesson.book.add(title, default_width=WIDTH, freeze=BELOW, repeat_rows="1:1")
    sheet.aside = True
    sheet.widths |= {1: 18.0, 2: 12.0}
    draw_head(lesson, sheet, Head(words("closeup.nudged_title"), words("closeup.nudged_lead")))
    below, read = FIRST, {"by": "nudged.size.out"}
    for side, sign in SIDES.items():
        sheet.text(below, 1, words(f"closeup.pass_{side}"), "heading")
        chosen = {name: panel.used[name] for name in ("layer", *PLACE)}
        changes: Changes = {
            f"{name}.weight": (Nudge(number, sign), {"weight": f"{name}.weight", **chosen, "by": "nudged.size.out"})
            for number, name in enumerate(layers, 1)
        }
        at = cell(title, below + 1, 1)
        below, loss = draw_pass(lesson, passes, sheet, f"nudged.{side}", changes, below)
        lesson.look(f"nudged.loss_{side}", Copy(), {"x": loss}, "number.long", out=at)
        read[side] = panel.say(f"closeup.loss_{side}", Copy(), {"x": loss}, "number.long")
    places = {own: panel.line(f"closeup.{key}") for own, key in (("out", "central"), ("apart", "apart"))}
    styles = {"out": lesson.styles[gradient], "apart": "short"}
    lesson.look("nudged.slope", CentralDifference(), {**read, "gradient": gradient}, styles, **places)
    slope = abs(float(lesson.value(gradient)))
    limit = float(f"{min(SAME, slope / 100 or SAME):.0e}")  # of tiny gradients four decimals would say nothing
    alike = When(limit, words("closeup.agrees"), words("closeup.differs"))
    lesson.look("nudged.said", alike, {"x": "nudged.slope.apart"}, "text", out=cell(panel.sheet.title, *said))
    draw_links(lesson, sheet, panel.sheet.title)

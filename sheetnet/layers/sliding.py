"""The cells that a window sees, as a formula names them.

In a picture, the windows along a row differ in nothing but the columns of what they see; padding is blank cells.
Of any other tensor a window names the fewest ranges that hold what it sees of x, and no cell beside x.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from sheetnet.grid import Block
from sheetnet.layers.line import has_brackets
from sheetnet.layers.ranges import ranges
from sheetnet.layers.window import Windowed

Columns = tuple[str, str]  # in which a window begins and ends: letters, or the blanks that stand for them
FIRST, LAST = "[first]", "[last]"


class Sliding:
    """The rule of a layer whose windows slide over a picture x (C, H, W), ``count`` of them along each row.

    ``text``: leading index and ``Columns`` of the window -> formula. ``blank``: leading index -> formula of a window
    that sees nothing but padding, to the left or to the right of x. ``given``: what else the formulas name.
    """

    def __init__(
        self,
        layer: Windowed,
        x: Block,
        count: int,
        text: Callable[..., str],
        blank: Callable[..., str] = lambda *lead: "0",
        given: tuple[Block, ...] = (),
    ) -> None:
        _, left, _, _ = layer.padding_of({"x": x.shape})
        width, starts = layer.reach[1], [layer.stride[1] * i - left for i in range(count)]
        self._columns = [x.columns(k, k + width) if -width < k < x.shape[2] else None for k in starts]
        self._text, self._blank, self._regular = text, blank, x.upright and not has_brackets(x, *given)

    def __call__(self, *index: int) -> str:
        """The formula of one element."""
        *lead, i = index
        columns = self._columns[i]
        return self._blank(*lead) if columns is None else self._text(*lead, columns)

    def along(self, *lead: int) -> list[str]:
        """The formulas of one line, at a third of the time that one by one takes."""
        if not self._regular:
            return [self(*lead, i) for i in range(len(self._columns))]
        template = self._text(*lead, (FIRST, LAST))
        return [
            self._blank(*lead) if columns is None else template.replace(FIRST, columns[0]).replace(LAST, columns[1])
            for columns in self._columns
        ]


def window_ranges(layer: Windowed, x: Block, index: tuple[int, ...]) -> list[str]:
    """What the window of an element (N, C, *space) sees of x: ranges, or cells one by one where they lie apart."""
    axes: list[list[int | slice]] = []
    for cells, apart in zip(layer.seen(index[2:], x.shape), layer.dilation, strict=True):
        axes.append([slice(cells[0], cells[-1] + 1)] if apart == 1 or len(cells) == 1 else list(cells))
    return [each for part in product(*axes) for each in ranges(x, (*index[:2], *part))]


def whole_map(x: Block, channel: int) -> list[str]:
    """All of one map of a picture: one range in ``planes``, one per pixel row in ``rows``."""
    return x.strips(0, x.shape[1], x.columns(0, x.shape[2]), channel)

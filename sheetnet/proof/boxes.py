"""Many rectangles of cells, and which of them meet another one, found without looking at each.

The rectangles are sorted by place and packed in groups, the groups in groups of groups, each with the rectangle
around it, so that whole groups that lie elsewhere are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sheetnet.grid import Block

Box = tuple[int, int, int, int]  # row, column, last row, last column

_SIZE = 8  # of a group
_OFTEN = 256  # looks at a rectangle between two looks at the clock


class Boxes:
    """Rectangles on one sheet. ``check_time`` is called again and again in a long search."""

    def __init__(self, boxes: Iterable[Box], check_time: Callable[[], None]) -> None:
        self._check_time = check_time
        self._looks = 0
        # The rectangles, then those around their groups, and so on, until one is around all.
        self._levels: list[Sequence[Box]] = [_sorted(list(dict.fromkeys(boxes)))]
        while len(self._levels[-1]) > 1:
            inside = self._levels[-1]
            self._levels.append([_around(inside[k : k + _SIZE]) for k in range(0, len(inside), _SIZE)])

    def meeting(self, box: Box) -> Iterator[Box]:
        """The rectangles that have a cell in common with another one."""
        top, left, bottom, right = box
        last = len(self._levels) - 1
        waiting = [(last, k) for k in range(len(self._levels[last]))]
        while waiting:
            level, number = waiting.pop()
            self._looks += 1
            if not self._looks % _OFTEN:
                self._check_time()
            one = self._levels[level][number]
            if one[0] <= bottom and top <= one[2] and one[1] <= right and left <= one[3]:
                if not level:
                    yield one
                    continue
                first = number * _SIZE
                waiting += [(level - 1, k) for k in range(first, min(first + _SIZE, len(self._levels[level - 1])))]

    def meets(self, box: Box) -> bool:
        """Whether any rectangle has a cell in common with another one."""
        return next(self.meeting(box), None) is not None

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in any of the rectangles."""
        return self.meets((row, column, row, column))


def boxes_of(blocks: Iterable[Block], check_time: Callable[[], None]) -> dict[str, Boxes]:
    """The rectangles of some blocks, by sheet; of a block with cells between its elements, each element."""
    found: dict[str, list[Box]] = {}
    for block in blocks:
        check_time()
        if not block.dense:
            for _, sheet, row, column in block.walk():
                found.setdefault(sheet, []).append((row, column, row, column))
            continue
        for first, last in block.rectangles():
            found.setdefault(first.sheet, []).append((first.row, first.column, last.row, last.column))
    return {title: Boxes(boxes, check_time) for title, boxes in found.items()}


def _sorted(boxes: list[Box]) -> list[Box]:
    """Neighbours beside each other: strips from top to bottom, each from left to right."""
    boxes.sort()
    strip = max(_SIZE, int((len(boxes) * _SIZE) ** 0.5))
    return [
        box for k in range(0, len(boxes), strip) for box in sorted(boxes[k : k + strip], key=lambda b: (b[1], b[0]))
    ]


def _around(boxes: Sequence[Box]) -> Box:
    tops, lefts, bottoms, rights = zip(*boxes, strict=True)
    return min(tops), min(lefts), max(bottoms), max(rights)

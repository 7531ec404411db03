"""Rules of layers that look at one element at a time: along a line their formulas differ in column letters alone.

MAX(Conv1!D11,0), MAX(Conv1!E11,0), ...     the text of a line, with other letters for every element
"""

from __future__ import annotations

from collections.abc import Callable

from sheetnet.grid import Block, letters


class Pointwise:
    """The rule ``text`` of an element: it gets the addresses of the element in each of ``blocks``, then its index.

    What ``text`` makes of its index must be the same along a line, that is, for every last index.
    """

    def __init__(self, text: Callable[..., str], *blocks: Block) -> None:
        self._text, self._blocks = text, blocks

    def __call__(self, *index: int) -> str:
        """The formula of one element."""
        return self._text(*(block[index] for block in self._blocks), *index)

    def along(self, *lead: int) -> list[str]:
        """The formulas of a line, many times faster than one by one."""
        count = self._blocks[0].shape[-1]
        if any(block.shape[-1] != count or not block.runs_across for block in self._blocks):
            return [self(*lead, i) for i in range(count)]
        starts = [block.cell(*lead, 0) for block in self._blocks]
        marks = [chr(number) for number in range(len(starts))]  # no formula holds such a character
        places = [block.beside(at, mark) for block, at, mark in zip(self._blocks, starts, marks, strict=True)]
        line = self._text(*places, *lead, 0)
        for mark, at in list(zip(marks, starts, strict=True))[1:]:
            if at.column == starts[0].column:
                line = line.replace(mark, marks[0])
        first, *others = [(mark, at.column) for mark, at in zip(marks, starts, strict=True) if mark in line]
        pieces = line.split(first[0])
        formulas = [letters(first[1] + i).join(pieces) for i in range(count)]
        for mark, column in others:
            formulas = [formula.replace(mark, letters(column + i)) for i, formula in enumerate(formulas)]
        return formulas

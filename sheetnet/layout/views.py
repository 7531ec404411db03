"""Cells that repeat a tensor for the reader, and the cells by which the reader chooses."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor, Block, letters, sheet_prefix
from sheetnet.layers import Rule


@dataclass(frozen=True, slots=True)
class View:
    """Cells that repeat a tensor for the reader, or one channel of it.

    ``choice``: the cell with a channel number, where the view shows the one channel that the reader chose.
    """

    tensor: str
    block: Block
    choice: Anchor | None = None

    def rule(self, source: Block) -> Rule:
        """The formula of each cell: the cell it repeats, or the place of it in the chosen channel.

        ``source``: the block of the tensor, seen from the sheet of the view.
        """
        if self.choice is None:
            return lambda *index: source[index]
        channels, height, _ = source.shape
        chosen = f"${letters(self.choice.column)}${self.choice.row}"

        def chosen_channel(y: int, x: int) -> str:
            first, last = source.cell(0, 0, x), source.cell(channels - 1, height - 1, x)
            column = letters(first.column)
            prefix = "" if first.sheet == source.seen_from else sheet_prefix(first.sheet)
            return f"INDEX({prefix}{column}${first.row}:{column}${last.row},{y * channels}+{chosen})"

        return chosen_channel


@dataclass(frozen=True, slots=True)
class Truth:
    """Who did it: the cell ``choice`` holds the name of a class, ``names`` are the cells of all the names.

    The one-hot truth beside the names is a formula; a name that is none of them makes it all zeros.
    """

    choice: Anchor
    names: Block

    def rule(self) -> Rule:
        """The formula of each element of the one-hot truth. EXACT, because = takes "cat" for "Cat"."""
        home = self.choice.sheet
        names, choice = self.names.viewed(home), Block((), (self.choice,), (), home, absolute=True)
        return lambda i: f"IF(EXACT({names[i]},{choice[()]}),1,0)"

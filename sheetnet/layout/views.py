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


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the network sees is drawn by the reader, or chosen among pictures: the pad is the first of them.

    ``choice``: the cell with the name of a picture; ``names`` (n,) all names; ``picks`` (n,) beside them: the number
    of a picture where it is chosen, else 0; ``number``: of the picture that is seen, the pad where none is chosen;
    ``pictures`` (n, H, W): one below the other, so that one column holds the same column of all; ``seen`` (H, W):
    the chosen one. ``palette`` (colours, C): what a number in a picture means, row by row; None: a grey level itself.
    ``most``: the largest number in a picture.

    A blank cell and a text of a picture count as 0, a number below 0 as 0, one above ``most`` as ``most``.
    """

    choice: Anchor
    names: Block
    picks: Block
    number: Anchor
    pictures: Block
    seen: Block
    palette: Block | None
    most: int

    def rules(self) -> dict[str, Rule]:
        """The formulas, in order of computation; "out" (C, H, W) as another sheet writes them."""
        home = self.choice.sheet
        names, choice = self.names.viewed(home), Block((), (self.choice,), (), home, absolute=True)
        picks, number = self.picks.viewed(home), Block((), (self.number,), (), home, absolute=True)
        count, height, _ = self.pictures.shape
        apart = self.pictures.steps[0][0]

        def seen(y: int, x: int) -> str:
            first, last = self.pictures.cell(0, 0, x), self.pictures.cell(count - 1, height - 1, x)
            column = letters(first.column)
            one = f"INDEX({column}${first.row}:{column}${last.row},{apart}*{number[()]}{y + 1 - apart:+d})"
            kept = f"MIN({self.most},MAX(0,{one}))"
            return kept if self.palette is None else f"INT({kept})"

        def out(c: int, y: int, x: int) -> str:
            if self.palette is None:
                return self.seen[y, x]
            first, last = self.palette.cell(0, c), self.palette.cell(self.most, c)
            column = letters(first.column)
            colors = f"{sheet_prefix(first.sheet)}{column}${first.row}:{column}${last.row}"
            return f"INDEX({colors},{self.seen[y, x]}+1)"

        return {
            "picks": lambda i: f"IF(EXACT({names[i]},{choice[()]}),{i + 1},0)",
            "number": lambda: f"MAX(1,{picks[:]})",
            "seen": seen,
            "out": out,
        }

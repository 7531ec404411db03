"""Ranges: what a formula names at once, the fewest rectangles for a part of a tensor; and calls that fit into a cell.

    x[0:2, 1:3, 0:4]  ->  [Conv1!B2:E3, Conv1!B9:E10]    in a layout with a rectangle per first index

An index has a whole number or a slice (with start and stop) for every axis. This is about cells only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block

MOST_ARGUMENTS = 255  # of one call; Excel takes no more
NESTED = ("SUM", "MAX", "MIN")  # of parts, they give what they give of the whole
MOST_CHARACTERS = 8192  # of one formula, with its =

Part = tuple[int | slice, ...]
Corners = tuple[Anchor, Anchor]


def ranges(block: Block, part: Part) -> list[str]:
    """The part as ranges, in the order of its elements."""
    return [_written(block, corners) for corners in rectangles(block, part)]


def rectangles(block: Block, part: Part) -> list[Corners]:
    """The first and the last cell of each of them."""
    return [one for (one,) in _apart((block, tuple(_single(i) for i in part)))]


def together(*parts: tuple[Block, Part]) -> Iterator[tuple[str, ...]]:
    """Parts of several tensors as ranges of equal form: their slices have the same lengths, in the same order.

    A part that is no rectangle in one of the tensors is taken apart in all of them, at the first slice.
    """
    blocks = [block for block, _ in parts]
    for found in _apart(*((block, tuple(_single(i) for i in part)) for block, part in parts)):
        yield tuple(_written(block, corners) for block, corners in zip(blocks, found, strict=True))


def _apart(*parts: tuple[Block, Part]) -> Iterator[tuple[Corners, ...]]:
    try:
        yield tuple(_corners(block, part) for block, part in parts)
    except ValueError:
        firsts = [next(k for k, i in enumerate(part) if isinstance(i, slice)) for _, part in parts]
        spans = [part[k] for (_, part), k in zip(parts, firsts, strict=True)]
        for step in range(spans[0].stop - spans[0].start):  # type: ignore[union-attr]
            yield from _apart(
                *(
                    (block, (*part[:k], span.start + step, *part[k + 1 :]))  # type: ignore[union-attr]
                    for (block, part), k, span in zip(parts, firsts, spans, strict=True)
                )
            )


def _single(i: int | slice) -> int | slice:
    return int(i.start) if isinstance(i, slice) and i.stop == i.start + 1 else i


def _corners(block: Block, part: Part) -> Corners:
    """The first and the last cell; ValueError where it is no rectangle. Two anchors are never one."""
    if any(isinstance(i, slice) for i in part[: len(block.shape) - len(block.steps)]):
        raise ValueError("the anchors of a block are apart")
    return block.corners(*part)


def _written(block: Block, corners: Corners) -> str:
    first, last = corners
    return block.written(first) if first == last else block.between(first, last)


def call(who: str, function: str, arguments: Sequence[str]) -> str:
    """``MAX(a,b,c)``, of very many ``MAX(MAX(a,b),MAX(c))``; NetworkError where a spreadsheet cannot take them."""
    if len(arguments) > MOST_ARGUMENTS and function in NESTED:
        parts = range(0, len(arguments), MOST_ARGUMENTS)
        return call(who, function, [f"{function}({','.join(arguments[k : k + MOST_ARGUMENTS])})" for k in parts])
    if len(arguments) > MOST_ARGUMENTS:
        raise NetworkError(
            f"{who}: one formula would name {len(arguments)} ranges, and {function} takes {MOST_ARGUMENTS}; "
            "use a smaller window or fewer channels"
        )
    return fitting(who, f"{function}({','.join(arguments)})")


def fitting(who: str, formula: str) -> str:
    """The formula; NetworkError where it is too long for a cell."""
    if len(formula) >= MOST_CHARACTERS:
        raise NetworkError(
            f"{who}: one formula would have {len(formula)} characters, and a cell takes {MOST_CHARACTERS}; "
            "use a smaller window, fewer channels or fewer inputs"
        )
    return formula

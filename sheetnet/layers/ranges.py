"""Ranges: what a formula names at once, the fewest rectangles for a part of a tensor; and calls that fit into a cell.

    x[0:2, 1:3, 0:4]  ->  [Conv1!B2:E3, Conv1!B9:E10]    in a layout with a rectangle per first index

An index has a whole number or a slice (with start and stop) for every axis. This is about cells only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetnet.errors import NetworkError
from sheetnet.grid import Block

MOST_ARGUMENTS = 255  # of one call; Excel takes no more
NESTED = ("SUM", "MAX", "MIN")  # of parts, they give what they give of the whole
MOST_CHARACTERS = 8192  # of one formula, with its =

Part = tuple[int | slice, ...]


def ranges(block: Block, part: Part) -> list[str]:
    """The part as ranges, in the order of its elements."""
    plain = tuple(_single(i) for i in part)
    try:
        return [_rectangle(block, plain)]
    except ValueError:
        return [one for (one,) in together((block, plain))]


def together(*parts: tuple[Block, Part]) -> Iterator[tuple[str, ...]]:
    """Parts of several tensors as ranges of equal form: their slices have the same lengths, in the same order.

    A part that is no rectangle in one of the tensors is taken apart in all of them, at the first slice.
    """
    plain = [(block, tuple(_single(i) for i in part)) for block, part in parts]
    try:
        yield tuple(_rectangle(block, part) for block, part in plain)
    except ValueError:
        firsts = [next(k for k, i in enumerate(part) if isinstance(i, slice)) for _, part in plain]
        spans = [part[k] for (_, part), k in zip(plain, firsts, strict=True)]
        for step in range(spans[0].stop - spans[0].start):  # type: ignore[union-attr]
            yield from together(
                *(
                    (block, (*part[:k], span.start + step, *part[k + 1 :]))  # type: ignore[union-attr]
                    for (block, part), k, span in zip(plain, firsts, spans, strict=True)
                )
            )


def line(axis: int, size: int, place: tuple[int, ...]) -> Part:
    """All elements along ``axis``; ``place``: the index of the other axes."""
    return (*place[:axis], slice(0, size), *place[axis:])


def beside(axis: int, index: tuple[int, ...]) -> tuple[int, ...]:
    """An index without ``axis``: where the one number of its line stands."""
    return index[:axis] + index[axis + 1 :]


def _single(i: int | slice) -> int | slice:
    return int(i.start) if isinstance(i, slice) and i.stop == i.start + 1 else i


def _rectangle(block: Block, part: Part) -> str:
    """The address; ValueError where it is no rectangle. Two anchors are never one, wherever they lie."""
    if any(isinstance(i, slice) for i in part[: len(block.shape) - len(block.steps)]):
        raise ValueError("the anchors of a block are apart")
    return block[part]


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

"""Back to a tensor that was stretched to a larger one: each number gets the sum over the places it was repeated.

dy[j, 0] = sum over i, k of dout[i, j, k]              SUM(ranges)
dy[j, 0] = sum over i, k of dout[i, j, k] * x[i, j, k]  SUMPRODUCT(range,range)+...
"""

from __future__ import annotations

from sheetnet.grid import Block, Shape
from sheetnet.layers.back.matching import Matched, added, sum_of_products
from sheetnet.layers.base import Rule
from sheetnet.layers.broadcast import own_index
from sheetnet.layers.line import ByLine
from sheetnet.layers.pointwise import copies
from sheetnet.layers.ranges import Part
from sheetnet.layers.reducing import reduced


def gathered_back(who: str, large: Block, small: Shape) -> Rule:
    """The sum of ``large`` over the places to which each element of a tensor of shape ``small`` was stretched."""
    axes, before = _stretched(large.shape, small)
    if not axes:
        rule = copies(large)
        return ByLine(lambda *i: rule(*_led(i, before)), lambda *lead: rule.along(*_led(lead, before)))
    rule = reduced(who, "SUM", large, axes, keep=True)
    return ByLine(lambda *i: rule(*_led(i, before)), lambda *lead: rule.along(*_led(lead, before)))


def products_back(who: str, large: Block, other: Block, small: Shape) -> Rule:
    """The same of the products with ``other``, which is whole along each axis that was stretched."""
    axes, before = _stretched(large.shape, small)
    matched, own = Matched(large, other), own_index(other.shape, len(large.shape))

    def rule(*index: int) -> str:
        whole: Part = tuple(
            slice(0, n) if k in axes else i
            for k, (i, n) in enumerate(zip(_led(index, before), large.shape, strict=True))
        )
        beside = own(tuple(0 if isinstance(i, slice) else i for i in whole))
        there = tuple(
            whole[k] if k in axes else beside[k - len(large.shape) + len(other.shape)]
            for k in range(len(large.shape) - len(other.shape), len(large.shape))
        )
        return added(who, sum_of_products(matched(whole, there)))

    return rule


def _stretched(large: Shape, small: Shape) -> tuple[tuple[int, ...], int]:
    """The axes of the larger shape along which the smaller was repeated, and how many come before its own."""
    before = len(large) - len(small)
    return tuple(k for k, n in enumerate(large) if n > 1 and (k < before or small[k - before] == 1)), before


def _led(index: Shape, before: int) -> Shape:
    return (*(0,) * before, *index)

"""The gradient of a convolution in cells, along one to three axes.

dweight[o, c, i]  windows of x against dout            SUMPRODUCT(x from d*i - p on, dout)
dbias[o]          SUM(dout)
dx[c, r]          windows of dout against the filters, turned by 180 degrees: a full convolution

A stride s above 1 has put dout on every s-th place: ``spaced`` is dout with 0 between. ``turned`` has the filters of
each channel together, the last weight first, and 0 in the gaps of a dilated filter. At the edges both ranges are cut
off alike, so that no formula names a cell beside its tensors.
"""

from __future__ import annotations

from sheetnet.grid import Block, Blocks, Shape
from sheetnet.layers.back.matching import Matched, added, fixed, sum_of_products, total
from sheetnet.layers.base import Rule, Rules
from sheetnet.layers.window import Windowed

Span = tuple[int, int, int]  # where a range begins in the one tensor, where in the other, and how long it is


def overlap(start: int, n: int, size: int) -> Span | None:
    """What ``size`` cells, laid on an axis of n from ``start`` on, have of it; None where they lie beside it."""
    first, last = max(start, 0), min(start + size, n)
    return (first, first - start, last - first) if last > first else None


def overlaps(starts: list[int], space: Shape, sizes: Shape) -> list[Span] | None:
    """The same along every axis; None where they lie beside one of them."""
    found = [overlap(*one) for one in zip(starts, space, sizes, strict=True)]
    spans = [span for span in found if span is not None]
    return spans if len(spans) == len(found) else None


def backward_rules(layer: Windowed, groups: int, at: Blocks) -> Rules:
    """The rule of each tensor that is to be written; see the module."""
    x, weight, dout = at["x"], at["weight"], at["dout"]
    told = at.get("spaced", dout)
    found: dict[str, Rule] = {"dbias": _dbias(layer, dout, weight)}
    if "spaced" in at:
        found["spaced"] = _spaced(layer, dout)
    if "turned" in at:
        found["turned"] = _turned(layer, weight, groups)
        found["dx"] = _dx(layer, groups, x, weight, told, at["turned"])
    if "dweight" in at:
        found["dweight"] = _dweight(layer, groups, x, weight, told)
    return found


def _lead(x: Block, weight: Block) -> tuple[slice, ...]:
    """The axes in front of the channels: none of a picture, else that of the examples."""
    return tuple(slice(0, n) for n in x.shape[: len(x.shape) - len(weight.shape) + 1])


def _spaced(layer: Windowed, dout: Block) -> Rule:
    axes = len(layer.size)

    def rule(*index: int) -> str:
        lead, place = index[:-axes], index[-axes:]
        each = [divmod(i, step) for i, step in zip(place, layer.stride, strict=True)]
        return "0" if any(rest for _, rest in each) else dout[(*lead, *(i for i, _ in each))]

    return rule


def _turned(layer: Windowed, weight: Block, groups: int) -> Rule:
    channels, shared = weight.shape[1], weight.shape[0] // groups

    def rule(c: int, o: int, *place: int) -> str:
        group, own = divmod(c, channels)
        back = [reach - 1 - i for i, reach in zip(place, layer.reach, strict=True)]
        each = [divmod(i, apart) for i, apart in zip(back, layer.dilation, strict=True)]
        return "0" if any(rest for _, rest in each) else weight[(group * shared + o, own, *(i for i, _ in each))]

    return rule


def _dbias(layer: Windowed, dout: Block, weight: Block) -> Rule:
    matched, lead = Matched(dout), _lead(dout, weight)
    space = tuple(slice(0, n) for n in dout.shape[len(lead) + 1 :])
    return lambda o: total(type(layer).__name__, matched((*lead, o, *space)))


def _dweight(layer: Windowed, groups: int, x: Block, weight: Block, told: Block) -> Rule:
    axes, channels, shared = len(layer.size), weight.shape[1], weight.shape[0] // groups
    matched, lead, pads = Matched(x, fixed(told)), _lead(x, weight), layer.windows(x.shape).pads

    def rule(o: int, c: int, *place: int) -> str:
        starts = [i * apart - begin for i, apart, begin in zip(place, layer.dilation, pads, strict=False)]
        spans = overlaps(starts, x.shape[-axes:], told.shape[-axes:])
        if spans is None:
            return "0"
        seen, back = ([slice(one[k], one[k] + one[2]) for one in spans] for k in (0, 1))
        pairs = matched((*lead, o // shared * channels + c, *seen), (*lead, o, *back))
        return added(type(layer).__name__, sum_of_products(pairs))

    return rule


def _dx(layer: Windowed, groups: int, x: Block, weight: Block, told: Block, turned: Block) -> Rule:
    axes, channels, shared = len(layer.size), weight.shape[1], weight.shape[0] // groups
    matched, pads = Matched(told, fixed(turned)), layer.windows(x.shape).pads

    def rule(*index: int) -> str:
        (*lead, c), place = index[:-axes], index[-axes:]
        starts = [i + begin - reach + 1 for i, begin, reach in zip(place, pads, layer.reach, strict=False)]
        spans = overlaps(starts, told.shape[-axes:], layer.reach)
        if spans is None:
            return "0"
        back, laid = ([slice(one[k], one[k] + one[2]) for one in spans] for k in (0, 1))
        first = c // channels * shared
        pairs = matched((*lead, slice(first, first + shared), *back), (c, slice(0, shared), *laid))
        return added(type(layer).__name__, sum_of_products(pairs))

    return rule

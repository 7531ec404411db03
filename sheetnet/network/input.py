"""What goes into a network: a photo, and extra tensors whose numbers come along with the weights."""

from __future__ import annotations

from typing import Any

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape

BRIGHTEST = 255  # the largest value of a pixel, where nothing else is said
MAX_LAYERS = 5_000  # of a network; a workbook takes fewer, see layout.fits
MAX_RANK = 8
MAX_SIDE = 1 << 20  # a sheet has no more rows; whether the network fits is the business of layout


def check_input(name: str, shape: Shape, extra: tuple[tuple[str, Shape], ...], levels: int, ink: bool) -> None:
    """NetworkError where the network ``name`` cannot have this input; the other arguments are its fields."""
    if shape and (len(shape) != 3 or not all(map(_is_side, shape))):
        raise NetworkError(
            f"{name!r}: input shape is {shown(list(shape))}; use [channels, height, width], 1 to {MAX_SIDE}"
        )
    if not shape and not extra:
        raise NetworkError(f"{name!r}: nothing goes in; give an [input] with the shape of a photo")
    for own, sides in extra:
        if len(sides) > MAX_RANK or not all(map(_is_side, sides)):
            raise NetworkError(
                f"{name!r}: {shown(own)} has shape {shown(list(sides))}; "
                f"use up to {MAX_RANK} numbers from 1 to {MAX_SIDE}"
            )
    if type(levels) is not int or not 1 <= levels <= BRIGHTEST:
        raise NetworkError(f"{name!r}: levels is {shown(levels)}; use 1 to {BRIGHTEST}")
    if ink and shape[:1] != (1,):
        raise NetworkError(f"{name!r}: ink is for drawings of 1 channel; the input has {(*shape, 0)[0]}")


def _is_side(n: Any) -> bool:
    return type(n) is int and 0 < n <= MAX_SIDE

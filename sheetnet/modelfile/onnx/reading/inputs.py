"""What goes in: the shape of every input, and where each lies on a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from sheetnet.errors import ModelFileError, shown
from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Constant, Graph, Input
from sheetnet.modelfile.onnx.reading.picture import PhotoInput, picture_sides, place_photo
from sheetnet.modelfile.onnx.reading.values import Outside

_MAX_SIDE = 1 << 20


def shapes_of(
    graph: Graph, path: str, given: Mapping[str, Constant], sizes: dict[str, Sequence[int]]
) -> dict[str, Shape]:
    """The shape of every input. A size that has only a name comes from ``sizes`` or ``given``."""
    names = [one.name for one in graph.inputs]
    if unknown := [name for name in [*sizes, *given] if name and name not in names]:
        raise ModelFileError(
            f"{path}: has no input {shown(unknown[0])}; it has {', '.join(map(shown, names)) or 'none'}"
        )
    if "" in sizes:
        free = [name for name in names if name not in sizes and name not in given]
        if len(free) != 1:
            raise ModelFileError(
                f"{path}: has {len(free)} inputs ({', '.join(map(shown, free))}); name the one "
                "that the shape is for: --input-shape NAME:1,3,32,32"
            )
        sizes[free[0]] = sizes.pop("")
    found: dict[str, Shape] = {}
    unsettled = []
    for one in graph.inputs:
        shape = _shape(one, path, given.get(one.name), sizes.get(one.name))
        if shape is None:
            unsettled.append(f"{shown(one.name)} {_as_text(one.shape)}")
        else:
            found[one.name] = shape
    if unsettled:
        raise ModelFileError(
            f"{path}: sizes that are not known: {', '.join(unsettled)}; give them: --input-shape 3,32,32 "
            "(or NAME:1,3,32,32)"
        )
    return found


def _as_text(shape: tuple[int | str, ...] | None) -> str:
    return "of any shape" if shape is None else "[" + ", ".join(str(n)[:20] for n in shape) + "]"


def _shape(one: Input, path: str, given: Constant | None, size: Sequence[int] | None) -> Shape | None:
    """The shape of one input; None where the file leaves a size open and nobody gives it."""
    if given is not None:
        return tuple(given.shape)
    if size is not None:
        return _shape_as_asked(one, path, size)
    if one.shape is None:
        return None
    shape = [1 if k == 0 and isinstance(n, str) and len(one.shape) > 1 else n for k, n in enumerate(one.shape)]
    settled = tuple(n for n in shape if isinstance(n, int))
    if len(settled) < len(shape):
        return None
    if any(not 0 < n <= _MAX_SIDE for n in settled) or len(settled) > 8:
        raise ModelFileError(
            f"{path}: the input {shown(one.name)} has shape {shown(list(settled))}; use sizes from 1 to {_MAX_SIDE}"
        )
    return settled


def _shape_as_asked(one: Input, path: str, size: Sequence[int]) -> Shape:
    """The shape that the command line gives, with or without the batch axis."""
    full = tuple(size)
    if one.shape is not None and len(one.shape) == 2:
        count = one.shape[1] if isinstance(one.shape[1], int) else None
        if (sides := picture_sides(size, count)) is not None:  # of a row that is a picture
            return (one.shape[0] if isinstance(one.shape[0], int) else 1, prod(sides))
    if one.shape is not None and len(full) == len(one.shape) - 1:
        full = (1, *full)
    fits = one.shape is None or (
        len(full) == len(one.shape)
        and all(isinstance(there, str) or there == n for n, there in zip(full, one.shape, strict=True))
    )
    if not fits or not all(0 < n <= _MAX_SIDE for n in full):
        raise ModelFileError(
            f"{path}: --input-shape {list(size)}: the input {shown(one.name)} is {_as_text(one.shape)}"
        )
    return full


def place_inputs(
    b: Builder, known: Mapping[str, Shape], given: Mapping[str, Constant], photo: PhotoInput | None
) -> None:
    """Give the builder a value for every input."""
    for one in b.graph.inputs:
        if photo is None or one.name != photo.input.name:
            value = given.get(one.name)
            empty = value is not None and not value.size  # no cell could show it
            b.values[one.name] = value if empty else Outside(one.name, one.kind, known[one.name], value)
        else:
            place_photo(b, photo)

"""Which input is the photo, and how its numbers lie there.

A photo is (C, H, W) here, and a model takes it as one of

    (N, C, H, W)   (N, H, W, C)   (C, H, W)   (H, W, C)   (N, H, W)   (N, C * H * W)

with 1 or 3 channels. Of the last form the file does not say which picture it is: somebody gives its shape. A workbook
shows one picture, so that a batch N of a fixed size becomes 1, where no operator works along it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Constant, Graph, Input
from sheetnet.modelfile.onnx.reading.values import Live
from sheetnet.network import PHOTO

COLOURS = (1, 3)
_PHOTO = f"{PHOTO}.out"


@dataclass(frozen=True, slots=True)
class PhotoInput:
    """The input that is the photo. ``shape``: of the value, with a batch of 1. ``sides``: (C, H, W) of the photo.

    ``order``: which axis of the photo each axis of the value is, behind the batch axis that ``batched`` says it has;
    where it is a ``flat`` row, the order in which the photo is unrolled. ``batch``: pictures that the model takes.
    """

    input: Input
    shape: Shape
    sides: Shape
    order: tuple[int, ...]
    batched: bool
    flat: bool = False
    batch: int = 1

    @property
    def channels_last(self) -> bool:
        """Whether the model has the channels of a pixel together."""
        return self.order == (1, 2, 0) and self.sides[0] > 1


def photo_of(
    graph: Graph, known: Mapping[str, Shape], given: Mapping[str, Constant], sizes: Mapping[str, Sequence[int]]
) -> PhotoInput | None:
    """The input that is the photo: the only one, of a form that a picture can have. ``sizes``: as for ``load``."""
    free = [one for one in graph.inputs if one.name not in given]
    if len(free) != 1 or free[0].kind == "bool":
        return None
    one, shape = free[0], known[free[0].name]
    if len(shape) == 4:
        return _of_four(graph, one, shape)
    if len(shape) == 3:
        return _of_three(one, shape)
    asked = sizes.get(one.name, sizes.get("", ()))
    if len(shape) != 2 or (sides := picture_sides(asked, shape[1])) is None:
        return None
    last = sides[0] not in COLOURS
    photo = (sides[2], sides[0], sides[1]) if last else sides
    order = (1, 2, 0) if last else (0, 1, 2)
    return PhotoInput(one, (1, shape[1]), photo, order, batched=True, flat=True, batch=shape[0])


def _of_four(graph: Graph, one: Input, shape: Shape) -> PhotoInput | None:
    """(N, C, H, W), or (N, H, W, C) where only that fits or where a Transpose puts the channels first."""
    batch, *sides = shape
    turns = [op.attributes.get("perm") for op in graph.ops if op.kind == "Transpose" and one.name in op.inputs]
    to_front = any(isinstance(perm, list) and perm == [0, 3, 1, 2] for perm in turns)
    if shape[3] in COLOURS and (shape[1] not in COLOURS or to_front):
        photo = (sides[2], sides[0], sides[1])
        return PhotoInput(one, (1, *sides), photo, (1, 2, 0), batched=True, batch=batch)
    if shape[1] not in COLOURS:
        return None
    return PhotoInput(one, (1, *sides), tuple(sides), (0, 1, 2), batched=True, batch=batch)


def _of_three(one: Input, shape: Shape) -> PhotoInput:
    """(C, H, W), (H, W, C), or pictures in grey without an axis for that (N, H, W)."""
    if shape[0] in COLOURS:
        return PhotoInput(one, shape, shape, (0, 1, 2), batched=False)
    if shape[2] in COLOURS:
        return PhotoInput(one, shape, (shape[2], shape[0], shape[1]), (1, 2, 0), batched=False)
    grey = (1, *shape[1:])
    return PhotoInput(one, grey, grey, (0, 1, 2), batched=False, batch=shape[0])


def picture_sides(asked: Sequence[int], count: int | str | None) -> Shape | None:
    """What somebody gives as the picture of a flat row of ``count`` numbers: (C, H, W) or (H, W, C); else None."""
    sides = (1, *asked) if len(asked) == 2 and asked[0] != 1 else tuple(asked)
    fits = len(sides) == 3 and (sides[0] in COLOURS or sides[2] in COLOURS) and min(sides) > 0
    return sides if fits and count in (prod(sides), None) else None


def place_photo(b: Builder, photo: PhotoInput) -> None:
    """Give the builder the value of the photo."""
    name = photo.input.name
    b.shapes[_PHOTO] = photo.sides
    b.inputs[name] = _PHOTO
    b.batch = photo.batch
    tensor, order = _PHOTO, photo.order
    if photo.flat:
        if photo.channels_last:
            tensor = b.add("transpose", [tensor], hint="channels_last", axes=list(photo.order))
        tensor, order = b.add("flatten", [tensor], hint="flatten"), (0,)
    b.values[name] = Live(tensor, photo.shape, order, photo.batched, photo.input.kind)
    if photo.input.shape is not None and isinstance(photo.input.shape[0], str):
        b.note("any number of pictures at once: read as one")
    if photo.batch > 1:
        b.note(f"{photo.batch} pictures at once: read as one")
    if photo.channels_last and not photo.flat:
        b.note("the channels come last in the model; here they come first, without its transposes")

"""What happens to the photo before the network sees it: its channels are put in order, then it is rescaled.

    x = (permuted photo / scale - mean) / std,   per channel, as torchvision has it

``mean`` and ``std`` are in the network's own order of channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.reading.builder import Builder, Step
from sheetnet.modelfile.onnx.reading.graph import Refused
from sheetnet.modelfile.onnx.reading.refusals import refusing
from sheetnet.network import PHOTO

CHANNELS = ("rgb", "bgr", "grey")
_PHOTO = f"{PHOTO}.out"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is done to the photo. ``scale``, ``mean``, ``std``: None where nobody asked.

    ``channels``: what the network was trained on, "rgb", "bgr" or "grey".
    """

    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None
    scale: float | None = None
    channels: str = "rgb"

    @property
    def asked(self) -> bool:
        """Whether anything but the default is wanted."""
        return (self.mean, self.std, self.scale, self.channels) != (None, None, None, "rgb")


def put_in_front(b: Builder, how: Preprocessing, path: str) -> None:
    """Add layers between the photo and whatever reads it. ModelFileError where an option does not suit the model."""
    if how.channels not in CHANNELS:
        raise ModelFileError(f"--channels: {how.channels!r} is none of {', '.join(CHANNELS)}")
    count = b.shapes[_PHOTO][0]
    for option, numbers in (("--mean", how.mean), ("--std", how.std)):
        if numbers is not None and len(numbers) not in (1, count):
            raise ModelFileError(f"{path}: {option} has {len(numbers)} numbers; the network sees {count} channels")
    own = _own_rescale(b)
    if own:
        b.note("the model rescales pixels itself; nothing added")
    elif how.scale is None:
        b.note("pixels divided by 255, the default; --scale 1 leaves them at 0 to 255")
    before = dict(b.steps)
    with refusing(path):
        tensor = _channels(b, how.channels, count)
        tensor = _rescale(b, how, count, tensor, 1.0 if own else 255.0)
    made = [step for name, step in b.steps.items() if name not in before]
    for step in before.values():
        step.inputs = [tensor if name == _PHOTO else name for name in step.inputs]
    b.steps = {step.name: step for step in [*made, *before.values()]}


def _channels(b: Builder, channels: str, count: int) -> str:
    """A convolution of one pixel that puts the channels in order; none where they are in order already."""
    if channels == "bgr":
        if count != 3:
            raise Refused(f"--channels bgr needs 3 channels; the network sees {count}")
        mix = np.eye(3)[::-1]
    elif channels == "grey" and count > 1:
        b.shapes[_PHOTO] = (1, *b.shapes[_PHOTO][1:])
        mix = np.ones((count, 1))
    else:
        return _PHOTO
    params = {"weight": mix.reshape(*mix.shape, 1, 1), "bias": np.zeros(count)}
    return b.add("conv2d", [_PHOTO], params, hint=channels, filters=count, size=1)


def _rescale(b: Builder, how: Preprocessing, count: int, tensor: str, default: float) -> str:
    """A rescale layer behind ``tensor``; none where it would change no pixel. ``default``: the usual scale."""
    scale = default if how.scale is None else how.scale
    if scale == 1 and how.mean is None and how.std is None:
        return tensor
    options: dict[str, Any] = {"divisor": scale} if scale != 255 else {}
    params: dict[str, Array] = {"divisor": np.array(scale)}
    for key, numbers, usual in (("mean", how.mean, 0.0), ("std", how.std, 1.0)):
        if numbers is not None:
            options[key] = list(numbers) if len(numbers) > 1 else numbers[0]
        params[key] = np.broadcast_to(np.asarray(options.get(key, usual), float), (count,)).copy()
    return b.add("rescale", [tensor], params, hint="rescale", **options)


def _own_rescale(b: Builder) -> bool:
    """Join the layers / divisor, - mean, / std behind the photo into one rescale; False where they are not there."""
    chain: list[Step] = []
    numbers: list[Array] = []
    tensor, count = _PHOTO, b.shapes[_PHOTO][0]
    for kind in ("div", "sub", "div"):
        readers = [step for step in b.steps.values() if tensor in step.inputs]
        if len(readers) != 1 or readers[0].layer.kind != kind or readers[0].inputs[0] != tensor:
            return False
        value = b.parameters.get(readers[0].inputs[1])
        if value is None or value.shape not in ((), (1,), (count, 1, 1)):
            return False
        chain.append(readers[0])
        numbers.append(value.reshape(-1))
        tensor = f"{readers[0].name}.out"
    divisor, mean, std = numbers
    if divisor.size != 1 or tensor not in [name for step in b.steps.values() for name in step.inputs]:
        return False
    params = {"divisor": divisor.reshape(()), "mean": np.resize(mean, count), "std": np.resize(std, count)}
    position = list(b.steps).index(chain[0].name)
    for step in chain:
        b.remove(step)
    order = list(b.steps.values())
    rescaled = b.add("rescale", [_PHOTO], params, hint="rescale")
    order.insert(position, b.steps[rescaled.partition(".")[0]])
    b.steps = {step.name: step for step in order}
    for step in order:
        step.inputs = [rescaled if name == tensor else name for name in step.inputs]
    return True

"""The full names of what a training has: settings, weights, and the numbers of each picture in each step.

The network of the workbook itself is the first step of the first picture, so its tensors have their plain names.
"""

from __future__ import annotations

from sheetnet.network import PHOTO, TRUTH

RATE, MOMENTUM = "training.rate", "training.momentum"
LOSS, START = "training.loss", "training.start"  # the choices; their numbers are those of the looks below
LOSSES, STARTS = "training.losses", "training.starts"  # the lists
LOSS_NUMBER, START_NUMBER = "training.loss_chosen", "training.start_chosen"


def pixels(picture: int) -> str:
    """The pixels of a picture."""
    return f"picture{picture + 1}.x" if picture else f"{PHOTO}.out"


def choice(picture: int) -> str:
    """The class of a picture, as the reader chose it."""
    return f"picture{picture + 1}.choice" if picture else f"{TRUTH}.choice"


def look(step: int, picture: int, node: str) -> str:
    """The look that has the place of a layer in a step of a picture."""
    return f"s{step}.p{picture + 1}.{node}" if step or picture else node


def x(step: int, picture: int, first: str) -> str:
    """The look that repeats the pixels; ``first``: the name of the first layer."""
    return f"s{step}.p{picture + 1}.x" if step or picture else f"view.{first}.x"


def gradient(step: int, picture: int, node: str) -> str:
    """The look that has what a layer gives back."""
    return f"s{step}.p{picture + 1}.grad.{node}"


def weight(step: int, full: str) -> str:
    """A parameter ("conv.weight") before a step."""
    return f"s{step}.w.{full}.out" if step else full


def mean(step: int, full: str) -> str:
    """The look that has the mean gradient of a parameter."""
    return f"s{step}.mean.{full}"


def velocity(step: int, full: str) -> str:
    """The look that has the velocity of a parameter."""
    return f"s{step}.v.{full}"


def new(step: int, full: str) -> str:
    """The look that has a parameter after a step."""
    return f"s{step}.new.{full}"


def reading(step: int, key: str) -> str:
    """A number that tells how a step begins: "loss", "right", "held_loss", "held_right", "held_p"."""
    return f"s{step}.{key}"

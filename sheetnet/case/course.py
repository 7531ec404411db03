"""The course of a training that a workbook shows whole: its pictures, and what the reader finds set at first.

network.toml has a table [training]:

    steps = 20                of gradient descent, each with all pictures
    rate = 0.5                the learning rate
    momentum = 0.5            the share of the last step that is kept
    scale = 0.5               of the weights that start at random
    pictures = [{class = "down", rows = [[0, 1, ...], ...]}, ...]
    held = {class = "down", rows = [[...], ...]}       a picture that is tested, and not learned from

The network is a chain that begins with the picture; each of its losses is one that the reader can choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.layers import Array
from sheetnet.network import PHOTO, TRUTH, Network, Node, Parameters
from sheetnet.tables import between, get, refuse_unknown

MOST_STEPS, MOST_PICTURES = 30, 8
MOST = {"rate": 100, "momentum": 1, "scale": 10}  # with much more the numbers outgrow every spreadsheet
WHERE = "[training]"
DIGITS = 2  # of a weight that starts at random, so that a person can read it


@dataclass(frozen=True, eq=False)
class Course:
    """``pictures`` (n, C, H, W) and the class of each; the last one is held out. The rest is told above."""

    pictures: Array
    classes: tuple[str, ...]
    steps: int
    rate: float
    momentum: float
    scale: float

    @property
    def learned(self) -> int:
        """How many pictures the network learns from."""
        return len(self.classes) - 1

    def renamed(self, classes: Mapping[str, str]) -> Course:
        """The same with other names of classes, where ``classes`` has one."""
        return replace(self, classes=tuple(classes.get(name, name) for name in self.classes))

    def start(self, parameters: Mapping[str, Array], drawn: list[str]) -> Parameters:
        """The parameters with which the training starts; ``drawn``: those that are random, and made smaller."""
        return {
            name: np.round(value * self.scale, DIGITS) + 0.0 if name in drawn else value
            for name, value in parameters.items()
        }


def course_of(table: Any, network: Network) -> Course:
    """The [training] of a template, checked. NetworkError says what is wrong."""
    if not isinstance(table, Mapping):
        raise NetworkError(f"{WHERE} must be a table")
    refuse_unknown(table, {"steps", "rate", "momentum", "scale", "pictures", "held"}, WHERE)
    listed = get(table, "pictures", list, WHERE)
    steps = between(table, "steps", 1, MOST_STEPS, WHERE, 20)
    if not 1 <= len(listed) <= MOST_PICTURES:
        raise NetworkError(f"{WHERE}: {len(listed)} pictures; use 1 to {MOST_PICTURES}, and one that is held out")
    _refuse_other(network)
    entries = [*listed, get(table, "held", Mapping, WHERE)]
    return Course(
        np.array([_picture(entry, network) for entry in entries]),
        tuple(str(entry["class"]) for entry in entries),
        steps,
        *(float(between(table, key, 0.0, most, WHERE)) for key, most in MOST.items()),
    )


def beside_course(name: str) -> NetworkError:
    """What is said of an option that a training of many steps has no use for."""
    return NetworkError(
        f"{name}: the template brings its own pictures, and a network that learns from them; leave it out"
    )


def losses(network: Network) -> list[Node]:
    """The losses among which the reader chooses."""
    return [node for node in network.nodes if node.layer.gives == "loss"]


def chain(network: Network) -> list[Node]:
    """The layers between the picture and the losses, in order."""
    return [node for node in network.nodes if node.layer.gives != "loss"]


def _refuse_other(network: Network) -> None:
    """NetworkError where the network is no chain from one picture to a softmax and losses that read it."""
    before = PHOTO
    for node in chain(network):
        if node.inputs != (before,) or any(node.layer.padding_of(network.input_shapes(node))):
            raise NetworkError(f"{WHERE}: {node.name} must read {before} alone, and without padding")
        if "x" not in node.layer.gives_back:
            raise NetworkError(f"{WHERE}: {node.name} is a {node.layer.kind}, which has no gradient in cells")
        before = node.name
    head = network.line_up
    ends = [node for node in losses(network) if node.inputs != (before, TRUTH)]
    if head is None or head.name != before or ends or not losses(network) or network.shape[:1] != (1,):
        raise NetworkError(f"{WHERE}: the network must see 1 channel, and end in a softmax and losses that read it")


def _picture(entry: Any, network: Network) -> Array:
    """The pixels of a picture (C, H, W)."""
    if not isinstance(entry, Mapping) or set(entry) != {"class", "rows"} or entry["class"] not in network.classes:
        raise NetworkError(f"{WHERE}: each picture needs class, which must be one of the network's, and rows")
    try:
        found = np.asarray(entry["rows"])
    except ValueError:
        found = np.empty(0)
    _, height, width = network.shape
    whole = found.dtype.kind in "iu" and found.shape == (height, width)
    if not whole or found.min() < 0 or found.max() > network.levels:
        raise NetworkError(
            f"{WHERE}: the picture of {entry['class']!r} must be {height} rows of {width} whole numbers from 0 to "
            f"{network.levels}"
        )
    return found[None].astype(np.float64)

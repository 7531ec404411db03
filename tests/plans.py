"""Networks, some of them random, and their plans, for the tests of the layout."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from sheetnet import layout
from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block
from sheetnet.layout import Plan
from sheetnet.network import PHOTO, Network


def layer(name: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, **options}


def network_of(shape: list[int], *layers: dict[str, Any], classes: int = 3, arrangement: str = "auto") -> Network:
    names = [f"class {i}" for i in range(classes)]
    spec = {"name": "n", "classes": names, "input": {"shape": shape}, "layers": list(layers), "layout": arrangement}
    return Network.from_spec(spec)


def planned(network: Network) -> Plan:
    sheets = {PHOTO: "Photo"} | {node.name: f"Sheet {node.name}" for node in network.nodes}
    return layout.plan(network, sheets, tuple(f"Channel {c + 1}" for c in range(network.shape[0])))


HEAD = (
    layer("flat", "flatten"),
    layer("jury", "dense", units=3),
    layer("p", "softmax"),
    layer("loss", "crossentropy"),
)


def random_network(seed: int, arrangement: str) -> Network:
    """Some windows, ReLUs and rescalings in any order, side branches, one or two heads."""
    rng = random.Random(seed)
    shape = [rng.choice((1, 2, 3, 3, 9, 12)), rng.randint(4, 9), rng.randint(4, 9)]
    layers: list[dict[str, Any]] = []
    pictures = [PHOTO]

    def padding(size: list[int]) -> Any:
        height, width = size
        anything = [rng.randrange(k) for k in (height, width, height, width)]
        return rng.choice(["valid", "same", "same", 0, min(height, width) - 1, anything[:2], anything])

    for number in range(rng.randint(1, 6)):
        kind = rng.choice(("conv2d", "conv2d", "relu", "maxpool2d", "rescale"))
        size = [rng.randint(1, 3), rng.randint(1, 3)]
        options: dict[str, Any] = {"inputs": [rng.choice(pictures[-2:])]}
        if kind in ("conv2d", "maxpool2d"):
            options |= {"size": size, "stride": rng.randint(1, 2), "padding": padding(size)}
        if kind == "conv2d":
            options["filters"] = rng.choice((1, 2, 3, 8, 9, 11))
        entry = layer(f"n{number}", kind, **options)
        try:
            network_of(shape, *layers, entry)
        except NetworkError:
            continue  # the window has become larger than the picture
        layers.append(entry)
        pictures.append(entry["name"])
    for head in range(rng.randint(1, 2)):
        layers += [layer(f"flat{head}", "flatten", inputs=[rng.choice(pictures)])]
        if rng.random() < 0.5:
            layers += [layer(f"hidden{head}", "dense", units=rng.randint(1, 12)), layer(f"relu{head}", "relu")]
        layers += [layer(f"jury{head}", "dense", units=3), layer(f"p{head}", "softmax")]
        layers += [layer(f"loss{head}", "crossentropy")]
        layers += [layer(f"after{head}", "relu")] if rng.random() < 0.3 else []  # of a single number
    return network_of(shape, *layers, arrangement=arrangement)


def cells_of(block: Block) -> list[Anchor]:
    return [block.cell(*index) for index in np.ndindex(*block.shape)]

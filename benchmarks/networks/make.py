"""Networks for measuring: LeNet-5, the TinyVGG of CNN Explainer, and ResNet-20, with seeded weights.

    python make.py resnet20 FOLDER            writes FOLDER/resnet20.safetensors, for ``sheetnet build --model``
    python make.py resnet20-folded FOLDER     the same with batchnorm folded into the convolutions
    python make.py resnet20-planes FOLDER     the same with a SUMPRODUCT per channel of a window

Sources: LeNet-5 as in LeCun et al. 1998, with ReLU and max pooling; TinyVGG, Wang et al., arXiv 2004.15004;
ResNet-20, He et al., arXiv 1512.03385, section 4.2, with 1x1 convolutions on the shortcuts that change shape.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sheetnet.network import Network, Parameters

Spec = dict[str, Any]
TEN = [f"class {number}" for number in range(1, 11)]
END = [{"name": "softmax", "kind": "softmax"}, {"name": "loss", "kind": "crossentropy"}]


def _conv(name: str, before: str, filters: int, size: int, stride: int = 1, padding: Any = "same") -> Spec:
    options = {"filters": filters, "size": size, "stride": stride, "padding": padding}
    return {"name": name, "kind": "conv2d", "inputs": [before], **options}


def _one(kind: str, name: str, *before: str, **options: Any) -> Spec:
    return {"name": name, "kind": kind, **({"inputs": list(before)} if before else {}), **options}


def lenet5() -> Spec:
    """28 x 28 grey: two convolutions with pooling, three dense layers."""
    layers = [
        _one("rescale", "rescale"),
        _conv("conv1", "rescale", 6, 5),
        _one("relu", "relu1"),
        _one("maxpool2d", "pool1", size=2),
        _conv("conv2", "pool1", 16, 5, padding="valid"),
        _one("relu", "relu2"),
        _one("maxpool2d", "pool2", size=2),
        _one("flatten", "flatten"),
        _one("dense", "dense1", units=120),
        _one("relu", "relu3"),
        _one("dense", "dense2", units=84),
        _one("relu", "relu4"),
        _one("dense", "dense3", units=10),
        *END,
    ]
    return {"name": "lenet5", "classes": TEN, "input": {"shape": [1, 28, 28]}, "layers": layers}


def tinyvgg() -> Spec:
    """64 x 64 colour: four convolutions of 10 filters without padding, two poolings."""
    layers = [_one("rescale", "rescale")]
    before = "rescale"
    for number in range(1, 5):
        layers += [_conv(f"conv{number}", before, 10, 3, padding="valid"), _one("relu", f"relu{number}")]
        before = f"relu{number}"
        if number % 2 == 0:
            layers.append(_one("maxpool2d", before := f"pool{number // 2}", size=2))
    layers += [_one("flatten", "flatten"), _one("dense", "dense", units=10), *END]
    return {"name": "tinyvgg", "classes": TEN, "input": {"shape": [3, 64, 64]}, "layers": layers}


def resnet20(layout: str = "rows") -> Spec:
    """32 x 32 colour: a convolution, three stages of three blocks (16, 32, 64 filters), average, dense."""
    layers = [
        _one("rescale", "rescale", mean=0.5, std=0.25),
        _conv("conv", "rescale", 16, 3),
        _one("batchnorm", "norm"),
        _one("relu", "relu"),
    ]
    x, deep = "relu", 16
    for stage, filters in enumerate((16, 32, 64), 1):
        for block in (1, 2, 3):
            own, stride = f"{stage}{block}", 2 if block == 1 and stage > 1 else 1
            layers += [
                _conv(f"conv{own}a", x, filters, 3, stride, 1),
                _one("batchnorm", f"norm{own}a"),
                _one("relu", f"relu{own}a"),
                _conv(f"conv{own}b", f"relu{own}a", filters, 3),
                _one("batchnorm", f"norm{own}b"),
            ]
            short = x
            if filters != deep:
                layers += [_conv(f"short{own}", x, filters, 1, 2, 0), _one("batchnorm", f"normshort{own}")]
                short, deep = f"normshort{own}", filters
            layers += [_one("add", f"add{own}", f"norm{own}b", short), _one("relu", f"relu{own}")]
            x = f"relu{own}"
    layers += [
        _one("globalavgpool", "average"),
        _one("flatten", "flatten"),
        _one("dense", "dense", units=10),
        *END,
    ]
    return {"name": "resnet20", "classes": TEN, "layout": layout, "input": {"shape": [3, 32, 32]}, "layers": layers}


SPECS = {"lenet5": lenet5, "tinyvgg": tinyvgg, "resnet20": resnet20}


def weights(network: Network, seed: int = 0) -> Parameters:
    """Seeded weights; every batchnorm gets the mean and variance that it meets in a picture of noise.

    So numbers keep their size from layer to layer, as they do in a trained network.
    """
    from sheetnet.engine import one_hot, tell

    parameters = network.fill({}, seed)
    rng = np.random.RandomState(seed)
    values = {"photo.out": np.floor(rng.uniform(0, 256, network.shape)), "truth.out": one_hot(network, None)}
    for node in network.nodes:
        if node.layer.kind == "batchnorm":
            x = values[network.sources(node)["x"]]
            statistics = {"mean": x.mean((1, 2)), "variance": x.var((1, 2)) + 0.01}
            count = len(x)
            statistics |= {"scale": rng.uniform(0.5, 1.5, count), "bias": rng.normal(0, 0.2, count)}
            parameters |= {f"{node.name}.{own}": value for own, value in statistics.items()}
        told = tell(network, node, values | parameters)
        values |= {full: told[own] for own, full in network.names(node).items() if full in network.shapes}
    return parameters


def load(name: str) -> tuple[Network, Parameters]:
    """A network by name, with its weights."""
    from dataclasses import replace

    from sheetnet.folding import fold
    from sheetnet.network import Network

    kind, _, how = name.partition("-")
    network = Network.from_spec(SPECS[kind]())
    parameters = weights(network)
    if how == "planes":
        network = replace(network, layout=how)
    return fold(network, parameters) if how == "folded" else (network, parameters)


if __name__ == "__main__":
    from sheetnet.modelfile import save

    save(Path(sys.argv[2]) / f"{sys.argv[1]}.safetensors", *load(sys.argv[1]))

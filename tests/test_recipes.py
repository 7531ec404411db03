"""Networks that everybody knows, exported on the spot where their packages are installed: torchvision and Keras.

seeded weights -> their own export, with default settings -> import = onnxruntime; the first layers as a workbook

Nothing is downloaded. Without the packages the tests are skipped: pip install torch torchvision onnxscript keras.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES

import sheetnet
from sheetnet import engine
from sheetnet.modelfile import onnx as models

pytest.importorskip("onnx")

VISION = {  # name in torchvision -> side of the picture, and the layer behind which the workbook ends
    "resnet18": (32, 1),
    "mobilenet_v3_small": (64, 2),
    "squeezenet1_1": (64, 1),
    "shufflenet_v2_x0_5": (64, 1),
}


def as_onnxruntime(path: Path, shape: tuple[int, ...]) -> models.Imported:
    """Import, and hold the first output against onnxruntime."""
    import onnxruntime

    found = models.load(path, front=models.Preprocessing(scale=1))
    session = onnxruntime.InferenceSession(path)
    x = np.random.default_rng(1).uniform(0, 1, shape).astype(np.float32)
    (want, *_) = session.run(None, {session.get_inputs()[0].name: x})
    photo = x[0].astype(np.float64)
    if photo.shape != found.network.shape:
        photo = photo.transpose(2, 0, 1)
    values = {"photo.out": photo, "truth.out": np.zeros(len(found.network.classes))}
    got = engine.forward(found.network, values, found.parameters)[next(iter(found.outputs.values()))]
    np.testing.assert_allclose(got, want[0], rtol=1e-4, atol=1e-4 * np.abs(want).max())
    return found


def proven_until(path: Path, found: models.Imported, kind: str, count: int, out: Path) -> None:
    """The workbook that ends behind the ``count``-th layer of a kind is proven."""
    last = [node.name for node in found.network.nodes if node.layer.kind == kind][count - 1]
    built = sheetnet.build(SAMPLES / "coffee.png", out, model=path, until=last, plain=True)
    assert built.report is not None
    assert built.report.proven


@pytest.mark.parametrize("name", VISION)
@pytest.mark.parametrize("dynamo", [False, True])
def test_a_network_of_torchvision(name: str, dynamo: bool, tmp_path: Path) -> None:
    torch, vision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    if dynamo:
        pytest.importorskip("onnxscript")
    side, count = VISION[name]
    torch.manual_seed(16)
    net = vision.models.get_model(name, weights=None, num_classes=10).eval()
    path = tmp_path / f"{name}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.rand(1, 3, side, side),), path, dynamo=dynamo)
    found = as_onnxruntime(path, (1, 3, side, side))
    if dynamo:
        proven_until(path, found, "conv2d", count, tmp_path / "o.xlsx")


def keras_models(keras: Any) -> dict[str, Any]:
    """A beginner's model, and one with a branch."""
    layers = keras.layers
    plain = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(6, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("elu"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(5, activation="softmax"),
        ]
    )
    x = keras.Input((16, 16, 3))
    y = layers.SeparableConv2D(8, 3, strides=2, padding="same", activation="swish")(x)
    z = layers.Add()([y, layers.DepthwiseConv2D(3, padding="same")(y)])
    z = layers.Concatenate()([layers.GlobalAveragePooling2D()(z), layers.GlobalMaxPooling2D()(z)])
    return {"plain": plain, "branch": keras.Model(x, layers.Dense(4)(z))}


@pytest.mark.parametrize("name", ["plain", "branch"])
def test_a_network_of_keras(name: str, tmp_path: Path) -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(16)
    net = keras_models(keras)[name]
    path = tmp_path / f"{name}.onnx"
    shape = (1, *net.input_shape[1:])
    net(np.zeros(shape, np.float32))
    if keras.backend.backend() == "tensorflow":
        pytest.importorskip("tf2onnx").convert.from_keras(net, output_path=str(path))
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.export(str(path), format="onnx", verbose=False)
    found = as_onnxruntime(path, shape)
    built = sheetnet.build(SAMPLES / "coffee.png", tmp_path / "o.xlsx", model=path, plain=True)
    assert built.report is not None
    assert built.report.proven
    assert found.network.classes

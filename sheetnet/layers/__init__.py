"""The layers, one file each. ``LAYERS`` is the list of all there are: a new layer is added to it by name."""

from __future__ import annotations

from sheetnet.layers.add import Add
from sheetnet.layers.avgpool2d import AvgPool2d
from sheetnet.layers.base import Array, Layer, Rule, Rules, Shapes, Values
from sheetnet.layers.batchnorm import BatchNorm
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.crossentropy import CrossEntropy
from sheetnet.layers.dense import Dense
from sheetnet.layers.flatten import Flatten
from sheetnet.layers.globalavgpool import GlobalAvgPool
from sheetnet.layers.globalmaxpool import GlobalMaxPool
from sheetnet.layers.identity import Identity
from sheetnet.layers.leakyrelu import LeakyReLU
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layers.prelu import PReLU
from sheetnet.layers.relu import ReLU
from sheetnet.layers.rescale import Rescale
from sheetnet.layers.sigmoid import Sigmoid
from sheetnet.layers.softmax import Softmax
from sheetnet.layers.tanh import Tanh

LAYERS: tuple[type[Layer], ...] = (
    Rescale,
    Conv2d,
    BatchNorm,
    ReLU,
    MaxPool2d,
    AvgPool2d,
    GlobalAvgPool,
    GlobalMaxPool,
    Flatten,
    Dense,
    Softmax,
    CrossEntropy,
    LeakyReLU,
    PReLU,
    Sigmoid,
    Tanh,
    Identity,
    Add,
)

__all__ = ["LAYERS", "Array", "Layer", "Rule", "Rules", "Shapes", "Values"]

"""The layers, one file each. ``LAYERS`` is the list of all there are: a new layer is added to it by name."""

from __future__ import annotations

from sheetnet.layers.activation.celu import CELU
from sheetnet.layers.activation.clip import Clip
from sheetnet.layers.activation.elu import ELU
from sheetnet.layers.activation.gelu import GELU
from sheetnet.layers.activation.hardsigmoid import HardSigmoid
from sheetnet.layers.activation.hardswish import HardSwish
from sheetnet.layers.activation.leakyrelu import LeakyReLU
from sheetnet.layers.activation.mish import Mish
from sheetnet.layers.activation.prelu import PReLU
from sheetnet.layers.activation.selu import SELU
from sheetnet.layers.activation.sigmoid import Sigmoid
from sheetnet.layers.activation.softplus import Softplus
from sheetnet.layers.activation.tanh import Tanh
from sheetnet.layers.arithmetic.abs import Abs
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.arithmetic.div import Div
from sheetnet.layers.arithmetic.exp import Exp
from sheetnet.layers.arithmetic.log import Log
from sheetnet.layers.arithmetic.matmul import MatMul
from sheetnet.layers.arithmetic.mul import Mul
from sheetnet.layers.arithmetic.neg import Neg
from sheetnet.layers.arithmetic.pow import Pow
from sheetnet.layers.arithmetic.powers import Powers
from sheetnet.layers.arithmetic.reducemax import ReduceMax
from sheetnet.layers.arithmetic.reducemean import ReduceMean
from sheetnet.layers.arithmetic.reducesum import ReduceSum
from sheetnet.layers.arithmetic.sqrt import Sqrt
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.arithmetic.sum import Sum
from sheetnet.layers.avgpool2d import AvgPool2d
from sheetnet.layers.base import Array, Layer, Rule, Rules, Shapes, Values
from sheetnet.layers.batchnorm import BatchNorm
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.crossentropy import CrossEntropy
from sheetnet.layers.dense import Dense
from sheetnet.layers.flatten import Flatten
from sheetnet.layers.globalavgpool import GlobalAvgPool
from sheetnet.layers.globalmaxpool import GlobalMaxPool
from sheetnet.layers.halfsquarederror import HalfSquaredError
from sheetnet.layers.logsoftmax import LogSoftmax
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layers.nllloss import NLLLoss
from sheetnet.layers.relu import ReLU
from sheetnet.layers.rescale import Rescale
from sheetnet.layers.shape.concat import Concat
from sheetnet.layers.shape.identity import Identity
from sheetnet.layers.shape.pad import Pad
from sheetnet.layers.shape.pick import Pick
from sheetnet.layers.shape.reshape import Reshape
from sheetnet.layers.shape.transpose import Transpose
from sheetnet.layers.softmax import Softmax
from sheetnet.layers.windows.avgpool import AvgPool
from sheetnet.layers.windows.conv import Conv
from sheetnet.layers.windows.maxpool import MaxPool

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
    HalfSquaredError,
    LeakyReLU,
    PReLU,
    ELU,
    Sigmoid,
    Tanh,
    HardSigmoid,
    HardSwish,
    GELU,
    Clip,
    Softplus,
    SELU,
    CELU,
    Mish,
    Abs,
    Neg,
    Sqrt,
    Exp,
    Log,
    Pow,
    Powers,
    Add,
    Sub,
    Mul,
    Div,
    Sum,
    MatMul,
    ReduceMean,
    ReduceMax,
    ReduceSum,
    LogSoftmax,
    NLLLoss,
    Identity,
    Concat,
    Reshape,
    Transpose,
    Pad,
    Pick,
    Conv,
    MaxPool,
    AvgPool,
)

__all__ = ["LAYERS", "Array", "Layer", "Rule", "Rules", "Shapes", "Values"]

"""Make the exported models of this folder: small networks with random weights, as users export them.

    python tests/onnx_cases/make_cases.py        needs torch, onnx and onnxscript, which sheetnet itself does not

Each network is written by both exporters of PyTorch (name-legacy.onnx, name-dynamo.onnx), with the input and the
output that PyTorch computes beside it (name.npz). The Keras-like graph is put together by hand, as tf2onnx does it.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

HERE = Path(__file__).parent
warnings.simplefilter("ignore")


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 5), nn.Conv2d(3, 4, 3)
        self.fc1, self.fc2 = nn.Linear(4 * 2 * 2, 8), nn.Linear(8, 5)
        self.dropout = nn.Dropout()

    def forward(self, x):
        x = nn.functional.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = nn.functional.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc2(self.dropout(torch.tanh(self.fc1(x))))


class Tiny(nn.Module):
    """As the TinyVGG of the CNN Explainer, but smaller."""

    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.block2 = nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(4 * 2 * 2, 4))

    def forward(self, x):
        return self.classifier(self.block2(self.block1(x)))


class Block(nn.Module):
    """A basic block; where sizes change, every second pixel with channels of zeros beside it (option A)."""

    def __init__(self, before, after, stride, option):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)
        self.conv2, self.bn2 = nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after)
        self.more, self.shortcut = after - before, nn.Sequential()
        self.option = option
        if stride > 1 and option == "B":
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.more and self.option == "A":
            half = self.more // 2
            return torch.relu(y + nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, half, half)))
        return torch.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, option):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(Block(4, 4, 1, option))
        self.layer2 = nn.Sequential(Block(4, 6, 2, option), Block(6, 6, 1, option))
        self.linear = nn.Linear(6, 4)

    def forward(self, x):
        x = self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x)))))
        x = nn.functional.avg_pool2d(x, x.size()[3])
        return self.linear(x.view(x.size(0), -1))


def _conv_bn(before, after, size, stride, groups=1, act=nn.ReLU6):
    padding = size // 2
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(after), act()
    )


class Squeeze(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.pool, self.fc1, self.fc2 = nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, 2, 1), nn.Conv2d(2, channels, 1)

    def forward(self, x):
        return x * nn.functional.hardsigmoid(self.fc2(torch.relu(self.fc1(self.pool(x)))))


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            _conv_bn(3, 4, 3, 2),
            _conv_bn(4, 4, 3, 1, groups=4),
            _conv_bn(4, 6, 1, 1, act=nn.Identity),
            _conv_bn(6, 6, 3, 2, groups=6, act=nn.Hardswish),
            Squeeze(6),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(6, 4))

    def forward(self, x):
        return self.classifier(self.features(x).mean([2, 3]))


class Mixed(nn.Module):
    """Branches that are joined, pools that overlap or look beyond the edge, and other activations."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(3, 4, 3), nn.PReLU(4))
        self.left = nn.Sequential(nn.Conv2d(4, 3, 3, padding=2, dilation=2), nn.LeakyReLU(0.2))
        self.right = nn.Sequential(nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.Upsample(scale_factor=1), nn.ELU())
        self.right = nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.Conv2d(4, 3, 1), nn.ELU())
        self.pool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.norm = nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        x = self.stem(x)
        x = torch.cat([self.left(x), self.right(x)], 1)
        x = self.norm(self.pool(nn.functional.gelu(x)))
        x = (x * 0.5 + torch.sigmoid(x)) / 2 - 0.25
        return torch.log_softmax(self.fc(torch.amax(x, (2, 3))), 1)


class Norms(nn.Module):
    """Normalization by the picture itself, transposed convolution, resizing, pixels from channels."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.GroupNorm(2, 4), nn.Mish(), nn.Softplus())
        self.up = nn.Sequential(nn.ConvTranspose2d(4, 4, 2, 2), nn.InstanceNorm2d(4, affine=True), nn.SELU())
        self.wide = nn.Sequential(
            nn.Conv2d(7, 8, 3), nn.PixelShuffle(2), nn.Upsample(scale_factor=2, mode="bilinear")
        )
        self.norm, self.fc = nn.LayerNorm(2), nn.Linear(2, 3)

    def forward(self, x):
        y = torch.cat([x, self.up(self.stem(x))], 1)
        y = torch.exp(-self.wide(y).abs().pow(1.5)).mean((2, 3))
        return self.fc(self.norm(y))


def settle(model):
    """Statistics of batch normalization that are not 0 and 1."""
    for one in model.modules():
        if isinstance(one, nn.BatchNorm2d):
            nn.init.uniform_(one.running_mean, -0.5, 0.5)
            nn.init.uniform_(one.running_var, 0.5, 1.5)
            nn.init.uniform_(one.weight, 0.5, 1.5)
            nn.init.uniform_(one.bias, -0.5, 0.5)
    return model.eval()


def export(name, model, shape):
    model = settle(model)
    x = torch.rand(1, *shape)
    with torch.no_grad():
        np.savez(HERE / f"{name}.npz", x=x.numpy(), out=model(x).numpy())
    torch.onnx.export(
        model, (x,), HERE / f"{name}-legacy.onnx", dynamo=False, opset_version=17, input_names=["input"],
        dynamic_axes={"input": {0: "batch"}},
    )  # fmt: skip
    torch.onnx.export(model, (x,), HERE / f"{name}-dynamo.onnx", dynamo=True, verbose=False, external_data=False)
    slim = onnx.load(HERE / f"{name}-dynamo.onnx")
    for node in slim.graph.node:  # where in a Python file a node comes from: of no use here, and of this machine
        del node.metadata_props[:]
        node.doc_string = ""
    del slim.metadata_props[:], slim.graph.metadata_props[:], slim.graph.value_info[:]
    slim.doc_string = slim.graph.doc_string = ""
    onnx.save(slim, HERE / f"{name}-dynamo.onnx")


def keras(name):
    """NHWC from outside, NCHW inside, with the transposes, names and shape arithmetic of tf2onnx."""
    rng = np.random.default_rng(5)
    draw = lambda *shape: rng.standard_normal(shape).astype(np.float32) * 0.4  # noqa: E731
    weights = {
        "sequential/conv2d/Conv2D/ReadVariableOp:0": draw(4, 3, 3, 3),
        "sequential/conv2d/BiasAdd/ReadVariableOp:0": draw(4),
        "sequential/conv2d_1/Conv2D/ReadVariableOp:0": draw(5, 4, 3, 3),
        "shift": draw(1, 1, 1, 5),
        "sequential/dense/MatMul/ReadVariableOp:0": draw(4 * 4 * 5, 6),
        "sequential/dense/BiasAdd/ReadVariableOp:0": draw(6),
        "sequential/dense_1/MatMul/ReadVariableOp:0": draw(6, 3),
        "scale": np.float32(1 / 255),
        "minus_one": np.array([-1], dtype=np.int64),
        "zero": np.array([0], dtype=np.int64),
        "one": np.array([1], dtype=np.int64),
        "wide": np.array([4 * 4 * 5], dtype=np.int64),
    }
    to_nchw, to_nhwc = {"perm": [0, 3, 1, 2]}, {"perm": [0, 2, 3, 1]}
    s = "StatefulPartitionedCall/sequential"
    w = list(weights)
    nodes = [
        ("Mul", ["input_1", "scale"], "scaled", f"{s}/rescaling/mul", {}),
        ("Transpose", ["scaled"], "t1", f"{s}/conv2d/Conv2D__6", to_nchw),
        ("Conv", ["t1", w[0]], "c1", f"{s}/conv2d/Conv2D", {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
        ("Transpose", ["c1"], "t2", f"{s}/conv2d/Conv2D__8", to_nhwc),
        ("Add", ["t2", w[1]], "b1", f"{s}/conv2d/BiasAdd", {}),
        ("Relu", ["b1"], "r1", f"{s}/conv2d/Relu", {}),
        ("Transpose", ["r1"], "t3", f"{s}/max_pooling2d/MaxPool__10", to_nchw),
        ("MaxPool", ["t3"], "p1", f"{s}/max_pooling2d/MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("Conv", ["p1", w[2]], "c2", f"{s}/conv2d_1/Conv2D", {"pads": [1, 1, 1, 1]}),
        ("Transpose", ["c2"], "t4", f"{s}/conv2d_1/BiasAdd__12", to_nhwc),
        ("Mul", ["t4", "shift"], "m2", f"{s}/shifted/mul", {}),
        ("Shape", ["m2"], "shape", f"{s}/flatten/Shape", {}),
        ("Slice", ["shape", "zero", "one"], "batch", f"{s}/flatten/strided_slice", {}),
        ("Concat", ["batch", "wide"], "flat", f"{s}/flatten/Reshape/shape", {"axis": 0}),
        ("Reshape", ["m2", "flat"], "f", f"{s}/flatten/Reshape", {}),
        ("MatMul", ["f", w[4]], "d1", f"{s}/dense/MatMul", {}),
        ("Add", ["d1", w[5]], "d1b", f"{s}/dense/BiasAdd", {}),
        ("Relu", ["d1b"], "d1r", f"{s}/dense/Relu", {}),
        ("MatMul", ["d1r", w[6]], "d2", f"{s}/dense_1/MatMul", {}),
        ("Softmax", ["d2"], "dense_1", f"{s}/dense_1/Softmax", {}),
    ]
    graph = helper.make_graph(
        [helper.make_node(kind, i, [o], name=n, **a) for kind, i, o, n, a in nodes],
        "tf2onnx",
        [helper.make_tensor_value_info("input_1", TensorProto.FLOAT, ["unk__1", 16, 16, 3])],
        [helper.make_tensor_value_info("dense_1", TensorProto.FLOAT, ["unk__2", 3])],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


if __name__ == "__main__":
    torch.manual_seed(0)
    cases = {
        "lenet": (LeNet(), (1, 16, 16)),
        "tinyvgg": (Tiny(), (3, 16, 16)),
        "resnet-a": (ResNet("A"), (3, 8, 8)),
        "resnet-b": (ResNet("B"), (3, 8, 8)),
        "mobile": (Mobile(), (3, 12, 12)),
        "mixed": (Mixed(), (3, 8, 8)),
        "norms": (Norms(), (3, 6, 6)),
    }
    for case, (made, size) in cases.items():
        if len(sys.argv) < 2 or case in sys.argv[1:]:
            export(case, made, size)
    if len(sys.argv) < 2 or "keras" in sys.argv[1:]:
        keras("keras")

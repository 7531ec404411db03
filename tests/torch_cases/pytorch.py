"""What PyTorch says about one layer, in float64, and how numbers are written into a file of this folder."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it

HERE = Path(__file__).parent
Case = dict[str, Any]


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array, dtype=np.float64))


def pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def sides(padding: Any, shape: tuple[int, ...], size: Any, stride: Any) -> tuple[int, int, int, int]:
    """Left, right, top, bottom, as F.pad takes them; "same" is ONNX SAME_UPPER."""
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        found = []
        for n, k, s in ((shape[-1], pair(size)[1], pair(stride)[1]), (shape[-2], pair(size)[0], pair(stride)[0])):
            missing = max((math.ceil(n / s) - 1) * s + k - n, 0)
            found += [missing // 2, missing - missing // 2]
        return found[0], found[1], found[2], found[3]
    if isinstance(padding, int):
        return padding, padding, padding, padding
    if len(padding) == 2:
        return padding[1], padding[1], padding[0], padding[0]
    top, left, bottom, right = padding
    return left, right, top, bottom


def run(kind: str, options: Case, given: dict[str, torch.Tensor], param: dict[str, torch.Tensor]) -> dict[str, Any]:
    """Every tensor that a layer shows, by PyTorch."""
    x = given.get("x", given.get("log"))
    assert x is not None
    if kind == "rescale":
        mean, std = param["mean"][:, None, None], param["std"][:, None, None]
        return {"out": (x / param["divisor"] - mean) / std}
    if kind in ("conv2d", "maxpool2d"):
        size = options["size"]
        stride = options.get("stride", 1 if kind == "conv2d" else size)
        far = pair(options.get("dilation", 1))
        wide = [(k - 1) * d + 1 for k, d in zip(pair(size), far, strict=True)]
        around = sides(options.get("padding", "valid"), tuple(x.shape), wide, stride)
        if kind == "conv2d":
            x, groups = F.pad(x[None], around), options.get("groups", 1)
            return {"out": F.conv2d(x, param["weight"], param["bias"], pair(stride), 0, far, groups)[0]}
        if options.get("ceil"):  # its own padding decides which windows there are
            return {"out": F.max_pool2d(x[None], pair(size), pair(stride), (around[2], around[0]), far, True)[0]}
        x = F.pad(x[None], around, value=-torch.inf)
        return {"out": F.max_pool2d(x, pair(size), pair(stride), 0, far)[0]}
    if kind == "avgpool2d":
        return {"out": mean_of_windows(x, options)}
    if kind == "globalavgpool":
        return {"out": F.adaptive_avg_pool2d(x, 1)}
    if kind == "globalmaxpool":
        return {"out": F.adaptive_max_pool2d(x, 1)}
    if kind == "batchnorm":
        return {"out": normalized(x, options, param)}
    if kind == "relu":
        return {"out": F.relu(x)}
    if kind == "flatten":
        return {"out": torch.flatten(x)}
    if kind == "dense":
        return {"out": F.linear(x, param["weight"], param["bias"])}
    if kind == "softmax":
        top = x.max()
        return {
            "top": top,
            "exp": torch.exp(x - top),
            "sum": torch.exp(x - top).sum(),
            "log": F.log_softmax(x, 0),
            "out": F.softmax(x, 0),
        }
    assert kind == "crossentropy"
    truth = given["truth"]
    true = int(truth.argmax()) if truth.any() else None
    zero = torch.zeros((), dtype=torch.float64)
    ratio = F.kl_div(x, truth, reduction="none")
    return {
        "term": -truth * x,
        "ratio": ratio,
        "likelihood": zero if true is None else F.nll_loss(x[None], torch.tensor([true])),
        "divergence": ratio.sum(),
        # Log-probabilities are logits whose log-softmax is themselves.
        "out": zero if true is None else F.cross_entropy(x[None], torch.tensor([true])),
    }


def mean_of_windows(x: torch.Tensor, options: Case) -> torch.Tensor:
    """PyTorch pads both sides alike; where they differ, means are sums over counts of ones."""
    size, stride = pair(options["size"]), pair(options.get("stride", options["size"]))
    ceil, count = options.get("ceil", False), options.get("count_padding", False)
    around = sides(options.get("padding", "valid"), tuple(x.shape), size, stride)
    left, right, top, bottom = around
    if left == right <= size[1] / 2 and top == bottom <= size[0] / 2:
        return F.avg_pool2d(x[None], size, stride, (top, left), ceil, count)[0]
    ones = torch.ones_like(x)
    ones = F.pad(ones, around, value=1.0 if count else 0.0)
    sums, counts = (F.avg_pool2d(one[None], size, stride, 0, False, True)[0] for one in (F.pad(x, around), ones))
    return sums / counts


def normalized(x: torch.Tensor, options: Case, param: dict[str, torch.Tensor]) -> torch.Tensor:
    """batch_norm itself has no gradient by mean and variance: the same in single steps, held against it."""
    axis, epsilon = options.get("axis", 0), options.get("epsilon", 1e-5)
    first = x.movedim(axis, -1)
    mean, variance, scale, bias = (param[name] for name in ("mean", "variance", "scale", "bias"))
    out = ((first - mean) * torch.rsqrt(variance + epsilon) * scale + bias).movedim(-1, axis)
    with torch.no_grad():
        told = F.batch_norm(x.movedim(axis, 0)[None], mean, variance, scale, bias, training=False, eps=epsilon)
        torch.testing.assert_close(out, told[0].movedim(0, axis), rtol=1e-13, atol=1e-13)
    return out


def write(name: str, arrays: Case) -> None:
    path = HERE / f"{name}.npz"
    index = {key: str(v) if v.dtype.kind == "U" else list(v.shape) for key, v in arrays.items()}
    numbers = np.concatenate([v.ravel() for v in arrays.values() if v.dtype.kind == "f"])
    np.savez_compressed(path, allow_pickle=False, index=np.array(json.dumps(index)), numbers=numbers)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def leaves(arrays: Case) -> dict[str, torch.Tensor]:
    return {name: tensor(value).requires_grad_(name != "truth") for name, value in arrays.items()}

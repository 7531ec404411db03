"""Readable names for layers: "/layer1/layer1.0/conv1/Conv" is layer1_0_conv1.

A layer's name becomes part of defined names in the workbook: up to 31 letters, digits or _, a letter first, and no
name twice, whatever the case of its letters. A layer with weights is best named after them ("layer1.0.conv1.weight"),
the others after the operator's own name, without what exporters put around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sheetnet.modelfile.onnx.reading.graph import Op
from sheetnet.network import RESERVED

LONGEST = 31
_PARAMETER = re.compile(r"[._/](weights?|kernel|gamma|scale)(:\d+)?$", re.IGNORECASE)
_AROUND = {"", "statefulpartitionedcall", "model", "sequential", "functional", "node", "graph", "readvariableop"}
_NUMBERED = re.compile(r"(.*?)[_.]?\d+$")


class Names:
    """Gives out names, each only once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in (*RESERVED, *taken)}
        self._last: dict[str, int] = {}  # the number that was put behind a name last

    def free(self, name: str) -> None:
        """Take a name back."""
        self._taken.discard(name.lower())
        self._last.clear()

    def give(self, wanted: str) -> str:
        """Give out ``wanted``, made into a name; a number is put behind it where it is taken."""
        base = re.sub(r"[^A-Za-z0-9]+", "_", wanted.encode("ascii", "replace").decode()).strip("_")
        if not base or not base[0].isalpha():
            base = f"layer_{base}".strip("_")
        if len(base) > LONGEST:  # the end says more than the beginning
            base = re.sub(r"^[^A-Za-z]+", "", base[-LONGEST:]) or base[:LONGEST]
        name, number = base, self._last.get(base.lower(), 1)
        while name.lower() in self._taken:
            number += 1
            tail = f"_{number}"
            name = base[: LONGEST - len(tail)] + tail
        self._last[base.lower()] = number
        self._taken.add(name.lower())
        return name


def wanted(op: Op, kind: str) -> str:
    """What a layer that is made from an operator should be called."""
    for name in op.inputs[1:2]:
        if (found := _PARAMETER.search(name)) and (base := _path(name[: found.start()], op.kind)):
            return base
    own = _path(op.name, op.kind)
    numbered = _NUMBERED.match(own)
    # a name that only counts, like "Conv_17" or "onnx::Relu_8", says less than the kind does
    plain = (numbered.group(1) if numbered else own).lower().replace("_", "").replace("onnx", "")
    if re.fullmatch(r"(?!number|val)[a-z]{3,}\d*", own):  # relu1: somebody chose it
        return own
    return kind if not own or plain in ("", op.kind.lower(), "number", "val", "n") else own


def _path(name: str, operator: str) -> str:
    """The parts of a path that say something, joined by "_"."""
    parts = [part.split(":")[0] for part in re.split(r"[/]|::", name)]
    kept: list[str] = []
    for part in parts:
        if part.lower().rstrip("_0123456789") in _AROUND:
            continue
        if kept and part.startswith(f"{kept[-1]}."):  # PyTorch repeats the path: layer1/layer1.0
            kept.pop()
        kept.append(part.removeprefix("node_"))
    last = _NUMBERED.match(kept[-1]) if kept else None
    if len(kept) > 1 and (last.group(1) if last else kept[-1]).lower() in (
        operator.lower(),
        "conv2d",
        "biasadd",
        "matmul",
        "convolution",
        "depthwise",
        "fusedbatchnormv3",
    ):
        kept.pop()
    return re.sub(r"[^A-Za-z0-9]+", "_", "_".join(kept)).strip("_")

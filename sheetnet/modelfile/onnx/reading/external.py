"""Weights in a second file, as PyTorch writes them by default: found beside the model, and nowhere else.

    numbers of a weight = bytes[offset : offset + length] of the file that it names

The name comes from a file that anybody may have made. So it must be a plain name of a regular file in the model's own
folder: no path and no link, which could lead to files that are none of the model's. Each file is read once.
"""

from __future__ import annotations

import os
import stat
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.errors import shown
from sheetnet.files import size_text
from sheetnet.modelfile.onnx.package import package
from sheetnet.modelfile.onnx.reading.graph import Refused
from sheetnet.modelfile.safetensors import MAX_FILE

if TYPE_CHECKING:
    import onnx

WIDEST = 16  # bytes that one number takes
_ODD = ("/", "\\", ":", "\0")  # a name with one of these is a path, or that of a drive


def is_external(tensor: onnx.TensorProto) -> bool:
    """Whether the numbers lie in another file."""
    return bool(tensor.data_location == package().TensorProto.EXTERNAL)


class Beside:
    """The files beside a model, each read when a weight first names it. ``folder``: None for a model in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._left = MAX_FILE  # bytes, of all of them together
        self._known: dict[str, bytes] = {}

    def whole(self, tensor: onnx.TensorProto) -> onnx.TensorProto:
        """The tensor with its numbers in it. Refused where the file is not there, or is not what the model says."""
        if not is_external(tensor):
            return tensor
        told = {entry.key: entry.value for entry in tensor.external_data}
        name = told.get("location", "")
        data = self._contents(name)
        offset = _count(told.get("offset", "0"), "offset")
        length = _count(told["length"], "length") if "length" in told else len(data) - offset
        if offset + length > len(data) or length < 0:
            raise Refused(f"{_in(name)}, and end behind its {len(data):,} bytes; take both files from one export")
        if length > WIDEST * max(1, prod(tensor.dims)):
            raise Refused(f"{_in(name)}, {length:,} bytes, more than its shape says; export the model again")
        found = type(tensor)()
        found.dims.extend(tensor.dims)
        found.data_type = tensor.data_type
        found.raw_data = data[offset : offset + length]
        return found

    def _contents(self, name: str) -> bytes:
        """The bytes of a file beside the model."""
        if name in self._known:
            return self._known[name]
        if self._folder is None:
            raise Refused(f"{_in(name)}, which lies beside the model; give the model as a file")
        if not name or name in (".", "..") or any(one in name for one in _ODD):
            raise Refused(f"{_in(name)}, which is no plain file name; it must lie beside the model")
        self._known[name] = data = _read(self._folder / name, name, self._left)
        self._left -= len(data)
        return data


def _in(name: str) -> str:
    return f"its numbers are kept in another file, {shown(name)}"


def _read(path: Path, name: str, most: int) -> bytes:
    """The bytes of a regular file that is no link. It is judged when it is open: no other can take its place then."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise Refused(f"{_in(name)}, which is a link; put the file itself beside the model")
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Refused(f"{_in(name)}, which is no regular file; export the model again")
            if status.st_nlink > 1:
                raise Refused(f"{_in(name)}, which has a second name on this disk (a hard link); copy the file")
            data = file.read(most + 1)
    except FileNotFoundError as error:
        raise Refused(f"{_in(name)}, which is missing; put it beside the model, under this name") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Refused(f"{_in(name)}, which cannot be read ({reason})") from error
    if len(data) > most:
        raise Refused(f"{_in(name)}: more than {size_text(MAX_FILE)} of weights; export a smaller model")
    return data


def _count(text: str, what: str) -> int:
    """A whole number from 0 on, as the file format writes it: as text."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused(f"its {what} {shown(text)} is no whole number; export the model again")
    return int(text)

"""Models in either form, read as a ``Reading`` says: labels, sizes, preprocessing."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any

from sheetnet import folding
from sheetnet.errors import ModelFileError, shown
from sheetnet.layers import Array
from sheetnet.modelfile import safetensors
from sheetnet.network import Network
from sheetnet.reading import Reading

MAX_LABELS = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A model from a file. ``network``: None where the file names none. ``card``: how it was trained, if it says so.

    ``notes``: what was changed to read it, a line each.
    """

    network: Network | None
    parameters: dict[str, Array]
    card: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def open_model(path: Path, how: Reading | None = None) -> Opened:
    """A .safetensors or .onnx file. ModelFileError says why it cannot be read."""
    how = how or Reading()
    if path.suffix.lower() != ".onnx":
        if asked := [f.name for f in fields(how) if getattr(how, f.name) is not None]:
            raise ModelFileError(f"--{asked[0].replace('_', '-')} is for .onnx models; {path} is none")
        return Opened(*safetensors.load(path), safetensors.card(path))
    from sheetnet.modelfile import onnx

    front = onnx.Preprocessing(
        numbers(how.mean, "--mean"), numbers(how.std, "--std", False), _scale(how.scale), how.channels or "rgb"
    )
    found = onnx.load(
        path,
        sizes=sizes(how.input_shape),
        classes=None if how.classes is None else labels(how.classes),
        front=front,
    )
    return Opened(found.network, found.parameters, notes=tuple(found.notes))


def convert(
    source: Path, target: Path, how: Reading | None = None, *, fold: bool = False, force: bool = False
) -> list[str]:
    """Write a model in the other form; remarks on what is different there. ModelFileError says why it cannot be.

    ``fold``: batch normalization becomes a part of the convolution before it.
    """
    forms = (".safetensors", ".onnx")
    if target.suffix.lower() not in forms or source.suffix.lower() not in forms:
        raise ModelFileError(f"{source} -> {target}: convert reads and writes {' and '.join(forms)}")
    if target.exists() and not force:
        raise ModelFileError(f"{target}: exists already; use --force to overwrite it")
    found = open_model(source, how)
    network, given = found.network, found.parameters
    if network is None:
        raise ModelFileError(f"{source}: holds weights but no network; build with --template names the network")
    if missing := network.untaught(given):
        raise ModelFileError(f"{source}: lacks {', '.join(missing[:5])}; a model without weights is not converted")
    parameters = network.fill(given, 0)
    if fold:
        network, parameters = folding.fold(network, parameters)
    if target.suffix.lower() == ".onnx":
        from sheetnet.modelfile.onnx import write

        return [*found.notes, *write.save(target, network, parameters)]
    safetensors.save(target, network, parameters, found.card or None)
    return list(found.notes)


def labels(path: Path) -> list[str]:
    """The names of the classes, one per line."""
    try:
        if path.stat().st_size > MAX_LABELS:
            raise ModelFileError(f"{path}: too large for a list of classes; write one name per line")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFileError(f"{path}: cannot be read as text; write the classes one per line, in UTF-8") from error
    names = [" ".join(line.split()) for line in lines if line.strip()]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ModelFileError(f"{path}: {shown(twice[0])} is there twice; each class needs a name of its own")
    if not names or max(map(len, names)) > 255:
        raise ModelFileError(f"{path}: write one name of up to 255 characters per line")
    return names


def numbers(text: str | None, option: str, zero: bool = True) -> list[float] | None:
    """Numbers between commas."""
    if text is None:
        return None
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(isfinite(n) and (zero or n != 0) for n in found):
        raise ModelFileError(f"{option}: {shown(text)}; write a number, or one per channel: 0.485,0.456,0.406")
    return found


def sizes(text: str | None) -> dict[str, list[int]]:
    """An input's name ("" for the only one) and its shape."""
    if text is None:
        return {}
    name, _, shape = text.rpartition(":")
    parts = shape.split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() and len(part) < 9 for part in parts):
        raise ModelFileError(f"--input-shape: {shown(text)}; write 3,32,32 or NAME:1,3,32,32")
    return {name: [int(part) for part in parts]}


def _scale(scale: float | None) -> float | None:
    if scale is not None and (not isfinite(scale) or scale == 0):
        raise ModelFileError(f"--scale: {scale}; use a number other than 0")
    return scale

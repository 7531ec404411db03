"""What the options of a ``Reading`` say, checked: labels, sizes and preprocessing of an .onnx model."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from pathlib import Path

from sheetnet import names as forms
from sheetnet.errors import ModelFileError, shown
from sheetnet.files import contents, text_of
from sheetnet.network import MAX_CLASSES

MAX_LABELS = 1 << 20  # bytes
_ADVICE = "write the classes one per line, in UTF-8"


def labels(path: Path) -> list[str]:
    """The names of the classes, one per line. ModelFileError where two are equal, or there is no name."""
    data = contents(path, MAX_LABELS, ModelFileError, _ADVICE)
    text = text_of(data)
    if text is None:
        raise ModelFileError(f"{path}: cannot be read as text; {_ADVICE}")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    names = [forms.composed(name) for name in _unnumbered(lines)]
    count_of = Counter(map(forms.key, names))
    if twice := [name for name in names if count_of[forms.key(name)] > 1]:
        raise ModelFileError(f"{path}: {shown(twice[0])} is there twice; each class needs a name of its own")
    if not 1 <= len(names) <= MAX_CLASSES or max(map(len, names)) > 255:
        raise ModelFileError(f"{path}: {len(names):,} names; write 1 to {MAX_CLASSES}, of up to 255 characters each")
    return names


def _unnumbered(names: list[str]) -> list[str]:
    """Names without the numbers that Teachable Machine puts before them: 0 cat, 1 dog."""
    parts = [name.split(" ", 1) for name in names]
    counted = all(len(part) == 2 and part[0] == str(number) for number, part in enumerate(parts))
    return [part[1] for part in parts] if counted else names


def numbers(text: str | None, option: str, zero: bool = True) -> list[float] | None:
    """The numbers between commas. ModelFileError where one is none, or is 0 and ``zero`` says that it must not be."""
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
    """The name of an input ("" for the only one) and its shape; empty where nobody asked."""
    if text is None:
        return {}
    name, _, shape = text.rpartition(":")
    parts = shape.split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() and len(part) < 9 for part in parts):
        raise ModelFileError(f"--input-shape: {shown(text)}; write 3,32,32 or NAME:1,3,32,32")
    return {name: [int(part) for part in parts]}


def scale(value: float | None) -> float | None:
    """What pixels are divided by. ModelFileError where it is 0 or not finite."""
    if value is not None and (not isfinite(value) or value == 0):
        raise ModelFileError(f"--scale: {value}; use a number other than 0")
    return value

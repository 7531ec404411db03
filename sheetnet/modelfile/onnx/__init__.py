"""ONNX files in and out; needs the package onnx: ``pip install 'sheetnet[onnx]'``.

    found = load(Path("resnet20.onnx"), classes=["cat", "dog"])
    found.network, found.parameters, found.notes

``reading.operators`` says which operators are read, and ``writing.write`` what an export holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sheetnet.modelfile.onnx.reading.file import check, parse, read
from sheetnet.modelfile.onnx.reading.front import CHANNELS, Preprocessing
from sheetnet.modelfile.onnx.reading.graph import Constant, Graph
from sheetnet.modelfile.onnx.reading.importer import Imported, imported

__all__ = ["CHANNELS", "Graph", "Imported", "Preprocessing", "check", "imported", "load", "parse", "read"]


def load(
    path: Path,
    *,
    picture: bool | None = None,
    values: Mapping[str, Constant] | None = None,
    sizes: Mapping[str, Sequence[int]] | None = None,
    classes: Sequence[str] | None = None,
    front: Preprocessing | None = None,
) -> Imported:
    """Read the network of an .onnx file; it is named after the file.

    Args:
        path: An .onnx file, opset 6 to the newest that the installed onnx knows; its weights may lie beside it.
        picture: True: it must take one picture; False: read it as a bare network; None: whichever suits it.
        values: Numbers for inputs of the graph, by name.
        sizes: Shapes for inputs whose sizes have only names, by input; "" for the only one.
        classes: Names of the classes; "class 1", ... where not given.
        front: What happens to the photo first; without it, pixels are divided by 255.

    Raises:
        ModelFileError: lists every node that cannot be imported, or says what is wrong with the file.

    """
    return imported(
        read(path),
        str(path),
        name=path.stem,
        picture=picture,
        values=values,
        sizes=sizes,
        classes=classes,
        front=front,
    )

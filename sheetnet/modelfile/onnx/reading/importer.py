"""Graph -> network: the photo is found, operators are read one after the other, and what nothing needs is dropped.

A model with one picture as input becomes a picture network, without the batch axis; any other one becomes a bare
network, whose inputs are extra tensors. Everything that cannot be imported is collected and refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sheetnet.errors import ModelFileError, NetworkError
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.reading import passes
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.ends import without_choice
from sheetnet.modelfile.onnx.reading.front import Preprocessing, put_in_front
from sheetnet.modelfile.onnx.reading.graph import Constant, Graph
from sheetnet.modelfile.onnx.reading.inputs import place_inputs, shapes_of
from sheetnet.modelfile.onnx.reading.outputs import drop_unneeded, outputs_of, predict
from sheetnet.modelfile.onnx.reading.picture import PhotoInput, photo_of
from sheetnet.modelfile.onnx.reading.walk import walk
from sheetnet.network import PHOTO, TRUTH, Network


@dataclass(frozen=True)
class Imported:
    """A network read from an .onnx file.

    ``parameters``: weights, and the numbers of extra tensors ("y.out"), by full name. ``inputs``, ``outputs``: ONNX
    name -> tensor ("photo.out"); weights that came as inputs are there too ("conv1.weight"). ``notes``: what was
    left out, joined or added, a line each.
    """

    network: Network
    parameters: dict[str, Array]
    inputs: dict[str, str]
    outputs: dict[str, str]
    notes: list[str] = field(default_factory=list)


def imported(
    graph: Graph,
    path: str,
    *,
    name: str | None = None,
    picture: bool | None = None,
    values: Mapping[str, Constant] | None = None,
    sizes: Mapping[str, Sequence[int]] | None = None,
    classes: Sequence[str] | None = None,
    front: Preprocessing | None = None,
) -> Imported:
    """The network of a graph. ModelFileError lists all that cannot be imported.

    ``picture``: whether it must be (True), must not be (False), or may be (None) a picture network. ``values``:
    numbers for inputs. ``sizes``: shapes for inputs; "" for the only one that is not a weight. ``classes``,
    ``front``: see ``load``.
    """
    given = dict(values or {})
    known = shapes_of(graph, path, given, dict(sizes or {}))
    graph, notes = passes.simplified(graph)
    photo = None if picture is False else photo_of(graph, known, given, dict(sizes or {}))
    if picture and photo is None:
        takes = ", ".join(f"{one.name} {list(known[one.name])}" for one in graph.inputs)
        raise ModelFileError(
            f"{path}: takes no picture: one input of [1, channels, height, width] with 1 or 3 channels is needed, "
            f"it has {takes or 'none'}"
        )
    if photo is not None:
        graph, more = without_choice(graph, path)
        notes += more
    b = Builder(graph, photo is not None)
    b.notes.extend(notes)
    place_inputs(b, known, given, photo)
    walk(b, path)
    outputs = outputs_of(b, path)
    drop_unneeded(b, outputs.values())
    names = tuple(classes or ())
    if photo is not None:
        names = predict(b, outputs, classes, path)
        put_in_front(b, _for_whole_numbers(b, photo, front or Preprocessing()), path)
        drop_unneeded(b, [f"{list(b.steps)[-1]}.out", *outputs.values()])
    elif front is not None and front.asked:
        raise ModelFileError(f"{path}: --mean, --std, --scale and --channels are for networks that take one picture")
    remarks = [" ".join(remark.split()) for remark in b.notes]
    return Imported(_network(b, name or graph.name, names, path), b.parameters, b.inputs, outputs, remarks)


def _for_whole_numbers(b: Builder, photo: PhotoInput, front: Preprocessing) -> Preprocessing:
    """The preprocessing; but a model that takes whole numbers gets pixels as they are, and casts them itself."""
    if photo.input.kind == "float" or front.scale is not None:
        return front
    b.note("the model takes whole numbers: pixels stay 0 to 255")
    return replace(front, scale=1.0)


def _network(b: Builder, name: str, classes: tuple[str, ...], path: str) -> Network:
    """The network of the finished spec."""
    extra = {
        node: list(shape)
        for tensor, shape in b.shapes.items()
        if (node := tensor.partition(".")[0]) not in b.steps and node not in (PHOTO, TRUTH)
    }
    spec: dict[str, Any] = {"name": name, "classes": list(classes)}
    if b.picture:
        spec["input"] = {"shape": list(b.shapes[f"{PHOTO}.out"])}
    if extra:
        spec["extra"] = extra
    spec["layers"] = [
        {"name": s.name, "kind": s.layer.kind, "inputs": [t.partition(".")[0] for t in s.inputs]} | s.layer.options()
        for s in b.steps.values()
    ]
    try:
        return Network.from_spec(spec)
    except NetworkError as error:
        raise ModelFileError(f"{path}: {error}") from error

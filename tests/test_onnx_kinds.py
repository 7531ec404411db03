"""Every kind of layer on its way to ONNX and back, and every operator that is read on its way out again.

The kinds come from LAYERS, with their hand-worked cases; the operators from ONNX's own cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx_backend as backend
import onnxruntime
import pytest
import zoo
from each import each
from layercases import entries, known_of, shapes_of

from sheetnet import engine
from sheetnet.errors import ModelFileError
from sheetnet.layers import LAYERS
from sheetnet.layers.base import Layer
from sheetnet.layers.nllloss import NLLLoss
from sheetnet.layers.rescale import Rescale
from sheetnet.layers.windows.avgpool import AvgPool
from sheetnet.layers.windows.conv import Conv
from sheetnet.layers.windows.maxpool import MaxPool
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.writing import write
from sheetnet.network import Network, Node, Parameters

LENET = Path(__file__).parent / "onnx_cases" / "lenet-legacy.onnx"
OWN_BATCH = (Conv, MaxPool, AvgPool, NLLLoss)  # what they read has a batch axis already, so it is no picture
ODD = ("as in two mirrors", "a single number has no sides")  # pads that onnxruntime does not do
EXPORTABLE = [p for p in entries("case") if p.values[0].exportable and p.values[1]["name"] not in ODD]


def is_picture(one: Layer, of: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether a layer can stand behind a photo, as far as its shapes go."""
    return [*of] == ["x"] and len(of["x"]) == 3 and not isinstance(one, OWN_BATCH)


def network_of(one: Layer, known: Mapping[str, np.ndarray]) -> tuple[Network, Parameters]:
    """A network of one layer, with the numbers of a case: a picture network where that is possible."""
    of = shapes_of(one, known)
    parameters = {f"one.{own}": value for own, value in known.items() if own not in of}
    if is_picture(one, of):
        return Network("n", ("a",), of["x"], (Node("one", one, ("photo",)),)), parameters
    extra = tuple((f"in_{own}", shape) for own, shape in of.items())
    nodes = (Node("one", one, tuple(name for name, _ in extra)),)
    return Network("n", (), (), nodes, extra=extra), parameters | {f"in_{own}.out": known[own] for own in of}


def pictures() -> Iterator[Any]:
    """The cases that suit a photo in grey or in colours; not a rescale, which becomes what is done to the photo."""
    for param in EXPORTABLE:
        layer, entry = param.values
        one, known = layer(**entry["options"]), known_of(entry)
        if is_picture(one, shapes_of(one, known)) and len(known["x"]) in (1, 3) and not isinstance(one, Rescale):
            yield param


PICTURES = list(pictures())


def run(data: bytes, given: Mapping[str, np.ndarray]) -> np.ndarray:
    """What onnxruntime makes of a file."""
    session = onnxruntime.InferenceSession(data)
    feed = {one.name: np.asarray(given[one.name], np.float32) for one in session.get_inputs()}
    return np.asarray(session.run(None, feed)[0])


def close(got: Any, want: np.ndarray) -> None:
    """Equal as float32 can be."""
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6 * max(1.0, float(np.abs(want).max(initial=0))))


def written(one: Layer, known: Mapping[str, np.ndarray]) -> tuple[bytes, dict[str, np.ndarray], np.ndarray]:
    """A file with the layer, what goes in, and what comes out; in a picture network with a batch of 1."""
    network, parameters = network_of(one, known)
    data, notes = write.to_bytes(network, parameters)
    assert not notes
    if network.shape:
        want = engine.forward(network, {"photo.out": known["x"]}, parameters)["one.out"]
        return data, {"photo": known["x"][None]}, want[None]
    first = next(iter(one.reads))
    return data, {f"in_{first}": known[first]}, engine.forward(network, {}, parameters)["one.out"]


@pytest.mark.parametrize(("layer", "entry"), EXPORTABLE)
def test_a_layer_runs_elsewhere_and_reads_back_to_the_same_numbers(layer: type[Layer], entry: dict[str, Any]) -> None:
    data, given, want = written(layer(**entry["options"]), known_of(entry))
    close(run(data, given), want)
    back = models.imported(models.parse(data, "m"), "m", picture=False, values=given)
    close(engine.forward(back.network, {}, back.parameters)[back.outputs["one"]], want)


@pytest.mark.parametrize(("layer", "entry"), PICTURES)
def test_a_layer_of_a_picture_network_reads_back_as_one(layer: type[Layer], entry: dict[str, Any]) -> None:
    data, given, want = written(layer(**entry["options"]), known_of(entry))
    front = models.Preprocessing(scale=1)
    back = models.imported(models.parse(data, "m"), "m", picture=True, front=front)
    inputs = {"photo.out": given["photo"][0], "truth.out": engine.one_hot(back.network, None)}
    close(engine.forward(back.network, inputs, back.parameters)[back.outputs["one"]], want[0])


def test_what_is_not_exported_is_refused_or_left_out_with_a_remark() -> None:
    for layer, entry in (param.values for param in entries("case")):
        if layer.exportable or layer.gives == "loss":
            continue
        with pytest.raises(ModelFileError, match="no counterpart in ONNX"):
            write.to_bytes(*network_of(layer(**entry["options"]), known_of(entry)))


def test_every_kind_comes_out_of_a_file_again() -> None:
    """As a picture where it suits one, so that a loss follows; else bare. Dense is one behind a flatten only."""
    seen = {node.layer.kind for node in models.load(LENET).network.nodes}
    for param in EXPORTABLE:
        (layer, entry), picture = param.values, param in PICTURES
        data, given, _ = written(layer(**entry["options"]), known_of(entry))
        back = models.imported(models.parse(data, "m"), "m", picture=picture, values={} if picture else given)
        seen.update(node.layer.kind for node in back.network.nodes)
    missing = {layer.kind for layer in LAYERS if layer.importable} - seen
    assert not missing, (
        f"no operator is read as {missing}: see @operator in sheetnet/modelfile/onnx; or importable = False"
    )


@pytest.mark.parametrize(("layer", "entry"), [p for p in EXPORTABLE if not issubclass(p.values[0], OWN_BATCH)])
def test_a_layer_that_takes_a_batch_takes_one_elsewhere(
    layer: type[Layer], entry: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two examples in one run are what each of them is alone."""
    one, known = layer(**entry["options"]), known_of(entry)
    of = shapes_of(one, known)
    if not one.batched(of):
        return
    both = {own: np.stack([known[own], np.roll(known[own], 1)]) for own in of}
    alone = []
    for k in range(2):
        v = known | {own: both[own][k] for own in of}
        one.forward(v)
        alone.append(v["out"])
    classes = tuple(map(str, range((*of[next(iter(of))], 1)[0])))
    extra = tuple((f"in_{own}", shape) for own, shape in of.items())
    nodes = (Node("one", one, tuple(name for name, _ in extra)),)
    network = Network("n", classes, (1, 1, 1), nodes, extra=extra)  # every input has a batch axis, as has the photo
    monkeypatch.setattr(write, "_batch", lambda network: "batch")
    data, _ = write.to_bytes(network, {f"one.{own}": value for own, value in known.items() if own not in of})
    given = {f"in_{own}": value for own, value in both.items()} | {"photo": np.zeros((2, 1, 1, 1))}
    close(run(data, given), np.stack(alone))


@pytest.mark.parametrize(
    ("layers", "size"),
    [
        ([zoo.conv("c", 2, 1), zoo.layer("add", inputs=["c", "c"]), *zoo.END], "batch"),
        ([zoo.conv("c", 2, 1), zoo.layer("concat", inputs=["c", "c"]), *zoo.END], "batch"),
        ([zoo.conv("c", 2, 1), zoo.layer("concat", axis=0, inputs=["c", "c"]), *zoo.END], 1),
        ([zoo.conv("c", 2, 1), zoo.layer("reshape", shape=[2, 1, 4]), *zoo.END], 1),
    ],
)
def test_a_file_takes_any_batch_where_every_layer_does(layers: list[dict[str, Any]], size: str | int) -> None:
    spec = {"name": "n", "classes": ["a", "b", "c"], "input": {"shape": [1, 2, 2]}, "layers": layers}
    network = Network.from_spec(spec)
    model, _ = write.to_model(network, network.fill({}, 0))
    axis = model.graph.input[0].type.tensor_type.shape.dim[0]
    assert (axis.dim_param or axis.dim_value) == size


def is_float32(case: backend.Case) -> bool:
    """Whether its numbers are; ONNX has some of 1E+223."""
    return all(np.abs(value).max(initial=0) < 3e38 for value in (*case.given.values(), *case.expected.values()))


def test_what_was_read_of_onnx_own_cases_can_be_written() -> None:
    def check(case: backend.Case) -> None:
        found = backend.imported(case)
        wanted = backend.computed(found)
        data, _ = write.to_bytes(found.network, found.parameters)
        session = onnxruntime.InferenceSession(data)
        feed = {one.name: np.asarray(found.parameters[f"{one.name}.out"], np.float32) for one in session.get_inputs()}
        for output, got in zip(session.get_outputs(), session.run(None, feed), strict=True):
            close(got, np.asarray(wanted[f"{output.name}.out"]))

    cases = [case for case in backend.cases() if case.name not in backend.REFUSED and is_float32(case)]
    assert len(cases) > 500
    each(((case.name, case) for case in cases), check)

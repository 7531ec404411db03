"""Damaged and hostile models: each is imported or refused in one line, and a slip of a reader is never hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper
from onnx_mutations import outcomes

from sheetnet import engine
from sheetnet.layers import LAYERS
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.reading.operators import TABLE
from sheetnet.modelfile.onnx.reading.operators.elementwise import SAME
from sheetnet.modelfile.onnx.reading.operators.table import Operator
from sheetnet.modelfile.onnx.writing.writers import WRITERS, Same

CASES = Path(__file__).parent / "onnx_cases"
EXPORTS = sorted(path.name for path in CASES.glob("*.onnx"))
EACH = 40  # models made of every export
ENDS = {"x": (1, 3, 4, 4), "out": (1, 3, 1, 1)}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_model_with_something_wrong_in_it_is_imported_or_refused_in_one_line(name: str) -> None:
    base = onnx.load(CASES / name)
    found = outcomes([base] * EACH, np.random.RandomState(EXPORTS.index(name)))
    assert set(found) == {"imported", "refused"}, found


@pytest.mark.parametrize("slip", [KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError])
def test_a_slip_of_a_reader_is_not_taken_for_a_fault_of_the_file(
    slip: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def how(*_: object) -> list[object]:
        raise slip("ours")

    row = TABLE["Relu"]
    monkeypatch.setitem(TABLE, "Relu", Operator(how, row.attributes, row.least, row.moves))  # type: ignore[arg-type]
    with pytest.raises(slip, match="ours"):
        models.load(CASES / "tinyvgg-legacy.onnx")


def test_an_operator_of_the_same_meaning_is_read_and_written_by_one_line_each() -> None:
    layers = {layer.kind: layer for layer in LAYERS}
    for name, (kind, defaults) in SAME.items():
        assert TABLE[name].attributes >= set(defaults) <= set(layers[kind].__dataclass_fields__)
        writer = WRITERS[kind]
        assert isinstance(writer, Same)
        assert (writer.operator, set(writer.options)) == (name, set(defaults))
    for kind, writer in WRITERS.items():
        assert not isinstance(writer, Same) or set(writer.options) <= set(layers[kind].__dataclass_fields__)


@pytest.mark.parametrize(("kind", "end"), [("Softmax", "flatten"), ("LogSoftmax", "crossentropy")])
def test_a_model_may_end_in_a_softmax_over_the_channels_of_one_pixel(kind: str, end: str) -> None:
    nodes = [helper.make_node("GlobalAveragePool", ["x"], ["a"]), helper.make_node(kind, ["a"], ["out"], axis=1)]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in ENDS.items()]
    made = helper.make_graph(nodes, "g", ends[:1], ends[1:])
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    found = models.imported(models.check(model, "m.onnx"), "m.onnx", front=models.Preprocessing(scale=1))
    assert found.network.nodes[-1].layer.kind == end
    x = np.random.RandomState(3).standard_normal((1, 3, 4, 4)).astype(np.float32)
    (want,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})
    values = engine.forward(found.network, {"photo.out": x[0], "truth.out": np.zeros(3)}, found.parameters)
    np.testing.assert_allclose(values[found.outputs["out"]], want[0], rtol=1e-5)

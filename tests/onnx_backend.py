"""The cases that ONNX itself keeps for its operators: which are in scope, and what comes of them here.

    for case in cases():            what the package onnx generates, in this process
        found = imported(case)      the network and its numbers; ModelFileError where it is refused
        outputs(found, values)      what its tensors hold, to be compared with case.expected

``values`` may come from the engine, or be read back from a recalculated workbook.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference.ops import op_pool_common

from sheetnet import engine
from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.layout import formula_count
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.reading.operators.table import TABLE

# In which exporters, and ONNX's own functions, put the others together.
BESIDE = ("Shape", "Where")
# All that are read; not Cast, whose cases are about whole numbers and about numbers of 8 bits.
OPERATORS = tuple(sorted({*TABLE, "Constant"} - {*BESIDE, "Cast"}))
MOST = 200_000  # products, and cells
_FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE)

REFUSED = {  # name of a case -> why it is refused
    "test_gathernd_example_float32": "single places",
    "test_training_dropout": "training mode",
    "test_training_dropout_default": "training mode",
    "test_training_dropout_default_mask": "training mode",
    "test_training_dropout_mask": "training mode",
    "test_maxpool_with_argmax_2d_precomputed_strides": "down the columns",
    "test_reduce_sum_empty_set_non_reduced_axis_zero": "without elements",
    "test_reshape_allowzero_reordered": "without elements",
    "test_slice_start_out_of_bounds": "leaves nothing",
    "test_split_zero_size_splits_opset13": "without elements",
    "test_split_zero_size_splits_opset18": "without elements",
}


@dataclass(frozen=True)
class Case:
    """A model, numbers for its inputs, what it gives, and how near that must be met."""

    name: str
    operator: str
    model: onnx.ModelProto
    given: Mapping[str, np.ndarray]
    expected: Mapping[str, np.ndarray]
    rtol: float
    atol: float

    @property
    def is_feasible(self) -> bool:
        """Whether a sheet can hold it: products and cells, and nothing infinite."""
        graph = self.model.graph
        sizes = {name: value.size for name, value in {**self.given, **self.expected}.items()}
        cells = sum(sizes.values())
        products = 0
        for node in graph.node:
            window = prod(next((list(a.ints) for a in node.attribute if a.name == "kernel_shape"), [1]))
            weight = next((self.given[i] for i in node.input[1:2] if i in self.given), np.zeros(1))
            out = max((sizes[o] for o in node.output if o in sizes), default=0)
            if node.op_type == "Conv":
                products += out * prod(weight.shape[1:])
            elif node.op_type in ("MatMul", "Gemm") and self.given:
                products += out * next(iter(self.given.values())).shape[-1]
            else:
                products += out * window
        return max(cells, products) < MOST and all(np.isfinite(one).all() for one in self.expected.values())


@cache
def cases() -> tuple[Case, ...]:
    """Every case in scope: the operators of the list, floating point, small enough.

    ONNX makes them in this process, which takes seconds; so tests call this while they run, not while they are found.
    """
    return tuple(case for case in _all() if case.is_feasible and _cells(case) < MOST)


def by_operator(operator: str) -> dict[str, Case]:
    """Name -> case, for the cases of an operator."""
    return {case.name: case for case in cases() if case.operator == operator}


def _cells(case: Case) -> int:
    """The cells of its workbook; 0 where it is refused, for which the numbers that go in and come out must do."""
    try:
        found = imported(case)
    except ModelFileError:
        return 0
    return formula_count(found.network) + sum(value.size for value in found.parameters.values())


def _all() -> Iterator[Case]:
    from onnx.backend.test.case import node
    from onnx.backend.test.loader import load_model_tests

    with warnings.catch_warnings(), _no_large_pools():
        warnings.simplefilter("ignore")
        tests = [
            *sorted(node.collect_testcases(None), key=lambda test: test.name),
            *(
                test
                for kind in ("pytorch-converted", "pytorch-operator", "simple")
                for test in sorted(load_model_tests(kind=kind), key=lambda test: test.name)
            ),
        ]
    for test in tests:
        model = test.model if test.model is not None else onnx.load(Path(test.model_dir) / "model.onnx")
        operators = [one.op_type for one in model.graph.node]
        listed = [one for one in operators if one in OPERATORS]
        if not listed or any(one not in (*OPERATORS, *BESIDE) for one in operators) or not _is_float(model):
            continue
        names = [one.name for one in model.graph.input]
        for number, (inputs, outputs) in enumerate(_data(test)):
            yield Case(
                test.name if not number else f"{test.name}-{number}",
                _told_of(listed),
                model,
                dict(zip(names, inputs, strict=False)),
                dict(zip([one.name for one in model.graph.output], outputs, strict=True)),
                test.rtol,
                test.atol,
            )


@contextmanager
def _no_large_pools() -> Iterator[None]:
    """Leave out the numbers of poolings that are too large for a sheet.

    ONNX computes each window in Python: nine tenths of its time goes to cases that are out of scope.
    """
    computed = op_pool_common.pool

    def pool(
        padded: np.ndarray, x_shape: Any, kernel: Any, strides: Any, out_shape: Any, *more: Any, **named: Any
    ) -> Any:
        shape = [*x_shape[:2], *out_shape]
        if prod(shape) * prod(kernel) >= MOST:
            return np.zeros(shape, dtype=padded.dtype)
        return computed(padded, x_shape, kernel, strides, out_shape, *more, **named)

    op_pool_common.pool = pool
    try:
        yield
    finally:
        op_pool_common.pool = computed


def _told_of(listed: list[str]) -> str:
    """The operator that a case is about: the loss at the end of one that is spelled out, else the first."""
    last = listed[-1] == "NegativeLogLikelihoodLoss" or listed[0] in ("Unsqueeze", "Constant")
    return listed[-1] if last else listed[0]


def _data(test: object) -> list[tuple[list[np.ndarray], list[np.ndarray]]]:
    if getattr(test, "data_sets", None) is not None:
        return [([np.asarray(i) for i in a], [np.asarray(o) for o in b]) for a, b in test.data_sets]  # type: ignore
    found = []
    for folder in sorted(Path(test.model_dir).glob("test_data_set_*")):  # type: ignore[attr-defined]
        parts = []
        for what in ("input", "output"):
            files = sorted(folder.glob(f"{what}_*.pb"), key=lambda p: int(p.stem.split("_")[1]))
            tensors = [onnx.TensorProto.FromString(path.read_bytes()) for path in files]
            parts.append([numpy_helper.to_array(tensor) for tensor in tensors])
        found.append((parts[0], parts[1]))
    return found


def _is_float(model: onnx.ModelProto) -> bool:
    """Whether it computes with floats; further inputs may be whole numbers, which say shapes, axes and labels."""
    graph = model.graph
    if not all(one.type.HasField("tensor_type") for one in [*graph.input, *graph.output]):
        return False
    first = (graph.input or graph.output)[0]
    return first.type.tensor_type.elem_type in _FLOATS


def imported(case: Case) -> models.Imported:
    """The bare network of a case, with all its numbers. ModelFileError where it is refused."""
    return models.imported(models.check(case.model, case.name), case.name, picture=False, values=case.given)


def computed(found: models.Imported) -> Mapping[str, Array]:
    """Every tensor, by the engine."""
    return engine.forward(found.network, {}, found.parameters)


def outputs(found: models.Imported, values: Mapping[str, Array]) -> dict[str, Array]:
    """ONNX output name -> its numbers."""
    return {name: np.asarray(values[tensor]) for name, tensor in found.outputs.items()}


def compare(case: Case, got: Mapping[str, Array]) -> None:
    """AssertionError where a number is not within ONNX's own tolerance."""
    for name, expected in case.expected.items():
        assert got[name].shape == expected.shape, f"{case.name}: {name} is {got[name].shape}, not {expected.shape}"
        np.testing.assert_allclose(
            got[name], expected.astype(np.float64), rtol=case.rtol, atol=case.atol, err_msg=f"{case.name}: {name}"
        )

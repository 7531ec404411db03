"""Count what a workbook of a network would need, before it is built: ``summary`` tells it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import layout, modelfile
from sheetnet.case import template as templates
from sheetnet.case.course import beside_course
from sheetnet.case.lessons import is_lesson, load_lesson
from sheetnet.case.lessons.file import photo_of
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.errors import ModelFileError, NetworkError
from sheetnet.folding import folded
from sheetnet.layers import Array
from sheetnet.layout.titles import layout_check
from sheetnet.lesson.build import describe, write
from sheetnet.lesson.summary import LayerSummary, LessonSummary, Summary
from sheetnet.limits.folder import throwaway
from sheetnet.network import Network, Node
from sheetnet.photo import Photo

# Compressed bytes, fitted to 32 workbooks of eight networks, both layouts, photos of 28 to 112 pixels; the error is
# at most 10 % there (benchmarks/sizes.py). A product is one SUMPRODUCT, of which a formula can have many.
BYTES_AROUND, BYTES_PER_FORMULA, BYTES_PER_PRODUCT, BYTES_PER_PARAMETER = 187_000, 15.5, 4.8, 26


@dataclass(frozen=True)
class _Found:
    """What is inspected. ``trains``: whether its workbook shows a training.

    ``case``: of a template that needs no photo; ``built``: of a workbook, its formulas and its bytes.
    """

    network: Network
    trains: bool = False
    case: Case | None = None
    built: tuple[int, int] | None = None


def inspect(
    which: str,
    *,
    size: tuple[int, int] | None = None,
    layout_name: str | None = None,
    reading: modelfile.Reading | None = None,
    until: str | None = None,
    fold: bool = False,
) -> Summary:
    """The summary of a template, a model file or a workbook. Errors say why it cannot be read or does not fit."""
    found = _found(which, reading)
    network = found.network
    asked = {"--size": size, "--layout": layout_name, "--until": until, "--fold": fold or None}
    if given := [name for name, value in asked.items() if value is not None]:
        if found.trains:
            raise beside_course(given[0])
        found = replace(found, case=None, built=None)
    if size is not None:
        network = replace(network.resized(*size), trained=network.trained and network.shape[1:] == size)
    if layout_name is not None:
        network = replace(network, layout=layout_name)
    network = network if until is None else network.until(until)
    network = folded(network) if fold else network
    plan = layout_check(network)
    layers = tuple(_layer(network, node) for node in network.nodes)
    parameters = sum(map(prod, network.parameters.values()))
    if found.built is not None:
        formulas, size_in_bytes = found.built
    elif found.case is not None:
        formulas, size_in_bytes = _written(found.case)
    else:
        formulas = formulas_of(describe(_blank(network), _zeros(network), least=0.0).plan)
        products = sum(_products(network, plan, node) for node in network.nodes)
        of_each = BYTES_PER_FORMULA * formulas + BYTES_PER_PRODUCT * products + BYTES_PER_PARAMETER * parameters
        size_in_bytes = round(BYTES_AROUND + of_each)
    return Summary(
        network.name, network.classes, network.shape, network.trained, layers, parameters, formulas, size_in_bytes
    )


def formulas_of(plan: layout.Plan) -> int:
    """How many formula cells a plan has."""
    return sum(prod(plan.blocks[full].shape) for full in plan.computed())


def _written(case: Case) -> tuple[int, int]:
    """The formulas and bytes of a workbook whose numbers are all known: it is written, since that takes a second."""
    with throwaway() as folder:
        path = folder / "inspected.xlsx"
        return write(case, path).formulas, path.stat().st_size


def _zeros(network: Network) -> dict[str, Array]:
    return {name: np.zeros(shape) for name, shape in (network.shapes | network.parameters).items()}


def _blank(network: Network) -> Case:
    """A case that is described only to count its cells."""
    photo = Photo(np.zeros(network.shape), b"", "") if network.shape else None
    return Case(network, {}, photo, None, {"title": "", "lead": "", "summary": ""})


def _products(network: Network, plan: layout.Plan, node: Node) -> int:
    """How many SUMPRODUCTs a layer's formulas have: one per piece of the weight that an output reads."""
    weight = plan.blocks.get(f"{node.name}.weight")
    if weight is None:
        return 0
    shape = network.shapes[f"{node.name}.out"]
    rows = weight.shape[2] if getattr(node.layer, "groups", 1) > 1 and len(weight.steps) == 3 else 1
    return prod(shape) * rows * max(1, len(weight.anchors) // shape[0])


def _found(which: str, reading: modelfile.Reading | None = None) -> _Found:
    """What a template, a model file or a workbook is about."""
    path = Path(which)
    modelfile.refuse_foreign(path)
    if path.suffix.lower() in (".safetensors", ".onnx"):
        network = modelfile.open_model(path, reading).network
        if network is None:
            raise ModelFileError(f"{path}: holds weights but no network; inspect the template it belongs to")
        return _Found(network)
    if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".fods"):  # the last three are refused in one line
        plan, size = _recorded(path)
        if plan.network.bare:
            raise NetworkError(
                f"{path}: the workbook of a lesson, about no network; inspect the lesson: {plan.network.name}"
            )
        return _Found(plan.network, trains=plan.trains, built=(formulas_of(plan), size))
    one = templates.load(which)
    if one.pixels is None and one.course is None and one.drawing is None:
        return _Found(one.network)
    case = prepare(Request(None, template=which))
    return _Found(one.network, trains=case.course is not None, case=case)


def _recorded(path: Path) -> tuple[layout.Plan, int]:
    """The plan of a workbook, and the size of its file."""
    from sheetnet.workbook.read import find_record, read, read_bytes

    data = read_bytes(path)
    contents = read(data, str(path))
    record = find_record(contents, str(path))
    return layout.read_record(record, contents.names, contents.lost, str(path))[0], len(data)


def _layer(network: Network, node: Node) -> LayerSummary:
    of = network.input_shapes(node)
    shape = network.shapes[f"{node.name}.out"]
    pictures = layout.form(network, node) == "pictures"
    how = "-" if not pictures else "rows" if layout.in_rows(network, shape) else "planes"
    parameters = sum(map(prod, node.layer.params(of).values()))
    return LayerSummary(
        node.name, node.layer.kind, shape, how, parameters, sum(map(prod, node.layer.tensors(of).values()))
    )


def _inspect_lesson(which: str, *, size: tuple[int, int] | None, **options: Any) -> LessonSummary:
    if asked := [name for name, value in options.items() if value]:
        raise NetworkError(f"{which} is a lesson, about no network; leave --{asked[0].removesuffix('_name')} out")
    shape, _ = photo_of(which, size)
    if shape is None and size is not None:
        raise NetworkError(f"{which} is a lesson without a photo; leave --size out")
    script = load_lesson(which, photo=None if shape is None else np.zeros(shape))
    inputs = tuple(name for name, given in script.givens.items() if given.open)
    formulas = sum(prod(script.shapes[full]) for full in script.shapes if full.partition(".")[0] not in script.givens)
    kinds = tuple(step.operation.kind for step in script.steps)
    sheets = tuple(page.title for page in script.pages)
    return LessonSummary(script.name, script.prose("title"), inputs, kinds, sheets, script.photo or (), formulas)


def apart(seconds: float, progress: object, reading: dict[str, Any], **asked: Any) -> tuple[dict[str, Any], bytes]:
    """``inspect`` for the process that ``summary.inspect`` starts: the summary as JSON."""
    size = asked.pop("size")
    size = None if size is None else (int(size[0]), int(size[1]))
    if is_lesson(asked["which"]):
        return _inspect_lesson(size=size, **asked).to_json(), b""
    more: dict[str, Any] = reading | {"classes": None if reading["classes"] is None else Path(reading["classes"])}
    return inspect(size=size, reading=modelfile.Reading(**more), **asked).to_json(), b""

"""The contract of a layer: whatever a new one lacks is named."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from incells import arrange
from lacking import Bad, Half
from layercases import CASES, entries, known_of, numbers, shapes_of, table_of

from sheetnet import words
from sheetnet.errors import NetworkError
from sheetnet.layers import LAYERS
from sheetnet.layers.base import Layer, Role
from sheetnet.modelfile.onnx.writing import writers
from sheetnet.modelfile.onnx.writing.writers import WRITERS
from sheetnet.network import RESERVED

TORCH = Path(__file__).parent / "torch_cases"
OWN_WORDS = {language: set(words._read(language)) for language in words.languages()}


class Noted(dict[str, Any]):
    """A dict that knows what was read from it."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)


def missing_of(layer: type[Layer], table: Mapping[str, Any]) -> list[str]:
    """What a layer lacks, in words, and the file to touch; nothing where the contract is kept."""
    kind = layer.kind
    lacks = missing_words([f"kinds.{kind}.{key}" for key in ("sheet", "title", "lead", "analogy", "formula")])
    if getattr(layer, "role", "") not in get_args(Role):
        lacks.append(f"a role, which is one of {', '.join(get_args(Role))}; see Layer in sheetnet/layers/base.py")
    if layer.exportable and kind not in WRITERS:
        lacks.append(
            f"a line in WRITERS, {writers.__name__.replace('.', '/')}.py; or exportable = False where ONNX has it not"
        )
    if not (TORCH / f"{kind}.npz").is_file():
        lacks.append(f"what PyTorch says: run python tests/torch_cases/make_general.py {kind}, see MAKERS there")
    if not (is_dataclass(layer) and layer.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        lacks.append("@dataclass(frozen=True)")
    if not layer.__doc__:
        lacks.append("a docstring")
    if not (inspect.getmodule(layer).__doc__ or "").strip():  # type: ignore[union-attr]
        lacks.append("a docstring of its module")
    if layer.__abstractmethods__:
        return [*lacks, *(f"the method {name}" for name in sorted(layer.__abstractmethods__))]
    if not table.get("case"):
        return [*lacks, f"hand-worked cases: tests/cases/{kind}.toml with at least one [[case]]"]
    for entry in table["case"]:
        one, known = layer(**entry["options"]), known_of(entry)
        lacks += [f"{entry['name']}: {fault}" for fault in faults_of(one, known)]
        shown = dict.fromkeys((*one.tensors(shapes_of(one, known)), *one.params(shapes_of(one, known))))
        lacks += missing_words([f"labels.{kind}.{own} or labels.{own}" for own in shown if own != "out"])
    return list(dict.fromkeys(lacks))


def missing_words(wanted: list[str]) -> list[str]:
    """Which of some keys, or pairs of them, a language does not have itself."""
    return [
        f"the words {keys} in sheetnet/words/{language}.toml"
        for language in words.languages()
        for keys in wanted
        if not OWN_WORDS[language].intersection(keys.split(" or "))
    ]


def faults_of(layer: Layer, known: Mapping[str, np.ndarray]) -> list[str]:
    """Where a layer breaks the contract on one case."""
    faults = []
    of = shapes_of(layer, known)
    declared, params = dict(layer.tensors(of)), dict(layer.params(of))
    if list(declared)[-1] != "out":
        faults.append('the last of tensors() must be "out"')
    if clash := sorted((set(declared) & set(params)) | (set(layer.reads) & (set(declared) | set(params)))):
        faults.append(f"{clash[0]!r} means two things")
    if {name: value.shape for name, value in known.items() if name not in layer.reads} != params:
        faults.append(f"params() says {params}, the case gives others")
        return faults
    v = Noted({name: value.copy() for name, value in known.items()})
    layer.forward(v)
    told = set(v) - set(known)
    faults += [f"forward does not tell {name!r}" for name in sorted(set(declared) - told)]
    faults += [f"forward tells {name!r}, which is not declared" for name in sorted(told - set(declared))]
    faults += [f"forward does not use {name!r}" for name in sorted(set(known) - v.read)]
    faults += [f"forward changes {name!r}" for name in known if not np.array_equal(v[name], known[name])]
    for name in sorted(set(declared) & told):
        if np.shape(v[name]) != declared[name]:
            faults.append(f"{name!r} has shape {np.shape(v[name])}, declared is {declared[name]}")
        if getattr(v[name], "dtype", None) != np.float64:
            faults.append(f"{name!r} is no float64")
    if "out" in told:
        faults += faults_backwards(layer, known, v)
    at = Noted(arrange({n: x.shape for n, x in known.items()} | declared, set(layer.reads), "planes"))
    rules = layer.forward_cells(at)
    faults += [f"no rule for {name!r}" for name in sorted(set(declared) - set(rules))]
    faults += [f"a rule for {name!r}, which is not declared" for name in sorted(set(rules) - set(declared))]
    for name in sorted(set(declared) & set(rules)):
        formula = rules[name](*(0,) * len(declared[name]))
        if formula.startswith("=") or not formula:
            faults.append(f"the rule of {name!r} gives {formula!r}; a formula without its = is needed")
    faults += [f"forward_cells does not use {name!r}" for name in sorted(set(known) - at.read)]
    if type(layer)(**json.loads(json.dumps(layer.options()))) != layer:
        faults.append(f"options() gives {layer.options()}, which is another layer")
    return faults


def faults_backwards(layer: Layer, known: Mapping[str, np.ndarray], v: Mapping[str, np.ndarray]) -> list[str]:
    """Where the gradients of a layer break the contract on one case."""
    before = {name: value.copy() for name, value in v.items()}
    d: dict[str, Any] = {"out": np.ones_like(v["out"])}
    layer.backward(dict(v), d)
    faults = [f"backward changes {name!r}" for name in v if not np.array_equal(v[name], before[name], equal_nan=True)]
    faults += [f"backward gives no gradient of {name!r}" for name in known if name not in d]
    faults += [f"backward gives {name!r}, which is no input and no parameter" for name in set(d) - {"out", *known}]
    for name in set(known) & set(d):
        if np.shape(d[name]) != np.shape(v[name]) or getattr(d[name], "dtype", None) != np.float64:
            faults.append(f"the gradient of {name!r} is no float64 of its shape")
    return faults


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_a_layer_lacks_nothing(layer):
    lacks = missing_of(layer, table_of(layer.kind))
    assert not lacks, "\n".join(lacks)


def test_every_case_file_belongs_to_a_layer():
    assert {path.stem for path in CASES.glob("*.toml")} >= {layer.kind for layer in LAYERS}
    assert {p.stem for p in CASES.glob("*.toml") if "case" in table_of(p.stem)} == {layer.kind for layer in LAYERS}


def test_kinds_are_different_and_usable_in_a_spec():
    kinds = [layer.kind for layer in LAYERS]
    assert len(set(kinds)) == len(kinds)
    for layer in LAYERS:
        own = {f.name for f in fields(layer)}  # type: ignore[arg-type]
        assert not own & {"name", "kind", "inputs", "params"}, f"an option of {layer.kind} hides an entry of the spec"
        assert layer.kind == layer.kind.lower()
        assert layer.kind not in RESERVED


def test_the_contract_names_what_a_bad_layer_lacks():
    table = {"case": [{"name": "c", "options": {}, "given": {"x": [1.0, 2]}, "params": {"weight": 1}}]}
    lacks = "\n".join(missing_of(Bad, table))
    for part in (
        "the words kinds.bad.sheet in sheetnet/words/en.toml",
        "the words kinds.bad.title in sheetnet/words/en.toml",
        "the words kinds.bad.lead in sheetnet/words/zh.toml",
        "the words kinds.bad.analogy in sheetnet/words/zh.toml",
        "the words kinds.bad.formula in sheetnet/words/zh.toml",
        "the words labels.bad.half or labels.half in sheetnet/words/zh.toml",
        "a role, which is one of sees, rearranges, decides",
        "a line in WRITERS",
        "torch_cases/make_general.py bad",
        "@dataclass(frozen=True)",
        'the last of tensors() must be "out"',
        "forward does not tell 'half'",
        "forward tells 'secret', which is not declared",
        "backward changes 'secret'",
        "backward gives no gradient of 'weight'",
        "backward gives 'secret', which is no input and no parameter",
        "the gradient of 'x' is no float64 of its shape",
        "forward does not use 'weight'",
        "forward changes 'x'",
        "'out' is no float64",
        "no rule for 'half'",
        "a rule for 'other', which is not declared",
        "a formula without its = is needed",
        "forward_cells does not use 'weight'",
        "options() gives",
    ):
        assert part in lacks, part
    assert "tests/cases/bad.toml" in missing_of(Bad, {})[-1]


def test_the_contract_names_the_methods_that_a_layer_lacks():
    assert missing_of(Half, {})[-2:] == ["the method backward", "the method forward_cells"]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_a_layer_cannot_be_changed(layer):
    one = layer(**table_of(layer.kind)["case"][0]["options"])
    for name in [f.name for f in fields(one)] or ["anything"]:
        with pytest.raises((AttributeError, TypeError)):
            setattr(one, name, 1)
    assert hash(one) == hash(layer(**table_of(layer.kind)["case"][0]["options"]))


@pytest.mark.parametrize(("layer", "entry"), [p for p in entries("case") if p.values[1].get("params")])
def test_parameters_that_nobody_gave_have_the_declared_shape(layer, entry):
    one = layer(**entry["options"])
    for name, shape in one.params(shapes_of(one, known_of(entry))).items():
        start = one.initial(name, shape, np.random.RandomState(0))
        assert start.shape == shape
        assert start.dtype == np.float64
        if name == "bias":
            assert not start.any()


@pytest.mark.parametrize(("layer", "entry"), [p for p in entries("case") if p.values[0].kind == "rescale"])
def test_the_options_of_rescale_are_its_parameters(layer, entry):
    one = layer(**entry["options"])
    for name, shape in one.params(shapes_of(one, known_of(entry))).items():
        by_hand = numbers(entry["params"][name])
        np.testing.assert_array_equal(one.initial(name, shape, np.random.RandomState(0)), by_hand)


def test_a_mean_for_each_of_two_channels_does_not_suit_three():
    from sheetnet.layers.rescale import Rescale

    with pytest.raises(NetworkError, match="mean has 2 numbers; the input has 3 channels"):
        Rescale(mean=[1, 2]).initial("mean", (3,), np.random.RandomState(0))

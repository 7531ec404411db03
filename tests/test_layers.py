"""Every layer, told twice: the contract, the hand-worked cases in numbers and in cells, and their independence.

The cases are files: tests/cases/<kind>.toml.

    [[case]]      options, given (inputs), params -> tensors; shown: the same, rounded, as a book would print it
    [[shape]]     options, of (shapes of inputs)  -> tensors (shapes)
    [[refused]]   options, of                     -> says (part of the message)

A number may be written as arithmetic ("exp(-1)"), a tensor of equal numbers as { fill = 1, shape = [3, 32, 32] }.
"""

from __future__ import annotations

import ast
import inspect
import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar

import formualizer
import numpy as np
import pytest
from halves import trespasses

from sheetnet import words
from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers import LAYERS
from sheetnet.layers.base import Layer
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.network import RESERVED

CASES = Path(__file__).parent / "cases"
DOWN, ACROSS = (1, 0), (0, 1)
ARITHMETIC = {"__builtins__": {}, "exp": math.exp, "ln": math.log}


# Case files


def numbers(value: Any) -> np.ndarray:
    """What a case file says, as an array."""
    if isinstance(value, dict):
        return np.full(value["shape"], float(value["fill"]))

    def plain(v: Any) -> Any:
        if isinstance(v, list):
            return [plain(one) for one in v]
        return eval(v, ARITHMETIC) if isinstance(v, str) else v

    return np.array(plain(value), dtype=np.float64)


def table_of(kind: str) -> dict[str, Any]:
    path = CASES / f"{kind}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def entries(what: str) -> list[Any]:
    """All entries of one kind in all files, as parameters of a test."""
    return [
        pytest.param(layer, entry, id=f"{layer.kind}: {entry['name']}")
        for layer in LAYERS
        for entry in table_of(layer.kind).get(what, ())
    ]


def known_of(entry: dict[str, Any]) -> dict[str, np.ndarray]:
    """Inputs and parameters of a case."""
    return {name: numbers(v) for name, v in (entry["given"] | entry.get("params", {})).items()}


def shapes_of(layer: Layer, values: Mapping[str, np.ndarray]) -> dict[str, Shape]:
    return {own: values[own].shape for own in layer.reads}


# In numbers


@pytest.mark.parametrize(("layer", "entry"), entries("case"))
def test_a_case_worked_by_hand_comes_out_in_numbers(layer, entry):
    one = layer(**entry["options"])
    v = known_of(entry)
    declared = one.tensors(shapes_of(one, v))
    assert set(entry["tensors"]) == set(declared), "a case gives every tensor that the layer declares"
    one.forward(v)
    for name, by_hand in entry["tensors"].items():
        np.testing.assert_allclose(v[name], numbers(by_hand), rtol=1e-12, atol=1e-12, err_msg=name)
        assert v[name].shape == numbers(by_hand).shape == declared[name], name


@pytest.mark.parametrize(("layer", "entry"), [p for p in entries("case") if "shown" in p.values[1]])
def test_rounded_as_a_book_prints_them_the_numbers_are_the_same(layer, entry):
    v = known_of(entry)
    layer(**entry["options"]).forward(v)
    for name, printed in entry["shown"].items():
        texts = printed if isinstance(printed, list) else [printed]
        digits = len(texts[0].partition(".")[2])
        assert [f"{value:.{digits}f}" for value in np.atleast_1d(v[name])] == texts, name


@pytest.mark.parametrize(("layer", "entry"), entries("shape"))
def test_a_shape_worked_by_hand_is_the_declared_one(layer, entry):
    of = {own: tuple(shape) for own, shape in entry["of"].items()}
    assert {name: list(shape) for name, shape in layer(**entry["options"]).tensors(of).items()} == entry["tensors"]


@pytest.mark.parametrize(("layer", "entry"), entries("refused"))
def test_what_does_not_fit_is_refused_in_one_line(layer, entry):
    of = {own: tuple(shape) for own, shape in entry["of"].items()}
    with pytest.raises(NetworkError) as refusal:
        layer(**entry["options"]).tensors(of)
    assert entry["says"] in str(refusal.value)
    assert "\n" not in str(refusal.value)


# In cells


def place(
    shape: Shape, how: str, home: str, column: int, channels: int | None = None, apart: tuple[int, int] = (1, 1)
) -> Block:
    """Cells for a tensor: ``planes`` (a rectangle per channel), ``rows`` (channels interleaved), ``sheets``.

    ``channels``: how many the filters of a weight have in one piece, None where each has a rectangle. ``apart``: of
    the numbers of a dilated filter.
    """
    if len(shape) > 1 and (how == "grid" or len(shape) > 4):  # a stack of matrices, as layout.grids has it
        down, across = apart if len(shape) == 4 else (1, 1)
        anchors = [Anchor(home, 5 + k * (shape[-2] * down + 2), column) for k in range(prod(shape[:-2]))]
        return Block(shape, tuple(anchors), ((down, 0), (0, across)))
    if len(shape) == 4:
        filters, depth, *size = shape
        height, width = ((n - 1) * d + 1 for n, d in zip(size, apart, strict=True))
        if channels:
            anchors = [Anchor(home, 5, column + o * (width + 1)) for o in range(filters)]
            return Block(shape, tuple(anchors), (DOWN, (depth * apart[0], 0), (0, apart[1])))
        anchors = [
            Anchor(home, 5 + o * (height + 1), column + c * (width + 1)) for o in range(filters) for c in range(depth)
        ]
        return Block(shape, tuple(anchors), ((apart[0], 0), (0, apart[1])))
    if len(shape) == 3:
        depth, height, width = shape
        if how == "rows":
            return Block(shape, (Anchor(home, 5 + 8 * depth, column),), (DOWN, (depth, 0), ACROSS))
        if how == "sheets":
            return Block(shape, tuple(Anchor(title, 9, column) for title in TITLES[:depth]), (DOWN, ACROSS))
        return Block(shape, tuple(Anchor(home, 9 + c * (height + 9), column) for c in range(depth)), (DOWN, ACROSS))
    if len(shape) == 2:
        return Block(shape, (Anchor(home, 5, column),), (ACROSS, DOWN))
    return Block(shape, (Anchor(home, 5, column),), (DOWN,) * len(shape))


TITLES = ("Red", "R", "it's 50 % 'green'", "Add1", "C4", "Conv 1")


def arrange(
    shapes: Mapping[str, Shape], inputs: set[str], how: str, apart: tuple[int, int] = (1, 1)
) -> dict[str, Block]:
    """One sheet for all, or inputs and parameters on sheets of their own."""
    jury = len(shapes.get("weight", ())) == 2  # a dense layer, whose table lies the other way round
    how = "planes" if jury and how == "grid" else how
    before, after = {"mixed": ("planes", "rows"), "back": ("rows", "planes")}.get(how, (how, how))
    blocks, column = {}, 9
    for name, shape in shapes.items():
        home = "R1C1" if name in inputs and how not in ("planes", "rows") else "Conv2"
        in_one = before == "rows" and len(next(iter(shapes.values()))) == 3 if len(shape) == 4 else False
        arrangement = before if name in inputs else "planes" if after == "sheets" else after
        if len(shape) == 2 and not jury:
            arrangement = "grid"
        blocks[name] = place(shape, arrangement, home, column, shape[1] if in_one else None, apart)
        wide = shape[3] * apart[1] + 1 if len(shape) == 4 else 0
        column += 9 + (shape[-1] if shape else 0) + (prod(shape[:2]) * wide if len(shape) == 4 else 0)
    fixed = {name for name, shape in shapes.items() if name not in inputs and name not in ("out", "x")}
    return {name: block.viewed("Conv2", absolute=name in fixed) for name, block in blocks.items()}


def told_in_cells(layer: Layer, known: Mapping[str, np.ndarray], how: str) -> dict[str, np.ndarray]:
    """Put inputs, parameters and formulas into a spreadsheet engine; what the cells say."""
    of = shapes_of(layer, known)
    declared = dict(layer.tensors(of))
    apart = getattr(layer, "dilation", (1, 1))
    at = arrange({n: v.shape for n, v in known.items()} | declared, set(layer.reads), how, apart)
    rules = layer.forward_cells(at)
    book = formualizer.Workbook()
    for sheet in dict.fromkeys(["Conv2", *(anchor.sheet for block in at.values() for anchor in block.anchors)]):
        book.add_sheet(sheet)
    taken = set()

    def cells(block: Block) -> Iterator[tuple[tuple[int, ...], Anchor]]:
        for index in np.ndindex(*block.shape):
            cell = block.cell(*index)
            assert cell not in taken, "the test itself put two numbers into one cell"
            taken.add(cell)
            yield index, cell

    for name, values in known.items():
        for index, cell in cells(at[name]):
            book.set_value(cell.sheet, cell.row, cell.column, float(values[index]))
    for name in declared:
        for index, cell in cells(at[name]):
            book.set_formula(cell.sheet, cell.row, cell.column, f"={rules[name](*index)}")
    book.evaluate_all()
    found = {}
    for name, shape in declared.items():
        found[name] = np.full(shape, np.nan)
        for index in np.ndindex(*shape):
            cell = at[name].cell(*index)
            value = book.get_value(cell.sheet, cell.row, cell.column)
            assert isinstance(value, int | float), f"{name}{list(index)}: ={rules[name](*index)} gives {value!r}"
            found[name][index] = value
    return found


@pytest.mark.parametrize("how", ["planes", "rows", "sheets", "mixed", "back", "grid"])
@pytest.mark.parametrize(("layer", "entry"), entries("case"))
def test_a_case_worked_by_hand_comes_out_in_cells(layer, entry, how):
    found = told_in_cells(layer(**entry["options"]), known_of(entry), how)
    for name, by_hand in entry["tensors"].items():
        np.testing.assert_allclose(found[name], numbers(by_hand), rtol=1e-12, atol=1e-12, err_msg=name)


# The contract


class Noted(dict[str, Any]):
    """A dict that knows what was read from it."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)


def missing_of(layer: type[Layer], table: Mapping[str, Any], vocabulary: Any) -> list[str]:
    """What a layer lacks, in words; nothing where the contract is kept."""
    lacks = []
    kind = layer.kind
    for key in ("sheet", "title", "lead", "formula"):
        if f"kinds.{kind}.{key}" not in vocabulary:
            lacks.append(f"the words kinds.{kind}.{key}")
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
        lacks += [f"{entry['name']}: {fault}" for fault in faults_of(layer(**entry["options"]), known_of(entry))]
    return lacks


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
    assert missing_of(layer, table_of(layer.kind), words.load("en")) == []


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
    @dataclass
    class Bad(Layer):
        kind: ClassVar[str] = "bad"
        offset: int = 0

        def tensors(self, of):
            return {"out": of["x"], "half": of["x"]}

        def params(self, of):
            return {"weight": ()}

        def forward(self, v):
            v["out"] = v["x"].astype(np.float32)
            v["x"] *= 2
            v["secret"] = v["x"]

        def backward(self, v, d):
            v["secret"] += 1
            d["x"] = d["out"][0]
            d["secret"] = 1

        def forward_cells(self, at):
            return {"out": lambda i: f"={at['x'][i]}", "other": lambda i: "1"}

        def options(self):
            return {"offset": self.offset + 1}

    table = {"case": [{"name": "c", "options": {}, "given": {"x": [1.0, 2]}, "params": {"weight": 1}}]}
    lacks = "\n".join(missing_of(Bad, table, words.load("en")))
    for part in (
        "the words kinds.bad.sheet",
        "the words kinds.bad.title",
        "the words kinds.bad.lead",
        "the words kinds.bad.formula",
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
    assert "tests/cases/bad.toml" in missing_of(Bad, {}, words.load("en"))[-1]


def test_the_contract_names_the_methods_that_a_layer_lacks():
    @dataclass(frozen=True)
    class Half(Layer):
        """Told in one way only."""

        kind: ClassVar[str] = "half"

        def tensors(self, of):
            return {"out": of["x"]}

        def forward(self, v):
            v["out"] = v["x"]

    assert missing_of(Half, {}, words.load("en"))[-2:] == ["the method backward", "the method forward_cells"]


@pytest.mark.parametrize(("layer", "entry"), entries("case"))
def test_a_batch_gives_the_same_numbers_as_one_by_one(layer, entry):
    one = layer(**entry["options"])
    known = known_of(entry)
    declared = one.tensors(shapes_of(one, known))
    if not one.batched(shapes_of(one, known)):
        pytest.skip("takes no batch axes, and says so")
    given = {own: known.pop(own) for own in one.reads}

    def turned(own: str, k: int) -> np.ndarray:  # the same numbers in another order, so a truth stays a truth
        return np.roll(given[own], k).reshape(given[own].shape)

    apart = []
    for k in range(6):
        v = {own: turned(own, k) for own in given} | known
        one.forward(v)
        apart.append(v)
    for batch in ((6,), (2, 3), (1, 6)):
        v = {own: np.array([turned(own, k) for k in range(6)]).reshape(*batch, *given[own].shape) for own in given}
        v |= known
        one.forward(v)
        for name, shape in declared.items():
            assert v[name].shape == (*batch, *shape), f"{name} of a batch {batch}"
            for k, index in enumerate(np.ndindex(*batch)):
                np.testing.assert_allclose(v[name][index], apart[k][name], rtol=1e-15, atol=0, err_msg=name)


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


# The halves are independent


def layer_files() -> list[Path]:
    return sorted({Path(inspect.getfile(layer)) for layer in LAYERS})


def base_files() -> list[Path]:
    bases = {base for layer in LAYERS for base in layer.__mro__[1:] if base.__module__.startswith("sheetnet.layers")}
    return sorted(Path(inspect.getfile(base)) for base in bases)


@pytest.mark.parametrize("path", [*layer_files(), *base_files()], ids=lambda path: path.stem)
def test_the_two_tellings_of_a_layer_share_only_its_options(path):
    assert trespasses(path.read_text(encoding="utf-8")) == []


def test_every_layer_has_a_file_of_its_own():
    assert len(layer_files()) == len(LAYERS)
    assert {path.stem for path in layer_files()} == {layer.kind for layer in LAYERS}


BAD = """
import numpy as np
from numpy import exp as e_to_the
from sheetnet.grid import Blocks, Shape, a1
from sheetnet.layers.base import Layer

FACTOR = 2

def double(x):
    return x * FACTOR

def clever(x):
    return np.sum(x)

class Bad(Layer):
    size: int

    def helper(self):
        return self.size

    def forward(self, v):
        at = v["x"]
        v["out"] = double(at) + self.helper() + len(a1(1, 1)) + self.size

    def forward_cells(self, at: Blocks):
        def rule(i):
            self.forward({})
            return f"{at['x'][i]}*{double(1)}+{e_to_the(self.size)}"
        return {"out": lambda i: rule(i) + str(clever(i)) + str(self.helper())}
"""


def test_a_layer_that_computes_its_formulas_is_caught():
    assert trespasses(BAD) == [
        "Bad.forward uses a1, which is about cells",
        "Bad.forward uses at, which is about cells",
        "Bad.forward_cells uses e_to_the, which is NumPy",
        "Bad.forward_cells uses np, which is NumPy",
        "Bad.forward_cells uses self.forward",
        "Bad: both halves use FACTOR, which is no option",
        "Bad: both halves use a1, which is no option",
        "Bad: both halves use double, which is no option",
        "Bad: both halves use self.helper, which is no option",
    ]


def test_an_element_wise_layer_that_computes_its_formula_is_caught():
    bad = """
import numpy as np
class Bad(Elementwise):
    def number(self, x):
        return x + 1
    def slope(self, x):
        return self.cell(x)
    def cell(self, x):
        return str(np.exp(self.number(1)))
"""
    assert trespasses(bad) == [
        "Bad.slope uses self.cell",
        "Bad.cell uses np, which is NumPy",
        "Bad.cell uses self.number",
        "Bad: both halves use np, which is no option",
        "Bad: both halves use self.number, which is no option",
    ]


def test_a_layer_that_keeps_the_halves_apart_is_not_caught():
    good = """
from sheetnet.layers.window import Windowed
class Good(Windowed):
    size: int
    def forward(self, v):
        n = self.output_size(v["x"].shape)
        v["out"] = np.zeros(n) + len(v)
    def forward_cells(self, at: Blocks):
        n = self.output_size(at["x"].shape)
        return {"out": lambda i: f"{at['x'][i]}+{n}{len(at)}"}
"""
    assert trespasses(good) == []


def test_the_module_of_a_layer_knows_nothing_above_it():
    for path in layer_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sheetnet"):
                room = ".".join((node.module or "").split(".")[:2])
                assert room in ("sheetnet.errors", "sheetnet.grid", "sheetnet.layers"), path.name


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize(
    "layer", [Conv2d(filters=2, size=[2, 3], stride=2, padding=1), MaxPool2d(size=[3, 2], stride=[1, 2], padding=1)]
)
def test_a_line_of_formulas_at_once_is_the_same_as_one_by_one(layer, rows):
    x = Block((2, 5, 6), (Anchor("Red 1%", 9, 4),), ((1, 0), (2, 0), (0, 1))) if rows else planes((2, 5, 6), "Red 1%")
    of = {"x": x.shape}
    out = layer.tensors(of)["out"]
    at = {"x": x, "out": planes(out, "Here")}
    if "weight" in layer.params(of):
        at["weight"] = planes(layer.params(of)["weight"], "There %") if not rows else weights_in_rows()
        at["bias"] = Block((2,), (Anchor("There %", 90, 2),), ((1, 0),), absolute=True)
    rule = layer.forward_cells(at)["out"]
    for c, y in np.ndindex(*out[:2]):
        assert rule.along(c, y) == [rule(c, y, i) for i in range(out[2])]
    assert "'Red 1%'!" in rule(0, 0, 0)


def planes(shape, sheet):
    lead = shape[:-2]
    anchors = tuple(Anchor(sheet, 9 + 20 * i, 4) for i in range(int(np.prod(lead))))
    return Block(shape, anchors, ((1, 0), (0, 1)))


def weights_in_rows():
    return Block((2, 2, 2, 3), (Anchor("There %", 9, 4), Anchor("There %", 29, 4)), ((1, 0), (2, 0), (0, 1)))

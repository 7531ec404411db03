"""The two tellings of a layer are independent, and a layer knows nothing above it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from halves import trespasses

from sheetnet.layers import LAYERS

MODELS = Path(__file__).parent / "layer_models"


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


def model(name: str) -> str:
    """The text of a layer that is there to be judged: tests/layer_models."""
    return (MODELS / f"{name}.py").read_text(encoding="utf-8")


def test_a_layer_that_computes_its_formulas_is_caught():
    assert trespasses(model("mixed")) == [
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
    assert trespasses(model("mixed_elementwise")) == [
        "Bad.slope uses self.cell",
        "Bad.cell uses np, which is NumPy",
        "Bad.cell uses self.number",
        "Bad: both halves use np, which is no option",
        "Bad: both halves use self.number, which is no option",
    ]


def test_a_layer_that_keeps_the_halves_apart_is_not_caught():
    assert trespasses(model("apart")) == []


def test_the_module_of_a_layer_knows_nothing_above_it():
    for path in layer_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sheetnet"):
                room = ".".join((node.module or "").split(".")[:2])
                assert room in ("sheetnet.errors", "sheetnet.grid", "sheetnet.layers"), path.name

"""The two tellings of a layer are independent, and a layer knows nothing above it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from halves import trespasses

from sheetnet.layers import LAYERS


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
from sheetnet.layers.window import output_size
class Good(Layer):
    size: int
    def forward(self, v):
        n = output_size("", self.size, v["x"].shape)
        v["out"] = np.zeros(n) + len(v)
    def forward_cells(self, at: Blocks):
        n = output_size("", self.size, at["x"].shape)
        return {"out": lambda i: f"{at['x'][i]}+{n}{len(at)}"}
"""
    assert trespasses(good) == []


def test_the_module_of_a_layer_knows_nothing_above_it():
    for path in layer_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sheetnet"):
                room = ".".join((node.module or "").split(".")[:2])
                assert room in ("sheetnet.errors", "sheetnet.grid", "sheetnet.layers"), path.name

"""The templates residual and residual-twin, which differ in the shortcuts only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from thorough import OFFICES_LATER
from weights import script, start_of

import sheetnet
from sheetnet import engine
from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request


def test_the_twins_differ_in_nothing_but_the_shortcuts() -> None:
    one, other = template.load("residual"), template.load("residual-twin")
    assert one.network.parameters == other.network.parameters
    kept = [(node.name, node.layer) for node in one.network.nodes if node.layer.kind != "add"]
    assert kept == [(node.name, node.layer) for node in other.network.nodes]
    assert sum(node.layer.kind == "add" for node in one.network.nodes) == 8
    assert script().RECIPES["residual"].settings == script().RECIPES["residual-twin"].settings
    for key in ("seed", "data", "pictures"):
        assert one.card[key] == other.card[key]
    for language in ("en", "zh"):  # what each says of the other is so
        for found, told in ((one, other), (other, one)):
            share = f"{100 * told.card['held_out']['accuracy']:.1f} %"
            assert share in template.load(found.network.name, language).prose["learned"]


def test_the_gradient_finds_its_way_through_the_shortcuts_only() -> None:
    """At the very start, before training: at the first convolution, with the shortcuts and without."""
    steepest = {}
    for name in ("residual", "residual-twin"):
        case = prepare(Request(None, template=name, seed=0))
        inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, "3")}
        values = engine.forward(case.network, inputs, case.parameters)
        gradient = engine.backward(case.network, {**values, **case.parameters})
        steepest[name] = float(np.abs(gradient["conv1.weight"]).max())
    assert steepest["residual"] > 20 * steepest["residual-twin"] > 0
    case = prepare(Request(None, template="residual-twin"))  # and after: its last maps are all 0
    inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, "3")}
    values = engine.forward(case.network, inputs, case.parameters)
    assert not values["relu17.out"].any()
    assert not engine.backward(case.network, {**values, **case.parameters})["conv1.weight"].any()


def test_a_block_whose_f_is_zeros_passes_everything_on() -> None:
    case = prepare(Request(None, template="residual"))
    inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(case.network, "3")}
    blocks = [n for n in case.network.parameters if n.startswith("conv") and not n.startswith("conv1.")]
    silent = {**case.parameters, **{name: 0 * case.parameters[name] for name in blocks}}
    values = engine.forward(case.network, inputs, silent)
    np.testing.assert_array_equal(values["relu9.out"], values["relu1.out"])
    np.testing.assert_array_equal(values["relu17.out"], values["pool.out"])
    gradient = engine.backward(case.network, {**values, **silent})
    np.testing.assert_array_equal(gradient["add8.out"], gradient["relu17.out"] * (values["relu17.out"] > 0))
    np.testing.assert_array_equal(gradient["relu1.out"], gradient["relu9.out"])


@pytest.mark.parametrize("engine_name", ["formualizer", OFFICES_LATER[0]])
def test_the_residual_template_is_proven(tmp_path: Path, needs: Callable[[str], None], engine_name: str) -> None:
    if engine_name == "libreoffice":
        needs(engine_name)
    built = sheetnet.build(None, tmp_path / "r.xlsx", template="residual", engine=engine_name)
    assert built.report is not None
    assert built.report.proven
    assert "Trained. Of 359 pictures" in start_of(tmp_path / "r.xlsx")

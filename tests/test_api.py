"""The Python API is what it is: names and parameters are pinned here."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import sheetnet
from sheetnet.network import Network
from sheetnet.proof.report import Report


def test_the_public_names_are_pinned() -> None:
    named = [
        "Built",
        "Network",
        "Report",
        "SheetnetError",
        "build",
        "convert",
        "evaluate",
        "export",
        "train",
        "verify",
    ]
    assert sheetnet.__all__ == named
    assert sheetnet.Network is Network
    assert sheetnet.Report is Report
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sheetnet.nothing  # noqa: B018


def test_the_parameters_are_pinned() -> None:
    named = ["photo", "out", "template", "model", "label", "size", "fit", "seed", "layout", "language", "theme"]
    named += ["paper", "plain", "reading", "until", "fold", "force", "engine", "progress"]
    assert list(inspect.signature(sheetnet.build).parameters) == named
    assert list(inspect.signature(sheetnet.verify).parameters) == ["path", "engine", "timeout", "progress"]
    named = ["folder", "out", "data", "template", "epochs", "learning_rate", "optimizer", "batch", "seed"]
    named += ["validation", "augment", "patience", "loss", "fit", "force", "reading", "progress"]
    assert list(inspect.signature(sheetnet.train).parameters) == named
    assert list(inspect.signature(sheetnet.evaluate).parameters) == ["model", "folder", "fit", "progress"]
    assert list(inspect.signature(sheetnet.export).parameters) == ["path", "out", "sheets", "timeout", "force"]


def test_what_build_and_verify_return_is_pinned(tmp_path: Path) -> None:
    built = sheetnet.build(None, tmp_path / "x.xlsx", template="by-hand")
    assert (built.path, built.formulas) == (tmp_path / "x.xlsx", 1168)
    assert built.report == sheetnet.verify(str(tmp_path / "x.xlsx"))
    assert {"proven", "cells", "wrong", "tensors", "inputs", "file", "engine"} <= set(dir(built.report))


def test_both_functions_can_be_called_more_than_once(tmp_path: Path) -> None:
    for number in range(2):
        sheetnet.build(None, tmp_path / f"{number}.xlsx", template="by-hand", engine=None)
        assert sheetnet.verify(tmp_path / f"{number}.xlsx").proven


def test_a_network_of_ones_own_is_built(tmp_path: Path) -> None:
    spec = {
        "name": "tiny",
        "classes": ["a", "b"],
        "input": {"shape": [1, 6, 6]},
        "layers": [
            {"name": "conv", "kind": "conv2d", "filters": 2, "size": 3},
            {"name": "flatten", "kind": "flatten"},
            {"name": "dense", "kind": "dense", "units": 2},
            {"name": "softmax", "kind": "softmax"},
        ],
    }
    photo = Path(__file__).parents[1] / "samples" / "rocket.jpg"
    built = sheetnet.build(photo, tmp_path / "tiny.xlsx", template=Network.from_spec(spec))
    assert built.report is not None
    assert built.report.proven


def test_progress_is_told_of_writing_and_proving(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    sheetnet.build(None, tmp_path / "x.xlsx", template="by-hand", progress=lambda *a: seen.append(a))
    assert list(dict.fromkeys(what for what, _, _ in seen)) == ["writing", "reading", "calculating", "comparing"]
    written = [(done, total) for what, done, total in seen if what == "writing"]
    assert written[-1][0] == written[-1][1] > 1000

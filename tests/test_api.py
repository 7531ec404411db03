"""The Python API is what it is: names and parameters are pinned here."""

from __future__ import annotations

import inspect
import json
from dataclasses import fields
from pathlib import Path

import pytest
import surgery

import sheetnet
from sheetnet.network import Network
from sheetnet.proof.report import Edit, Report, Tensor, Wrong


def test_the_public_names_are_pinned() -> None:
    types = [
        "Assigned",
        "Batch",
        "Built",
        "Calibration",
        "Comparison",
        "Doubt",
        "Edit",
        "Engine",
        "Evaluation",
        "Graded",
        "Handout",
        "Network",
        "Page",
        "Picture",
        "Piece",
        "Progress",
    ]
    types += ["Made", "Reading", "Report", "Score", "Tensor", "Trained", "Verdict", "Wrong"]
    errors = ["EngineError", "JobError", "LimitError", "ModelFileError", "NetworkError", "PhotoError"]
    errors += ["SheetnetError", "TrainingError", "WorkbookError"]
    functions = ["assign", "batch", "build", "compare", "convert", "evaluate", "export", "grade", "handout"]
    functions += ["page", "train", "verify"]
    named = sorted(types + errors) + functions
    assert sheetnet.__all__ == named
    for name in named:
        assert getattr(sheetnet, name) is not None
    assert sheetnet.Network is Network
    assert sheetnet.Report is Report
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sheetnet.nothing  # noqa: B018


def test_the_parameters_are_pinned() -> None:
    named = [
        "photo",
        "out",
        "template",
        "model",
        "label",
        "size",
        "fit",
        "stretch",
        "seed",
        "layout",
        "language",
        "theme",
    ]
    named += ["paper", "plain", "backward", "reading", "until", "fold", "force", "engine", "progress"]
    assert list(inspect.signature(sheetnet.build).parameters) == named
    assert list(inspect.signature(sheetnet.batch).parameters) == ["folder", *named[1:], "jobs", "scheduler"]
    named = ["photo", "out", "answers", "count", "names", "level", "paper", "language", "seed", "force", "engine"]
    assert list(inspect.signature(sheetnet.handout).parameters) == [*named, "progress"]
    named = ["photo", "out", "template", "model", "language", "force", "progress"]
    assert list(inspect.signature(sheetnet.page).parameters) == named
    assert list(inspect.signature(sheetnet.verify).parameters) == [
        "path",
        "engine",
        "timeout",
        "memory",
        "progress",
    ]
    named = ["folder", "out", "epochs", "learning_rate", "optimizer", "batch", "seed", "validation", "augment"]
    named += [
        "nothing",
        "smoothing",
        "balance",
        "patience",
        "history",
        "loss",
        "data",
        "labels",
        "start",
        "template",
        "fit",
        "force",
        "reading",
        "progress",
    ]
    assert list(inspect.signature(sheetnet.train).parameters) == named
    named = ["model", "folder", "labels", "fit", "reading", "predictions", "force", "progress"]
    assert list(inspect.signature(sheetnet.evaluate).parameters) == named
    named = ["first", "second", "engine", "timeout", "memory", "progress"]
    assert list(inspect.signature(sheetnet.compare).parameters) == named
    assert list(inspect.signature(sheetnet.export).parameters) == [
        "path",
        "out",
        "sheets",
        "everything",
        "timeout",
        "memory",
        "force",
    ]
    named = ["photos", "out", "template", "model", "label", "names", "count", "blank", "ask", "level", "one", "seed"]
    named += ["language", "theme", "paper", "jobs", "scheduler", "force", "engine", "progress"]
    assert list(inspect.signature(sheetnet.assign).parameters) == named
    named = ["manifest", "submissions", "out", "gradebook", "assignment", "hide_answers", "jobs", "scheduler"]
    named += ["timeout", "memory", "force", "progress"]
    assert list(inspect.signature(sheetnet.grade).parameters) == named


def test_what_build_and_verify_return_is_pinned(tmp_path: Path) -> None:
    built = sheetnet.build(None, tmp_path / "x.xlsx", template="by-hand")
    count = surgery.count_formulas(tmp_path / "x.xlsx")
    assert (built.path, built.formulas) == (tmp_path / "x.xlsx", count)
    report = sheetnet.verify(str(tmp_path / "x.xlsx"))
    assert built.report == report
    assert (report.formulas, report.cells) == (count, count)
    assert (report.proven, report.fresh, report.status) == (True, True, 0)


def test_the_names_of_a_report_are_pinned() -> None:
    named = ["file", "engine", "tensors", "inputs", "settings", "formulas", "edits", "own", "fed", "stale"]
    named += ["stale_first", "stored", "gone", "moved"]
    assert [field.name for field in fields(Report)] == named
    assert {"proven", "fresh", "cells", "wrong", "status", "lines", "last_line", "to_json"} <= set(dir(Report))
    named = ["name", "sheet", "cells", "compared", "local", "end_to_end", "verdict", "wrong", "looks"]
    assert [field.name for field in fields(Tensor)] == named
    assert [field.name for field in fields(Wrong)] == ["sheet", "address", "expected", "found", "why"]
    assert [field.name for field in fields(Edit)] == ["what", "count", "first"]


def test_a_report_as_json_says_everything_that_it_holds(tmp_path: Path) -> None:
    report = sheetnet.build(None, tmp_path / "x.xlsx", template="by-hand").report
    assert report is not None
    told = json.loads(json.dumps(report.to_json()))
    assert set(told) == {field.name for field in fields(Report)} | {"proven", "fresh", "status", "cells"}
    assert set(told["tensors"][0]) == {field.name for field in fields(Tensor)}


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

"""The gradient of the photo: which pixels matter, where every layer in front can give back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
from click.testing import CliRunner
from learners import CAT, NETWORKS, described, network, request

import sheetnet
from sheetnet import engine
from sheetnet.case.request import Request
from sheetnet.cli import main
from sheetnet.layers.activation.mish import Mish
from sheetnet.lesson.build import NO_PHOTO
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.learning import passes
from sheetnet.lesson.learning.passes import Passes
from sheetnet.network import PHOTO, Network
from sheetnet.proof.prove import prove

BACK = "Photo back"
RESCALE = {"name": "z", "kind": "rescale", "divisor": 255, "mean": 0.5, "std": 0.5}


def gradient_of_photo(lesson: Lesson) -> tuple[str, np.ndarray]:
    """Full name and numbers of what lies on the sheet, the channels side by side."""
    blocks = lesson.plan.blocks
    [full] = [full for full, block in blocks.items() if block.anchors[0].sheet == BACK and full.endswith(".dx")]
    return full, lesson.value(full)


def numeric(lesson: Lesson, place: tuple[int, ...]) -> float:
    """How fast the loss grows with a pixel, from two forward passes."""
    net, e = lesson.network, 1e-3
    parameters = {full: lesson.values[full] for full in net.parameters}
    losses = []
    for by in (e, -e):
        inputs = {full: np.array(lesson.value(full), dtype=float) for full in net.inputs}
        inputs[f"{PHOTO}.out"][place] += by
        assert net.loss is not None
        losses.append(float(engine.forward(net, inputs, parameters)[f"{net.loss.name}.out"]))
    return (losses[0] - losses[1]) / (2 * e)


def behind(layers: list[dict[str, Any]], size: int = 9) -> Network:
    spec = {"name": "tiny", "classes": ["a", "b"], "input": {"shape": [3, size, size]}, "layers": layers}
    return Network.from_spec(spec)


@pytest.mark.parametrize("layout", ["planes", "rows"])
@pytest.mark.parametrize("first", [[], [RESCALE]], ids=["the photo itself", "behind a rescale"])
def test_each_pixel_has_the_slope_of_the_loss(first: list[dict[str, Any]], layout: str) -> None:
    layers = [*first, *NETWORKS["stride and padding"]]
    spec = {"name": "tiny", "classes": ["a", "b"], "input": {"shape": [3, 9, 9]}, "layout": layout, "layers": layers}
    lesson = described(Request(CAT, template=Network.from_spec(spec), label="a", backward=True, engine=None))
    full, found = gradient_of_photo(lesson)
    assert np.abs(found).max() > 0
    for place in ((0, 0, 0), (1, 4, 5), (2, 8, 8), (2, 3, 0)):
        assert found[place] == pytest.approx(numeric(lesson, place), rel=1e-4, abs=1e-9)
    rows = {lesson.plan.blocks[full].cell(c, 3, 0).row for c in range(3)}
    assert rows == {lesson.plan.blocks[f"{PHOTO}.out"].cell(0, 3, 0).row}


def test_a_photo_that_several_layers_read_gets_what_all_give_back() -> None:
    conv = {"kind": "conv2d", "filters": 2, "size": 3, "padding": "same"}
    layers = [
        {**conv, "name": "c"},
        {**conv, "name": "d", "inputs": ["photo"]},
        {"name": "plus", "kind": "add", "inputs": ["c", "d"]},
        *NETWORKS["a shortcut"][-5:],
    ]
    lesson = described(Request(CAT, template=behind(layers), label="a", backward=True, engine=None))
    found = lesson.value(f"grad.{PHOTO}.out")
    for place in ((0, 0, 0), (2, 4, 5)):
        assert found[place] == pytest.approx(numeric(lesson, place), rel=1e-4, abs=1e-9)


def test_where_a_layer_in_front_gives_nothing_back_there_is_no_such_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Passes(behind([RESCALE, *NETWORKS["stride and padding"]]))
    assert shown.reaches_photo
    assert [node.name for node in shown.front] == ["z"]
    gone = [{"name": "m", "kind": "mish"}, *NETWORKS["stride and padding"]]
    assert Passes(behind(gone)).reaches_photo
    monkeypatch.setattr(Mish, "gives_back", ())
    lesson = described(Request(CAT, template=behind(gone), label="a", backward=True, engine=None))
    assert not Passes(behind(gone)).reaches_photo
    assert BACK not in lesson.trail


def test_a_workbook_that_would_be_too_large_is_built_without_it_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = described(request("stride and padding"))
    count = sum(int(np.prod(whole.plan.blocks[full].shape)) for full in whole.plan.computed())
    monkeypatch.setattr(passes, "MOST_FORMULAS", count - 200)
    assert BACK in whole.trail
    assert whole.notes == ()
    asked = {"template": network("stride and padding"), "label": "a", "backward": True, "engine": None}
    assert BACK not in described(request("stride and padding")).trail
    built = sheetnet.build(CAT, tmp_path / "x.xlsx", **asked)  # type: ignore[arg-type]
    assert built.notes == (NO_PHOTO,)
    with monkeypatch.context() as patched:
        patched.setattr(sheetnet, "build", lambda **_: built)
        told = CliRunner().invoke(main, ["build", str(CAT)])
    assert f"note: {NO_PHOTO}\n" in told.output


def test_a_larger_photo_is_seen_in_colours_first_and_all_of_it_is_proven(tmp_path: Path) -> None:
    layers = [RESCALE, *NETWORKS["stride and padding"]]
    asked = {"template": behind(layers, 12), "label": "a", "backward": True, "engine": None}
    path = sheetnet.build(CAT, tmp_path / "x.xlsx", **asked).path
    report = prove(path)
    assert report.proven, "\n".join(report.lines())
    assert report.formulas == surgery.count_formulas(path)
    content = surgery.parts(path)
    surgery.replace_cell(content, BACK, "AU15", surgery.cell_xml("AU15", "SUM(1,2)", "3"))
    changed = prove(surgery.save(tmp_path / "changed.xlsx", content))
    assert (BACK, "AU15") in {(wrong.sheet, wrong.address) for wrong in changed.wrong}


def test_small_networks_have_one_sheet_more() -> None:
    assert BACK in described(Request(None, template="by-hand", backward=True, engine=None)).trail
    assert Passes(network("a shortcut")).reaches_photo

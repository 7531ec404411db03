"""One step of learning in cells: gradients, new weights and the loss with them, proven and live."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
from learners import CAT, NETWORKS, TAIL, described, network, request
from thorough import OFFICES_LATER

import sheetnet
from sheetnet import engine, words
from sheetnet.case.request import Request
from sheetnet.errors import NetworkError
from sheetnet.layers import LAYERS
from sheetnet.layers.activation.mish import Mish
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.learning import again, rates
from sheetnet.lesson.learning.passes import Passes
from sheetnet.network import Network
from sheetnet.proof.prove import prove
from sheetnet.recalc import EMBEDDED, Session, open_engine
from sheetnet.workbook.book import Cell


def gradients_of(lesson: Lesson) -> dict[str, str]:
    """Full name of each weight -> that of its gradient."""
    looks = {name: look for name, look in lesson.plan.looks.items() if name.startswith("new.")}
    return {str(look.reads["weight"]): str(look.reads["gradient"]) for look in looks.values()}


@pytest.mark.parametrize("layout", ["planes", "rows"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_parameter_that_has_a_gradient_takes_a_step(name: str, layout: str) -> None:
    lesson = described(request(name, layout))
    found = gradients_of(lesson)
    parameters = {full: lesson.values[full] for full in lesson.network.parameters}
    inputs = {full: lesson.value(full) for full in lesson.network.inputs}
    true = engine.backward(lesson.network, engine.forward(lesson.network, inputs, parameters))
    fixed = {f"n.{own}" for own in ("mean", "variance")}  # of a batchnorm, as it was learned from
    assert set(found) == set(parameters) - fixed
    for full, gradient in found.items():
        np.testing.assert_allclose(lesson.value(gradient), true[full], rtol=1e-9, atol=1e-12, err_msg=full)


def test_softmax_and_loss_with_new_weights_have_the_headings_and_classes_of_those_before() -> None:
    lesson = described(Request(template="by-hand", backward=True))
    for title, keys in {"Softmax after": ("exp", "log", "out", "top", "sum"), "Loss after": ("term", "out")}.items():
        kind = "softmax" if title.startswith("Softmax") else "crossentropy"
        rows = lesson.book.sheet(title).rows.values()
        said = {cell.value for row in rows for cell in row if isinstance(cell, Cell)}
        assert {lesson.words(f"labels.{kind}.{key}") for key in keys} <= said
    for name in ("after.softmax", "after.loss", "after.dense", "back.dense"):
        assert lesson.value(f"named.{name}.out").tolist() == ["Red cross", "Blue frame", "Green dot"]


@pytest.mark.parametrize("layout", ["planes", "rows"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_formula_of_it_is_proven(name: str, layout: str, tmp_path: Path) -> None:
    asked = {"template": network(name, layout), "label": "a", "backward": True, "engine": None}
    built = sheetnet.build(CAT, tmp_path / "x.xlsx", **asked)
    report = prove(built.path)
    assert report.proven, "\n".join(report.lines())
    assert report.formulas == surgery.count_formulas(built.path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_helps_on_the_way_has_words(language: str) -> None:
    said = words.load(language)
    helpers = {own for layer in LAYERS for own in layer.serves}
    assert helpers
    for own in helpers:
        assert said(f"learning.{own}", title="Conv")


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backward") / "by-hand.xlsx"
    return sheetnet.build(None, path, template="by-hand", backward=True, engine=None).path


@pytest.mark.parametrize("name", OFFICES_LATER)
def test_other_spreadsheets_calculate_the_same(by_hand: Path, name: str, needs: Callable[[str], None]) -> None:
    needs(name)
    report = prove(by_hand, name)
    assert report.proven, "\n".join(report.lines())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_titles_are_in_the_language(language: str, tmp_path: Path) -> None:
    asked = {"template": "by-hand", "language": language, "backward": True, "engine": None}
    titles = surgery.titles(surgery.parts(sheetnet.build(None, tmp_path / "x.xlsx", **asked).path))
    said = words.load(language)
    conv = said("kinds.conv2d.sheet")
    assert [said("sheets.back", title=conv), said("sheets.after", title=conv)] == [t for t in titles if conv in t][
        -2:
    ]
    assert said("sheets.update") in titles


def opened(path: Path) -> Session:
    session = open_engine(EMBEDDED, path.read_bytes(), time.monotonic() + 60)
    session.evaluate()
    return session


def update(session: Session) -> tuple[float, float, float, str]:
    """Loss before, loss after, change, and what is said of it."""
    session.evaluate()
    before, after, change = (session.rectangle("Update", row, 2, row, 2)[0][0] for row in (10, 11, 12))
    return before, after, change, session.rectangle("Update", 12, 4, 12, 4)[0][0]


def test_the_loss_falls_and_with_a_rate_too_high_it_rises(by_hand: Path, tmp_path: Path) -> None:
    session = opened(by_hand)
    before, after, change, said = update(session)
    assert 0 < after < before
    assert change == pytest.approx(after - before)
    assert said.startswith("The loss falls")
    session.set("Update", 9, 2, 0)
    assert update(session)[2] == pytest.approx(0, abs=1e-12)
    assert update(session)[3].startswith("The loss stays")
    session.set("Update", 9, 2, -0.5)
    assert update(session)[2] > 0
    assert update(session)[3].startswith("The loss rises")
    asked = {"template": network("stride and padding"), "label": "a", "backward": True, "engine": None}
    session = opened(sheetnet.build(CAT, tmp_path / "x.xlsx", **asked).path)
    assert update(session)[2] < 0
    session.set("Update", 9, 2, 30)
    assert update(session)[2] > 1000
    assert update(session)[3].startswith("The loss rises")


def test_how_to_take_the_next_step_lies_on_the_first_screen(by_hand: Path) -> None:
    session = opened(by_hand)
    told = [session.rectangle("Update", row, 1, row, 1)[0][0] for row in range(9, 29)]
    said = words.load("en")
    assert {said(f"learning.{key}") for key in ("next", "next_how", "next_then")} <= set(told)


def test_new_weights_that_are_pasted_are_the_next_step(by_hand: Path) -> None:
    session = opened(by_hand)
    after = update(session)[1]
    pasted = []
    for node, rows, columns in (("Conv", range(11, 22), range(3, 16)), ("Dense", range(11, 46), range(4, 7))):
        for row in rows:
            for column in columns:
                new = session.rectangle(f"{node} after", row, column, row, column)[0][0]
                old = session.rectangle(node, row, column, row, column)[0][0]
                if isinstance(new, float) and isinstance(old, float) and not (node == "Dense" and row == 10):
                    pasted.append((node, row, column, new))
    for node, row, column, new in pasted:
        session.set(node, row, column, new)
    assert update(session)[0] == pytest.approx(after, rel=1e-9)


def test_a_gradient_that_was_changed_is_named(by_hand: Path, tmp_path: Path) -> None:
    content = surgery.parts(by_hand)
    surgery.replace_cell(content, "Conv back", "E11", surgery.cell_xml("E11", "SUM(1,2)", "3"))
    report = prove(surgery.save(tmp_path / "changed.xlsx", content))
    assert not report.proven
    assert ("Conv back", "E11") in {(wrong.sheet, wrong.address) for wrong in report.wrong}


@pytest.mark.parametrize("name", ["a shortcut", "a leak that is learned"])
def test_a_gradient_is_named_after_what_it_belongs_to(name: str) -> None:
    lesson = described(request(name))
    sheets = [sheet for sheet in lesson.book.sheets if sheet.title.endswith(" back")]
    texts = {cell.value for sheet in sheets for row in sheet.rows.values() for cell in row if isinstance(cell, Cell)}
    found = {text for text in texts if isinstance(text, str) and text.startswith("dL/d") and " " not in text}
    more = {"dL/dscale"} if name == "a shortcut" else {"dL/dslope"}
    assert found == {"dL/dout", "dL/dweight", "dL/dbias"} | more


def test_no_words_stand_in_the_blank_cells_that_a_convolution_reads() -> None:
    lesson = described(request("a shortcut"))
    block = lesson.plan.blocks["after.r.out"]
    at, (top, left, _, right) = block.anchors[0], lesson.plan.margins["r.out"]
    assert top == 1
    around = range(at.column - left, at.column + block.shape[2] + right)
    above = lesson.book.sheet(at.sheet).rows.get(at.row - 1, [])
    assert not {cell.column for cell in above} & set(around)


def refused(out: Path, layers: list[dict[str, Any]], classes: tuple[str, ...] = ("a", "b"), **more: Any) -> str:
    """What is said of a network that cannot take a step of learning."""
    spec = {"name": "tiny", "classes": list(classes), "input": {"shape": [3, 9, 9]}, "layers": layers}
    with pytest.raises(NetworkError) as error:
        sheetnet.build(CAT, out, template=Network.from_spec(spec), backward=True, **more)
    return str(error.value)


def test_what_cannot_learn_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mish, "gives_back", ())
    out, conv = tmp_path / "x.xlsx", {"name": "c", "kind": "conv2d", "filters": 2, "size": 3}
    assert "choose the true class: --label" in refused(out, [conv, *TAIL])
    assert "has no loss" in refused(out, [conv, *TAIL[:-1]])
    mish = refused(out, [conv, {"name": "g", "kind": "mish"}, *TAIL], label="a")
    assert "layer 'g' of kind mish has no gradient in cells" in mish
    frozen = [{"name": "g", "kind": "globalavgpool"}, {"name": "flatten", "kind": "flatten"}, *TAIL[2:]]
    assert "has no weights that are learned" in refused(out, frozen, ("a", "b", "c"), label="a")
    with pytest.raises(NetworkError, match="formulas, and 300,000 are the most"):
        sheetnet.build(CAT, out, label="Coffee", backward=True, size=112, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_the_chart_shows_the_loss_for_twelve_rates_of_which_one_is_the_readers_own(by_hand: Path) -> None:
    session = opened(by_hand)
    for rate in (0.5, 2.0):
        session.set("Update", 9, 2, rate)
        before, after, _, _ = update(session)
        listed = [tuple(row) for row in session.rectangle("Update", 31, 1, 42, 2)]
        assert listed[0] == (0.0, pytest.approx(before))
        assert listed[3] == (rate, pytest.approx(after))
        assert [one for one, _ in listed] == [factor * rate for factor in rates.FACTORS]


def test_only_a_small_network_has_a_chart_of_rates() -> None:
    padded = [{"name": "c", "kind": "conv2d", "filters": 2, "size": 3}, NETWORKS["a shortcut"][3], *TAIL]
    head = {"name": "tiny", "classes": ["a", "b"]}
    for shape, layers, offered in (
        ([3, 9, 9], NETWORKS["stride and padding"], True),
        ([3, 9, 9], padded, True),
        ([3, 9, 9], NETWORKS["a shortcut"], False),
        ([3, 40, 40], NETWORKS["stride and padding"], False),
    ):
        spec = {**head, "input": {"shape": shape}, "layers": layers}
        assert again.offered(Passes(Network.from_spec(spec))) == offered


def test_half_the_squared_error_learns_as_well(tmp_path: Path) -> None:
    """Softmax then gives back by itself, and not together with the loss."""
    layers = [{"name": "c", "kind": "conv2d", "filters": 2, "size": 3}, {"name": "r", "kind": "relu"}]
    layers += [*TAIL[:-1], {"name": "loss", "kind": "halfsquarederror"}]
    spec = {"name": "tiny", "classes": ["a", "b"], "input": {"shape": [3, 9, 9]}, "layers": layers}
    asked: dict[str, Any] = {"template": Network.from_spec(spec), "label": "a", "backward": True, "engine": None}
    lesson = described(Request(CAT, **asked))
    inputs = {full: lesson.value(full) for full in lesson.network.inputs}
    parameters = {full: lesson.values[full] for full in lesson.network.parameters}
    true = engine.backward(lesson.network, engine.forward(lesson.network, inputs, parameters))
    for full, gradient in gradients_of(lesson).items():
        np.testing.assert_allclose(lesson.value(gradient), true[full], rtol=1e-9, atol=1e-12, err_msg=full)
    report = prove(sheetnet.build(CAT, tmp_path / "x.xlsx", **asked).path)
    assert report.proven, "\n".join(report.lines())
    assert "grad.softmax.x.dx" in {tensor.name for tensor in report.tensors}

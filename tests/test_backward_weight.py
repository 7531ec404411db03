"""The close-up of a weight: what every place adds to its gradient, and the same slope from the loss alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
from learners import CAT, NETWORKS, network

import sheetnet
from sheetnet import engine
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.grid import a1
from sheetnet.lesson.learning.passes import Passes
from sheetnet.lesson.learning.weight import weighty
from sheetnet.network import Network
from sheetnet.proof.prove import prove
from sheetnet.recalc import EMBEDDED, open_engine
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import read

SHEET, CHOSEN = "One weight", 3
LAYER, FILTER, CHANNEL, ROW, COLUMN = range(10, 15)
WEIGHT, TOTAL, THERE, TICK = range(17, 21)
STEP, UP, DOWN, SLOPE, APART = range(22, 27)
SAID = (17, 7)
ASKED: dict[str, dict[str, Any]] = {
    "by-hand": {"template": "by-hand"},
    **{name: {"template": network(name), "photo": CAT, "label": "a"} for name in NETWORKS},
}
# Layer, its number, and filter, channel, row and column of a weight: none of them the one that is shown at first.
CHOICES = {
    "by-hand": ("conv", 1, (1, 2, 0, 2)),
    "stride and padding": ("d", 2, (1, 2, 1, 0)),
    "overlapping pools": ("d", 2, (0, 1, 1, 1)),
    "a leak that is learned": ("c", 1, (1, 0, 2, 1)),
    "a shortcut": ("d", 2, (2, 0, 0, 2)),
    "groups and padding": ("d", 2, (2, 1, 1, 0)),
}
SMALL = tuple(name for name in CHOICES if name != "a shortcut")  # enough for two more forward passes


GROUPED = "groups and padding"  # it has a line more: the channel of x that the weight meets


def asked(name: str) -> Request:
    return Request(**{"photo": None, **ASKED[name], "backward": True, "engine": None})


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("weight")
    for number, name in enumerate(ASKED):
        given = {"photo": None, **ASKED[name]}
        sheetnet.build(given.pop("photo"), folder / f"{number}.xlsx", **given, backward=True, engine=None)
    return {name: folder / f"{number}.xlsx" for number, name in enumerate(ASKED)}


def numbers(name: str) -> tuple[Network, dict[str, Any], dict[str, Any]]:
    """The network, its inputs and its parameters."""
    case = prepare(asked(name))
    network = case.network
    return network, {f: case.values[f] for f in network.inputs}, {f: case.values[f] for f in network.parameters}


def true_gradient(name: str, full: str) -> np.ndarray:
    network, inputs, parameters = numbers(name)
    return engine.backward(network, engine.forward(network, inputs, parameters))[full]


def loss_with(name: str, full: str, place: tuple[int, ...], by: float) -> float:
    network, inputs, parameters = numbers(name)
    parameters[full] = parameters[full].copy()
    parameters[full][place] += by
    assert network.loss is not None
    return float(engine.forward(network, inputs, parameters)[f"{network.loss.name}.out"])


def chosen(path: Path, layer: str, place: tuple[int, ...]) -> bytes:
    """The workbook with another choice."""
    content = surgery.parts(path)
    text = surgery.cell_xml(f"C{LAYER}", None, None, ' t="inlineStr"').replace(
        "></c>", f"><is><t>{layer}</t></is></c>"
    )
    surgery.replace_cell(content, SHEET, f"C{LAYER}", text)
    for row, one in zip((FILTER, CHANNEL, ROW, COLUMN), place, strict=True):
        surgery.replace_cell(content, SHEET, f"C{row}", surgery.cell_xml(f"C{row}", None, str(one + 1)))
    return surgery.save(path.with_suffix(".chosen.xlsx"), content).read_bytes()


def title_of(path: Path, number: int) -> str:
    """What the list of the layers calls the one with a number."""
    cells = read(path.read_bytes(), str(path)).cells[SHEET]
    begins = max(row for row, column in cells if column == 2 and "Lists" in str(cells[row, column].value))
    return str(cells[begins + number, 2].value)


@pytest.mark.thorough
def test_any_weight_that_is_chosen_has_the_gradient_that_numpy_says(
    books: dict[str, Path], needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    changed = [chosen(books[of], title_of(books[of], number), place) for of, (_, number, place) in CHOICES.items()]
    saved = recalculate("libreoffice", changed, time.monotonic() + 120)
    for of, data in zip(CHOICES, saved, strict=True):
        node, _, place = CHOICES[of]
        cells = read(data, of).cells[SHEET]
        rows = {row: row + (of == GROUPED) for row in range(WEIGHT, APART + 1)}
        found = {row: cells[at, CHOSEN].value for row, at in rows.items() if (at, CHOSEN) in cells}
        true = true_gradient(of, f"{node}.weight")[place]
        assert found[WEIGHT] == pytest.approx(numbers(of)[2][f"{node}.weight"][place]), of
        assert found[TOTAL] == pytest.approx(true, rel=1e-9, abs=1e-12), of
        assert found[THERE] == pytest.approx(true, rel=1e-9, abs=1e-12), of
        assert found[TICK] == "✓ the same"
        assert (UP in found) == (of in SMALL)
        if of in SMALL:
            up, down = (loss_with(of, f"{node}.weight", place, by) for by in (0.001, -0.001))
            assert found[UP] == pytest.approx(up, rel=1e-9)
            assert found[DOWN] == pytest.approx(down, rel=1e-9)
            assert found[SLOPE] == pytest.approx((up - down) / 0.002, abs=1e-9)
            assert found[APART] == pytest.approx(abs((up - down) / 0.002 - true), abs=1e-9)


@pytest.mark.thorough
def test_the_first_choice_is_the_weight_with_the_largest_gradient(books: dict[str, Path]) -> None:
    for of, path in books.items():
        cells = read(path.read_bytes(), of).cells[SHEET]
        node = prepare(asked(of)).network.nodes[0].name
        assert abs(cells[TOTAL + (of == GROUPED), CHOSEN].value) == pytest.approx(
            abs(true_gradient(of, f"{node}.weight")).max()
        )


def test_every_filter_meets_the_channels_of_its_own_group(books: dict[str, Path]) -> None:
    session = open_engine(EMBEDDED, books[GROUPED].read_bytes(), time.monotonic() + 60)
    for number, (node, shared) in enumerate((("c", 2), ("d", 2)), 1):
        true = true_gradient(GROUPED, f"{node}.weight")
        session.set(SHEET, LAYER, CHOSEN, title_of(books[GROUPED], number))
        for filter_, channel in np.ndindex(*true.shape[:2]):
            place = filter_, channel, filter_ % true.shape[2], channel % true.shape[3]
            for row, one in zip((FILTER, CHANNEL, ROW, COLUMN), place, strict=True):
                session.set(SHEET, row, CHOSEN, one + 1)
            session.evaluate()
            met, *_, total, there, tick = (row[0] for row in session.rectangle(SHEET, 15, CHOSEN, TICK + 1, CHOSEN))
            assert met == filter_ // shared * true.shape[1] + channel + 1
            assert [total, there] == pytest.approx([true[place]] * 2, rel=1e-9, abs=1e-12)
            assert tick == "✓ the same"


def test_h_is_the_readers_own_and_a_kink_is_told(books: dict[str, Path]) -> None:
    session = open_engine(EMBEDDED, books["by-hand"].read_bytes(), time.monotonic() + 60)
    session.evaluate()

    def shown(row: int, column: int = CHOSEN) -> Any:
        session.evaluate()
        return session.rectangle(SHEET, row, column, row, column)[0][0]

    assert shown(*SAID).startswith("Two more forward passes")
    apart = shown(APART)
    session.set(SHEET, STEP, CHOSEN, 0.1)
    assert shown(APART) > 100 * apart
    for far, used in ((0, 0.00001), (-0.5, 0.5), ("e", 0.001)):
        session.set(SHEET, STEP, CHOSEN, far)
        assert shown(STEP, 4) == used
        assert isinstance(shown(SLOPE), float)
    session.set(SHEET, STEP, CHOSEN, 0.001)
    for row, one in ((FILTER, 2), (ROW, 1), (COLUMN, 1)):
        session.set(SHEET, row, CHOSEN, one)
    assert shown(TICK) == "✓ the same"
    assert shown(*SAID).startswith("They differ: h is too large, or a number")


def test_the_sentence_says_which_way_the_step_goes(books: dict[str, Path]) -> None:
    session = open_engine(EMBEDDED, books["by-hand"].read_bytes(), time.monotonic() + 60)
    for place, way in ((((1, 1, 2, 2)), "larger"), ((2, 2, 1, 1), "smaller"), ((1, 2, 1, 1), "as it is")):
        for row, one in zip((FILTER, CHANNEL, ROW, COLUMN), place, strict=True):
            session.set(SHEET, row, CHOSEN, one)
        session.evaluate()
        assert session.rectangle(SHEET, 7, 1, 7, 1)[0][0].endswith(way)


def test_a_product_or_a_nudged_weight_that_was_changed_is_named(books: dict[str, Path], tmp_path: Path) -> None:
    tampered = {(SHEET, "U12"): ("SUM(1,2)", "3"), ("Nudged", "H11"): ("SUM(1,1)", "2")}
    content = surgery.parts(books["by-hand"])
    for (title, address), (formula, value) in tampered.items():
        surgery.replace_cell(content, title, address, surgery.cell_xml(address, formula, value))
    report = prove(surgery.save(tmp_path / "changed.xlsx", content))
    assert not report.proven
    assert set(tampered) <= {(wrong.sheet, wrong.address) for wrong in report.wrong}


def test_a_number_in_the_padding_of_a_nudged_pass_is_not_proven(books: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(books[GROUPED])
    cells = read(books[GROUPED].read_bytes(), GROUPED).cells["Nudged"]
    row, column = min(place for place, cell in cells.items() if cell.value == "Tanh: out")
    assert (row + 1, column) not in cells
    assert isinstance(cells[row + 2, column].value, float)
    typed = a1(row + 1, column)
    surgery.insert_cell(content, "Nudged", typed, surgery.cell_xml(typed, None, "5"))
    report = prove(surgery.save(tmp_path / "changed.xlsx", content))
    assert not report.proven
    assert {wrong.sheet for wrong in report.wrong} == {"Nudged"}


def test_maps_too_large_are_not_offered() -> None:
    for side, offered in ((34, True), (35, False)):
        spec = {"name": "tiny", "classes": ["a", "b"], "input": {"shape": [3, side, side]}}
        layers = NETWORKS["stride and padding"]
        layers = [{**layers[0], "stride": 1, "padding": "valid"}, *layers[3:]]
        assert bool(weighty(Passes(Network.from_spec({**spec, "layers": layers})))) == offered

"""How a network learned is kept in its model file where that is asked for, and a workbook of it shows it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import zoo
from click.testing import CliRunner
from sorts import pictures
from test_training import network_of

import sheetnet
from sheetnet import modelfile, words
from sheetnet.case import history
from sheetnet.case.history import history_of
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.cli import main
from sheetnet.layout.sheets import history as places
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame import screen
from sheetnet.network import Network
from sheetnet.training import growth, model
from sheetnet.training.fit import Settings, Trained, fit

EPOCHS = 7


@pytest.fixture(scope="module")
def learned() -> Trained:
    return fit(network_of(), pictures(), Settings(epochs=EPOCHS, history=True))


@pytest.fixture(scope="module")
def file(learned: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "m.safetensors"
    model.save(path, learned, pictures(), force=False)
    return path


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PIL import Image

    path = tmp_path_factory.mktemp("photo") / "p.png"
    Image.fromarray(pictures().x[0, 0]).save(path)
    return path


def card(trained: Trained) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(model.card_of(trained, pictures())))
    return made


def test_the_card_has_each_epoch_and_the_filters_as_they_grew(learned: Trained) -> None:
    told = history_of(card(learned), learned.network, learned.parameters)
    assert told is not None
    assert told.epochs == tuple(range(1, EPOCHS + 1))
    assert told.loss == tuple(round(one.loss, 6) for one in learned.history)
    assert told.held_accuracy == tuple(round(one.held.accuracy, 4) for one in learned.history if one.held)
    assert told.best == learned.epoch
    assert told.layer == "conv1"
    before = network_of().fill({}, 0)["conv1.weight"]
    after = learned.parameters["conv1.weight"]
    assert [epoch for epoch, _ in told.filters] == [0, 1, 2, 5, *([] if learned.epoch == 5 else [learned.epoch])]
    np.testing.assert_allclose(told.filters[0][1], before, rtol=1e-5)
    np.testing.assert_allclose(told.filters[-1][1], after, rtol=1e-5)
    assert np.abs(told.filters[1][1] - before).max() > 1e-4


def test_looking_changes_nothing_and_who_does_not_ask_gets_the_card_of_before(learned: Trained) -> None:
    silent = fit(network_of(), pictures(), Settings(epochs=EPOCHS))
    assert silent.grown is None
    for name, value in silent.parameters.items():
        np.testing.assert_array_equal(value, learned.parameters[name])
    told = card(learned)
    assert told.pop("history")
    assert told == card(silent)


def test_the_same_seed_gives_the_same_file(file: Path, tmp_path: Path) -> None:
    again = fit(network_of(), pictures(), Settings(epochs=EPOCHS, history=True))
    model.save(tmp_path / "m.safetensors", again, pictures(), force=False)
    assert (tmp_path / "m.safetensors").read_bytes() == file.read_bytes()


def test_of_many_epochs_some_are_told_and_the_best_one_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MOST_EPOCHS", 4)
    trained = fit(network_of(), pictures(), Settings(epochs=30, history=True, validation=0, patience=30))
    told = trained.grown
    assert told is not None
    assert len(told.epochs) == 4
    assert {1, trained.epoch, 30} <= set(told.epochs)
    assert told.held_loss == ()
    assert len(told.filters) == history.MOST_TIMES
    assert [epoch for epoch, _ in told.filters] == sorted({epoch for epoch, _ in told.filters})


def test_filters_that_are_too_many_or_too_large_are_left_out() -> None:
    def kept(filters: int, channels: int, size: int) -> Any:
        layers = [zoo.conv("conv1", filters, size), zoo.layer("flatten"), zoo.layer("dense", units=2)]
        spec = {"name": "n", "classes": ["a", "b"], "input": {"shape": [channels, 12, 12]}, "layers": layers}
        return history.first_filters(Network.from_spec(spec))

    assert kept(4, 1, 3) == ("conv1", (4, 1, 3, 3))
    assert kept(64, 3, 11) == ("conv1", (2, 3, 11, 11))
    assert kept(64, 3, 12) is None
    largest = places.Grown("t", (2, 3, 11, 11), 6)
    assert largest.side * largest.columns <= places.WIDTH


STRANGE: dict[str, Any] = {
    "no table": lambda told: [told],
    "no epochs": lambda told: told | {"epochs": []},
    "epochs as a text": lambda told: told | {"epochs": "1234567"},
    "epochs that go back": lambda told: told | {"epochs": [1, 2, 3, 5, 4, 6, 7]},
    "an epoch that is true": lambda told: told | {"epochs": [True, 2, 3, 4, 5, 6, 7]},
    "an epoch 0": lambda told: told | {"epochs": [0, 1, 2, 3, 4, 5, 6]},
    "more epochs than are shown": lambda told: {
        **told,
        "epochs": list(range(1, 500)),
        "loss": [1.0] * 499,
        "accuracy": [1.0] * 499,
    },
    "an epoch of 400 digits": lambda told: told | {"epochs": [1, 2, 3, 4, 5, 6, 10**400]},
    "a loss too few": lambda told: told | {"loss": told["loss"][1:]},
    "a loss that is a text": lambda told: told | {"loss": ["=1+1", *told["loss"][1:]]},
    "a loss that is not finite": lambda told: told | {"loss": [float("inf"), *told["loss"][1:]]},
    "a loss that is no number": lambda told: told | {"loss": [float("nan"), *told["loss"][1:]]},
    "a loss of 400 digits": lambda told: told | {"loss": [10**400, *told["loss"][1:]]},
    "an accuracy above 1": lambda told: told | {"accuracy": [1.5, *told["accuracy"][1:]]},
    "an accuracy that is a list": lambda told: told | {"accuracy": [[0.5], *told["accuracy"][1:]]},
}


@pytest.mark.parametrize("kind", STRANGE)
def test_a_card_that_says_something_else_is_left_out(learned: Trained, kind: str) -> None:
    told = card(learned)
    assert history_of(told, learned.network, learned.parameters) is not None
    assert history_of(told | {"history": STRANGE[kind](told["history"])}, learned.network, learned.parameters) is None


WITHOUT_FILTERS: dict[str, Any] = {
    "another layer": lambda told: told.update(layer="dense"),
    "no layer": lambda told: told.pop("layer"),
    "no list": lambda told: told.update(filters={"0": 1}),
    "no tables": lambda told: told.update(filters=[1, 2]),
    "too many": lambda told: told.update(filters=[told["filters"][0] | {"epoch": k} for k in range(7)]),
    "twice the same epoch": lambda told: told["filters"][1].update(epoch=0),
    "another shape": lambda told: told["filters"][0]["weight"].pop(),
    "a nested list": lambda told: told["filters"][0]["weight"].__setitem__(0, [1]),
    "a text": lambda told: told["filters"][0]["weight"].__setitem__(0, "=1"),
    "no number": lambda told: told["filters"][0]["weight"].__setitem__(0, float("nan")),
    "a huge number": lambda told: told["filters"][0]["weight"].__setitem__(0, 10**300),
}


@pytest.mark.parametrize("kind", WITHOUT_FILTERS)
def test_filters_of_another_form_are_left_out_and_the_curves_stay(learned: Trained, kind: str) -> None:
    told = copy.deepcopy(card(learned))
    WITHOUT_FILTERS[kind](told["history"])
    found = history_of(told, learned.network, learned.parameters)
    assert found is not None
    assert (found.filters, found.layer, found.foreign) == ((), "", True)
    assert len(found.loss) == EPOCHS


@pytest.mark.parametrize("kind", ["another shape of as many numbers", "other weights", "no layer that can be shown"])
def test_filters_of_another_network_are_left_out_and_the_command_says_so(
    learned: Trained, photo: Path, tmp_path: Path, kind: str
) -> None:
    """Somebody put the card of one model into the file of another."""
    spec, card_of_it, path = learned.network.to_spec(), card(learned), tmp_path / "m.safetensors"
    filters, channels, *_ = learned.network.parameters["conv1.weight"]
    if kind == "another shape of as many numbers":
        first = next(layer for layer in spec["layers"] if layer["kind"] == "conv2d")
        first |= {"filters": 1, "size": [3 * filters, 3]}
        spec["input"]["shape"] = [channels, 3 * filters + 5, 8]
    elif kind == "no layer that can be shown":
        spec["input"]["shape"] = [channels, 16, 16]
        next(layer for layer in spec["layers"] if layer["kind"] == "conv2d")["size"] = 13
    network = Network.from_spec(spec)
    modelfile.save(path, network, network.fill({}, 5), card_of_it)
    case = prepare(Request(photo, model=path))
    assert case.history is not None
    assert (case.history.filters, case.history.layer, case.history.foreign) == ((), "", True)
    assert "history" in describe(case, case.values).extras
    told = CliRunner().invoke(main, ["build", str(photo), "--model", str(path), "-o", str(tmp_path / "x.xlsx")])
    assert told.exit_code == 0
    assert told.output.count("note: the filters in its history are not those of this network") == 1


def test_a_history_of_its_own_is_told_without_a_note(file: Path, photo: Path) -> None:
    assert prepare(Request(photo, model=file)).notes == ()


def test_held_out_curves_and_a_best_epoch_that_are_strange_are_left_out(learned: Trained) -> None:
    told = card(learned)
    told["history"]["held_loss"][0] = -1
    found = history_of(told | {"best_epoch": 99}, learned.network, learned.parameters)
    assert found is not None
    assert (found.held_loss, found.held_accuracy, found.best) == ((), (), 0)


@pytest.mark.parametrize("language", words.languages())
def test_a_workbook_of_the_model_has_a_sheet_of_it_that_holds_constants(
    learned: Trained, file: Path, photo: Path, tmp_path: Path, language: str
) -> None:
    say, out = words.load(language), tmp_path / "h.xlsx"
    built = sheetnet.build(photo, out, model=file, language=language)
    assert built.report is not None
    assert built.report.proven
    book = openpyxl.load_workbook(out)
    sheet = book[say("sheets.history")]
    assert sheet.title.casefold() != "history"  # Excel keeps that name for itself
    told = history_of(card(learned), learned.network, learned.parameters)
    assert told is not None
    top = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == say("history.epochs"))
    table = [[sheet.cell(top + k, column).value for column in range(1, 6)] for k in range(1, EPOCHS + 1)]
    assert table == [list(line) for line in zip(*(getattr(told, key) for key in places.COLUMNS), strict=True)]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    grown = places.Grown(sheet.title, told.filters[0][1].shape, len(told.filters))
    for time, (epoch, weight) in enumerate(told.filters):
        assert sheet.cell(grown.row(time), places.TIMES).value == say("history.epoch", number=epoch)
        for index, _, row, column in grown.filters(time).walk():
            assert sheet.cell(row, column).value == weight[index]
    shown = {series.yVal.numRef.f for chart in sheet._charts for series in chart.series}
    assert len(sheet._charts) == 2
    assert len(shown) == 6
    assert f"B${top + 1}" in str(shown)


def test_what_is_to_be_seen_first_lies_on_the_first_screen(file: Path, photo: Path) -> None:
    case = prepare(Request(photo, model=file))
    lesson = describe(case, case.values)
    sheet = lesson.book.sheet(lesson.extras["history"])
    grown = places.Grown(sheet.title, lesson.values["history.filters.0"].shape, 5)
    assert screen.shows(sheet, grown.row(4) + 2, grown.left(3) + 2)
    assert screen.shows(sheet, sheet.print_rows or 0, 1)


def test_without_a_history_there_is_no_sheet(file: Path, photo: Path) -> None:
    for request in (Request(photo, model=file, plain=True), Request(photo, model=file, until="pool1")):
        case = prepare(request)
        assert "history" not in describe(case, case.values).extras
    case = prepare(Request(None, template="by-hand"))
    assert "history" not in describe(case, case.values).extras

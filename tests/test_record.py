"""A plan is found again by the record and the defined names of a workbook."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from plans import HEAD, layer, network_of, planned, random_network

from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block
from sheetnet.layout import FIRST, Plan, areas, names_of, read_record, write_record
from sheetnet.layout.record import MAX_ELEMENTS, VERSION
from sheetnet.lenses import Copy
from sheetnet.network import LAYOUTS


def test_each_tensor_has_a_name_on_each_sheet_and_the_looks_of_a_sheet_share_theirs():
    network = network_of([3, 4, 5], layer("conv", "conv2d", filters=2, size=2), *HEAD)
    made = planned(network)
    names = {name: (first, last) for name, first, last in names_of(made)}
    tensors = {f"sheetnet.tensor.{full}" for full in (*network.shapes, *network.parameters)}
    numbers = {
        title: k for k, title in enumerate(dict.fromkeys(a.sheet for b in made.blocks.values() for a in b.anchors), 1)
    }
    looked = [
        at.sheet
        for full, block in made.blocks.items()
        if f"sheetnet.tensor.{full}" not in names
        for at in block.anchors
    ]
    assert set(names) == (
        tensors
        | {"sheetnet.tensor.photo.out.2", "sheetnet.tensor.photo.out.3"}
        | {f"sheetnet.sheet.{numbers[title]}" for title in looked}
    )
    assert [names[f"sheetnet.tensor.photo.out{k}"][0].sheet for k in ("", ".2", ".3")] == list(made.channels)
    corners = made.blocks["conv.weight"].rectangles()  # two filters of three matrices each
    assert len(corners) == 6
    first, last = names["sheetnet.tensor.conv.weight"]
    assert (first.row, first.column) == (min(a.row for a, _ in corners), min(a.column for a, _ in corners))
    assert (last.row, last.column) == (max(b.row for _, b in corners), max(b.column for _, b in corners))


def test_what_stands_in_the_head_of_a_sheet_has_a_name_apart():
    """Else a row that is inserted between the head and the data would tear the name of both apart."""
    made = planned(network_of([1, 4, 4], *HEAD))
    made.look("head", Copy(), {"x": "loss.out"}, out=Block((), (Anchor("Sheet loss", FIRST - 3, 1),), ()))
    [number] = {
        name.rpartition(".")[2]
        for name, (first, _) in areas(made).items()
        if first.sheet == "Sheet loss" and not name.startswith("tensor.")
    }
    head, below = (areas(made)[f"{what}.{number}"] for what in ("head", "sheet"))
    assert head == (Anchor("Sheet loss", FIRST - 3, 1),) * 2
    assert below[0].row >= FIRST


def rectangles(made: Plan) -> dict[str, tuple[Anchor, Anchor]]:
    """What the names of a workbook cover, as it is read back."""
    return {name.lower(): (first, last) for name, first, last in names_of(made)}


def found(record: Any, names: Any, lost: frozenset[str] = frozenset()) -> Plan:
    """The plan of a workbook of which everything can be found."""
    made, gone = read_record(record, names, lost, "f.xlsx")
    assert gone == {}
    return made


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize("seed", range(25))
def test_a_plan_is_found_again_by_record_and_names(seed, arrangement):
    made = planned(random_network(seed, arrangement))
    names = [name.lower() for name, _, _ in names_of(made)]
    assert len(set(names)) == len(names), "two rectangles have the same name"
    again = found(json.loads(json.dumps(write_record(made))), rectangles(made))
    assert again.network == made.network
    assert again.blocks == made.blocks
    assert again.looks == made.looks
    assert again.inputs == made.inputs
    assert again.channels == made.channels
    for node in made.network.nodes:
        assert again.sheets[node.name] == made.sheets[node.name]
        assert again.seen(node) == made.seen(node)
    for name, margin in made.margins.items():
        assert again.margins.get(name, (0, 0, 0, 0)) == margin


def test_a_moved_tensor_is_found_where_it_is_now():
    made = planned(network_of([1, 4, 4], layer("conv", "conv2d", filters=1, size=2)))
    moved = {
        name: (replace(a, sheet="Renamed", row=a.row + 3), replace(b, sheet="Renamed", row=b.row + 3))
        if name.startswith("sheetnet.tensor.conv.")
        else (a, b)
        for name, (a, b) in rectangles(made).items()
    }
    again = found(write_record(made), moved)
    first = made.blocks["conv.out"].cell(0, 0, 0)
    assert again.blocks["conv.out"].cell(0, 0, 0) == Anchor("Renamed", first.row + 3, first.column)
    assert again.sheets["conv"] == "Renamed"


SMALL = planned(
    network_of([1, 4, 4], layer("conv", "conv2d", filters=2, size=2, padding=1), *HEAD, arrangement="rows")
)


def refusal(record: Any, names: Any = None) -> str:
    with pytest.raises((WorkbookError, NetworkError)) as error:
        read_record(record, rectangles(SMALL) if names is None else names, frozenset(), "f.xlsx")
    return one_line(error.value)


def one_line(error: Exception) -> str:
    text = str(error)
    assert len(text.splitlines()) == 1, repr(text)
    return text


@pytest.mark.parametrize("record", [None, [], 3, {}, {"sheetnet": 99}, {"sheetnet": str(VERSION)}])
def test_a_record_of_another_version_is_refused(record):
    assert "made by another version of sheetnet" in refusal(record)


def test_what_is_gone_is_named_with_the_reason_and_all_else_is_found():
    names = rectangles(SMALL)
    del names["sheetnet.tensor.conv.out"]
    for lost, why in (
        (frozenset(), "the name sheetnet.tensor.conv.out is missing"),
        (frozenset({"sheetnet.tensor.conv.out"}), "deleted"),
    ):
        made, gone = read_record(write_record(SMALL), names, lost, "f.xlsx")
        assert gone == {"conv.out": why}
        assert made.blocks == {full: block for full, block in SMALL.blocks.items() if full != "conv.out"}
        assert made.looks == SMALL.looks


def test_a_name_that_covers_other_cells_is_named():
    names = rectangles(SMALL)
    for name, (a, b) in names.items():
        for other in ((a, replace(b, row=b.row + 1)), (a, replace(b, column=b.column + 1)), (replace(a, row=2), b)):
            text = refusal(write_record(SMALL), names | {name: other})
            assert f"{name}, on the sheet {a.sheet}, no longer covers" in text.lower().replace(
                a.sheet.lower(), a.sheet
            )


@pytest.mark.parametrize("full", SMALL.blocks)
def test_a_tensor_that_is_not_listed_is_missed(full):
    record = json.loads(json.dumps(write_record(SMALL)))
    del record["blocks"][full]
    assert "its hidden sheet is damaged; build it again" in refusal(record)


@pytest.mark.parametrize("full", ["conv.out", "jury.weight", "view.conv.chosen.out", "view.jury.x.out", "truth.out"])
def test_a_tensor_of_another_shape_is_refused(full):
    record = json.loads(json.dumps(write_record(SMALL)))
    shape = record["blocks"][full][0]
    shape[-1] -= 1
    assert "its hidden sheet is damaged; build it again" in refusal(record)


def test_two_that_write_the_same_cells_are_refused():
    record = json.loads(json.dumps(write_record(SMALL)))
    record["looks"]["conv"] = {"kind": "copy", "reads": {"x": "conv.out"}}
    assert "its hidden sheet is damaged; build it again" in refusal(record)


def test_a_network_too_large_to_be_real_is_refused_at_once():
    record = copy.deepcopy(write_record(SMALL))
    record["network"]["input"]["shape"] = [1, 10**6, 10**6]
    assert "its hidden sheet is damaged; build it again" in refusal(record)
    record["blocks"]["photo.out"][0] = [1, 10**6, 10**6]
    assert f"more than {MAX_ELEMENTS:,} numbers" in refusal(record)


@pytest.mark.parametrize("many", [10**8, 10**12, 10**40])
def test_a_pattern_of_more_places_than_the_tensor_has_is_refused_at_once(many):
    record = json.loads(json.dumps(write_record(SMALL)))
    [[_, _, places]] = [entry for full, entry in record["blocks"].items() if full == "conv.weight"]
    places[0][3:] = [[many], [[0, 0]]]
    assert "its hidden sheet is damaged; build it again" in refusal(record)


def test_padding_too_wide_for_a_sheet_is_refused():
    """Someone who verifies a strange workbook must not look at 10^18 cells of padding."""
    small = planned(network_of([1, 3, 3], layer("conv", "conv2d", filters=1, size=1, stride=1)))
    record = json.loads(json.dumps(write_record(small)))
    record["network"]["layers"][0] |= {"padding": 10**9, "stride": 10**9}
    try:
        made = found(record, rectangles(small))
    except (WorkbookError, NetworkError):
        return
    cells = sum(
        (top + shape[1] + bottom) * (left + shape[2] + right) * shape[0]
        for name, (top, left, bottom, right) in made.margins.items()
        if len(shape := made.network.shapes[name]) == 3
    )
    assert cells <= MAX_ROWS * MAX_COLUMNS, f"{cells:.1e} cells of padding"


ODD: list[Any] = [None, True, 0, -1, 7, 1.5, 10**12, "", "x", "conv.out", "photo.out", "loss.out", "classes.names"]
ODD += [[], [[]], {}, [0, 0], [[1, 0]], [[0, 0]], [[1, 0], [0, 1]], [[1, 0], [2, 0], [0, 1]], [[-1, 0]], [[1, 0, 0]]]
ODD += [[["1", 0]], ["tensor.conv.out", 0, 0, [], []], ["sheet.1", 0, 0, [2], [[1, 0]]], {"of": []}]
ODD += [{"of": "p.out", "at": [0, 0, 0], "shape": []}, {"of": "p.out", "at": [0, 9**9, -1], "shape": [7]}]
ODD += [{"kind": "copy", "reads": {"x": "p.out"}}, {"kind": "relu", "reads": {"x": "conv.out"}}, {"kind": "seal"}]
ODD += [{"kind": "part", "sizes": [[3]], "along": ["map"], "reads": {"x1": "p.out", "map": "view.conv.used.out"}}]


def test_a_record_from_a_stranger_becomes_a_plan_or_one_line():
    rng = random.Random(4)
    names = rectangles(SMALL)
    base = json.loads(json.dumps(write_record(SMALL)))
    defects: dict[str, str] = {}
    outcomes = set()

    def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return ([before] if before else []) + [way for k, v in inside for way in places(v, (*before, k))]

    ways = [way for way in places(base) if way[0] != "network" or rng.random() < 0.2]
    for _ in range(4000):
        record = copy.deepcopy(base)
        *way, last = rng.choice(ways)
        at = record
        for step in way:
            at = at[step]
        if rng.random() < 0.1:
            del at[last]
        else:
            at[last] = copy.deepcopy(rng.choice(ODD))
        try:
            made, _ = read_record(record, names, frozenset(), "f.xlsx")
            for one in made.steps():
                for own, block in one.writes.items():
                    assert one.rules[own](*(0,) * len(block.shape))
            outcomes.add("plan")
        except (WorkbookError, NetworkError) as error:
            outcomes.add(one_line(error))
        except Exception as error:
            defects.setdefault(f"{type(error).__name__}: {error}", f"{way} {last}: {at}")
    assert not defects, "\n".join(f"{error} for {example}" for error, example in defects.items())
    assert len(outcomes) > 10


@pytest.mark.parametrize("of", ["p.out", "loss.out", "jury.weight"])
def test_a_channel_is_chosen_from_a_picture_only(of):
    """A record of a stranger may speak of a view of one channel of a column; then nothing is to be computed."""
    record = json.loads(json.dumps(write_record(SMALL)))
    record["looks"]["view.conv.chosen"]["reads"]["x1"] = of
    assert "its hidden sheet" in refusal(record)

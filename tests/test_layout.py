"""Where cells go, and how they are found again."""

from __future__ import annotations

import copy
import json
import random
import sys
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

import formualizer
import numpy as np
import pytest

from sheetnet import layout
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block
from sheetnet.layout import (
    FIRST,
    Plan,
    View,
    defined_names,
    formula_count,
    in_rows,
    names_of,
    read_record,
    write_record,
)
from sheetnet.layout.fits import MOST_FORMULAS
from sheetnet.layout.plan import MOST_PLANES, margins
from sheetnet.layout.record import MAX_ELEMENTS, VERSION
from sheetnet.network import LAYOUTS, PHOTO, TRUTH, Network

EXCEL_MOST = 8192  # characters of a formula
BEARABLE = 200  # characters of a formula in rows, at any depth


def layer(name: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, **options}


def network_of(shape: list[int], *layers: dict[str, Any], classes: int = 3, arrangement: str = "auto") -> Network:
    names = [f"class {i}" for i in range(classes)]
    spec = {"name": "n", "classes": names, "input": {"shape": shape}, "layers": list(layers), "layout": arrangement}
    return Network.from_spec(spec)


def planned(network: Network) -> Plan:
    sheets = {PHOTO: "Photo"} | {node.name: f"Sheet {node.name}" for node in network.nodes}
    return layout.plan(network, sheets, tuple(f"Channel {c + 1}" for c in range(network.shape[0])))


HEAD = (
    layer("flat", "flatten"),
    layer("jury", "dense", units=3),
    layer("p", "softmax"),
    layer("loss", "crossentropy"),
)


def random_network(seed: int, arrangement: str) -> Network:
    """Some windows, ReLUs and rescalings in any order, side branches, one or two heads."""
    rng = random.Random(seed)
    shape = [rng.choice((1, 2, 3, 3, 9, 12)), rng.randint(4, 9), rng.randint(4, 9)]
    layers: list[dict[str, Any]] = []
    pictures = [PHOTO]

    def padding(size: list[int]) -> Any:
        height, width = size
        anything = [rng.randrange(k) for k in (height, width, height, width)]
        return rng.choice(["valid", "same", "same", 0, min(height, width) - 1, anything[:2], anything])

    for number in range(rng.randint(1, 6)):
        kind = rng.choice(("conv2d", "conv2d", "relu", "maxpool2d", "rescale"))
        size = [rng.randint(1, 3), rng.randint(1, 3)]
        options: dict[str, Any] = {"inputs": [rng.choice(pictures[-2:])]}
        if kind in ("conv2d", "maxpool2d"):
            options |= {"size": size, "stride": rng.randint(1, 2), "padding": padding(size)}
        if kind == "conv2d":
            options["filters"] = rng.choice((1, 2, 3, 8, 9, 11))
        entry = layer(f"n{number}", kind, **options)
        try:
            network_of(shape, *layers, entry)
        except NetworkError:
            continue  # the window has become larger than the picture
        layers.append(entry)
        pictures.append(entry["name"])
    for head in range(rng.randint(1, 2)):
        layers += [layer(f"flat{head}", "flatten", inputs=[rng.choice(pictures)])]
        if rng.random() < 0.5:
            layers += [layer(f"hidden{head}", "dense", units=rng.randint(1, 12)), layer(f"relu{head}", "relu")]
        layers += [layer(f"jury{head}", "dense", units=3), layer(f"p{head}", "softmax")]
        layers += [layer(f"loss{head}", "crossentropy")]
        layers += [layer(f"after{head}", "relu")] if rng.random() < 0.3 else []  # of a single number
    return network_of(shape, *layers, arrangement=arrangement)


def cells_of(block: Block) -> list[Anchor]:
    return [block.cell(*index) for index in np.ndindex(*block.shape)]


# Where things go


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize("seed", range(25))
def test_no_two_numbers_share_a_cell_and_padding_stays_blank(seed, arrangement):
    made = planned(random_network(seed, arrangement))
    owner: dict[Anchor, str] = {}
    parts = [(name, block) for name, block in made.blocks.items()]
    parts += [(f"view {name}", view.block) for name, view in made.views.items()]
    parts += [(f"choice {name}", Block((), (v.choice,), ())) for name, v in made.views.items() if v.choice]
    for name, block in parts:
        for cell in cells_of(block):
            assert cell not in owner, f"{name} and {owner[cell]} want {cell}"
            owner[cell] = name
            assert FIRST <= cell.row <= MAX_ROWS, f"{name} lies in the head of the sheet"
            assert 1 <= cell.column <= MAX_COLUMNS
    for name, (top, left, bottom, right) in made.margins.items():
        block = made.blocks[name]
        if len(block.shape) != 3:
            continue
        channels, height, width = block.shape
        for c, y, x in product(range(channels), range(-top, height + bottom), range(-left, width + right)):
            if not (0 <= y < height and 0 <= x < width):
                cell = block.cell(c, y, x)
                assert cell not in owner, f"padding of {name} lies on {owner[cell]}"
                assert cell.row >= FIRST
                assert cell.column >= 1


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize("seed", range(25))
def test_everything_has_its_place_on_the_sheet_of_its_node(seed, arrangement):
    network = random_network(seed, arrangement)
    made = planned(network)
    assert set(made.blocks) == set(network.shapes) | set(network.parameters)
    for name, block in made.blocks.items():
        node = name.partition(".")[0]
        assert block.shape == (network.shapes | network.parameters)[name]
        homes = {cell.sheet for cell in cells_of(block)}
        if node == PHOTO:
            assert homes == set(made.channels)
        elif node == TRUTH:
            assert homes <= {made.sheets[n.name] for n in network.nodes if TRUTH in n.inputs}
        else:
            assert homes == {made.sheets[node]}
    for name, view in made.views.items():
        assert {cell.sheet for cell in cells_of(view.block)} == {made.sheets[name.partition(".")[0]]}
        assert view.tensor in made.blocks


def test_a_truth_that_only_a_dense_layer_reads_is_placed_or_refused():
    try:
        network = network_of([1, 1, 3], layer("jury", "dense", units=2, inputs=[TRUTH]))
    except NetworkError:
        return
    assert set(planned(network).blocks) == set(network.shapes) | set(network.parameters)


def test_planes_are_for_few_channels_and_rows_for_many():
    few = network_of([3, 4, 4], layer("conv", "conv2d", filters=MOST_PLANES, size=3))
    many = network_of([3, 4, 4], layer("conv", "conv2d", filters=MOST_PLANES + 1, size=3))
    assert [len(planned(n).blocks["conv.out"].steps) for n in (few, many)] == [2, 3]
    for arrangement, steps in (("planes", 2), ("rows", 3)):
        for network in (few, many):
            assert len(planned(replace(network, layout=arrangement)).blocks["conv.out"].steps) == steps
    assert not in_rows(few, (8, 1, 1))
    assert in_rows(few, (9, 1, 1))


def test_rows_interleave_the_channels_and_show_one_as_a_picture():
    made = planned(network_of([1, 4, 4], layer("conv", "conv2d", filters=2, size=2), arrangement="rows"))
    block = made.blocks["conv.out"]
    first = block.cell(0, 0, 0)
    assert block.cell(1, 0, 0) == Anchor(first.sheet, first.row + 1, first.column)
    assert block.cell(0, 1, 0) == Anchor(first.sheet, first.row + 2, first.column)
    [view] = [v for v in made.views.values() if v.choice is not None]
    assert view.tensor == "conv.out"
    assert view.block.shape == (3, 3)


def test_the_photo_has_a_sheet_per_channel_and_one_for_all():
    made = planned(network_of([3, 4, 5], layer("conv", "conv2d", filters=1, size=3, padding=1)))
    block, view = made.blocks["photo.out"], made.views[PHOTO]
    assert [a.sheet for a in block.anchors] == ["Channel 1", "Channel 2", "Channel 3"]
    assert len({(a.row, a.column) for a in block.anchors}) == 1
    assert (view.tensor, view.block.shape) == ("photo.out", (3, 4, 5))
    first = view.block.cell(0, 0, 0)  # red, green and blue of a pixel lie below each other
    assert [view.block.cell(c, 0, 0).row - first.row for c in range(3)] == [0, 1, 2]
    assert view.block.cell(0, 1, 0).row - first.row == 3


def test_a_tensor_has_the_padding_of_its_hungriest_reader():
    network = network_of(
        [1, 6, 6],
        layer("relu", "relu"),
        layer("a", "conv2d", filters=1, size=3, padding=[2, 0, 0, 1]),
        layer("b", "maxpool2d", size=3, padding=1, inputs=["relu"]),
    )
    assert margins(network)["relu.out"] == (2, 1, 1, 1)
    assert margins(network)["photo.out"] == (0, 0, 0, 0)


def test_a_layer_sees_its_own_cells_without_a_sheet_and_parameters_fixed():
    made = planned(network_of([1, 5, 5], layer("conv", "conv2d", filters=1, size=2), *HEAD))
    seen = made.seen(made.network.nodes[0])
    assert set(seen) == {"x", "weight", "bias", "out"}
    assert "!" in seen["x"][0, 0, 0]
    assert "!" not in seen["out"][0, 0, 0]
    assert seen["bias"][0].count("$") == 2
    assert seen["out"][0, 0, 0].count("$") == 0
    jury = made.seen(made.network.nodes[2])
    assert "!" not in jury["x"][0]  # the evidence is repeated beside the weights
    loss = made.seen(made.network.nodes[4])
    assert "!" not in loss["log"][0]


def test_formulas_are_counted_without_the_inputs():
    network = network_of([1, 5, 5], layer("conv", "conv2d", filters=2, size=2), *HEAD)
    # conv 2*4*4, flatten 32, dense 3, softmax 1 + 3 + 1 + 3 + 3, loss 3 + 3 + 1 + 1 + 1
    assert formula_count(network) == 32 + 32 + 3 + 11 + 9


# Formulas


def formulas(made: Plan, only_first: bool = True) -> dict[str, list[str]]:
    """The formulas of each tensor; of each axis the first, a middle and the last index."""
    found: dict[str, list[str]] = {}
    for node in made.network.nodes:
        for own, rule in node.layer.forward_cells(made.seen(node)).items():
            shape = made.network.shapes[f"{node.name}.{own}"]
            some = [sorted({0, size // 2, size - 1}) for size in shape] if only_first else list(map(range, shape))
            found[f"{node.name}.{own}"] = [rule(*index) for index in product(*some)]
    return found


@pytest.mark.parametrize("arrangement", LAYOUTS)
def test_no_formula_is_longer_than_excel_takes(arrangement):
    for seed in range(25):
        for name, texts in formulas(planned(random_network(seed, arrangement))).items():
            assert max(map(len, texts)) < EXCEL_MOST, name
            for text in texts:
                assert text.count(",") < 255, name


@pytest.mark.parametrize("arrangement", ["rows", "auto"])
def test_formulas_of_deep_layers_stay_short_in_rows(arrangement):
    network = network_of(
        [3, 12, 12],
        layer("conv1", "conv2d", filters=64, size=3, padding="same"),
        layer("relu1", "relu"),
        layer("pool1", "maxpool2d", size=2),
        layer("conv2", "conv2d", filters=512, size=3, padding="same"),
        layer("pool2", "maxpool2d", size=3, stride=1),
        layer("conv3", "conv2d", filters=9, size=[4, 4]),
        *HEAD,
        arrangement=arrangement,
    )
    for name, texts in formulas(planned(network)).items():
        assert max(map(len, texts)) <= BEARABLE, f"{name}: {max(texts, key=len)}"


@pytest.mark.parametrize("arrangement", LAYOUTS)
def test_formulas_name_only_cells_that_hold_something_or_are_padding(arrangement):
    """Every cell that a layer's formulas read belongs to its inputs, parameters, tensors, or their padding."""
    from formualizer.visitor import collect_references

    for seed in range(6):
        made = planned(random_network(100 + seed, arrangement))
        for node in made.network.nodes:
            allowed: set[tuple[str, int, int]] = set()
            for own, block in made.seen(node).items():
                allowed |= {(c.sheet, c.row, c.column) for c in cells_of(block)}
                top, left, bottom, right = made.margins.get(made.network.names(node).get(own, ""), (0, 0, 0, 0))
                if len(block.shape) == 3:
                    channels, height, width = block.shape
                    around = product(range(channels), range(-top, height + bottom), range(-left, width + right))
                    allowed |= {(c.sheet, c.row, c.column) for c in (block.cell(*index) for index in around)}
            home = made.sheets[node.name]
            for own, rule in node.layer.forward_cells(made.seen(node)).items():
                shape = made.network.shapes[f"{node.name}.{own}"]
                for index in product(*(sorted({0, size // 2, size - 1}) for size in shape)):
                    for ref in collect_references(formualizer.parse(f"={rule(*index)}")):
                        area = isinstance(ref, formualizer.RangeRef)
                        (r1, c1), (r2, c2) = (
                            ((ref.start.row, ref.start.col), (ref.end.row, ref.end.col))
                            if area
                            else ((ref.row, ref.col),) * 2
                        )
                        read = {(ref.sheet or home, r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
                        assert read <= allowed, f"{node.name}.{own}{index}: {rule(*index)}"


def test_the_view_of_one_channel_shows_the_channel_that_was_chosen():
    made = planned(network_of([1, 4, 4], layer("conv", "conv2d", filters=3, size=2), arrangement="rows"))
    [view] = [v for v in made.views.values() if v.choice is not None]
    source = made.blocks[view.tensor].viewed(view.block.anchors[0].sheet)
    rule = view.rule(source)
    book = formualizer.Workbook()
    home = view.block.anchors[0].sheet
    book.add_sheet(home)
    for index in np.ndindex(3, 3, 3):
        cell = source.cell(*index)
        book.set_value(home, cell.row, cell.column, float(index[0] * 100 + index[1] * 10 + index[2]))
    for index in np.ndindex(3, 3):
        cell = view.block.cell(*index)
        book.set_formula(home, cell.row, cell.column, f"={rule(*index)}")
    for channel in (1, 2, 3):
        book.set_value(home, view.choice.row, view.choice.column, float(channel))
        book.evaluate_all()
        for y, x in np.ndindex(3, 3):
            cell = view.block.cell(y, x)
            assert book.get_value(home, cell.row, cell.column) == (channel - 1) * 100 + y * 10 + x


def test_a_copy_names_the_cell_that_it_repeats():
    source = Block((2,), (Anchor("Flat", 8, 3),), ((1, 0),), "Jury")
    view = View("flat.out", Block((2,), (Anchor("Jury", 12, 3),), ((1, 0),)))
    assert [view.rule(source)(i) for i in range(2)] == ["Flat!C8", "Flat!C9"]


# Too large


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (network_of([3, 800, 800], layer("relu", "relu")), "1,920,000 formulas; a workbook takes 1,500,000"),
        (network_of([1, 1, 20_000], layer("relu", "relu")), "20,002 columns; a sheet has 1,048,576 and 16,384"),
        (network_of([1, 16_384, 1], layer("c", "conv2d", filters=90, size=1)), "rows and"),
        (network_of([1, 2, 2], layer("f", "flatten"), layer("d", "dense", units=20_000)), "columns; a sheet has"),
        (
            network_of([1, 9, 16_000], layer("c", "conv2d", filters=1, size=1, stride=512, padding=[0, 512])),
            "a sheet has",
        ),
    ],
    ids=["formulas", "photo too wide", "rows too many", "jury too wide", "padding"],
)
def test_what_fits_on_no_sheet_is_refused_with_advice(network, says):
    assert MOST_FORMULAS == 1_500_000
    with pytest.raises(NetworkError) as refusal:
        planned(network)
    text = str(refusal.value)
    assert says in text
    assert "Use a smaller photo" in text
    assert "\n" not in text


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize(
    "layers",
    [
        [layer("c", "conv2d", filters=10**7, size=1)],
        [layer("f", "flatten"), layer("d", "dense", units=10**7)],
    ],
    ids=["filters", "units"],
)
def test_a_monstrous_network_is_refused_before_its_cells_are_laid_out(layers, arrangement, monkeypatch):
    """A model file of a stranger may say ten million filters: that must cost neither time nor memory."""
    network = network_of([1, 1, 1], *layers, arrangement=arrangement)
    made = 0

    def counting(*where: Any) -> Anchor:
        nonlocal made
        made += 1
        assert made < 10**5, "cells are laid out before they are counted"
        return Anchor(*where)

    monkeypatch.setattr(sys.modules["sheetnet.layout.plan"], "Anchor", counting)
    with pytest.raises(NetworkError, match="formulas"):
        planned(network)


# Names and record


def test_each_rectangle_has_a_name():
    apart = Block((2, 2, 1, 1), tuple(Anchor("S", r, 1) for r in range(1, 5)), ((1, 0), (0, 1)))
    assert defined_names("conv.weight", apart) == [
        "conv.weight.1.1",
        "conv.weight.1.2",
        "conv.weight.2.1",
        "conv.weight.2.2",
    ]
    assert defined_names("conv.bias", Block((2,), (Anchor("S", 1, 1),), ((1, 0),))) == ["conv.bias"]
    assert defined_names("loss.out", Block((), (Anchor("S", 1, 1),), ())) == ["loss.out"]


def rectangles(made: Plan) -> dict[str, tuple[Anchor, Anchor]]:
    """What the names of a workbook cover, as it is read back."""
    return {
        name.lower(): span
        for names, block in names_of(made)
        for name, span in zip(names, block.rectangles(), strict=True)
    }


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize("seed", range(25))
def test_a_plan_is_found_again_by_record_and_names(seed, arrangement):
    made = planned(random_network(seed, arrangement))
    names = [name.lower() for several, _ in names_of(made) for name in several]
    assert len(set(names)) == len(names), "two rectangles have the same name"
    again = read_record(json.loads(json.dumps(write_record(made))), rectangles(made), "f.xlsx")
    assert again.network == made.network
    assert again.blocks == made.blocks
    assert again.views == made.views
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
        if name.startswith("conv")
        else (a, b)
        for name, (a, b) in rectangles(made).items()
    }
    again = read_record(write_record(made), moved, "f.xlsx")
    first = made.blocks["conv.out"].cell(0, 0, 0)
    assert again.blocks["conv.out"].cell(0, 0, 0) == Anchor("Renamed", first.row + 3, first.column)
    assert again.sheets["conv"] == "Renamed"


SMALL = planned(
    network_of([1, 4, 4], layer("conv", "conv2d", filters=2, size=2, padding=1), *HEAD, arrangement="rows")
)


def refusal(record: Any, names: Any = None) -> str:
    with pytest.raises((WorkbookError, NetworkError)) as found:
        read_record(record, rectangles(SMALL) if names is None else names, "f.xlsx")
    return one_line(found.value)


def one_line(error: Exception) -> str:
    text = str(error)
    assert len(text.splitlines()) == 1, repr(text)
    return text


@pytest.mark.parametrize("record", [None, [], 3, {}, {"sheetnet": 99}, {"sheetnet": str(VERSION)}])
def test_a_record_of_another_version_is_refused(record):
    assert "made by another version of sheetnet" in refusal(record)


def test_a_name_that_is_gone_is_named():
    names = rectangles(SMALL)
    del names["conv.out"]
    assert "the name conv.out is gone, so conv.out cannot be found" in refusal(write_record(SMALL), names)


def test_a_name_that_covers_other_cells_is_named():
    names = rectangles(SMALL)
    a, b = names["conv.out"]
    names["conv.out"] = (a, replace(b, row=b.row + 1))
    assert "conv.out no longer covers" in refusal(write_record(SMALL), names)


def test_a_tensor_too_many_or_too_few_is_refused():
    for change in ("add", "drop"):
        record = write_record(SMALL)
        record["blocks"] = dict(record["blocks"])
        if change == "add":
            record["blocks"]["conv.more"] = []
        else:
            del record["blocks"]["conv.out"]
        assert "does not list the tensors of its network" in refusal(record)


def test_a_network_too_large_to_be_real_is_refused_at_once():
    record = copy.deepcopy(write_record(SMALL))
    record["network"]["input"]["shape"] = [1, 10**6, 10**6]
    assert f"more than {MAX_ELEMENTS:,} numbers" in refusal(record)


def test_padding_too_wide_for_a_sheet_is_refused():
    """Someone who verifies a strange workbook must not look at 10^18 cells of padding."""
    small = planned(network_of([1, 3, 3], layer("conv", "conv2d", filters=1, size=1, stride=1)))
    record = json.loads(json.dumps(write_record(small)))
    record["network"]["layers"][0] |= {"padding": 10**9, "stride": 10**9}
    try:
        made = read_record(record, rectangles(small), "f.xlsx")
    except (WorkbookError, NetworkError):
        return
    cells = sum(
        (top + shape[1] + bottom) * (left + shape[2] + right) * shape[0]
        for name, (top, left, bottom, right) in made.margins.items()
        if len(shape := made.network.shapes[name]) == 3
    )
    assert cells <= MAX_ROWS * MAX_COLUMNS, f"{cells:.1e} cells of padding"


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    7,
    1.5,
    10**12,
    "",
    "x",
    "conv.out",
    "photo.out",
    "loss.out",
    [],
    [[]],
    {},
    [0, 0],
]
ODD += [
    [[1, 0]],
    [[0, 0]],
    [[1, 0], [0, 1]],
    [[1, 0], [2, 0], [0, 1]],
    [[-1, 0]],
    [[1, 0, 0]],
    [["1", 0]],
    {"of": []},
]
ODD += [
    {"of": "p.out", "steps": [[1, 0]], "choice": True},
    {"of": {}, "steps": []},
    {"of": "conv.out", "steps": None},
]


def test_a_record_from_a_stranger_becomes_a_plan_or_one_line():
    rng = random.Random(4)
    names = rectangles(SMALL) | {"view.jury.x.1": (Anchor("S", 1, 1), Anchor("S", 1, 1))}
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
            made = read_record(record, names, "f.xlsx")
            for view in made.views.values():
                view.rule(made.blocks[view.tensor])(*(0,) * len(view.block.shape))
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
    shape = (SMALL.network.shapes | SMALL.network.parameters)[of][1:]
    record["views"]["evil"] = {"of": of, "steps": [[1, 0]] * len(shape), "choice": True}
    block = Block(shape, (Anchor("S", 1, 1),), ((1, 0),) * len(shape))
    names = rectangles(SMALL) | {"view.evil": block.rectangles()[0], "choice.evil": (Anchor("S", 9, 9),) * 2}
    assert "evil" in refusal(record, names)


def test_the_elements_of_a_random_network_are_as_many_as_its_cells():
    made = planned(random_network(3, "auto"))
    cells = {cell for block in made.blocks.values() for cell in cells_of(block)}
    assert len(cells) == sum(map(prod, (made.network.shapes | made.network.parameters).values()))

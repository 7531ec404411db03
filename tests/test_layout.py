"""Where cells go, and what fits on no sheet."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from plans import HEAD, begun, cells_of, layer, network_of, planned, random_network

from sheetnet.case.prepare import Case
from sheetnet.errors import NetworkError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block
from sheetnet.layout import CLASSES, FIRST, in_rows
from sheetnet.layout.fits import MOST_FORMULAS
from sheetnet.layout.plan import CHOICE, MOST_PLANES, WORDS, class_home, margins
from sheetnet.lenses import Copy
from sheetnet.lesson.build import make_book
from sheetnet.network import LAYOUTS, PHOTO, TRUTH
from sheetnet.photo import from_pixels
from sheetnet.steps import shapes_of

# Where things go


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize("seed", range(25))
def test_no_two_numbers_share_a_cell_and_padding_stays_blank(seed, arrangement):
    made = planned(random_network(seed, arrangement))
    owner: dict[Anchor, str] = {}
    for name, block in made.blocks.items():
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
    looked = {f"{name}.{own}": s for name, k in made.looks.items() for own, s in shapes_of(k, made.find).items()}
    shapes = network.shapes | network.parameters | looked
    assert set(made.blocks) == set(shapes) | set(made.inputs)
    assert not set(made.inputs) & set(shapes)
    for name, block in made.blocks.items():
        node = name.removeprefix("view.").partition(".")[0]
        assert block.shape == (shapes | {CLASSES: (3,)}).get(name, ())
        homes = {cell.sheet for cell in cells_of(block)}
        if name == f"{PHOTO}.out":
            assert homes == set(made.channels)
        elif node == TRUTH:
            assert homes <= {made.sheets[n.name] for n in network.nodes if TRUTH in n.inputs}
        elif name == CLASSES:
            assert homes == {made.sheets[class_home(network).name]}
        else:
            assert homes == {made.sheets[node]}
    for look in made.looks.values():
        assert {source if isinstance(source, str) else source.of for source in look.sources()} <= set(made.blocks)
    kinds = {name: WORDS if name == CLASSES else CHOICE for name in made.inputs}
    assert made.inputs == kinds


@pytest.mark.parametrize("arrangement", LAYOUTS)
@pytest.mark.parametrize("seed", range(12))
def test_no_two_things_on_a_sheet_want_the_same_cell(seed, arrangement):
    """Labels, numbers of rows, choices and links included; of narrow maps there is little room for them."""
    network = random_network(seed, arrangement)
    photo = replace(from_pixels(np.zeros((1, *network.shape[1:])), "photo"), x=np.zeros(network.shape))
    prose = {"title": "n", "lead": "", "summary": ""}
    case = Case(network, network.fill({}, 0), photo, network.classes[0] if network.has_truth else None, prose)
    for sheet in make_book(case).sheets:
        assert list(sheet.ordered())


def test_a_truth_that_only_a_dense_layer_reads_is_placed_or_refused():
    try:
        network = network_of([1, 1, 3], layer("jury", "dense", units=2, inputs=[TRUTH]))
    except NetworkError:
        return
    assert set(planned(network).blocks) >= set(network.shapes) | set(network.parameters)


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
    assert made.looks["view.conv.chosen"].reads == {"x1": "conv.out", "map": "view.conv.used.out"}
    assert made.looks["view.conv.used"].reads == {"choice": "view.conv.choice"}
    assert made.blocks["view.conv.chosen.out"].shape == (3, 3)


def test_the_photo_has_a_sheet_per_channel_and_one_for_all():
    made = planned(network_of([3, 4, 5], layer("conv", "conv2d", filters=1, size=3, padding=1)))
    block, view = made.blocks["photo.out"], made.blocks["view.photo.out"]
    assert [a.sheet for a in block.anchors] == ["Channel 1", "Channel 2", "Channel 3"]
    assert len({(a.row, a.column) for a in block.anchors}) == 1
    assert (made.looks["view.photo"].lens, made.looks["view.photo"].reads) == (Copy(), {"x": "photo.out"})
    assert view.shape == (3, 4, 5)
    first = view.cell(0, 0, 0)  # red, green and blue of a pixel lie below each other
    assert [view.cell(c, 0, 0).row - first.row for c in range(3)] == [0, 1, 2]
    assert view.cell(0, 1, 0).row - first.row == 3


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
        [layer("c", "conv2d", filters=1 << 14, size=1)],
        [layer("f", "flatten"), layer("d", "dense", units=10**7)],
    ],
    ids=["filters", "units"],
)
def test_a_monstrous_network_is_refused_before_its_cells_are_laid_out(layers, arrangement, monkeypatch):
    """A model file of a stranger may say ten million units: that must cost neither time nor memory."""
    network = network_of([1, 64, 64], *layers, arrangement=arrangement)
    made = 0

    def counting(*where: Any) -> Anchor:
        nonlocal made
        made += 1
        assert made < 10**5, "cells are laid out before they are counted"
        return Anchor(*where)

    for name, module in list(sys.modules.items()):
        if name.startswith("sheetnet.") and getattr(module, "Anchor", None) is Anchor:
            monkeypatch.setattr(module, "Anchor", counting)
    with pytest.raises(NetworkError, match="formulas"):
        planned(network)


# Names and record


def test_the_elements_of_a_random_network_are_as_many_as_its_cells():
    made = planned(random_network(3, "auto"))
    sizes = made.network.shapes | made.network.parameters
    cells = {cell for full, block in made.blocks.items() if full in sizes for cell in cells_of(block)}
    assert len(cells) == sum(map(prod, sizes.values()))


def test_nothing_is_placed_once_a_plan_is_finished():
    planner = begun(network_of([1, 4, 4], *HEAD))
    made = planner.finish()
    for place in (
        lambda: planner.look("late", Copy(), {"x": "loss.out"}, out=Block((), (Anchor("Sheet loss", 90, 1),), ())),
        lambda: planner.input("late", CHOICE, Block((), (Anchor("Sheet loss", 90, 1),), ())),
        lambda: planner.look("view.photo", Copy(), {"x": "photo.out"}),
    ):
        with pytest.raises(ValueError, match=r"the plan is finished|two looks"):
            place()
    assert "late" not in made.looks
    assert "late" not in made.blocks


def test_a_plan_says_what_is_given_and_what_is_computed():
    made = planned(network_of([1, 4, 4], *HEAD))
    given, computed = made.given(), made.computed()
    assert given[f"{PHOTO}.out"] == "number"
    assert "truth.out" not in given  # the reader chooses a name, and a look makes numbers of it
    assert "truth.out" in computed
    assert made.truth == made.blocks["truth.choice"]
    assert made.drawing is None
    assert set(given) | set(computed) == set(made.blocks)
    assert {own for step in made.steps() for own in step.names.values()} == set(computed)

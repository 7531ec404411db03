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
from sheetnet.case.prepare import Case
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block, a1
from sheetnet.layout import (
    CLASSES,
    FIRST,
    Plan,
    areas,
    formula_count,
    in_rows,
    names_of,
    read_record,
    write_record,
)
from sheetnet.layout.fits import MOST_FORMULAS
from sheetnet.layout.plan import CHOICE, MOST_PLANES, WORDS, class_home, margins
from sheetnet.layout.record import MAX_ELEMENTS, VERSION
from sheetnet.lenses import Copy
from sheetnet.lesson.build import make_book
from sheetnet.network import LAYOUTS, PHOTO, TRUTH, Network
from sheetnet.photo import from_pixels
from sheetnet.steps import of_look, shapes_of

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
    book = formualizer.Workbook()
    source, choice = made.blocks["conv.out"], made.blocks["view.conv.choice"].cell()
    home = choice.sheet
    book.add_sheet(home)
    for index in np.ndindex(3, 3, 3):
        cell = source.cell(*index)
        book.set_value(home, cell.row, cell.column, float(index[0] * 100 + index[1] * 10 + index[2]))
    for name in ("view.conv.used", "view.conv.chosen"):
        step = of_look(made.looks[name], made.find)
        for index in np.ndindex(*step.writes["out"].shape):
            cell = step.writes["out"].cell(*index)
            book.set_formula(home, cell.row, cell.column, f"={step.rules['out'](*index)}")
    view = made.blocks["view.conv.chosen.out"]
    for channel in (1, 2, 3):
        book.set_value(home, choice.row, choice.column, float(channel))
        book.evaluate_all()
        for y, x in np.ndindex(3, 3):
            cell = view.cell(y, x)
            assert book.get_value(home, cell.row, cell.column) == (channel - 1) * 100 + y * 10 + x


def test_a_copy_names_the_cell_that_it_repeats():
    made = planned(network_of([1, 2, 2], *HEAD))
    rule = of_look(made.looks["view.jury.x"], made.find).rules["out"]
    cells = [made.blocks["flat.out"].cell(i) for i in range(4)]
    assert [cell.sheet for cell in cells] == ["Sheet flat"] * 4
    assert [rule(i) for i in range(4)] == [f"'Sheet flat'!{a1(cell.row, cell.column)}" for cell in cells]


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

    for name, module in list(sys.modules.items()):
        if name.startswith("sheetnet.") and getattr(module, "Anchor", None) is Anchor:
            monkeypatch.setattr(module, "Anchor", counting)
    with pytest.raises(NetworkError, match="formulas"):
        planned(network)


# Names and record


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


def test_the_elements_of_a_random_network_are_as_many_as_its_cells():
    made = planned(random_network(3, "auto"))
    sizes = made.network.shapes | made.network.parameters
    cells = {cell for full, block in made.blocks.items() if full in sizes for cell in cells_of(block)}
    assert len(cells) == sum(map(prod, sizes.values()))

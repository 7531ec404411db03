"""The formulas of a plan: short enough for Excel, and they name only cells that hold something."""

from __future__ import annotations

from itertools import product

import formualizer
import numpy as np
import pytest
from plans import HEAD, cells_of, layer, network_of, planned, random_network

from sheetnet.grid import a1
from sheetnet.layout import Plan, formula_count
from sheetnet.network import LAYOUTS
from sheetnet.steps import of_look

EXCEL_MOST = 8192  # characters of a formula
BEARABLE = 200  # characters of a formula in rows, at any depth


# Where things go


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

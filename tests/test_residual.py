"""F(x) + x: which input is which, the three pictures of an addition, and the live cells of the sheet Shortcuts."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import zoo
from opened import Open, Opened

from sheetnet.grid import Anchor, a1
from sheetnet.layout import FIRST, shortcut, view_name
from sheetnet.layout.sheets.shortcuts import FIRST_COLUMN, PICTURES, SIDE
from sheetnet.lesson.beside.shortcuts.family import STAGES
from sheetnet.lesson.beside.shortcuts.gradient import DEPTHS
from sheetnet.lesson.beside.shortcuts.sheet import offered
from sheetnet.lesson.beside.shortcuts.zeros import HEART
from sheetnet.lesson.build import make_book
from sheetnet.lesson.story.addition import copies, repeated
from sheetnet.network import Network

PLANES, ROWS = "shortcuts, in planes", "shortcuts, in rows"
ENDS = {
    PLANES: {"onto": ("x", "y"), "first": ("y", "x"), "twins": None},
    ROWS: {"fitted": ("y", "x"), "same": ("x", "y")},
}


@pytest.mark.parametrize("name", [PLANES, ROWS])
def test_the_shorter_way_is_the_shortcut_whatever_comes_first(name: str) -> None:
    network = zoo.network(name)
    found = {node.name: shortcut(network, node) for node in network.nodes if node.layer.kind == "add"}
    assert found == ENDS[name]


def test_without_a_fork_or_with_other_shapes_there_is_no_shortcut() -> None:
    spec: dict[str, Any] = {"name": "x", "classes": ["a"], "extra": {"one": [3], "two": [3], "wide": [2, 3]}}
    for inputs in (["one", "two"], ["one", "one"], ["wide", "one"]):
        layers = [{"name": "sum", "kind": "add", "inputs": inputs}]
        network = Network.from_spec(spec | {"input": {"shape": []}, "layers": layers})
        assert shortcut(network, network.nodes[0]) is None
        assert not offered(network)


@pytest.mark.parametrize("name", [PLANES, ROWS])
def test_an_addition_stands_beside_what_it_adds_in_one_scale_of_colours(name: str, opened: Open) -> None:
    book, of = make_book(zoo.case(name)), opened(name)
    for node in of.nodes("add"):
        added = shortcut(of.network, node)
        views = copies(of.plan, node)
        if added is None:
            assert set(views) <= {"out"}
            continue
        title = of.plan.sheets[node.name]
        sheet = next(sheet for sheet in book.sheets if sheet.title == title)
        pictures = [of.plan.blocks[f"{views[own]}.out"] for own in added]
        pictures.append(of.plan.blocks[f"{views.get('out', node.name)}.out"])
        places = [(block.anchors[0].row, block.anchors[0].column) for block in pictures]
        assert [row for row, _ in places] == [places[0][0]] * 3, "F(x), x and the sum stand side by side"
        assert sorted(places) == places
        cells = {f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for block in pictures for a, b in block.rectangles()}
        [scale] = [scale for scale in sheet.scales if cells & set(scale.ranges)]
        assert cells <= set(scale.ranges)
        most = max(np.abs(of.values[full]).max() for full in [*of.network.sources(node).values(), f"{node.name}.out"])
        assert scale.stops[0][1] == pytest.approx(-most, rel=0.01)
        assert scale.stops[2][1] == pytest.approx(most, rel=0.01)
        texts = [str(cell.value) for cell in of.contents.cells[title].values()]
        assert any(text.startswith("F(x), ") for text in texts)
        assert any(text.startswith("x, ") for text in texts)
        assert any(text.startswith("F(x) + x") for text in texts)


def test_in_planes_the_sum_is_written_with_the_cells_beside_it(opened: Open) -> None:
    of = opened(PLANES)
    node = next(node for node in of.network.nodes if node.name == "first")
    at = of.plan.blocks["first.out"].cell(1, 2, 3)
    found, came = (of.plan.views(node)[own].viewed(at.sheet)[1, 2, 3] for own in ("y", "x"))
    cell = of.contents.cells[at.sheet][at.row, at.column]
    assert cell.formula == f"{came}+{found}"
    assert "!" not in cell.formula
    assert of.plan.sheets[node.name] == at.sheet


def test_in_rows_one_choice_changes_all_three_pictures(opened: Open) -> None:
    of = opened(ROWS)
    node = next(node for node in of.network.nodes if node.name == "fitted")
    views = copies(of.plan, node)
    used = f"{view_name(node, 'used')}.out"
    assert len(views) == 3
    assert all(of.plan.looks[name].reads["map"] == used for name in views.values())
    for channel in (7, 1):
        of.set(of.plan.blocks[view_name(node, "choice")].anchors[0], channel)
        of.session.evaluate()
        shown = {}
        for own, view in views.items():
            block = of.plan.blocks[f"{view}.out"]
            at, (height, width) = block.anchors[0], block.shape
            shown[own] = np.array(of.grid(at.sheet, at.row, at.column, height, width))
            np.testing.assert_allclose(shown[own], of.values[repeated(of.plan, view)][channel - 1], atol=1e-9)
        np.testing.assert_allclose(shown["x"] + shown["y"], shown["out"], atol=1e-9)


# The sheet


@pytest.fixture
def sheet(opened: Open) -> tuple[Opened, str]:
    of = opened(ROWS)
    return of, of.words("sheets.residual")


def test_only_a_network_with_a_shortcut_has_the_sheet_and_only_a_lesson() -> None:
    from dataclasses import replace

    titles = [one.title for one in make_book(zoo.case(ROWS)).sheets]
    assert "Shortcuts" in titles
    assert "Shortcuts" not in [one.title for one in make_book(replace(zoo.case(ROWS), plain=True)).sheets]
    assert "Shortcuts" not in [one.title for one in make_book(zoo.case("branches")).sheets]


def test_the_family_is_counted_from_its_blocks(sheet: tuple[Opened, str]) -> None:
    of, title = sheet
    row, first = of.row_of(title, "residual.layers"), FIRST_COLUMN
    assert of.grid(title, row, first, 1, 5)[0] == [18, 34, 50, 101, 152]
    size = first + 5
    sizes = [of.at(title, of.row_of(title, f"residual.stage_{s[0]}", window=s[1], stride=s[2]), size) for s in STAGES]
    assert sizes == [112, 56, 56, 28, 14, 7]
    told = [str(value) for line in of.grid(title, FIRST, SIDE, 30, 1) for value in line]
    assert "ResNet-50:  1 + 3 × (3 + 4 + 6 + 3) + 1 = 50" in told
    at = Anchor(title, of.row_of(title, "residual.stage_conv4", window=3, stride=2), first + 2)
    of.set(at, 23)  # a ResNet-50 with as many blocks as ResNet-101 is one
    of.set(Anchor(title, of.row_of(title, "residual.photo"), size), 32)
    of.session.evaluate()
    assert of.at(title, row, first + 2) == 101
    assert of.at(title, of.row_of(title, "residual.stage_conv5", window=3, stride=2), size) == 1
    told = [str(value) for line in of.grid(title, FIRST, SIDE, 30, 1) for value in line]
    assert "ResNet-50:  1 + 3 × (3 + 4 + 23 + 3) + 1 = 101" in told
    of.set(at, 6)
    of.set(Anchor(title, of.row_of(title, "residual.photo"), size), 224)
    of.session.evaluate()


def test_the_weights_of_a_bottleneck_are_counted(sheet: tuple[Opened, str]) -> None:
    of, title = sheet
    rows = [of.row_of(title, f"residual.{key}") for key in ("narrower", "middle", "wider", "all_three", "both")]
    column = FIRST_COLUMN + 3
    assert [of.at(title, row, column) for row in rows] == [16384, 36864, 16384, 69632, 1179648]
    assert of.at(title, of.row_of(title, "residual.share"), column) == pytest.approx(69632 / 1179648)


def test_zeros_let_x_pass_and_its_slope_is_1(sheet: tuple[Opened, str]) -> None:
    of, title = sheet
    side = SIDE
    places = side + 5, side + 13, side + 21  # F(x), x, out
    found, x, out = (np.array(of.grid(title, PICTURES, column, 5, 5)) for column in places)
    heart = np.array([list(map(int, line)) for line in HEART])
    assert not found.any()
    assert (x == heart).all()
    assert (out == x).all()
    slopes = [of.row_of(title, f"residual.slope_{key}", column=side) for key in ("out", "found")]
    assert [of.at(title, row, places[1]) for row in slopes] == [1, 0]
    said = slopes[0] - 1
    assert of.at(title, said, side) == of.words("residual.same")
    of.set(Anchor(title, PICTURES + 2, side + 1), 0.25)  # the middle of the filter
    of.session.evaluate()
    assert (np.array(of.grid(title, PICTURES, places[2], 5, 5)) == 1.25 * heart).all()
    assert [of.at(title, row, places[1]) for row in slopes] == [1.25, 0.25]
    assert of.at(title, said, side) == of.words("residual.other")
    of.set(Anchor(title, PICTURES + 2, side + 1), 0)
    of.session.evaluate()


def test_a_gradient_fades_without_shortcuts(sheet: tuple[Opened, str]) -> None:
    of, title = sheet
    rows = [of.row_of(title, f"residual.{key}") for key in ("with", "without")]
    with_them, without = (of.grid(title, row, FIRST_COLUMN, 1, len(DEPTHS))[0] for row in rows)
    np.testing.assert_allclose(with_them, [1.1**depth for depth in DEPTHS], rtol=1e-9)
    np.testing.assert_allclose(without, [0.1**depth for depth in DEPTHS], rtol=1e-9)


def test_what_is_stored_is_what_the_engine_says_and_formulas_are_plain(sheet: tuple[Opened, str]) -> None:
    of, title = sheet
    formulas = {at: cell for at, cell in of.contents.cells[title].items() if cell.formula is not None}
    assert len(formulas) > 90
    for (row, column), cell in formulas.items():
        assert not re.search(r"\dE[-+]?\d", cell.formula or ""), f"{cell.formula}: an exponent"
        found = of.at(title, row, column)
        assert found == (pytest.approx(cell.value, rel=1e-12) if isinstance(cell.value, float) else cell.value)

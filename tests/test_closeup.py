"""The close-ups say for every place that can be chosen what NumPy says about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from opened import Open, Opened, differences, having, places, same

from sheetnet.case.prepare import Case
from sheetnet.layers import Array
from sheetnet.lesson.build import write
from sheetnet.lesson.frame.thread import follow
from sheetnet.network import Network, Node
from sheetnet.photo import from_pixels
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import read

FIRST = 9  # the first row below the head


def _x(book: Opened, node: Node) -> Array:
    return book.values[book.network.sources(node)["x"]]


def _padded(book: Opened, node: Node, value: float) -> Array:
    top, left, bottom, right = node.layer.padding_of(book.network.input_shapes(node))
    return np.pad(_x(book, node), ((0, 0), (top, bottom), (left, right)), constant_values=value)


def _window(book: Opened, node: Node, y: int, x: int, outside: float) -> Array:
    """The window (channels, height, width) that makes element (y, x) of a layer's maps."""
    (down, across), (high, wide) = node.layer.stride, node.layer.size  # type: ignore[attr-defined]
    return _padded(book, node, outside)[:, down * y : down * y + high, across * x : across * x + wide]


def _built(tmp_path: Path, shape: list[int], layers: list[dict[str, Any]], **given: Array) -> Opened:
    """A workbook of a network of one's own, with these weights and pixels."""
    spec = {"name": "own", "classes": ["Ann", "Bob", "Cid"], "input": {"shape": shape}, "layers": layers}
    network = Network.from_spec(spec)
    pixels = given.pop("pixels", None)
    if pixels is None:
        pixels = np.random.RandomState(5).randint(0, 256, shape).astype(float)
    tensors = network.fill({}, 4) | {name.replace("_", "."): np.asarray(v, float) for name, v in given.items()}
    prose = {"title": "own", "lead": "", "summary": ""}
    case = Case(network, tensors, from_pixels(np.asarray(pixels, float), "own"), None, prose)
    write(case, tmp_path / "own.xlsx", force=True)
    return Opened(case, (tmp_path / "own.xlsx").read_bytes())


# Convolution


def _bands(book: Opened, node: Node, o: int, y: int, x: int) -> list[list[Any]]:
    """All that stands beside the panel: per channel its name, window x filter = products, and their sum."""
    convs = [book.values[f"{n.name}.weight"].shape for n in book.offered("conv2d")]
    channels, high, wide = (max(shape[axis] for shape in convs) for axis in (1, 2, 3))
    window, weight = _window(book, node, y, x, 0.0), book.values[f"{node.name}.weight"][o]
    room = max(2, wide)  # a window of one column leaves room for its heading
    columns = [0, 1, room + 2, 2 * room + 3, 3 * room + 4]  # name, window, filter, products, sum; a gap before each
    grid: list[list[Any]] = [[None] * (columns[4] + 1) for _ in range(channels * (high + 1))]
    for c in range(channels):
        top, there = c * (high + 1), c < len(weight)
        for i, j in np.ndindex(high, wide):
            inside = there and i < weight.shape[1] and j < weight.shape[2]
            three = (window[c, i, j], weight[c, i, j], window[c, i, j] * weight[c, i, j]) if inside else ("", "", "")
            for column, value in zip(columns[1:4], three, strict=True):
                grid[top + i][column + j] = value
        grid[top][0] = _filter_name(book, c, len(weight)) if there else ""
        middle = top + (high - 1) // 2
        for column, sign in zip(columns[2:5], "×=→", strict=True):
            grid[middle][column - 1] = sign if there else ""
        grid[middle][columns[4]] = (window[c] * weight[c]).sum() if there else ""
    return grid


def _filter_name(book: Opened, channel: int, channels: int) -> str:
    if channels == book.network.shape[0] == 3:
        return book.words(f"colors.{('red', 'green', 'blue')[channel]}")
    return book.words("labels.on_map", number=channel + 1)


def _wrong_conv(book: Opened, node: Node, o: int, y: int, x: int) -> list[str]:
    """What the sheet says wrongly about element (o, y, x) of a convolution."""
    sheet = book.words("sheets.closeup")
    expected = _bands(book, node, o, y, x)
    left = book.column_of(sheet, FIRST, "closeup.window_of") - 1
    found = book.grid(sheet, FIRST + 1, left, len(expected), len(expected[0]))
    wrong = [f"{node.name}[{o}, {y}, {x}]: {what}" for what in differences(found, expected)]
    window, weight = _window(book, node, y, x, 0.0), book.values[f"{node.name}.weight"][o]
    bias = book.values[f"{node.name}.bias"][o]
    (down, across), pads = node.layer.stride, node.layer.padding_of(book.network.input_shapes(node))  # type: ignore[attr-defined]
    total = float((window * weight).sum())
    gates = [n for n in book.network.nodes if n.layer.kind == "relu" and n.inputs == (node.name,)]
    said: dict[str, Any] = {
        "products": total,
        "bias": bias,
        "total": total + bias,
        "there": book.values[f"{node.name}.out"][o, y, x],
        "tick": book.words("closeup.same"),
    }
    if any(n.inputs[0] in [c.name for c in book.offered("conv2d")] for n in book.nodes("relu")):
        said["relu"] = max(total + bias, 0.0) if gates else book.words("closeup.no_relu")
    for key, value in said.items():
        found_one = book.says(sheet, f"closeup.{key}")
        if not same(found_one, value):
            wrong.append(f"{node.name}[{o}, {y}, {x}]: {key} is {found_one!r} instead of {value!r}")
    if [book.used("conv", "top"), book.used("conv", "left")] != [1 + down * y - pads[0], 1 + across * x - pads[1]]:
        wrong.append(f"{node.name}[{o}, {y}, {x}]: the window begins elsewhere")
    return wrong + book.errors(sheet)


@pytest.mark.parametrize("name", having("conv2d"))
def test_the_closeup_of_a_convolution_is_right_at_corners_and_edges_of_every_layer(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.offered("conv2d"):
        for o, y, x in places(book.values[f"{node.name}.out"].shape):
            book.choose("conv", layer=book.plan.sheets[node.name], filter=o + 1, row=y + 1, column=x + 1)
            assert _wrong_conv(book, node, o, y, x) == []


@pytest.mark.parametrize("name", ["strides and four-sided padding", "by-hand", "in rows"])
def test_the_closeup_of_a_convolution_is_right_everywhere(opened: Open, name: str) -> None:
    book = opened(name)
    node = book.offered("conv2d")[-1]
    for o, y, x in np.ndindex(*book.values[f"{node.name}.out"].shape):
        book.choose("conv", layer=book.plan.sheets[node.name], filter=o + 1, row=y + 1, column=x + 1)
        assert _wrong_conv(book, node, o, y, x) == []


def test_a_fresh_closeup_looks_at_the_number_that_is_followed(opened: Open) -> None:
    for name in ("detective", "padding wider than the window"):
        book = opened(name)
        node = book.offered("conv2d")[0]
        o, y, x = (int(book.used("conv", key)) - 1 for key in ("filter", "row", "column"))
        assert (o, y, x) == follow(book.network, book.values).places[node.name]
        assert _wrong_conv(book, node, o, y, x) == []


OUTSIDE = [
    (999, "last"),
    (0, 1),
    (-5, 1),
    ("x", 1),
    (None, 1),
    (2.7, 2),
    (1.0, 1),
    (1e300, "last"),
    (True, 1),
    ("5", 1),
]


@pytest.mark.parametrize(("typed", "meant"), OUTSIDE)
@pytest.mark.parametrize("what", ["filter", "row", "column"])
def test_a_choice_outside_is_brought_inside_and_stays_right(opened: Open, what: str, typed: Any, meant: Any) -> None:
    book = opened("strides and four-sided padding")
    [node] = book.offered("conv2d")
    shape = book.values[f"{node.name}.out"].shape
    book.choose("conv", filter=1, row=1, column=1)
    book.choose("conv", **{what: typed})
    place = [0, 0, 0]
    axis = ["filter", "row", "column"].index(what)
    place[axis] = shape[axis] - 1 if meant == "last" else meant - 1
    assert book.used("conv", what) == place[axis] + 1
    assert _wrong_conv(book, node, *place) == []


@pytest.mark.parametrize("typed", ["nobody", "", None, 7, True, 1e300, "Conv*", "Conv?", "CONV2", "conv3", "Conv9"])
def test_a_layer_that_is_none_is_the_first_one(opened: Open, typed: Any) -> None:
    book = opened("ten channels, so rows by itself")
    first = book.offered("conv2d")[0]
    book.choose("conv", layer=typed, filter=10, row=6, column=1)
    assert _wrong_conv(book, first, 9, 5, 0) == []


def test_a_place_is_brought_inside_when_the_reader_moves_on_to_a_smaller_layer(opened: Open) -> None:
    book = opened("ten channels, so rows by itself")
    first, _, last = book.offered("conv2d")
    book.choose("conv", layer="Conv1", filter=10, row=6, column=7)
    assert _wrong_conv(book, first, 9, 5, 6) == []
    book.choose("conv", layer="Conv3")
    shape = book.values["conv3.out"].shape
    assert shape < (10, 6, 7)
    assert _wrong_conv(book, last, *(min(size, at) - 1 for size, at in zip(shape, (10, 6, 7), strict=True))) == []


def test_the_closeup_of_a_convolution_follows_a_pixel_a_weight_and_a_bias(opened: Open) -> None:
    book = opened("detective")
    first, last = book.offered("conv2d")
    book.inputs["photo.out"] = book.inputs["photo.out"].copy()
    book.inputs["photo.out"][1, 5, 6] = 3.0
    book.set(book.plan.blocks["photo.out"].cell(1, 5, 6), 3.0)
    for name, index, value in (("conv1.weight", (1, 2, 0, 1), -0.75), ("conv2.bias", (3,), 1.5)):
        book.parameters[name] = book.parameters[name].copy()
        book.parameters[name][index] = value
        book.set(book.plan.blocks[name].cell(*index), value)
    book.tell_again()
    book.choose("conv", layer="Conv1", filter=2, row=6, column=7)
    assert _wrong_conv(book, first, 1, 5, 6) == []
    book.choose("conv", layer="Conv2", filter=4, row=3, column=4)
    assert _wrong_conv(book, last, 3, 2, 3) == []


def test_a_number_on_the_layers_sheet_that_is_not_made_that_way_gets_no_tick(opened: Open) -> None:
    book = opened("by-hand")
    book.choose("conv", filter=1, row=2, column=3)
    assert book.says("Close-up", "closeup.tick") == "✓ the same"
    book.set(book.plan.blocks["conv.out"].cell(0, 1, 2), 5.0)
    book.session.evaluate()
    assert book.says("Close-up", "closeup.tick") == "✗ another"


# Pooling


def _wrong_pool(book: Opened, node: Node, c: int, y: int, x: int) -> list[str]:
    """What the sheet says wrongly about element (c, y, x) of a pooling."""
    sheet = book.words("sheets.closeup_pool")
    high, wide = (max(n.layer.size[axis] for n in book.offered("maxpool2d")) for axis in (0, 1))  # type: ignore[attr-defined]
    window = _window(book, node, y, x, np.nan)[c]
    expected: list[list[Any]] = [[""] * wide for _ in range(high)]
    for (i, j), value in np.ndenumerate(window):
        expected[i][j] = "" if np.isnan(value) else value
    left = book.column_of(sheet, FIRST, "closeup.window_of")
    found = book.grid(sheet, FIRST + 1, left, high, wide)
    wrong = list(differences(found, expected))
    largest = float(np.nanmax(window))
    said = {"largest": largest, "there": book.values[f"{node.name}.out"][c, y, x], "tick": book.words("closeup.same")}
    wrong += [key for key, value in said.items() if not same(book.says(sheet, f"closeup.{key}"), value)]
    (down, across), pads = node.layer.stride, node.layer.padding_of(book.network.input_shapes(node))  # type: ignore[attr-defined]
    if [book.used("pool", "top"), book.used("pool", "left")] != [1 + down * y - pads[0], 1 + across * x - pads[1]]:
        wrong.append("the window begins elsewhere")
    return [f"{node.name}[{c}, {y}, {x}]: {what}" for what in wrong] + book.errors(sheet)


@pytest.mark.parametrize("name", having("maxpool2d"))
def test_the_closeup_of_a_pooling_is_right_at_corners_and_edges_of_every_layer(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.offered("maxpool2d"):
        for c, y, x in places(book.values[f"{node.name}.out"].shape):
            book.choose("pool", layer=book.plan.sheets[node.name], map=c + 1, row=y + 1, column=x + 1)
            assert _wrong_pool(book, node, c, y, x) == []


def test_padding_is_no_candidate_for_the_largest_of_negative_numbers(opened: Open) -> None:
    book = opened("overlapping pooling with padding on negative numbers")
    assert book.values["pool1.out"].max() < 0
    for node in book.offered("maxpool2d"):
        for c, y, x in np.ndindex(*book.values[f"{node.name}.out"].shape):
            book.choose("pool", layer=book.plan.sheets[node.name], map=c + 1, row=y + 1, column=x + 1)
            assert _wrong_pool(book, node, c, y, x) == []


@pytest.mark.parametrize(("typed", "meant"), OUTSIDE)
@pytest.mark.parametrize("what", ["map", "row", "column"])
def test_a_choice_outside_of_a_pooling_is_brought_inside(opened: Open, what: str, typed: Any, meant: Any) -> None:
    book = opened("everything in rows")
    [node] = book.offered("maxpool2d")
    shape = book.values[f"{node.name}.out"].shape
    book.choose("pool", map=1, row=1, column=1)
    book.choose("pool", **{what: typed})
    place = [0, 0, 0]
    axis = ["map", "row", "column"].index(what)
    place[axis] = shape[axis] - 1 if meant == "last" else meant - 1
    assert _wrong_pool(book, node, *place) == []


# Logits

MOST = 10
TABLES = {"for": 7, "against": 15}  # the columns where the tables begin


def _ranked(products: list[float], side: str) -> list[int]:
    """The elements that speak for a side, by how much they say, the earlier one first where two say the same."""
    sign = -1 if side == "for" else 1
    heard = [i for i, product in enumerate(products) if sign * product < 0]
    return sorted(heard, key=lambda i: (sign * products[i], i))


def _wrong_logit(book: Opened, node: Node, suspect: int, close: Callable[[Any, Any], bool] = same) -> list[str]:
    """What the sheet says wrongly about one logit of a dense layer."""
    sheet = book.words("sheets.closeup_logit")
    x, weight = _x(book, node), book.values[f"{node.name}.weight"][suspect]
    products = [float(a) * float(b) for a, b in zip(x, weight, strict=True)]
    before = next((n for n in book.network.nodes if n.name == node.inputs[0]), None)
    shape = book.network.input_shapes(before)["x"] if before is not None and before.layer.kind == "flatten" else None
    wrong = []
    for side, column in TABLES.items():
        expected: list[list[Any]] = []
        for i in _ranked(products, side)[:MOST]:
            origin = [k + 1 for k in np.unravel_index(i, shape)] if shape else ["-"] * 3
            expected.append([i + 1, *origin, float(x[i]), float(weight[i]), products[i]])
        heading = book.words(f"closeup.{side}" if expected else f"closeup.nobody_{side}")
        wrong += [f"{side}: no {heading!r}"] * (book.at(sheet, FIRST, column) != heading)
        expected += [[""] * 7] * (MOST - len(expected))
        wrong += [f"{side}: {what}" for what in differences(book.grid(sheet, FIRST + 2, column, MOST, 7), expected)]
    total, bias = float((x * weight).sum()), float(book.values[f"{node.name}.bias"][suspect])
    units, classes = len(book.values[f"{node.name}.bias"]), book.network.classes
    named = units == len(classes) and bool(book.nodes("softmax"))
    said = {
        "name": classes[suspect] if named else book.words("labels.unit", number=suspect + 1),
        "weighted_sum": total,
        "bias": bias,
        "logit": total + bias,
        "there": book.values[f"{node.name}.out"][suspect],
        "tick": book.words("closeup.same"),
    }
    wrong += [key for key, value in said.items() if not close(book.says(sheet, f"closeup.{key}"), value)]
    longest = max(len(_x(book, n)) for n in book.nodes("dense"))
    blank = [""] * (longest - len(products))
    table = book.grid(sheet, FIRST + 2, book.column_of(sheet, FIRST, "closeup.all"), longest, 4)
    columns = [list(range(1, longest + 1)), *([*map(float, a), *blank] for a in (x, weight, products))]
    wrong += list(differences(table, [list(line) for line in zip(*columns, strict=True)]))
    return [f"{node.name}[{suspect}]: {what}" for what in wrong] + book.errors(sheet)


@pytest.mark.parametrize("name", having("dense"))
def test_the_closeup_of_a_logit_is_right_for_every_suspect_of_every_layer(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.nodes("dense"):
        for suspect in range(len(book.values[f"{node.name}.out"])):
            book.choose("logit", layer=book.plan.sheets[node.name], unit=suspect + 1)
            assert _wrong_logit(book, node, suspect) == []


@pytest.mark.parametrize(("typed", "meant"), [(999, 5), (0, 1), ("Ann", 1), (None, 1), (2.7, 2)])
def test_a_suspect_outside_is_brought_inside(opened: Open, typed: Any, meant: int) -> None:
    book = opened("dense upon dense")
    book.choose("logit", layer="Dense1", unit=typed)
    assert _wrong_logit(book, book.nodes("dense")[0], meant - 1) == []


JURY = [zoo.layer("flatten"), zoo.layer("dense", units=3), zoo.layer("softmax")]


@pytest.mark.parametrize(
    ("what", "pixels", "weight"),
    [
        ("all equal", [2.0] * 12, [0.5] * 12),
        ("all zero", [0.0] * 12, [0.5, -0.5] * 6),
        ("zeros of both signs", [0.0, 1.0, 0.0, 2.0, 0.0, 3.0], [-1.0, 1.0, 1.0, -1.0, 0.0, -0.0]),
        ("ties far apart", [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], [1, 1, 1, 1, -1, -1, 1, 1, 1, -1, -1, -1]),
        ("pairs made in other ways", [6, 3, 2, 1, 6, 3, 2, 1, 4, 12, 0], [1, 2, 3, 6, -1, -2, -3, -6, 9, 3, 7]),
        ("the last ones are the largest", [0] * 9 + [7, 7, 7], [1.0] * 12),
        ("the last ones are the smallest", [1] * 9 + [7, 7, 7], [-1.0] * 12),
        ("fewer than ten, with ties", [3, 3, 1], [1, 1, 3]),
        ("one piece of evidence", [200], [0.125]),
        ("exactly ten", list(range(10)), [1, -1] * 5),
        ("eleven", list(range(11)), [1.0] * 11),
    ],
)  # fmt: skip
def test_equal_pieces_of_evidence_are_told_one_after_the_other(
    tmp_path: Path, what: str, pixels: list[float], weight: list[float]
) -> None:
    rows = np.array([weight, [-w for w in weight], [0.0] * len(weight)])
    book = _built(tmp_path, [1, 1, len(pixels)], JURY, pixels=[[pixels]], dense_weight=rows)
    [node] = book.nodes("dense")
    for suspect in range(3):
        book.choose("logit", unit=suspect + 1)
        assert _wrong_logit(book, node, suspect) == []


def test_a_reader_who_makes_evidence_equal_still_sees_each_once(opened: Open) -> None:
    book = opened("detective")
    [node] = book.nodes("dense")
    weight = book.parameters["dense.weight"] = book.parameters["dense.weight"].copy()
    weight[1, :] = 0.0
    weight[1, 40:45] = 2.0
    for i in range(weight.shape[1]):
        book.set(book.plan.blocks["dense.weight"].cell(1, i), float(weight[1, i]))
    book.tell_again()
    book.choose("logit", unit=2)
    assert _wrong_logit(book, node, 1) == []


@pytest.mark.parametrize("engine", ["formualizer", "libreoffice", "gnumeric"])
def test_products_that_differ_in_the_last_digit_only_are_told_once_each(
    tmp_path: Path, needs: Callable[[str], None], engine: str
) -> None:
    """0.3 and 3 x 0.1 are equal for one function of a spreadsheet, and different for another."""
    pixels, weight = [1, 3, 1, 2, 3, 1], [0.3, 0.1, 0.3, 0.1, 0.1, 0.3]
    rows = np.array([weight, [-w for w in weight], [0.0] * 6])
    _built(tmp_path, [1, 1, 6], JURY, pixels=[[pixels]], dense_weight=rows)
    data = (tmp_path / "own.xlsx").read_bytes()
    if engine != "formualizer":
        needs(engine)
        [data] = recalculate(engine, [data], time.monotonic() + 60)
    cells = read(data, engine).cells["Close-up logit"]
    most, least = ([cells[row, column].value for row in range(11, 18)] for column in TABLES.values())
    assert sorted(most[:6]) == [1, 2, 3, 4, 5, 6]
    assert most[5] == 4
    assert {most[6], *least} == {""}
    assert cells[9, TABLES["against"]].value == "Nobody spoke against the suspect"

"""The sheets Charts, Weights and Softmax show this network's own numbers, and their charts refer to them."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import surgery
from opened import EVERY, Open, Opened, having, same

from sheetnet.network import Node
from sheetnet.workbook.reading.references import parse_reference

BINS, POINTS = 17, 40


def _before_and_after(book: Opened, node: Node) -> tuple[np.ndarray, np.ndarray]:
    return book.values[book.network.sources(node)["x"]], book.values[f"{node.name}.out"]


def _wrong_histogram(book: Opened, node: Node) -> list[str]:
    """What the second chart's table says wrongly."""
    sheet = book.words("sheets.charts")
    before, after = _before_and_after(book, node)
    head = book.row_of(sheet, "charts.bin")
    table = book.grid(sheet, head + 1, 2, BINS, 4)
    wrong = []
    step = round(max(np.abs(before).max(), 1e-4) / 8, 6)
    if not same(book.says(sheet, "charts.step"), step):
        wrong.append(f"{node.name}: a bin is {book.says(sheet, 'charts.step')} wide, not {step}")
    for column, values in ((1, before), (2, after)):
        counts = [line[column] for line in table]
        if sum(counts) != values.size:
            wrong.append(f"{node.name}: {sum(counts)} of {values.size} numbers are counted")
        for k, count in enumerate(counts):
            low, high = (k - 8.5) * step, (k - 7.5) * step
            # A number on an edge belongs to either side, as far as the last digits go.
            inner = ((values > low + 1e-9 * step) & (values < high - 1e-9 * step)).sum()
            outer = ((values > low - 1e-9 * step) & (values < high + 1e-9 * step)).sum()
            if not inner <= count <= outer:
                wrong.append(f"{node.name}: bin {k} has {count} numbers, not {inner}")
    for k, line in enumerate(table):
        if not np.isclose(line[0], (k - 8) * step, atol=5.1e-4) or not same(line[3], (k - 7.5) * step):
            wrong.append(f"{node.name}: bin {k} is at {line[0]}, below {line[3]}")
    return wrong


def _wrong_curve(book: Opened, node: Node) -> list[str]:
    """What the first chart's table says wrongly."""
    sheet = book.words("sheets.charts")
    before, after = _before_and_after(book, node)
    head = book.row_of(sheet, "charts.element")
    wrong, seen = [], []
    for name, x, y in book.grid(sheet, head + 1, 2, POINTS, 3):
        index = tuple(int(part) - 1 for part in name.split(", "))
        seen.append(int(np.ravel_multi_index(index, before.shape)))
        if not same(x, float(before[index])) or not same(y, float(after[index])):
            wrong.append(f"{node.name}{list(index)}: {x}, {y} instead of {before[index]}, {after[index]}")
    gaps = np.diff([-1, *seen, before.size])
    if seen != sorted(seen) or gaps.max() > before.size / POINTS + 2:
        wrong.append(f"{node.name}: the points are not spread evenly: {seen}")
    ends = book.grid(sheet, book.row_of(sheet, "charts.relu_line"), 3, 3, 2)
    xs = [x for _, x, _ in book.grid(sheet, head + 1, 2, POINTS, 3)]
    if ends != [[min(0.0, *xs), 0.0], [0.0, 0.0], [max(0.0, *xs), max(0.0, *xs)]]:
        wrong.append(f"{node.name}: the line goes through {ends}")
    return wrong


@pytest.mark.parametrize("name", having("relu"))
def test_the_charts_of_every_relu_are_right(opened: Open, name: str) -> None:
    book = opened(name)
    sheet = book.words("sheets.charts")
    for node in [*book.nodes("relu"), book.nodes("relu")[0]]:
        book.choose("relu", layer=book.plan.sheets[node.name])
        before, after = _before_and_after(book, node)
        said = {"count": before.size, "least": before.min(), "most": before.max(), "zeros": (after == 0).sum()}
        told = {key: book.says(sheet, f"charts.{key}") for key in said}
        assert all(same(told[key], float(value)) for key, value in said.items()), told
        assert _wrong_curve(book, node) == []
        assert _wrong_histogram(book, node) == []
        assert book.errors(sheet) == []


def test_the_charts_follow_a_changed_pixel_and_numbers_that_are_all_equal(opened: Open) -> None:
    book = opened("no softmax")
    [node] = book.nodes("relu")
    for value in (255.0, 0.0):
        book.inputs["photo.out"] = np.full(book.network.shape, value)
        for index in np.ndindex(*book.network.shape):
            book.set(book.plan.blocks["photo.out"].cell(*index), value)
        book.session.evaluate()
        book.tell_again()
        assert _wrong_curve(book, node) == []
        assert _wrong_histogram(book, node) == []


def test_a_layer_of_nothing_but_zeros_lies_in_the_middle_bin(opened: Open) -> None:
    book = opened("by-hand")
    [node] = book.nodes("relu")
    book.parameters = {name: np.zeros_like(value) for name, value in book.parameters.items()}
    for name in ("conv.weight", "conv.bias"):
        for index in np.ndindex(*book.parameters[name].shape):
            book.set(book.plan.blocks[name].cell(*index), 0.0)
    book.session.evaluate()
    book.tell_again()
    assert _wrong_histogram(book, node) == []
    head = book.row_of("Charts", "charts.bin")
    assert book.column("Charts", head + 1, 3, BINS) == [0.0] * 8 + [50.0] + [0.0] * 8


@pytest.mark.parametrize("name", having("softmax"))
def test_each_suspect_stands_on_the_curve_of_e_to_the_x(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.nodes("softmax"):
        sheet = book.plan.sheets[node.name]
        logits = book.values[book.network.sources(node)["x"]]
        row = book.plan.blocks[f"{node.name}.exp"].anchors[0].row
        x = logits - logits.max()
        for line, who, at in zip(book.grid(sheet, row, 2, len(x), 4), book.network.classes, x, strict=True):
            assert line[0] == who
            assert same(line[2], float(at))
            assert same(line[3], float(np.exp(at)))
        points = book.grid(sheet, book.row_of(sheet, "charts.exp_points") + 2, 3, 21, 2)
        assert same(points[0][0], max(-12.0, min(-3.0, float(x.min()))))
        assert same(points[-1][0], 0.0)
        assert np.allclose(np.diff([p for p, _ in points]), -points[0][0] / 20)
        assert all(same(y, float(np.exp(x))) for x, y in points)


@pytest.mark.parametrize("name", having("softmax"))
def test_the_softmax_says_each_exponential_in_numbers_and_gives_a_table_of_them(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.nodes("softmax"):
        sheet = book.plan.sheets[node.name]
        logits, at = book.values[book.network.sources(node)["x"]], book.plan.blocks[f"{node.name}.out"].anchors[0]
        hard = book.column(sheet, at.row, at.column + 1, len(logits))
        assert hard == [float(i == logits.argmax()) for i in range(len(logits))]
        row = book.row_of(sheet, "charts.what_ln") + 1
        for told, who, x in zip(book.column(sheet, row, 2, len(logits)), book.network.classes, logits, strict=True):
            match = re.fullmatch(r"(.*): e\^\((.+) − (.+?)\) = e\^(.+) ([=≈]) (.+)", told)
            assert match is not None, told
            assert match[1] == who
            said = [*match.groups()[1:4], match[6]]
            shown = [float(one.strip("()").replace("−", "-")) for one in said]
            apart = x - logits.max()
            assert (match[5] == "=") == (apart == 0), told
            assert np.allclose(shown, [x, logits.max(), apart, np.exp(apart)], atol=5.1e-5)
            assert "(" not in said[0]  # no sign comes before it
            assert all(("−" in one) == (one[0] == "(") for one in said[1:])
        top = book.row_of(sheet, "charts.powers")
        table = np.array(book.grid(sheet, top + 2, 2, 10, 7), float)
        assert np.allclose(table, np.exp(-np.arange(7.0)[None] - np.arange(10.0)[:, None] / 10))
        assert book.grid(sheet, top + 1, 2, 1, 7) == [[-float(k) for k in range(7)]]


@pytest.mark.parametrize("name", having("crossentropy"))
def test_the_answer_lies_on_the_curve_of_the_loss_and_outside_of_it_without_a_truth(opened: Open, name: str) -> None:
    book = opened(name)
    choice = book.plan.blocks["truth.choice"].anchors[0]
    row = book.row_of(choice.sheet, "loss.here")
    for chosen in (*book.network.classes, "(nobody)"):
        book.set(choice, chosen)
        book.session.evaluate()
        [[p, loss]] = book.grid(choice.sheet, row, 3, 1, 2)
        if chosen == "(nobody)":
            assert (p, loss) == (-1, -1)
            continue
        assert p < 1e-13 or np.isclose(loss, -np.log(p))
        points = book.grid(choice.sheet, row + 1, 3, 21, 2)
        assert np.allclose([y for _, y in points], [-np.log(x) for x, _ in points])
        assert points[-1] == [1, 0]
        assert np.isclose(points[0][1], min(40.0, max(5.0, loss)))


@pytest.mark.parametrize("name", EVERY)
def test_the_weights_are_laid_back_over_the_maps_that_were_flattened(opened: Open, name: str) -> None:
    book = opened(name)
    sheet = book.words("sheets.weights")
    if sheet not in book.contents.sheets:
        assert name in ("padding wider than the window", "dense upon dense", "no softmax")
        return
    flat = {node.name: node for node in book.nodes("flatten") if node.inputs[0] != "photo"}
    dense = [node for node in book.nodes("dense") if node.inputs[0] in flat][-1]
    maps = book.values[book.network.sources(flat[dense.inputs[0]])["x"]]
    weight = book.values[f"{dense.name}.weight"]
    channels, height, width = maps.shape
    shown = [maps, *weight.reshape(len(weight), *maps.shape)]
    classes = book.network.classes if len(weight) == len(book.network.classes) else ()
    names = [book.words("weights.found"), *(classes or [f"unit {u + 1}" for u in range(len(weight))])]
    columns = [c for c in range(3, 60) if book.at(sheet, 9, c) is not None]  # a long name pushes the next map on
    assert min(b - a for a, b in pairwise(columns)) > width
    for column, title, values in zip(columns, names, shown, strict=True):
        assert book.at(sheet, 9, column) == title
        for c in range(channels):
            row = 10 + c * (height + 1)
            assert book.at(sheet, row, 2) == book.words("labels.map", number=c + 1)
            np.testing.assert_allclose(np.array(book.grid(sheet, row, column, height, width), float), values[c], 1e-9)


def test_the_names_of_the_classes_follow_a_reader_who_changes_them(opened: Open) -> None:
    book = opened("by-hand")
    book.set(book.plan.blocks["classes.names"].anchors[0], "Zebra")
    book.session.evaluate()
    row = [book.at(book.words("sheets.weights"), 9, column) for column in range(3, 60)]
    assert [name for name in row if name] == [book.words("weights.found"), "Zebra", *book.network.classes[1:]]


@pytest.mark.parametrize("name", EVERY)
def test_every_series_of_a_chart_refers_to_cells_that_hold_what_it_shows(
    opened: Open, made: dict[str, Path], name: str
) -> None:
    book = opened(name)
    charts = [part for key, part in surgery.parts(made[name]).items() if key.startswith("xl/charts/chart")]
    truth = book.plan.truth
    curves = [
        one for one in book.nodes("crossentropy") if truth and truth.anchors[0].sheet == book.plan.sheets[one.name]
    ]
    assert len(charts) == 2 * bool(book.nodes("relu")) + 2 * len(book.nodes("softmax")) + len(curves)
    for part in charts:
        text = part.decode()
        series = re.findall(r"<(?:c:)?ser>(.*?)</(?:c:)?ser>", text, re.DOTALL)
        assert series
        for one in series:
            references = [unescape(f) for f in re.findall(r"<(?:c:)?f>(.*?)</(?:c:)?f>", one)]
            assert len(references) == 2
            sizes = []
            for reference in references:
                span = parse_reference(reference)
                assert span is not None
                first, last = span
                cells = [
                    book.at(first.sheet, row, column)
                    for row in range(first.row, last.row + 1)
                    for column in range(first.column, last.column + 1)
                ]
                assert None not in cells
                assert "" not in cells
                sizes.append(len(cells))
            assert sizes[0] == sizes[1]
            assert all(isinstance(value, float) for value in cells)  # the last reference is that of the values

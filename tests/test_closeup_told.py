"""The lines of a close-up's head: how its number is made, with live numbers, and a link to the number to follow."""

from __future__ import annotations

import re

import numpy as np
import pytest
from opened import Open, Opened, places

from sheetnet.grid import a1
from sheetnet.lesson.frame.thread import follow
from sheetnet.network import Node

NUMBERS, THREAD = 7, 8  # rows
BEFORE = "In numbers, rounded:  "


def _told(book: Opened, key: str) -> str:
    said = book.at(book.words(f"sheets.{key}"), NUMBERS, 1)
    assert said.startswith(BEFORE)
    return str(said.removeprefix(BEFORE))


def _number(text: str) -> float:
    """A number of a sentence; one that follows a sign has brackets and a true minus where it is negative."""
    return float(text.replace("−", "-").strip("()"))


def _terms(book: Opened, node: Node, o: int, y: int, x: int) -> list[tuple[str, float]]:
    """What is added up: channels by their names, then the bias; of many channels their sum."""
    (down, across), (high, wide) = node.layer.stride, node.layer.size  # type: ignore[attr-defined]
    top, left, bottom, right = node.layer.padding_of(book.network.input_shapes(node))
    seen = np.pad(book.values[book.network.sources(node)["x"]], ((0, 0), (top, bottom), (left, right)))
    window = seen[:, down * y : down * y + high, across * x : across * x + wide]
    sums = (window * book.values[f"{node.name}.weight"][o]).sum(axis=(1, 2))
    photo = len(sums) == book.network.shape[0] == 3
    colors = [book.words(f"colors.{color}") for color in ("red", "green", "blue")]
    names = colors if photo else [book.words("labels.on_map", number=c + 1) for c in range(len(sums))]
    bias = ("bias", float(book.values[f"{node.name}.bias"][o]))
    if len(sums) > 8:
        return [("all products", float(sums.sum())), bias]
    return [*zip(names, map(float, sums), strict=True), bias]


@pytest.mark.parametrize("name", ["by-hand", "detective", "in rows"])
def test_the_head_of_a_convolution_names_every_term_of_the_chosen_number(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.offered("conv2d"):
        for o, y, x in places(book.values[f"{node.name}.out"].shape):
            book.choose("conv", layer=book.plan.sheets[node.name], filter=o + 1, row=y + 1, column=x + 1)
            expected = _terms(book, node, o, y, x)
            left, total = _told(book, "closeup").rsplit(" = ", 1)
            found = [re.fullmatch(r"(.+?) \(([^)−]+)\)", term) for term in left.split(" + ")]
            assert [match[2] for match in found if match] == [term for term, _ in expected], left
            for number, (match, (_, value)) in enumerate(zip(found, expected, strict=True)):
                assert match is not None
                assert not (number and match[1].startswith(("-", "−"))), f"no brackets around {match[1]}"
                assert _number(match[1]) == pytest.approx(value, abs=5.1e-5)
            assert _number(total) == pytest.approx(float(book.values[f"{node.name}.out"][o, y, x]), abs=5.1e-5)


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_the_head_of_a_pooling_lists_the_window(opened: Open, name: str) -> None:
    book = opened(name)
    for node in book.offered("maxpool2d"):
        maps = book.values[book.network.sources(node)["x"]]
        (down, across), (high, wide) = node.layer.stride, node.layer.size  # type: ignore[attr-defined]
        for c, y, x in places(book.values[f"{node.name}.out"].shape):
            book.choose("pool", layer=book.plan.sheets[node.name], map=c + 1, row=y + 1, column=x + 1)
            window = maps[c, down * y : down * y + high, across * x : across * x + wide]
            match = re.fullmatch(r"max\((.+)\) = (.+)", _told(book, "closeup_pool"))
            assert match is not None
            told = [_number(one) for one in match[1].split("; ")]
            assert told == pytest.approx(window.ravel().tolist(), abs=5.1e-5)
            assert _number(match[2]) == pytest.approx(float(window.max()), abs=5.1e-5)


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_the_head_of_a_logit_adds_the_bias_to_all_evidence(opened: Open, name: str) -> None:
    book = opened(name)
    node = book.nodes("dense")[-1]
    for unit, logit in enumerate(book.values[f"{node.name}.out"]):
        book.choose("logit", unit=unit + 1)
        match = re.fullmatch(
            r"(.+) \(evidence × weight, all together\) \+ (.+) \(bias\) = (.+)", _told(book, "closeup_logit")
        )
        assert match is not None
        bias = float(book.values[f"{node.name}.bias"][unit])
        expected = [float(logit) - bias, bias, float(logit)]
        assert [_number(one) for one in match.groups()] == pytest.approx(expected, abs=5.1e-5)


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_each_close_up_links_to_the_number_that_all_sheets_follow(opened: Open, name: str) -> None:
    book = opened(name)
    thread = follow(book.network, book.values)
    firsts = {"closeup": "conv2d", "closeup_pool": "maxpool2d", "closeup_logit": "dense"}
    for key, kind in firsts.items():
        node = book.nodes(kind)[-1 if kind == "dense" else 0]
        at = book.plan.blocks[f"{node.name}.out"].cell(*thread.places[node.name])
        cell = book.contents.cells[book.words(f"sheets.{key}")][THREAD, 1]
        expected = book.words("step.followed_elsewhere", title=at.sheet, cell=a1(at.row, at.column))
        assert cell.value == expected

"""What a close-up looks at is marked on the sheets of the layers: exactly those cells, and no others."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import surgery
from opened import Open, Opened, having, places
from openpyxl.utils.cell import range_boundaries

from sheetnet.network import Node
from sheetnet.recalc.embedded import Position, compute

_RULES = re.compile(r'<conditionalFormatting sqref="([^"]*)">(.*?)</conditionalFormatting>', re.DOTALL)
_FORMULA = re.compile(r'<cfRule type="expression"[^>]*><formula>(.*?)</formula>')


@cache
def _marks(path: Path) -> list[tuple[str, list[tuple[int, int]], str]]:
    """Sheet, cells and formula of every conditional format that follows a close-up."""
    content = surgery.parts(path)
    marks = []
    for title in surgery.titles(content):
        for ranges, rules in _RULES.findall(content[surgery.part_of(content, title)].decode()):
            for formula in _FORMULA.findall(rules):
                if "sheetnet." in formula:
                    boxes = [range_boundaries(text) for text in ranges.split()]
                    cells = [(r, c) for a, b, x, y in boxes for r in range(b, y + 1) for c in range(a, x + 1)]
                    marks.append((title, cells, surgery.unescape(formula)))
    return marks


def _marked(book: Opened, path: Path, prefix: str) -> set[Position]:
    """The cells that a spreadsheet would mark, as the embedded engine computes the rules in these very cells."""

    def value(name: re.Match[str]) -> str:
        return str(int(book.used(*name[0].split(".")[1:])))

    formulas: dict[Position, str] = {}
    for title, cells, rule in _marks(path):
        if f"sheetnet.{prefix}." not in rule:
            continue
        formula = re.sub(r"sheetnet\.\w+\.\w+", value, rule)
        for row, column in cells:
            before = formulas.get((title, row, column))
            formulas[title, row, column] = formula if before is None else f"OR({before},{formula})"
    return {at for at, is_marked in compute(formulas, []).items() if is_marked}


def _window(book: Opened, node: Node, y: int, x: int, channels: range) -> set[Position]:
    """The cells, padding too, that make element (y, x) of a layer's maps."""
    block = book.plan.blocks[book.network.sources(node)["x"]]
    (down, across), (high, wide) = node.layer.stride, node.layer.size  # type: ignore[attr-defined]
    top, left, _, _ = node.layer.padding_of(book.network.input_shapes(node))
    seen = [
        block.cell(c, down * y - top + i, across * x - left + j)
        for c in channels
        for i in range(high)
        for j in range(wide)
    ]
    return {(at.sheet, at.row, at.column) for at in seen}


def _element(book: Opened, node: Node, *index: int) -> set[Position]:
    at = book.plan.blocks[f"{node.name}.out"].cell(*index)
    return {(at.sheet, at.row, at.column)}


@pytest.mark.parametrize("name", having("conv2d"))
def test_the_window_of_a_convolution_and_what_it_makes_are_marked_and_nothing_else(
    opened: Open, made: dict[str, Path], name: str
) -> None:
    book = opened(name)
    for node in book.nodes("conv2d"):
        for o, y, x in _some(places(book.values[f"{node.name}.out"].shape), name):
            book.choose("conv", layer=book.plan.sheets[node.name], filter=o + 1, row=y + 1, column=x + 1)
            channels = range(book.network.input_shapes(node)["x"][0])
            expected = _window(book, node, y, x, channels) | _element(book, node, o, y, x)
            assert _marked(book, made[name], "conv") == expected


@pytest.mark.parametrize("name", having("maxpool2d"))
def test_the_window_of_a_pooling_is_marked_in_the_chosen_map_only(
    opened: Open, made: dict[str, Path], name: str
) -> None:
    book = opened(name)
    for node in book.nodes("maxpool2d"):
        for c, y, x in _some(places(book.values[f"{node.name}.out"].shape), name):
            book.choose("pool", layer=book.plan.sheets[node.name], map=c + 1, row=y + 1, column=x + 1)
            expected = _window(book, node, y, x, range(c, c + 1)) | _element(book, node, c, y, x)
            assert _marked(book, made[name], "pool") == expected


def _some(found: list[tuple[int, int, int]], name: str) -> list[tuple[int, int, int]]:
    """Fewer places of the large workbooks."""
    return [found[0], found[len(found) // 2 + 1], found[-1]] if name in ("detective", "in rows") else found


@pytest.mark.parametrize("name", having("maxpool2d"))
def test_the_largest_numbers_of_the_window_are_marked_on_the_closeup(
    opened: Open, made: dict[str, Path], name: str
) -> None:
    book = opened(name)
    sheet = "Close-up pool"
    content = surgery.parts(made[name])
    text = content[surgery.part_of(content, sheet)].decode()
    [(ranges, rule)] = [(r, surgery.unescape(f[0])) for r, x in _RULES.findall(text) if (f := _FORMULA.findall(x))]
    left, top, right, bottom = range_boundaries(ranges)
    match = re.fullmatch(r'AND\(([A-Z]+)(\d+)<>"",\1\2=(\$C\$\d+)\)', rule)
    assert match is not None
    assert range_boundaries(f"{match[1]}{match[2]}")[:2] == (left, top)  # a relative reference follows each cell
    row = book.row_of(sheet, "closeup.largest")
    assert match[3] == f"$C${row}"
    assert (top, left) == (10, book.column_of(sheet, 9, "closeup.window_of"))
    sizes = [node.layer.size for node in book.nodes("maxpool2d")]  # type: ignore[attr-defined]
    assert (bottom - top + 1, right - left + 1) == (max(h for h, _ in sizes), max(w for _, w in sizes))


def test_two_convolutions_of_the_same_maps_are_marked_one_at_a_time(opened: Open, made: dict[str, Path]) -> None:
    book = opened("branches")
    second = next(node for node in book.nodes("conv2d") if node.name == "conv2")
    book.choose("conv", layer=book.plan.sheets["conv2"], filter=1, row=1, column=1)
    sheets = {sheet for sheet, _, _ in _marked(book, made["branches"], "conv")}
    assert sheets == {book.plan.sheets["gate"], book.plan.sheets[second.name]}

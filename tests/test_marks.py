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
                if "sheetnet.mark." in formula:
                    boxes = [range_boundaries(text) for text in ranges.split()]
                    cells = [(r, c) for a, b, x, y in boxes for r in range(b, y + 1) for c in range(a, x + 1)]
                    marks.append((title, cells, surgery.unescape(formula)))
    return marks


def _marked(book: Opened, path: Path, prefix: str) -> set[Position]:
    """The cells that a spreadsheet would mark, as the embedded engine computes the rules in these very cells."""

    def value(name: re.Match[str]) -> str:
        return str(int(book.used(*name[0].split(".")[2:])))

    formulas: dict[Position, str] = {}
    for title, cells, rule in _marks(path):
        if f"sheetnet.mark.{prefix}." not in rule:
            continue
        formula = re.sub(r"sheetnet\.mark\.\w+\.\w+", value, rule)
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


def _in_the_photo(book: Opened, node: Node, y: int, x: int) -> set[Position]:
    """The window in the photo, which has no padding, where all that lies between is the rescaling."""
    before = next((one for one in book.network.nodes if one.name == node.inputs[0]), None)
    if before is None or before.layer.kind != "rescale" or before.inputs[0] != "photo":
        return set()
    (down, across), (high, wide) = node.layer.stride, node.layer.size  # type: ignore[attr-defined]
    top, left, _, _ = node.layer.padding_of(book.network.input_shapes(node))
    channels, height, width = book.network.shape
    rows = [r for r in range(down * y - top, down * y - top + high) if 0 <= r < height]
    columns = [c for c in range(across * x - left, across * x - left + wide) if 0 <= c < width]
    seen = [book.plan.blocks["photo.out"].cell(c, r, k) for c in range(channels) for r in rows for k in columns]
    return {(at.sheet, at.row, at.column) for at in seen}


def _behind_the_gate(book: Opened, node: Node, o: int, y: int, x: int) -> set[Position]:
    """The same element behind the first ReLU that reads the maps."""
    gates = [one for one in book.network.nodes if one.layer.kind == "relu" and one.inputs[0] == node.name]
    return _element(book, gates[0], o, y, x) if gates else set()


@pytest.mark.parametrize("name", having("conv2d"))
def test_the_window_of_a_convolution_and_what_it_makes_are_marked_and_nothing_else(
    opened: Open, made: dict[str, Path], name: str
) -> None:
    book = opened(name)
    for node in book.offered("conv2d"):
        for o, y, x in _some(places(book.values[f"{node.name}.out"].shape), name):
            book.choose("conv", layer=book.plan.sheets[node.name], filter=o + 1, row=y + 1, column=x + 1)
            channels = range(book.network.input_shapes(node)["x"][0])
            expected = _window(book, node, y, x, channels) | _element(book, node, o, y, x)
            expected |= _in_the_photo(book, node, y, x) | _behind_the_gate(book, node, o, y, x)
            assert _marked(book, made[name], "conv") == expected


@pytest.mark.parametrize("name", having("maxpool2d"))
def test_the_window_of_a_pooling_is_marked_in_the_chosen_map_only(
    opened: Open, made: dict[str, Path], name: str
) -> None:
    book = opened(name)
    for node in book.offered("maxpool2d"):
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
    sizes = [node.layer.size for node in book.offered("maxpool2d")]  # type: ignore[attr-defined]
    # A column more than the window has: LibreOffice shows the fill only where the range is not that of a scale.
    assert (bottom - top + 1, right - left + 1) == (max(h for h, _ in sizes), max(w for _, w in sizes) + 1)


def test_two_convolutions_of_the_same_maps_are_marked_one_at_a_time(opened: Open, made: dict[str, Path]) -> None:
    book = opened("branches")
    second = next(node for node in book.offered("conv2d") if node.name == "conv2")
    book.choose("conv", layer=book.plan.sheets["conv2"], filter=1, row=1, column=1)
    sheets = {sheet for sheet, _, _ in _marked(book, made["branches"], "conv")}
    assert sheets == {book.plan.sheets["gate"], book.plan.sheets[second.name]}

"""A formula that looks an element up finds the cell where the block says that it stands."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

from each import each

from sheetnet.grid import Anchor, Block, Shape, a1
from sheetnet.layout.addresses import absolute, fixed, span
from sheetnet.lenses.base import choose
from sheetnet.lenses.copies import Pads, Place, entry
from sheetnet.recalc.embedded import compute

KINDS = ["planes", "rows", "sheets", "filters", "filters in rows", "biases", "column", "jury", "across"]


def _random_block(rng: random.Random, margin: Pads) -> Block:
    """A block as a plan makes them: planes and rows, filters, columns, logits, and channels with a sheet each."""
    row, column = rng.randint(1, 40) + 4 * margin[0], rng.randint(2, 30) + margin[1]
    sheet = rng.choice(["Home", "Conv 1", "it's", "R1C1", "卷积"])
    channels, height, width, filters = (rng.randint(1, 4) for _ in range(4))
    band, aside = (
        height + margin[0] + margin[2] + rng.randint(0, 3),
        width + margin[1] + margin[3] + rng.randint(0, 3),
    )
    first = Anchor(sheet, row, column)
    kind = rng.choice(
        ["planes", "rows", "sheets", "filters", "filters in rows", "biases", "column", "jury", "across"]
    )
    if kind == "planes":
        anchors = tuple(Anchor(sheet, row + band * c, column) for c in range(channels))
        return Block((channels, height, width), anchors, ((1, 0), (0, 1)))
    if kind == "rows":
        return Block((channels, height, width), (first,), ((1, 0), (channels, 0), (0, 1)))
    if kind == "sheets":
        anchors = tuple(Anchor(f"{sheet}{c}", row, column) for c in range(channels))
        return Block((channels, height, width), anchors, ((1, 0), (0, 1)))
    if kind == "filters":
        places = product(range(filters), range(channels))
        anchors = tuple(Anchor(sheet, row + band * o, column + aside * c) for o, c in places)
        return Block((filters, channels, height, width), anchors, ((1, 0), (0, 1)))
    if kind == "filters in rows":
        anchors = tuple(Anchor(sheet, row, column + aside * o) for o in range(filters))
        return Block((filters, channels, height, width), anchors, ((1, 0), (channels, 0), (0, 1)))
    if kind == "biases":
        return Block((filters,), tuple(Anchor(sheet, row + band * o, column) for o in range(filters)), ())
    if kind == "column":
        return Block((height,), (first,), ((1, 0),))
    if kind == "jury":
        return Block((filters, height), (first,), ((0, 1), (1, 0)))
    return Block((width,), (first,), ((0, rng.randint(1, 3)),))


def _room(shape: Shape, margin: Pads) -> list[range]:
    """Every index that there is a cell for."""
    if len(shape) < 2:
        return [range(size) for size in shape]
    top, left, bottom, right = margin
    rooms = [range(size) for size in shape[:-2]]
    return [*rooms, range(-top, shape[-2] + bottom), range(-left, shape[-1] + right)]


def test_an_element_of_any_block_is_found_at_any_index() -> None:
    each(((str(seed), seed) for seed in range(150)), _every_element_is_found)


def _every_element_is_found(seed: int) -> None:
    rng = random.Random(seed)
    margin: Pads = (0, 0, 0, 0)
    block = _random_block(rng, margin)
    if len(block.shape) == 3 and rng.random() < 0.6:
        state = random.Random(seed)
        margin = tuple(rng.randint(0, 2) for _ in range(4))  # type: ignore[assignment]
        block = _random_block(state, margin)
        margin = margin if len(block.shape) == 3 else (0, 0, 0, 0)
    block = block.viewed("Home" if rng.random() < 0.5 else "Away")
    places = list(product(*_room(block.shape, margin)))
    contents: dict[Anchor, float] = {}
    for number, index in enumerate(places, 1):
        contents[block.cell(*index)] = float(number)
    assert len(contents) == len(places)
    known: list[tuple[str, int, int, list[list[Any]]]] = [
        (at.sheet, at.row, at.column, [[value]]) for at, value in contents.items()
    ]
    formulas = {}
    for number, index in enumerate(places, 1):
        chosen: list[Place] = []
        for axis, i in enumerate(index):
            inside = 0 <= i < block.shape[axis] and axis < len(block.shape) - 2
            if rng.random() < 0.3 and (inside or margin == (0, 0, 0, 0)):
                chosen.append(i)
                continue
            offset = rng.randint(-3, 3)
            known.append((block.seen_from, 300 + number, 200 + axis, [[float(i - offset)]]))
            chosen.append((fixed(300 + number, 200 + axis), offset))
        formulas[block.seen_from, 300 + number, 210] = entry(block, chosen, margin)
    for (_, row, _), value in compute(formulas, known).items():
        assert value == row - 300, formulas[block.seen_from, row, 210]


def test_an_index_that_is_given_is_no_choice() -> None:
    block = Block((2, 3, 3), (Anchor("A b", 5, 2), Anchor("A b", 9, 2)), ((1, 0), (0, 1)), "Home")
    assert entry(block, (1, 2, 0)) == "'A b'!$B$11"
    assert entry(block, (1, ("$C$1", -1), 2)) == "INDEX('A b'!$D$9:$D$11,$C$1,1)"
    assert entry(block.viewed("A b"), (("$C$1", 0), 0, 0)) == "INDEX($B$5:$B$9,1+4*$C$1,1)"


def test_of_one_element_there_is_nothing_to_look_up() -> None:
    block = Block((1,), (Anchor("S", 3, 4),), ((1, 0),), "Home")
    assert entry(block, (("$C$1", -1),)) == "S!$D$3"
    assert choose("$A$1", ["B7"]) == "B7"
    assert choose("$A$1", ["B7", "B8"]) == "CHOOSE($A$1,B7,B8)"


def test_channels_with_a_sheet_each_are_chosen_by_number() -> None:
    block = Block((2, 2, 2), (Anchor("Red", 3, 3), Anchor("Green", 3, 3)), ((1, 0), (0, 1)), "Home")
    assert entry(block, (("$A$1", -1), 0, 1)) == "CHOOSE($A$1,Red!$D$3,Green!$D$3)"
    assert entry(block, (("$A$1", 0), 0, 1)) == "CHOOSE($A$1+1,Red!$D$3,Green!$D$3)"


def test_ranges_stay_put() -> None:
    assert span(2, 3, 4) == "$C$2:$C$5"
    assert span(2, 3, 1) == "$C$2"
    assert span(2, 3, 2, 2) == "$C$2:$D$3"
    assert absolute(Anchor("It's", 1, 1), Anchor("It's", 2, 2), "Home") == "'It''s'!$A$1:$B$2"
    assert absolute(Anchor("Home", 1, 1), Anchor("Home", 1, 1), "Home") == "$A$1"
    assert fixed(7, 28) == f"${a1(1, 28)[:-1]}$7" == "$AB$7"

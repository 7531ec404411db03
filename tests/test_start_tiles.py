"""The tiles of Start have the colour of what a layer does in the story, and maps the colours of their signs."""

from __future__ import annotations

import numpy as np
import pytest
import zoo

from sheetnet import words
from sheetnet.case.prepare import Case
from sheetnet.lesson.build import make_book
from sheetnet.network import Network
from sheetnet.photo import from_pixels
from sheetnet.workbook.book import Book, Cell
from sheetnet.workbook.style import THEMES, styles

NAMES = [*zoo.BARE, "branches", "shortcuts, in planes", "normalized and averaged, in rows"]


def tiles(book: Book) -> list[str]:
    """The styles of the tiles of steps, in the order of the network: those of their links."""
    cells = [e for _, line in book.sheet("Start").ordered() for e in line if isinstance(e, Cell)]
    found = [cell.style for cell in cells if cell.style.startswith("tile.") and not cell.style.endswith(".small")]
    return [style for style in found if style != "tile.input"]


@pytest.mark.parametrize("name", NAMES)
def test_the_tile_of_a_layer_has_the_colour_of_its_role(name: str) -> None:
    case = zoo.case(name)
    assert tiles(make_book(case)) == [f"tile.{node.layer.role}" for node in case.network.nodes]


@pytest.mark.parametrize("theme", THEMES)
def test_every_role_has_a_colour_of_its_own(theme: str) -> None:
    fills = [styles(theme)[f"tile.{role}"].fill for role in ("input", "sees", "rearranges", "decides")]
    assert len(set(fills)) == len(fills)
    assert [styles(theme)[f"tile.{role}.small"].fill for role in ("input", "sees", "rearranges", "decides")] == fills


@pytest.mark.parametrize(
    ("layers", "signed"),
    [
        (["sigmoid"], False),
        (["softplus"], False),
        (["tanh"], True),
        (["relu", "identity"], False),
        (["tanh", "identity"], True),
    ],
)
def test_maps_that_are_never_negative_go_from_white_to_one_colour(layers: list[str], signed: bool) -> None:
    nodes = [zoo.conv("conv1", 2, 2), *(zoo.layer(kind) for kind in layers)]
    network = Network.from_spec({"name": "n", "classes": ["a"], "input": {"shape": [1, 4, 4]}, "layers": nodes})
    photo = from_pixels(np.arange(16.0).reshape(1, 4, 4), "n")
    book = make_book(Case(network, network.fill({}, 1), photo, None, {"title": "n", "lead": "", "summary": ""}))
    scale, *_ = book.sheet(words.load()(f"kinds.{layers[-1]}.sheet")).scales
    assert len(scale.stops) == (3 if signed else 2)

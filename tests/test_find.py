"""A photo is searched for the piece that looks most like something: of any photo, however small or large."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from conftest import SAMPLES
from PIL import Image

import sheetnet
from sheetnet import photo
from sheetnet.case import template
from sheetnet.case.find import likeness, work
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.errors import NetworkError, PhotoError
from sheetnet.network import Network
from sheetnet.photo import pieces

SIZE = (25, 25)


def bright(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What is looked for: a light square with a dark border of a fifth of the piece."""
    light = x[:, :, 6:19, 6:19].mean((1, 2, 3)) - np.concatenate([x[:, :, :3], x[:, :, -3:]], 2).mean((1, 2, 3))
    return np.clip(light / 255, 0, 1)


def with_square(size: tuple[int, int], left: int, top: int, side: int, mode: str = "L") -> Image.Image:
    image = Image.new("RGB", size, "black")
    image.paste((255, 255, 255), (left, top, left + side, top + side))
    return image.convert(mode)


@pytest.mark.parametrize(("left", "top", "side"), [(30, 40, 40), (150, 20, 60), (90, 100, 80)])
def test_the_piece_around_what_is_looked_for_is_found(left: int, top: int, side: int) -> None:
    found = pieces.find(with_square((240, 200), left, top, side), SIZE, bright)
    middle = (found.left + found.width / 2, found.top + found.height / 2)
    assert middle == pytest.approx((left + side / 2, top + side / 2), abs=0.25 * side)
    assert 0.9 * side < found.width < 2.5 * side
    assert found.width == found.height


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (3, 2), (24, 26), (25, 25), (200, 8), (4000, 30)])
def test_every_photo_has_a_piece_inside_it(size: tuple[int, int]) -> None:
    for wanted in (SIZE, (28, 14)):
        found = pieces.find(Image.new("L", size), wanted, lambda x: np.zeros(len(x)))
        left, top, right, bottom = found.ends
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
    assert pieces.find(Image.new("L", size), SIZE, lambda x: np.zeros(len(x))).width >= min(size) // 2


def test_pieces_are_what_the_network_would_see_of_them() -> None:
    down, across, colour = np.indices((60, 80, 3))
    image = Image.fromarray((3 * down + across + 20 * colour).astype(np.uint8))
    some = list(pieces.boxes_of(image.size, SIZE))
    seen = pieces.seen(image, some, SIZE, 1)
    assert seen.shape == (len(some), 3, 25, 25)
    for box, x in list(zip(some, seen, strict=True))[::7]:
        cut = image.crop(box.ends).resize(SIZE, Image.Resampling.LANCZOS)
        assert np.abs(x - np.moveaxis(np.asarray(cut, dtype=float), -1, 0)).mean() < 2  # edges are cut otherwise


def test_a_huge_photo_is_searched_in_a_smaller_copy_and_named_in_its_own_pixels() -> None:
    image = with_square((6000, 4000), 3000, 1000, 1200)
    tracemalloc.start()
    found = pieces.find(image, SIZE, bright)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000
    assert (found.left + found.width / 2, found.top + found.height / 2) == pytest.approx((3600, 1600), abs=300)
    assert 1100 < found.width < 3000


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "1", "P"])
def test_photos_of_any_mode_are_searched(tmp_path: Path, mode: str) -> None:
    with_square((120, 100), 60, 30, 40, mode).save(tmp_path / "x.png")
    for channels in (1, 3):
        made = photo.load(tmp_path / "x.png", (channels, 25, 25), likeness=bright)
        assert made.found is not None
        assert made.x.shape == (channels, 25, 25)
        cut = Image.open(tmp_path / "x.png").convert("L").crop(made.found.ends)
        assert abs(np.asarray(cut).mean() - made.x.mean()) < 12
    assert photo.load(tmp_path / "x.png", (1, 25, 25)).found is None


def test_a_piece_that_is_all_of_the_photo_is_no_part_of_it(tmp_path: Path) -> None:
    """So nothing is marked in it. A photo of a few pixels has one piece of its own size only."""
    with_square((12, 12), 2, 2, 8).save(tmp_path / "x.png")
    made = photo.load(tmp_path / "x.png", (1, 25, 25), likeness=lambda x: np.zeros(len(x)))
    assert made.found == photo.Piece(0, 0, 12, 12)
    assert made.box is None
    with_square((240, 200), 90, 100, 80).save(tmp_path / "x.png")
    found = photo.load(tmp_path / "x.png", (1, 25, 25), likeness=bright)
    assert found.found is not None
    left, top, right, bottom = found.found.ends
    assert found.box == (left / 240, top / 200, right / 240, bottom / 200)


def test_a_search_that_takes_too_long_is_refused_before_it_begins(tmp_path: Path) -> None:
    with_square((300, 200), 90, 100, 80).save(tmp_path / "x.png")
    looked: list[int] = []

    def likeness(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        looked.append(len(x))
        return bright(x)

    count = pieces.count((300, 200), SIZE)
    photo.load(tmp_path / "x.png", (1, 25, 25), likeness=likeness, work=photo.MOST_WORK // count)
    assert sum(looked) == count
    looked.clear()
    with pytest.raises(PhotoError, match=r"x\.png: looking for a piece of it takes .* Use --fit crop"):
        photo.load(tmp_path / "x.png", (1, 25, 25), likeness=likeness, work=photo.MOST_WORK // count + 1)
    assert not looked


# In a case


def deep(filters: int, size: int, count: int) -> Network:
    layers = [zoo.layer("rescale")]
    for number in range(count):
        layers += [zoo.conv(f"c{number}", filters, 3, padding="same"), zoo.layer("relu", name=f"r{number}")]
    layers += [zoo.layer("flatten"), zoo.layer("dense", units=2), zoo.layer("softmax")]
    shape = [3, size, size]
    return Network.from_spec({"name": "n", "classes": ["a", "b"], "input": {"shape": shape}, "layers": layers})


def test_the_work_of_a_network_is_what_its_windows_multiply() -> None:
    network = deep(16, 48, 2)
    pixels = 48 * 48
    convolutions = pixels * 16 * (3 * 9 + 16 * 9)
    assert work(network) == convolutions + 2 * 16 * pixels + 3 * pixels + 16 * pixels + 2 * 16 * pixels + 2
    with pytest.raises(PhotoError, match=r"takes 2,671 pieces and 27,\d+,\d+ multiplications .* Use --fit crop"):
        sheetnet.build(SAMPLES / "astronaut.png", "x.xlsx", template=deep(16, 48, 6), fit="find")
    for name in ("faces", "detective"):
        assert 5000 * work(template.load(name).network) < photo.MOST_WORK / 10


def test_a_large_network_looks_at_few_pieces_at_once() -> None:
    network = deep(64, 40, 2)
    parameters = network.fill({}, 0)
    x = np.random.RandomState(0).randint(0, 256, (30, 3, 40, 40)).astype(float)
    few = likeness(network, parameters, "a")(x[:2])
    tracemalloc.start()
    every = likeness(network, parameters, "a")(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80_000_000
    np.testing.assert_allclose(every[:2], few, rtol=1e-9)


def test_a_face_is_found_and_a_cup_of_coffee_is_none() -> None:
    told = {}
    for name in ("astronaut", "coffee"):
        case = prepare(Request(SAMPLES / f"{name}.png", template="faces"))
        assert case.photo is not None
        assert case.photo.found is not None
        told[name] = case.network.classes[int(case.values["softmax.out"].argmax())], case.photo.found
    assert (told["astronaut"][0], told["coffee"][0]) == ("Face", "No face")
    left, top, right, bottom = told["astronaut"][1].ends
    assert 150 < left < 225 < right < 310  # where the astronaut's face is
    assert 40 < top < 125 < bottom < 215


def test_the_template_says_that_a_photo_is_searched_and_the_reader_may_say_otherwise() -> None:
    def found(**asked: Any) -> photo.Piece | None:
        case = prepare(Request(SAMPLES / "chelsea.png", **asked))
        return None if case.photo is None else case.photo.found

    assert template.load("faces").find == "Face"
    assert found(template="faces", fit="crop") is None
    assert found(template="faces", fit="pad") is None
    assert found(template="faces", seed=1) is None  # random weights look for nothing
    assert found(template="faces", until="conv1") is None
    assert found(template="detective") is None
    assert found(template="detective", fit="find", size=None) is not None


@pytest.mark.parametrize(("name", "why"), [("digits", "sees drawings"), ("none", "gives no probabilities")])
def test_what_cannot_search_says_so_in_one_line(name: str, why: str) -> None:
    layers = [zoo.layer("flatten"), zoo.layer("dense", units=2)]
    bare = Network.from_spec({"name": "n", "classes": ["a", "b"], "input": {"shape": [1, 4, 4]}, "layers": layers})
    network = bare if name == "none" else template.load(name).network
    with pytest.raises(NetworkError, match=rf"cannot look for a piece of a photo: it {why}; use --fit crop"):
        sheetnet.build(SAMPLES / "coffee.png", "x.xlsx", template=network, fit="find")


def test_likeness_is_the_probability_of_what_is_wanted_or_the_largest() -> None:
    network = template.load("detective").network
    parameters = network.fill(template.load("detective").given, 0)
    x = np.random.RandomState(0).randint(0, 256, (5, *network.shape)).astype(float)
    each = np.stack([likeness(network, parameters, name)(x) for name in network.classes])
    np.testing.assert_allclose(each.sum(0), 1)
    np.testing.assert_allclose(likeness(network, parameters, "")(x), each.max(0))


def test_what_a_template_looks_for_is_one_of_its_classes(tmp_path: Path) -> None:
    text = (template.home() / "faces" / "network.toml").read_text(encoding="utf-8")
    (tmp_path / "network.toml").write_text(text.replace('find = "Face"', 'find = "Hat"'), encoding="utf-8")
    with pytest.raises(NetworkError, match="find is 'Hat'; use one of the classes"):
        template.load(tmp_path)

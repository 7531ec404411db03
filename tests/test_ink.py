"""Drawings in photos: found whatever the light, the paper and the pen, and fitted as the digits of UCI are."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from sheetnet import photo
from sheetnet.errors import NetworkError, PhotoError
from sheetnet.network import Network
from sheetnet.photo import CUT, INVERTED
from sheetnet.photo.ink import find

SHAPE = (1, 8, 8)
WIDE, HIGH = 320, 240
ZIGZAG = [(0.2, 0.1), (0.8, 0.1), (0.3, 0.9), (0.8, 0.9)]  # as one writes a Z


@cache
def digits() -> np.ndarray:
    """The digits of UCI, (1797, 8, 8), from 0 to 16."""
    from sklearn.datasets import load_digits  # takes a second, so not in every process that finds tests

    return load_digits().images


def drawing(lines: list[tuple[float, float]], box: tuple[int, int, int, int], pen: int) -> Image.Image:
    """A mask of a drawing in a picture of 320 x 240: 255 where there is ink."""
    left, top, width, height = box
    mask = Image.new("L", (WIDE, HIGH), 0)
    draw = ImageDraw.Draw(mask)
    points = [(left + x * width, top + y * height) for x, y in lines]
    draw.line(points, fill=255, width=pen, joint="curve")
    for x, y in points:
        draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return mask


def taken(mask: Image.Image, *, dark: bool = True, noise: float = 0, uneven: float = 0, seed: int = 0) -> Image.Image:
    """A photo of a drawing: paper and ink under a light that comes from one side."""
    rng = np.random.RandomState(seed)
    share = np.asarray(mask.filter(ImageFilter.GaussianBlur(1)), dtype=float) / 255
    y, x = np.mgrid[0 : mask.height, 0 : mask.width] / mask.width
    light = 1 - uneven * (0.7 * x + 0.5 * y * y)
    paper, ink = (225, 70) if dark else (45, 215)
    grey = (paper * (1 - share) + ink * share) * light + rng.normal(0, noise, share.shape)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def read(image: Image.Image, tmp_path: Path, shape: tuple[int, int, int] = SHAPE) -> photo.Photo:
    path = tmp_path / "drawing.png"
    image.save(path)
    return photo.load(path, shape, levels=16, ink=True)


KINDS: dict[str, dict[str, Any]] = {
    "dark on light": {},
    "light on dark": {"dark": False},
    "noise": {"noise": 12},
    "uneven light": {"uneven": 0.6},
    "uneven light on a board": {"uneven": 0.5, "dark": False, "noise": 6},
    "all at once": {"uneven": 0.6, "noise": 10},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("box", [(100, 40, 120, 160), (10, 100, 80, 100), (230, 20, 70, 90)])
def test_a_drawing_is_the_same_in_every_light_and_place(kind: str, box: Any, tmp_path: Path) -> None:
    options = KINDS[kind]
    found = read(taken(drawing(ZIGZAG, box, round(box[3] * 0.12)), **options), tmp_path)
    assert found.done == ((INVERTED,) if options.get("dark", True) else ()) + (CUT,)
    plain = read(taken(drawing(ZIGZAG, (60, 20, 150, 200), 24)), tmp_path)
    assert found.x.max() == 16
    assert found.x.min() == 0
    assert np.abs(found.x - plain.x).mean() < 1.2, (found.x, plain.x)
    assert (found.x[0, 0] > 0).any(), "the strokes fill the height"
    assert (found.x[0, -1] > 0).any(), "the strokes fill the height"
    assert abs(float((found.x * np.arange(8)).sum() / found.x.sum()) - 3.5) < 0.7, "centred"


@pytest.mark.parametrize("kind", ["dark on light", "light on dark", "all at once"])
def test_the_digits_are_read_back_from_photos_of_them(kind: str, tmp_path: Path) -> None:
    """Real digits, enlarged as somebody would write them: the pixels that come back are those of UCI, nearly."""
    apart = []
    for number, x in enumerate(digits()[:10]):
        large = Image.fromarray((x / 16 * 255).astype(np.uint8)).resize((160, 160), Image.Resampling.BICUBIC)
        mask = Image.new("L", (WIDE, HIGH), 0)
        mask.paste(large.point(lambda v: 255 if v > 127 else 0), (100, 50))
        apart.append(np.abs(read(taken(mask, seed=number, **KINDS[kind]), tmp_path).x[0] - x).mean())
    assert np.mean(apart) < 2.3, apart


@pytest.mark.parametrize("dark", [True, False])
def test_thick_strokes_that_fill_the_picture_are_no_noise(dark: bool) -> None:
    """The digits of UCI touch their borders; softly enlarged, strokes and edges cover more than half of some."""
    for x in digits()[:90]:
        large = Image.fromarray((x / 16 * 255).astype(np.uint8)).resize((160, 160), Image.Resampling.BICUBIC)
        grey = np.asarray(large, dtype=np.float64)
        found = find(235 - 0.8 * grey if dark else grey)
        assert found is not None
        assert found.dark is dark


@pytest.mark.parametrize("side", [9, 20, 63, 64, 65, 200, 700])
@pytest.mark.parametrize("dark", [True, False])
def test_a_drawing_of_a_computer_in_two_colours_is_read(side: int, dark: bool, tmp_path: Path) -> None:
    image = Image.new("L", (side, side), 255 if dark else 0)
    lines = [(side * 0.3, side * 0.15), (side * 0.7, side * 0.15), (side * 0.35, side * 0.85)]
    ImageDraw.Draw(image).line(lines, fill=0 if dark else 255, width=max(1, side // 10))
    found = read(image, tmp_path)
    assert (INVERTED in found.done) is dark
    assert found.x[0, 0, 1:6].sum() > found.x[0, 5, 1:6].sum() > 0, "a 7"


def test_pictures_of_anything_give_strokes_or_one_line(tmp_path: Path) -> None:
    rng = np.random.RandomState(1)
    for number in range(60):
        height, width = rng.randint(1, 120, 2)
        grey = rng.randint(0, 256, (height, width)) * (rng.uniform(size=(height, width)) < rng.uniform())
        image = Image.fromarray(grey.astype(np.uint8)).filter(ImageFilter.GaussianBlur(number % 4))
        try:
            found = read(image, tmp_path)
        except PhotoError as error:
            assert "no strokes" in str(error)  # noqa: PT017
        else:
            assert found.x.max() == 16


def test_a_thin_pen_leaves_strokes_as_wide_as_those_of_the_digits(tmp_path: Path) -> None:
    thin, thick = (read(taken(drawing(ZIGZAG, (60, 20, 150, 200), pen)), tmp_path).x for pen in (3, 24))
    assert thin.max() == 16
    assert np.abs(thin - thick).mean() < 1.2


@pytest.mark.parametrize("noise", [0, 5, 15])
@pytest.mark.parametrize("uneven", [0, 0.6])
def test_a_blank_page_is_said_to_be_one(noise: float, uneven: float, tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"no strokes in this picture.*thick pen"):
        read(taken(Image.new("L", (WIDE, HIGH), 0), noise=noise, uneven=uneven), tmp_path)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 1), (1, 300)])
def test_a_picture_of_one_colour_is_blank_at_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no strokes"):
        read(Image.new("L", size, 90), tmp_path)


def test_specks_and_the_edge_of_the_paper_are_left_out(tmp_path: Path) -> None:
    mask = drawing(ZIGZAG, (100, 60, 100, 130), 16)
    clean = read(taken(mask), tmp_path)
    image = taken(mask)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 9, HIGH), fill=60)  # the table beside the paper
    for x, y in ((20, 20), (300, 30), (290, 220)):
        draw.ellipse((x, y, x + 5, y + 5), fill=80)
    assert np.abs(read(image, tmp_path).x - clean.x).mean() < 0.2


def test_a_picture_of_the_right_size_stays_as_it_is(tmp_path: Path) -> None:
    """An 8 x 8 picture of a digit, saved as a file, comes back number by number."""
    for x in digits()[:10]:
        found = read(Image.fromarray(np.rint(x / x.max() * 255).astype(np.uint8)), tmp_path)
        assert np.abs(found.x[0] - x * 16 / x.max()).max() <= 1
        assert found.done == ()


def test_coloured_paper_printed_digits_and_transparency_are_read(tmp_path: Path) -> None:
    image = Image.new("RGB", (200, 200), (250, 240, 120))
    ImageDraw.Draw(image).text((80, 40), "3", fill=(20, 30, 140), font=ImageFont.load_default(120))
    found = read(image, tmp_path)
    assert found.done == (INVERTED, CUT)
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(clear).text((80, 40), "3", fill=(0, 0, 0, 255), font=ImageFont.load_default(120))
    assert np.abs(read(clear, tmp_path).x - found.x).max() <= 2


def test_other_sizes_are_filled_in_their_own_proportions(tmp_path: Path) -> None:
    image = taken(drawing(ZIGZAG, (100, 40, 120, 160), 20))
    for shape in ((1, 28, 28), (1, 6, 20), (1, 20, 6), (1, 1, 1), (1, 300, 300)):
        found = read(image, tmp_path, shape)
        assert found.x.shape == shape
        assert found.x.max() == 16
    wide = read(image, tmp_path, (1, 6, 20)).x[0]
    assert not wide[:, :4].any()
    assert not wide[:, -4:].any()


def test_pixels_are_what_load_gives_and_levels_go_for_photos_as_well(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(path)
    found = photo.load(path, (1, 16, 16), levels=16)
    assert np.array_equal(found.x[0], np.rint(np.arange(256).reshape(16, 16) * 16 / 255))
    assert found.done == ()
    x, done = photo.pixels(path, (1, 16, 16), levels=16)
    assert np.array_equal(x, found.x)
    assert done == found.done
    drawn = taken(drawing(ZIGZAG, (100, 40, 120, 160), 20))
    found = read(drawn, tmp_path)
    x, done = photo.pixels(tmp_path / "drawing.png", SHAPE, levels=16, ink=True)
    assert np.array_equal(x, found.x)
    assert done == found.done


def test_strokes_are_darker_or_lighter_by_what_weighs_more_not_by_the_border_alone() -> None:
    """A stroke that runs over the border does not make the ground dark."""
    mask = drawing([(0.0, 0.0), (1.0, 1.0)], (0, 0, WIDE, HIGH), 20)
    found = find(np.asarray(taken(mask), dtype=np.float64))
    assert found is not None
    assert found.dark
    assert not found.cut


def spec(**more: Any) -> dict[str, Any]:
    layers = [{"name": "conv", "kind": "conv2d", "filters": 1, "size": 3}]
    return {"name": "n", "classes": ["a"], "input": {"shape": [1, 8, 8], **more}, "layers": layers}


def test_levels_and_ink_are_carried_and_left_out_where_they_are_as_usual() -> None:
    usual = Network.from_spec(spec())
    assert (usual.levels, usual.ink) == (255, False)
    assert usual.to_spec()["input"] == {"shape": [1, 8, 8]}
    drawn = Network.from_spec(spec(levels=16, ink=True))
    assert (drawn.levels, drawn.ink) == (16, True)
    assert Network.from_spec(drawn.to_spec()) == drawn


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"levels": 0}, "levels is 0; use 1 to 255"),
        ({"levels": 256}, "levels is 256"),
        ({"levels": "16"}, "it must be a whole number"),
        ({"levels": True}, "levels is True"),
        ({"ink": 1}, "ink is 1"),
        ({"shape": [3, 8, 8], "ink": True}, "ink is for drawings of 1 channel; the input has 3"),
        ({"level": 16}, "unknown entry 'level'"),
    ],
)
def test_wrong_levels_and_ink_are_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        Network.from_spec(spec(**more))

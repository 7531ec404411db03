"""Which way is up, which part of a photo is taken, and the picture that goes into the workbook."""

from __future__ import annotations

import random
import struct
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from photofiles import RED, SAMPLES, STORED, SWAPPED, UPRIGHT, WHITE, colour, is_valid, pixels
from PIL import Image, ImageOps, PngImagePlugin, features

from sheetnet.errors import PhotoError
from sheetnet.photo import from_pixels, load

pytestmark = pytest.mark.skipif(not features.check("webp"), reason="this Pillow was built without WebP")


# Which way is up


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_held_sideways_is_turned_upright(orientation, suffix, tmp_path):
    path = tmp_path / f"photo.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](UPRIGHT)))
    options = {"jpg": {"quality": 95}, "webp": {"lossless": True}}.get(suffix, {})
    stored.convert("RGB").save(path, exif=exif, **options)
    np.testing.assert_allclose(pixels(path, (1, *UPRIGHT.shape))[0], UPRIGHT, atol=2)


def test_16_bits_and_palettes_are_turned_upright_too(tmp_path):
    path = tmp_path / "deep.png"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(UPRIGHT).astype(np.uint16) * 257).save(path, exif=exif)
    np.testing.assert_array_equal(pixels(path, (1, *UPRIGHT.shape))[0], UPRIGHT)
    Image.fromarray(np.ascontiguousarray(np.rot90(UPRIGHT))).convert("P").save(path, exif=exif)
    np.testing.assert_array_equal(pixels(path, (1, *UPRIGHT.shape))[0], UPRIGHT)


def test_a_damaged_exif_note_does_not_spoil_a_good_picture(tmp_path, capfd):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 1
    exif[0x010F] = "maker"
    sound = exif.tobytes()
    image = Image.fromarray(UPRIGHT)
    generator = random.Random(5)
    for number in range(60):
        damaged = bytearray(sound[: generator.randrange(6, len(sound) + 1)])
        if number:
            for _ in range(4):
                damaged[generator.randrange(6, max(7, len(damaged))) - 1] = generator.randrange(256)
        for options in ({}, {"xmp": b"<tiff:Orientation>9</broken"}):
            image.save(path, exif=bytes(damaged), quality=95, **options)
            assert is_valid(load(path, (1, 6, 6)), (1, 6, 6))
    assert capfd.readouterr() == ("", "")


def test_an_orientation_that_does_not_exist_is_ignored(tmp_path):
    path = tmp_path / "photo.png"
    exif = Image.Exif()
    for value in (0, 9, 65535):
        exif[0x0112] = value
        Image.fromarray(UPRIGHT).save(path, exif=exif)
        np.testing.assert_array_equal(pixels(path, (1, *UPRIGHT.shape))[0], UPRIGHT)


# Cut and size


def stripes(path: Path, width: int, height: int) -> None:
    """Red before, green in the middle third, blue after, along the longer side."""
    rows = np.zeros((height, width, 3), dtype=np.uint8)
    third = max(width, height) // 3
    for number, part in enumerate((slice(0, third), slice(third, 2 * third), slice(2 * third, None))):
        rows[(slice(None), part) if width > height else (part,)] = np.eye(3)[number] * 255
    Image.fromarray(rows).save(path)


@pytest.mark.parametrize(("width", "height"), [(90, 30), (30, 90)])
def test_crop_keeps_the_middle(width, height, tmp_path):
    path = tmp_path / "stripes.png"
    stripes(path, width, height)
    x = pixels(path, (3, 10, 10))
    assert (x[1, 1:-1, 1:-1] >= 254).all()
    assert (x[[0, 2], 1:-1, 1:-1] <= 1).all()
    with Image.open(path) as image:
        fitted = np.asarray(ImageOps.fit(image, (10, 10), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(x, np.moveaxis(fitted, -1, 0))


@pytest.mark.parametrize(("width", "height"), [(90, 30), (30, 90)])
def test_pad_keeps_all_and_adds_white_on_both_sides(width, height, tmp_path):
    path = tmp_path / "stripes.png"
    stripes(path, width, height)
    result = load(path, (3, 9, 9), "pad")
    x = result.x if width > height else result.x.transpose(0, 2, 1)
    assert (x[:, [0, 1, 2, 6, 7, 8]] == 255).all()
    np.testing.assert_allclose(x[:, 4, [1, 4, 7]].T, np.eye(3) * 255, atol=12)
    with Image.open(BytesIO(result.picture)) as picture:
        assert picture.getpixel((1, 1)) == picture.getpixel((picture.width - 2, picture.height - 2)) == WHITE
        red, green, blue = picture.getpixel((picture.width // 2, picture.height // 2))
        assert green > 240 > 12 > max(red, blue)


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("shape", [(3, 28, 28), (1, 1, 1), (3, 1, 1000), (1, 700, 2), (3, 30, 17)])
@pytest.mark.parametrize("size", [(1, 1), (1, 10000), (10000, 1), (3, 2), (99991, 2), (640, 427)])
def test_every_size_fits_every_network(size, shape, fit, tmp_path):
    path = tmp_path / "plain.png"
    Image.new("L", size, 90).save(path)
    result = load(path, shape, fit)
    assert is_valid(result, shape)
    assert (result.x == 90).any()
    assert set(np.unique(result.x)) <= ({90.0} if fit == "crop" else {90.0, 255.0})


def test_a_photo_of_the_right_size_is_taken_pixel_by_pixel(tmp_path):
    path = tmp_path / "exact.png"
    rows = np.random.default_rng(3).integers(0, 256, (12, 20, 3), dtype=np.uint8)
    Image.fromarray(rows).save(path)
    for fit in ("crop", "pad"):
        np.testing.assert_array_equal(load(path, (3, 12, 20), fit).x, np.moveaxis(rows, -1, 0))


def test_only_the_first_picture_of_several_is_taken(tmp_path):
    pages = [Image.new("RGB", (4, 4), value) for value in (RED, (0, 255, 0), (0, 0, 255))]
    for name in ("frames.gif", "frames.png", "pages.tif", "frames.webp"):
        path = tmp_path / name
        options = {"lossless": True} if name.endswith("webp") else {}
        pages[0].save(path, save_all=True, append_images=pages[1:], **options)
        assert colour(path) == list(RED), name
    path = tmp_path / "pair.jpg"  # Many cameras add a second, smaller picture to a JPEG.
    pages[0].save(path, format="MPO", save_all=True, append_images=pages[1:2])
    np.testing.assert_allclose(colour(path), RED, atol=2)


# The picture and the title


def test_the_picture_is_a_png_of_pixels_and_nothing_else(tmp_path):
    path = tmp_path / "photo.png"
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "somebody")
    exif = Image.Exif()
    exif[0x010F] = "maker"
    Image.new("RGB", (300, 200), RED).save(path, pnginfo=note, exif=exif, icc_profile=SWAPPED, dpi=(72, 72))
    for shape, own in product(((3, 28, 14), (1, 28, 14)), (True, False)):
        data = load(path, shape).picture if own else load(path, shape).original
        kinds, at = [], 8
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            kinds.append(data[at + 4 : at + 8])
            at += length + 12
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]
        with Image.open(BytesIO(data)) as picture:
            picture.load()
            assert (picture.mode, picture.size, picture.info) == ("RGB", (99, 197) if own else (240, 160), {})


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize(
    ("height", "width", "side"), [(24, 30, 5), (28, 28, 6), (5, 2, 38), (80, 97, 2), (1, 1, 195)]
)
def test_the_picture_shows_each_pixel_as_a_square_of_its_colour(fit, height, width, side):
    """Squares of 3 pixels and more have a thin line between them."""
    line = int(side > 2)
    for channels in (1, 3):
        result = load(SAMPLES / "chelsea.png", (channels, height, width), fit)
        with Image.open(BytesIO(result.picture)) as picture:
            shown = np.asarray(picture.convert("RGB"))
        assert shown.shape == (height * (side + line) + line, width * (side + line) + line, 3)
        x = np.broadcast_to(np.moveaxis(result.x, 0, -1), (height, width, 3))
        for at in range(line, line + side):
            np.testing.assert_array_equal(shown[at :: side + line, at :: side + line][:height, :width], x)


@pytest.mark.parametrize(
    ("shape", "fit", "box"),
    [
        ((3, 20, 20), "crop", (0.25, 0, 0.75, 1)),
        ((1, 10, 40), "crop", (0, 0.25, 1, 0.75)),
        ((3, 20, 40), "crop", None),
        ((3, 20, 20), "pad", None),
    ],
)
def test_the_photo_itself_is_shown_small_with_a_frame_around_the_part_that_was_taken(shape, fit, box, tmp_path):
    path = tmp_path / "wide.png"
    Image.new("RGB", (800, 400), RED).save(path)
    result = load(path, shape, fit)
    assert result.box == box
    with Image.open(BytesIO(result.original)) as picture:
        assert picture.size == (240, 120)
        other = np.argwhere((np.asarray(picture) != RED).any(axis=-1))
    if box is None:
        assert other.size == 0
    else:
        (top, left), (bottom, right) = other.min(axis=0), other.max(axis=0)
        np.testing.assert_allclose([left / 239, top / 119, right / 239, bottom / 119], box, atol=0.01)


def test_a_photo_that_is_drawn_as_pixels_has_no_original():
    result = from_pixels(np.zeros((1, 2, 2)), "tiny")
    assert (result.original, result.box) == (b"", None)


def test_equal_files_give_equal_bytes():
    first, second = (load(SAMPLES / "rocket.jpg", (3, 32, 24)) for _ in range(2))
    assert first.picture == second.picture
    assert first.x.tobytes() == second.x.tobytes()


def test_the_samples_fit_the_networks():
    for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"):
        assert is_valid(load(SAMPLES / name, (3, 28, 28)), (3, 28, 28))
        assert is_valid(load(SAMPLES / name, (1, 28, 28), "pad"), (1, 28, 28))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("my cat.v2.png", "my cat.v2"),
        ("猫 的照片.png", "猫 的照片"),
        ("a\nb\x1b[31m\x7f.png", "ab[31m"),
        ("x\u202egnp.exe\u2069\ufffe.png", "xgnp.exe"),
        ("w" * 100 + ".png", "w" * 80),
        ("\x01.png", "photo"),
        ("👩\u200d🚀.png", "👩\u200d🚀"),
    ],
)
def test_the_title_is_the_file_name_made_fit_to_be_shown(name, title, tmp_path):
    path = tmp_path / name
    try:
        Image.new("L", (2, 2)).save(path, format="PNG")
    except (OSError, ValueError):
        pytest.skip("no such file name on this system")
    assert load(path, (1, 2, 2)).title == title
    assert from_pixels(np.zeros((1, 2, 2)), Path(name).stem).title == title


# Pixels of a template


def test_pixels_of_a_template_are_kept_and_shown_as_squares():
    x = np.random.default_rng(2).integers(0, 256, (3, 7, 9))
    result = from_pixels(x, "ramp")
    assert is_valid(result, (3, 7, 9))
    np.testing.assert_array_equal(result.x, x)
    assert result.x.dtype == np.float64
    with Image.open(BytesIO(result.picture)) as picture:
        assert picture.size == (9 * 21 + 1, 7 * 21 + 1)
        np.testing.assert_array_equal(np.asarray(picture)[1::21, 1::21], np.moveaxis(x, 0, -1))
    x[:] = 0
    assert result.x.any()  # A later change of the template's array changes no photo.


def test_one_channel_of_a_template_is_shown_in_grey():
    result = from_pixels(np.array([[[0, 255], [7, 8]]], dtype=np.uint8), "tiny")
    with Image.open(BytesIO(result.picture)) as picture:
        assert (picture.size, picture.getpixel((1, 195))) == ((197, 197), (7, 7, 7))


def test_a_large_template_gets_a_small_picture():
    assert is_valid(from_pixels(np.full((1, 500, 300), 5.0), "large"), (1, 500, 300))


@pytest.mark.parametrize(
    "x",
    [
        np.full((3, 2, 2), 256.0),
        np.full((3, 2, 2), -1),
        np.full((1, 2, 2), np.nan),
        np.full((1, 2, 2), np.inf),
        np.full((1, 2, 2), 0.5),
        np.full((1, 2, 2), 1j),
        np.full((1, 2, 2), True),
        np.full((1, 2, 2), "7"),
        np.full((1, 2, 2), None),
        np.zeros((2, 2, 2)),
        np.zeros((4, 2, 2)),
        np.zeros((2, 2)),
        np.zeros((1, 0, 2)),
        np.zeros(()),
    ],
    ids=lambda x: f"{x.dtype}{x.shape}",
)
def test_pixels_that_are_no_picture_are_refused(x):
    with pytest.raises(PhotoError, match=r'^pixels of "odd": .*\.$'):
        from_pixels(x, "odd\n")

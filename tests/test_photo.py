"""Photos of every kind that people have, and of a few that they have not."""

from __future__ import annotations

import os
import random
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin, features

from sheetnet import photo
from sheetnet.errors import PhotoError
from sheetnet.photo import files, from_pixels, load

SAMPLES = Path(__file__).parent.parent / "samples"
RED, WHITE = (255, 0, 0), (255, 255, 255)

pytestmark = pytest.mark.skipif(not features.check("webp"), reason="this Pillow was built without WebP")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG made by hand, for what Pillow does not write. ``rows`` has a filter byte before each row."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A small ICC display profile (version 2.1) made by hand."""
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">I4s4s4s4s4s", start + len(data), b"none", b"\x02\x10\0\0", b"mntr", space, b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + table + data


def curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(value * 65536) for value in values))


RED_XYZ, GREEN_XYZ, BLUE_XYZ = (
    xyz(0.4361, 0.2225, 0.0139),
    xyz(0.3851, 0.7169, 0.0971),
    xyz(0.1431, 0.0606, 0.7141),
)
SWAPPED = profile(  # A screen whose red lamp shines green, and the other way round.
    b"RGB ",
    {
        b"rXYZ": GREEN_XYZ,
        b"gXYZ": RED_XYZ,
        b"bXYZ": BLUE_XYZ,
        b"rTRC": curve(2.2),
        b"gTRC": curve(2.2),
        b"bTRC": curve(2.2),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
    },
)
LINEAR_GREY = profile(b"GRAY", {b"kTRC": curve(1.0), b"wtpt": xyz(0.9642, 1.0, 0.8249)})


def colour(path: Path, channels: int = 3) -> list[float]:
    """The colour of a picture that has one colour only."""
    x = load(path, (channels, 2, 2)).x
    assert (x == x[:, :1, :1]).all()
    return x[:, 0, 0].tolist()


def pixels(path: Path, shape: tuple[int, int, int]) -> np.ndarray:
    return load(path, shape).x


def message(path: Path, shape: tuple[int, int, int] = (3, 4, 4), **options: str) -> str:
    with pytest.raises(PhotoError) as caught:
        load(path, shape, **options)  # type: ignore[arg-type]
    text = str(caught.value)
    assert text.isprintable()
    assert text.endswith(".")
    return text


def is_valid(result: photo.Photo, shape: tuple[int, int, int]) -> bool:
    x = result.x
    with Image.open(BytesIO(result.picture)) as picture:
        picture.load()
        return (
            x.shape == shape
            and x.dtype == np.float64
            and bool(((x >= 0) & (x <= 255) & (x == np.floor(x))).all())
            and max(picture.size) == 240
        )


# One colour in every mode


def red_images() -> dict[str, tuple[Image.Image, str, dict[str, object], int]]:
    red = Image.new("RGB", (8, 8), RED)
    grey_alpha_palette = red.convert("P", palette=Image.Palette.ADAPTIVE)
    lab = Image.new("LAB", (8, 8), (138, 209, 198))  # sRGB red under D50 is L* 54.3, a* 80.8, b* 69.9.
    return {
        "RGB png": (red, "png", {}, 0),
        "RGB bmp": (red, "bmp", {}, 0),
        "RGB tiff": (red, "tif", {}, 0),
        "RGB webp": (red, "webp", {"lossless": True}, 0),
        "RGB jpeg": (red, "jpg", {"quality": 95}, 2),
        "RGBA png": (red.convert("RGBA"), "png", {}, 0),
        "RGBA webp": (red.convert("RGBA"), "webp", {"lossless": True}, 0),
        "P png": (grey_alpha_palette, "png", {}, 0),
        "P gif": (grey_alpha_palette, "gif", {}, 0),
        "P bmp": (grey_alpha_palette, "bmp", {}, 0),
        "CMYK tiff": (red.convert("CMYK"), "tif", {}, 0),
        "CMYK jpeg, inverted by Adobe": (red.convert("CMYK"), "jpg", {"quality": 95}, 4),
        "LAB tiff": (lab, "tif", {}, 6),
        "TIFF compressed by LZW": (red, "tif", {"compression": "tiff_lzw"}, 0),
        "TIFF compressed as JPEG": (red, "tif", {"compression": "jpeg"}, 4),
    }


@pytest.mark.parametrize("kind", red_images())
def test_red_is_red_in_every_mode_and_format(kind, tmp_path):
    image, suffix, options, tolerance = red_images()[kind]
    path = tmp_path / f"red.{suffix}"
    image.save(path, **options)
    np.testing.assert_allclose(colour(path), RED, atol=tolerance)


@pytest.mark.parametrize("mode", ["HSV", "PA", "RGBa", "RGBX", "YCbCr"])
def test_modes_that_only_odd_files_give_become_rgb(mode):
    red = Image.new("RGB", (2, 2), RED)
    if mode == "PA":
        image = red.convert("P", palette=Image.Palette.ADAPTIVE).convert("PA")
    elif mode == "RGBa":
        image = red.convert("RGBA").convert("RGBa")
    else:
        image = red.convert(mode)
    flat = files._flatten(image, "here")
    assert flat.mode == "RGB"
    np.testing.assert_allclose(flat.getpixel((1, 1)), RED, atol=1)


@pytest.mark.parametrize(("value", "luma"), [(RED, 76), ((0, 255, 0), 150), ((0, 0, 255), 29), (WHITE, 255)])
def test_one_channel_is_the_luma_of_itu_r_601(value, luma, tmp_path):
    path = tmp_path / "colour.png"
    Image.new("RGB", (4, 4), value).save(path)
    assert colour(path, channels=1) == [luma]


@pytest.mark.parametrize("level", [0, 1, 77, 254, 255])
def test_grey_stays_the_same_grey_in_one_and_in_three_channels(level, tmp_path):
    path = tmp_path / "grey.png"
    Image.new("L", (4, 4), level).save(path)
    assert colour(path, channels=1) == [level]
    assert colour(path) == [level] * 3


def test_one_bit_is_black_and_white(tmp_path):
    for suffix in ("png", "bmp", "tif"):
        path = tmp_path / f"bits.{suffix}"
        Image.fromarray(np.array([[True, False], [False, True]])).save(path)
        assert pixels(path, (1, 2, 2)).tolist() == [[[255, 0], [0, 255]]]


# Transparency


def test_half_transparent_black_on_white_is_grey(tmp_path):
    for mode, value in (("RGBA", (0, 0, 0, 128)), ("LA", (0, 128))):
        path = tmp_path / f"{mode}.png"
        Image.new(mode, (4, 4), value).save(path)
        assert colour(path) == [127] * 3


def test_what_is_wholly_transparent_is_white_whatever_colour_it_hides(tmp_path):
    path = tmp_path / "hidden.webp"
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(path, lossless=True, exact=True)
    assert colour(path) == [255] * 3


def test_a_palette_may_hold_transparent_colours(tmp_path):
    image = Image.fromarray(np.array([[0, 1], [2, 2]], dtype=np.uint8))
    image = image.convert("P")
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    one, many = tmp_path / "one.gif", tmp_path / "many.png"
    image.save(one, transparency=0)
    image.save(many, transparency=bytes([255, 0, 128]))
    np.testing.assert_array_equal(
        np.moveaxis(pixels(one, (3, 2, 2)), 0, -1), [[WHITE, RED], [(0, 0, 255), (0, 0, 255)]]
    )
    np.testing.assert_array_equal(
        np.moveaxis(pixels(many, (3, 2, 2)), 0, -1), [[(0, 0, 0), WHITE], [(127, 127, 255), (127, 127, 255)]]
    )


@pytest.mark.parametrize(
    ("image", "key"),
    [
        (Image.new("RGB", (2, 2), (9, 8, 7)), (9, 8, 7)),
        (Image.new("L", (2, 2), 9), 9),
        (Image.new("1", (2, 2), 0), 0),
    ],
    ids=["RGB", "L", "1"],
)
def test_a_png_may_name_one_transparent_colour(image, key, tmp_path):
    path = tmp_path / "key.png"
    image.save(path, transparency=key)
    assert colour(path) == [255] * 3


def test_a_png_of_16_bits_may_name_one_transparent_grey(tmp_path):
    path = tmp_path / "key.png"
    rows = b"\0" + struct.pack(">HH", 300, 65535 // 5)
    path.write_bytes(png(2, 1, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 300))))
    assert pixels(path, (1, 1, 2)).tolist() == [[[255, 51]]]


# More than 8 bits


RAMP = np.arange(65536, dtype=np.uint16).reshape(256, 256)[:, ::17]


@pytest.mark.parametrize("kind", ["png", "little.tif", "big.tif"])
def test_a_grey_ramp_of_16_bits_is_scaled_and_not_clipped(kind, tmp_path):
    path = tmp_path / f"ramp.{kind}"
    Image.fromarray(RAMP.astype(">u2") if "big" in kind else RAMP).save(path)
    expected = np.rint(RAMP / 257)
    np.testing.assert_array_equal(pixels(path, (1, *RAMP.shape))[0], expected)
    np.testing.assert_array_equal(pixels(path, (3, *RAMP.shape))[2], expected)


def test_the_colours_of_16_bits_keep_their_upper_half(tmp_path):
    path = tmp_path / "deep.png"
    path.write_bytes(png(1, 1, 16, 2, b"\0" + struct.pack(">HHH", 0xFFFF, 0x8000, 0)))
    assert colour(path) == [255, 128, 0]
    path.write_bytes(png(1, 1, 16, 4, b"\0" + struct.pack(">HH", 0, 0x8080)))
    assert colour(path) == [127, 127, 127]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 128, 255], [0, 128, 255]),
        ([-5, 257, 65535], [0, 1, 255]),
        ([0, 500_000, 1_000_000], [0, 128, 255]),
        ([0, 2**30, 2**31 - 1], [0, 128, 255]),
    ],
)
def test_grey_of_32_bits_is_scaled_by_what_it_reaches(values, expected, tmp_path):
    path = tmp_path / "wide.tif"
    Image.fromarray(np.array([values], dtype=np.int32)).save(path)
    assert pixels(path, (1, 1, 3)).tolist() == [[expected]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([-1, 0.2, 0.4], [0, 51, 102]),
        ([-3, 100.4, 300], [0, 100, 255]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_fractions_are_scaled_from_one_and_greater_numbers_are_levels(values, expected, tmp_path):
    path = tmp_path / "real.tif"
    Image.fromarray(np.array([values], dtype=np.float32)).save(path)
    assert pixels(path, (1, 1, 3)).tolist() == [[expected]]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_pixels_that_are_no_numbers_are_refused(bad, tmp_path):
    path = tmp_path / "nan.tif"
    Image.fromarray(np.array([[0, bad]], dtype=np.float32)).save(path)
    assert "no numbers" in message(path)


# Which way is up

STORED = {  # EXIF: which way the first stored row and column lie in the upright picture.
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda a: np.rot90(a, 1),
    7: lambda a: np.rot90(a, 2).T,
    8: lambda a: np.rot90(a, -1),
}
UPRIGHT = np.array([[0, 50, 100], [150, 200, 250]], dtype=np.uint8).repeat(16, 0).repeat(16, 1)


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


# Colour profiles


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
def test_an_embedded_profile_is_converted_to_srgb(suffix, tmp_path):
    path = tmp_path / f"photo.{suffix}"
    options = {"png": {}, "tif": {}, "webp": {"lossless": True}}.get(suffix, {"quality": 95})
    Image.new("RGB", (8, 8), RED).save(path, icc_profile=SWAPPED, **options)
    np.testing.assert_allclose(colour(path), (0, 255, 0), atol=3)


def test_a_profile_holds_for_palettes_and_transparent_pictures_as_well(tmp_path):
    path = tmp_path / "photo.png"
    red = Image.new("RGB", (4, 4), RED)
    red.convert("P", palette=Image.Palette.ADAPTIVE).save(path, icc_profile=SWAPPED)
    np.testing.assert_allclose(colour(path), (0, 255, 0), atol=1)
    Image.new("RGBA", (4, 4), (255, 0, 0, 128)).save(path, icc_profile=SWAPPED)
    np.testing.assert_allclose(colour(path), (127, 255, 127), atol=1)


def test_a_grey_profile_is_converted_to_srgb(tmp_path):
    path = tmp_path / "grey.png"
    for image in (Image.new("L", (4, 4), 128), Image.new("LA", (4, 4), (128, 255))):
        image.save(path, icc_profile=LINEAR_GREY)  # Linear 128/255 is 188 in sRGB.
        np.testing.assert_allclose(colour(path, channels=1), [188], atol=1)
    Image.fromarray(np.full((4, 4), 128 * 257, dtype=np.uint16)).save(path, icc_profile=LINEAR_GREY)
    np.testing.assert_allclose(colour(path, channels=1), [188], atol=1)


def test_a_profile_that_says_srgb_leaves_every_pixel_alone(tmp_path):
    from PIL import ImageCms

    path = tmp_path / "photo.png"
    rows = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(rows).save(path, icc_profile=srgb)
    np.testing.assert_array_equal(pixels(path, (3, 16, 16)), np.moveaxis(rows, -1, 0))


@pytest.mark.parametrize("broken", [b"x", b"not a profile" * 20, SWAPPED[:200], SWAPPED[:-40], LINEAR_GREY])
def test_a_broken_profile_or_one_of_another_kind_is_ignored(broken, tmp_path):
    path = tmp_path / "photo.png"
    Image.new("RGB", (4, 4), RED).save(path, icc_profile=broken)
    assert colour(path) == list(RED)


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
        assert picture.getpixel((0, 0)) == picture.getpixel((239, 239)) == WHITE
        assert picture.getpixel((120, 120)) == (0, 255, 0)


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
    for shape, mode in (((3, 28, 14), "RGB"), ((1, 28, 14), "L")):
        data = load(path, shape).picture
        kinds, at = [], 8
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            kinds.append(data[at + 4 : at + 8])
            at += length + 12
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]
        with Image.open(BytesIO(data)) as picture:
            picture.load()
            assert (picture.mode, picture.size, picture.info) == (mode, (120, 240), {})


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_the_picture_shows_the_same_cut_as_the_numbers(fit):
    for channels in (1, 3):
        result = load(SAMPLES / "chelsea.png", (channels, 24, 30), fit)
        with Image.open(BytesIO(result.picture)) as picture:
            small = np.asarray(picture.resize((30, 24), Image.Resampling.BOX), dtype=float)
        x = result.x[0] if channels == 1 else np.moveaxis(result.x, 0, -1)
        assert np.abs(small - x).mean() < 5


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


def test_pixels_of_a_template_are_kept_and_enlarged_by_a_whole_factor():
    x = np.random.default_rng(2).integers(0, 256, (3, 7, 9))
    result = from_pixels(x, "ramp")
    assert is_valid(result, (3, 7, 9)) is False  # 26 times 9 is 234, not 240.
    np.testing.assert_array_equal(result.x, x)
    assert result.x.dtype == np.float64
    with Image.open(BytesIO(result.picture)) as picture:
        np.testing.assert_array_equal(np.asarray(picture), np.moveaxis(x, 0, -1).repeat(26, 0).repeat(26, 1))
    x[:] = 0
    assert result.x.any()  # A later change of the template's array changes no photo.


def test_one_channel_of_a_template_gives_a_grey_picture():
    result = from_pixels(np.array([[[0, 255], [7, 8]]], dtype=np.uint8), "tiny")
    with Image.open(BytesIO(result.picture)) as picture:
        assert (picture.mode, picture.size, picture.getpixel((0, 239))) == ("L", (240, 240), 7)


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


# Files that are no photos


def test_a_missing_file_is_named_as_the_user_gave_it():
    assert message(Path("nowhere/cat.png")).startswith("nowhere/cat.png: there is no such file.".replace("/", os.sep))


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "file.png").write_bytes(b"x")
    assert "no such file" in message(tmp_path / "file.png" / "cat.png")


def test_a_folder_is_refused(tmp_path):
    assert "folder" in message(tmp_path)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty.png").touch()
    assert "empty" in message(tmp_path / "empty.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_or_a_device_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "pipe or a device" in message(tmp_path / "pipe.png")
    assert "pipe or a device" in message(Path("/dev/zero"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "secret.png"
    Image.new("L", (2, 2)).save(path)

    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "may not be read" in message(path)


@pytest.mark.parametrize("error", [OSError(5, "I/O error"), ValueError("embedded null byte")])
def test_a_file_on_a_failing_disk_is_refused(error, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "stat", fail)
    assert "cannot be read" in message(tmp_path / "photo.png")


def test_names_that_no_file_can_have_are_refused(tmp_path):
    assert "cannot be read" in message(Path("a\0b.png"))
    assert "cannot be read" in message(tmp_path / ("long" * 2000))


def test_the_message_holds_nothing_that_could_steer_a_terminal(tmp_path):
    text = message(tmp_path / "a\nb\x1b[2J\u202e\udcff.png")
    assert text.endswith("a?b?[2J??.png: there is no such file. Check the name and the folder.")
    assert text.encode("utf-8")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(photo.MAX_BYTES + 10**6)
    assert "the file has 201 MB; at most 200 MB" in message(path)


@pytest.mark.parametrize(
    "content",
    [
        b"dear diary\n",
        b"\0",
        b"GIF89a",
        b"%PDF-1.7\n%%EOF\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_a_file_that_only_claims_to_be_a_picture_is_refused(content, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    assert "JPEG, PNG, GIF, BMP, TIFF, WebP or HEIC" in message(path)


@pytest.mark.parametrize("kind", ["PPM", "ICO", "TGA", "PCX", "ICNS", "EPS", "PDF"])
def test_other_kinds_of_picture_are_never_opened(kind, tmp_path):
    path = tmp_path / "photo.png"
    Image.new("RGB", (16, 16), RED).save(path, format=kind)
    assert "Give a photo in JPEG" in message(path)


@pytest.mark.parametrize("side", [7072, 12000, 20000, 2_000_000_000])
def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded(side, tmp_path, monkeypatch):
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side, 8, 2, b""))
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("a pixel was decoded"))
    assert "megapixels; at most 50 are read" in message(path)


def test_the_largest_photo_allowed_is_read(tmp_path):
    path = tmp_path / "large.png"
    Image.new("1", (10_000, 5_000), 1).save(path)
    assert colour(path, channels=1) == [255]


@pytest.mark.parametrize(
    "error",
    [
        OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError, KeyError, zlib.error, MemoryError,
        OverflowError, TypeError, RuntimeError, RecursionError, AttributeError, ZeroDivisionError, AssertionError,
    ],
)  # fmt: skip
def test_whatever_a_decoder_raises_becomes_one_line(error, tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    Image.new("L", (2, 2)).save(path)

    def fail(*_: object, **__: object) -> None:
        raise error("something\ndeep inside <_io.BytesIO object at 0x7f>")

    monkeypatch.setattr(Image, "open", fail)
    assert "damaged, cut short or of a rare kind" in message(path)


def test_a_key_press_still_stops_the_reading(tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    Image.new("L", (2, 2)).save(path)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Image, "open", stop)
    with pytest.raises(KeyboardInterrupt):
        load(path, (1, 2, 2))


@pytest.mark.parametrize("shape", [(2, 4, 4), (0, 4, 4), (4, 4, 4)])
def test_a_network_of_other_than_one_or_three_channels_gets_no_photo(shape):
    assert "1 (grey) or 3 (red, green, blue)" in message(SAMPLES / "coffee.png", shape)


@pytest.mark.parametrize("shape", [(3, 0, 4), (3, 4, -1), (3, 10**6, 10**6)])
def test_a_network_without_a_sensible_size_gets_no_photo(shape):
    assert "no photo can be fitted" in message(SAMPLES / "coffee.png", shape)


def test_an_unknown_fit_is_refused():
    assert 'Use fit="crop" or fit="pad"' in message(SAMPLES / "coffee.png", fit="stretch\n")


# HEIC


def heic(path: Path, image: Image.Image, **options: object) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    try:
        pillow_heif.from_pillow(image).save(path, quality=-1, **options)
    except RuntimeError as error:
        pytest.skip(f"this pillow-heif cannot write HEIC: {error}")


def test_a_heic_photo_is_read_with_the_extra(tmp_path):
    path = tmp_path / "photo.heic"
    heic(path, Image.new("RGB", (64, 64), RED))
    np.testing.assert_allclose(colour(path), RED, atol=3)


def test_a_heic_photo_held_sideways_is_turned_upright_once(tmp_path):
    path = tmp_path / "photo.heic"
    upright = UPRIGHT.repeat(2, 0).repeat(2, 1)
    for orientation, turn in STORED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = Image.fromarray(np.ascontiguousarray(turn(upright))).convert("RGB")
        heic(path, image, exif=exif.tobytes())
        np.testing.assert_allclose(pixels(path, (1, *upright.shape))[0], upright, atol=4)


def test_a_heic_photo_may_be_transparent(tmp_path):
    path = tmp_path / "photo.heic"
    heic(path, Image.new("RGBA", (64, 64), (0, 0, 0, 128)))
    np.testing.assert_allclose(colour(path), [127] * 3, atol=3)


def test_without_the_extra_a_heic_photo_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert "Install sheetnet[heic], or save the photo as JPEG." in message(path)
    assert load(SAMPLES / "rocket.jpg", (3, 4, 4)).title == "rocket"  # Other photos do not need it.


def test_a_heic_photo_of_too_many_pixels_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "photo.heic"
    heic(path, Image.new("RGB", (64, 64), RED))
    monkeypatch.setattr(files, "MAX_PIXELS", 4000)
    assert "64x64 = 0.0 megapixels" in message(path)


# Hostile files


def small_files(folder: Path) -> dict[str, bytes]:
    image = Image.fromarray(np.random.default_rng(7).integers(0, 256, (24, 20, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "maker"
    files: dict[str, bytes] = {}
    for name, picture, options in (
        ("a.jpg", image, {"exif": exif, "icc_profile": SWAPPED}),
        ("progressive.jpg", image, {"progressive": True}),
        ("cmyk.jpg", image.convert("CMYK"), {}),
        ("a.png", image, {"exif": exif, "icc_profile": SWAPPED}),
        ("palette.png", image.convert("P"), {"transparency": bytes(range(256))}),
        ("frames.png", image, {"save_all": True, "append_images": [image.rotate(180)]}),
        ("a.gif", image, {"save_all": True, "append_images": [image.rotate(180)], "transparency": 3}),
        ("a.bmp", image, {}),
        ("palette.bmp", image.convert("P"), {}),
        ("a.tif", image, {"exif": exif}),
        ("lzw.tif", image, {"compression": "tiff_lzw"}),
        ("jpeg.tif", image, {"compression": "jpeg"}),
        ("deep.tif", Image.fromarray(np.arange(480, dtype=np.uint16).reshape(24, 20) * 130), {}),
        ("real.tif", Image.fromarray(np.arange(480, dtype=np.float32).reshape(24, 20)), {}),
        ("a.webp", image, {"exif": exif, "icc_profile": SWAPPED}),
        ("frames.webp", image, {"lossless": True, "save_all": True, "append_images": [image.rotate(180)]}),
    ):
        picture.save(folder / name, **options)
        files[name] = (folder / name).read_bytes()
    return files


def attempt(path: Path, data: bytes) -> bool:
    """Try a file that may be broken: a sound photo or one sound message, nothing else."""
    path.write_bytes(data)
    result, text = None, ""
    try:
        result = load(path, (3, 5, 4))
    except PhotoError as error:
        text = str(error)
    if result is None:
        assert text.startswith(f"{path}: ")
        assert text.isprintable()
    else:
        assert is_valid(result, (3, 5, 4))
    return result is not None


def test_a_file_cut_short_gives_a_message_or_a_photo_and_no_noise(tmp_path, capfd):
    for name, data in small_files(tmp_path).items():
        path = tmp_path / f"cut-{name}"
        assert attempt(path, data)
        lengths = sorted({1, 2, 7, 12, 20, 30, *range(40, len(data), max(1, len(data) // 25))})
        outcomes = [attempt(path, data[:length]) for length in lengths if length < len(data)]
        assert not any(outcomes[:6]), name
    assert capfd.readouterr() == ("", "")


def test_a_file_with_flipped_bytes_gives_a_message_or_a_photo_and_no_noise(tmp_path, capfd):
    generator = random.Random(2024)
    for name, data in small_files(tmp_path).items():
        outcomes = set()
        for number in range(40):
            broken = bytearray(data)
            for _ in range(1 + number % 5):
                # Half of the blows go to the head, where the sizes, kinds and offsets are.
                broken[generator.randrange(min(len(data), 120) if number % 2 else len(data))] ^= generator.randrange(
                    1, 256
                )
            outcomes.add(attempt(tmp_path / f"flipped-{name}", bytes(broken)))
        assert outcomes, name
    assert capfd.readouterr() == ("", "")


def test_a_broken_heic_photo_gives_a_message_or_a_photo_and_no_noise(tmp_path, capfd):
    path = tmp_path / "photo.heic"
    heic(path, Image.fromarray(np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)))
    data = path.read_bytes()
    capfd.readouterr()
    generator = random.Random(11)
    assert attempt(path, data)
    for length in range(8, len(data), len(data) // 30):
        assert not attempt(path, data[:length])
    for number in range(60):
        broken = bytearray(data)
        broken[generator.randrange(min(len(data), 400) if number % 2 else len(data))] ^= generator.randrange(1, 256)
        attempt(path, bytes(broken))
    assert capfd.readouterr() == ("", "")

"""Every mode of a picture becomes the right colour: palettes, transparency, many bits, colour profiles."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from photofiles import RED, SWAPPED, WHITE, chunk, colour, curve, message, pixels, png, profile, xyz
from PIL import Image, features

from sheetnet.photo import files

pytestmark = pytest.mark.skipif(not features.check("webp"), reason="this Pillow was built without WebP")
LINEAR_GREY = profile(b"GRAY", {b"kTRC": curve(1.0), b"wtpt": xyz(0.9642, 1.0, 0.8249)})


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
    flat, _ = files._flatten(image, "here")
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

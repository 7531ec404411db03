"""Bytes of a file -> one plain picture: upright, 8-bit sRGB, see-through parts on white.

Files are treated as hostile: only the formats named here are tried, and the size is checked before a pixel is
decoded.
"""

from __future__ import annotations

import stat
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

# Plugins are imported by name: Pillow, asked for a format that is not loaded yet, loads all it has.
from PIL import Image, ImageCms, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin, features  # noqa: F401

from sheetnet.errors import PhotoError
from sheetnet.extras import hint
from sheetnet.photo import jpeg, tiff
from sheetnet.photo.levels import as_told, eight_bits, is_wide, narrow

with suppress(ImportError):  # releases of Pillow before 11.3 have none
    from PIL import AvifImagePlugin  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

MAX_PIXELS = 50_000_000
"""The most pixels that a photo may have. Pillow itself warns at 89 million, and refuses at 179 million."""
REPAIRED = "repaired"
"""What was done to a JPEG without its end marker."""
NARROW, STRETCHED = "narrow", "stretched"
"""What is said of wide greys that use a sixteenth of their levels at most, and what was done to them on request."""
MAX_BYTES = 200_000_000
"""The largest file that is read, in bytes."""

_AVIF = ("AVIF",) if features.check("avif") else ()  # where Pillow was built with it
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", *_AVIF)  # HEIC is not Pillow's own: see _open_heif.
_READABLE = "JPEG, PNG, GIF, BMP, TIFF, WebP, AVIF or HEIC" if _AVIF else "JPEG, PNG, GIF, BMP, TIFF, WebP or HEIC"
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_EXIF_ORIENTATION = 0x0112
_UPRIGHT = {  # EXIF 2.32, tag Orientation: how the stored picture must be turned to stand upright.
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read(path: Path, where: str) -> bytes:
    """Return the bytes of a regular file; a pipe or a device could keep us waiting for ever."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PhotoError(f"{where}: this is a folder. Give the name of one photo in it.")
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError(f"{where}: this is a pipe or a device, not a file. Give the name of a photo.")
        if status.st_size > MAX_BYTES:
            raise PhotoError(
                f"{where}: the file has {status.st_size / 1e6:.0f} MB; at most {MAX_BYTES // 10**6} MB are read. "
                "Save the photo smaller."
            )
        with path.open("rb") as file:
            data = file.read(status.st_size)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PhotoError(f"{where}: there is no such file. Check the name and the folder.") from error
    except PermissionError as error:
        raise PhotoError(f"{where}: the file may not be read. Ask for permission to read it.") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have.
        raise PhotoError(f"{where}: the file cannot be read. Check the name and the disk.") from error
    if not data:
        raise PhotoError(f"{where}: the file is empty (0 bytes). Copy or download the photo again.")
    return data


def decode(data: bytes, where: str, *, stretch: bool = False) -> tuple[Image.Image, tuple[str, ...]]:
    """Return the first picture of the file, upright, as plain RGB; and what was done to read it.

    ``stretch``: wide greys that use a sixteenth of their levels at most become as bright as those that use all.
    """
    try:
        is_heif = data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS
        image = _open_heif(data, where) if is_heif else _open(data)
    except UnidentifiedImageError as error:
        raise PhotoError(
            f"{where}: this is no picture that can be read here, or its beginning is damaged. "
            f"Give a photo in {_READABLE}."
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large(where, "more than 178 megapixels") from error
    reduced = image.width * image.height > MAX_PIXELS and jpeg.is_reducible(image)
    if reduced:
        jpeg.reduce(image)
    check_size(image.size, where)
    about = jpeg.told(data)
    if about.scans > jpeg.MAX_SCANS:
        raise PhotoError(f"{where}: a JPEG of more than {jpeg.MAX_SCANS} scans. Save it again as JPEG or PNG.")
    if jpeg.is_jpeg(data):
        whole = jpeg.loaded(image, data, about, jpeg.FACTOR if reduced else 1)
        if whole is None:
            raise PhotoError(
                f"{where}: the picture is damaged, cut short on its way: a part of this JPEG is missing. "
                "Copy or download it again, or take another photo."
            )
        image = whole
    done: tuple[str, ...] = () if about.ended else (REPAIRED,)
    plain, more = upright(image, where, stretch=stretch)
    return plain, done + more


def upright(image: Image.Image, where: str, *, stretch: bool = False) -> tuple[Image.Image, tuple[str, ...]]:
    """Return a picture that is open, upright, as plain RGB; and what was done to it. ``stretch``: see ``decode``."""
    image.load()
    orientation = 1
    with suppress(Exception):  # A good picture with a damaged EXIF note is taken as it is stored.
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    rgb, done = _flatten(image, where, stretch=stretch)
    return (rgb.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else rgb), done


def _open(data: bytes) -> Image.Image:
    """Open a picture of one of Pillow's own formats."""
    tags: dict[int, int] = {}
    if tiff.is_tiff(data):
        data, tags = tiff.readable(data)
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        if jpeg.is_jpeg(data):
            return jpeg.large(data)
        raise
    tiff.restore(image, tags)
    return image


def check_size(size: tuple[int, int], where: str) -> None:
    """PhotoError where a picture has too many pixels."""
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(where, f"{width}x{height} = {width * height / 1e6:.1f} megapixels")


def _too_large(where: str, size: str) -> PhotoError:
    reduced = f"{jpeg.MAX_REDUCED // 10**6} of a JPEG that is not progressive"
    return PhotoError(
        f"{where}: the photo has {size}; at most {MAX_PIXELS // 10**6} are read, {reduced}. Save it smaller."
    )


def _open_heif(data: bytes, where: str) -> Image.Image:
    """Open a HEIC photo with pillow-heif, which turns it upright itself."""
    try:
        import pillow_heif
    except ImportError as error:
        raise PhotoError(
            f"{where}: HEIC photos need one more package ({hint('heic')}); or save the photo as JPEG."
        ) from error
    heif = pillow_heif.open_heif(BytesIO(data))  # Reads the header only.
    check_size(heif.size, where)
    image: Image.Image = heif.to_pillow()
    return image


def _flatten(image: Image.Image, where: str, *, stretch: bool = False) -> tuple[Image.Image, tuple[str, ...]]:
    """Bring any mode to RGB: 8 bits, sRGB, see-through parts on white; and what was done, see ``decode``."""
    alpha: Image.Image | None = None
    done: tuple[str, ...] = ()
    if is_wide(image):
        values, white = as_told(image)
        key = image.info.get("transparency")  # PNG: one grey level that is see-through.
        if isinstance(key, int):
            alpha = Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
        if (meant := narrow(values, white)) is not None:
            done = (STRETCHED if stretch else NARROW,)
        colour = Image.fromarray(eight_bits(values, meant if meant is not None and stretch else white, where))
    elif image.has_transparency_data:
        rgba = image if image.mode == "RGBA" else image.convert("RGBA")  # a copy may have 200 MB
        alpha = rgba.getchannel("A")
        colour = rgba.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
        del rgba
    elif image.mode in ("L", "RGB", "CMYK", "LAB"):
        colour = image
    else:
        colour = image.convert("L" if image.mode == "1" else "RGB")
    rgb = _srgb(colour, image.info.get("icc_profile"))
    if alpha is None:
        return rgb, done
    paper = Image.new("RGB", rgb.size, "white")
    paper.paste(rgb, mask=alpha)
    return paper, done


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    """Convert L, RGB, CMYK or LAB to RGB, by the photo's own colour profile where it has a sound one."""
    srgb = ImageCms.createProfile("sRGB")
    if image.mode == "LAB":
        lab = ImageCms.buildTransform(ImageCms.createProfile("LAB"), srgb, "LAB", "RGB")
        return lab.apply(image)
    if isinstance(profile, bytes) and profile:
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            transform = ImageCms.buildTransform(source, srgb, image.mode, "RGB")
            if not _is_srgb(transform, image.mode):
                return transform.apply(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a transform hardly changes a colour: most photos are sRGB, and rounding them twice is a loss."""
    if mode == "RGB":
        cube = np.moveaxis(np.indices((6, 6, 6)).reshape(3, 36, 6) * 51, 0, -1)
        probe = Image.fromarray(np.ascontiguousarray(cube, dtype=np.uint8))
    elif mode == "L":
        probe = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
    else:
        return False
    before = np.asarray(probe.convert("RGB"), dtype=int)
    return bool(np.abs(np.asarray(transform.apply(probe), dtype=int) - before).max() <= 2)

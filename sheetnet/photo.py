"""File -> tensor: any ordinary photo, turned upright, in sRGB, on white, cut to the network's size.

Photos come in many kinds: sideways with a note on how to turn them, see-through, in 16 bits, in the inks of a
printer, cut short, or not photos at all. Each is brought to one kind, plain 8-bit sRGB, before anything else
happens, and each failure becomes one ``PhotoError`` of one line. Files are treated as hostile: only the formats
named here are tried, and the size is checked before a pixel is decoded.

    x[c, i, j] = Lanczos(crop or pad(sRGB(file)))[i, j, c]        whole numbers 0..255

This module is the only home of Pillow (https://pillow.readthedocs.io).
"""

from __future__ import annotations

import logging
import os
import stat
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

# The last two plugins are imported by name: Pillow, asked for a format that is not loaded yet, loads all it has.
from PIL import Image, ImageCms, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

from sheetnet.errors import PhotoError

if TYPE_CHECKING:
    from pathlib import Path

MAX_PIXELS = 50_000_000
"""The most pixels a photo may have. Pillow's own alarm rings only at 89 and 179 million."""
MAX_BYTES = 200_000_000
"""The largest file that is read, in bytes."""
PICTURE_SIDE = 240
"""The longer side of ``Photo.picture``, in pixels: at most this."""
TITLE_LENGTH = 80
"""The most characters in ``Photo.title``."""

Fit: TypeAlias = Literal["crop", "pad"]

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")  # HEIC is not Pillow's own: see _open_heif.
_READABLE = "JPEG, PNG, GIF, BMP, TIFF, WebP or HEIC"
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

# Python prints a warning of a logger that nobody listens to; Pillow logs some about odd TIFF files.
logging.getLogger("PIL").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo, fitted to a network.

    ``x`` has shape (C, H, W) and holds whole numbers 0..255 as float64; C is 1 (grey) or 3 (red, green, blue).
    ``picture`` is the same cut in the same colours as a PNG of at most 240 pixels a side, without metadata.
    ``title`` is fit to be shown: one line, at most 80 characters, never empty.
    """

    x: NDArray[np.float64]
    picture: bytes
    title: str


def load(path: Path, shape: tuple[int, int, int], fit: Fit = "crop") -> Photo:
    """Read a photo and fit it to a network whose input has ``shape`` (C, H, W).

    ``fit`` is "crop" (the largest centred piece of the right proportions) or "pad" (all of the photo, centred on
    white). One channel is ITU-R 601 luma. Of an animation or a file of many pages, the first picture is taken.
    Equal files give equal bytes.

    Raises ``PhotoError`` for a file that cannot be read, a picture that is too large, and a C other than 1 or 3.
    """
    x, image = _fitted(path, shape, fit)
    return Photo(x, _png(image(*_picture_size(shape[2], shape[1]))), _title(path.stem))


def pixels(path: Path, shape: tuple[int, int, int], fit: Fit = "crop") -> NDArray[np.uint8]:
    """Read the x of a photo alone, as bytes (C, H, W): what ``load`` gives, in less time and memory."""
    return _fitted(path, shape, fit)[0].astype(np.uint8)


def _fitted(
    path: Path, shape: tuple[int, int, int], fit: Fit
) -> tuple[NDArray[np.float64], Callable[[int, int], Image.Image]]:
    """Return x, and how to fit the same photo to another width and height."""
    where = _clean(str(path), "?")
    channels, height, width = shape
    size = "x".join(map(str, shape))
    if channels not in (1, 3):
        raise PhotoError(
            f"{where}: the network's input is {size}; a photo gives 1 (grey) or 3 (red, green, blue) channels. "
            "Choose a network with 1 or 3 input channels."
        )
    if height < 1 or width < 1 or height * width > MAX_PIXELS:
        raise PhotoError(f"{where}: no photo can be fitted to {size}. Choose a height and width of 1 or more.")
    if fit not in ("crop", "pad"):
        raise PhotoError(f'{where}: fit={_clean(str(fit), "?")} is unknown. Use fit="crop" or fit="pad".')
    data = _read(path, where)
    place = _crop if fit == "crop" else _pad
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # What Pillow would warn about is either an error here or harmless.
            with _silence(data):
                image = _decode(data, where)
            if channels == 1:
                image = image.convert("L")
            x = _tensor(place(image, width, height))
    except PhotoError:
        raise
    # Decoders of hostile bytes raise nearly every exception there is; none of them may reach the reader.
    except Exception as error:
        raise PhotoError(
            f"{where}: the picture is damaged, cut short or of a rare kind. "
            "Open it in an image program and save it again as JPEG or PNG, or take another photo."
        ) from error
    return x, partial(place, image)


def from_pixels(x: NDArray[Any], title: str) -> Photo:
    """Make a photo of the pixels that a template gives: shape (C, H, W), C 1 or 3, whole numbers 0..255.

    The picture is enlarged by a whole factor, each pixel a square, to about 240 pixels a side.

    Raises ``PhotoError`` for any other shape or value.
    """
    title = _title(title)
    x = np.asarray(x)
    if x.ndim != 3 or x.shape[0] not in (1, 3) or x.size == 0:
        size = "x".join(map(str, x.shape)) or "a single number"
        raise PhotoError(f'pixels of "{title}": the shape is {size}. Give 1 x H x W or 3 x H x W.')
    if x.dtype.kind not in "iuf" or not np.all((x >= 0) & (x <= 255) & (x == np.floor(x))):
        raise PhotoError(f'pixels of "{title}": a value is not a whole number from 0 to 255. Correct it.')
    x = x.astype(np.float64)
    channels, height, width = x.shape
    rows = np.moveaxis(x.astype(np.uint8), 0, -1)
    image = Image.fromarray(np.ascontiguousarray(rows[..., 0] if channels == 1 else rows))
    factor = PICTURE_SIDE // max(height, width)
    if factor:
        image = image.resize((width * factor, height * factor), Image.Resampling.NEAREST)
    else:
        image = image.resize(_picture_size(width, height), Image.Resampling.LANCZOS)
    return Photo(x, _png(image), title)


def _read(path: Path, where: str) -> bytes:
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


@contextmanager
def _silence(data: bytes) -> Iterator[None]:
    """Shut standard error while a TIFF is decoded: libtiff prints there itself, and Pillow cannot stop it."""
    kept = -1
    with suppress(OSError):  # A process may have no standard error.
        if data[:2] in (b"II", b"MM"):
            kept = os.dup(2)
    if kept < 0:
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _decode(data: bytes, where: str) -> Image.Image:
    """Return the first picture of the file, upright, as plain RGB."""
    try:
        is_heif = data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS
        image = _open_heif(data, where) if is_heif else Image.open(BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise PhotoError(
            f"{where}: this is no picture that can be read here, or its beginning is damaged. "
            f"Give a photo in {_READABLE}."
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large(where, "more than 178 megapixels") from error
    _check_size(image.size, where)
    image.load()
    orientation = 1
    with suppress(Exception):  # A good picture with a damaged EXIF note is taken as it lies.
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    rgb = _flatten(image, where)
    return rgb.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else rgb


def _check_size(size: tuple[int, int], where: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(where, f"{width}x{height} = {width * height / 1e6:.1f} megapixels")


def _too_large(where: str, size: str) -> PhotoError:
    return PhotoError(f"{where}: the photo has {size}; at most {MAX_PIXELS // 10**6} are read. Save it smaller.")


def _open_heif(data: bytes, where: str) -> Image.Image:
    """Open a HEIC photo with pillow-heif, which turns it upright itself."""
    try:
        import pillow_heif
    except ImportError as error:
        raise PhotoError(
            f"{where}: HEIC photos need one more package. Install sheetnet[heic], or save the photo as JPEG."
        ) from error
    heif = pillow_heif.open_heif(BytesIO(data))  # Reads the header only.
    _check_size(heif.size, where)
    image: Image.Image = heif.to_pillow()
    return image


def _flatten(image: Image.Image, where: str) -> Image.Image:
    """Bring any mode of Pillow to RGB: 8 bits, sRGB, see-through parts on white."""
    alpha: Image.Image | None = None
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values = np.asarray(image)
        key = image.info.get("transparency")  # PNG: one grey level that is see-through.
        if isinstance(key, int):
            alpha = Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
        colour = Image.fromarray(_eight_bits(values, where))
    elif image.has_transparency_data:
        rgba = image.convert("RGBA")
        alpha = rgba.getchannel("A")
        colour = rgba.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
    elif image.mode in ("L", "RGB", "CMYK", "LAB"):
        colour = image
    else:
        colour = image.convert("L" if image.mode == "1" else "RGB")
    rgb = _srgb(colour, image.info.get("icc_profile"))
    if alpha is None:
        return rgb
    white = Image.new("RGB", rgb.size, "white")
    white.paste(rgb, mask=alpha)
    return white


def _eight_bits(values: NDArray[Any], where: str) -> NDArray[np.uint8]:
    """Scale grey levels of 16 or 32 bits, or fractions, to 0..255.

    Few files say which level is white, so the brightest one tells: 1 or less of fractions, 255, 65535, or itself.
    """
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise PhotoError(f"{where}: some pixels are no numbers (NaN or infinite). Save the picture as PNG.")
        fractions: NDArray[np.float64] = values * (255 if values.max() <= 1 else 1)
        return np.rint(np.clip(fractions, 0, 255)).astype(np.uint8)
    top, is_wide = int(values.max()), values.dtype.itemsize == 4
    white = 255 if is_wide and top <= 255 else max(65535, top)
    shift = white.bit_length() - 16 if white > 65535 else 0  # So a table of 16 bits serves for 32 bits as well.
    white >>= shift
    table: NDArray[np.uint8] = ((np.arange(white + 1) * 255 + white // 2) // white).astype(np.uint8)
    scaled: NDArray[np.uint8] = table[np.maximum(values, 0) >> shift]
    return scaled


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
    return image.convert("RGB")


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tell whether a transform hardly moves a colour: most photos say sRGB, and rounding them twice is a loss."""
    if mode == "RGB":
        cube = np.moveaxis(np.indices((6, 6, 6)).reshape(3, 36, 6) * 51, 0, -1)
        probe = Image.fromarray(np.ascontiguousarray(cube, dtype=np.uint8))
    elif mode == "L":
        probe = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
    else:
        return False
    before = np.asarray(probe.convert("RGB"), dtype=int)
    return bool(np.abs(np.asarray(transform.apply(probe), dtype=int) - before).max() <= 2)


def _crop(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resample the largest centred box of the right proportions, at least one pixel of the photo each way."""
    box_width = min(image.width, max(1.0, image.height * width / height))
    box_height = min(image.height, max(1.0, image.width * height / width))
    left, top = (image.width - box_width) / 2, (image.height - box_height) / 2
    right, bottom = min(image.width, left + box_width), min(image.height, top + box_height)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=(left, top, right, bottom))


def _pad(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resample the whole photo and centre it on white, at least one pixel each way."""
    scale = min(width / image.width, height / image.height)
    inner_width = min(width, max(1, round(image.width * scale)))
    inner_height = min(height, max(1, round(image.height * scale)))
    inner = image.resize((inner_width, inner_height), Image.Resampling.LANCZOS)
    canvas = Image.new(image.mode, (width, height), "white")
    canvas.paste(inner, ((width - inner_width) // 2, (height - inner_height) // 2))
    return canvas


def _picture_size(width: int, height: int) -> tuple[int, int]:
    scale = PICTURE_SIDE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _tensor(image: Image.Image) -> NDArray[np.float64]:
    """Return an L or RGB image as (C, H, W)."""
    rows = np.asarray(image, dtype=np.float64)
    return np.ascontiguousarray(rows[np.newaxis] if rows.ndim == 2 else np.moveaxis(rows, -1, 0))


def _png(image: Image.Image) -> bytes:
    """Write an L or RGB image as PNG, by hand: pixels and nothing else (https://www.w3.org/TR/png-3).

    Pillow brings its own compressor, another one in nearly every release; with Python's the bytes stay the same.
    """
    rows = np.asarray(image).reshape(image.height, -1)
    filtered = np.empty((image.height, 1 + rows.shape[1]), dtype=np.uint8)
    filtered[:, 0] = 2  # Filter "Up": each row as its difference, modulo 256, from the row above.
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    colour_type = 0 if image.mode == "L" else 2
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def clean(name: str, instead: str = "?") -> str:
    """Replace what a name from outside must not bring to a terminal, a workbook or a model file."""
    return _clean(name, instead)


def _title(name: str) -> str:
    return _clean(name, "").strip()[:TITLE_LENGTH].rstrip() or "photo"


def _clean(text: str, instead: str) -> str:
    """Replace what must not reach a terminal or a workbook.

    That is: control characters, line ends, lone surrogates, noncharacters, and marks that turn the direction of
    writing and so can disguise a name.
    """
    return "".join(instead if _is_unsafe(character) else character for character in text)


def _is_unsafe(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or ord(character) & 0xFFFE == 0xFFFE
    )

"""File -> tensor: any ordinary photo, turned upright, in sRGB, on white, cut to the network's size.

Photos come in many kinds: sideways with a note on how to turn them, see-through, in 16 bits, in the inks of a
printer, cut short, or not photos at all. Each is brought to one kind, plain 8-bit sRGB, before anything else
happens (``files``), and each failure becomes a ``PhotoError`` of one line.

    x[c, i, j] = Lanczos(crop or pad(sRGB(file)))[i, j, c] * levels / 255      whole numbers 0..levels
    x[0, i, j] = mean(coverage by the strokes)[i, j] * levels                  of a drawing, see ``ink``

``shown`` makes the pictures of it that a workbook shows. This room is the only home of Pillow
(https://pillow.readthedocs.io).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sheetnet.errors import PhotoError
from sheetnet.photo import ink as inks
from sheetnet.photo import pieces
from sheetnet.photo.files import MAX_BYTES, MAX_PIXELS, NARROW, REPAIRED, STRETCHED
from sheetnet.photo.given import contents, is_noisy, plain
from sheetnet.photo.pieces import Likeness, Piece
from sheetnet.photo.quiet import quiet
from sheetnet.photo.shown import BRIGHTEST, Box, framed, original, png, squares
from sheetnet.photo.text import TITLE_LENGTH, clean, title_of
from sheetnet.picture import Picture, name_of

__all__ = [
    "BRIGHTEST",
    "CUT",
    "FLAT",
    "INVERTED",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MOST_WORK",
    "NARROW",
    "REPAIRED",
    "STRETCHED",
    "TITLE_LENGTH",
    "Fit",
    "Likeness",
    "Photo",
    "Piece",
    "clean",
    "framed_png",
    "from_pixels",
    "load",
    "pixels",
]

INVERTED, CUT = "inverted", "cut"
"""What may have been done to a drawing, see ``Photo.done``."""
FLAT = "flat"
"""What is said of a picture that is nearly one colour all over: black, white or another."""

Fit: TypeAlias = Literal["crop", "pad"]

MOST_WORK = 10_000_000_000  # multiplications that a search may take, about half a minute

_FLAT = 0.02  # the largest standard deviation of a channel, as a share of the brightest level
_LOOKED_AT = 512  # where strokes are looked for, the longer side has so many pixels, or twice what the network needs


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo, fitted to a network.

    ``x`` has shape (C, H, W) and holds whole numbers 0..levels as float64; C is 1 (grey) or 3 (red, green, blue).
    ``picture`` shows ``x`` and nothing else, each pixel a square, as a PNG of at most 197 pixels a side.
    ``title`` is fit to be shown: one line, at most 80 characters, never empty. ``done`` says what was done to
    it: "repaired" where the end marker of a JPEG was missing, "narrow" or "stretched"
    where wide greys use a sixteenth of their levels at most; to a drawing "inverted" where it was dark on light,
    "cut" where there was something around its strokes. "flat" is said of one that is nearly one colour all over.
    ``original`` is the file's own picture, upright and small, a PNG of at most 240 pixels a side; empty where there
    is no file. ``box``: the part of it that was taken, marked in it; None where that is all of it, or not known.
    Neither PNG has metadata.
    ``found``: the piece of the photo that x shows, where one was looked for.
    """

    x: NDArray[np.float64]
    picture: bytes
    title: str
    done: tuple[str, ...] = ()
    original: bytes = b""
    box: Box | None = None
    found: Piece | None = None


def load(
    picture: Picture,
    shape: tuple[int, int, int],
    fit: Fit = "crop",
    levels: int = BRIGHTEST,
    ink: bool = False,
    likeness: Likeness | None = None,
    work: int = 1,
    *,
    stretch: bool = False,
) -> Photo:
    """Read a photo, in a file or in memory, and fit it to a network whose input has ``shape`` (C, H, W).

    ``fit`` is "crop" (the largest centred piece of the right proportions) or "pad" (all of the photo, centred on
    white). One channel is ITU-R 601 luma. Of an animation or a file of many pages, the first picture is taken.
    ``levels``: the largest value of a pixel. ``ink``: the photo shows a drawing; its strokes are found, whether
    dark on light or light on dark, become light on 0, and fill the height or the width, centred. ``likeness``: the
    photo is neither cut nor padded, but searched for the piece that is most alike; ``work``: about how many
    multiplications that takes for each piece. ``stretch``: wide greys that use a sixteenth of their levels at most
    become as bright as those that use all. Equal files give equal bytes.

    Raises ``PhotoError`` for a file that cannot be read, a picture that is too large, a C other than 1 or 3, a
    drawing without strokes, and a search that takes too long.
    """
    whole, image, done = _read(picture, shape, fit, ink, stretch)
    name = name_of(picture)
    found, box = None, _part(image, shape[2], shape[1]) if fit == "crop" and not ink else None
    if likeness is not None:
        size = shape[2], shape[1]
        _refuse_search(clean(name), pieces.count(image.size, size), work)
        found = pieces.find(image, size, likeness)
        box = _share(found.ends, image)
        image = image.crop(found.ends)
    x = _whole(_placer(fit, ink)(image, shape[2], shape[1]), levels)
    done = _said(done, x, levels)
    return Photo(x, png(squares(x, levels)), title_of(Path(name).stem), done, png(original(whole, box)), box, found)


def _refuse_search(where: str, count: int, work: int) -> None:
    """PhotoError where a search takes more than ``MOST_WORK``."""
    if count * work > MOST_WORK:
        raise PhotoError(
            f"{where}: looking for a piece of it takes {count:,} pieces and {work:,} multiplications for each, about "
            f"{count * work / 1e9:,.0f} billion, and at most {MOST_WORK / 1e9:,.0f} billion are done. "
            "Use --fit crop, or a smaller --size."
        )


def framed_png(x: NDArray[Any], top: int, left: int, side: int, levels: int = BRIGHTEST) -> bytes:
    """Pixels (C, H, W) as squares, a frame around ``side`` x ``side`` of them, as a PNG without metadata."""
    return png(framed(x, levels, top, left, side))


def pixels(
    picture: Picture, shape: tuple[int, int, int], fit: Fit = "crop", levels: int = BRIGHTEST, ink: bool = False
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Read the x of a photo alone, as bytes (C, H, W), and what was done: as ``load``, in less time and memory."""
    _, image, done = _read(picture, shape, fit, ink)
    x = _whole(_placer(fit, ink)(image, shape[2], shape[1]), levels)
    return x.astype(np.uint8), _said(done, x, levels)


def _said(done: tuple[str, ...], x: NDArray[np.float64], levels: int) -> tuple[str, ...]:
    """What was done, and what is to be said of the pixels; of narrow greys it is said already why they are so."""
    flat = x[0].size > 1 and x.std(axis=(1, 2)).max() <= _FLAT * levels
    return (*done, FLAT) if flat and NARROW not in done else done


def _placer(fit: Fit, ink: bool) -> Any:
    return _fill if ink else _crop if fit == "crop" else _pad


def _read(
    picture: Picture, shape: tuple[int, int, int], fit: Fit, ink: bool, stretch: bool = False
) -> tuple[Image.Image, Image.Image, tuple[str, ...]]:
    """The picture, the same in the mode that the network needs or the strokes in it, and what was done to them."""
    where = clean(name_of(picture))
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
        raise PhotoError(f'{where}: fit={clean(str(fit))} is unknown. Use fit="crop" or fit="pad".')
    given = contents(picture, where)
    try:
        with quiet(stream=is_noisy(given)):
            whole, read_so = plain(given, where, stretch=stretch)
            image = whole.convert("L") if channels == 1 else whole
            if not ink:
                return whole, image, read_so
            strokes, done = _strokes(image, (width, height), where)
            return whole, strokes, read_so + done
    except PhotoError:
        raise
    # Decoders of hostile bytes raise nearly every exception there is; none of them may reach the reader.
    except Exception as error:
        raise PhotoError(
            f"{where}: the picture is damaged, cut short or of a rare kind. "
            "Open it in an image program and save it again as JPEG or PNG, or take another photo."
        ) from error


def _strokes(image: Image.Image, size: tuple[int, int], where: str) -> tuple[Image.Image, tuple[str, ...]]:
    """Find the strokes of a drawing, light on 0. A picture that has the right size already is not cut to them."""
    whole = image.size == size
    most = max(_LOOKED_AT, 2 * max(size))
    if max(image.size) > most:
        share = most / max(image.size)
        image = image.resize([max(1, round(n * share)) for n in image.size], Image.Resampling.BOX)
    found = inks.find(np.asarray(image.convert("L"), dtype=np.float64), whole=whole)
    if found is None:
        raise PhotoError(
            f"{where}: there are no strokes in this picture, only one even colour. "
            "Draw with a thick pen that is much darker or lighter than the paper, or take the photo from nearer."
        )
    done = ((INVERTED,) if found.dark else ()) + ((CUT,) if found.cut else ())
    return Image.fromarray(np.rint(found.coverage * BRIGHTEST).astype(np.uint8)), done


def from_pixels(x: NDArray[Any], title: str, levels: int = BRIGHTEST) -> Photo:
    """Make a photo of the pixels that a template gives: shape (C, H, W), C 1 or 3, whole numbers 0..levels.

    Raises ``PhotoError`` for any other shape or value.
    """
    title = title_of(title)
    x = np.asarray(x)
    if x.ndim != 3 or x.shape[0] not in (1, 3) or x.size == 0:
        size = "x".join(map(str, x.shape)) or "a single number"
        raise PhotoError(f'pixels of "{title}": the shape is {size}. Give 1 x H x W or 3 x H x W.')
    if x.dtype.kind not in "iuf" or not np.all((x >= 0) & (x <= levels) & (x == np.floor(x))):
        raise PhotoError(f'pixels of "{title}": a value is not a whole number from 0 to {levels}. Correct it.')
    return Photo(x.astype(np.float64), png(squares(x, levels)), title)


def _part(image: Image.Image, width: int, height: int) -> Box | None:
    """Which part of a photo is cut out of its middle; None for all of it."""
    return _share(_middle(image, width, height), image)


def _share(ends: Box, image: Image.Image) -> Box | None:
    """Left, top, right and bottom of a part in shares of its picture; None for all of it."""
    left, top, right, bottom = ends
    box = (left / image.width, top / image.height, right / image.width, bottom / image.height)
    return box if min(box[2] - box[0], box[3] - box[1]) < 1 else None


def _middle(image: Image.Image, width: int, height: int) -> Box:
    """The largest centred box of the right proportions, in pixels, at least one each way."""
    box_width = min(image.width, max(1.0, image.height * width / height))
    box_height = min(image.height, max(1.0, image.width * height / width))
    left, top = (image.width - box_width) / 2, (image.height - box_height) / 2
    return left, top, min(image.width, left + box_width), min(image.height, top + box_height)


def _crop(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resample the largest centred box of the right proportions."""
    return image.resize((width, height), Image.Resampling.LANCZOS, box=_middle(image, width, height))


def _pad(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resample the whole photo and centre it on white, at least one pixel each way."""
    scale = min(width / image.width, height / image.height)
    inner_width = min(width, max(1, round(image.width * scale)))
    inner_height = min(height, max(1, round(image.height * scale)))
    inner = image.resize((inner_width, inner_height), Image.Resampling.LANCZOS)
    canvas = Image.new(image.mode, (width, height), "white")
    canvas.paste(inner, ((width - inner_width) // 2, (height - inner_height) // 2))
    return canvas


def _fill(strokes: Image.Image, width: int, height: int) -> Image.Image:
    """Bring strokes to a size: centred on 0, they fill its height or its width, and the strongest become white."""
    across = max(strokes.width, round(strokes.height * width / height))
    down = max(strokes.height, round(strokes.width * height / width))
    canvas = Image.new("L", (across, down), 0)
    canvas.paste(strokes, ((across - strokes.width) // 2, (down - strokes.height) // 2))
    smaller = across >= width and down >= height
    small = canvas.resize((width, height), Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR)
    shares = np.asarray(small, dtype=np.float64)
    return Image.fromarray(np.rint(shares * (BRIGHTEST / max(1.0, shares.max()))).astype(np.uint8))


def _whole(image: Image.Image, levels: int) -> NDArray[np.float64]:
    """Return an L or RGB image as (C, H, W), 0 to ``levels``."""
    rows = np.asarray(image, dtype=np.float64)
    rows = rows if levels == BRIGHTEST else np.rint(rows * (levels / BRIGHTEST))
    return np.ascontiguousarray(rows[np.newaxis] if rows.ndim == 2 else np.moveaxis(rows, -1, 0))

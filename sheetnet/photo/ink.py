"""A drawing in a photo: strokes of a pen on paper, or of chalk on a board, are found and cut out of everything else.

    ink = |grey - ground|,   coverage = 0 on the ground .. 1 on the strokes

The ground is what the border of the picture shows. Light that falls unevenly makes it a curved surface, so a
polynomial of degree 2 is fitted to it, by least squares and without the pixels that lie far from it. The strokes are
what differs most from the ground, all of it darker or all of it lighter. Specks of dirt and edges of the paper are
left out. What differs most may be a sheet of paper that lies on a table: then the strokes on it are looked for.

The digits that networks are taught with were cut to their strokes as well (E. Alpaydin and C. Kaynak, "Optical
Recognition of Handwritten Digits", UCI, 1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Pixels a side. In a smaller picture a stroke is about a pixel wide, and a pixel that is half grey is half covered.
LARGE = 64
FAINT = 24.0  # grey levels of 255: what differs less from the ground is no stroke
# Standard deviations: a quarter of normal noise lies nearer to 0. Thick strokes may fill half of the picture.
QUARTER = 0.3186
SPECK = 0.04  # a piece with a smaller share of the largest piece's area is dirt
# Shares of a sheet of paper: of the picture, and of paper without strokes on it. STRAIGHT: how far its area may be
# larger or smaller than that of the quadrangle between its corners.
SHEET, BLANK, STRAIGHT = 0.15, 0.85, 0.07
MARGIN = 0.02  # of the smaller side of a sheet: so near to its edge nothing is looked for
THIN, USUAL = 0.1, 0.12  # a stroke's width as a share of the drawing's height: below THIN it is made as wide as USUAL


@dataclass(frozen=True, slots=True)
class Ink:
    """The strokes: ``coverage`` (h, w), 0 to 1, of the box around them.

    ``dark``: whether they were dark on light. ``cut``: whether there was anything around the box.
    """

    coverage: Grey
    dark: bool
    cut: bool


def find(grey: Grey, *, whole: bool = False) -> Ink | None:
    """Find the strokes in a picture (h, w) of grey levels 0 to 255; None where there are none.

    ``whole``: the picture is not cut to them.
    """
    difference = grey - _ground(grey)
    noise = float(np.quantile(np.abs(difference), 0.25)) / QUARTER
    smooth = _smoothed(difference) if min(grey.shape) >= LARGE else difference
    least = max(FAINT, 3 * noise if smooth is not difference else 0.0)
    dark = _weight(-smooth, least) > _weight(smooth, least)
    ink = np.maximum(-smooth if dark else smooth, 0)
    if not (ink > least).any():
        return None
    full = _full(ink, least)
    share = ink / full
    if not dark and not whole and min(grey.shape) >= LARGE and (paper := _paper(grey, share > 0.5)) is not None:
        on_it = find(paper)
        if on_it is not None and on_it.dark:
            return Ink(on_it.coverage, True, True)
    mask = share > (0.5 if min(grey.shape) >= LARGE else 0.2)
    coverage = np.clip(share, 0, 1)
    if min(grey.shape) >= LARGE:
        mask = _kept(mask)
        coverage = np.clip((share - 0.25) / 0.5, 0, 1) * _grown(mask, 2)
        coverage = np.maximum(coverage, mask * 0.5)
    if whole:
        return Ink(coverage, dark, False)
    top, bottom = _ends(np.flatnonzero(mask.any(axis=1)))
    left, right = _ends(np.flatnonzero(mask.any(axis=0)))
    cut = (bottom - top, right - left) != grey.shape
    return Ink(_thickened(coverage[top:bottom, left:right]), dark, cut)


def _weight(difference: Grey, least: float) -> float:
    """How much of the picture lies on one side of the ground; the farther a pixel lies, the more it counts."""
    return float((np.where(difference > least, difference, 0) ** 2).sum())


def _ground(grey: Grey) -> Grey:
    """The picture as it would be without strokes."""
    height, width = grey.shape
    thick = max(1, round(0.06 * min(height, width)))
    border = np.ones(grey.shape, dtype=np.bool_)
    border[thick : height - thick, thick : width - thick] = False
    middle = float(np.median(grey[border]))
    flat = np.full(grey.shape, middle)
    if min(height, width) < LARGE:
        return flat
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    spread = 1.4826 * float(np.median(np.abs(grey[border] - middle)))
    surface, near = flat, border & (np.abs(grey - middle) <= max(4 * spread, FAINT))
    for _ in range(4):
        step = max(1, int(near.sum()) // 20_000)
        some = np.flatnonzero(near)[::step]
        if len(some) < 50:
            return flat
        found, *_ = np.linalg.lstsq(terms.reshape(-1, 6)[some], grey.ravel()[some], rcond=None)
        surface = np.asarray(terms @ found, dtype=np.float64)
        apart = np.abs(grey - surface)
        near = apart <= max(3 * 1.4826 * float(np.median(apart[near])), 8.0)
    return surface


def _paper(grey: Grey, light: Mask) -> Grey | None:
    """The sheet of paper that lies on a darker ground, and around it more paper; None where there is no such sheet.

    It is the largest of the pieces that are ``light``, if it is large, has four straight sides, all of them in view,
    and few holes.
    """
    labels = _pieces(light)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    piece = labels == areas.argmax()
    if areas.max() < SHEET * grey.size:
        return None
    top, bottom = _ends(np.flatnonzero(piece.any(axis=1)))
    left, right = _ends(np.flatnonzero(piece.any(axis=0)))
    piece, inside = piece[top:bottom, left:right], grey[top:bottom, left:right]
    filled = _between(piece) & _between(piece.T).T
    if not (0 < top < bottom < len(grey) and 0 < left < right < grey.shape[1]):
        return None
    bent = abs(float(filled.sum()) / _quadrangle(filled) - 1) > STRAIGHT
    if bent or piece.sum() < BLANK * filled.sum() or min(piece.shape) < LARGE:
        return None
    by = max(3, round(MARGIN * min(piece.shape)))
    outside = _grown(np.pad(~filled, 1, constant_values=True), by)[1:-1, 1:-1]
    y, x = np.meshgrid(np.linspace(-1, 1, len(inside)), np.linspace(-1, 1, inside.shape[1]), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y], axis=-1).reshape(-1, 3)
    some = np.flatnonzero(piece & ~outside)[:: max(1, int(piece.sum()) // 20_000)]
    if len(some) < 50:
        return None
    slope, *_ = np.linalg.lstsq(terms[some], inside.ravel()[some], rcond=None)
    return np.asarray(np.where(outside, (terms @ slope).reshape(inside.shape), inside), dtype=np.float64)


def _quadrangle(mask: Mask) -> float:
    """The area between the four pixels that lie farthest towards the corners, by the shoelace formula."""
    y, x = np.nonzero(mask)
    corners = [(x + y).argmin(), (x - y).argmax(), (x + y).argmax(), (x - y).argmin()]
    xs, ys = x[corners].astype(np.float64), y[corners].astype(np.float64)
    return max(1.0, abs(float((xs * np.roll(ys, -1) - ys * np.roll(xs, -1)).sum())) / 2)


def _between(mask: Mask) -> Mask:
    """All pixels between the first and the last of each row."""
    return np.asarray(
        np.logical_or.accumulate(mask, axis=1) & np.logical_or.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    )


def _smoothed(x: Grey) -> Grey:
    """The median of each 3 x 3 neighbourhood: single odd pixels go, edges stay."""
    wide = np.pad(x, 1, mode="edge")
    height, width = x.shape
    around = [wide[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return np.asarray(np.median(np.stack(around), axis=0), dtype=np.float64)


def _full(ink: Grey, least: float) -> float:
    """How far a pixel that is all stroke lies from the ground: as far as most of what Otsu's threshold calls stroke.

    Source: N. Otsu, "A threshold selection method from gray-level histograms", 1979.
    """
    counts, edges = np.histogram(ink[ink > least / 2], bins=128, range=(least / 2, float(ink.max()) + 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * middles)
    with np.errstate(all="ignore"):
        apart = below * (total - below) * (sums / below - (sums[-1] - sums) / (total - below)) ** 2
    threshold = max(least, float(edges[1:][int(np.nanargmax(np.where(np.isfinite(apart), apart, -1)))]))
    strokes = ink[ink > threshold]
    if not strokes.size:
        return float(ink.max())
    return float(ink.max() if min(ink.shape) < LARGE else np.percentile(strokes, 60))


def _kept(mask: Mask) -> Mask:
    """The pieces of a drawing without specks, and without an edge of the paper along a side of the picture."""
    labels = _pieces(mask)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    height, width = mask.shape
    edges = ((labels[0], width), (labels[-1], width), (labels[:, 0], height), (labels[:, -1], height))
    sides = {int(n) for side, size in edges for n in np.flatnonzero(np.bincount(side) > 0.4 * size) if n}
    inside = areas.copy()
    inside[list(sides)] = 0
    rows = np.flatnonzero((labels == inside.argmax()).any(axis=1)) if inside.any() else np.empty(0)
    if sides and len(rows) and rows[-1] - rows[0] >= height / 5:
        areas = inside
    kept = areas >= max(SPECK * areas.max(), 1)
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.bool_)


def _pieces(mask: Mask) -> NDArray[np.intp]:
    """Number the pieces of a mask from 1 on, with 0 outside; pixels touch at sides and at corners.

    Row by row, each run of pixels becomes a part of the pieces that it touches in the row before.
    """
    runs: list[tuple[int, int, int]] = []
    parent: list[int] = []

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    before: list[int] = []
    for y, row in enumerate(mask):
        turns = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0])))).tolist()
        here: list[int] = []
        for start, end in list(pairwise(turns))[::2]:
            number = len(runs)
            runs.append((y, start, end))
            parent.append(number)
            here.append(number)
            for other in before:
                if runs[other][1] <= end and start <= runs[other][2]:
                    parent[root(other)] = root(number)
        before = here
    labels = np.zeros(mask.shape, dtype=np.intp)
    for number, (y, start, end) in enumerate(runs):
        labels[y, start:end] = root(number) + 1
    return labels


def _grown(mask: Mask, by: int) -> Mask:
    """A mask with ``by`` pixels more on every side."""
    for _ in range(by):
        wide = np.pad(mask, 1)
        mask = wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    return mask


def _thickened(coverage: Grey) -> Grey:
    """Make thin strokes as wide as those of the digits: else a few large pixels would hardly show them."""
    height = max(coverage.shape)
    area = float(coverage.sum())
    wide = np.pad(coverage, 1)
    edge = float(np.abs(np.diff(wide, axis=0)).sum() + np.abs(np.diff(wide, axis=1)).sum()) * np.pi / 4
    width = 2 * area / edge
    if height < LARGE or width >= THIN * height:
        return coverage
    by = (USUAL * height - width) / 2
    reach = round(by)
    grown = np.pad(coverage, reach)
    out = grown.copy()
    for down in range(-reach, reach + 1):
        across = int(np.sqrt(max(by * by - down * down, 0)))
        rows = np.roll(grown, down, axis=0)
        line = rows
        for step in range(1, across + 1):
            line = np.maximum(line, np.maximum(np.roll(rows, step, axis=1), np.roll(rows, -step, axis=1)))
        out = np.maximum(out, line)
    return out


def _ends(inside: NDArray[np.intp]) -> tuple[int, int]:
    """The first of these numbers, and the one after the last."""
    return int(inside[0]), int(inside[-1]) + 1

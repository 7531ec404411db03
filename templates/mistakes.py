"""Held-out pictures that a network tells wrong, written among the samples of its canvas, draw.toml.

Nobody chooses them by hand: after training the program asks the network, and its surest mistakes come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sheetnet.case.drawing import Drawing
from sheetnet.layers import Array
from sheetnet.training.fit import Trained
from sheetnet.training.pictures import Pictures
from sheetnet.training.quick import quick
from sheetnet.training.score import outputs

MARK = "# Told wrong by the network when it had learned, and never learned from: templates/train.py found them.\n"
MOST = 6


def mistakes(trained: Trained, pictures: Pictures, drawing: Drawing) -> Iterator[tuple[str, Array]]:
    """Class and picture (H, W) of each, in grey levels or numbers of colours; those of other colours are left out."""
    held = trained.split.held
    runner = quick(trained.network, "softmax")
    p = outputs(runner, "softmax", trained.parameters, pictures.x[held])
    wrong = np.flatnonzero(p.argmax(-1) != pictures.labels[held])
    for number in held[wrong[np.argsort(-p.max(-1)[wrong])]]:
        drawn = _drawn(pictures.x[number].astype(np.int64), drawing)
        if drawn is not None:
            yield pictures.classes[pictures.labels[number]], drawn


def _drawn(x: Array, drawing: Drawing) -> Array | None:
    """A picture (C, H, W) as a reader could draw it, or None."""
    palette = drawing.palette()
    if palette is None:
        return x[0]
    alike = (x[..., None] == palette.T[:, None, None]).all(axis=0)  # (H, W, colours)
    return alike.argmax(-1) if alike.any(-1).all() else None


def write(path: Path, trained: Trained, pictures: Pictures, drawing: Drawing) -> int:
    """Put them at the end of draw.toml in place of those that are there; returns how many."""
    kept = path.read_text(encoding="utf-8").partition(MARK)[0].rstrip("\n") + "\n\n"
    found = list(mistakes(trained, pictures, drawing))[:MOST]
    wide = len(str(drawing.most(pictures.levels)))
    lines = []
    for name, drawn in found:
        rows = [f"  [{', '.join(f'{value:{wide}}' for value in row)}],\n" for row in drawn.tolist()]
        lines.append(f'[[samples]]\nclass = "{name}"\nrows = [\n{"".join(rows)}]\n')
    path.write_text(kept + MARK + "\n".join(lines), encoding="utf-8")
    return len(found)

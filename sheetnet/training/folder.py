"""A folder of pictures: one sub-folder per class, named after it. Some of the files in it may be no pictures.

    cats/1.jpg, cats/2.png, dogs/a.jpg  ->  classes ("cats", "dogs"), x (3, C, H, W), labels (0, 0, 1)

Each picture is brought to the network's size as it is read, so that memory holds N * C * H * W bytes and one photo.
All is read in the order of the names, whatever the order on the disk, so that a seed means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from sheetnet import photo
from sheetnet.errors import PhotoError, TrainingError
from sheetnet.grid import Shape
from sheetnet.network import MAX_CLASSES
from sheetnet.photo import Fit, clean
from sheetnet.training.pictures import Pictures

MAX_BYTES = 2_000_000_000
LONGEST = 255  # characters of the name of a class
_NO_PICTURES = {"thumbs.db", "desktop.ini", "__macosx"}  # what operating systems leave in folders


def read(
    folder: Path,
    shape: Shape,
    fit: Fit = "crop",
    known: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    levels: int = photo.BRIGHTEST,
    ink: bool = False,
) -> Pictures:
    """Read every picture below ``folder``, at ``shape`` (C, H, W). A broken one is left out and named in ``skipped``.

    ``known``: the classes of a network that is there already; then folders of other names are refused, and classes
    without a folder are fine. ``levels``, ``ink``: of the network, see ``photo.load``. ``progress`` hears how many
    pictures are read, and of how many. TrainingError where classes or pictures are missing.
    """
    where = clean(str(folder))
    classes = _classes(folder, where)
    names = tuple(classes) if known is None else tuple(known)
    if strange := sorted(set(classes).difference(names)):
        raise TrainingError(
            f"{where}: {_short(strange[0])} is none of the network's classes ({', '.join(map(_short, names[:5]))}"
            f"{', ...' if len(names) > 5 else ''}); rename the folder"
        )
    if known is None and len(classes) < 2:
        raise TrainingError(f"{where}: only one class, {_short(names[0])}; add a folder with pictures of another")
    if len(names) > MAX_CLASSES:
        raise TrainingError(f"{where}: {len(names):,} folders; a network has up to {MAX_CLASSES} classes")
    places = {name: number for number, name in enumerate(names)}
    files = [(places[name], file) for name, inside in classes.items() for file in _files(inside, name)]
    if (size := len(files) * int(np.prod(shape))) > MAX_BYTES:
        raise TrainingError(
            f"{where}: {len(files)} pictures of {'x'.join(map(str, shape))} are {size / 1e9:.1f} GB; at most "
            f"{MAX_BYTES / 1e9:.0f} GB are held in memory. Use fewer pictures, or a template with a smaller input."
        )
    x = np.empty((len(files), *shape), dtype=np.uint8)
    labels: list[int] = []
    skipped: list[str] = []
    channels, height, width = shape
    for number, (label, file) in enumerate(files):
        try:
            x[len(labels)] = photo.pixels(file, (channels, height, width), fit, levels, ink)
            labels.append(label)
        except PhotoError as error:
            skipped.append(str(error))
        if progress is not None:
            progress(number + 1, len(files))
    seen = set(labels)
    for label, name in enumerate(names):
        if name in classes and label not in seen:
            raise TrainingError(f"{where}: none of the files of {_short(name)} is a picture; {skipped[0]}")
    title = clean(folder.resolve().name) or "pictures"
    known_labels = np.array(labels, dtype=np.int64)
    return Pictures(title, names, x[: len(labels)], known_labels, tuple(skipped), photos=not ink, levels=levels)


def _classes(folder: Path, where: str) -> dict[str, Path]:
    """Name of the class -> its folder, in the order of the names."""
    try:
        if not folder.is_dir():
            raise TrainingError(f"{where}: no such folder; give one that has a folder of pictures for each class")
        inside = sorted(path for path in folder.iterdir() if not _is_hidden(path) and path.is_dir())
    except (OSError, ValueError) as error:
        raise TrainingError(f"{where}: the folder cannot be read; ask for permission to read it") from error
    if not inside:
        raise TrainingError(f"{where}: no folders in it; put the pictures of each class into a folder of its name")
    classes: dict[str, Path] = {}
    seen: dict[str, str] = {}
    for path in inside:
        name = clean(path.name, "_").strip()[:LONGEST]  # not "?", which a spreadsheet takes for any letter
        if not name:
            raise TrainingError(f"{where}: a folder has a name of blanks only; name it after its class")
        if other := seen.get(name.casefold()):
            raise TrainingError(
                f"{where}: {_short(other)} and {_short(name)} are the same to a spreadsheet; rename a folder"
            )
        seen[name.casefold()] = name
        classes[name] = path
    return classes


def _files(inside: Path, name: str) -> list[Path]:
    """The files in the folder of a class, in the order of their names."""
    try:
        files = sorted(path for path in inside.iterdir() if not _is_hidden(path) and not path.is_dir())
    except OSError as error:
        raise TrainingError(f"the folder of {_short(name)} cannot be read; ask for permission to read it") from error
    if not files:
        raise TrainingError(f"the folder of {_short(name)} is empty; put pictures into it, or remove it")
    return files


def _is_hidden(path: Path) -> bool:
    """Whether a file or folder is none of the user's own."""
    return path.name.startswith(".") or path.name.lower() in _NO_PICTURES


def _short(name: str) -> str:
    return repr(name if len(name) <= 40 else f"{name[:37]}...")

"""Pictures from files. Some of the files may be no pictures; ``listing`` says which class each of them shows.

Each picture is brought to the network's size as it is read, so that memory holds N * C * H * W bytes and one photo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sheetnet import photo
from sheetnet.errors import PhotoError, TrainingError
from sheetnet.grid import Shape
from sheetnet.photo import Fit
from sheetnet.picture import UNNAMED, Picture, name_of
from sheetnet.training.listing import MOST_NAMED, Listing, of_folder, short
from sheetnet.training.pictures import Pictures

MAX_BYTES = 2_000_000_000
_SAID = {
    photo.REPAIRED: "repaired, since the end marker was missing",
    photo.NARROW: "dark, with greys that use a sixteenth of their levels at most",
    photo.FLAT: "nearly one colour all over",
}


def read(
    folder: Path,
    shape: Shape,
    fit: Fit = "crop",
    known: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    levels: int = photo.BRIGHTEST,
    ink: bool = False,
) -> Pictures:
    """Read every picture below ``folder``, see ``pictures``.

    ``known``: the classes of a network that is there already. Then folders of other names are refused, and classes
    without a folder are fine.
    """
    return pictures(of_folder(folder, known), str(folder), shape, fit, progress, levels, ink)


def pictures(
    listing: Listing,
    where: str,
    shape: Shape,
    fit: Fit = "crop",
    progress: Callable[[int, int], None] | None = None,
    levels: int = photo.BRIGHTEST,
    ink: bool = False,
) -> Pictures:
    """Read every picture of a listing, at ``shape`` (C, H, W). A broken one is left out and named in ``skipped``.

    ``levels``, ``ink``: of the network, see ``photo.load``. ``progress`` hears how many pictures are read, and of how
    many. TrainingError where there are too many classes or pictures, and where a class has no picture.
    """
    where, names, files = photo.clean(where), listing.classes, listing.files
    of = len(files) + (0 if listing.test is None else len(listing.test.files))
    if (size := of * int(np.prod(shape))) > MAX_BYTES:
        raise TrainingError(
            f"{where}: {of} pictures of {'x'.join(map(str, shape))} are {size / 1e9:.1f} GB; at most "
            f"{MAX_BYTES / 1e9:.0f} GB are held in memory. Use fewer pictures, or a template with a smaller input."
        )
    x = np.empty((len(files), *shape), dtype=np.uint8)
    labels: list[int] = []
    skipped: list[str] = []
    read: list[Picture] = []
    first: dict[int, str] = {}  # what was said first of the pictures of a class
    said: dict[str, list[str]] = {key: [] for key in _SAID}
    held, first_held = 0, len(files) - listing.held
    channels, height, width = shape
    for number, (label, file) in enumerate(files):
        try:
            x[len(labels)], done = photo.pixels(file, (channels, height, width), fit, levels, ink)
            labels.append(label)
            for key in said.keys() & set(done):
                said[key].append(_name(file, names[label]))
            read.append(file)
            held += number >= first_held
        except PhotoError as error:
            skipped.append(str(error))
            first.setdefault(label, str(error))
        if progress is not None:
            progress(number + 1, of)
    learned = set(labels[: len(labels) - held])
    for label in sorted({label for label, _ in files[:first_held]} - learned):
        raise TrainingError(f"{where}: none of the files of {short(names[label])} is a picture; {first[label]}")
    test = None
    if listing.test is not None:
        told = None if progress is None else lambda done, _: progress(len(files) + done, of)
        test = pictures(listing.test, listing.test.name, shape, fit, told, levels, ink)
        skipped += test.skipped
    return Pictures(
        listing.name,
        names,
        x[: len(labels)],
        np.array(labels, dtype=np.int64),
        tuple(skipped),
        photos=not ink,
        levels=levels,
        validating=held,
        notes=(*listing.notes, *_notes(said), *(() if test is None else test.notes)),
        files=tuple(read),
        test=test,
    )


def _notes(said: dict[str, list[str]]) -> Iterator[str]:
    """A line for each thing that is to be said of some pictures."""
    for key, some in said.items():
        if some:
            count = f"{len(some):,} picture{'s' if len(some) > 1 else ''}"
            more = ", ..." if len(some) > MOST_NAMED else ""
            yield f"{_SAID[key]}: {count} ({', '.join(some[:MOST_NAMED])}{more})"


def _name(file: Picture, called: str) -> str:
    """The name of a picture as a note has it, with its folder; of one in memory its class."""
    if isinstance(file, str | Path):
        return photo.clean("/".join(Path(file).parts[-2:]))
    return photo.clean(name) if (name := name_of(file)) != UNNAMED else f"one of {short(called)}"

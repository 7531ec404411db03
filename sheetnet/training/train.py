"""Training and measuring from files to files.

train      a request -> pictures, and a network for their classes -> training -> a model file
evaluate   a model file, pictures -> how many of them are told right
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from sheetnet.case.request import DEFAULT, Fit, Progress
from sheetnet.case.template import load
from sheetnet.errors import TrainingError, shown
from sheetnet.layers import Array
from sheetnet.network import Network
from sheetnet.picture import Picture
from sheetnet.reading import Reading
from sheetnet.target import refuse_target
from sheetnet.training import datasets, folder, listing, model, predictions, suit, table
from sheetnet.training.fit import Trained, fit
from sheetnet.training.pictures import Pictures
from sheetnet.training.score import Evaluation
from sheetnet.training.settings import BOTH, SUFFIX, Request
from sheetnet.training.split import Doubt

Given = str | Path | Mapping[str, Iterable[Picture]]


def train(request: Request) -> Trained:
    """Train a network and write it as a model file. A SheetnetError says what does not fit."""
    refuse_target(request.path, force=request.force, suffix=SUFFIX)  # before the work, not after it
    network, given = _network(request)
    if request.data is None:
        found = _listing(request)
        if request.start is not None:
            found = listing.in_order_of(found, network.classes)
        pictures = _read(found, str(request.labels or request.folder), network, request.fit, request.reading)
    else:
        pictures = datasets.DATA[request.data](request.seed)
        # so that a photo is later brought to what these pictures are
        network = replace(network, levels=pictures.levels, ink=request.data == "digits")
    suited = suit.suited(network, pictures.classes)
    notes: tuple[str, ...] = ()
    if request.start is None:
        given = suit.untrained(network, given)
    else:
        given, notes = suit.carried(network, given, suited, request.seed)
    trained = fit(suited, pictures, request.settings, given, request.progress)
    if request.start is not None:
        trained = replace(trained, notes=(*notes, *trained.notes), doubts=(*trained.doubts, _STARTED))
    model.save(request.path, trained, pictures, request.force)
    return trained


_STARTED = Doubt(
    "started",
    "training went on from another model, which may have learned from pictures that are held out here. Measure it on "
    "pictures that neither has seen (sheetnet evaluate).",
)


def evaluate(
    path: Path,
    pictures_in: Given | None,
    fit: Fit = "crop",
    progress: Progress | None = None,
    reading: Reading | None = None,
    out: Path | None = None,
    force: bool = False,
    labels: Path | None = None,
) -> Evaluation:
    """Measure a model file on pictures. A SheetnetError says what does not fit.

    ``out``: a table to write, of what it says of each picture; ``force``: overwrite it. ``labels``: a table of names
    and classes, in place of folders; names count from ``pictures_in``, or from the table where that is None.
    """
    if not isinstance(pictures_in, str | Path | Mapping) and not (pictures_in is None and labels is not None):
        raise TrainingError(f"folder: {shown(pictures_in)} cannot be used; use a path, or a dict of classes")
    if labels is not None and isinstance(pictures_in, Mapping):
        raise TrainingError(BOTH)
    if out is not None:
        refuse_target(out, force=force, suffix=predictions.SUFFIX)
    network, parameters, notes = model.load(path, reading)
    home: Path | None = None
    if isinstance(pictures_in, Mapping):
        found = listing.of_mapping(pictures_in, network.classes)
    else:
        home = None if pictures_in is None else Path(pictures_in)
        if labels is not None:
            found = table.listing_of(labels, home, network.classes)
            home = home or labels.parent
        else:
            found = listing.of_folder(Path(pictures_in or ""), network.classes)
    where = "pictures" if home is None else str(labels or home)
    pictures = _read(found, where, network, fit, progress)
    evaluation = model.measure(network, parameters, pictures)
    if out is not None:
        chances = model.chances(network, parameters, pictures)
        predictions.save(out, home, pictures.files, network.classes, chances, force=force)
    return replace(evaluation, notes=(*notes, *evaluation.notes))


def _network(request: Request) -> tuple[Network, Mapping[str, Array]]:
    """The network that is to be trained, and the weights that come with it."""
    if request.start is not None:
        network, given, _ = model.load(Path(request.start))
        return network, given
    if isinstance(request.template, Network):
        return request.template, {}
    template = load(request.template or request.data or DEFAULT)
    return template.network, template.given


def _listing(request: Request) -> listing.Listing:
    """The pictures that are to be learned from."""
    if isinstance(request.folder, Mapping):
        return listing.of_mapping(request.folder)
    if request.labels is not None:
        return table.listing_of(Path(request.labels), None if request.folder is None else Path(request.folder))
    return listing.of_folder(Path(request.folder or ""))


def _read(found: listing.Listing, where: str, network: Network, fit: Fit, progress: Progress | None) -> Pictures:
    """The pictures of a listing, as the network sees them."""
    told = None if progress is None else partial(progress, "reading")
    return folder.pictures(found, where, network.shape, fit, told, levels=network.levels, ink=network.ink)

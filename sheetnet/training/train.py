"""Training and measuring from files to files.

train      a request -> pictures, and a network for their classes -> training -> a model file
evaluate   a model file, a folder of pictures -> how many of them are told right
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from sheetnet.case.request import DEFAULT, Fit, Progress
from sheetnet.case.template import load
from sheetnet.layers import Array
from sheetnet.network import Network
from sheetnet.reading import Reading
from sheetnet.target import refuse_target
from sheetnet.training import datasets, folder, model, suit
from sheetnet.training.fit import Trained, fit
from sheetnet.training.pictures import Pictures
from sheetnet.training.score import Evaluation
from sheetnet.training.settings import SUFFIX, Request


def train(request: Request) -> Trained:
    """Train a network and write it as a model file. A SheetnetError says what does not fit."""
    refuse_target(request.path, force=request.force, suffix=SUFFIX)  # before the work, not after it
    network, given = _network(request)
    if request.data is None:
        pictures = _read(Path(request.folder or ""), network, request.fit, request.reading)
    else:
        pictures = datasets.DATA[request.data](request.seed)
        # so that a photo is later brought to what these pictures are
        network = replace(network, levels=pictures.levels, ink=request.data == "digits")
    given = suit.untrained(network, given)
    trained = fit(suit.suited(network, pictures.classes), pictures, request.settings, given, request.progress)
    model.save(request.path, trained, pictures, request.force)
    return trained


def evaluate(
    path: Path,
    pictures_in: Path,
    fit: Fit = "crop",
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> Evaluation:
    """Measure a model file on the pictures of a folder. A SheetnetError says what does not fit."""
    network, parameters = model.load(path, reading)
    pictures = _read(pictures_in, network, fit, progress, known=network.classes)
    return model.measure(network, parameters, pictures)


def _network(request: Request) -> tuple[Network, Mapping[str, Array]]:
    """The network that is to be trained, and the weights that come with it."""
    if isinstance(request.template, Network):
        return request.template, {}
    template = load(request.template or request.data or DEFAULT)
    return template.network, template.given


def _read(
    path: Path, network: Network, fit: Fit, progress: Progress | None, known: tuple[str, ...] | None = None
) -> Pictures:
    """The pictures of a folder, as the network sees them. ``known``: the only classes that there may be."""
    told = None if progress is None else partial(progress, "reading")
    return folder.read(path, network.shape, fit, known, told, levels=network.levels, ink=network.ink)

"""A trained network as a file, with its card: what it learned from, how it was trained, and how well it does.

The card has no dates and no paths, so that the same pictures and seed give the same bytes.
Source of the card: Mitchell et al., "Model cards for model reporting", arXiv 1810.03993.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import modelfile
from sheetnet.errors import ModelFileError, NetworkError, TrainingError
from sheetnet.layers import Array
from sheetnet.network import Network, Parameters
from sheetnet.reading import Reading
from sheetnet.target import replacing
from sheetnet.training.fit import Trained
from sheetnet.training.losses import head_of
from sheetnet.training.pictures import Pictures
from sheetnet.training.quick import quick
from sheetnet.training.score import Evaluation, Score, outputs, score
from sheetnet.training.settings import SUFFIX


def card_of(trained: Trained, pictures: Pictures) -> dict[str, Any]:
    """The card: everything worth knowing, as plain numbers and texts."""
    settings, grown = trained.settings, trained.grown
    history = {} if grown is None else {"history": grown.to_json()}
    return {
        "data": pictures.name,
        "pictures": dict(zip(pictures.classes, pictures.counts(), strict=True)),
        "skipped": len(pictures.skipped),
        "seed": settings.seed,
        "optimizer": settings.optimizer,
        "learning_rate": settings.rate,
        "batch": settings.batch,
        "loss": settings.loss,
        "augment": pictures.photos if settings.augment is None else settings.augment,
        "nothing": settings.nothing,
        "smoothing": settings.smoothing,
        "balance": settings.balance,
        "epochs": trained.epochs,
        "best_epoch": trained.epoch,
        "interrupted": trained.interrupted,
        "train": _rounded(trained.train),
        "held_out": None if trained.held is None else _rounded(trained.held),
        "test": None if trained.test is None else _rounded(trained.test),
        "calibration": None if trained.calibration is None else trained.calibration.to_json(),
        "doubts": [asdict(doubt) for doubt in trained.doubts],
        **history,
    }


def load(path: Path, reading: Reading | None = None) -> tuple[Network, Parameters, tuple[str, ...]]:
    """Read the network and the parameters of a model file, and what was changed to read it, a line each.

    ``reading``: how an .onnx file is to be read. ModelFileError where something is missing.
    """
    opened = modelfile.open_model(path, reading)
    network, given = opened.network, opened.parameters
    if network is None:
        raise ModelFileError(f"{path}: holds weights but no network; use a file made by sheetnet train")
    modelfile.refuse_incomplete(path, network, given)
    try:
        return network, network.fill(given, 0), opened.notes
    except NetworkError as error:
        raise ModelFileError(f"{path}: {error}") from error


def measure(network: Network, parameters: Mapping[str, Array], pictures: Pictures) -> Evaluation:
    """Measure a network on all of the pictures. TrainingError where it cannot tell the classes."""
    head = head_of(network, "squared")
    loss = "crossentropy" if network.line_up else "squared"
    runner = quick(network, head)
    needed = {name: parameters[name] for name in runner.parameters}
    found = score(runner, head, needed, pictures, np.arange(len(pictures)), loss)
    if not isfinite(found.loss):
        raise TrainingError(f"{network.name!r}: its numbers grow too large to be measured; train it again")
    return Evaluation(found, network.classes, pictures.skipped, pictures.notes)


def chances(network: Network, parameters: Mapping[str, Array], pictures: Pictures) -> Array:
    """What a network says of each picture: (pictures, classes)."""
    head = head_of(network, "squared")
    runner = quick(network, head)
    return outputs(runner, head, {name: parameters[name] for name in runner.parameters}, pictures.x)


def save(path: Path, trained: Trained, pictures: Pictures, force: bool) -> None:
    """Write network, weights and card; an existing file is replaced only by a finished one, and with ``force``."""
    with replacing(path, force=force, suffix=SUFFIX) as file:
        card = card_of(trained, pictures)
        file.write(modelfile.to_bytes(trained.network, trained.parameters, card, short=True))


def _rounded(score: Score) -> dict[str, Any]:
    """A score for the card: accuracy and loss are rounded to digits that mean something; the table is exact."""
    return {
        "count": score.count,
        "accuracy": round(score.accuracy, 4),
        "loss": round(score.loss, 6),
        "confusion": [list(row) for row in score.confusion],
    }

"""What Python can do with models: train, evaluate, convert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.api.given import path_of, usable
from sheetnet.case.request import Fit, Progress
from sheetnet.errors import ModelFileError, TrainingError, WorkbookError
from sheetnet.reading import Reading
from sheetnet.request import takes
from sheetnet.training.settings import Request

if TYPE_CHECKING:
    from sheetnet.picture import Picture
    from sheetnet.training.fit import Trained
    from sheetnet.training.score import Evaluation


@takes(Request)
def train(request: Request) -> Trained:
    """Train a network on your own pictures, and write it as a model file for ``build``.

    Returns:
        A ``Trained``: ``train.accuracy``, ``held.accuracy``, ``test.accuracy`` where the folder has a test, confusion
        tables, doubts. KeyboardInterrupt ends the training early and keeps the best weights so far.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it.

    """
    from sheetnet.training.train import train as work

    return work(request)


def evaluate(
    model: str | Path,
    folder: str | Path | Mapping[str, Iterable[Picture]] | None = None,
    *,
    labels: str | Path | None = None,
    fit: Fit = "crop",
    reading: Reading | None = None,
    predictions: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a model file on pictures that it has not seen: one sub-folder per class, named as its classes.

    Args:
        model: A .safetensors file made by ``train``, or an .onnx file.
        folder: Has a sub-folder for some or all of the classes; or a dict of classes and their pictures, in files
            or in memory.
        labels: In place of folders: a table with the name of a picture and its class in each line, such as a CSV
            file. Names count from ``folder``, or from the table where none is given.
        fit: As for ``build``; what was used for training.
        reading: How an .onnx model is to be read: classes, sizes, preprocessing.
        predictions: A table to write, a name that ends in .csv: picture, class, and a probability for each class.
        force: Overwrite ``predictions``.
        progress: As for ``build``.

    Returns:
        An ``Evaluation``; its ``score`` has ``accuracy``, ``confusion[true][predicted]`` and ``loss``.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it.

    """
    from sheetnet.training.train import evaluate as work

    out = None if predictions is None else path_of(predictions, WorkbookError)
    asked = usable(TrainingError, fit=fit, progress=progress, reading=reading, force=force)
    table = None if labels is None else path_of(labels, TrainingError)
    return work(path_of(model, ModelFileError), folder, out=out, labels=table, **asked)


def convert(
    source: str | Path,
    target: str | Path,
    *,
    reading: Reading | None = None,
    fold: bool = False,
    force: bool = False,
) -> tuple[str, ...]:
    """Write a model in the other form: .safetensors as .onnx (float32), or .onnx as .safetensors.

    Args:
        source: A .safetensors file that holds its network, or an .onnx file.
        target: Where to write; its ending says the form.
        reading: How an .onnx file is to be read: classes, sizes, preprocessing.
        fold: Fold each batchnorm into the convolution before it: the same numbers in fewer layers.
        force: Overwrite ``target``.

    Returns:
        What was left out, folded or added, a line each.

    Raises:
        SheetnetError: one line that says what cannot be converted, and how to mend it.

    """
    from sheetnet import modelfile

    asked = usable(ModelFileError, reading=reading, fold=fold, force=force)
    how = asked.pop("reading")
    return tuple(modelfile.convert(path_of(source, ModelFileError), path_of(target, ModelFileError), how, **asked))

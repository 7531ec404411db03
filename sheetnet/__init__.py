"""sheetnet: a photo and a small convolutional network become a workbook of live formulas, proven cell by cell.

    import sheetnet
    built = sheetnet.build("photo.jpg", "photo.xlsx", label="Cat")
    report = sheetnet.verify("photo.xlsx", engine="libreoffice")
    assert report.proven
    sheetnet.export("photo.xlsx", "photo.pdf", sheets=["Start", "Loss"])

    trained = sheetnet.train("pictures", "mine.safetensors")      # one folder per class
    sheetnet.build("photo.jpg", "photo.xlsx", model="mine.safetensors")
    print(sheetnet.evaluate("mine.safetensors", "other-pictures").score.accuracy)

Nothing heavy is imported before it is needed: ``import sheetnet`` alone costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sheetnet.errors import SheetnetError

if TYPE_CHECKING:
    from sheetnet.modelfile import Reading
    from sheetnet.network import Network
    from sheetnet.proof.report import Report
    from sheetnet.training.fit import Progress as TrainingProgress
    from sheetnet.training.fit import Trained
    from sheetnet.training.score import Evaluation

Progress = Callable[[str, int, int], None]

__version__ = "0.1.0"
__all__ = ["Built", "Network", "Report", "SheetnetError", "build", "convert", "evaluate", "export", "train", "verify"]


@dataclass(frozen=True, slots=True)
class Built:
    """What ``build`` made: the file, how many formula cells it has, and the proof (None where not asked for).

    ``done``: what was done to a drawing to read it, "inverted" or "cut" or both. ``trained_for``: the size, as
    (C, H, W), that the template's weights were trained for, where it is not this one, so that all are random.
    ``notes``: what was changed in a model from elsewhere, a line each.
    """

    path: Path
    formulas: int
    report: Report | None
    done: tuple[str, ...] = ()
    trained_for: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()


def build(
    photo: str | Path | None,
    out: str | Path,
    *,
    template: str | Path | Network = "detective",
    model: str | Path | None = None,
    label: str | None = None,
    size: int | tuple[int, int] | None = None,
    fit: Literal["crop", "pad"] = "crop",
    seed: int | None = None,
    layout: Literal["auto", "planes", "rows"] | None = None,
    language: Literal["en", "zh"] = "en",
    theme: Literal["clear", "contrast"] = "clear",
    paper: Literal["a4", "letter"] = "a4",
    plain: bool = False,
    reading: Reading | None = None,
    until: str | None = None,
    fold: bool = False,
    force: bool = False,
    engine: str | None = "formualizer",
    progress: Progress | None = None,
) -> Built:
    """Make the workbook of a photo and a network, and prove it.

    Args:
        photo: A picture of any size (JPEG, PNG, GIF, BMP, TIFF, WebP; HEIC with ``sheetnet[heic]``). None for a
            template that brings its own picture.
        out: Where to write, a name that ends in .xlsx.
        template: Name of a template, a folder with a network.toml, or a ``Network``.
        model: A .safetensors file with weights: float tensors named "node.parameter" (or a PyTorch state dict whose
            tensors have the same shapes), and perhaps the network and how it was trained; or an .onnx file (with
            ``sheetnet[onnx]``). They take the place of the template's own.
        label: The true class, one of the network's; the loss is 0 without it.
        size: Height and width that the photo is brought to, in pixels; one number for a square. At another size
            than a template's weights were trained for, all weights are random.
        fit: "crop" cuts the photo to shape, "pad" adds white.
        seed: Start the weights at random, 0 to 2**32 - 1 (He normal, arXiv 1502.01852), and not from those that
            the template has learned. None: trained weights where there are any, others from seed 0. Weights that
            a network.toml or a model gives stay as they are.
        layout: How channels lie on a sheet; None leaves it to the network.
        language: Of everything that the workbook says: English or Chinese.
        theme: Its colours: "clear" suits colour-blind readers as well, "contrast" has black text on strong colours.
        paper: What it is printed on.
        plain: Only the network, without close-ups, charts and checks.
        reading: How an .onnx model is to be read: classes, sizes, preprocessing.
        until: Build the first part of the network only, up to the layer of this name.
        fold: Fold each batchnorm into the convolution before it: the same numbers in fewer layers.
        force: Overwrite ``out``.
        engine: Which spreadsheet engine proves the result (see ``verify``); None for no proof.
        progress: Told now and then what is being done, how much of it is done, and how much there is.

    Returns:
        A ``Built``. The workbook holds x (C, H, W) in whole numbers from 0, every tensor of the network as
        formulas with their values, float64.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it. Nothing is left half-written.

    """
    from sheetnet.lesson.build import write
    from sheetnet.lesson.case import prepare

    path = Path(out)
    case = prepare(
        None if photo is None else Path(photo),
        template=template,
        model=None if model is None else Path(model),
        label=label,
        size=(size, size) if isinstance(size, int) else size,
        fit=fit,
        seed=seed,
        layout_name=layout,
        language=language,
        theme=theme,
        paper=paper,
        plain=plain,
        reading=reading,
        until=until,
        fold=fold,
    )
    cells = None if progress is None else partial(progress, "writing")
    formulas = write(case, path, force=force, progress=cells)
    report = None if engine is None else verify(path, engine=engine, progress=progress)
    return Built(path, formulas, report, case.done, case.trained_for, case.notes)


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

    return tuple(modelfile.convert(Path(source), Path(target), reading, fold=fold, force=force))


def verify(
    path: str | Path, *, engine: str = "formualizer", timeout: float = 300.0, progress: Progress | None = None
) -> Report:
    """Prove a workbook cell by cell against NumPy, from nothing but the workbook itself.

    Args:
        path: An .xlsx made by sheetnet, edited or re-saved or not.
        engine: Which spreadsheet calculates it: "formualizer" (built in), "formulon" (``sheetnet[formulon]``),
            "libreoffice", "gnumeric", or "stored" for the values that are in the file.
        timeout: Seconds, for reading and for the engine.
        progress: As for ``build``.

    Returns:
        A ``Report``; ``report.proven`` is the verdict. Tolerance: 1e-9 relative plus 1e-9 absolute.

    Raises:
        SheetnetError: the file could not be checked at all.

    """
    from sheetnet.proof import verify as prove

    return prove(Path(path), engine, timeout, progress)


def export(
    path: str | Path,
    out: str | Path,
    *,
    sheets: Iterable[str] | None = None,
    timeout: float = 300.0,
    force: bool = False,
) -> Path:
    """Print the sheets of a workbook as a PDF, through LibreOffice, which must be installed.

    Args:
        path: An .xlsx made by sheetnet, edited or re-saved or not; it is not changed.
        out: Where to write, a name that ends in .pdf.
        sheets: Names of sheets, in any case; None for all. They are printed in the order of the workbook; hidden
            ones cannot be.
        timeout: Seconds, for reading and for LibreOffice.
        force: Overwrite ``out``.

    Returns:
        ``out``. Its pages hold what LibreOffice calculated just now, not the values stored in the file.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it. Nothing is left half-written.

    """
    from sheetnet import handout

    names = [sheets] if isinstance(sheets, str) else sheets
    return handout.export(Path(path), Path(out), sheets=names, timeout=timeout, force=force)


def train(
    folder: str | Path | None,
    out: str | Path,
    *,
    data: Literal["digits", "shapes"] | None = None,
    template: str | Path | Network | None = None,
    epochs: int | None = None,
    learning_rate: float | None = None,
    optimizer: Literal["sgd", "momentum", "adam"] = "adam",
    batch: int = 32,
    seed: int = 0,
    validation: float = 0.2,
    augment: bool | None = None,
    patience: int | None = None,
    loss: Literal["crossentropy", "squared"] = "crossentropy",
    fit: Literal["crop", "pad"] = "crop",
    force: bool = False,
    reading: Progress | None = None,
    progress: Callable[[TrainingProgress], None] | None = None,
) -> Trained:
    """Train a network on pictures of one's own, and write it as a model file for ``build``.

    Args:
        folder: Has one sub-folder of pictures per class, named after it. None with ``data``.
        out: Where to write, a name that ends in .safetensors.
        data: Instead of a folder, "digits": the 1,797 handwritten digits of scikit-learn (``sheetnet[digits]``), or
            "shapes": 9,000 circles, squares and triangles, drawn at random.
        template: The network, by name, folder or as a ``Network``; its last dense layer gets one unit per class.
            None: the template of the same name for ``data``, "detective" for a folder.
        epochs: At most so many times through all pictures; None for 30 to 300, the more the fewer pictures there are.
        learning_rate: How far a step goes; None for what is usual with the optimizer.
        optimizer: How a step is taken.
        batch: Pictures per step.
        seed: Of the first weights, the split, the order and the augmentation, 0 to 2**32 - 1.
        validation: Share of each class that is held out and never trained on.
        augment: Vary the pictures (shift, crop, flip, rotation, brightness); None: photos yes, ``data`` no.
        patience: Stop after so many epochs without a better one; None for a quarter of them, at least 10.
        loss: What is made small; "squared" is half the squared error.
        fit: As for ``build``.
        force: Overwrite ``out``.
        reading: Told while the pictures are read, as for ``build``.
        progress: Told after every batch.

    Returns:
        A ``Trained``: ``train.accuracy``, ``held.accuracy``, confusion tables, doubts. KeyboardInterrupt while it
        trains ends it early and keeps the best so far.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it.

    """
    from sheetnet.errors import TrainingError
    from sheetnet.lesson.template import DEFAULT, load
    from sheetnet.network import Network as Net
    from sheetnet.target import refuse_target
    from sheetnet.training import datasets, model, suit
    from sheetnet.training import fit as training
    from sheetnet.training import folder as folders

    path = Path(out)
    refuse_target(path, force=force, suffix=model.SUFFIX)
    if (folder is None) == (data is None):
        raise TrainingError("give a folder of pictures, or data='digits' or 'shapes' (--data), and not both")
    if data is not None and data not in datasets.DATA:
        raise TrainingError(f"data is {data!r}; use one of {', '.join(datasets.DATA)}")
    settings = training.Settings(
        epochs=epochs,
        learning_rate=learning_rate,
        optimizer=optimizer,
        batch=batch,
        seed=seed,
        validation=validation,
        augment=augment,
        patience=patience,
        loss=loss,
    )
    if isinstance(template, Net):
        network, given = template, {}
    else:
        found = load(template or data or DEFAULT)
        network, given = found.network, found.given
    if data is not None:
        seen = datasets.DATA[data](seed)
        network = replace(network, levels=seen.levels, ink=data == "digits")  # so that its photo is read as one
    elif folder is not None:
        counted = None if reading is None else partial(reading, "reading")
        seen = folders.read(
            Path(folder), network.shape, fit, progress=counted, levels=network.levels, ink=network.ink
        )
    given = suit.untrained(network, given)
    trained = training.fit(suit.suited(network, seen.classes), seen, settings, given, progress)
    model.save(path, trained, seen, force)
    return trained


def evaluate(
    model: str | Path,
    folder: str | Path,
    *,
    fit: Literal["crop", "pad"] = "crop",
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a model file on pictures that it has not seen: one sub-folder per class, named as its classes.

    Args:
        model: A .safetensors file made by ``train``.
        folder: Has a sub-folder for some or all of the classes.
        fit: As for ``build``; what was used for training.
        progress: As for ``build``.

    Returns:
        An ``Evaluation``; its ``score`` has ``accuracy``, ``confusion[true][predicted]`` and ``loss``.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it.

    """
    from sheetnet.training import folder as folders
    from sheetnet.training import model as models

    network, parameters = models.load(Path(model))
    counted = None if progress is None else partial(progress, "reading")
    seen = folders.read(
        Path(folder), network.shape, fit, network.classes, counted, levels=network.levels, ink=network.ink
    )
    return models.measure(network, parameters, seen)


def __getattr__(name: str) -> Any:
    """``Network`` and ``Report``, imported when somebody asks for them."""
    if name == "Network":
        from sheetnet.network import Network

        return Network
    if name == "Report":
        from sheetnet.proof.report import Report

        return Report
    raise AttributeError(f"module 'sheetnet' has no attribute {name!r}")

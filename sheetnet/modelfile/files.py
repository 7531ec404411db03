"""Model files of both forms, .safetensors (the project's own) and .onnx: open one, or write it in the other form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sheetnet import folding
from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.modelfile import options, safetensors
from sheetnet.network import Network
from sheetnet.reading import Reading
from sheetnet.target import refuse_target

FORMS = (".safetensors", ".onnx")
_KERAS = 'in Keras 3, model.export("model.onnx", format="onnx"); else python -m tf2onnx.convert'
_TORCH = 'in PyTorch, torch.onnx.export(model.eval(), (torch.rand(1, 3, 32, 32),), "model.onnx")'
FOREIGN = {  # how to come from another form to .onnx
    ".h5": _KERAS,
    ".hdf5": _KERAS,
    ".keras": _KERAS,
    ".pb": "python -m tf2onnx.convert --saved-model FOLDER --output model.onnx",
    ".tflite": "python -m tf2onnx.convert --tflite model.tflite --output model.onnx",
    ".pt": _TORCH,
    ".pth": _TORCH,
    ".ckpt": _TORCH,
    ".mlmodel": "from the program that trained it; onnxmltools.convert_coreml reads some of them",
    ".mlpackage": "from the program that trained it",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A model from a file. ``network``: None where the file names none. ``card``: how it was trained, if it says so.

    ``notes``: what was changed to read it, a line each.
    """

    network: Network | None
    parameters: dict[str, Array]
    card: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def open_model(path: Path, how: Reading | None = None) -> Opened:
    """Read a .safetensors or .onnx file. ModelFileError says why it cannot be read."""
    how = how or Reading()
    refuse_foreign(path)
    if path.suffix.lower() != ".onnx":
        if how.asked:
            raise ModelFileError(f"{how.asked[0]} is for .onnx models; {path} is none")
        return Opened(*safetensors.load(path), safetensors.card(path))
    from sheetnet.modelfile import onnx

    front = onnx.Preprocessing(
        mean=options.numbers(how.mean, "--mean"),
        std=options.numbers(how.std, "--std", zero=False),
        scale=options.scale(how.scale),
        channels=how.channels or "rgb",
    )
    found = onnx.load(
        path,
        sizes=options.sizes(how.input_shape),
        classes=None if how.classes is None else options.labels(Path(how.classes)),
        front=front,
    )
    network = _for_drawings(found.network, path) if how.ink else found.network
    return Opened(network, found.parameters, notes=tuple(found.notes))


def refuse_foreign(path: Path) -> None:
    """ModelFileError where a file is a model of another program, with the way to an .onnx file from there."""
    if (way := FOREIGN.get(path.suffix.lower())) is not None:
        raise ModelFileError(f"{path}: a model of another form; export it as .onnx first: {way}")


def _for_drawings(network: Network, path: Path) -> Network:
    """The network as one that sees light strokes on a dark ground. ModelFileError where it sees colours."""
    if network.shape[:1] != (1,):
        raise ModelFileError(f"{path}: --ink is for models that see one grey picture; leave it out")
    return replace(network, ink=True)


def convert(
    source: Path, target: Path, how: Reading | None = None, *, fold: bool = False, force: bool = False
) -> list[str]:
    """Write a model in the other form, and give remarks on what is different there.

    ``fold``: batch normalization becomes a part of the convolution before it. ``force``: overwrite ``target``.
    ModelFileError says why the model cannot be converted.
    """
    refuse_foreign(source)
    if target.suffix.lower() not in FORMS or source.suffix.lower() not in FORMS:
        raise ModelFileError(f"{source} -> {target}: convert reads and writes {' and '.join(FORMS)}")
    refuse_target(target, force=force, suffix=target.suffix.lower())  # before the work, not after it
    found = open_model(source, how)
    network, given = found.network, found.parameters
    if network is None:
        raise ModelFileError(f"{source}: holds weights but no network; build with --template names the network")
    if missing := network.untaught(given):
        raise ModelFileError(f"{source}: lacks {', '.join(missing[:5])}; a model without weights is not converted")
    parameters = network.fill(given, 0)
    if fold:
        network, parameters = folding.fold(network, parameters)
    if target.suffix.lower() == ".onnx":
        from sheetnet.modelfile.onnx.writing import write

        return [*found.notes, *write.save(target, network, parameters)]
    safetensors.save(target, network, parameters, found.card or None)
    return list(found.notes)


def refuse_incomplete(path: Path, network: Network, given: Mapping[str, Array]) -> None:
    """ModelFileError where a model lacks weights, or has an input that is no photo and comes with no numbers."""
    unseen = {name: network.outside[name] for name in network.outside if name not in given}
    if unseen and not network.shape:
        inputs = ", ".join(f"{name.removesuffix('.out')} {list(shape)}" for name, shape in unseen.items())
        rows = [shape[1] for shape in unseen.values() if len(shape) == 2]
        how = _which_picture(rows[0]) if len(rows) == len(unseen) == 1 else "export it with such an input"
        raise ModelFileError(
            f"{path}: takes no photo: it needs one input of [1, channels, height, width] with 1 or 3 channels, "
            f"and has {inputs}; {how}"
        )
    if missing := network.untaught(given):
        raise ModelFileError(f"{path}: lacks {', '.join(missing[:5])}; it has {', '.join(sorted(given)[:10])}")


def _which_picture(count: int) -> str:
    """How to say which picture a row of numbers is, with an example that fits it where it is square."""
    sides = [(channels, round((count / channels) ** 0.5)) for channels in (1, 3)]
    fits = [f"{channels},{side},{side}" for channels, side in sides if channels * side * side == count]
    like = f", such as --input-shape {fits[0]}" if fits else ": --input-shape channels,height,width"
    return f"say which picture its {count:,} numbers are{like}"

"""What comes out: the tensors of the outputs, and the classes of a picture network. What leads nowhere is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetnet.errors import ModelFileError, shown
from sheetnet.modelfile.onnx.reading.arrange import canonical
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.refusals import refusing
from sheetnet.modelfile.onnx.reading.values import Live
from sheetnet.network import MAX_CLASSES, PHOTO, TRUTH


def outputs_of(b: Builder, path: str) -> dict[str, str]:
    """ONNX name of each output -> its tensor, laid out as ONNX has it."""
    found = {}
    for name in b.graph.outputs:
        with refusing(f"{path}: the output {shown(name)}"):
            x = canonical(b, b.live(b.values[name]))
            if x.tensor.partition(".")[0] not in b.steps:  # an input or a constant, unchanged
                x = Live(b.add("identity", [x.tensor], hint=name), x.shape, x.order, x.batch)
        found[name] = x.tensor
    return found


def drop_unneeded(b: Builder, outputs: Iterable[str]) -> None:
    """Drop layers and extra tensors that lead to none of the tensors ``outputs``."""
    needed = {tensor.partition(".")[0] for tensor in outputs}
    for step in reversed(list(b.steps.values())):
        if step.name in needed:
            needed.update(tensor.partition(".")[0] for tensor in step.inputs)
        else:
            b.remove(step)
    for tensor in [t for t in b.shapes if t.endswith(".out")]:
        name = tensor.partition(".")[0]
        if name not in needed and name not in b.steps and name != PHOTO:
            del b.shapes[tensor]
            b.parameters.pop(tensor, None)
            for key in [key for key, value in b.inputs.items() if value == tensor]:
                del b.inputs[key]


def predict(b: Builder, outputs: dict[str, str], classes: Sequence[str] | None, path: str) -> tuple[str, ...]:
    """The names of the classes. Behind logits a softmax and a loss are added, and ``outputs`` follows.

    ModelFileError where ``classes`` has another number of names than the model has classes.
    """
    name = b.graph.outputs[0]
    tensor = outputs[name]
    gives = b.steps[tensor.partition(".")[0]].layer.gives
    with refusing(f"{path}: the output {shown(name)}"):
        flat = len(shape := b.shapes[tensor]) == 3 and shape[1:] == (1, 1) and shape[0] > 1
        if flat:
            tensor = b.add("flatten", [tensor], hint="logits")
        shape = b.shapes[tensor]
        unfit = gives == "shares" or (flat and gives == "probabilities")
        if len(shape) != 1 or not 1 < shape[0] <= MAX_CLASSES or unfit:
            if classes is not None and list(shape) != [len(classes)]:
                raise ModelFileError(f"{path}: --classes has {len(classes)} names, the model gives {list(shape)}")
            return _class_names(shape[0] if len(shape) == 1 and shape[0] <= MAX_CLASSES else 1, classes)
        if classes is not None and len(classes) != shape[0]:
            raise ModelFileError(
                f"{path}: --classes has {len(classes)} names, the model tells {shape[0]} classes apart"
            )
        softmax = _softmax(b, tensor, outputs)
        b.shapes[f"{TRUTH}.out"] = shape
        b.shapes.setdefault(f"{softmax}.log", shape)
        b.add("crossentropy", [f"{softmax}.log", f"{TRUTH}.out"], hint="loss")
    return _class_names(shape[0], classes)


def _softmax(b: Builder, tensor: str, outputs: dict[str, str]) -> str:
    """The name of the softmax that gives each class its probability; it is added where the model has none."""
    step = b.steps[tensor.partition(".")[0]]
    if step.layer.gives == "probabilities":
        return step.name
    if step.layer.gives == "logarithms" and not any(tensor in other.inputs for other in b.steps.values()):
        (before,) = step.inputs
        b.remove(step)
        softmax = b.add("softmax", [before], hint="softmax").partition(".")[0]
        for key in [key for key, value in outputs.items() if value == tensor]:
            outputs[key] = f"{softmax}.log"  # a softmax shows the logarithms as well
        return softmax
    b.note("the model ends in logits: a softmax added, so that the workbook predicts")
    return b.add("softmax", [tensor], hint="softmax").partition(".")[0]


def _class_names(count: int, classes: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(f"class {k + 1}" for k in range(count)) if classes is None else tuple(classes)

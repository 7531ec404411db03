"""The end of a step: the mean of the gradients of all pictures, the velocity, and the new weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetnet.case.course import chain
from sheetnet.lenses import Mean, Update, Velocity
from sheetnet.lesson.training import names
from sheetnet.lesson.training.bench import LABELS
from sheetnet.lesson.training.forward import Forward, label_parameter
from sheetnet.network import Node

BANDS = ("mean", "velocity", "new")


def draw_update(forward: Forward, gradients: Sequence[Mapping[str, str]]) -> None:
    """Three bands in the columns of the weights. ``gradients``: for each picture, that of each parameter."""
    lesson, bench, network = forward.lesson, forward.bench, forward.bench.network
    for number, key in enumerate(BANDS):
        forward.sheet.text(bench.update(number), LABELS, lesson.words(f"training.band_{key}"), "heading.plain")
        forward.sheet.text(bench.update(number), bench.columns["table1"], lesson.words(f"training.{key}"), "note")
    for node in chain(network):
        for own in node.layer.params(network.input_shapes(node)):
            if own in node.layer.learns:
                _draw(forward, node, own, [found[f"{node.name}.{own}"] for found in gradients])


def _draw(forward: Forward, node: Node, own: str, gradients: Sequence[str]) -> None:
    lesson, bench, step, full = forward.lesson, forward.bench, forward.step, f"{node.name}.{own}"
    blocks = [bench.parameter(forward.sheet.title, bench.update(number), node, own) for number in range(len(BANDS))]
    for number, (prefix, block) in enumerate(zip(("d", "v", ""), blocks, strict=True)):
        label_parameter(lesson, forward.sheet, bench.update(number), own, block, f"training.{prefix}{own}")
    squares = blocks[0].anchors[0].column < bench.columns["table0"]
    fine = "map.fine" if squares else "number"
    mean, velocity, new = (one(step, full) for one in (names.mean, names.velocity, names.new))
    lesson.look(mean, Mean(), {f"x{i + 1}": one for i, one in enumerate(gradients)}, fine, out=blocks[0])
    before = {"velocity": f"{names.velocity(step - 1, full)}.out", "momentum": names.MOMENTUM} if step else {}
    lesson.look(velocity, Velocity(), {"gradient": f"{mean}.out", **before}, fine, out=blocks[1])
    reads = {"weight": names.weight(step, full), "gradient": f"{velocity}.out", "rate": names.RATE}
    lesson.look(new, Update(), reads, "map" if squares else "number", out=blocks[2])
    if squares:
        forward.scaled.setdefault("mean", []).append(blocks[0])
        forward.scaled.setdefault("velocity", []).append(blocks[1])
        forward.scaled.setdefault("weights", []).append(blocks[2])

"""The gradients of a picture, in the places of what they belong to: from the loss back to the first filter."""

from __future__ import annotations

from sheetnet.case.course import chain, losses
from sheetnet.grid import Block
from sheetnet.lenses import Gradient, OneOf, PairGradient
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.training import names
from sheetnet.lesson.training.bench import LABELS, Bench
from sheetnet.lesson.training.forward import Forward, label_parameter
from sheetnet.network import PHOTO, TRUTH, Node
from sheetnet.workbook.book import Sheet

FINE = "map.fine"


class Backward:
    """Draws the gradients of one picture in one step. ``found``: the full name of the gradient of each parameter."""

    def __init__(self, forward: Forward, picture: int) -> None:
        self.lesson: Lesson = forward.lesson
        self.bench: Bench = forward.bench
        self.sheet: Sheet = forward.sheet
        self.forward, self.picture, self.step = forward, picture, forward.step
        self.head = self.bench.backward(picture)
        self.found: dict[str, str] = {}

    def draw(self) -> None:
        """All gradients, the last layer first."""
        lesson, network = self.lesson, self.bench.network
        self.sheet.text(self.head, LABELS, lesson.words("training.band_back", number=self.picture + 1), "text")
        if not self.picture:
            row = self.head + self.bench.band - 2
            self.sheet.text(row, self.bench.columns[PHOTO], lesson.words("training.back_how"), "note")
        [*layers, softmax] = chain(network)
        came = self._losses(softmax)
        for node, before in zip(reversed(layers), [*reversed(layers[:-1]), None], strict=True):
            came = self._layer(node, before, came)

    def _losses(self, softmax: Node) -> str:
        """What each loss gives back to the logits, and the one that is chosen; the full name of it."""
        lesson, network, found = self.lesson, self.bench.network, {}
        logits, line = network.shapes[f"{softmax.name}.out"], 0
        p = f"{names.look(self.step, self.picture, softmax.name)}.out"
        for number, node in enumerate(losses(network), 1):
            name = names.gradient(self.step, self.picture, node.name)
            block = self._row(line, logits, f"training.back_{node.layer.kind}")
            line += 1
            if "log" in node.layer.reads:  # the softmax gives back together with it
                reads = {"p": p, TRUTH: f"{names.look(self.step, self.picture, TRUTH)}.out"}
                lesson.look(name, PairGradient(), reads, "number", dx=block)
            else:
                lesson.look(name, Gradient(node.layer, ("p",)), self._all(node), "number", dp=block)
                through = self._row(line, logits, "training.back_softmax")
                reads = {**self._all(softmax), "dout": f"{name}.dp"}
                name, line = f"{name}.{softmax.name}", line + 1
                lesson.look(name, Gradient(softmax.layer, ("x",)), reads, "number", dx=through)
            found[f"x{number}"] = f"{name}.dx"
        name = names.gradient(self.step, self.picture, "chosen")
        block = self.bench.row(self.sheet.title, self.head, 0, 0, logits)
        self._say(0, 0, "training.back_logits")
        lesson.look(name, OneOf(), {**found, "number": f"{names.LOSS_NUMBER}.out"}, "number", out=block)
        return f"{name}.out"

    def _layer(self, node: Node, before: Node | None, came: str) -> str:
        """The gradients of a layer; the full name of what it gives back. ``before``: whose output it read."""
        lesson, network = self.lesson, self.bench.network
        of = network.input_shapes(node)
        learned = [own for own in node.layer.params(of) if own in node.layer.learns]
        wants = tuple(own for own in node.layer.gives_back if own in learned or (own == "x" and before is not None))
        lens, reads = Gradient(node.layer, wants), {**self._all(node), "dout": came}
        shapes = lens.tensors({own: lesson.plan.blocks[full].shape for own, full in reads.items()})
        blocks, styles = {}, {}
        for own, shape in shapes.items():
            if own[1:] in learned:
                blocks[own] = self._parameter(node, own[1:])
            elif own == "dx" and before is not None:
                blocks[own] = self._of(before, shape)
            else:
                blocks[own] = self._helper(node, own, shape)
            squares = len(shape) > 2 or blocks[own].anchors[0].column < self.bench.columns["table0"]
            styles[own] = ("map.general" if own == "mask" else FINE) if squares else "number"
            if squares:
                self.forward.scaled.setdefault("mask" if own == "mask" else f"d{node.name}", []).append(blocks[own])
        name = names.gradient(self.step, self.picture, node.name)
        lesson.look(name, lens, reads, styles, **blocks)
        self.found |= {f"{node.name}.{own}": f"{name}.d{own}" for own in learned}
        return f"{name}.dx"

    def _all(self, node: Node) -> dict[str, str]:
        """Everything that a layer read and told: own name -> full name."""
        name = names.look(self.step, self.picture, node.name)
        told = node.layer.tensors(self.bench.network.input_shapes(node))
        return {**self.forward.reads(node, self.picture), **{own: f"{name}.{own}" for own in told}}

    # Places

    def _of(self, node: Node, shape: tuple[int, ...]) -> Block:
        """Where the gradient of the output of a layer lies."""
        title, bench = self.sheet.title, self.bench
        self.sheet.text(self.head, bench.columns[node.name], self.lesson.words("training.dout"), "note")
        if len(shape) == 3:
            return bench.maps(title, self.head, node.name, shape)
        return bench.column(title, self.head, node.name, shape[0])

    def _parameter(self, node: Node, own: str) -> Block:
        """Where the gradient of a parameter lies: that of a filter below what the filter saw."""
        source = node.inputs[0]
        block = self.bench.parameter(self.sheet.title, self.head, node, own, source if source == PHOTO else "")
        label_parameter(self.lesson, self.sheet, self.head, own, block, f"training.d{own}")
        return block

    def _helper(self, node: Node, own: str, shape: tuple[int, ...]) -> Block:
        """Where something lies that helps on the way."""
        bench, title = self.bench, self.sheet.title
        if len(shape) == 3:
            aside = bench.network.shapes[f"{node.name}.out"][2] + 1
            self.sheet.text(self.head, bench.columns[node.name] + aside, self.lesson.words(f"training.{own}"), "note")
            return bench.maps(title, self.head, node.name, shape, aside)
        line = bench.network.input_shapes(node)["x"][0] + 2  # below the weights and the bias
        self._say(0, line, f"training.{own}")
        return bench.row(title, self.head, 0, line, shape)

    def _row(self, line: int, shape: tuple[int, ...], key: str) -> Block:
        self._say(1, line, key)
        return self.bench.row(self.sheet.title, self.head, 1, line, shape)

    def _say(self, table: int, line: int, key: str) -> None:
        self.sheet.text(self.head + 1 + line, self.bench.columns[f"table{table}"], self.lesson.words(key), "note")

"""The weights before a step, and what the network makes of each picture with them."""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.case.course import chain, losses
from sheetnet.grid import Block
from sheetnet.layout import CLASSES
from sheetnet.lenses import Copy, Hit, Measure, OneHot, OneOf, Start, SumProduct
from sheetnet.lenses.training import GIVEN
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.training import names
from sheetnet.lesson.training.bench import LABELS, READINGS, Bench
from sheetnet.network import PHOTO, TRUTH, Node
from sheetnet.workbook.book import Sheet


class Forward:
    """Draws the forward part of one step. ``scaled``: what is to be coloured, by kind."""

    def __init__(self, lesson: Lesson, bench: Bench, sheet: Sheet, step: int, scaled: dict[str, list[Block]]) -> None:
        self.lesson, self.bench, self.sheet, self.step, self.scaled = lesson, bench, sheet, step, scaled

    def weights(self) -> None:
        """The weights before the step: those of the start, or those that the step before made."""
        lesson, bench, head = self.lesson, self.bench, self.bench.weights()
        for node in chain(bench.network):
            blocks = {}
            for own in node.layer.params(bench.network.input_shapes(node)):
                full = f"{node.name}.{own}"
                blocks[own] = block = bench.parameter(self.sheet.title, head, node, own)
                if self.step:
                    reads = {"x": f"{names.new(self.step - 1, full)}.out"}
                    look = names.weight(self.step, full).removesuffix(".out")
                    lesson.look(look, Copy(), reads, self._style(block), out=block)
                self.scaled.setdefault("weights", []).append(block)
            if blocks and not self.step:
                given = {f"{GIVEN}{own}": f"{names.START}.{node.name}.{own}" for own in blocks}
                reads = {**given, "number": f"{names.START_NUMBER}.out"}
                styles = {own: self._style(block) for own, block in blocks.items()}
                lesson.look(node.name, Start(), reads, styles, **blocks)
            self._label_weights(node, head, blocks)
        self._band(head, lesson.words("training.band_weights"))
        table = bench.columns["table0"] + 1
        heads = bench.row(self.sheet.title, head - 1, 0, 0, (len(bench.network.classes),))
        lesson.look(f"s{self.step}.names", Copy(), {"x": CLASSES}, "heading.right", out=heads)
        self.sheet.text(head, table - 1, lesson.words("training.table_class"), "heading")

    def _label_weights(self, node: Node, head: int, blocks: Mapping[str, Block]) -> None:
        for own, block in blocks.items():
            label_parameter(self.lesson, self.sheet, head, own, block, f"training.{own}")

    @staticmethod
    def _style(block: Block) -> str:
        return "map" if len(block.shape) > 2 or block.steps == ((4, 0),) else "number"

    def picture(self, picture: int) -> None:
        """Everything that the network makes of a picture."""
        lesson, bench, network = self.lesson, self.bench, self.bench.network
        title, head, first = self.sheet.title, bench.forward(picture), chain(network)[0]
        held = picture == bench.course.learned
        key = "training.band_held" if held else "training.band_forward"
        self._band(head, lesson.words(key, number=picture + 1))
        x = names.x(self.step, picture, first.name)
        self._show(x, Copy(), {"x": names.pixels(picture)}, "seen", out=bench.maps(title, head, PHOTO, network.shape))
        self._above(head, PHOTO, lesson.words("training.x"))
        line = 0
        for node in chain(network):
            line = self._layer(node, picture, head, line)
        self._losses(picture, head)

    def _layer(self, node: Node, picture: int, head: int, line: int) -> int:
        """One layer; returns the next line of the table of the classes."""
        lesson, bench, network, title = self.lesson, self.bench, self.bench.network, self.sheet.title
        of = network.input_shapes(node)
        blocks: dict[str, Block] = {}
        for own, shape in node.layer.tensors(of).items():
            if len(shape) == 3:
                blocks[own] = bench.maps(title, head, node.name, shape)
                self.scaled.setdefault(node.name, []).append(blocks[own])
            elif node.layer.unrolls:
                blocks[own] = bench.column(title, head, node.name, shape[0])
            else:
                blocks[own] = bench.row(title, head, 0, line, shape)
                self._beside(head, 0, line, node, own)
                line += 1
        if node.name in bench.columns:
            self._above(head, node.name, lesson.named[node.name])
        style = "map" if node.name in bench.columns else "number"
        self.layer(node, picture, style, blocks)
        return line

    def layer(self, node: Node, picture: int, style: str, blocks: Mapping[str, Block]) -> None:
        """Place a layer in a step of a picture, as part of the network or as a look."""
        lesson = self.lesson
        if not (self.step or picture):
            for own, block in blocks.items():
                lesson.planner.place(f"{node.name}.{own}", block)
                lesson.styles[f"{node.name}.{own}"] = style
            return
        lesson.look(names.look(self.step, picture, node.name), node.layer, self.reads(node, picture), style, **blocks)

    def reads(self, node: Node, picture: int) -> dict[str, str]:
        """What a layer reads in this step of a picture: own name -> full name."""
        network, found = self.bench.network, {}
        for own, full in network.sources(node).items():
            source, _, part = full.rpartition(".")
            if source == PHOTO:
                found[own] = f"{names.x(self.step, picture, node.name)}.out"
            else:
                found[own] = f"{names.look(self.step, picture, source)}.{part}"
        for own in node.layer.params(network.input_shapes(node)):
            found[own] = names.weight(self.step, f"{node.name}.{own}")
        return found

    def _losses(self, picture: int, head: int) -> None:
        """The truth, each loss, the one that is chosen, and whether the answer is right."""
        lesson, bench, network, title = self.lesson, self.bench, self.bench.network, self.sheet.title
        count, ends = len(network.classes), {}
        truth = names.look(self.step, picture, TRUTH)
        reads = {"names": CLASSES, "choice": names.choice(picture)}
        lesson.look(truth, OneHot(), reads, "number.general", out=bench.row(title, head, 1, 0, (count,)))
        self.sheet.text(head + 1, bench.columns["table1"], lesson.words("training.truth"), "note")
        line, other = 1, 0
        for number, node in enumerate(losses(network), 1):
            blocks = {}
            for own, shape in node.layer.tensors(network.input_shapes(node)).items():
                table, at = (2, other) if own in READINGS else (1, line)
                blocks[own] = bench.row(title, head, table, at, shape)
                self._beside(head, table, at, node, own)
                line, other = (line, other + 1) if own in READINGS else (line + 1, other)
            self.layer(node, picture, "number", blocks)
            ends[f"x{number}"] = f"{names.look(self.step, picture, node.name)}.out"
        chosen = names.look(self.step, picture, "chosen") if self.step or picture else "s0.p1.chosen"
        reads = {**ends, "number": f"{names.LOSS_NUMBER}.out"}
        lesson.look(chosen, OneOf(), reads, "answer.number", out=bench.row(title, head, 1, line, ()))
        self.sheet.text(head + 1 + line, bench.columns["table1"], lesson.words("training.loss"), "text")
        p = network.line_up.name if network.line_up is not None else ""
        reads = {"x": f"{names.look(self.step, picture, p)}.out", "truth": f"{truth}.out"}
        hit = f"s{self.step}.p{picture + 1}.hit"
        lesson.look(hit, Hit(), reads, "number.general", out=bench.row(title, head, 1, line + 1, ()))
        self.sheet.text(head + 2 + line, bench.columns["table1"], lesson.words("training.hit"), "note")

    def readings(self) -> None:
        """How the step begins: loss and answers, of the pictures that are learned and of the one held out."""
        lesson, bench, step = self.lesson, self.bench, self.step
        title, head, held = self.sheet.title, bench.weights(), bench.course.learned
        losses_of = {f"x{i + 1}": f"s{step}.p{i + 1}.chosen.out" for i in range(held)}
        hits = {f"x{i + 1}": f"s{step}.p{i + 1}.hit.out" for i in range(held)}
        head_node = bench.network.line_up
        p = f"{names.look(step, held, head_node.name if head_node else '')}.out"
        truth = f"{names.look(step, held, TRUTH)}.out"
        told = (
            ("loss", Measure("AVERAGE"), losses_of, "answer.number"),
            ("right", Measure("SUM"), hits, "number.general"),
            ("held_loss", Copy(), {"x": f"s{step}.p{held + 1}.chosen.out"}, "number"),
            ("held_right", Copy(), {"x": f"s{step}.p{held + 1}.hit.out"}, "number.general"),
            ("held_p", SumProduct(), {"x": p, "weight": truth}, "chance"),
        )
        self.sheet.text(
            head,
            bench.columns["table1"],
            lesson.words("training.ends" if step == bench.course.steps else "training.begins"),
            "heading",
        )
        for line, (key, lens, reads, style) in enumerate(told):
            block = bench.row(title, head, 1, line, ())
            lesson.look(names.reading(step, key), lens, reads, style, out=block)
            said = lesson.words(f"training.{key}", count=held)
            self.sheet.text(head + 1 + line, bench.columns["table1"], said, "note")

    # Words

    def _show(self, name: str, lens: Copy, reads: dict[str, str], style: str, **blocks: Block) -> None:
        self.lesson.look(name, lens, reads, style, **blocks)
        self.scaled.setdefault(PHOTO, []).extend(blocks.values())

    def _band(self, head: int, text: str) -> None:
        self.sheet.text(head, LABELS, text, "heading.plain")

    def _above(self, head: int, name: str, text: str) -> None:
        self.sheet.text(head, self.bench.columns[name], text, "note")

    def _beside(self, head: int, table: int, line: int, node: Node, own: str) -> None:
        self.sheet.text(head + 1 + line, self.bench.columns[f"table{table}"], said(self.lesson, node, own), "note")


def said(lesson: Lesson, node: Node, own: str) -> str:
    """What a number per class is called, in a few letters."""
    return lesson.words(f"training.{node.layer.kind}.{own}")


def label_parameter(lesson: Lesson, sheet: Sheet, head: int, own: str, block: Block, key: str) -> None:
    """Say what a parameter is: above a filter and its bias, beside the lines of a dense layer."""
    at = block.anchors[0]
    if len(block.shape) == 4 or (block.steps[0][1] == 0 and len(block.shape) == 1):
        sheet.text(head, at.column, lesson.words(f"{key}"), "note")
    else:
        sheet.text(at.row, at.column - 1, lesson.words(f"{key}"), "note")

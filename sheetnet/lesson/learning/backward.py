"""The sheets of the backward pass: one for each layer, from the loss back to the first weight, or to the photo.

On the sheet of a layer lies dL/dout, which its readers gave back, where its numbers lie on the sheet forwards, and
dL/dweight and dL/dbias where its weights lie. On the right is what helps on the way: a turned filter, a mask.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.grid import Anchor, Block, Shape, a1
from sheetnet.layers import Layer
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layout import FIRST, form, in_rows
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lenses import Gradient, PairGradient
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links, draw_thread, followed
from sheetnet.lesson.frame.looks import add_scale, signed_stops, times
from sheetnet.lesson.frame.screen import open_with, select
from sheetnet.lesson.learning.mirror import (
    Beside,
    label,
    mirror_sheet,
    mirrored,
    moved,
    name_classes,
    own_name,
    say_tiny,
    style_of,
)
from sheetnet.lesson.learning.passes import Passes
from sheetnet.lesson.learning.pixels import draw_pixels
from sheetnet.network import PHOTO, TRUTH, Node
from sheetnet.words import Words
from sheetnet.workbook.book import ROW, Sheet

TOP = FIRST + 2  # the first row of what stands on the right


def back_titles(sheets: Mapping[str, str], passes: Passes, words: Words) -> dict[str, str]:
    """The title of each sheet of the backward pass, by that of the sheet forwards; in the order of the pass."""
    every = reversed((*passes.front, *passes.nodes))
    titles = dict.fromkeys(sheets[node.name] for node in every if node not in (passes.loss, passes.softmax))
    titles |= {sheets[PHOTO]: None} if passes.reaches_photo else {}
    return {title: words("sheets.back", title=title) for title in titles}


class Backward:
    """Draws the pass. ``gradients``: the full name of the gradient of each layer's "out", and of each weight."""

    def __init__(self, lesson: Lesson, passes: Passes) -> None:
        self.lesson, self.passes = lesson, passes
        self.titles = back_titles(lesson.plan.sheets, passes, lesson.words)
        self.gradients: dict[str, str] = {}
        self.beside = Beside(dict(lesson.plan.blocks), self.titles)
        self.sheets: dict[str, Sheet] = {}
        self._helpers: dict[str, list[Block]] = {}

    def draw(self) -> None:
        """All sheets, the last layer first."""
        for node in reversed((*self.passes.front, *self.passes.nodes)):
            if node not in (self.passes.loss, self.passes.softmax):
                self._draw(node)
        if self.passes.reaches_photo:
            draw_pixels(self)
        for title, blocks in self._helpers.items():
            _even(self.sheets[title], blocks)
        for title, name in self._first_on_sheets().items():
            self._open(self.sheets[title], name)
        for sheet in self.sheets.values():
            draw_links(self.lesson, sheet, *(of for of, title in self.titles.items() if title == sheet.title))

    def _draw(self, node: Node) -> None:
        title = self.titles[self.lesson.plan.sheets[node.name]]
        is_new = title not in self.sheets
        if is_new:
            self.sheets[title] = self._new_sheet(title, node)
        shown = self._came_back(node)
        learned = self.passes.learned(node)
        if learned:
            lies_as = {own: f"{node.name}.{own}" for own in learned}
            self._look(node, f"grad.{node.name}.weights", learned, lies_as)
            self.gradients |= {f"{node.name}.{own}": f"grad.{node.name}.weights.d{own}" for own in learned}
            shown = self.gradients[f"{node.name}.{learned[0]}"]
        if is_new:
            self._head(node, self.sheets[title], shown)
            name_classes(self.lesson, self.sheets[title], node, "back")

    def _came_back(self, node: Node) -> str:
        """The gradient of what a layer gives, in the place of its numbers."""
        home = mirrored(self.lesson.plan.blocks[f"{node.name}.out"], self.titles)
        return self.gathered(node.name, home, pictures=self._pictures(node))

    def gathered(self, name: str, home: Block, *, pictures: bool) -> str:
        """What each reader of a layer or of the photo gives back, and their sum where there are several.

        Returns the full name of the gradient, which lies in ``home``.
        """
        readers = self.passes.readers(name)
        parts = []
        for reader, own in readers:
            place = home if len(readers) == 1 else self._aside(home)
            parts.append(self._given(reader, own, place, pictures))
        total = parts[0]
        for number, part in enumerate(parts[1:], 2):
            look = f"grad.{name}" if number == len(parts) else f"grad.{name}.{number}"
            place = home if number == len(parts) else self._aside(home)
            self.lesson.look(look, Add(), {"x": total, "y": part}, "number", out=place)
            total = f"{look}.out"
            self._show(look, {"out": place}, Add(), pictures)
        self.gradients[f"{name}.out"] = total
        return total

    def _aside(self, home: Block) -> Block:
        """Cells as those of ``home``, on the right of all others."""
        title = home.anchors[0].sheet
        first = min(at.column for at, _ in home.rectangles())
        last = max(at.column for _, at in home.rectangles())
        return moved(home, self.beside.take(title, last - first + 1) - first)

    def _given(self, reader: Node, own: str, place: Block, pictures: bool) -> str:
        """What a reader gives back to one of its inputs; the full name of it. ``pictures``: how that input lies."""
        name = f"grad.{reader.name}.{own}"
        if reader is self.passes.softmax and self.passes.loss is not None:
            reads = {"p": f"{reader.name}.out", TRUTH: self.lesson.network.sources(self.passes.loss)[TRUTH]}
            self.lesson.look(name, PairGradient(), reads, "number", dx=place)
            self._show(name, {"dx": place}, reader.layer, False)
            return f"{name}.dx"
        self._look(reader, name, (own,), {}, {f"d{own}": place}, pictures)
        return f"{name}.d{own}"

    def _look(
        self,
        node: Node,
        name: str,
        wants: tuple[str, ...],
        mirrors: Mapping[str, str],
        places: Mapping[str, Block] | None = None,
        pictures: bool | None = None,
    ) -> None:
        """A look at some gradients of a layer. ``mirrors``: own name -> what it lies as; ``places``: or where."""
        plan, network = self.lesson.plan, self.lesson.network
        lens = Gradient(node.layer, wants)
        reads = dict(network.names(node))
        if node is not self.passes.loss:
            reads["dout"] = self.gradients[f"{node.name}.out"]
        blocks = {f"d{own}": mirrored(plan.blocks[full], self.titles) for own, full in mirrors.items()}
        blocks |= dict(places or {})
        title = next(iter(blocks.values())).anchors[0].sheet
        for own, shape in lens.tensors({key: plan.blocks[full].shape for key, full in reads.items()}).items():
            if own not in blocks:
                blocks[own] = self._helper(node, title, own, shape)
        self.lesson.look(name, lens, reads, "number", **blocks)
        self._show(name, blocks, node.layer, self._pictures(node) if pictures is None else pictures)

    def _helper(self, node: Node, title: str, own: str, shape: Shape) -> Block:
        """Where something that helps on the way lies."""
        rows = in_rows(self.lesson.network, self.lesson.network.shapes[f"{node.name}.out"])
        block = self.beside.tiles(title, shape, TOP, rows=rows)
        key = f"kinds.{node.layer.kind}.{own}"
        words, title_of = self.lesson.words, self.lesson.plan.sheets[node.name]
        said = words(key if key in words else f"learning.{own}", title=title_of)
        label(self.sheets[title], block, said, above=True)
        self._helpers.setdefault(title, []).append(block)
        return block

    def _show(self, name: str, blocks: Mapping[str, Block], layer: Layer, pictures: bool) -> None:
        """Styles, colours and labels of a look at the gradients of a ``layer``."""
        lesson, styles = self.lesson, {}
        for own, block in blocks.items():
            values = lesson.value(f"{name}.{own}")
            sheet = self.sheets[block.anchors[0].sheet]
            styles[own] = style_of(pictures, values)
            if values.size > 1:
                add_scale(sheet, block, signed_stops(lesson, values))
            if sheet.title == self.titles.get(lesson.plan.sheets.get(PHOTO, "")):
                continue  # its lead says what it shows
            if styles[own].endswith(".tiny"):
                say_tiny(lesson, sheet)
            if own not in layer.serves:
                of = own[1:] if own[1:] in layer.gives_back and own[1:] not in layer.reads else "out"
                label(sheet, block, lesson.words("learning.gradient", of=own_name(lesson, of)), above=pictures)
        lesson.show(name, styles)

    def _new_sheet(self, title: str, node: Node) -> Sheet:
        of = self.lesson.plan.sheets[node.name]
        return mirror_sheet(self.lesson, title, of, pictures=self._pictures(node))

    def _pictures(self, node: Node) -> bool:
        return form(self.lesson.network, node) == "pictures"

    def _first_on_sheets(self) -> dict[str, str]:
        """The title of each sheet -> the layer, or photo, whose gradient stands first there: a block has several."""
        names = (name for name in self.lesson.thread.places if f"{name}.out" in self.gradients)
        tops = {name: self.lesson.plan.blocks[self.gradients[f"{name}.out"]].anchors[0] for name in names}
        return {at.sheet: name for name, at in sorted(tops.items(), key=lambda one: -one[1].row)}

    def _open(self, sheet: Sheet, name: str) -> None:
        """Let a sheet open with its first map on the screen, and follow the thread back from there.

        ``name``: of a layer or of the photo.
        """
        lesson, block = self.lesson, self.lesson.plan.blocks[self.gradients[f"{name}.out"]]
        around = lesson.thread.after.get(name), lesson.thread.before.get(name)
        came, goes = (None if one is None else self._followed(one) for one in around)
        at = self._followed(name)
        if at is None:
            return
        draw_thread(lesson, sheet, at, (came, goes), back=True)
        if len(block.shape) == 3 and block.steps == (DOWN, ACROSS) and name != PHOTO:
            open_with(sheet, Block(block.shape[-2:], block.anchors[:1], block.steps))
        select(sheet, at, sheet.selected)

    def _followed(self, name: str) -> Anchor | None:
        """The cell of the gradient of the number that the thread follows; of a softmax the number itself."""
        full = self.gradients.get(f"{name}.out")
        if full is not None:
            return self.lesson.plan.blocks[full].cell(*self.lesson.thread.places[name])
        return followed(self.lesson, name) if self.passes.takes_part(name) else None

    def _head(self, node: Node, sheet: Sheet, shown: str) -> None:
        """The head of a sheet. ``shown``: full name of the gradient whose first formula it shows."""
        words, plan = self.lesson.words, self.lesson.plan
        name, own = shown.rpartition(".")[::2]
        block = plan.blocks[shown]
        first = (0,) * len(block.shape)
        at = block.cell(*first)
        shape = times(plan.blocks[f"{node.name}.out"].shape)
        head = Head(
            words("learning.back_title", name=plan.sheets[node.name], shape=shape),
            words("learning.back_lead", title=plan.sheets[node.name]),
            in_words=self._in_words(node),
            in_cells=f"{a1(at.row, at.column)} = {self.lesson.step(plan.looks[name]).rules[own](*first)}",
        )
        draw_head(self.lesson, sheet, head)

    def _in_words(self, node: Node) -> str:
        """How the gradient of a layer came back, and how those of its weights are made of it."""
        words, named = self.lesson.words, self.lesson.named
        said = []
        for reader, _ in self.passes.readers(node.name):
            formula = self.told(reader, "back")
            reads = {"name": named[node.name], "reader": named[reader.name], "formula": formula}
            said.append(words("learning.came", **reads))
        for own in self.passes.learned(node)[:1]:
            of = own_name(self.lesson, own)
            said.append(words("learning.of_weight", of=of, formula=self.told(node, "back_weight")))
        return words.joined("joined.formulas", said)

    def told(self, node: Node, key: str) -> str:
        """What the words of a kind say, or those for all kinds."""
        own = f"kinds.{node.layer.kind}.{key}"
        return self.lesson.words(own if own in self.lesson.words else f"learning.{key}")


def _even(sheet: Sheet, blocks: list[Block]) -> None:
    """Make the rows beside what helps on the way equally high, as high as the highest of them."""
    corners = [corner for block in blocks for corner in block.rectangles()]
    rows = range(min(first.row for first, _ in corners), max(last.row for _, last in corners) + 1)
    highest = max(sheet.heights.get(row, ROW) for row in rows)
    sheet.heights |= dict.fromkeys(rows, highest)

"""Where things stand on the sheet Draw: a canvas, what the network sees of it, and what it says.

From left to right: the canvas; the choice between it and the samples, how far it is moved, the answer, a bar per
class; what the network sees. Below: the samples, in the columns of the canvas, so that INDEX finds a pixel of
whichever picture is chosen; beside them the lists behind the choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor, Block
from sheetnet.layout.places import across, cell, down, grid
from sheetnet.layout.plan import ACROSS, CHOICE, CLASSES, DOWN, DRAWING, FIRST, NUMBER, PICTURES
from sheetnet.layout.planner import Planner
from sheetnet.layout.sheets.outcome import MOST_CHARTED
from sheetnet.lenses import Chosen, Copy, Painted, Picture, Shift
from sheetnet.network import PHOTO

LEFT, TOP = 3, FIRST + 3  # the first column and the first row of the canvas
MOVE, ANSWER = FIRST + 1, FIRST + 2  # rows: how far the drawing is moved, and what the network says
FARTHEST = 3  # pixels that a drawing can be moved
WAYS = ("right", "down")
SHADES = 5  # how many numbers, from paper to full ink, are shown below the canvas


@dataclass(frozen=True, slots=True)
class Canvas:
    """The sheet of a canvas of ``height`` x ``width`` pixels.

    ``pictures``: how many there are, the canvas among them. ``colors``: how many colours a pixel can have, 0 where
    it is grey. ``classes``: how many bars there is room for; ``bars``: how many there are.
    """

    title: str
    height: int
    width: int
    pictures: int
    colors: int
    classes: int
    bars: int

    # Columns and rows

    @property
    def names(self) -> int:
        """The column of the choice, of the answers, and of all lists; bars and numbers stand to the right of it."""
        return LEFT + self.width + 2

    @property
    def seen(self) -> int:
        """The first column of what the network sees."""
        return LEFT + self.width + 7

    @property
    def legend(self) -> int:
        """The row of the first colour, below the bars."""
        return TOP + self.bars + 2

    @property
    def lists(self) -> int:
        """The first row of the lists behind the choice, beside the first sample."""
        return TOP + self.apart

    @property
    def apart(self) -> int:
        """Rows from one picture to the next."""
        return max(self.height + self.below, self.classes + self.colors + 1) + 3

    @property
    def below(self) -> int:
        """Rows below the canvas that show what its numbers look like; of colours there is a legend."""
        return 0 if self.colors else 2

    @property
    def last_row(self) -> int:
        """The last row that is printed."""
        answers = self.legend + self.colors if self.colors else TOP + self.bars
        return max(TOP + self.height + self.below, answers) - 1

    # Blocks

    def heading(self) -> Block:
        """The cell above the canvas."""
        return cell(self.title, FIRST, LEFT)

    def texts(self) -> Block:
        """The cell below that, which says how many texts the canvas holds."""
        return cell(self.title, MOVE, LEFT)

    def choice(self) -> Block:
        """The choice between the canvas and the samples."""
        return cell(self.title, FIRST, self.names)

    def move(self, axis: int) -> Block:
        """How far the drawing is moved: 0 to the right, 1 down; below the choice."""
        return cell(self.title, MOVE, self.names + 1 + 2 * axis)

    def answer(self) -> Block:
        """What the network says, below that."""
        return cell(self.title, ANSWER, self.names)

    def drawings(self) -> Block:
        """The canvas and the samples, (pictures, height, width)."""
        shape = (self.pictures, self.height, self.width)
        return Block(shape, (Anchor(self.title, TOP, LEFT),), ((self.apart, 0), DOWN, ACROSS))

    def picture(self, number: int) -> Block:
        """One of them, (height, width), counted from 0."""
        return grid(self.title, TOP + number * self.apart, LEFT, self.height, self.width)

    def above(self, number: int) -> Block:
        """The cell above one of them: of a sample, what it is."""
        return cell(self.title, TOP + number * self.apart - 1, LEFT)

    def shown(self) -> Block:
        """What the network sees, (height, width)."""
        return grid(self.title, TOP, self.seen, self.height, self.width)

    def shades(self, count: int) -> Block:
        """Cells for some numbers below the canvas, which show how dark each number is."""
        return across(self.title, TOP + self.height + 1, LEFT, count)

    def beside(self, column: int) -> Block:
        """A column of the bars: 0 has the names of the classes, 1 their probabilities, 2 the bars themselves."""
        return down(self.title, TOP, self.names + column, self.bars)

    def listed(self, column: int) -> Block:
        """A column of the lists: 0 has the names of the pictures, 1 the number of the one that is chosen."""
        return down(self.title, self.lists, self.names + column, self.pictures)

    def name(self, number: int) -> Block:
        """The name of one of the pictures in the lists."""
        return cell(self.title, self.lists + number, self.names)

    def number(self) -> Block:
        """The number of the chosen picture, below the lists."""
        return cell(self.title, self.lists + self.pictures, self.names + 1)

    def moved(self, axis: int) -> Block:
        """How far the drawing is really moved, below that: 0 to the right, 1 down."""
        return cell(self.title, self.lists + self.pictures + 1 + axis, self.names + 1)

    def palette(self) -> Block:
        """The light of each colour, (colours, 3)."""
        return grid(self.title, self.lists, self.seen, self.colors, 3)

    def swatches(self) -> Block:
        """A cell of each colour, beside what it is called."""
        return down(self.title, self.legend, self.names - 1, self.colors)


def canvas_of(planner: Planner, title: str, pictures: int, colors: int) -> Canvas:
    """The canvas for the photo of a network, on a sheet with a title."""
    network = planner.plan.network
    _, height, width = network.shape
    count = 0 if network.line_up is None else len(network.classes)
    classes = count if count <= MOST_CHARTED else 0
    return Canvas(title, height, width, pictures, colors, classes, classes if CLASSES in planner.plan.blocks else 0)


def place_canvas(planner: Planner, canvas: Canvas, most: int) -> None:
    """Place what the channels read: the pictures, the choice of one of them, and what the network sees of it.

    ``most``: the largest number of a pixel. The names of the pictures are "draw.names".
    """
    planner.input(PICTURES, DRAWING, canvas.drawings())
    planner.input("draw.choice", CHOICE, canvas.choice())
    planner.place("draw.names", canvas.listed(0))
    reads = {"names": "draw.names", "choice": "draw.choice"}
    planner.look("draw.chosen", Chosen(), reads, picks=canvas.listed(1), out=canvas.number())
    for axis, way in enumerate(WAYS):
        planner.input(f"draw.choice.{way}", CHOICE, canvas.move(axis))
        planner.look(f"draw.{way}", Shift(FARTHEST), {"choice": f"draw.choice.{way}"}, out=canvas.moved(axis))
    reads = {"pictures": PICTURES, "number": "draw.chosen.out"} | {way: f"draw.{way}.out" for way in WAYS}
    planner.look("draw.seen", Picture(most, whole=bool(canvas.colors)), reads, out=canvas.shown())
    photo = planner.plan.blocks[f"{PHOTO}.out"]
    if canvas.colors:
        planner.input("draw.palette", NUMBER, canvas.palette())
        planner.look(PHOTO, Painted(), {"seen": "draw.seen.out", "palette": "draw.palette"}, out=photo)
    else:
        planner.look(PHOTO, Copy((1, canvas.height, canvas.width)), {"x": "draw.seen.out"}, out=photo)

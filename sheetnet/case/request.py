"""What is asked of ``sheetnet.build`` and of the command ``sheetnet build``: each option is declared here, once."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from sys import modules
from typing import TYPE_CHECKING, Literal

from sheetnet.errors import NetworkError, SheetnetError, WorkbookError, shown
from sheetnet.picture import name_of
from sheetnet.reading import Reading
from sheetnet.recalc import EMBEDDED, Engine
from sheetnet.request import option, settle

if TYPE_CHECKING:  # which imports NumPy, so the annotation is a text
    from sheetnet.network import Network
    from sheetnet.picture import Picture

Fit = Literal["crop", "pad"]
Search = Literal["crop", "pad", "find"]
Layout = Literal["auto", "planes", "rows"]
Language = Literal["en", "zh"]
Theme = Literal["clear", "contrast"]
Paper = Literal["a4", "letter"]
Progress = Callable[[str, int, int], None]

DEFAULT = "detective"  # the template
MAX_SIDE = 512  # pixels
MAX_SEED = (1 << 32) - 1


def refuse_template(template: object, error: type[SheetnetError]) -> None:
    """Raise ``error`` where this is no name of a template and no ``Network``."""
    room = modules.get("sheetnet.network")  # not imported here; who has a Network has imported it
    if not isinstance(template, str | Path) and not (room is not None and isinstance(template, room.Network)):
        raise error(f"--template: {shown(template)} cannot be used; use the name or the folder of a template")


@dataclass(frozen=True, slots=True)
class Options:
    """What a workbook is to be, whatever the photo. WorkbookError or NetworkError says which option cannot be."""

    _: KW_ONLY
    template: "str | Path | Network" = option(
        DEFAULT, "The network: name or folder of a template. In Python a ``Network`` as well.", "-t", metavar="NAME"
    )
    model: str | Path | None = option(
        None,
        "A .safetensors or .onnx file with weights, and perhaps their network, in place of the template's own. "
        'A .safetensors file has float tensors named "node.parameter", or is a PyTorch state dict whose tensors '
        "have the same shapes. An .onnx file needs ``sheetnet[onnx]``.",
        "-m",
    )
    label: str | None = option(None, "The true class, without which the loss is 0.", "-l", metavar="NAME")
    size: int | tuple[int, int] | None = option(
        None,
        "Height and width that the photo is brought to, in pixels. One number stands for a square. At another size "
        "than a template's weights were trained for, all weights are random.",
        none="the size of the network",
        metavar="N or HxW",
    )
    fit: Search | None = option(
        None,
        'What is done to a photo of another shape: "crop" cuts it, "pad" adds white, "find" takes the piece that the '
        "network is surest of. The template may name the class that is looked for.",
        none='"find" where the template looks for something, "crop" elsewhere',
    )
    stretch: bool = option(
        False, "Make a picture brighter whose greys of 16 or 32 bits use a sixteenth of their levels at most."
    )
    seed: int | None = option(
        None,
        "Start the weights at random, and not from those that were learned. A whole number from 0 to 2**32 - 1 "
        "(He normal, arXiv 1502.01852). Weights that a network.toml or a model gives stay as they are.",
        none="trained weights where there are any, others from seed 0",
    )
    layout: Layout | None = option(None, "How channels lie on a sheet.", none="as the network says")
    language: Language = option("en", "The language of everything that the workbook says.", "--lang")
    theme: Theme = option(
        "clear",
        'The colours of the workbook. "clear" suits colour-blind readers as well, "contrast" has black text on '
        "strong colours.",
    )
    paper: Paper = option("a4", "The paper that the workbook is printed on.")
    plain: bool = option(False, "Only the network: no close-ups, charts and checks.")
    backward: bool = option(
        False,
        "One step of learning as well: the gradients, the new weights, and the loss with them. It needs a label.",
    )
    reading: Reading | None = option(
        None, "How an .onnx model is to be read: classes, sizes, preprocessing.", cli=False
    )
    until: str | None = option(
        None, "Build the first part of the network only, up to the layer of this name.", metavar="LAYER"
    )
    fold: bool = option(
        False, "Fold each batchnorm into the convolution before it: the same numbers in fewer layers."
    )
    force: bool = option(False, "Overwrite the workbook.", "-f")
    engine: Engine | None = option(
        EMBEDDED, "The spreadsheet engine that proves the workbook. See ``verify``; None: no proof."
    )
    progress: Progress | None = option(
        None, "Called now and then with what is being done, how much of it is done, and how much there is.", cli=False
    )

    def __post_init__(self) -> None:
        settle(self, WorkbookError)
        refuse_template(self.template, NetworkError)
        if self.sides is not None and not all(1 <= side <= MAX_SIDE for side in self.sides):
            raise NetworkError(f"--size: a side must be 1 to {MAX_SIDE} pixels")
        if self.seed is not None and not 0 <= self.seed <= MAX_SEED:
            raise NetworkError(f"--seed: {self.seed} is out of range; use a number from 0 to {MAX_SEED}")

    @property
    def sides(self) -> tuple[int, int] | None:
        """Height and width, where a size is asked for."""
        return (self.size, self.size) if isinstance(self.size, int) else self.size


@dataclass(frozen=True, slots=True)
class Request(Options):
    """A workbook that is asked for: its photo, its place, and its options, each of which is declared once."""

    photo: "Picture | None" = option(
        None,
        "A picture of any size: JPEG, PNG, GIF, BMP, TIFF, WebP, or HEIC (with ``sheetnet[heic]``). A path, bytes, "
        "an open binary file, a PIL image, or a NumPy array (H, W) or (H, W, 3) of 0 to 255.",
        none="the picture that the template brings",
        cli=False,
    )
    out: str | Path | None = option(
        None,
        "The workbook to write, a name that ends in .xlsx.",
        "-o",
        "--output",
        none="the name of the photo or template, in this folder",
    )

    @property
    def path(self) -> Path:
        """Where the workbook is written."""
        if self.out is not None:
            return Path(self.out)
        if self.photo is not None:
            return Path(f"{Path(name_of(self.photo)).stem}.xlsx")
        template = self.template if isinstance(self.template, str | Path) else self.template.name
        return Path(f"{Path(template).resolve().name}.xlsx")

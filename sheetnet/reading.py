"""How an .onnx model is to be read: each of these options is declared here, once, for Python and the command line.

--classes labels.txt --input-shape 3,32,32 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --scale 255 --ink
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from sheetnet.errors import ModelFileError
from sheetnet.request import option, settle

Channels = Literal["rgb", "bgr", "grey"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an .onnx file does not say; None where nobody does. ``modelfile.open_model`` checks the values."""

    classes: str | Path | None = option(
        None, "Of an .onnx model: a text file with the names of its classes, one per line."
    )
    input_shape: str | None = option(
        None,
        'Of an .onnx model: its input where it leaves the size open, "3,32,32" or "NAME:1,3,32,32".',
        metavar="C,H,W",
    )
    mean: str | None = option(
        None,
        "Of an .onnx model: what it subtracts from each channel, (x / scale - mean) / std. A number, or one for each "
        "channel with commas between.",
        metavar="N,...",
    )
    std: str | None = option(None, "Of an .onnx model: what it divides each channel by.", metavar="N,...")
    scale: float | None = option(None, "Of an .onnx model: what it divides pixels by.", none="255")
    channels: Channels | None = option(
        None, "Of an .onnx model: the order of the colours that it was trained on.", none="rgb"
    )
    ink: bool = option(
        False,
        "Of an .onnx model: it sees drawings, light strokes on black; those in the photo are found.",
    )

    def __post_init__(self) -> None:
        settle(self, ModelFileError)

    @property
    def asked(self) -> list[str]:
        """The options that somebody gave, as the command line spells them."""
        return [f"--{f.name.replace('_', '-')}" for f in fields(self) if getattr(self, f.name) not in (None, False)]

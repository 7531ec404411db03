"""How to train. Each option of ``sheetnet.train`` and of the command ``sheetnet train`` is declared here, once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sheetnet.case.request import MAX_SEED, Fit, refuse_template
from sheetnet.errors import TrainingError, shown
from sheetnet.request import option, options, settle

if TYPE_CHECKING:  # annotations that need these are texts, since both import NumPy
    from sheetnet.network import Network
    from sheetnet.picture import Picture
    from sheetnet.training.progress import Progress

Optimizer = Literal["sgd", "momentum", "adam"]
Loss = Literal["crossentropy", "squared"]
Data = Literal["digits", "shapes"]

SUFFIX = ".safetensors"
BOTH = "--labels: a dict of classes has its classes already; leave one of them out"
STEPS = 2400  # a small network learns by steps, and few pictures make few of them in an epoch
MOST = 10**6  # epochs, and pictures of a batch


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train, whatever the network and the pictures. TrainingError says which setting cannot be."""

    _: KW_ONLY
    epochs: int | None = option(
        None,
        "Times through all pictures, at most.",
        none=f"as many as make {STEPS:,} steps, but 30 to 300",
    )
    learning_rate: float | None = option(
        None, "The length of a step.", none="0.01 with adam, 0.03 with momentum, 0.1 with sgd"
    )
    optimizer: Optimizer = option("adam", "How a step is taken.")
    batch: int = option(32, "Pictures per step.")
    seed: int = option(
        0,
        "The same seed gives the same file, with the same NumPy on the same kind of processor; elsewhere the last "
        "digits differ. From it come the first weights, the split, the order of the pictures and "
        "their variation; 0 to 2**32 - 1.",
    )
    validation: float = option(0.2, "Share of each class that is held out and never trained on.")
    augment: bool | None = option(
        None, "Vary the pictures: shift, crop, mirror, turn, brighten.", none="yes for photos, no with data"
    )
    nothing: float = option(
        0.5,
        "Pictures of nothing for each picture, from which the network learns to doubt: blank, noise, blots of light. "
        "No class is right for them, so all should be equally likely.",
    )
    smoothing: float = option(
        0.05, "Share of the truth that is spread evenly over all classes, so that no answer is ever quite certain."
    )
    balance: bool = option(False, "Show each class equally often, whatever the number of its pictures.")
    patience: int | None = option(
        None, "Stop after so many epochs without a better one.", none="a quarter of all epochs, at least 10"
    )
    history: bool = option(
        False,
        "Keep in the model how it learned: loss and accuracy of each epoch, and the first filters as they grew. A "
        "workbook of the model then has a sheet of it.",
    )
    loss: Loss = option("crossentropy", 'What is made small; "squared" is half the squared error.')

    def __post_init__(self) -> None:
        settle(self, TrainingError)
        for name, least, most in (
            ("epochs", 1, MOST),
            ("batch", 1, MOST),
            ("patience", 1, MOST),
            ("seed", 0, MAX_SEED),
        ):
            value = getattr(self, name)
            if value is None and name in ("epochs", "patience"):
                continue
            if not isinstance(value, int) or not least <= value <= most:
                raise TrainingError(f"{name} is {shown(value)}; use a whole number from {least} to {most}")
        if not 0 < self.rate < float("inf"):
            raise TrainingError(f"learning rate is {shown(self.learning_rate)}; use a number above 0, such as 0.01")
        for name, usual in (("nothing", 0.5), ("smoothing", 0.05)):
            if not 0 <= getattr(self, name) <= 1:
                raise TrainingError(f"{name} is {shown(getattr(self, name))}; use 0 to 1, such as {usual}")
        if not 0 <= self.validation < 1:
            raise TrainingError(f"validation is {shown(self.validation)}; use a share from 0 to below 1, such as 0.2")

    @property
    def rate(self) -> float:
        """The learning rate, or the usual one of the optimizer."""
        from sheetnet.training.optimizers import OPTIMIZERS  # which imports NumPy

        return OPTIMIZERS[self.optimizer].usual if self.learning_rate is None else self.learning_rate

    def lasting(self, pictures: int) -> tuple[int, int]:
        """Epochs and patience for so many pictures to train on."""
        steps = max(1, -(-pictures // self.batch))
        epochs = min(max(-(-STEPS // steps), 30), 300) if self.epochs is None else self.epochs
        return epochs, max(epochs // 4, 10) if self.patience is None else self.patience


@dataclass(frozen=True, slots=True)
class Request(Settings):
    """A network that is to be trained: the settings, the pictures it learns from, and where its file goes.

    It inherits the settings so that each of them is declared once.
    """

    folder: "str | Path | Mapping[str, Iterable[Picture]] | None" = option(
        None,
        "Has one folder of pictures for each class, named after it; folders train, val and test may stand above "
        "them. In Python a dict of classes and their pictures as well, in files or in memory.",
        none="``data`` says what is learned from",
        cli=False,
    )
    out: str | Path | None = option(
        None,
        "The model to write, a name that ends in .safetensors.",
        "-o",
        "--output",
        none="the name of the folder or data, in this folder",
    )
    _: KW_ONLY
    data: Data | None = option(
        None,
        "In place of a folder: 1,797 handwritten digits of scikit-learn, or 9,000 shapes drawn at random. "
        '"digits" needs ``sheetnet[digits]``.',
    )
    labels: str | Path | None = option(
        None,
        "In place of folders: a table with the name of a picture and its class in each line, such as a CSV file. "
        "Names count from the folder, or from the table where none is given.",
        metavar="FILE.csv",
    )
    start: str | Path | None = option(
        None,
        "Go on from a model that train wrote, a .safetensors file, in place of a template. Classes that it knows by "
        "their names keep their units in the last dense layer, others get new ones.",
        metavar="MODEL",
    )
    template: "str | Path | Network | None" = option(
        None,
        "The network: name or folder of a template. In Python a ``Network`` as well. Its last dense layer gets one "
        "unit for each class.",
        "-t",
        none='"detective" for a folder, or the name of the data',
        metavar="NAME",
    )
    fit: Fit = option("crop", 'What is done to pictures of another shape: "crop" cuts them, "pad" adds white.')
    force: bool = option(False, "Overwrite the model.", "-f")
    reading: Callable[[str, int, int], None] | None = option(
        None, "Called while the pictures are read, as ``progress`` of ``build``.", cli=False
    )
    progress: "Callable[[Progress], None] | None" = option(None, "Called after each batch.", cli=False)

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        if self.template is not None:
            refuse_template(self.template, TrainingError)
        if (self.folder is None and self.labels is None) == (self.data is None):
            raise TrainingError("give a folder of pictures, or data='digits' or 'shapes' (--data), and not both")
        if not isinstance(self.folder, str | Path | Mapping | None):
            raise TrainingError(f"folder: {shown(self.folder)} cannot be used; use a path, or a dict of classes")
        if self.labels is not None and isinstance(self.folder, Mapping):
            raise TrainingError(BOTH)
        if self.start is not None and self.template is not None:
            raise TrainingError("--start: a model has its network already; leave the template out")

    @property
    def path(self) -> Path:
        """Where the model is written."""
        if self.out is not None:
            return Path(self.out)
        name: str = self.data or "pictures"
        if isinstance(self.folder, str | Path):
            name = Path(self.folder).resolve().name
        elif self.labels is not None:
            name = Path(self.labels).stem
        return Path(f"{name}{SUFFIX}")

    @property
    def settings(self) -> Settings:
        """The settings alone."""
        values: dict[str, Any] = {one.name: getattr(self, one.name) for one in options(Settings)}
        return Settings(**values)

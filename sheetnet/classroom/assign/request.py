"""What is asked of ``sheetnet.assign`` and of the command ``sheetnet assign``: each option is declared here, once."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Literal

from sheetnet.case.request import MAX_SEED, Language, Paper, Progress, Theme
from sheetnet.errors import WorkbookError
from sheetnet.request import option, settle

Ask = Literal["number", "formula"]
Level = Literal["1", "2", "3"]

STEPS = ("conv", "relu", "pool", "softmax", "loss", "gradient")
DEFAULT = "by-hand"  # the template
MOST_PUPILS = 1000
EASY: Level = "1"


@dataclass(frozen=True, slots=True)
class Request:
    """An exercise that is asked for. WorkbookError says which option cannot be."""

    photos: "str | Path | Sequence[str | Path]" = option(  # a text, since a sequence is no type of an option
        (), "Pictures, of which each pupil gets a piece of one; none where the template brings its own.", cli=False
    )
    out: str | Path | None = option(
        None, "The folder to write into.", "-o", "--output", none="exercise, in this folder", metavar="FOLDER"
    )
    _: KW_ONLY
    template: "str | Path" = option(  # a text, so that the command line takes it as one
        DEFAULT, "The network: name or folder of a template.", "-t", metavar="NAME"
    )
    names: str | Path | None = option(
        None, "A CSV file with a pupil in each row, the name first.", none="numbers instead of names"
    )
    count: int = option(1, "How many pupils there are, where no names are given.")
    blank: str = option(
        "conv,relu,pool,softmax,loss",
        'The steps of which cells are asked for, with commas between them: "conv", "relu", "pool", "softmax", "loss" '
        'or "gradient".',
        metavar="STEPS",
    )
    ask: Ask = option("number", "What is asked for: a number, or a live formula.")
    level: Level = option(EASY, "How many cells a step asks for, and how much the hints tell: 1 is the easiest.")
    seed: int = option(0, "From which the numbers of all pupils are drawn.")
    language: Language = option("en", "The language of everything that the workbooks say.", "--lang")
    theme: Theme = option("clear", "The colours of the workbooks.")
    paper: Paper = option("a4", "The paper that the workbooks are printed on.")
    force: bool = option(False, "Overwrite the files of an earlier exercise.", "-f")
    progress: Progress | None = option(
        None, "Called now and then with what is being done, how much of it is done, and how much there is.", cli=False
    )

    def __post_init__(self) -> None:
        settle(self, WorkbookError)
        if not 0 <= self.seed <= MAX_SEED:
            raise WorkbookError(f"--seed: {self.seed} is out of range; use a number from 0 to {MAX_SEED}")
        if not 1 <= self.count <= MOST_PUPILS:
            raise WorkbookError(f"--count: {self.count} pupils; use 1 to {MOST_PUPILS:,}")
        if not self.steps or (unknown := [one for one in self.steps if one not in STEPS]):
            wrong = repr(unknown[0]) if self.steps else "nothing"
            raise WorkbookError(f"--blank: {wrong} is no step to ask for; use some of {', '.join(STEPS)}")

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The pictures of which pupils get a piece."""
        given = (self.photos,) if isinstance(self.photos, str | Path) else tuple(self.photos)
        return tuple(Path(one) for one in given)

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of which cells are asked for."""
        return tuple(dict.fromkeys(one.strip() for one in self.blank.split(",") if one.strip()))

    @property
    def folder(self) -> Path:
        """Where the exercise is written."""
        return Path("exercise" if self.out is None else self.out)

"""What is asked of ``sheetnet.assign`` and of the command ``sheetnet assign``: each option is declared here, once."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Literal

from sheetnet.case.request import MAX_SEED, Language, Paper, Progress, Theme, refuse_template
from sheetnet.classroom.jobs.options import jobs_option, scheduler_option
from sheetnet.errors import NetworkError, WorkbookError, shown
from sheetnet.recalc import EMBEDDED, Engine
from sheetnet.request import option, settle

Ask = Literal["number", "formula"]

STEPS = ("conv", "relu", "pool", "softmax", "loss", "gradient")
DEFAULT = "by-hand"  # the template
MOST_PUPILS = 1000


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
    model: str | Path | None = option(None, "A .safetensors or .onnx file with weights, as for ``build``.", "-m")
    label: str | None = option(
        None, "The true class, where a loss is asked for.", "-l", none="what the network says", metavar="NAME"
    )
    names: str | Path | None = option(
        None,
        "A .csv file with a pupil in each row. The names stand in a column called name, or in the first one.",
        none="numbers instead of names",
        metavar="FILE",
    )
    count: int | None = option(
        None, f"How many pupils there are, 1 to {MOST_PUPILS:,}, where no names are given.", none="1", metavar="N"
    )
    blank: str = option(
        "conv,relu,pool,softmax,loss",
        'The steps of which cells are asked for, with commas between them: "conv", "relu", "pool", "softmax", "loss" '
        'or "gradient".',
        metavar="STEPS",
    )
    ask: Ask = option("number", "What is asked for: a number, or a live formula.")
    level: int = option(
        1, "How many cells a step asks for, and how much the hints tell: 1 is the easiest.", metavar="1..3"
    )
    one: bool = option(
        False, "One workbook for everybody: the pupil types a number, and picture and filters follow from it."
    )
    seed: int = option(0, "From which the numbers of all pupils are drawn.")
    language: Language = option("en", "The language of everything that the workbooks say.", "--lang")
    theme: Theme = option("clear", "The colours of the workbooks.")
    paper: Paper = option("a4", "The paper that the workbooks are printed on.")
    jobs: int | None = jobs_option()
    scheduler: str | None = scheduler_option()
    force: bool = option(False, "Overwrite the files of an earlier exercise.", "-f")
    engine: Engine | None = option(
        EMBEDDED, "The spreadsheet engine that proves the solved workbooks. See ``verify``; None: no proof."
    )
    progress: Progress | None = option(None, "As for ``build``.", cli=False)

    def __post_init__(self) -> None:
        settle(self, WorkbookError)
        if not 0 <= self.seed <= MAX_SEED:
            raise WorkbookError(f"--seed: {self.seed} is out of range; use a number from 0 to {MAX_SEED}")
        refuse_template(self.template, NetworkError)
        if not isinstance(self.photos, str | Path) and not all(isinstance(one, str | Path) for one in self.photos):
            raise WorkbookError(f"photos: {shown(self.photos)} cannot be used; use texts or paths")
        if self.count is not None and self.names is not None:
            raise WorkbookError("--count: the names say how many pupils there are; leave --count or --names out")
        if self.count is not None and not 1 <= self.count <= MOST_PUPILS:
            raise WorkbookError(
                f"--count: {shown(self.count)} pupils cannot be; use a number from 1 to {MOST_PUPILS:,}"
            )
        if self.one and len(self.pictures) > 1:
            raise WorkbookError(f"--one: {len(self.pictures)} pictures; one workbook has one, so give one")
        if self.level not in (1, 2, 3):
            raise WorkbookError(f"--level: {shown(self.level)} is no level; use 1, 2 or 3")
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

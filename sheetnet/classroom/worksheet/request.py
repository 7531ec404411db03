"""A request for worksheets: what they are made of, for whom, and where they are written."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.case.request import MAX_SEED, Language, Paper, Progress
from sheetnet.errors import WorkbookError, shown
from sheetnet.recalc import EMBEDDED, Engine
from sheetnet.request import option, settle

if TYPE_CHECKING:
    from sheetnet.picture import Picture

MOST = 200  # worksheets
PDF, XLSX = ".pdf", ".xlsx"
NAME = "handout.pdf"


@dataclass(frozen=True, slots=True)
class Request:
    """Worksheets that are asked for. WorkbookError says which option cannot be."""

    photo: "Picture | None" = option(
        None,
        "A picture of any size, as for ``build``; each sheet gets a piece of it.",
        none="the small picture of the template by-hand",
        cli=False,
    )
    out: str | Path | None = option(
        None,
        "What to write, a name that ends in .pdf, for which LibreOffice must be installed, or in .xlsx.",
        "-o",
        "--output",
        none=f"{NAME}, in this folder",
    )
    _: KW_ONLY
    answers: bool = option(
        False, "Write the answers as well. They go to a second file beside the first one, name-answers."
    )
    count: int | None = option(None, f"How many different sheets, 1 to {MOST}.", none="1", metavar="N")
    names: str | Path | None = option(
        None,
        "A .csv file with the names of a class, one sheet for each. They stand in a column called name, or in the "
        "first one.",
        metavar="FILE",
    )
    level: int = option(
        1,
        "How far it goes: 1 with powers of 3; 2 with e, from a table; 3 with a gradient and an update as well.",
        metavar="1..3",
    )
    paper: Paper = option("a4", "The paper that they are printed on.")
    language: Language = option("en", "The language of the worksheets.", "--lang")
    seed: int = option(0, "Decides the numbers. A whole number from 0 to 2**32 - 1; the same gives the same sheets.")
    force: bool = option(False, "Overwrite what is there.", "-f")
    engine: Engine | None = option(
        EMBEDDED, "The spreadsheet engine that proves the answers. See ``verify``; None: no proof."
    )
    progress: Progress | None = option(None, "As for ``build``.", cli=False)

    def __post_init__(self) -> None:
        settle(self, WorkbookError)
        if self.path.suffix.lower() not in (PDF, XLSX):
            raise WorkbookError(f"{self.path}: the name must end in {PDF} or {XLSX}")
        if self.count is not None and self.names is not None:
            raise WorkbookError("--count: the names say how many sheets there are; leave --count or --names out")
        if self.count is not None and not (type(self.count) is int and 1 <= self.count <= MOST):
            raise WorkbookError(f"--count: {shown(self.count)} sheets cannot be made; use a number from 1 to {MOST}")
        if self.level not in (1, 2, 3):
            raise WorkbookError(f"--level: {shown(self.level)} is no level; use 1, 2 or 3")
        if not 0 <= self.seed <= MAX_SEED:
            raise WorkbookError(f"--seed: {self.seed} is out of range; use a number from 0 to {MAX_SEED}")

    @property
    def path(self) -> Path:
        """Where the worksheets are written."""
        return Path(NAME if self.out is None else self.out)

    @property
    def key(self) -> Path:
        """Where the answers are written."""
        return self.path.with_name(f"{self.path.stem}-answers{self.path.suffix}")

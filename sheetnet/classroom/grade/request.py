"""What is asked of ``sheetnet.grade`` and of the command ``sheetnet grade``: each option is declared here, once."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from sheetnet.case.request import Progress
from sheetnet.classroom.jobs.options import jobs_option, scheduler_option
from sheetnet.errors import WorkbookError
from sheetnet.limits import LONGEST, MEMORY, megabytes, timed
from sheetnet.request import option, settle

TIMEOUT = 30.0  # seconds for a file
DEFAULT = "results"  # the folder


@dataclass(frozen=True, slots=True)
class Request:
    """Marks that are asked for. WorkbookError or LimitError says which option cannot be."""

    manifest: str | Path = option(
        "", "The manifest.json that ``assign`` has written. It alone is trusted.", cli=False
    )
    submissions: str | Path = option(
        "",
        "A folder of .xlsx files, as Excel, LibreOffice or Gnumeric have saved them, also in folders of its own; or a"
        " zip of them. It may be what Moodle or Canvas lets a teacher download.",
        cli=False,
    )
    out: str | Path | None = option(
        None,
        "The folder for grades.csv, summary.xlsx and a feedback workbook for each file.",
        "-o",
        "--output",
        none=f"{DEFAULT}, in this folder",
        metavar="FOLDER",
    )
    _: KW_ONLY
    gradebook: str | Path | None = option(
        None,
        "The grading worksheet of Moodle or the gradebook of Canvas: a copy gets the marks. That is gradebook.csv;"
        " feedback.zip has the feedback under the names by which the platform knows its pupils.",
        metavar="CSV",
    )
    assignment: str | None = option(
        None, "The column of a gradebook of Canvas that has several: its title, its id, or both.", metavar="TITLE"
    )
    hide_answers: bool = option(False, "Tell no answer of an item that is not right.")
    jobs: int | None = jobs_option()
    scheduler: str | None = scheduler_option()
    timeout: float = option(TIMEOUT, "Seconds for each file.", metavar="SECONDS", cli=False)
    memory: float | None = option(None, "MB in RAM for each process.", none="1 GiB", cli=False)
    force: bool = option(False, "Overwrite the marks of before.", "-f")
    progress: Progress | None = option(None, "As for ``build``.", cli=False)

    def __post_init__(self) -> None:
        settle(self, WorkbookError)
        if self.assignment is not None and self.gradebook is None:
            raise WorkbookError("--assignment: chooses a column of a gradebook; give that as well (--gradebook)")
        timed(self.timeout)
        megabytes(self.memory, MEMORY)

    @property
    def folder(self) -> Path:
        """Where the marks are written."""
        return Path(DEFAULT if self.out is None else self.out)

    @property
    def seconds(self) -> float:
        """The time for a file."""
        return min(self.timeout, LONGEST)

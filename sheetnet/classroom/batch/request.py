"""What is asked of ``sheetnet.batch`` and of the command ``sheetnet batch``: those of ``build``, and more."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from sheetnet.case.request import Options
from sheetnet.classroom.jobs.options import jobs_option, scheduler_option
from sheetnet.errors import WorkbookError, shown
from sheetnet.request import option


@dataclass(frozen=True, slots=True)
class Request(Options):
    """Workbooks that are asked for, one for each photo of a folder."""

    folder: str | Path = option("", "Has the photos, also in folders of its own.", cli=False)
    out: str | Path | None = option(
        None,
        "The folder for the workbooks, made where it is not there.",
        "-o",
        "--output",
        none='the name of the folder and "-workbooks", in this folder',
        metavar="OUT",
    )
    _: KW_ONLY
    jobs: int | None = jobs_option()
    scheduler: str | None = scheduler_option()

    def __post_init__(self) -> None:
        Options.__post_init__(self)
        if not isinstance(self.folder, str | Path) or not str(self.folder):
            raise WorkbookError(f"{shown(self.folder)}: no folder; give one that has photos")

    @property
    def path(self) -> Path:
        """The folder for the workbooks."""
        return Path(f"{Path(self.folder).resolve().name}-workbooks") if self.out is None else Path(self.out)

"""What is asked of ``sheetnet.batch`` and of the command ``sheetnet batch``: those of ``build``, and more."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from sheetnet.case.request import Options
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
    jobs: int | None = option(
        None,
        "How many processes work at a time, 1 to 1,024.",
        "-j",
        none="one for each core, as far as there is memory",
        metavar="N",
    )
    scheduler: str | None = option(
        None,
        'The address of a Dask scheduler, such as "tcp://127.0.0.1:8786", whose workers are used in place of '
        "processes. They must see the same files under the same names. It needs ``sheetnet[dask]``.",
        metavar="ADDRESS",
    )

    def __post_init__(self) -> None:
        Options.__post_init__(self)
        if not isinstance(self.folder, str | Path) or not str(self.folder):
            raise WorkbookError(f"{shown(self.folder)}: no folder; give one that has photos")

    @property
    def path(self) -> Path:
        """The folder for the workbooks."""
        return Path(f"{Path(self.folder).resolve().name}-workbooks") if self.out is None else Path(self.out)

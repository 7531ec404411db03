"""A request for a page: which network it has, what it begins with, and where it is written."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.case.request import DEFAULT, Language, Progress, refuse_template
from sheetnet.errors import WorkbookError
from sheetnet.request import option, settle

if TYPE_CHECKING:
    from sheetnet.network import Network
    from sheetnet.picture import Picture

HTML = ".html"


@dataclass(frozen=True, slots=True)
class Request:
    """A page that is asked for. WorkbookError says which option cannot be."""

    photo: "Picture | None" = option(
        None,
        "The picture that the page begins with, as for ``build``.",
        none="the picture that the template brings, or a drawn one",
        cli=False,
    )
    out: str | Path | None = option(
        None,
        "The page to write, a name that ends in .html.",
        "-o",
        "--output",
        none="the name of the template, in this folder",
    )
    _: KW_ONLY
    template: "str | Path | Network" = option(
        DEFAULT, "The network: name or folder of a template. In Python a ``Network`` as well.", "-t", metavar="NAME"
    )
    model: str | Path | None = option(
        None, "A .safetensors or .onnx file with weights, as for ``build``.", "-m", metavar="PATH"
    )
    language: Language = option("en", "The language of the page, and of the workbooks that it writes.", "--lang")
    force: bool = option(False, "Overwrite the page.", "-f")
    progress: Progress | None = option(None, "As for ``build``.", cli=False)

    def __post_init__(self) -> None:
        settle(self, WorkbookError)
        refuse_template(self.template, WorkbookError)

    @property
    def path(self) -> Path:
        """Where the page is written."""
        if self.out is not None:
            return Path(self.out)
        if self.model is not None:
            return Path(f"{Path(self.model).stem}{HTML}")
        template = self.template if isinstance(self.template, str | Path) else self.template.name
        return Path(f"{Path(template).resolve().name}{HTML}")

"""sheetnet: a photo and a small convolutional network become a workbook of live formulas, proven cell by cell.

    import sheetnet
    built = sheetnet.build("photo.jpg", "photo.xlsx", label="Cat")
    report = sheetnet.verify("photo.xlsx", engine="libreoffice")
    assert report.proven
    sheetnet.export("photo.xlsx", "photo.pdf", sheets=["Start", "Loss"])

    trained = sheetnet.train("pictures", "mine.safetensors")      # one folder per class
    sheetnet.build("photo.jpg", "photo.xlsx", model="mine.safetensors")
    print(sheetnet.evaluate("mine.safetensors", "other-pictures").score.accuracy)

Nothing heavy is imported before it is needed: ``import sheetnet`` alone costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheetnet.api import Built, build, compare, convert, evaluate, export, train, verify
    from sheetnet.errors import SheetnetError
    from sheetnet.network import Network
    from sheetnet.proof.comparison import Comparison
    from sheetnet.proof.report import Report

__version__ = "0.1.0"
__all__ = ["Built", "Comparison", "Network", "Report", "SheetnetError"]
__all__ += ["build", "compare", "convert", "evaluate", "export", "train", "verify"]
_HOMES = {  # of those not in api
    "Comparison": "proof.comparison",
    "Network": "network",
    "Report": "proof.report",
    "SheetnetError": "errors",
}


def __getattr__(name: str) -> Any:
    """A public name, imported when somebody asks for it."""
    if name not in __all__:
        raise AttributeError(f"module 'sheetnet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"sheetnet.{_HOMES.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

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
    from sheetnet.api import (
        Built,
        assign,
        build,
        compare,
        convert,
        evaluate,
        export,
        grade,
        handout,
        page,
        train,
        verify,
    )
    from sheetnet.case.verdict import Verdict
    from sheetnet.classroom.assign.assign import Assigned
    from sheetnet.classroom.batch import Batch, Made, batch
    from sheetnet.classroom.grade.grade import Graded
    from sheetnet.classroom.worksheet.make import Handout
    from sheetnet.errors import (
        EngineError,
        JobError,
        LimitError,
        ModelFileError,
        NetworkError,
        PhotoError,
        SheetnetError,
        TrainingError,
        WorkbookError,
    )
    from sheetnet.network import Network
    from sheetnet.photo import Piece
    from sheetnet.picture import Picture
    from sheetnet.proof.comparison import Comparison
    from sheetnet.proof.report import Edit, Report, Tensor, Wrong
    from sheetnet.reading import Reading
    from sheetnet.recalc import Engine
    from sheetnet.training.calibration import Calibration
    from sheetnet.training.fit import Trained
    from sheetnet.training.progress import Progress
    from sheetnet.training.score import Evaluation, Score
    from sheetnet.training.split import Doubt
    from sheetnet.webpage.make import Page

__version__ = "0.1.0"
__all__ = [
    "Assigned",
    "Batch",
    "Built",
    "Calibration",
    "Comparison",
    "Doubt",
    "Edit",
    "Engine",
    "EngineError",
    "Evaluation",
    "Graded",
    "Handout",
    "JobError",
    "LimitError",
    "Made",
    "ModelFileError",
    "Network",
    "NetworkError",
    "Page",
    "PhotoError",
    "Picture",
    "Piece",
    "Progress",
    "Reading",
    "Report",
    "Score",
    "SheetnetError",
    "Tensor",
    "Trained",
    "TrainingError",
    "Verdict",
    "WorkbookError",
    "Wrong",
    "assign",
    "batch",
    "build",
    "compare",
    "convert",
    "evaluate",
    "export",
    "grade",
    "handout",
    "page",
    "train",
    "verify",
]
_HOMES = {  # of those that are not in api
    "Assigned": "classroom.assign.assign",
    "Calibration": "training.calibration",
    "Comparison": "proof.comparison",
    "Doubt": "training.split",
    "Engine": "recalc",
    "Evaluation": "training.score",
    "Graded": "classroom.grade.grade",
    "Handout": "classroom.worksheet.make",
    "Network": "network",
    "Picture": "picture",
    "Page": "webpage.make",
    "Piece": "photo",
    "Progress": "training.progress",
    "Reading": "reading",
    "Score": "training.score",
    "Trained": "training.fit",
    "Verdict": "case.verdict",
    **dict.fromkeys(("Batch", "Made", "batch"), "classroom.batch"),
    **dict.fromkeys(("Edit", "Report", "Tensor", "Wrong"), "proof.report"),
    **{name: "errors" for name in __all__ if name.endswith("Error")},
}

if not TYPE_CHECKING:  # a type checker would take every name for one of these

    def __getattr__(name: str) -> Any:
        """A public name, imported when somebody asks for it."""
        if name not in __all__:
            raise AttributeError(f"module 'sheetnet' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"sheetnet.{_HOMES.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

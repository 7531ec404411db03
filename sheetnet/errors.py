"""Everything that can go wrong for a reader, as one tree.

    SheetnetError
    ├── PhotoError       a picture that cannot be read, or does not suit the network
    ├── NetworkError     a network spec, layer or parameter that does not fit
    ├── TrainingError    pictures or settings from which nothing can be learned
    ├── ModelFileError   weights on disk that cannot be read or do not match
    ├── WorkbookError    a file that cannot be written, or is no sheetnet workbook
    │   └── SavingError  the former, for want of room or of a right; nothing of it was saved
    ├── EngineError      a spreadsheet engine that is missing, or failed
    ├── JobError         workers or a cluster that are missing, or failed
    └── LimitError       a file that needs more time or memory than it may have

A message is one line. It says what is wrong, where, and how to mend it. ``cli`` prints it and exits with status 2,
and nothing else does.
"""

from __future__ import annotations

from pathlib import Path


def shown(value: object) -> str:
    """How a message shows a value: in one line of at most 60 characters, whatever the value is."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a very large number"
    return text if len(text) <= 60 else f"{text[:57]}..."


def place_of(error: BaseException) -> str:
    """The last line of Python that an error went through, as "read.py:12"; nothing where it went through none."""
    trace, at = error.__traceback__, ""
    while trace is not None:
        at = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return at


class SheetnetError(Exception):
    """The root: catch this to catch every error that sheetnet raises on purpose."""


class PhotoError(SheetnetError):
    """A picture that cannot be read, or does not suit the network."""


class NetworkError(SheetnetError):
    """A network spec, a layer or a parameter that does not fit."""


class TrainingError(SheetnetError):
    """Pictures or settings from which nothing can be learned."""


class ModelFileError(SheetnetError):
    """Weights on disk that cannot be read or do not match the network."""


class WorkbookError(SheetnetError):
    """A file that cannot be written, or that is not a workbook made by sheetnet."""


class SavingError(WorkbookError):
    """A file that could not be written. The message says that nothing was saved, which is true of this file."""

    END = "; nothing was saved"

    @property
    def what(self) -> str:
        """What went wrong, without what became of the rest; for whoever makes many files, of which others stay."""
        return str(self).removesuffix(self.END)


class EngineError(SheetnetError):
    """A spreadsheet engine that is missing, or failed."""


class LimitError(SheetnetError):
    """A file that needs more time or memory than it may have."""


class JobError(SheetnetError):
    """Workers or a cluster that are missing, or that failed at one of many jobs."""

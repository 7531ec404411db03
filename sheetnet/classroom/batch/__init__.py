"""A workbook for each photo of a folder, on all cores or on a Dask cluster.

request   what can be asked for
photos    which files are photos, and what their workbooks are called
make      the jobs, and what became of them
work      one workbook, made by a worker
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetnet.classroom.batch.request import Request
from sheetnet.request import takes


@dataclass(frozen=True, slots=True)
class Made:
    """A workbook of a photo. ``new``: it was made now, and not by an earlier run.

    ``photo``, ``path``: in their folders. ``proven``: None where no proof was asked for. ``answer``, ``probability``:
    what the network says of the photo, as ``Built.verdict``; None where it tells no classes apart.
    """

    photo: Path
    path: Path
    new: bool
    formulas: int
    proven: bool | None
    answer: str | None
    probability: float | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What ``batch`` made: workbooks in ``folder``, in the order of the photos.

    ``broken``: a line for each photo that has none, and why. ``notes``: what was left out, a line each.
    """

    folder: Path
    workbooks: tuple[Made, ...]
    broken: tuple[str, ...]
    notes: tuple[str, ...]


@takes(Request)
def batch(request: Request) -> Batch:
    """Make a workbook for each photo of a folder, and prove it.

    What an earlier run has made in the same way is not made again. Called from a script, it needs no guard
    ``if __name__ == "__main__"``.

    Returns:
        A ``Batch``. A photo that cannot be read, and whatever else goes wrong with one workbook, is in ``broken``.

    Raises:
        SheetnetError: nothing can be made at all, or the disk is full. What is finished stays, and so does it after
            a KeyboardInterrupt; no file is left half-written.

    """
    from sheetnet.classroom.batch.make import make

    return make(request)

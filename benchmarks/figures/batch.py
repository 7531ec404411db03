"""What many workbooks cost: a photo more, and how much faster two processes are than one."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

from figures.common import PHOTO, PYTHON
from measure import Row, alternate, ratio, typical

FEW, MANY = 2, 8  # photos, of which the difference is measured
CLASS = 16  # photos for one process or two: starting them takes a second of the time
PLANNED = 10_000  # photos that docs/batch.md tells of


def batch(folder: Path) -> list[Row]:
    """CPU of all processes for a default workbook more, without the proof and with it; two processes against one."""
    for count in (FEW, MANY, CLASS):
        (folder / f"{count}").mkdir()
        for number in range(count):
            shutil.copy(PHOTO, folder / f"{count}" / f"{number:02}.png")

    def command(count: int, jobs: int, engine: str) -> list[str]:
        options = ["--jobs", f"{jobs}", "--engine", engine, "--force"]
        return [PYTHON, "-m", "sheetnet", "batch", str(folder / f"{count}"), "-o", str(_new(folder)), *options]

    rows = []
    for engine, limit, what in (("none", 0.8, "without the proof"), ("formualizer", 1.6, "with the proof")):
        runs = alternate(
            {count: (lambda count=count, engine=engine: command(count, 1, engine)) for count in (FEW, MANY)},
            3,
            warm=True,
        )
        few, many = ([one.cpu for one in runs[count]] for count in (FEW, MANY))
        each = [(more - less) / (MANY - FEW) for less, more in zip(few, many, strict=True)]
        shown = {
            "CPU s of one more": typical(each),
            f"CPU s of {MANY}, with all that is imported": typical(many),
            f"hours of CPU for {PLANNED:,}": round(statistics.median(each) * PLANNED / 3600, 2),
        }
        name = f"batch: CPU of a default workbook, {what}"
        rows.append(Row(name, "-", statistics.median(each), min(each), "at most", limit, "s", context=shown))
    runs = alternate({jobs: (lambda jobs=jobs: command(CLASS, jobs, "formualizer")) for jobs in (1, 2)}, 2)
    walls = {jobs: [one.wall for one in each] for jobs, each in runs.items()}
    shown = {f"{jobs} s": typical(each) for jobs, each in walls.items()}
    shown |= {f"{jobs} CPU s": typical([one.cpu for one in each]) for jobs, each in runs.items()}
    pair = ratio(walls[1], walls[2])
    return [*rows, Row(f"batch: {CLASS} photos, two processes", "one", *pair, "at least", 1.7, context=shown)]


def _new(folder: Path) -> Path:
    """A folder for workbooks that is not there yet."""
    return folder / f"out-{len(list(folder.glob('out-*')))}"

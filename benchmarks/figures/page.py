"""What a page takes in a browser, and how large it is."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

from figures.common import HERE, MB, PHOTO, PYTHON
from measure import Row, run

RUNS = 3
GOALS = {"first paint": 1, "ready": 4, "answer": 1, "download": 5}
TOLD = {
    "first paint": "first paint",
    "ready": "ready for a photo",
    "answer": "from a photo to the verdict",
    "download": "from there to the workbook",
}


def page(folder: Path) -> list[Row]:
    """The page of the default network in Chromium, each time in a new browser."""
    path = folder / "page.html"
    run([PYTHON, "-m", "sheetnet", "page", str(PHOTO), "-o", str(path)])
    rows = [
        Row("page: size of the page of the default network", "-", path.stat().st_size / MB, None, "at most", 4, "MB")
    ]
    if shutil.which("chromedriver") is None:
        missing = "Chromium or its driver is not installed"
        return rows + [
            Row(f"page: {TOLD[step]}", "-", None, None, "at most", goal, "s", note=missing)
            for step, goal in GOALS.items()
        ]
    told = []
    for number in range(RUNS):
        downloads = folder / str(number)
        downloads.mkdir()
        told.append(run([PYTHON, str(HERE / "browsed.py"), str(path), str(PHOTO), str(downloads)]).said)
    for step, goal in GOALS.items():
        seconds = [one[f"{step} s"] for one in told]
        processors = {f"{step} CPU s": [one[f"{step} CPU s"] for one in told]} if f"{step} CPU s" in told[0] else {}
        measured = statistics.median(seconds), min(seconds)
        rows.append(Row(f"page: {TOLD[step]}", "-", *measured, "at most", goal, "s", context=processors))
    return rows

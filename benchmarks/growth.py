"""Build the workbook of one convolution for a photo of a given side: a child process of ``bench``.

    python growth.py SIDE PHOTO FOLDER           prints {"seconds": ..., "fixed": ..., "formulas": ...}
    python growth.py SIDE PHOTO FOLDER memory    prints {"bytes": ...}, more than what a single pixel takes

The network is one conv2d, 3 x 3, "same", 8 filters, on red, green and blue. A photo of a single pixel is built
first: once to load everything, then to learn what a workbook costs before its cells ("fixed").
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetnet.network import Network

SPEC = {
    "name": "bench",
    "classes": ["none"],
    "layers": [{"name": "conv", "kind": "conv2d", "filters": 8, "size": 3, "padding": "same"}],
}


def network(side: int) -> Network:
    """The network for a photo of so many pixels a side."""
    from sheetnet.network import Network

    return Network.from_spec(SPEC | {"input": {"shape": [3, side, side]}})


def build(side: int, photo: Path, folder: Path) -> tuple[float, int]:
    """Seconds and formulas of one build, from the photo to the finished file."""
    import sheetnet

    made = network(side)
    started = perf_counter()
    built = sheetnet.build(photo, folder / "growth.xlsx", template=made, engine=None, force=True)
    return perf_counter() - started, built.formulas


def traced(side: int, photo: Path, folder: Path) -> int:
    """Bytes that Python and NumPy hold at the peak of one build, once the photo is read."""
    from sheetnet.case.prepare import prepare
    from sheetnet.case.request import Request
    from sheetnet.lesson.build import write

    case = prepare(Request(photo, template=network(side)))
    tracemalloc.start()
    write(case, folder / "growth.xlsx", force=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    side, photo, folder = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    build(1, photo, folder)
    if sys.argv[4:] == ["memory"]:
        fixed = traced(1, photo, folder)
        print(json.dumps({"bytes": traced(side, photo, folder) - fixed}))
    else:
        fixed = min(build(1, photo, folder)[0] for _ in range(3))
        seconds, formulas = build(side, photo, folder)
        print(json.dumps({"seconds": seconds, "fixed": fixed, "formulas": formulas}))

"""What training costs, beside PyTorch."""

from __future__ import annotations

import os
import statistics
from pathlib import Path

from figures.common import HERE, PYTHON
from measure import Row, alternate, ratio, run, typical

TORCH = "SHEETNET_BENCH_TORCH"  # environment variable: a Python that has PyTorch


def training(folder: Path) -> list[Row]:
    """An epoch of the digits against PyTorch, which has its own Python, on as many threads; 200 photos, 30 epochs."""
    script, data, torch = str(HERE / "training.py"), str(folder / "digits.npz"), os.environ.get(TORCH)
    run([PYTHON, script, "data", str(folder)])
    rows = []
    for threads in (1, 2):
        name = f"train: an epoch of digits, batch 32, threads: {threads}"
        if torch is None:
            rows.append(Row(name, "PyTorch", None, None, "at most", 3, note=f"{TORCH} names no Python with PyTorch"))
            continue
        commands = {
            "sheetnet": [PYTHON, script, "sheetnet", data, str(threads)],
            "PyTorch": [torch, script, "torch", data, str(threads)],
        }
        runs = alternate(commands, 5, warm=True)
        epochs = {who: [s for one in each for s in one.said["seconds"]] for who, each in runs.items()}
        shown = {f"{who} s": typical(each, 4) for who, each in epochs.items()}
        pair = ratio(epochs["sheetnet"], epochs["PyTorch"])
        rows.append(Row(name, "PyTorch", *pair, "at most", 3, context=shown))
    command = [PYTHON, "-m", "sheetnet", "train", str(folder / "photos"), "-o", str(folder / "m.safetensors"), "-f"]
    each = alternate({"train": [*command, "--epochs", "30", "--patience", "30"]}, 3, warm=True)["train"]
    cpu = [one.cpu for one in each]
    shown = {"CPU s": typical(cpu), "wall s": typical([one.wall for one in each])}
    name = "train: 200 photos at 28x28, 30 epochs, CPU of the whole process"
    return [*rows, Row(name, "-", statistics.median(cpu), min(cpu), "at most", 60, "s", context=shown)]

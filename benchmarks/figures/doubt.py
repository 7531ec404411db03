"""How well the templates know what they do not know, and how well faces are told and found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from figures.common import HERE, PYTHON
from measure import Row, run

LEAST = {"detective": 98.9, "shapes": 98.7, "digits": 98.6}  # % of the pictures that were held out
SPLITS = (10, 0, 1)  # the first is that of the template
SAYS = {"even": "even pictures", "noise": "noise", "foreign": "foreign pictures"}


def doubt(folder: Path) -> list[Row]:
    """Held-out accuracy, and the mean of the largest probability of pictures that show nothing they know; faces."""
    script, rows = str(HERE / "doubting.py"), []
    for name, least in LEAST.items():
        said = run([PYTHON, script, "template", name]).said
        shown: dict[str, Any] = {"pictures": said["count"], **said["bins"]}
        accuracy = 100 * said["accuracy"]
        rows.append(Row(f"doubt: {name}, right when held out", "-", accuracy, None, "at least", least, "%", shown))
        for kind, found in said["doubts"].items():
            told = f"doubt: {name}, largest probability of {SAYS[kind]}, mean"
            rows.append(Row(told, "-", 100 * found["mean"], None, "at most", 70, "%", found["told"]))
    splits = {seed: run([PYTHON, script, "split", str(seed)]).said for seed in SPLITS}
    shown = {
        f"split {seed}": f"{one['right']} of {one['count']}, of which {one['twins']} have a near copy"
        for seed, one in splits.items()
    }
    shown |= run([PYTHON, script, "search", str(folder)]).said
    worst = 100 * min(one["accuracy"] for one in splits.values())
    return [*rows, Row("doubt: faces, right when held out, worst of 3", "-", worst, None, "at least", 97, "%", shown)]

"""Inputs that want to fill the machine, stop it or fool it: one line or a workbook, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hostile import folders, models, photos
from hostile.kinds import EITHER, REFUSED

RUN = Path(__file__).with_name("hostile") / "run.py"
REGISTRIES = {"models": models.KINDS, "photos": photos.KINDS, "folders": folders.KINDS}
MOST_MEGABYTES = 1000
MOST_SECONDS = 10  # on a machine that does other things as well; alone, the slowest kind takes 2


@cache
def outcomes(module: str) -> tuple[dict[str, dict[str, Any]], str]:
    """What became of each kind of a registry, and whatever went to standard error beside it."""
    found = subprocess.run(
        [sys.executable, "-W", "default", str(RUN), module], capture_output=True, text=True, timeout=600, check=False
    )
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    return {one["kind"]: one for one in lines}, found.stderr


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")
@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, kinds in REGISTRIES.items() for name in kinds], ids=str
)
def test_a_hostile_input_ends_as_its_kind_says_and_fills_nothing(module: str, name: str) -> None:
    kind, (found, noise) = REGISTRIES[module][name], outcomes(module)
    assert not noise
    one = found[name]
    assert not one["exception"]
    assert one["seconds"] < MOST_SECONDS
    assert one["megabytes"] < MOST_MEGABYTES
    if kind.outcome == REFUSED or (kind.outcome == EITHER and one["exit"]):
        assert one["exit"] in (1, 2)
        (line,) = one["lines"]
        assert kind.says in line
        assert len(line) < 2000
        assert not one["left"]
    else:
        assert one["exit"] == 0

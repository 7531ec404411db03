"""What the tests of trained templates share: the script that trains them, a photo, the texts of Start."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT, SAMPLES

from sheetnet.workbook.read import read

CAT = SAMPLES / "chelsea.png"


@cache
def script() -> ModuleType:
    """templates/train.py, which needs scikit-image."""
    pytest.importorskip("skimage")
    spec = importlib.util.spec_from_file_location("train", ROOT / "templates" / "train.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.append(str(ROOT / "templates"))  # where the modules are that it imports
    sys.modules["train"] = module  # where its dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


def start_of(path: Path, title: str = "Start") -> str:
    """All texts of a Start, column by column."""
    cells = read(path.read_bytes(), str(path)).cells[title]
    return " ".join(str(cell.value) for _, cell in sorted(cells.items(), key=lambda one: one[0][::-1]))

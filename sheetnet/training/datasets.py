"""Sets of pictures that need no folder, by name; for each there is a template of the same name."""

from __future__ import annotations

from collections.abc import Callable

from sheetnet.training.pictures import Pictures, digits
from sheetnet.training.shapes import shapes

DATA: dict[str, Callable[[int], Pictures]] = {"digits": lambda seed: digits(), "shapes": lambda seed: shapes(seed)}
"""Name -> what makes the pictures from a seed."""

"""The sheet Draw of a workbook, opened for the tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import surgery

from sheetnet.grid import Anchor, Block
from sheetnet.layout import PICTURES, Plan, read_record
from sheetnet.workbook.read import Contents, find_record, read

KINDS = ("drawn in grey", "drawn in colours")


@dataclass(frozen=True)
class Drawing:
    """Where everything of the pad lies: what a reader fills, and what follows from it."""

    pictures: Block
    choice: Anchor
    names: Block
    picks: Block
    number: Anchor
    seen: Block
    palette: Block | None


def opened(data: bytes) -> tuple[Contents, Plan, Drawing]:
    contents = read(data, "it")
    plan, gone = read_record(find_record(contents, "it"), contents.names, contents.lost, "it")
    assert not gone
    at = plan.blocks
    drawing = Drawing(
        at[PICTURES],
        at["draw.choice"].cell(),
        at["draw.names"],
        at["draw.chosen.picks"],
        at["draw.chosen.out"].cell(),
        at["draw.seen.out"],
        at.get("draw.palette"),
    )
    return contents, plan, drawing


def packed(content: dict[str, bytes], folder: Path, name: str = "edited.xlsx") -> Path:
    return surgery.save(folder / name, content)


def values_of(data: bytes, name: str) -> np.ndarray[Any, Any]:
    contents, plan, _ = opened(data)
    block = plan.blocks[name]
    cells = [block.cell(*index) for index in np.ndindex(*block.shape)]
    return np.array([contents.cells[at.sheet][at.row, at.column].value for at in cells]).reshape(block.shape)

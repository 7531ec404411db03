"""A lesson as a part of a larger workbook: its tensors and sheets get names that no other part has.

map.out -> 3_map.out with the prefix "3_";  the sheets get titles of their own
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sheetnet.case.lessons.script import (
    Block,
    Cells,
    ChartBlock,
    Page,
    Reading,
    Row,
    Script,
    Shown,
    Stack,
    Step,
)

Rename = Callable[[str], str]


def renamed(script: Script, prefix: str, titles: Sequence[str]) -> Script:
    """The same lesson. ``prefix``: put before every name; ``titles``: of its sheets, one each."""

    def full(name: str) -> str:
        return f"{prefix}{name}" if name else ""

    return replace(
        script,
        change=full(script.change),
        see=full(script.see),
        givens={full(name): replace(given, name=full(name)) for name, given in script.givens.items()},
        steps=tuple(_step(step, full) for step in script.steps),
        pages=tuple(_page(page, title, full) for page, title in zip(script.pages, titles, strict=True)),
        shapes={full(name): shape for name, shape in script.shapes.items()},
        tries=(),
    )


def _step(step: Step, full: Rename) -> Step:
    return replace(step, name=full(step.name), reads={own: _reading(one, full) for own, one in step.reads.items()})


def _reading(source: Reading, full: Rename) -> Reading:
    if isinstance(source, Step):
        return _step(source, full)
    return replace(source, of=full(source.of)) if isinstance(source, Cells) else full(source)


def _page(page: Page, title: str, full: Rename) -> Page:
    shelves = (
        replace(shelf, row=Row(tuple(_block(one, full) for one in shelf.row.blocks))) for shelf in page.shelves
    )
    return Page(title, tuple(shelves), page.aside)


def _block(block: Block, full: Rename) -> Block:
    if isinstance(block, Stack | Row):
        return replace(block, blocks=tuple(_block(one, full) for one in block.blocks))
    if isinstance(block, Shown):
        names: dict[str, Any] = {key: full(getattr(block, key)) for key in ("of", "top", "left", "framed")}
        return replace(block, like=tuple(map(full, block.like)), **names)
    if isinstance(block, ChartBlock):
        curves = tuple(replace(one, x=full(one.x), y=full(one.y)) for one in block.curves)
        return replace(block, curves=curves, bars=full(block.bars))
    return block

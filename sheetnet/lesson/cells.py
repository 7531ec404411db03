"""Write all numbers and formulas of a workbook into the cells that its plan gives, once the plan is complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetnet.lenses import Look
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.operation import Rule


def write_cells(lesson: Lesson) -> None:
    """Write every layer, every look, and what the reader fills. ValueError for a formula without a value."""
    plan = lesson.planner.finish()
    for one in plan.order():
        step = lesson.step(one) if isinstance(one, Look) else plan.step(one)
        _write(lesson, {full: step.rules[own] for own, full in step.names.items()})
    # The canvas has no style: its pictures stand on their sheet already, with a blank cell for each 0.
    _write(lesson, dict.fromkeys(full for full in plan.given() if full in lesson.styles))


def _write(lesson: Lesson, rules: Mapping[str, Rule | None]) -> None:
    for full, rule in rules.items():
        block, value, style = lesson.plan.blocks[full], lesson.value(full), lesson.styles[full]
        if rule is not None and _has_nan(value):
            raise ValueError(f"{full}: a formula of it has no value; see what its step reads")
        for title in dict.fromkeys(at.sheet for at in block.anchors):
            lesson.book.sheet(title).tensor(block, value, style, rule)


def _has_nan(value: Any) -> bool:
    return any(isinstance(v, float) and v != v for v in value.ravel().tolist())

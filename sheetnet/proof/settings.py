"""What makes a workbook show something else than its values, though every formula is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sheetnet.grid import Anchor, a1
from sheetnet.layout import PREFIX
from sheetnet.lenses.elements import TOLERANCE
from sheetnet.proof.boxes import Box, Boxes, boxes_of
from sheetnet.proof.faults import inputs_of
from sheetnet.proof.found import Findings, described
from sheetnet.proof.moments import Place, passed_on
from sheetnet.proof.report import Wrong
from sheetnet.steps import Step
from sheetnet.workbook.reading.grid import Grid
from sheetnet.workbook.reading.moments import is_clear_moment, is_moment
from sheetnet.workbook.reading.references import parse_reference
from sheetnet.workbook.style import CHANCE, HIDDEN

MOST = 10_000  # faults that are listed
MOST_NAMED = 10  # series of other cells
TEXT = "@"  # the format of a text: it shows numbers as well
WHY = "its number format shows something else than its value"
Rectangle = tuple[str, int, int, int, int]


def setting_faults(findings: Findings, steps: list[Step]) -> list[Wrong]:
    """Settings of the workbook, and formats of computed cells, by which it shows something else than its values.

    At most ``MOST``: one such cell is enough, and a merged area may hide a million of them.
    """
    return list(islice(_faults(findings, steps), MOST))


def _faults(findings: Findings, steps: list[Step]) -> Iterator[Wrong]:
    if findings.contents.precision_as_displayed:
        yield _of_book("precision as displayed is set", "calculation with full precision", "rounded values")
    computed = boxes_of((block for step in steps for block in step.writes.values()), findings.check_time)
    # Maps alone: the digits of a single number, or of a list, are what a reader looks at.
    maps = (block for step in steps if step.hidden for block in step.writes.values() if len(block.shape) > 1)
    colored = {place[1:] for block in maps for place in block.walk()}
    dated = passed_on(findings, steps)
    given = boxes_of((findings.plan.blocks[full] for full in inputs_of(findings.plan)), findings.check_time)
    chances = _chances(findings)
    for title, grid in findings.contents.grids.items():
        if title in computed:
            yield from _sheet_faults(findings, title, computed[title], colored, dated, chances)
        if title in given:
            yield from _input_faults(title, grid, given[title])
    yield from _chart_faults(findings)


def _sheet_faults(
    findings: Findings, title: str, here: Boxes, colored: set[Place], dated: set[Place], chances: set[Place]
) -> Iterator[Wrong]:
    grid = findings.contents.grids[title]
    for (row, column), kind in grid.arrays.items():
        if here.holds(row, column):
            yield Wrong(title, a1(row, column), "a plain formula", kind, "an array formula or data table")
    hidden: set[tuple[int, int]] = set()
    for merged in grid.merged:
        findings.check_time()
        for place in _hidden(here, merged):
            if place not in hidden:
                hidden.add(place)
                why = "a merged cell hides a computed one"
                yield Wrong(title, a1(*place), "a cell of its own", "merged away", why)
    for (row, column), code in grid.hiding.items():
        at = (title, row, column)
        if code == HIDDEN and at in colored:
            continue  # that is how the sheet was built: small cells, of which only the colour is seen
        if at in dated and is_clear_moment(code):
            continue
        if _is_chance(code) and (at in chances or _is_share(findings.shown(Anchor(*at)))):
            continue
        if here.holds(row, column):
            yield Wrong(title, a1(row, column), "a format that shows it", code, WHY)
    for ranges, code in grid.drops:
        findings.check_time()
        for box in ranges:
            if here.meets(box):
                why = "a conditional format shows something else than the value"
                yield Wrong(title, a1(box[0], box[1]), "a format that shows it", code, why)


def _is_chance(code: str) -> bool:
    """Whether a format is that of probabilities, as we or other programs write it: they escape its blanks."""
    return code.replace("\\ ", " ") == CHANCE


def _is_share(value: Any) -> bool:
    """Whether the format of probabilities shows a value: LibreOffice gives it to cells that read one as well.

    An error, a text and a blank cell are shown by any format.
    """
    return not isinstance(value, float) or 0 <= value <= 1 + TOLERANCE


def _chances(findings: Findings) -> set[Place]:
    """The cells of layers that give probabilities: even where one is above 1, since a cell before it is wrong."""
    nodes = [node for node in findings.plan.network.nodes if node.layer.gives == "probabilities"]
    blocks = (findings.plan.blocks.get(f"{node.name}.out") for node in nodes)
    return {place[1:] for block in blocks if block is not None for place in block.walk()}


def _input_faults(title: str, grid: Grid, here: Boxes) -> Iterator[Wrong]:
    """What the reader fills may have any format that shows it, be a date, or be told by its colour alone."""
    for (row, column), code in grid.hiding.items():
        if code not in (HIDDEN, TEXT) and not is_moment(code) and here.holds(row, column):
            yield Wrong(title, a1(row, column), "a format that shows it", code, WHY)


def _of_book(why: str, expected: str, found: str) -> Wrong:
    return Wrong("workbook", "", expected, found, why)


def _hidden(computed: Boxes, merged: Box) -> Iterator[tuple[int, int]]:
    """The computed cells that a merged area hides: all that it covers but its first cell."""
    for top, left, bottom, right in computed.meeting(merged):
        for row in range(max(top, merged[0]), min(bottom, merged[2]) + 1):
            for column in range(max(left, merged[1]), min(right, merged[3]) + 1):
                if (row, column) != merged[:2]:
                    yield row, column


def _chart_faults(findings: Findings) -> Iterator[Wrong]:
    """Series of charts that no longer show the cells that they were drawn from."""
    with described(findings.where, "its charts"):
        for areas, _, _, charts in findings.record["sheets"]:
            findings.check_time()
            wanted = Counter(pair for pair in (_pair(findings, series) for series in charts) if pair is not None)
            title = _title(findings, areas)
            if not wanted or title is None:
                continue
            there = [pair for chart in findings.contents.grids[title].charts for pair in chart.series]
            if not there:
                continue  # the chart was deleted, or the program that saved the file drops charts
            found = Counter((_rectangle(values), _rectangle(x)) for values, x in there)
            right = {values for values, _ in wanted}
            others = [text for text, _ in there if _rectangle(text) not in right]
            for pair in [pair for pair, count in wanted.items() if found[pair] < count]:
                why = "a series of a chart does not show the cells that it was drawn from"
                yield Wrong(title, "chart", _written(pair), ", ".join(others[:MOST_NAMED]) or "another order", why)


def _title(findings: Findings, areas: list[str]) -> str | None:
    names = findings.contents.names
    there = [names[key][0].sheet for area in areas if (key := f"{PREFIX}{area}".lower()) in names]
    return there[0] if there else None


def _pair(findings: Findings, series: Any) -> tuple[Rectangle, Rectangle] | None:
    """The cells of a series, as they lie now; None where their sheet was deleted."""
    found = []
    for area, row, column, rows, columns in series:
        key = f"{PREFIX}{area}".lower()
        if key not in findings.contents.names:
            return None
        start = findings.contents.names[key][0]
        first = start.row + row, start.column + column
        found.append((start.sheet, *first, first[0] + rows - 1, first[1] + columns - 1))
    return found[0], found[1]


def _rectangle(text: str) -> Rectangle | None:
    span = parse_reference(text)
    return None if span is None else (span[0].sheet, span[0].row, span[0].column, span[1].row, span[1].column)


def _written(pair: tuple[Rectangle, Rectangle]) -> str:
    sheet, top, left, bottom, right = pair[0]
    return f"{sheet}!{a1(top, left)}:{a1(bottom, right)}"

"""A colour picture of a lesson: each pixel is three narrow cells side by side, red, green, blue, and is square."""

from __future__ import annotations

from test_lessons import described

from sheetnet.grid import a1
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.lesson.shelves.look import LIGHTS


def test_each_lamp_has_the_number_of_its_channel_and_its_colour() -> None:
    lesson = described("colour")
    block, sheet = lesson.plan.blocks["seen.out"], lesson.book.sheets[0]
    first = block.cell(0, 0, 0)
    scales = [
        one
        for one in sheet.scales
        if any(a1(first.row, first.column + c) in where.split(":") for c in range(3) for where in one.ranges)
    ]
    assert [one.stops[1][0] for one in scales] == list(LIGHTS)
    for channel, scale in enumerate(scales):
        assert [block.cell(channel, 0, x).column for x in (0, 1)] == [
            first.column + channel,
            first.column + channel + 3,
        ]
        assert len(scale.ranges) == block.shape[2]
        assert scale.ranges[1].startswith(a1(first.row, first.column + channel + 3) + ":")


def test_a_pixel_is_square() -> None:
    lesson = described("colour")
    block, sheet = lesson.plan.blocks["seen.out"], lesson.book.sheets[0]
    wide = sum(column_pixels(sheet.widths[block.cell(c, 0, 0).column]) for c in range(3))
    assert sheet.heights[block.cell(0, 0, 0).row] * 96 / 72 == wide

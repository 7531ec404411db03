"""The sheets of what comes in: the photo, all of its light in one picture, and a sheet for each channel."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block
from sheetnet.layout import COLORS, FIRST
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links, draw_thread, draw_way, followed, neighbours
from sheetnet.lesson.frame.looks import add_scale, channel_stops, color_of, picture_sheet, row_height
from sheetnet.lesson.frame.screen import open_with, select
from sheetnet.lesson.story.maps import draw_map
from sheetnet.network import PHOTO
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import GLOW

LEAST = 9.25  # points of a row: three make a square pixel, and a number can be read


def draw_channels(lesson: Lesson) -> None:
    """One sheet per colour channel: the pixels, which are the input."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    block = plan.blocks[f"{PHOTO}.out"]
    _, height, width = network.shape
    for channel, title in enumerate(plan.channels):
        sheet = picture_sheet(lesson, title)
        sheet.one_page = sheet.aside = True
        live = "_canvas" if plan.drawing is not None else "_numbered" if PHOTO in plan.looks else ""
        about = words(f"input.channel_about{live}", height=height, width=width, count=height * width)
        ink = "_ink" if live == "_canvas" and network.ink else ""
        lead = words(f"input.channel_lead{live}{ink}", levels=network.levels)
        head = Head(_channel_title(lesson, channel, title), lead, words("input.analogy"), about=about)
        draw_head(lesson, sheet, head)
        draw_map(lesson, sheet, block, f"{PHOTO}.out", channel, None)
        add_scale(sheet, block, channel_stops(lesson, channel))
        draw_links(lesson, sheet, *([] if plan.drawing is None else [plan.drawing.anchors[0].sheet]))
        at, whole = followed(lesson, PHOTO), Block((height, width), (block.anchors[channel],), (DOWN, ACROSS))
        if lesson.thread.places[PHOTO][0] == channel:
            draw_thread(lesson, sheet, at, neighbours(lesson, PHOTO))
            open_with(sheet, whole)
            select(sheet, at, sheet.selected)
        else:
            draw_way(lesson, sheet, at)
            open_with(sheet, whole)
    if PHOTO in plan.looks:
        lesson.show(PHOTO, "map.general")
    else:
        lesson.give(f"{PHOTO}.out", lesson.values[f"{PHOTO}.out"], "pixel")


def _channel_title(lesson: Lesson, channel: int, title: str) -> str:
    """What a channel of the photo is: light of a colour, brightness, ink, or numbers that have no colour."""
    network, words = lesson.network, lesson.words
    channels = network.shape[0]
    if channels == 1:
        return words("input.ink_title" if network.ink else "input.grey_title", title=title)
    if channels in COLORS:
        return words("input.channel_title", title=title, color=words(f"colors.{color_of(network, channel)}"))
    return words("input.other_title", title=title)


def draw_photo(lesson: Lesson) -> None:
    """The sheet Photo: all channels of a pixel below each other, live, glowing like the dots of a screen."""
    network, words = lesson.network, lesson.words
    view = lesson.plan.blocks["view.photo.out"]
    channels = network.shape[0]
    sheet = picture_sheet(lesson, view.anchors[0].sheet)
    sheet.one_page = True
    lead = words("input.photo_lead", channels=channels)
    if channels == 1:
        lead = words("input.photo_lead_grey", title=lesson.plan.channels[0])
    head = Head(words("input.photo_title"), lead, words("input.analogy"), about=photo_about(lesson))
    draw_head(lesson, sheet, head)
    lesson.show("view.photo", "glow")
    _numbers_beside(sheet, view.cell(0, 0, 0), network.shape[1], network.shape[2], channels)
    for row in range(FIRST + 2, FIRST + 2 + network.shape[1] * channels):
        sheet.heights[row] = max(row_height(network.shape[1]) / channels, LEAST)
    for channel in range(channels):
        bright, start = GLOW[color_of(network, channel)]
        ranges = [view[channel, y, :] for y in range(network.shape[1])]
        ranges = [text.rpartition("!")[2] for text in ranges]
        sheet.scales.append(Scale(ranges, [("FF000000", 0.0), (bright, float(network.levels))]))
        sheet.contrasts.append((" ".join(ranges), start * network.levels / 255, "FF000000"))
    draw_links(lesson, sheet)
    at = view.cell(*lesson.thread.places[PHOTO])
    draw_thread(lesson, sheet, at, (None, followed(lesson, PHOTO)), to="followed_photo")  # it is a copy
    open_with(sheet, view)  # nothing is selected: on black the cursor would cover the frame, and not be seen itself


def photo_about(lesson: Lesson) -> str:
    """What there is to say of the photo: what was done to it, or how to look at it."""
    return drawing_done(lesson) or lesson.words("input.photo_about")


def drawing_done(lesson: Lesson) -> str:
    """What was done to a drawing, to read it; an empty text for nothing."""
    words = lesson.words
    return words.joined("joined.sentences", (words(f"input.{key}") for key in lesson.done))


def _numbers_beside(sheet: Sheet, first: Anchor, height: int, width: int, step: int) -> None:
    for x in range(width):
        sheet.number(first.row - 1, first.column + x, x + 1, "index")
    for y in range(height):
        sheet.number(first.row + y * step, first.column - 1, y + 1, "index")

"""What the page must know of its workbook: where each tensor lies, what the network is, what is said of it.

    {"tensors": {"conv1.out": {"shape": [4, 28, 28], "anchors": [[7, 11, 18], ...], "steps": [[1, 0], [0, 1]]}}}

An anchor is the number of a sheet, counted from 0 in the order of the workbook, a row and a column, counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sheetnet.case.prepare import Case
from sheetnet.grid import Block
from sheetnet.layout import CLASSES, PICTURES
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import PHOTO, SURE, TRUTH, Network

SAID = "start.said.out"
CHOSEN = "draw.choice"
PALETTE = "draw.palette"


def facts_of(case: Case, lesson: Lesson, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """The facts, for ``json``. ``pictures``: the parts of the workbook that are pictures."""
    plan, network, photo, theme = lesson.plan, lesson.network, case.photo, lesson.theme
    assert photo is not None
    numbers = {sheet.title: number for number, sheet in enumerate(lesson.book.sheets)}
    known = [*network.shapes, *network.parameters]
    drawing = case.drawing
    parts = {
        role: name
        for name, data in pictures.items()
        for role, own in (("pixels", photo.picture), ("original", photo.original))
        if own and data == own
    }
    return {
        "language": case.language,
        "title": case.prose["title"],
        "lead": case.prose.get("lead", ""),
        "learned": case.prose.get("learned", ""),
        "unsure": case.prose.get("unsure", ""),
        "name": network.name,
        "classes": list(network.classes),
        "shape": list(network.shape),
        "levels": network.levels,
        "ink": network.ink,
        "sure": SURE,
        "sheets": list(numbers),
        "record": len(numbers) - 1,
        "nobody": lesson.words("loss.nobody"),
        "tensors": {full: _lying(plan.blocks[full], numbers) for full in known if full in plan.blocks},
        "pixels": PICTURES if drawing is not None else f"{PHOTO}.out",
        "cells": {
            name: _lying(plan.blocks[name], numbers)
            for name in (SAID, CLASSES, PICTURES, CHOSEN, PALETTE, f"{TRUTH}.choice", "draw.names")
            if name in plan.blocks
        },
        "colors": [[_color(lesson, name), list(light)] for name, light in drawing.colors] if drawing else [],
        "samples": [name for name, _ in drawing.samples] if drawing else [],
        "layers": list(_layers(lesson, network)),
        "line_up": None if network.line_up is None else f"{network.line_up.name}.out",
        "loss": None if network.loss is None else f"{network.loss.name}.out",
        "parts": parts,
        "original": list(size_of(photo.original)),
        "scale": {own: f"#{getattr(theme, own)[2:]}" for own in ("negative", "paper", "positive", "warm")},
    }


def _lying(block: Block, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "shape": list(block.shape),
        "anchors": [[numbers[at.sheet], at.row, at.column] for at in block.anchors],
        "steps": [list(step) for step in block.steps],
    }


def _layers(lesson: Lesson, network: Network) -> Iterator[dict[str, Any]]:
    """The photo, then each layer up to what the network answers with: its name, what it has, what colours suit it."""
    yield {"title": lesson.words("page.seen"), "out": f"{PHOTO}.out", "params": [], "signed": False}
    signed: set[str] = set()
    for node in network.nodes:
        signs = node.layer.signs
        if signs == "any" or (signs == "kept" and signed.intersection(node.inputs)):
            signed.add(node.name)
        if network.loss is not None and node.name == network.loss.name:
            continue
        yield {
            "title": lesson.named[node.name],
            "out": f"{node.name}.out",
            "params": [
                [f"{node.name}.{own}", _label(lesson, node.layer.kind, own)]
                for own in node.layer.params(network.input_shapes(node))
            ],
            "signed": node.name in signed,
        }


def _color(lesson: Lesson, name: str) -> str:
    """What a colour of a palette is called in the language of the page."""
    return lesson.words(f"colors.{name}") if f"colors.{name}" in lesson.words else name


def _label(lesson: Lesson, kind: str, own: str) -> str:
    """What the workbook calls a parameter of a layer."""
    keys = (f"labels.{kind}.{own}", f"labels.{own}")
    return next((lesson.words.text(key) for key in keys if key in lesson.words), own)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, from its header; (0, 0) where there is none."""
    return (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) if png else (0, 0)

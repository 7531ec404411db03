"""Where cells go: ``plan`` places a network, ``record`` finds all of it again."""

from sheetnet.layout.areas import PREFIX, areas, names_of
from sheetnet.layout.fits import formula_count
from sheetnet.layout.labels import places_of, runs_of, size_of
from sheetnet.layout.place import begin, plan
from sheetnet.layout.plan import (
    ANSWER,
    CHOICE,
    CHOSEN,
    CLASSES,
    DRAWING,
    EXTRA,
    FIRST,
    HEAD,
    NUMBER,
    PICTURES,
    WORDS,
    Plan,
    form,
    in_rows,
    names_at,
    view_name,
)
from sheetnet.layout.planner import Planner
from sheetnet.layout.recall import read_record
from sheetnet.layout.record import write_record
from sheetnet.layout.shortcuts import has_shortcut, shortcut
from sheetnet.layout.stacks import is_deep, spread, stacks
from sheetnet.layout.titles import COLORS, begin_titled, channel_titles, layer_names, layout_check, sheet_titles

__all__ = [
    "ANSWER",
    "CHOICE",
    "CHOSEN",
    "CLASSES",
    "COLORS",
    "DRAWING",
    "EXTRA",
    "FIRST",
    "HEAD",
    "NUMBER",
    "PICTURES",
    "PREFIX",
    "WORDS",
    "Plan",
    "Planner",
    "areas",
    "begin",
    "begin_titled",
    "channel_titles",
    "form",
    "formula_count",
    "has_shortcut",
    "in_rows",
    "is_deep",
    "layer_names",
    "layout_check",
    "names_at",
    "names_of",
    "places_of",
    "plan",
    "read_record",
    "runs_of",
    "sheet_titles",
    "shortcut",
    "size_of",
    "spread",
    "stacks",
    "view_name",
    "write_record",
]

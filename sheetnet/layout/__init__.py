"""Where cells go: ``plan`` places a network, ``views`` are copies and choices, ``record`` finds all of it again."""

from sheetnet.layout.fits import formula_count
from sheetnet.layout.plan import CHOSEN, EXTRA, FIRST, HEAD, Plan, defined_names, form, in_rows, plan
from sheetnet.layout.record import names_of, read_record, write_record
from sheetnet.layout.shortcuts import has_shortcut, shortcut
from sheetnet.layout.stacks import is_deep, spread, stacks
from sheetnet.layout.views import Drawing, Truth, View

__all__ = [
    "CHOSEN",
    "EXTRA",
    "FIRST",
    "HEAD",
    "Drawing",
    "Plan",
    "Truth",
    "View",
    "defined_names",
    "form",
    "formula_count",
    "has_shortcut",
    "in_rows",
    "is_deep",
    "names_of",
    "plan",
    "read_record",
    "shortcut",
    "spread",
    "stacks",
    "write_record",
]

"""Where cells go: ``plan`` places the tensors of a network, ``record`` finds them again in a workbook."""

from sheetnet.layout.plan import CHOSEN, FIRST, Plan, Truth, View, defined_names, formula_count, in_rows, plan
from sheetnet.layout.record import names_of, read_record, write_record

__all__ = [
    "CHOSEN",
    "FIRST",
    "Plan",
    "Truth",
    "View",
    "defined_names",
    "formula_count",
    "in_rows",
    "names_of",
    "plan",
    "read_record",
    "write_record",
]

"""What ``sheetnet`` offers to Python. Each function imports what it needs when it is called.

workbooks  build, verify, compare, export
models     train, evaluate, convert
worksheets handout
pages      page
exercises  assign, grade
"""

from sheetnet.api.exercises import assign, grade
from sheetnet.api.models import convert, evaluate, train
from sheetnet.api.pages import page
from sheetnet.api.workbooks import Built, build, compare, export, verify
from sheetnet.api.worksheets import handout

__all__ = [
    "Built",
    "assign",
    "build",
    "compare",
    "convert",
    "evaluate",
    "export",
    "grade",
    "handout",
    "page",
    "train",
    "verify",
]

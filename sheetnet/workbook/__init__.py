"""Workbooks: a book of cells, how it looks, how it is written, and how it is read back.

book     what stands where: cells, links, names                        (no openpyxl)
look     what lies over the cells: colour scales, marks, charts
style    the styles of cells, by name
shell    openpyxl makes everything but the cells
charts   openpyxl makes the charts, with the values that they show
page     how a sheet is printed
text     texts and numbers as the file holds them
limits   how long a formula may be in Excel
amend    what openpyxl leaves out of the parts that it writes
write    the cells are streamed into the shell
read     an untrusted file -> formulas, values, names; its pieces are in reading
hide     an untrusted file -> the same with only some of its sheets visible
"""

import os

# Where lxml is installed openpyxl uses it, and the same parts get other bytes; but the bytes of a workbook must not
# depend on what else is installed. Its errors are others as well. This must be set before openpyxl is imported.
os.environ.setdefault("OPENPYXL_LXML", "False")

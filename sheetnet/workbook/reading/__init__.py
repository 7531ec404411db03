"""The pieces that read a workbook, which a stranger may have made; ``sheetnet.workbook.read`` puts them together.

archive     the entries of the file, each with one meaning
types       what each part is said to be
package     the parts of the file, their relationships, and the limits on all of them
tree        a part as a tree of elements: the path of each element, and its namespace
parts       the list of sheets and names; shared texts
styles      which number format a cell has
formats     whether a number format shows a number as something else
grid        the cells of a sheet, compact
sheet       a sheet: its rows, and what lies around them
row         one row of cells, out of the events of its XML
shared      shared formulas, one for each cell; the cells of an array formula
charts      the charts on a sheet
references  ranges and addresses as a file writes them
"""

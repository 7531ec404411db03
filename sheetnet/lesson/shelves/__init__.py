"""The sheets of a lesson from lesson.toml: shelves of blocks, side by side.

arrange  where each block goes
look     the style of cells, their colours, the widths of columns
draw     the words around the blocks, charts, the question and its answer
build    the workbook
"""

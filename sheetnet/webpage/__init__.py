"""A page that needs no installation: one HTML file in which any photo goes through the network, without a server.

case -> workbook, proven -> facts (where things lie) -> document: workbook, spreadsheet engine, code of the page

The page computes nothing that a cell says: it puts pixels into the cells of the workbook that it carries, lets the
engine (``engine/``) calculate, and shows what stands in the cells. What it writes is that workbook with new values.
The code (``code/``) is JavaScript of modules with types in comments; ``bundle`` makes one script of them.
"""

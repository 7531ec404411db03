"""Spreadsheet engines, run over a file, to know what a spreadsheet would say.

formualizer  in this process, written in Rust; the default         embedded
libreoffice  a fresh, locked-down LibreOffice without a window     office
gnumeric     ssconvert --recalc                                    office
stored       no engine: the values found in the file, for one that Excel has saved
"""

ENGINES = ("formualizer", "libreoffice", "gnumeric", "stored")
EMBEDDED, STORED = ENGINES[0], ENGINES[3]
TIMEOUT = 300.0  # seconds

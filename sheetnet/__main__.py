"""``python -m sheetnet`` is the command ``sheetnet``."""

from sheetnet.cli import main

main(prog_name="sheetnet")

"""The embedded engine alone: it loads a workbook and calculates it, and nobody asks for what comes out.

calculating.py BOOK
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sheetnet.recalc import EMBEDDED, open_engine


def main() -> None:
    session = open_engine(EMBEDDED, Path(sys.argv[1]).read_bytes(), time.monotonic() + 600)
    session.evaluate()


if __name__ == "__main__":
    main()

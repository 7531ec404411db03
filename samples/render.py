"""Make samples/overview.png, the picture of the README: four sheets of the samples as LibreOffice prints them.

Needs LibreOffice and pdftoppm (package poppler-utils). Run it with the project's own Python:

    .venv/bin/python samples/render.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from sheetnet.recalc.office import find

HERE = Path(__file__).resolve().parent
SHOWN = [("detective", 1), ("detective", 2), ("by-hand", 6), ("by-hand", 14)]  # workbook, page
WIDTH = 760  # pixels of one page
PAGE = (0.02, 0.045, 0.99, 0.93)  # the part of a page that is kept: left, top, right, bottom


def pages(name: str, folder: Path) -> list[Path]:
    """The pages of a sample workbook as PNG files."""
    office = find("libreoffice")
    if office is None:
        sys.exit("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(HERE / f"{name}.xlsx")], check=True, capture_output=True)
    subprocess.run(["pdftoppm", "-r", "110", "-png", str(folder / f"{name}.pdf"), str(folder / name)], check=True)
    return sorted(folder.glob(f"{name}-*.png"))


def main() -> None:
    """Four pages, two by two."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        printed = {book: pages(book, folder) for book in dict.fromkeys(book for book, _ in SHOWN)}
        tiles = []
        for book, number in SHOWN:
            with Image.open(printed[book][number - 1]) as page:
                left, top, right, bottom = (round(f * s) for f, s in zip(PAGE, (*page.size, *page.size), strict=True))
                part = page.convert("RGB").crop((left, top, right, bottom))
                tiles.append(part.resize((WIDTH, round(part.height * WIDTH / part.width)), Image.Resampling.LANCZOS))
        height = max(tile.height for tile in tiles)
        sheet = Image.new("RGB", (2 * WIDTH, 2 * height), "white")
        for number, tile in enumerate(tiles):
            sheet.paste(tile, (number % 2 * WIDTH, number // 2 * height))
        sheet.quantize(64).save(HERE / "overview.png", optimize=True)


if __name__ == "__main__":
    main()

"""Make the pictures of the README from workbooks as LibreOffice prints them: overview.png, and chinese.png.

Needs LibreOffice and pdftoppm (package poppler-utils). Run it with the project's own Python:

    .venv/bin/python samples/render.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops

import sheetnet

HERE = Path(__file__).resolve().parent
ENGLISH = ("Start", "Conv1", "Close-up", "Softmax", "Charts", "Weights")
CHINESE = ("首页", "卷积特写")
WIDTH, GAP = 900, 24  # pixels of one sheet, and around it
DOTS = 140  # per inch
FOOTER, HEADER = 0.07, 0.065  # of a page's height: its number, its line for a name


def pages(folder: Path, language: str, sheets: Sequence[str]) -> list[Image.Image]:
    """The first page of each sheet, cut to what is printed on it."""
    book, printed = folder / f"{language}.xlsx", folder / f"{language}.pdf"
    photo = HERE / "astronaut.png"
    sheetnet.build(photo, book, label="Astronaut", language=language, engine=None)  # type: ignore[arg-type]
    found = []
    for sheet in sheets:
        sheetnet.export(book, printed, sheets=[sheet], force=True)
        name = folder / f"{language}-{len(found)}"
        command = ["pdftoppm", "-r", str(DOTS), "-png", "-singlefile", str(printed), str(name)]
        subprocess.run(command, check=True)
        with Image.open(name.with_suffix(".png")) as page:
            inner = page.convert("RGB").crop(
                (0, round(HEADER * page.height), page.width, round((1 - FOOTER) * page.height))
            )
        box = ImageChops.difference(inner, Image.new("RGB", inner.size, "white")).getbbox()
        part = inner.crop(box)
        found.append(part.resize((WIDTH, round(part.height * WIDTH / part.width)), Image.Resampling.LANCZOS))
    return found


def together(tiles: Sequence[Image.Image], file: Path) -> None:
    """Two tiles a row, on white, in few colours."""
    rows = [tiles[i : i + 2] for i in range(0, len(tiles), 2)]
    heights = [max(tile.height for tile in row) for row in rows]
    sheet = Image.new("RGB", (2 * WIDTH + 3 * GAP, sum(heights) + GAP * (len(rows) + 1)), "white")
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for number, tile in enumerate(row):
            sheet.paste(tile, (GAP + number * (WIDTH + GAP), top))
        top += height + GAP
    sheet.quantize(96).save(file, optimize=True)


def main() -> None:
    """Both pictures."""
    if shutil.which("pdftoppm") is None:
        sys.exit("pdftoppm is not installed; it is in the package poppler-utils")
    with tempfile.TemporaryDirectory() as name:
        together(pages(Path(name), "en", ENGLISH), HERE / "overview.png")
        together(pages(Path(name), "zh", CHINESE), HERE / "chinese.png")


if __name__ == "__main__":
    main()

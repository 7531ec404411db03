"""Make the pictures of the README from workbooks as a reader sees them: overview.png, chinese.png and learning.png.

Each sheet is opened in a window of LibreOffice on a screen of its own, and its first screen is the picture. Needs
LibreOffice, Xvfb, openbox, xdotool and ImageMagick. Run it with the project's own Python:

    .venv/bin/python samples/render.py
    .venv/bin/python samples/render.py learning.png
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image

import sheetnet
from sheetnet.workbook.read import read, read_bytes

HERE = Path(__file__).resolve().parent
ENGLISH = ("Start", "Network", "Conv1", "Close-up", "Softmax", "Loss")
CHINESE = ("首页", "全貌")
LEARNING = {"by-hand": ("Conv back", "One weight", "Update"), "training": ("Training",)}  # template -> sheets
SCREEN = (1366, 768)  # pixels
CELLS = (0, 126, 1320, 712)  # of the screen: what lies below the toolbars and above the tabs
WIDTH, GAP = 900, 24  # pixels of one sheet in the picture, and around it
PATIENCE = 60  # seconds for a window to open
DRAWN = 4  # seconds until it is drawn


@contextmanager
def running(command: Sequence[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process group of its own, which ends with the block."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen(command, **{**quiet, **options})  # type: ignore[call-overload]
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """A screen that nobody sees, with a window manager; gives the environment of a program on it."""
    number_out, number_in = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    server = ["Xvfb", "-displayfd", str(number_in), "-screen", "0", size]
    with running(server, pass_fds=[number_in]):
        display = os.read(number_out, 20).decode().strip()
        env = {**os.environ, "DISPLAY": f":{display}"}
        with running(["openbox"], env=env):
            yield env


def opened_at(book: Path, sheet: str, copy: Path) -> Path:
    """A copy of a workbook that opens at a sheet."""
    number = list(read(read_bytes(book), str(book)).cells).index(sheet)
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/workbook.xml":
                data = re.sub(rb' activeTab="\d+"', b"", data)
                data = data.replace(b"<workbookView ", f'<workbookView activeTab="{number}" '.encode(), 1)
            target.writestr(name, data)
    return copy


def first_screen(book: Path, folder: Path, env: dict[str, str]) -> Image.Image:
    """What a reader sees of a workbook that was just opened."""
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--norestore",
        "--nologo",
        "--calc",
        str(book),
    ]
    shot = folder / "shot.png"
    with running(command, env=env):
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", book.stem]
        found = subprocess.run(find, env=env, capture_output=True, text=True, timeout=PATIENCE, check=True)
        window = found.stdout.split()[-1]
        subprocess.run(["xdotool", "windowmove", window, "0", "0"], env=env, check=True)
        subprocess.run(["xdotool", "windowsize", window, *map(str, SCREEN)], env=env, check=True)
        time.sleep(DRAWN)
        subprocess.run(["import", "-window", "root", str(shot)], env=env, check=True)
    with Image.open(shot) as picture:
        return picture.convert("RGB").crop(CELLS)


def pictures(book: Path, sheets: Sequence[str], env: dict[str, str]) -> list[Image.Image]:
    """The first screens of some sheets of a workbook."""
    found = []
    for number, sheet in enumerate(sheets):
        copy = book.with_name(f"seen-{book.stem}-{number}.xlsx")
        part = first_screen(opened_at(book, sheet, copy), book.parent, env)
        found.append(part.resize((WIDTH, round(part.height * WIDTH / part.width)), Image.Resampling.LANCZOS))
    return found


def default_book(folder: Path, language: Literal["en", "zh"]) -> Path:
    """The default workbook in a language."""
    out = folder / f"{language}.xlsx"
    return sheetnet.build(HERE / "astronaut.png", out, label="Astronaut", language=language, engine=None).path


def learning(folder: Path, env: dict[str, str]) -> list[Image.Image]:
    """The sheets of learning: a step of the pencil's network, and a whole training."""
    found = []
    for name, sheets in LEARNING.items():
        book = sheetnet.build(
            None, folder / f"{name}.xlsx", template=name, backward=name != "training", engine=None
        ).path
        found += pictures(book, sheets, env)
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
    sheet.quantize(256).save(file, optimize=True)


def main(wanted: Sequence[str]) -> int:
    """Write the pictures that are wanted, all where none is named."""
    with tempfile.TemporaryDirectory() as name, screen() as env:
        folder = Path(name)
        makers = {
            "overview.png": lambda: pictures(default_book(folder, "en"), ENGLISH, env),
            "chinese.png": lambda: pictures(default_book(folder, "zh"), CHINESE, env),
            "learning.png": lambda: learning(folder, env),
        }
        for file in wanted or makers:
            together(makers[file](), HERE / file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The slide of the lesson: the way of a picture through the network of the template by-hand, on one page.

Every number is the one that the workbook of that template shows. LibreOffice prints the page.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request

WIDE, TALL = 4.4, 27.0  # characters and points of a square
COLUMNS = 41
INK, GREY = "FF1F2933", "FF616E7C"
RED, BLUE, ORANGE = (0xD6, 0x45, 0x45), (0x2F, 0x73, 0xC4), (0xE8, 0x8A, 0x2E)
CHANNELS = ((0xD6, 0x45, 0x45), (0x3A, 0x9D, 0x5D), (0x2F, 0x73, 0xC4))

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "How does a network see? It multiplies, adds and compares.",
        "photo": "1  A photo is numbers",
        "filter": "2  A filter looks",
        "map": "3  Convolution",
        "relu": "4  ReLU",
        "pool": "5  Pooling",
        "logits": "6  Evidence",
        "softmax": "7  Probabilities",
        "photo.how": "red, green and blue light of each pixel, from 0 to 255",
        "filter.how": "one matrix for each colour, and a bias",
        "map.how": "27 products of the framed numbers, added, plus the bias: {sum}",
        "relu.how": "below 0 becomes 0",
        "pool.how": "the largest of four stays",
        "logits.how": "each number times its weight, added for each suspect",
        "softmax.how": "e to the logit, divided by the sum of all",
        "other": "The second filter does the same, and finds bars that lie.",
        "bias": "bias {value}",
        "end": "The network says: {verdict}. No step knows what a cross is; the numbers of the filters do.",
    },
    "zh": {
        "title": "网络怎样看图？只有乘、加和比较。",
        "photo": "1  照片就是数字",
        "filter": "2  卷积核来看",
        "map": "3  卷积",
        "relu": "4  ReLU",
        "pool": "5  池化",
        "logits": "6  证据",
        "softmax": "7  概率",
        "photo.how": "每个像素的红、绿、蓝光，从 0 到 255",
        "filter.how": "每种颜色一个矩阵，再加一个偏置",
        "map.how": "框里的数的 27 个乘积相加，再加偏置：{sum}",
        "relu.how": "小于 0 的变成 0",
        "pool.how": "四个数里留下最大的",
        "logits.how": "每个数乘以它的权重，为每个嫌疑人相加",
        "softmax.how": "e 的得分次方，除以它们的总和",
        "other": "第二个卷积核做同样的事，找横着的条。",
        "bias": "偏置 {value}",
        "end": "网络说：{verdict}。没有哪一步知道什么是十字；知道的是卷积核里的数。",
    },
}


def write(path: Path, language: str) -> None:
    """Print the slide into a PDF."""
    case = prepare(Request(template="by-hand", language=language))
    numbers = {name: np.asarray(array, float) for name, array in case.values.items()}
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _page(sheet)
    _draw(sheet, numbers, case.network.classes, TEXTS[language], "Noto Sans CJK SC" if language == "zh" else "Arial")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book.save(folder / "slide.xlsx")
        office = shutil.which("soffice") or "soffice"
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", name, str(folder / "slide.xlsx")]
        subprocess.run(command, check=True, capture_output=True)
        shutil.copyfile(folder / "slide.pdf", path)


def _page(sheet: Worksheet) -> None:
    """A4 across, everything on one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_options.horizontalCentered = sheet.print_options.verticalCentered = True
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, 0.3)
    for column in range(1, COLUMNS + 1):
        sheet.column_dimensions[get_column_letter(column)].width = WIDE
    for row in range(1, 30):
        sheet.row_dimensions[row].height = TALL if row > 1 else 2 * TALL


def _draw(
    sheet: Worksheet, numbers: Mapping[str, np.ndarray], classes: tuple[str, ...], texts: Mapping[str, str], font: str
) -> None:
    pen = _Pen(sheet, font)
    photo, weight, bias = numbers["photo.out"], numbers["conv.weight"], numbers["conv.bias"]
    pen.text(1, 1, texts["title"], size=30, bold=True)
    for c in range(3):
        pen.grid(6 + 7 * c, 1, photo[c], CHANNELS[c], 255)
        pen.grid(7 + 7 * c, 8, weight[0, c], RED, 1, BLUE)
    pen.text(25, 8, texts["bias"].format(value=f"{bias[0]:.0f}"), size=16)
    for row, column, name in ((12, 13, "conv"), (12, 20, "relu"), (12, 27, "pool")):
        pen.grid(row, column, numbers[f"{name}.out"][0], RED if name == "conv" else ORANGE, 500, BLUE)
    for c in range(3):
        pen.frame(7 + 7 * c, 2, 3)
    pen.frame(14, 15, 1)
    logits, shares = numbers["dense.out"], numbers["softmax.out"]
    for k, name in enumerate(classes):
        top = 11 + 3 * k
        pen.text(top, 33, name, size=16, bold=bool(shares[k] == shares.max()))
        pen.text(top + 1, 33, f"{logits[k]:.1f}", size=16)
        pen.bar(top + 1, 36, float(shares[k]))
    total = f"{numbers['conv.out'][0, 2, 2]:.0f}"
    heads = (("photo", 4, 1), ("filter", 4, 8), ("map", 10, 13), ("relu", 10, 20), ("pool", 10, 27))
    for name, row, column in (*heads, ("logits", 8, 33), ("softmax", 8, 37)):
        pen.text(row, column, texts[name], size=17, bold=True)
    wide = {"photo": 6, "filter": 4, "map": 6, "relu": 6, "pool": 5, "logits": 4, "softmax": 5}
    below = {"photo": 26, "filter": 26, "map": 18, "relu": 18, "pool": 17, "logits": 20, "softmax": 20}
    at = {name: column for name, _, column in heads} | {"logits": 33, "softmax": 37}
    for name, row in below.items():
        pen.text(row, at[name], texts[f"{name}.how"].format(sum=total), size=15, grey=True, wide=wide[name])
    for row, column, sign in ((14, 6, "×"), (14, 12, "→"), (14, 19, "→"), (14, 26, "→"), (14, 32, "→")):
        pen.text(row, column, sign, size=26, bold=True, centre=True)
    pen.text(22, 13, texts["other"], size=15, grey=True)
    pen.text(29, 1, texts["end"].format(verdict=classes[int(shares.argmax())]), size=20, bold=True)


class _Pen:
    """Writes into the cells of one sheet."""

    def __init__(self, sheet: Worksheet, font: str) -> None:
        self.sheet, self.font = sheet, font

    def text(
        self,
        row: int,
        column: int,
        text: str,
        *,
        size: int,
        bold: bool = False,
        grey: bool = False,
        centre: bool = False,
        wide: int = 0,
    ) -> None:
        """A text; within ``wide`` columns and two rows where that is not 0."""
        cell = self.sheet.cell(row, column, text)
        cell.font = Font(name=self.font, size=size, bold=bold, color=GREY if grey else INK)
        cell.alignment = Alignment(
            horizontal="center" if centre else "left", vertical="top" if wide else "center", wrap_text=bool(wide)
        )
        if wide:
            self.sheet.merge_cells(start_row=row, end_row=row + 2, start_column=column, end_column=column + wide - 1)

    def grid(
        self,
        row: int,
        column: int,
        values: np.ndarray,
        color: tuple[int, int, int],
        most: float,
        below: tuple[int, int, int] = BLUE,
    ) -> None:
        """A matrix as coloured squares: white is 0, ``color`` is ``most``, ``below`` is -most."""
        side = Side(style="thin", color="FFCBD2D9")
        for (i, j), value in np.ndenumerate(values):
            cell = self.sheet.cell(row + i, column + j, float(value))
            share = min(abs(float(value)) / most, 1) * 0.8
            cell.fill = PatternFill("solid", fgColor=_mixed(color if value >= 0 else below, share))
            cell.font = Font(name=self.font, size=13, color="FFFFFFFF" if share > 0.55 else INK)
            cell.number_format = "0"
            cell.alignment = Alignment(horizontal="center", vertical="center")
            cell.border = Border(left=side, right=side, top=side, bottom=side)

    def frame(self, row: int, column: int, size: int) -> None:
        """A thick frame around size x size squares: what the example speaks of."""
        thick = Side(style="thick", color=INK)
        for i in range(size):
            for j in range(size):
                cell = self.sheet.cell(row + i, column + j)
                old = cell.border
                cell.border = Border(
                    left=thick if j == 0 else old.left,
                    right=thick if j == size - 1 else old.right,
                    top=thick if i == 0 else old.top,
                    bottom=thick if i == size - 1 else old.bottom,
                )
        for k in range(size):  # the neighbours would paint their thin lines over it
            right, below = self.sheet.cell(row + k, column + size), self.sheet.cell(row + size, column + k)
            right.border = Border(
                left=thick, right=right.border.right, top=right.border.top, bottom=right.border.bottom
            )
            below.border = Border(
                top=thick, left=below.border.left, right=below.border.right, bottom=below.border.bottom
            )

    def bar(self, row: int, column: int, share: float) -> None:
        """A probability as a bar of five cells, with its number."""
        for k in range(5):
            full = min(max(share * 5 - k, 0), 1)
            self.sheet.cell(row, column + k).fill = PatternFill("solid", fgColor=_mixed(ORANGE, max(full, 0.08)))
        self.text(row - 1, column + 1, f"{share:.0%}", size=16, bold=share > 0.5)


def _mixed(color: tuple[int, int, int], share: float) -> str:
    """A colour mixed with white, as openpyxl wants it."""
    return "FF" + "".join(f"{round(255 + (part - 255) * share):02X}" for part in color)

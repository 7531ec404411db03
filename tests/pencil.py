"""A pupil with a pencil: reads a printed worksheet from top to bottom, and computes every box in plain Python.

Nothing of sheetnet is used. Places are found as a pupil finds them: by the numbers of the steps, and by the words
beside the boxes.
"""

from __future__ import annotations

import math
import re
from typing import Any

from openpyxl.cell.cell import MergedCell

Cell = tuple[int, int]


def half_up(x: float, digits: int = 0) -> float:
    """Rounded as at school, by the decimals that a person sees."""
    scaled = abs(x) * 10**digits
    return math.copysign(math.floor(scaled + 0.5 + 1e-9) / 10**digits, x) if scaled + 0.5 + 1e-9 >= 1 else 0.0


def steps(sheet: Any) -> dict[int, int]:
    """The row of the heading of each step."""
    found = {}
    for row in range(1, sheet.max_row + 1):
        value = sheet.cell(row, 1).value
        if isinstance(value, str) and (match := re.match(r"(\d+)   ", value)):
            found[int(match[1])] = row
    return found


def below(sheet: Any, row: int, word: str) -> Cell:
    """The first cell from a row on that holds a text which begins so."""
    for one in range(row, sheet.max_row + 1):
        for column in range(1, 18):
            value = sheet.cell(one, column).value
            if isinstance(value, str) and value.startswith(word):
                return one, column
    raise LookupError(word)


def right_of(sheet: Any, at: Cell, *, blank: bool) -> Cell:
    """The first box to the right: an empty one, or one with a number."""
    row, column = at
    for one in range(column + 1, 18):
        cell = sheet.cell(row, one)
        boxed = cell.border.left is not None and cell.border.left.style
        if boxed and (cell.value is None if blank else isinstance(cell.value, int | float)):
            return row, one
    raise LookupError(at)


def read(sheet: Any, at: Cell, rows: int, columns: int) -> list[list[float]]:
    return [[float(sheet.cell(at[0] + i, at[1] + j).value) for j in range(columns)] for i in range(rows)]


def solve(sheet: Any, level: int) -> dict[Cell, float]:
    """Every box of a worksheet in English: place -> number."""
    found: dict[Cell, float] = {}
    step = steps(sheet)
    colours = ("Red", "Green", "Blue")

    def fill(at: Cell, numbers: list[list[float]]) -> None:
        for i, line in enumerate(numbers):
            for j, number in enumerate(line):
                found[at[0] + i, at[1] + j] = number

    def three(number: int) -> list[Cell]:
        heads = [below(sheet, step[number], colour) for colour in colours]
        return [(row + 1, column) for row, column in heads]

    patch = [read(sheet, at, 5, 5) for at in three(1)]
    kernel = [read(sheet, at, 3, 3) for at in three(2)]
    bias = float(sheet.cell(*right_of(sheet, below(sheet, step[2], "The bias"), blank=False)).value)
    # 3: the place is told in words
    said = " ".join(str(sheet.cell(row, 1).value) for row in range(step[3] + 1, step[3] + 4))
    top, left = (int(re.search(f"{word} (\\d)", said)[1]) - 1 for word in ("rows", "columns"))  # type: ignore[index]
    total = 0.0
    for plane, glass, (row, column) in zip(patch, kernel, three(3), strict=True):
        products = [[plane[top + i][left + j] * glass[i][j] for j in range(3)] for i in range(3)]
        fill((row, column), products)
        found[row + 3, column + 2] = sum(map(sum, products))
        total += sum(map(sum, products))
    sums = below(sheet, step[3], "Sum of all 27:")
    first = right_of(sheet, sums, blank=True)
    found[first], found[right_of(sheet, below(sheet, step[3], "Sum of all 27, plus"), blank=True)] = (
        total,
        total + bias,
    )
    # 4, 5, 6
    look = [
        [
            bias + sum(patch[c][y + i][x + j] * kernel[c][i][j] for c in range(3) for i in range(3) for j in range(3))
            for x in range(3)
        ]
        for y in range(3)
    ]
    assert look[top][left] == total + bias
    relu = [[max(number, 0.0) for number in line] for line in look]
    pool = [[max(relu[y + i][x + j] for i in (0, 1) for j in (0, 1)) for x in (0, 1)] for y in (0, 1)]
    for number, numbers in ((4, look), (5, relu), (6, pool)):
        fill(first_box(sheet, step[number]), numbers)
    # 7, 8
    flat = below(sheet, step[7], "The four in a row")
    four = [number for line in pool for number in line]
    fill(right_of(sheet, flat, blank=True), [four])
    divided = below(sheet, step[7], "divided by")
    divisor = float(sheet.cell(*right_of(sheet, divided, blank=False)).value)
    clues = [half_up(number / divisor) for number in four]
    fill(right_of(sheet, divided, blank=True), [clues])
    logits, suspects = [], [below(sheet, step[8], f"Suspect {name}") for name in "AB"]
    for at in suspects:
        weights = read(sheet, right_of(sheet, at, blank=False), 1, 4)[0]
        box = right_of(sheet, at, blank=True)
        products = [clue * weight for clue, weight in zip(clues, weights, strict=True)]
        fill(box, [products])
        logits.append(sum(products))
        found[box[0], below(sheet, step[8], "logit")[1]] = sum(products)
    # 9
    heads = [below(sheet, step[9] + 3, word)[1] for word in ("confidence", "probability")]
    rows = [below(sheet, step[9], f"Suspect {name}")[0] for name in "AB"]
    table = {}
    if level > 1:
        line = below(sheet, step[9], "below larger")[0]
        for column in range(2, 18):
            key, value = (sheet.cell(line + k, column).value for k in (0, 1))
            if key is not None:
                table[float(key)] = float(value)
    end = min(logits) if level == 1 else max(logits)
    away = [logit - end for logit in logits]
    confidence = [3.0**one if level == 1 else table[one] for one in away]
    p = [half_up(one / sum(confidence), 2) for one in confidence]
    for row, *numbers in zip(rows, away, confidence, p, strict=True):
        found |= dict(zip(((row, 3), (row, heads[0]), (row, heads[1])), numbers, strict=True))
    found[rows[1] + 1, heads[0]] = round(sum(confidence), 9)
    # 10
    truth = [
        float(sheet.cell(*right_of(sheet, below(sheet, step[10], f"Truth, suspect {name}"), blank=False)).value)
        for name in "AB"
    ]
    guilty = truth.index(1.0)
    head = below(sheet, step[10], "−ln p")[0]
    hundredths = round(p[guilty] * 100)
    loss = float(sheet.cell(head + 1 + hundredths // 10, 3 + hundredths % 10).value)
    found[right_of(sheet, below(sheet, step[10], "Its probability"), blank=True)] = p[guilty]
    found[right_of(sheet, below(sheet, step[10], "The loss, "), blank=True)] = loss
    if level == 3:
        learn(sheet, step, found, p, truth, clues, suspects)
    return found


def learn(
    sheet: Any,
    step: dict[int, int],
    found: dict[Cell, float],
    p: list[float],
    truth: list[float],
    clues: list[float],
    suspects: list[Cell],
) -> None:
    """Steps 11 and 12."""
    errors = [round(one - other, 9) for one, other in zip(p, truth, strict=True)]
    for name, error in zip("AB", errors, strict=True):
        found[right_of(sheet, below(sheet, step[11], f"Probability − truth, suspect {name}"), blank=True)] = error
    at = below(sheet, step[11], "Suspect")
    name, clue = re.search(r"Suspect ([AB]): that number × clue (\d)", sheet.cell(*at).value).groups()  # type: ignore[union-attr]
    who, which = "AB".index(name), int(clue) - 1
    gradient = half_up(errors[who] * clues[which], 1)
    found[right_of(sheet, at, blank=True)] = gradient
    rate = float(sheet.cell(*right_of(sheet, below(sheet, step[12], "The learning rate"), blank=False)).value)
    found[right_of(sheet, below(sheet, step[12], "Rate ×"), blank=True)] = rate * gradient
    row, column = right_of(sheet, suspects[who], blank=False)
    weight = float(sheet.cell(row, column + which).value)
    found[right_of(sheet, below(sheet, step[12], "New weight of"), blank=True)] = weight - rate * gradient


def first_box(sheet: Any, row: int) -> Cell:
    """The first empty box below a heading."""
    for one in range(row + 1, row + 6):
        cell = sheet.cell(one, 1)
        if cell.value is None and cell.border.left is not None and cell.border.left.style:
            return one, 1
    raise LookupError(row)


def empty_boxes(sheet: Any) -> set[Cell]:
    """Every box that is to be filled: with a border and nothing in it, and not the second half of a wide one."""
    return {
        (cell.row, cell.column)
        for line in sheet.iter_rows(max_col=17)
        for cell in line
        if not isinstance(cell, MergedCell) and cell.value is None and is_box(cell)
    }


def is_box(cell: Any) -> bool:
    """Whether a cell has a black border."""
    left = cell.border.left
    return left is not None and left.style == "thin" and left.color is not None and left.color.rgb == "FF000000"

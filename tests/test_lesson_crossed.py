"""A column cannot be multiplied with a row: a lesson that lays its blocks so is refused, and told how to lay them."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_lesson_files import SHORT, WORDS, written

import sheetnet
from sheetnet.errors import NetworkError
from sheetnet.lesson.shelves.crossed import crossed

BILL = """
[inputs.count]
value = [2, 1, 3]
range = [0, 10]

[inputs.price]
value = [[3, 2, 1], [1, 1, 1]]
range = [0, 100]

[constants.none]
value = [0, 0]

[[steps]]
name = "bill"
kind = "dense"
units = 2
reads = { x = "count", weight = "price", bias = "none" }

[[sheets]]"""
LABELS = 'count = "how many"\nprice = "price"\nnone = "none"\nbill = "bill"\n'


def test_a_dense_layer_whose_x_lies_in_a_column_is_refused_and_one_in_a_row_is_proven(tmp_path: Path) -> None:
    lesson = SHORT.replace("[[sheets]]", BILL, 1)
    column = lesson.replace('"twice"]', '"twice", "count", "price", "none", "bill"]')
    with pytest.raises(NetworkError) as error:
        sheetnet.build(out=tmp_path / "column.xlsx", template=written(tmp_path, column, WORDS + LABELS))
    assert str(error.value) == (
        f"{tmp_path / 'twice' / 'lesson.toml'}: [[steps]] 'bill': it multiplies ranges of 3 x 1 and 1 x 3 cells; "
        "lay both alike: { show, across = true } lays a list in a row"
    )
    row = column.replace('"count", "price"', '{ show = "count", across = true }, "price"')
    built = sheetnet.build(out=tmp_path / "row.xlsx", template=written(tmp_path, row, WORDS + LABELS, "row"))
    assert built.report is not None
    assert built.report.proven


@pytest.mark.parametrize(
    ("formula", "forms"),
    [
        ("SUMPRODUCT(B2:B5,$C$2:$F$2)+G1", "4 x 1 and 1 x 4"),
        ("SUMPRODUCT('Two, (it''s)'!B2:C3,Photo!AA2:AB3)", ""),
        ("SUMPRODUCT(B2:B5,C2:C5)+SUMPRODUCT(B2:B5,Photo!C2:C4)", "4 x 1 and 3 x 1"),
        ("SUMPRODUCT(B2,C2)", ""),
        ("B2:B5", ""),
    ],
)
def test_forms_of_ranges_are_read_from_the_formula(formula: str, forms: str) -> None:
    assert crossed(formula) == forms

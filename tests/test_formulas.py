"""Formulas are the same but for how they are written: by us, by LibreOffice, by Gnumeric, by Excel."""

from __future__ import annotations

import pytest

from sheetnet.proof.formulas import same_text


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("SUM($B$1:B3)", True),
        (" sum( B1 : B3 ) ", True),
        ("SUM('Conv1'!B1:B3)", True),
        ("SUM(B1:B4)", False),
        ("SUM(Conv2!B1:B3)", False),
        ("SUM(B1:B3)+0", False),
    ],
)
def test_formulas_are_the_same_but_for_how_they_are_written(found: str, same: bool) -> None:
    assert same_text("SUM(B1:B3)", found, "Conv1") is same


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("SQRT($I$11+0.00001)*2", True),
        ("SQRT(I11+1E-05)*2.0", True),
        ("SQRT(I11+1E-5)*2E+00", True),
        ("SQRT(I11+0.0000100000000000001)*2", False),
        ("SQRT(I11+0.0001)*2", False),
        ("SQRT(I11+1E-05)*20", False),
        ("SQRT(I12+1E-05)*2", False),
    ],
)
def test_a_number_may_be_written_in_other_ways(found, same):
    assert same_text("SQRT($I$11+1E-05)*2", found, "Conv1") is same


def test_gnumeric_writes_the_newer_name_of_rank():
    assert same_text("RANK(C14,$C$14:$C$21)", "_xlfn.RANK.EQ(C14,$C$14:$C$21)", "S")
    assert not same_text("RANK(C14,$C$14:$C$21)", "_xlfn.RANK.AVG(C14,$C$14:$C$21)", "S")


def test_of_17_digits_an_office_keeps_15():
    assert same_text("A1+9.999999747378752E-06", "A1+0.00000999999974737875", "S")


def test_digits_in_the_name_of_a_sheet_are_no_numbers():
    assert not same_text("'1e2'!A1", "'100'!A1", "S")
    assert not same_text("'1'!A1", "'01'!A1", "S")


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("0.0099999999999999999998*B1+'31E5'!B2", True),
        ("1E-02*B1+'31E5'!B2", True),
        ("0.011*B1+'31E5'!B2", False),
        ("0.01*B10+'31E5'!B2", False),
        ("0.01*B1+'3100000'!B2", False),
    ],
)
def test_a_number_is_the_same_in_other_digits_and_an_address_is_none(found: str, same: bool) -> None:
    assert same_text("0.01*B1+'31E5'!B2", found, "Conv1") is same


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("卷积!A1", "'卷积'!A1", True),
        ("'Übung'!$B$2:C3", "Übung!B2:C3", True),
        ("'My sheet'!A1", "'my SHEET'!A1", True),
        ("'it''s'!A1", "'it''s'!A1", True),
        ("'it''s'!A1", "'its'!A1", False),
        ("卷积!A1", "卷积2!A1", False),
        ("卷积!A1", "A1", False),
        ("Home!A1", "A1", True),
        ('IF(A1,"a!b","c")', 'if( a1 , "a!b","c" )', True),
        ('IF(A1,"a!b","c")', 'IF(A1,"A!b","c")', False),
        ('A1&"two  blanks"', 'A1&"two blanks"', False),
        ('A1&"$5"', 'A1&"5"', False),
        ('A1&"0.50"', 'A1&"0.5"', False),
        ('\'a"b\'!A1&"c"', '\'a"b\'!A1&"c"', True),
        ('"✓ right"', '"✗ wrong"', False),
    ],
)
def test_names_of_sheets_are_names_and_texts_are_what_they_say(expected: str, found: str, same: bool) -> None:
    assert same_text(expected, found, "Home") is same

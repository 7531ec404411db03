"""The feedback of a pupil: the file that was handed in, with a mark and a sentence at each answer, and no formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import surgery
from classes import exercise, fill
from openpyxl.worksheet.hyperlink import Hyperlink

import sheetnet
from sheetnet.classroom.assign.item import TEACHERS
from sheetnet.classroom.grade import theirs
from sheetnet.classroom.grade.theirs import LOOKS, _without
from sheetnet.grid import a1
from sheetnet.words import load
from sheetnet.workbook.look import Scale


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feedback") / "exercise"
    sheetnet.assign(out=folder)
    return folder


def marked(given: Path, folder: Path, **asked: bool) -> tuple[sheetnet.api.exercises.Graded, Path]:
    """Grade what is in a folder; the feedback of the only file."""
    result = sheetnet.grade(given / "manifest.json", folder, folder / "results", **asked)  # type: ignore[arg-type]
    [feedback] = (folder / "results" / "feedback").glob("*.xlsx")
    return result, feedback


def test_it_is_the_file_that_was_handed_in_with_marks(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    [pupil] = manifest.pupils
    said = {1: 77.0, 2: "two", pupil.items[-1].number: None}
    path = fill(files["1"], tmp_path / "a.xlsx", pupil.items, said)
    result, feedback = marked(given, tmp_path, hide_answers=True)
    verdicts = {mark.number: mark.verdict for mark in result.results[0].marks}
    assert (verdicts[1], verdicts[2], verdicts[pupil.items[-1].number]) == ("wrong", "words", "open")
    assert "right" in verdicts.values()
    book, handed = openpyxl.load_workbook(feedback), openpyxl.load_workbook(path)
    assert book.sheetnames == [load("en")("grade.feedback"), *handed.sheetnames]
    assert TEACHERS in book.defined_names
    assert surgery.count_formulas(feedback) == 0
    places = {item.place: item for item in pupil.items}
    for sheet in handed.worksheets:
        made = book[sheet.title]
        assert made.column_dimensions["B"].width == sheet.column_dimensions["B"].width
        for line in sheet.iter_rows():
            for cell in line:
                other = made[cell.coordinate]
                item = places.get((sheet.title, cell.row, cell.column))
                if item is not None:
                    colour, sign = LOOKS[verdicts[item.number]]
                    assert other.fill.fgColor.rgb == colour
                    assert sign in other.number_format
                    assert other.comment is not None
                    assert load("en")(f"grade.verdicts.{verdicts[item.number]}") in other.comment.text
                    assert "The answer is" not in other.comment.text
                elif cell.value is not None and not str(cell.value).startswith("="):
                    assert other.value == cell.value
                    assert other.font.b == cell.font.b
                    assert other.fill.fgColor.rgb == cell.fill.fgColor.rgb
    conv = next(item for item in pupil.items if item.number == 1)
    assert book[conv.place[0]].cell(*conv.place[1:]).value == 77


def test_an_answer_is_told_at_its_cell_where_it_is_not_hidden(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    [pupil] = manifest.pupils
    fill(files["1"], tmp_path / "a.xlsx", pupil.items, {1: 77.0})
    _, feedback = marked(given, tmp_path)
    item = pupil.items[0]
    note = openpyxl.load_workbook(feedback)[item.place[0]].cell(*item.place[1:]).comment
    assert note is not None
    assert f"The answer is {item.answer:.6g}." in note.text


def test_merged_cells_and_links_within_the_file_stay_and_no_others(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    [pupil] = manifest.pupils
    path = fill(files["1"], tmp_path / "a.xlsx", pupil.items)
    book = openpyxl.load_workbook(path)
    sheet, row, column = pupil.items[0].place
    own = book.create_sheet("My notes")
    own["A1"], own["A2"], own["A3"] = "to the map", "away", "nowhere"
    own["A1"].hyperlink = Hyperlink(ref="A1", location=f"'{sheet}'!{a1(row, column)}")
    own["A2"].hyperlink = "https://example.com"
    own["A3"].hyperlink = Hyperlink(ref="A3", location="'gone'!A1")
    own.merge_cells("A1:C1")
    book[sheet].cell(row, column - 1).value = None
    book[sheet].merge_cells(start_row=row, end_row=row, start_column=column - 1, end_column=column)  # over an answer
    book.save(path)
    kept = openpyxl.load_workbook(marked(given, tmp_path)[1])
    made = kept["My notes"]
    assert [area.coord for area in made.merged_cells.ranges] == ["A1:C1"]
    assert {cell.coordinate: cell.hyperlink.location for line in made for cell in line if cell.hyperlink} == {
        "A1": f"{sheet}!{a1(row, column)}"
    }
    assert a1(row, column) not in kept[sheet].merged_cells
    assert kept[sheet].cell(row, column).comment is not None
    handed = openpyxl.load_workbook(path)
    for title in handed.sheetnames:
        links = {c.coordinate for line in handed[title] for c in line if c.hyperlink and c.hyperlink.location}
        assert {c.coordinate for line in kept[title] for c in line if c.hyperlink} == links - {"A3"}, title


def test_nothing_of_a_file_comes_back_that_could_do_something(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    [pupil] = manifest.pupils
    path = fill(files["1"], tmp_path / "a.xlsx", pupil.items)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("Feedback")
    sheet["A1"] = '=HYPERLINK("https://example.com","x")'
    sheet["A2"] = "=1+1"
    sheet["A3"].hyperlink = "https://example.com"
    sheet["B1"].number_format = "0" * 300
    book.create_sheet("hidden").sheet_state = "veryHidden"
    book.save(path)
    result, feedback = marked(given, tmp_path)
    assert result.results[0].points == result.points
    names = openpyxl.load_workbook(feedback).sheetnames
    assert names[0] == "Feedback"
    assert names[-1] == "Feedback 2"
    assert "hidden" not in names
    assert surgery.count_formulas(feedback) == 0
    assert b"https://example.com" not in b"".join(
        data for name, data in surgery.parts(feedback).items() if name.endswith(".rels")
    )
    assert openpyxl.load_workbook(feedback)["Feedback 2"]["A2"].value == 2


def test_where_the_looks_cannot_be_read_the_list_is_there(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that openpyxl refuses and others take: a style sheet that it cannot read."""
    manifest, files = exercise(given)
    [pupil] = manifest.pupils
    path = fill(files["1"], tmp_path / "a.xlsx", pupil.items)
    content = surgery.parts(path)
    styles = content["xl/styles.xml"]
    content["xl/styles.xml"] = styles.replace(b'horizontal="center"', b'horizontal="middle"')
    surgery.save(path, content)
    result, feedback = marked(given, tmp_path)
    assert result.results[0].points == result.points
    [sheet] = openpyxl.load_workbook(feedback).worksheets
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "What was handed in is not shown here: the looks of the file cannot be read (ValueError)." in texts
    assert texts.count("Right.") == len(pupil.items)


def test_only_so_many_cells_are_written_anew_and_those_with_answers_first(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, files = exercise(given)
    [pupil] = manifest.pupils
    data = fill(files["1"], tmp_path / "a.xlsx", pupil.items).read_bytes()
    monkeypatch.setattr(theirs, "MOST_CELLS", 900)
    book = theirs.Book("x")
    book.add("Feedback")
    shown = {sheet.title: {} for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets}
    at = theirs.Anchor("Softmax", 10, 3)
    mark = theirs.Mark(1, "right", 1, "1", 1.0)
    titles = theirs.add_theirs(book, data, shown, {at: (mark, "Right.")})
    assert "Softmax" in titles
    assert len(titles) < len(shown)


def test_a_scale_of_colours_leaves_out_the_answers() -> None:
    whole = Scale(["B2:D4"], [("FFFFFFFF", None), ("FF000000", None)])
    assert set(_without(whole, [(3, 3)]).ranges) == {"B2:D2", "B4:D4", "B3:B3", "D3:D3"}
    assert _without(whole, [(9, 9)]).ranges == ["B2:D4"]

"""Tables of grades of Moodle and Canvas: what is filled in is read by their rules, and every other byte stays."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from canvas import Canvas
from hypothesis import given, settings
from hypothesis import strategies as st
from moodle import CHINESE, ENGLISH, FRENCH, GERMAN, POLISH, Language, Moodle

from sheetnet.classroom.platforms.exchange import exchange, open_gradebook
from sheetnet.classroom.platforms.gradebook import OURS, Entry, Gradebook
from sheetnet.classroom.platforms.moodle import languages
from sheetnet.classroom.platforms.table import tables
from sheetnet.errors import WorkbookError

PEOPLE = {7: "Rosa Alba", 12: "Piñón Ácana Ñandú", 345: "向日葵", 6789: "=Bay_Oak O'Heather", 90: 'Elm "B" Cone'}
TOTAL = 16
MARKS = {"7": 16, "12": 14, "345": 0, "6789": 5}
COURSE = {55: ("Quiz 1", 10.0), 77: ("Exercise (CNN), part 2", 8.0)}


def entries(marks: dict[str, int] = MARKS, text: str = 'right; "carried", 2/2') -> dict[str, Entry]:
    return {one: Entry(points, text, f"{one}.xlsx") for one, points in marks.items()}


def opened(data: bytes, folder: Path, assignment: str | None = None) -> Gradebook:
    (folder / "table.csv").write_bytes(data)
    return open_gradebook(folder / "table.csv", assignment)


def refused(data: bytes, folder: Path, assignment: str | None = None) -> str:
    with pytest.raises(WorkbookError) as found:
        opened(data, folder, assignment)
    assert str(found.value).startswith(f"{folder / 'table.csv'}: ")
    return str(found.value)


def scores(maximum: float) -> dict[int, float]:
    return {int(one): pytest.approx(points * maximum / TOTAL, abs=0.005) for one, points in MARKS.items()}


LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "zh": CHINESE, "of a language that is not known": POLISH}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize(("separator", "end", "mark"), [(",", "\n", "\ufeff"), (";", "\r\n", ""), ("\t", "\r", "")])
def test_moodle_reads_the_marks(language: Language, separator: str, end: str, mark: str, tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, language)
    book = opened(moodle.worksheet(separator=separator, end=end, mark=mark).encode(), tmp_path)
    assert (book.platform, book.most) == ("Moodle", 100)
    filled = book.filled(entries(), TOTAL)
    assert (filled.grades, filled.feedbacks, filled.odd) == (4, 4, ())
    assert moodle.take_grades(filled.data, separator=separator) == {7, 12, 345, 6789}
    assert moodle.grades == scores(100)
    assert set(moodle.comments.values()) == {OURS + 'right; "carried", 2/2'}


@pytest.mark.parametrize("language", languages())
def test_the_heads_of_a_language_are_no_others_in_another_language(language: str, tmp_path: Path) -> None:
    heads = languages()[language]
    assert set(heads) == {"identifier", "name", "grade", "scale", "feedback"}
    for earlier in (0, -1):
        of = {role: spelled[earlier] for role, spelled in heads.items()}
        words = Language(of["identifier"], "Participant ", of["name"], of["grade"], "Max", "Changed", of["feedback"])
        moodle = Moodle(PEOPLE, words, comments=dict.fromkeys(PEOPLE, f"{OURS}of before"))
        book = opened(moodle.worksheet().encode(), tmp_path)
        assert dict(book.names) == {str(number): name for number, name in PEOPLE.items()}
        assert moodle.take_grades(book.filled(entries(), TOTAL).data) == {7, 12, 345, 6789}
        assert moodle.comments[7] == OURS + 'right; "carried", 2/2'


@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=["en", "de"])
@pytest.mark.parametrize("maximum", [16.0, 20.0, 7.0, 12.5])
def test_a_grade_has_the_maximum_of_moodle(language: Language, maximum: float, tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, language, maximum)
    moodle.take_grades(opened(moodle.worksheet().encode(), tmp_path).filled(entries(), TOTAL).data)
    assert moodle.grades == scores(maximum)
    assert max(moodle.grades.values()) == maximum


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "gb18030"])
def test_what_a_spreadsheet_has_saved_keeps_its_encoding(encoding: str, tmp_path: Path) -> None:
    language = CHINESE if encoding == "gb18030" else GERMAN
    people = {one: name for one, name in PEOPLE.items() if encoding != "cp1252" or one != 345}
    moodle = Moodle(people, language)
    data = moodle.worksheet(separator=";", end="\r\n", mark="").encode(encoding)
    filled = opened(data, tmp_path).filled(entries({"7": 16, "12": 14}, "卷积 2/2"), TOTAL)
    assert filled.grades == 2
    assert moodle.take_grades(filled.data, separator=";", encoding=encoding) == {7, 12}
    assert moodle.comments[7] == OURS + (
        "&#21367;&#31215; 2/2" if encoding == "cp1252" else "卷积 2/2"
    )  # HTML to Moodle


def test_every_byte_of_other_cells_stays(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, GERMAN, grades={90: 50.0}, comments={90: "<p>=SUM(A1) \\ good,\r\nwork</p>"})
    data = moodle.worksheet(end="\r\n").encode()
    book = opened(data, tmp_path)
    assert book.filled({}, TOTAL).data == data
    after, before = book.filled(entries({"12": 14}), TOTAL).data.split(b"\r\n"), data.split(b"\r\n")
    assert [number for number, line in enumerate(after) if line != before[number]] == [2]
    start, end = before[2].split(b',,"100,00",')
    assert after[2] == start + b',"87,5","100,00",' + end + b'"sheetnet: right; ""carried"", 2/2"'
    assert moodle.grades[90] == 50.0


def test_what_a_teacher_has_written_stays_and_what_was_written_here_is_replaced(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, comments={7: "<p>Well done, Rosa</p>"})
    first = opened(moodle.worksheet().encode(), tmp_path).filled(entries(), TOTAL)
    assert (first.grades, first.feedbacks) == (4, 3)
    assert first.odd == ("7.xlsx: no feedback is written, another one stands there",)
    again = opened(first.data, tmp_path).filled(entries({"7": 4, "12": 4}, "less"), TOTAL)
    moodle.take_grades(again.data)
    assert (moodle.grades[7], moodle.grades[12]) == (25, 25)
    assert (moodle.comments[7], moodle.comments[12]) == ("<p>Well done, Rosa</p>", OURS + "less")


def test_a_number_that_the_table_has_not_is_told(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE)
    filled = opened(moodle.worksheet().encode(), tmp_path).filled(entries({"1": 3, "7": 4}), TOTAL)
    assert filled.odd == ("1.xlsx: no grade is written, the table of Moodle has no pupil 1",)
    assert moodle.take_grades(filled.data) == {7}


def test_no_pupil_is_read_from_a_comment_that_looks_like_rows(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE)
    odd = '"<p>say \\"a, b\nsee page 12,x,x,x,,100.00,x,x,x\nParticipant 345,x,x"\n'
    row = f"Participant 91,Aloë,z,Late,,100.00,Yes,-,{odd}Participant 90,"
    data = moodle.worksheet().replace("Participant 90,", row)
    book = opened(data.encode(), tmp_path)
    assert set(book.rows) == {str(number) for number in PEOPLE}
    after = book.filled(entries(), TOTAL).data.decode()
    assert odd in after
    assert 'Participant 345,向日葵,p345@example.org,"Submitted, late",0,100.00' in after


def test_a_worksheet_with_a_scale_or_of_nobody_is_refused(tmp_path: Path) -> None:
    scale = Moodle(PEOPLE).worksheet().replace("Maximum grade", "Scale").replace("100.00", "Poor")
    assert "grades with a scale" in refused(scale.encode(), tmp_path)
    assert "has no row of a pupil" in refused(Moodle({}).worksheet().encode(), tmp_path)
    twice = Moodle(PEOPLE).worksheet().replace("Participant 12,", "Participant 7,")
    assert "has 2 rows of the pupil '7'" in refused(twice.encode(), tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"a,b\n1,2\n", b"name;points\nRosa;3\n", b"\x89PNG\r\n\x1a\n\0\0", b'"""']
)
def test_what_is_no_table_of_grades_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "give the grading worksheet of Moodle or the gradebook of Canvas" in refused(data, tmp_path)
    with pytest.raises(WorkbookError, match="no such file"):
        open_gradebook(tmp_path / "none.csv", None)


@pytest.mark.parametrize(("separator", "comma", "mark"), [(",", False, ""), (";", True, "\ufeff"), (",", True, "")])
@pytest.mark.parametrize("manual", [True, False])
def test_canvas_reads_the_marks(separator: str, comma: bool, mark: str, manual: bool, tmp_path: Path) -> None:
    canvas = Canvas(PEOPLE, COURSE, {(90, 77): "3.00", (7, 55): "9.00"})
    data = canvas.gradebook(separator=separator, comma=comma, mark=mark, manual=manual).encode()
    for asked in ("77", "Exercise (CNN), part 2", "Exercise (CNN), part 2 (77)"):
        book = opened(data, tmp_path, asked)
        assert (book.platform, book.most, book.feedback) == ("Canvas", 8, None)
        filled = book.filled(entries(), TOTAL)
        assert (filled.grades, filled.feedbacks, filled.odd) == (4, 0, ())
    before = dict(canvas.grades)
    new = canvas.take_grades(filled.data)
    assert {number: float(grade) for (number, _), grade in new.items()} == scores(8)
    assert {one for _, one in new} == {77}
    assert canvas.grades == before | new
    assert other_cells(filled.data, separator, book.grade) == other_cells(data, separator, book.grade)


def other_cells(data: bytes, separator: str, column: int) -> list[list[str]]:
    rows = csv.reader(io.StringIO(data.decode()), delimiter=separator)
    return [row[:column] + row[column + 1 :] for row in rows]


def test_canvas_keeps_who_is_excused_and_to_whom_nothing_was_given(tmp_path: Path) -> None:
    canvas = Canvas(PEOPLE, {77: COURSE[77]}, {(7, 77): "EX", (12, 77): "N/A"})
    filled = opened(canvas.gradebook().encode(), tmp_path).filled(entries(), TOTAL)
    assert filled.odd == tuple(
        f"{one}.xlsx: no grade is written, {told} stands there" for one, told in ((7, "EX"), (12, "N/A"))
    )
    assert set(canvas.take_grades(filled.data)) == {(345, 77), (6789, 77)}


def test_names_that_a_spreadsheet_has_saved_are_read_as_they_are(tmp_path: Path) -> None:
    for names, encoding in ((("Piñón Ñandú", "Aloë Blüte"), "cp1252"), (("向日葵", "月季"), "gb18030")):
        people = dict(enumerate(names, 1))
        data = Canvas(people, {5: ("Lab", 4.0)}).gradebook().encode(encoding)
        book = opened(data, tmp_path)
        assert list(book.names.values()) == [*names, "Student, Test"]
        assert book.filled({}, TOTAL).data == data


def test_whose_a_file_is_has_the_name_of_the_table_or_of_the_folder_or_none(tmp_path: Path) -> None:
    def named(people: dict[int, str], folder: str, more: tuple[str, ...] = ()) -> str:
        book = opened(Moodle(people).worksheet().encode(), tmp_path)
        files = [f"{one}_assignsubmission_file_/x.xlsx" for one in (folder, *more)]
        return exchange(files, book, tmp_path).names["7"]

    assert named({7: "Rosa Gallica Alba"}, "Rosa Alba_7") == "Rosa Gallica Alba"
    assert named({7: "?ukasz ?ak"}, "Łukasz Żak_7") == "Łukasz Żak"  # saved where these letters are not known
    assert named({7: ""}, "Participant_7") == ""
    assert named({7: "", 8: ""}, "Teilnehmer_7", ("Teilnehmer_8",)) == ""


def test_canvas_with_first_and_last_names_and_without_a_maximum(tmp_path: Path) -> None:
    text = "LastName,FirstName,ID,SIS Login ID,Section,Lab (5)\n    Points Possible,,,,,0.00\nAlba,Rosa,7,a,1,\n"
    book = opened(text.encode(), tmp_path)
    assert (book.names, book.most) == ({"7": "Alba Rosa"}, None)
    assert book.filled(entries({"7": 14}), TOTAL).data == text.replace("7,a,1,", "7,a,1,14").encode()


def test_the_column_of_canvas_must_be_told_where_there_are_several(tmp_path: Path) -> None:
    data = Canvas(PEOPLE, COURSE).gradebook().encode()
    assert "choose one with --assignment: 'Quiz 1 (55)', 'Exercise (CNN), part 2 (77)'" in refused(data, tmp_path)
    assert "has no single column 'Quiz'" in refused(data, tmp_path, "Quiz")
    assert "has no column of an assignment" in refused(Canvas(PEOPLE, {}).gradebook().encode(), tmp_path)
    many = Canvas(PEOPLE, {one: (f"Lab {one}", 10.0) for one in range(20)}).gradebook().encode()
    assert refused(many, tmp_path).endswith("and 14 more")
    locked = Canvas(PEOPLE, COURSE, read_only=frozenset({55})).gradebook().encode()
    assert opened(locked, tmp_path).grade == 7
    assert "'Quiz 1 (55)' is read only" in refused(locked, tmp_path, "55")


CELLS: Any = st.text(alphabet='ab ,;"\n\r\t=é王', max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=5), CELLS, st.sampled_from(",;\t"))
def test_any_table_stays_as_it_is_but_for_what_is_changed(rows: list[list[str]], new: str, separator: str) -> None:
    head = ["a", "b", "c"]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([head, *rows])
    [table] = tables(out.getvalue().encode())
    assert table.separator == separator
    assert [[cell.value for cell in row] for row in table.rows] == [head, *rows]
    assert table.changed({}) == out.getvalue().encode()
    changed = table.changed({(1, 1): new}).decode()
    read = list(csv.reader(io.StringIO(changed, newline=""), delimiter=separator))
    assert read == [head, [rows[0][0], new, rows[0][2]], *rows[1:]]


def test_a_table_takes_time_in_proportion_to_its_size() -> None:
    for text in ('"' * 200_000, '"a""' * 50_000, "," * 200_000, '"\n' * 100_000):
        [table] = tables(("x,y\n" + text).encode())
        assert table.changed({}).decode() == "x,y\n" + text


def test_a_file_with_more_cells_than_a_table_of_grades_is_refused(tmp_path: Path) -> None:
    for mark in ",;\n\t\r":
        assert "more than 1,000,000 cells" in refused(b"Student,ID\n" + mark.encode() * 1_100_000, tmp_path)
    assert "larger than 32 MB" in refused(b"Student,ID\n" + b"x" * (33 << 20), tmp_path)

"""What a class hands in: names that Moodle and Canvas gave to files, and zips that anybody may have made."""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile
import time
import zipfile
from itertools import product
from pathlib import Path

import pytest
from canvas import Canvas
from moodle import Moodle

from sheetnet.classroom.platforms import unpack
from sheetnet.classroom.platforms.names import (
    Handed,
    Names,
    are_comparable,
    canvas_name,
    have_in_common,
    moodle_name,
    same_person,
)
from sheetnet.classroom.platforms.unpack import at_hand
from sheetnet.errors import SheetnetError, WorkbookError

PEOPLE = {7: "Rosa Alba", 12: "Piñón Ácana Ñandú", 345: "向日葵", 6789: "Bay_Oak O'Heather-Fern", 90: "R2 D2"}
SORTABLE = {7: "Alba, Rosa", 12: "Ñandú, Piñón Ácana", 345: "向日葵", 6789: "O'Heather-Fern, Bay_Oak", 90: "D2, R2"}
MEMORY = 1074.0


@pytest.fixture(autouse=True)
def _own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


@pytest.mark.parametrize("number", PEOPLE)
@pytest.mark.parametrize("before_4_1", [True, False])
def test_moodle_finds_the_pupil_again_by_the_name_that_a_feedback_gets(number: int, before_4_1: bool) -> None:
    moodle = Moodle(PEOPLE)
    folder = moodle.folder(number, before_4_1=before_4_1)
    for file in (f"{folder}/a_9_assignsubmission_file_b.xlsx", f"course-Exercise-3/{folder}/sub/x.xlsx"):
        handed = moodle_name(file)
        assert handed == Handed(str(number), PEOPLE[number].replace("_", " "), f"{folder}/feedback.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(f"{folder}/feedback.xlsx", b"marks")
    assert moodle.take_feedback(out.getvalue()) == {number: {"feedback.xlsx": b"marks"}}


def test_moodle_without_folders_and_a_name_with_underscores() -> None:
    flat = moodle_name("Rosa Alba_7_assignsubmission_file_my_8_assignsubmission_file_x.xlsx")
    assert flat == Handed("7", "Rosa Alba", "Rosa Alba_7_assignsubmission_file_feedback.xlsx")
    scored = moodle_name("Bay_Oak O'Heather_6789_assignsubmission_file_/x.xlsx")
    assert scored == Handed(
        "6789", "Bay Oak O'Heather", "Bay Oak O'Heather_6789_assignsubmission_file_/feedback.xlsx"
    )
    for other in (
        "x.xlsx",
        "Rosa_7_file_/x.xlsx",
        "_7_assignsubmission_file_/x.xlsx",
        "Rosa_assignsubmission_file_x.xlsx",
    ):
        assert moodle_name(other) is None


@pytest.mark.parametrize("number", set(PEOPLE) - {90})
@pytest.mark.parametrize("late", [True, False])
def test_canvas_finds_the_pupil_again_by_the_name_of_the_file(number: int, late: bool) -> None:
    canvas = Canvas(SORTABLE, {})
    name = canvas.file(number, 5550 + number, "my_12_34_exercise-1.xlsx", late=late)
    handed = canvas_name(f"submissions/{name}")
    assert handed is not None
    assert (handed.id, handed.back) == (str(number), name)
    assert same_person(handed.name, PEOPLE[number])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(handed.back, b"marks")
    assert canvas.take_feedback(out.getvalue(), {5550 + number: number}) == {number: b"marks"}


@pytest.mark.parametrize(
    "name", ["x.xlsx", "rosa_7_exercise.xlsx", "anon_a1b2c_77_x.xlsx", "2024.xlsx", "a_1_b_2_c.xlsx"]
)
def test_a_file_that_canvas_has_not_named_is_nobody_s(name: str) -> None:
    assert canvas_name(name) is None


SAME = [("Rosa Alba", "alba, ROSA"), ("Piñón Ácana Ñandú", "Pinon Acana Nandu"), ("O'Heather, Oak", "oheatheroak")]
SAME += [
    ("Rosa Gallica Alba", "Rosa Alba"),
    ("向日葵", "日葵 向"),
    ("Łukasz Żak", "Żak Łukasz"),
    ("Bay_Oak Lime", "Bay Oak Lime"),
]
OTHER = [("Rosa Alba", "Rosa Cone"), ("Elm", "Elm Cone"), ("向日葵", "向葵"), ("Rosa Alba", "")]


def test_names_of_one_person_are_the_same_in_any_order() -> None:
    for one, other in SAME:
        assert same_person(one, other), (one, other)
        assert same_person(other, one), (one, other)
    for one, other in OTHER:
        assert not same_person(one, other), (one, other)
    assert have_in_common("Bill Gates", "Gates, William")
    assert not have_in_common("Rosa Alba", "Elm Cone")
    assert not are_comparable("向日葵", "Xiang Rikui")
    assert are_comparable("Alba", "Ñandú")


def test_a_person_is_found_among_many_as_by_looking_at_all_of_them() -> None:
    parts = ("Rosa", "Ñandú", "nandu", "向日葵", "日葵", "O'Heather", "de", "Żak", "")
    names = [" ".join(one) for one in product(parts, repeat=2)]
    for known in (names[::3], names[1::7], []):
        among = Names(known)
        for name in names:
            assert among.has(name) == any(same_person(name, one) for one in known), name
    many = Names(f"Pupil{number} Number{number}" for number in range(20_000))
    started = time.monotonic()
    assert not any(many.has(f"Pupil{number} Other{number}") for number in range(20_000))
    assert time.monotonic() - started < 10


def zipped(path: Path, entries: dict[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return path


def unpacked(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """What is there of a zip while it is at hand, and why the rest is not; afterwards nothing is left of it."""
    with at_hand(path, MEMORY) as (home, odd):
        found = {file.relative_to(home).as_posix(): file.read_bytes() for file in home.rglob("*") if file.is_file()}
        assert not any(file.is_symlink() for file in home.rglob("*"))
    assert not list(Path(tempfile.gettempdir()).iterdir())
    return found, odd


def test_the_workbooks_of_a_zip_are_unpacked_and_nothing_else(tmp_path: Path) -> None:
    folder = Moodle(PEOPLE).folder(345)
    given: dict[str | zipfile.ZipInfo, bytes] = {f"{folder}/x.xlsx": b"1", f"{folder}/essay.docx": b"2", "a/": b""}
    given |= {"__MACOSX/._x.xlsx": b"3", "~$x.xlsx": b"4", "B.XLSX": b"5"}
    assert unpacked(zipped(tmp_path / "all.zip", given)) == ({f"{folder}/x.xlsx": b"1", "B.XLSX": b"5"}, {})


def test_names_are_read_as_the_programs_of_this_world_write_them(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"向_7_a/x.xlsx": b"1", "Alba_8_a/y.xlsx": b"2"})
    data = path.read_bytes().replace(
        b"Alba_8_a/y", b"Alba_8_a\\y"
    )  # a backslash, as old programs for Windows write it
    path.write_bytes(without_utf8(data))
    assert unpacked(path) == ({"向_7_a/x.xlsx": b"1", "Alba_8_a/y.xlsx": b"2"}, {})


def without_utf8(data: bytes) -> bytes:
    """A zip whose entries do not say that their names are UTF-8."""
    made = bytearray(data)
    for mark, place in ((b"PK\3\4", 7), (b"PK\1\2", 9)):
        at = -1
        while (at := made.find(mark, at + 1)) >= 0:
            made[at + place] &= ~8
    return bytes(made)


def test_an_entry_that_leads_elsewhere_is_told_and_the_others_are_unpacked(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.xlsx")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    device = zipfile.ZipInfo("device.xlsx")
    device.create_system, device.external_attr = 3, (stat.S_IFCHR | 0o777) << 16
    leads = ("../up.xlsx", "a/../../up.xlsx", "/tmp/up.xlsx", "C:/up.xlsx", "a//b.xlsx", "..\\down.xlsx", "./b.xlsx")
    given: dict[str | zipfile.ZipInfo, bytes] = dict.fromkeys(leads, b"!")
    given |= {
        link: b"/etc/passwd",
        device: b"",
        "fine.xlsx": b"1",
        f"{'n' * 300}.xlsx": b"2",
        "red\x1b[31m.xlsx": b"3",
    }
    found, odd = unpacked(zipped(tmp_path / "all.zip", given))
    assert found == {"fine.xlsx": b"1", "red_[31m.xlsx": b"3"}
    assert {odd.pop(name.replace("\\", "/")) for name in leads} == {"has a name that leads out of the zip"}
    assert odd.pop(f"{'n' * 300}.xlsx") == "has a name that cannot be used here"
    assert odd == dict.fromkeys(("link.xlsx", "device.xlsx"), "is a link, and no file")
    assert not (tmp_path / "up.xlsx").exists()


def test_what_is_too_large_locked_or_damaged_is_told_and_the_others_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    large = b"\0" * (unpack.MOST_BYTES + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("large.xlsx", large)
        package.writestr("fine.xlsx", b"1")
        package.writestr("locked.xlsx", b"2")
        package.writestr("broken.xlsx", b"all that stands here will be another thing")
        package.writestr(zipfile.ZipInfo("odd.xlsx"), b"4", zipfile.ZIP_BZIP2)
        with pytest.warns(UserWarning, match="Duplicate name"):
            package.writestr("fine.xlsx", b"another")
        broken, locked = package.getinfo("broken.xlsx"), package.getinfo("locked.xlsx")
    data = bytearray(path.read_bytes())
    data[broken.header_offset + 30 + len("broken.xlsx") + 4] ^= 0xFF
    data[locked.header_offset + 6] |= 1
    data[data.index(b"locked.xlsx", data.index(b"PK\1\2")) - 46 + 8] |= 1
    path.write_bytes(data)
    found, odd = unpacked(path)
    assert found == {"fine.xlsx": b"1"}
    assert odd == {
        "large.xlsx": "is larger than 64 MB",
        "locked.xlsx": "has a password",
        "broken.xlsx": "is damaged in the zip",
        "odd.xlsx": "is packed in a way that few programs know",
        "fine.xlsx": "is in the zip twice",
    }


def test_a_zip_with_too_much_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    piece = b"\0" * unpack.MOST_BYTES
    count = unpack.MOST_UNPACKED // unpack.MOST_BYTES + 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("0.xlsx", piece)
        whole = package.infolist()[0]
        for number in range(1, count):  # each lies where the first one lies, as in a bomb that is small itself
            info = zipfile.ZipInfo(f"{number}.xlsx")
            for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(info, name, getattr(whole, name))
            package.filelist.append(info)
    assert path.stat().st_size < 200_000
    with pytest.raises(WorkbookError, match=r"all.zip: unpacks to more than 2 GB; give the zip of one class"):
        unpacked(path)
    with zipfile.ZipFile(path, "w") as package:
        for number in range(unpack.MOST_ENTRIES + 1):
            package.writestr(f"{number}.txt", b"")
    with pytest.raises(WorkbookError, match=r"all.zip: more than 100,000 files"):
        unpacked(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + b"\0" * 18, b"Rar!\x1a\7\0", b"PK\3\4" + b"\xff" * 500])
def test_a_file_that_is_no_zip_is_refused_or_empty(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(data)
    if data.startswith(b"PK\5\6"):
        assert unpacked(tmp_path / "all.zip") == ({}, {})
        return
    with pytest.raises(SheetnetError, match=r"^all.zip: is no zip, or damaged; give the folder or zip"):
        unpacked(tmp_path / "all.zip")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_or_a_name_that_no_file_can_have_is_no_zip(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(WorkbookError, match=r"pipe.zip: a device or a pipe, and no file; give the folder or zip"):
        unpacked(tmp_path / "pipe.zip")
    for name in ("n" * 5000, "a\0b", "none.zip"):
        with at_hand(tmp_path / name, MEMORY) as (home, odd):
            assert (home, odd) == (tmp_path / name, {})


def test_a_zip_that_is_cut_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", {"a.xlsx": b"1" * 1000, "b.xlsx": b"2"}).read_bytes()
    for end in range(0, len(whole), 29):
        (tmp_path / "all.zip").write_bytes(whole[:end])
        with pytest.raises(WorkbookError, match="is no zip"):
            unpack.apart(10.0, None, str(tmp_path / "all.zip"), str(tmp_path / f"to {end}"))

"""A folder of photos becomes a folder of workbooks: what is taken, how it is called, and what is done only once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import SAMPLES

import sheetnet
from sheetnet.classroom.batch.photos import photos_in, workbooks
from sheetnet.cli import main
from sheetnet.errors import NetworkError, WorkbookError
from sheetnet.network import Network

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
SPEC = {
    "name": "tiny",
    "classes": ["a", "b"],
    "input": {"shape": [1, 4, 4]},
    "layers": [{"name": "flatten", "kind": "flatten"}, {"name": "dense", "kind": "dense", "units": 2}],
}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder as people have them: three photos, one of them broken, and what lies around."""
    folder = tmp_path / "photos"
    for name in ("a.png", "trip/b.JPG", "broken.jpg", ".hidden/c.png", "@eaDir/a.png", "._a.png", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((SAMPLES / "rocket.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "notes.txt").write_text("nothing")
    return folder


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["batch", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_a_workbook_for_each_photo_and_only_once(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photos.parent)
    status, said, wrong = run("photos", "-o", "out", "-t", "by-hand", "--plain", "--jobs", "2")
    assert (status, said) == (1, "out: 2 workbooks built, 1 not built\n")
    assert [line.partition(": ")[0] for line in wrong.splitlines()] == ["left out", "left out", "sheetnet"]
    assert "left out: 2 folders" in wrong
    assert "left out: 1 file of other kinds (notes.txt)" in wrong
    assert "sheetnet: broken.jpg: " in wrong
    made = sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*") if path.is_file())
    assert made == ["a.xlsx", "manifest.jsonl", "trip/b.xlsx"]
    report = sheetnet.verify("out/trip/b.xlsx")
    assert report.proven

    (photos / "broken.jpg").unlink()
    shutil.copy(SAMPLES / "coffee.png", photos / "a.png")
    before = Path("out/trip/b.xlsx").stat().st_mtime_ns
    seen: list[tuple[str, int, int]] = []
    found = sheetnet.batch(
        "photos", "out", template="by-hand", plain=True, jobs=1, progress=lambda *told: seen.append(told)
    )
    assert [(one.photo.as_posix(), one.path.as_posix(), one.new, one.proven) for one in found.workbooks] == [
        ("a.png", "a.xlsx", True, True),
        ("trip/b.JPG", "trip/b.xlsx", False, True),
    ]
    assert found.workbooks[1].formulas == report.formulas
    assert found.workbooks[0].answer is not None
    assert Path("out/trip/b.xlsx").stat().st_mtime_ns == before
    assert seen == [("building", 1, 2), ("building", 2, 2)]


def test_what_somebody_has_edited_is_kept_and_what_is_ours_is_taken_over(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photos.parent)
    (photos / "broken.jpg").unlink()
    asked = ("photos", "-o", "out", "-t", "by-hand", "--plain", "--engine", "none", "--jobs", "1")
    assert run(*asked)[0] == 0
    Path("out/manifest.jsonl").unlink()  # as if the run had been killed before it was written
    Path("out/a.xlsx").write_bytes(b"edited")
    status, said, wrong = run(*asked)
    assert (status, said) == (1, "out: 1 workbook built, 1 not built\n")
    assert "sheetnet: out/a.xlsx: exists and may hold somebody's edits; use --force" in wrong
    assert Path("out/a.xlsx").read_bytes() == b"edited"
    assert run(*asked, "--force")[:2] == (0, "out: 1 workbook built, 1 there already\n")
    Path("out/a.xlsx").write_bytes(b"edited")
    assert "sheetnet: out/a.xlsx: was changed since it was made" in run(*asked)[2]


def test_a_network_of_ones_own_and_what_is_wrong_with_all_workbooks(photos: Path, tmp_path: Path) -> None:
    (photos / "broken.jpg").unlink()
    found = sheetnet.batch(photos, tmp_path / "out", template=Network.from_spec(SPEC), jobs=1, plain=True)
    assert [one.proven for one in found.workbooks] == [True, True]
    assert not found.broken
    with pytest.raises(NetworkError, match="--label: 'Cat' is no class"):
        sheetnet.batch(photos, tmp_path / "out", template="by-hand", label="Cat", jobs=1)
    with pytest.raises(NetworkError, match="no such template"):
        sheetnet.batch(photos, tmp_path / "new", template="nothing")
    assert not (tmp_path / "new").exists()
    assert len(list((tmp_path / "out").iterdir())) == 3
    with pytest.raises(WorkbookError, match="no such folder"):
        sheetnet.batch(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WorkbookError, match="no photo in it"):
        sheetnet.batch(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(WorkbookError, match=r"no folder can be made there"):
        sheetnet.batch(photos, photos / "a.png" / "out")


def test_the_folder_for_the_workbooks_may_lie_among_the_photos(photos: Path) -> None:
    (photos / "out").mkdir()
    shutil.copy(photos / "a.png", photos / "out" / "picture.png")
    shutil.copy(photos / "a.png", photos / "no-ending")
    (photos / "loop").symlink_to(photos)
    found = photos_in(photos, photos / "out")
    assert [path.as_posix() for path in found.paths] == ["a.png", "broken.jpg", "no-ending", "trip/b.JPG"]
    assert "out/picture.png" in {path.as_posix() for path in photos_in(photos, photos).paths}


def test_odd_and_equal_names_have_workbooks_of_their_own() -> None:
    odd = ["a.jpg", "a.png", "A.JPG", "a.tar.png", "b/a.jpg", "x.", "con.png", 'q"?[1].png', " .png", "a\udcff.png"]
    odd += ["u\u0308.png", "\u00fc.jpg", "ü" * 120 + ".png", "-o.png", "two\nlines.png", "b:/a.jpg", "b_/a.jpg"]
    named = workbooks(map(Path, odd), {})
    assert list(named) == [Path(name) for name in odd]
    told = list(named.values())
    assert told[:12] == [
        "a.xlsx",
        "a (png).xlsx",
        "A (JPG).xlsx",
        "a.tar.xlsx",
        "b/a.xlsx",
        "x.xlsx",
        "con_.xlsx",
        "q__(1).xlsx",
        "_.xlsx",
        "a_.xlsx",
        "\u00fc.xlsx",
        "\u00fc (jpg).xlsx",
    ]
    assert told[13:] == ["-o.xlsx", "two_lines.xlsx", "b_/a.xlsx", "b_/a (jpg).xlsx"]
    assert len(told[12].encode()) < 230
    assert len({name.casefold() for name in told}) == len(odd)
    again = workbooks([Path("0/a.jpg"), Path("a.gif"), Path("a.jpg")], {"a.jpg": "a.xlsx"})
    assert list(again.values()) == ["0/a.xlsx", "a (gif).xlsx", "a.xlsx"]


@POSIX
def test_an_interrupt_keeps_what_is_finished_and_the_next_run_goes_on(photos: Path) -> None:
    for number in range(6):
        shutil.copy(photos / "a.png", photos / f"{number:02}.png")
    command = [
        sys.executable,
        "-m",
        "sheetnet",
        "batch",
        "photos",
        "-o",
        "out",
        "-t",
        "by-hand",
        "-j",
        "1",
        "--plain",
    ]
    process = subprocess.Popen(command, cwd=photos.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = photos.parent / "out"
    while not list(out.glob("0*.xlsx")):
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    said, wrong = process.communicate(timeout=60)
    assert (process.returncode, said, wrong) == (130, b"", b"sheetnet: interrupted\n")
    finished = sorted(out.rglob("*.xlsx"))
    assert 1 <= len(finished) < 8
    assert not list(out.rglob(".*"))
    assert all(sheetnet.verify(path).proven for path in finished[:2])
    (photos / "broken.jpg").unlink()
    done = sheetnet.batch(photos, out, template="by-hand", plain=True, jobs=2)
    assert len(done.workbooks) == 8
    assert len(finished) - 1 <= sum(not one.new for one in done.workbooks) <= len(finished)

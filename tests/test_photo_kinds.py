"""Files of cameras, scanners and messengers: no end marker, 0 as white, wide greys, very large ones, AVIF."""

from __future__ import annotations

import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from photofiles import message, pixels
from PIL import Image, ImageDraw, features

from sheetnet import photo
from sheetnet.cli import main
from sheetnet.photo import CUT, FLAT, INVERTED, NARROW, REPAIRED, STRETCHED, files, load

GREYS = np.array([[0, 64], [128, 255]], dtype=np.uint8).repeat(8, 0).repeat(8, 1)


def jpeg(progressive: bool = False) -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(noise).resize((640, 480)).save(out, "JPEG", progressive=progressive)
    return out.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("tail", [b"", b"\xff", b"\0\0\0\0"])
def test_a_jpeg_without_its_end_marker_is_whole_and_said_to_be_repaired(
    tmp_path: Path, progressive: bool, tail: bytes
) -> None:
    data = jpeg(progressive)
    assert data[-2:] == b"\xff\xd9"
    whole, without = tmp_path / "whole.jpg", tmp_path / "without.jpg"
    whole.write_bytes(data)
    without.write_bytes(data[:-2] + tail)
    read = load(without, (3, 28, 28))
    assert (read.x == load(whole, (3, 28, 28)).x).all()
    assert read.done == (REPAIRED,)
    assert load(whole, (3, 28, 28)).done == ()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_jpeg_that_is_really_cut_is_refused(tmp_path: Path, progressive: bool, share: float) -> None:
    path, data = tmp_path / "cut.jpg", jpeg(progressive)
    path.write_bytes(data[: int(len(data) * share)])
    assert "damaged, cut short" in message(path)


def test_what_was_repaired_is_told_by_the_command_and_on_the_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.jpg").write_bytes(jpeg()[:-2])
    done = CliRunner().invoke(main, ["build", "x.jpg", "--size", "16", "--engine", "none"])
    assert done.exit_code == 0
    assert "x.jpg: The file has no end marker" in done.output


def tiff(path: Path, values: np.ndarray, *, white_is_0: bool, sign: int = 1) -> Path:
    """A TIFF made by hand, with one strip and the tags that say how its greys are meant."""
    height, width = values.shape
    data = values.astype(values.dtype.newbyteorder("<")).tobytes()
    tags = {256: width, 257: height, 258: values.dtype.itemsize * 8, 259: 1, 262: 0 if white_is_0 else 1}
    tags |= {273: 8, 277: 1, 278: height, 279: len(data), 339: sign}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    table = struct.pack("<H", len(tags)) + entries + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(data)) + data + table)
    return path


@pytest.mark.parametrize("kind", ["u1", "u2", "u4"])
@pytest.mark.parametrize("white_is_0", [False, True])
def test_greys_of_every_width_are_read_whether_0_is_black_or_white(
    tmp_path: Path, kind: str, white_is_0: bool
) -> None:
    whole = np.iinfo(kind).max
    values = (GREYS.astype(np.uint64) * (whole // 255)).astype(kind)
    path = tiff(tmp_path / "x.tif", (whole - values).astype(kind) if white_is_0 else values, white_is_0=white_is_0)
    assert pixels(path, (1, 16, 16))[0] == pytest.approx(GREYS, abs=1)


def test_fractions_in_which_0_is_white_are_turned(tmp_path: Path) -> None:
    path = tiff(tmp_path / "x.tif", 1 - GREYS.astype(np.float32) / 255, white_is_0=True, sign=3)
    assert pixels(path, (1, 16, 16))[0] == pytest.approx(GREYS, abs=1)


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_avif_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.avif"
    Image.new("RGB", (40, 30), (250, 10, 20)).save(path, quality=95)
    assert pixels(path, (3, 2, 2))[:, 0, 0].tolist() == pytest.approx([250, 10, 20], abs=6)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures memory as Linux tells it")
def test_a_phone_photo_of_200_megapixels_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    script = (
        "import sys; from pathlib import Path; from sheetnet.photo import load\n"
        "print(int(load(Path(sys.argv[1]), (3, 8, 8)).x.mean()))\n"
        "told = Path('/proc/self/status').read_text()\n"  # what the kernel tells of children counts their parent
        "print(int(told.partition('VmHWM:')[2].split()[0]) // 1000)"
    )
    Image.new("L", (16320, 12240), 77).save(path, quality=50)
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    mean, memory = map(int, done.stdout.split())
    assert 75 <= mean <= 78
    assert memory < 600


def test_a_progressive_jpeg_has_a_limit_which_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_PIXELS", 100_000)
    path = tmp_path / "x.jpg"
    path.write_bytes(jpeg(progressive=True))
    assert "0.3 megapixels" in message(path)
    assert "200 of a JPEG that is not progressive" in message(path)
    path.write_bytes(jpeg())
    reduced = photo.load(path, (3, 4, 4)).x
    monkeypatch.undo()
    assert reduced == pytest.approx(load(path, (3, 4, 4)).x, abs=3)


@pytest.mark.parametrize("angle", [0, 12, -7])
@pytest.mark.parametrize("table", [(60, 40, 30), (150, 120, 90)])
def test_a_digit_on_paper_that_lies_on_a_table_is_the_strokes_on_the_paper(
    tmp_path: Path, angle: int, table: tuple[int, int, int]
) -> None:
    """The strokes that come back are those of the same drawing without a table, though turned."""
    on_paper = Image.new("RGB", (900, 1200), (235, 232, 225))
    draw = ImageDraw.Draw(on_paper)
    draw.line([(340, 380), (620, 380), (430, 820)], fill=(30, 30, 60), width=34, joint="curve")
    on_paper = on_paper.rotate(angle, Image.Resampling.BICUBIC, fillcolor=(235, 232, 225))
    sheet = Image.new("L", on_paper.size, 0)
    ImageDraw.Draw(sheet).rectangle((170, 200, 730, 1000), fill=255)
    photo_of_it = Image.new("RGB", on_paper.size, table)
    photo_of_it.paste(on_paper, mask=sheet.rotate(angle))
    noise = np.random.default_rng(3).normal(0, 5, (1200, 900, 3))
    shaded = np.asarray(photo_of_it) * np.linspace(1, 0.8, 900)[:, np.newaxis] + noise
    Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8)).save(tmp_path / "table.jpg")
    on_paper.save(tmp_path / "paper.jpg")
    found, wanted = (load(tmp_path / f"{name}.jpg", (1, 8, 8), levels=16, ink=True) for name in ("table", "paper"))
    assert found.done == (INVERTED, CUT)
    assert np.abs(found.x - wanted.x).mean() < 1.0, found.x
    assert found.x[0, 0].max() >= 10  # the bar of the 7


def test_an_empty_sheet_of_paper_is_what_it_was(tmp_path: Path) -> None:
    table = Image.new("RGB", (300, 400), (60, 40, 30))
    table.paste((235, 232, 225), (30, 30, 270, 370))
    table.save(tmp_path / "x.png")
    assert INVERTED not in load(tmp_path / "x.png", (1, 8, 8), ink=True).done


def test_12_bits_in_16_are_said_and_stretched_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tiff(tmp_path / "x.tif", (GREYS.astype(np.int64) * 4095 // 255).astype("u2"), white_is_0=False)
    dark, bright = (load(path, (1, 16, 16), stretch=stretch) for stretch in (False, True))
    assert (dark.done, bright.done) == ((NARROW,), (STRETCHED,))
    assert dark.x.max() == 16
    assert bright.x[0] == pytest.approx(GREYS, abs=1)
    build = ["build", "x.tif", "--size", "16", "--engine", "none", "--force"]
    assert "use --stretch to make it brighter" in CliRunner().invoke(main, build).output
    assert "so they were made brighter" in CliRunner().invoke(main, [*build, "--stretch"]).output


def test_8_bits_in_16_are_not_taken_for_12(tmp_path: Path) -> None:
    assert load(tiff(tmp_path / "x.tif", GREYS.astype("u2"), white_is_0=False), (1, 16, 16)).done == (FLAT,)

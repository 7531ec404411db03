"""What people have beside a model: files of labels in any encoding, models of other programs, drawings of digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image, ImageDraw
from test_onnx_inputs import draw, model, node

import sheetnet
from sheetnet import modelfile
from sheetnet.errors import ModelFileError
from sheetnet.lesson.summary import inspect
from sheetnet.modelfile.options import labels


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_labels_are_read_in_the_encodings_that_editors_save(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "names.txt").write_bytes("猫\r\n狗 大\r\n\r\nbird\r\n".encode(encoding))
    assert labels(tmp_path / "names.txt") == ["猫", "狗 大", "bird"]


@pytest.mark.parametrize("data", [b"\xff\xfea", b"a\0b", b"\xff\xff\xff", b"\xfe\xff\xd8\x00"])
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "names.txt").write_bytes(data)
    with pytest.raises(ModelFileError, match="cannot be read as text"):
        labels(tmp_path / "names.txt")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("0 cat\n1 black dog\n", ["cat", "black dog"]),
        ("0 cat\n2 dog\n", ["0 cat", "2 dog"]),
        ("0\n1\n", ["0", "1"]),
        ("0 cat\ndog\n", ["0 cat", "dog"]),
    ],
)
def test_the_numbers_of_teachable_machine_are_no_part_of_the_names(
    tmp_path: Path, text: str, names: list[str]
) -> None:
    (tmp_path / "labels.txt").write_text(text, encoding="utf-8")
    assert labels(tmp_path / "labels.txt") == names


@pytest.mark.parametrize("name", ["m.h5", "m.keras", "m.tflite", "m.PTH", "m.pt", "m.mlmodel"])
def test_a_model_of_another_program_is_told_the_way_to_onnx(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    for use in (
        lambda: modelfile.open_model(path),
        lambda: modelfile.convert(path, tmp_path / "m.safetensors"),
        lambda: inspect(str(path)),
        lambda: sheetnet.build(None, tmp_path / "o.xlsx", model=path),
        lambda: sheetnet.evaluate(path, tmp_path),
    ):
        with pytest.raises(ModelFileError, match=r"export it as \.onnx first: ") as error:
            use()
        assert "\n" not in str(error.value)


def digits(folder: Path) -> Path:
    nodes = [node("Reshape", "x s", "r"), node("Gemm", "r w", "out")]
    onnx.save(model(nodes, ["N", 8, 8], s=np.array([-1, 64]), w=draw(64, 10)), folder / "m.onnx")
    return folder / "m.onnx"


def test_ink_is_found_for_a_model_that_sees_drawings(tmp_path: Path) -> None:
    sheet = Image.new("L", (300, 200), 230)
    ImageDraw.Draw(sheet).line([(200, 40), (200, 160)], fill=20, width=14)
    sheet.save(tmp_path / "p.png")
    how = modelfile.Reading(ink=True)
    assert how.asked == ["--ink"]
    built = sheetnet.build(tmp_path / "p.png", tmp_path / "o.xlsx", model=digits(tmp_path), reading=how)
    assert built.done == ("inverted", "cut")
    assert built.report is not None
    assert built.report.proven
    sheetnet.convert(digits(tmp_path), tmp_path / "m.safetensors", reading=how)
    network = modelfile.open_model(tmp_path / "m.safetensors").network
    assert network is not None
    assert network.ink


def test_ink_is_for_one_grey_picture(tmp_path: Path) -> None:
    nodes = [node("Flatten", "x", "r"), node("Gemm", "r w", "out")]
    onnx.save(model(nodes, [1, 3, 4, 4], w=draw(48, 3)), tmp_path / "m.onnx")
    with pytest.raises(ModelFileError, match="--ink"):
        modelfile.open_model(tmp_path / "m.onnx", modelfile.Reading(ink=True))

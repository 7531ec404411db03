"""Two workbooks side by side: the inputs in which they differ, and what both answer."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import surgery
from click.testing import CliRunner

import sheetnet
from sheetnet.cli import main
from sheetnet.errors import LimitError
from sheetnet.grid import a1
from sheetnet.layout import NUMBER
from sheetnet.proof.comparison import MOST_SHOWN, Comparison
from sheetnet.proof.found import Findings


@pytest.fixture(scope="module")
def edited(made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """By-hand with a pixel, a formula for a weight and a class name of the reader's own, below a new row."""
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "Red", "E13", surgery.cell_xml("E13", None, "250"))
    surgery.replace_cell(content, "Dense", "D17", surgery.cell_xml("D17", "-1/4", "0"))
    surgery.rename_sheet(content, "Green", "Grün")
    surgery.insert_row(content, "Red", 9)
    return surgery.save(tmp_path_factory.mktemp("compared") / "edited.xlsx", content)


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["compare", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def test_a_workbook_is_like_itself_wherever_its_cells_have_moved(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.rename_sheet(content, "Red", "Rot")
    surgery.insert_column(content, "Green", 1)
    moved = surgery.save(tmp_path / "moved.xlsx", content)
    status, told, _ = run(made["by-hand"], moved)
    assert status == 0
    assert told.splitlines()[-1] == "alike: all 278 inputs, and the answer (formualizer)"
    assert told.splitlines()[:2] == [f"{made['by-hand']}: Red cross, 97 %", f"{moved}: Red cross, 97 %"]


def test_what_was_edited_is_listed_with_its_cells_and_both_values(made: dict[str, Path], edited: Path) -> None:
    found = sheetnet.compare(made["by-hand"], edited)
    before = surgery.plain_value(surgery.parts(made["by-hand"]), "Dense", "D17")
    pixel, weight = found.differences
    assert (pixel.name, pixel.cells) == ("photo.out", ("Red!E13", "Red!E14"))
    assert pixel.values[1] == "250"
    assert (weight.name, weight.cells) == ("dense.weight", ("Dense!D17", "Dense!D17"))
    assert weight.values == (f"{float(before):.15g}", "-0.25")
    assert (found.count, found.alone, found.same_answer, found.alike, found.status) == (2, (), False, False, 1)
    assert found.answers[0].name == "Red cross"
    assert found.answers[0].probability == pytest.approx(0.97, abs=0.001)
    assert found.answers[1] == sheetnet.compare(edited, edited).answers[0]
    assert str(pixel) == f"photo.out  Red!E13 and Red!E14: {pixel.values[0]} and 250"
    assert list(found.lines())[-1] == "DIFFERENT: 2 of 278 inputs; another answer (formualizer)"


def test_the_comparison_is_told_as_json(made: dict[str, Path], edited: Path) -> None:
    status, told, _ = run(made["by-hand"], edited, "--json")
    assert status == 1
    assert Comparison.from_json(json.loads(told)) == sheetnet.compare(made["by-hand"], edited)


def test_a_long_list_is_cut_and_says_so(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    for row in range(12, 17):
        for column in "DEFGH":
            address = f"{column}{row}"
            surgery.replace_cell(content, "Blue", address, surgery.cell_xml(address, None, "77"))
    status, told, _ = run(made["by-hand"], surgery.save(tmp_path / "blue.xlsx", content))
    assert status == 1
    assert f"... and {25 - MOST_SHOWN} more" in told
    assert told.count("photo.out  Blue!") == MOST_SHOWN


def test_networks_of_other_shapes_are_told_apart(made: dict[str, Path]) -> None:
    found = sheetnet.compare(made["by-hand"], made["detective"])
    assert found.status == 1
    assert f"conv.weight: only in {made['by-hand']}" in found.alone
    assert f"conv1.weight: only in {made['detective']}" in found.alone
    assert any(line.startswith("photo.out: of another shape, 3x5x5 and 3x") for line in found.alone)


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A lesson, which is about no network, and one of other inputs."""
    home = tmp_path_factory.mktemp("lessons")
    return {
        name: sheetnet.build(None, home / f"{name}.xlsx", template=name, engine=None).path
        for name in ("softmax", "vanishing")
    }


def test_lessons_are_compared_by_what_their_readers_may_change(lessons: dict[str, Path], tmp_path: Path) -> None:
    path = lessons["softmax"]
    status, told, _ = run(path, path)
    count = sheetnet.compare(path, path).compared
    assert (status, told) == (0, f"alike: all {count} inputs (formualizer)\n")
    assert count > 3
    content = surgery.parts(path)
    findings = Findings(path, time.monotonic() + 60)
    full = next(full for full, kind in findings.plan.given().items() if kind == NUMBER)
    at = findings.plan.blocks[full].anchors[0]
    address = a1(at.row, at.column)
    surgery.replace_cell(content, at.sheet, address, surgery.cell_xml(address, None, "0.625"))
    status, told, _ = run(path, surgery.save(tmp_path / "changed.xlsx", content))
    before = surgery.plain_value(surgery.parts(path), at.sheet, address)
    assert status == 1
    assert told.splitlines() == [
        f"{full}  {at.sheet}!{address}: {before} and 0.625",
        f"DIFFERENT: 1 of {count} inputs (formualizer)",
    ]


def test_a_lesson_and_another_workbook_have_nothing_in_common(
    made: dict[str, Path], lessons: dict[str, Path]
) -> None:
    for other in (lessons["vanishing"], made["by-hand"]):
        status, told, _ = run(lessons["softmax"], other)
        assert status == 1
        assert told.splitlines()[-1].startswith("DIFFERENT: no input is in both of them, and ")


def test_workbooks_of_a_training_are_compared_with_rate_and_pictures(tmp_path: Path) -> None:
    path = sheetnet.build(None, tmp_path / "training.xlsx", template="training", engine=None).path
    content = surgery.parts(path)
    at = Findings(path, time.monotonic() + 60).plan.blocks["training.rate"].anchors[0]
    address = a1(at.row, at.column)
    surgery.replace_cell(content, at.sheet, address, surgery.cell_xml(address, None, "0.0625"))
    found = sheetnet.compare(path, surgery.save(tmp_path / "slower.xlsx", content))
    assert [(one.name, one.values[1]) for one in found.differences] == [("training.rate", "0.0625")]
    assert found.alone == ()


@pytest.mark.parametrize("number", [0, 1])
def test_a_file_that_is_none_is_refused_in_one_line(made: dict[str, Path], tmp_path: Path, number: int) -> None:
    bad = tmp_path / "bad.ods"
    bad.write_bytes(b"PK" + bytes(28) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" + bytes(30))
    files = [made["by-hand"], made["by-hand"]]
    files[number] = bad
    status, told, errors = run(*files)
    assert (status, told) == (2, "")
    assert errors == f"sheetnet: {bad}: is an OpenDocument file (.ods); open it and save it as .xlsx\n"
    assert json.loads(run(*files, "--json")[1])["status"] == 2


def test_a_comparison_that_takes_too_long_is_ended(made: dict[str, Path]) -> None:
    with pytest.raises(LimitError, match="ran out of time"):
        sheetnet.compare(made["detective"], made["detective"], timeout=0.01)

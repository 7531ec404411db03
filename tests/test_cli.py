"""The command: what it says, where it says it, and its exit status. The examples of every help text work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import surgery
from click.testing import CliRunner, Result
from conftest import ROOT, SAMPLES
from PIL import Image

import sheetnet
from sheetnet.cli import main
from sheetnet.recalc.office import find

COMMANDS = [
    "build",
    "batch",
    "verify",
    "compare",
    "export",
    "handout",
    "page",
    "train",
    "evaluate",
    "convert",
    "assign",
    "grade",
    "templates",
    "inspect",
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples in it, as in a clone."""
    (tmp_path / "samples").symlink_to(SAMPLES)
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pictures(here: Path) -> None:
    """Two folders of pictures to train on and to measure with: pieces of the samples."""
    for folder, side in (("pictures", 40), ("other-pictures", 50)):
        for name in ("astronaut", "chelsea", "coffee"):
            (here / folder / name).mkdir(parents=True)
            with Image.open(SAMPLES / f"{name}.png") as picture:
                for k in range(6):
                    box = (9 * k, 5 * k, 9 * k + 5 * side, 5 * k + 5 * side)
                    picture.crop(box).resize((side, side)).save(here / folder / name / f"{k}.png")


def photos(here: Path) -> None:
    """A folder with two photos."""
    (here / "photos").mkdir()
    for name in ("coffee.png", "rocket.jpg"):
        shutil.copy(SAMPLES / name, here / "photos")


def can(arguments: list[str]) -> bool:
    """Whether a command can run here: a PDF needs LibreOffice, which continuous integration must have."""
    prints = arguments[0] == "export" or any(one.endswith(".pdf") for one in arguments)
    return not prints or find("libreoffice") is not None or "SHEETNET_NEED_ENGINES" in os.environ


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_its_exit_statuses(command: str) -> None:
    long, short = run(command, "--help"), run(command, "-h")
    assert long.output == short.output
    assert "Example:" in long.output
    assert "Exit status:" in long.output


def test_the_examples_of_the_help_texts_work_one_after_the_other(here: Path) -> None:
    pictures(here)
    photos(here)
    for command in COMMANDS:
        example = re.search(r"Example:\n\s+sheetnet (.*)", run(command, "-h").output)
        assert example is not None
        if can(arguments := shlex.split(example[1])):
            result = run(*arguments)
            assert result.exit_code == 0, result.output


def _blocks(language: str) -> list[str]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.thorough
def test_the_commands_of_the_readme_and_of_the_pages_beside_it_work(here: Path) -> None:
    pictures(here)
    photos(here)
    lines = [line.removeprefix("python -m ") for block in _blocks("sh") for line in block.splitlines()]
    lines = [line for line in lines if line.startswith("sheetnet ")]
    assert len(lines) >= 5
    for line in lines:
        if can(arguments := shlex.split(line, comments=True)[1:]):
            result = run(*arguments)
            status = 1 if "# status 1" in line else 0
            assert result.exit_code == status, (line, result.output)


def test_the_python_of_the_readme_works(here: Path) -> None:
    [code] = _blocks("python")
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_the_shells_of_the_readme_are_told_how_to_complete(here: Path) -> None:
    lines = [line for block in _blocks("sh") for line in block.splitlines() if "_SHEETNET_COMPLETE=" in line]
    shells = [re.findall(r"_SHEETNET_COMPLETE=(\w+)_source sheetnet\b", line)[0] for line in lines]
    assert shells == ["bash", "zsh", "fish"]
    words = {"COMP_WORDS": "sheetnet build --theme c", "COMP_CWORD": "3"}
    for shell in shells:
        asked = words | ({"COMP_CWORD": "c"} if shell == "fish" else {})  # which tells the word instead of its place
        answers = [
            subprocess.run(
                [sys.executable, "-m", "sheetnet"],
                env={**os.environ, **asked, "_SHEETNET_COMPLETE": f"{shell}_{what}"},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for what in ("source", "complete")
        ]
        assert "sheetnet" in answers[0]
        assert re.findall(r"clear|contrast", answers[1]) == ["clear", "contrast"]


def test_the_targets_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"make (\w+)", "".join(_blocks("sh")))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_build_says_where_how_much_and_that_it_is_proven(here: Path) -> None:
    result = run("build", "samples/coffee.png")
    assert result.exit_code == 0
    count = surgery.count_formulas(here / "coffee.xlsx")
    assert count > 20_000
    lines = result.output.splitlines()
    assert lines[0] == f"coffee.xlsx: {count:,} formulas"
    assert lines[-1] == f"proven: all {count:,} formula cells agree with NumPy (formualizer)"


def test_build_can_go_unproven_or_quiet_and_says_so(here: Path) -> None:
    assert "not verified" in run("build", "samples/coffee.png", "--engine", "none").output
    assert run("build", "samples/coffee.png", "-q", "-f", "--engine", "none").output == ""


def test_build_takes_size_fit_seed_layout_and_label(here: Path) -> None:
    result = run(
        "build", "samples/chelsea.png", "-o", "a.xlsx", "--size", "12x16", "--fit", "pad", "--layout", "rows"
    )
    assert result.exit_code == 0
    one = run("build", "samples/chelsea.png", "-o", "b.xlsx", "--seed", 5, "--label", "cat", "--size", 8)
    assert one.exit_code == 0
    found = json.loads(run("inspect", "a.xlsx", "--json").output)
    assert found["shape"] == [3, 12, 16]
    assert {layer["layout"] for layer in found["layers"]} == {"rows", "-"}


def test_verify_says_0_proven_1_wrong_2_not_checked(here: Path) -> None:
    run("build", "--template", "by-hand")
    assert run("verify", "by-hand.xlsx").exit_code == 0
    content = surgery.parts(Path("by-hand.xlsx"))
    surgery.replace_cell(content, "Pool", "C11", surgery.cell_xml("C11", "1+1", "2"))
    surgery.save(Path("broken.xlsx"), content)
    wrong = run("verify", "broken.xlsx")
    assert wrong.exit_code == 1
    assert "Pool!C11: another number; expected 0, found 2" in wrong.output
    assert run("verify", "samples/README.md").exit_code == 2
    assert run("verify", "by-hand.xlsx", "--engine", "abacus").exit_code == 2


def test_the_report_is_json_where_asked_for(here: Path) -> None:
    run("build", "--template", "by-hand")
    report = json.loads(run("verify", "by-hand.xlsx", "--json").output)
    assert report["proven"] is True
    assert report["file"] == "by-hand.xlsx"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["build", "nothing.png"], "nothing.png"),
        (["build", "samples"], "folder"),
        (["build", "samples/README.md"], "README.md"),
        (["build"], "needs a photo"),
        (["build", "samples/coffee.png", "--label", "Dog"], "Astronaut, Cat, Coffee"),
        (["build", "samples/coffee.png", "--size", "1"], "larger photo"),
        (["build", "samples/coffee.png", "--size", "513"], "1 to 512"),
        (["build", "samples/coffee.png", "--seed", "-1"], "--seed"),
        (["build", "samples/coffee.png", "-t", "nobody"], "by-hand, detective"),
        (["build", "samples/coffee.png", "-m", "samples/README.md"], "safetensors"),
        (["build", "samples/coffee.png", "-o", "x.pdf"], ".xlsx"),
        (["build", "-t", "by-hand", "--size", "7"], "dense.weight"),
        (["inspect", "nobody"], "by-hand, detective"),
        (["inspect", "samples/coffee.png"], "coffee.png"),
    ],
)
def test_an_error_is_one_line_on_stderr_and_status_2(here: Path, arguments: list[str], word: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("sheetnet: ")
    assert word in result.stderr
    assert [p.name for p in here.iterdir() if p.suffix in (".xlsx", ".tmp")] == []


def test_inspect_knows_the_number_of_formulas_and_the_size_before(here: Path) -> None:
    for template, photo in (("detective", "samples/astronaut.png"), ("by-hand", None), ("digits", None)):
        before = json.loads(run("inspect", template, "--json").output)
        built = sheetnet.build(photo, f"{template}.xlsx", template=template)
        assert before["formulas"] == built.formulas
        known = 0 if photo is None else 0.1  # a workbook without a photo is known to the byte
        assert before["expected_bytes"] == pytest.approx(built.path.stat().st_size, rel=known, abs=0)
        after = json.loads(run("inspect", f"{template}.xlsx", "--json").output)
        assert (after["formulas"], after["expected_bytes"]) == (built.formulas, built.path.stat().st_size)
        smaller = json.loads(
            run("inspect", f"{template}.xlsx", "--until", after["layers"][1]["name"], "--json").output
        )
        assert 0 < smaller["formulas"] < after["formulas"]


def test_python_m_sheetnet_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "sheetnet", "-V"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"sheetnet, version {sheetnet.__version__}"


def test_import_alone_brings_nothing_heavy() -> None:
    script = (
        "import sys, sheetnet, sheetnet.cli; print([m for m in ('numpy', 'openpyxl', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("script") is None or sys.platform != "linux", reason="needs a terminal")
def test_a_terminal_sees_a_bar_where_it_takes_long_and_a_file_does_not(here: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m sheetnet build samples/coffee.png --size 48 -o"
    seen = subprocess.run(
        ["script", "-qec", f"{command} a.xlsx", "/dev/null"], capture_output=True, text=True, check=True
    )
    assert re.search(r"\[#+-*\] +\d+ %", seen.stdout)
    plain = subprocess.run(shlex.split(f"{command} b.xlsx"), capture_output=True, text=True, check=True)
    assert plain.stderr == ""


def test_a_missing_engine_is_named_with_what_to_do(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("build", "--template", "by-hand", "--engine", "none")
    monkeypatch.setenv("PATH", os.fspath(here))
    if find("libreoffice") is not None:
        pytest.skip("LibreOffice stands in a fixed place here")
    result = run("verify", "by-hand.xlsx", "--engine", "libreoffice")
    assert result.exit_code == 2
    assert "LibreOffice is not installed" in result.stderr


def test_an_onnx_model_and_a_state_dict_become_workbooks(here: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    model = ROOT / "tests" / "onnx_cases" / "tinyvgg-legacy.onnx"
    (here / "labels.txt").write_text("cat\ndog\nbird\nfish\n", encoding="utf-8")
    built = run("build", "samples/coffee.png", "-m", model, "--classes", "labels.txt", "-o", "a.xlsx", "-l", "bird")
    assert built.exit_code == 0, built.output
    assert "proven" in built.output
    assert "divided by 255" in built.output
    shapes = {"0.weight": (4, 3, 3, 3), "3.weight": (8, 4, 3, 3), "7.weight": (3, 392), "7.bias": (3,)}
    save_file({name: np.ones(shape, np.float32) for name, shape in shapes.items()}, here / "state.safetensors")
    poured = run("build", "samples/coffee.png", "-m", "state.safetensors", "-o", "b.xlsx", "--engine", "none")
    assert poured.exit_code == 0, poured.output
    refused = run("build", "samples/coffee.png", "-m", "state.safetensors", "--channels", "bgr", "-o", "c.xlsx")
    assert refused.exit_code == 2
    assert "--channels is for .onnx models" in refused.output

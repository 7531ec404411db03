"""What is missing is known before any work: engines, fonts, packages; and a model is no template."""

from __future__ import annotations

import sys
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import extras, printing
from sheetnet.cli import main
from sheetnet.errors import EngineError, NetworkError
from sheetnet.printing import fonts, printed
from sheetnet.recalc import office


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric", "formulon"])
def test_a_missing_engine_is_known_before_a_workbook_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    monkeypatch.setattr(office, "find", lambda engine: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for template in ("by-hand", "softmax"):  # a network, and a lesson
        with pytest.raises(EngineError, match="is not installed"):
            sheetnet.build(None, tmp_path / "x.xlsx", template=template, engine=engine)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_libreoffice_is_known_before_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find", lambda engine: None)
    monkeypatch.setattr(printing, "apart", lambda *a, **k: pytest.fail("the file was read"))
    with pytest.raises(EngineError, match="only LibreOffice can print a workbook here"):
        sheetnet.export(SAMPLES / "by-hand.xlsx", tmp_path / "x.pdf")


@pytest.mark.parametrize(("told", "lacks"), [(b"", True), (b"Noto Sans CJK SC\n", False)])
def test_export_warns_where_no_font_has_the_signs_of_the_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bytes, lacks: bool
) -> None:
    asked = []

    def run(command: list[str], **options: Any) -> Any:
        asked.append(command[1:])
        return SimpleNamespace(returncode=0, stdout=told)

    monkeypatch.setattr(fonts.shutil, "which", lambda program: program)
    monkeypatch.setattr(fonts.subprocess, "run", run)
    monkeypatch.setattr(office, "find", lambda engine: "soffice")
    monkeypatch.setattr(printing, "apart", lambda *a, **k: ("zh", b"%PDF-"))
    result = CliRunner().invoke(main, ["export", str(SAMPLES / "by-hand.xlsx"), "-o", str(tmp_path / "x.pdf")])
    assert result.exit_code == 0
    assert (tmp_path / "x.pdf").read_bytes() == b"%PDF-"
    assert asked == [[":lang=zh", "family"]]
    assert ("careful: no font of this system has the signs of the workbook (zh)" in result.stderr) == lacks
    if lacks:
        with pytest.warns(UserWarning, match="fonts-noto-cjk"):
            sheetnet.export(SAMPLES / "by-hand.xlsx", tmp_path / "x.pdf", force=True)


def test_nobody_is_warned_of_fonts_that_nobody_can_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.shutil, "which", lambda program: None)
    assert [fonts.warning_of(language) for language in ("zh", "en", "", "x; rm")] == [""] * 4


def test_a_workbook_says_which_language_it_is_in(tmp_path: Path) -> None:
    for language in ("en", "zh"):
        path = tmp_path / f"{language}.xlsx"
        sheetnet.build(None, path, template="by-hand", language=language, engine=None, plain=True)  # type: ignore[arg-type]
        assert printed._language(path.read_bytes()) == language
    with zipfile.ZipFile(tmp_path / "bare.zip", "w") as archive:
        archive.writestr("x", "y")
    assert printed._language((tmp_path / "bare.zip").read_bytes()) == ""


@pytest.mark.parametrize("name", ["x.safetensors", "x.ONNX"])
def test_a_model_is_no_template_and_that_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"whatever")
    for work in (
        lambda: sheetnet.build(SAMPLES / "coffee.png", tmp_path / "x.xlsx", template=tmp_path / name),
        lambda: sheetnet.train(tmp_path, tmp_path / "m.safetensors", template=str(tmp_path / name)),
    ):
        with pytest.raises(NetworkError) as error:
            work()
        assert str(error.value).endswith(
            f"{name}: a model, and no template; give it as --model (build) or as --start (train)"
        )


# Extras


def test_every_extra_has_its_package() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    told.pop("dev")
    assert {name: [one.partition(">")[0] for one in needs] for name, needs in told.items()} == {
        name: [package] for name, package in extras.PACKAGES.items()
    }


@pytest.mark.parametrize(
    ("prefix", "cfg", "says"),
    [
        ("home/venv", None, "python -m pip install onnx"),
        ("home/venv", "home = /usr/bin\nversion = 3.12\n", "python -m pip install onnx"),
        ("home/venv", "home = /usr/bin\nuv = 0.5.1\n", "uv pip install onnx"),
        (
            "share/uv/tools/sheetnet",
            "uv = 0.5.1\n",
            "uv tool install --force --with onnx . (in the folder of sheetnet)",
        ),
        ("share/pipx/venvs/sheetnet", None, "pipx inject sheetnet onnx"),
    ],
)
def test_a_hint_fits_how_sheetnet_was_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str, cfg: str | None, says: str
) -> None:
    home = tmp_path / prefix
    home.mkdir(parents=True)
    if cfg is not None:
        (home / "pyvenv.cfg").write_text(cfg)
    monkeypatch.setattr(sys, "prefix", str(home))
    assert extras.hint("onnx") == says


def test_the_same_seed_is_told_with_what_it_depends_on() -> None:
    pages = [(ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/training.md")]
    for text in (sheetnet.train.__doc__ or "", *pages):
        told = " ".join(text.split())
        assert "The same seed gives the same file" in told, told[:80]
        assert "same NumPy on the same kind of processor" in told

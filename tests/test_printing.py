"""A handout has what is worth printing, on few pages, in readable letters; LibreOffice prints all in one run."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from math import hypot
from pathlib import Path
from typing import Any

import pypdf
import pytest
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import words
from sheetnet.printing.printed import worth_printing
from sheetnet.printing.said import PAPER
from sheetnet.recalc import office

pytestmark = pytest.mark.thorough

MOST = {"by-hand": 10, "detective": 24, "digits": 20, "shapes": 24, "residual": 50}
BESIDE = {"training": 6, "filters": 4, "softmax": 4, "backward": 15}
EVERY = MOST | BESIDE
ASIDE = {"Red", "Green", "Blue", "Grey", "Weights", "Charts", "Checks"}
NUMBERS = {"Numbers", "Photo"}  # of a lesson
LEAST = 6.95  # points; LibreOffice scales by whole percents


@dataclass(frozen=True)
class Page:
    """The text of a page, and the size of its smallest letters in points."""

    text: str
    smallest: float

    @staticmethod
    def of(page: Any) -> Page:
        sizes: list[float] = []

        def visit(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
            if text.strip():
                sizes.append(abs(size) * hypot(tm[2], tm[3]) * hypot(cm[2], cm[3]))

        return Page(page.extract_text(visitor_text=visit), min(sizes))


@pytest.fixture(scope="module")
def printed(needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    needs("libreoffice")
    folder, copies = tmp_path_factory.mktemp("handout"), []
    for name in EVERY:
        path: Path = folder / f"{name}.xlsx"
        photo = SAMPLES / "astronaut.png" if name == "detective" else None
        back = name == "backward"
        sheetnet.build(photo, path, template="by-hand" if back else name, backward=back, engine=None)
        copies.append(worth_printing(path.read_bytes(), None, name, time.monotonic() + 240))
    program = office.program_of("libreoffice", "")
    results = office._converted("libreoffice", program, copies, "pdf:calc_pdf_Export", time.monotonic() + 240)
    pages = {name: pypdf.PdfReader(BytesIO(pdf)).pages for name, pdf in zip(EVERY, results, strict=True)}
    return {name: [Page.of(page) for page in found] for name, found in pages.items()}


@pytest.mark.parametrize("name", EVERY)
def test_a_handout_has_few_pages(printed: dict[str, list[Page]], name: str) -> None:
    assert 1 < len(printed[name]) <= EVERY[name]


@pytest.mark.parametrize("name", EVERY)
def test_every_number_has_room_and_nothing_is_said_of_the_screen(printed: dict[str, list[Page]], name: str) -> None:
    known = words.load("en")
    screen = [known.text(key.removeprefix(PAPER)) for key in known.keys() if key.startswith(PAPER)]  # noqa: SIM118
    unsaid = [re.sub(r"\s", "", text) for text in (*screen, known("lesson.list")) if "{" not in text]
    assert len(unsaid) > 10
    for page in printed[name]:
        text = re.sub(r"\s", "", page.text)
        assert "##" not in text
        assert not [one for one in unsaid if one in text and one != "class(alist)"]


def test_the_list_of_a_layer_stands_below_its_heading(printed: dict[str, list[Page]]) -> None:
    [text] = [text for page in printed["digits"] if "Step 10 of 12" in (text := page.text)]
    assert "evidence" in text
    [text] = [text for page in printed["by-hand"] if "Practice: your turn" in (text := page.text)]
    assert "your number" in text


def test_the_answer_of_a_lesson_and_its_helper_sheets_are_not_handed_out(printed: dict[str, list[Page]]) -> None:
    for name in ("filters", "softmax"):
        answer = tomllib.loads((ROOT / "templates" / name / "en.toml").read_text("utf-8"))["answer"]
        text = "".join(page.text for page in printed[name])
        assert "Question:" in text
        assert answer.split(".")[0] not in text
        for page in printed[name]:
            footer = page.text.splitlines()[-1]
            assert not NUMBERS & set(re.split(r"[, ]+", footer))


@pytest.mark.parametrize("name", EVERY)
def test_no_link_and_no_sheet_for_looking_things_up_is_handed_out(printed: dict[str, list[Page]], name: str) -> None:
    for page in printed[name]:
        text = page.text
        assert "< Start" not in text
        footer = next(line for line in text.splitlines() if line.rstrip().endswith(f"/ {len(printed[name])}"))
        assert not ASIDE & set(footer.replace(",", " ").split())


@pytest.mark.parametrize("name", EVERY)
def test_the_smallest_letters_have_7_points(printed: dict[str, list[Page]], name: str) -> None:
    assert min(page.smallest for page in printed[name]) >= LEAST

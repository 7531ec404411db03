"""A handout has what is worth printing, on few pages, in readable letters; LibreOffice prints all in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from math import hypot
from pathlib import Path

import pypdf
import pytest
from conftest import SAMPLES

import sheetnet
from sheetnet.printing.printed import worth_printing
from sheetnet.recalc import office

MOST = {"by-hand": 10, "detective": 24, "digits": 20, "shapes": 24, "residual": 50}
ASIDE = {"Red", "Green", "Blue", "Grey", "Weights", "Charts", "Checks"}
LEAST = 6.95  # points; LibreOffice scales by whole percents


@pytest.fixture(scope="module")
def printed(needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> dict[str, pypdf.PdfReader]:
    needs("libreoffice")
    folder, copies = tmp_path_factory.mktemp("handout"), []
    for name in MOST:
        path: Path = folder / f"{name}.xlsx"
        photo = SAMPLES / "astronaut.png" if name == "detective" else None
        sheetnet.build(photo, path, template=name, engine=None)
        copies.append(worth_printing(path.read_bytes(), None, name, time.monotonic() + 240))
    program = office.program_of("libreoffice", "")
    results = office._converted("libreoffice", program, copies, "pdf:calc_pdf_Export", time.monotonic() + 240)
    return {name: pypdf.PdfReader(BytesIO(pdf)) for name, pdf in zip(MOST, results, strict=True)}


@pytest.mark.parametrize("name", MOST)
def test_a_handout_has_few_pages(printed: dict[str, pypdf.PdfReader], name: str) -> None:
    assert 1 < len(printed[name].pages) <= MOST[name]


@pytest.mark.parametrize("name", MOST)
def test_no_link_and_no_sheet_for_looking_things_up_is_handed_out(
    printed: dict[str, pypdf.PdfReader], name: str
) -> None:
    for page in printed[name].pages:
        text = page.extract_text()
        assert "< Start" not in text
        footer = next(line for line in text.splitlines() if line.rstrip().endswith(f"/ {len(printed[name].pages)}"))
        assert not ASIDE & set(footer.replace(",", " ").split())


@pytest.mark.parametrize("name", ["by-hand", "detective"])
def test_the_smallest_letters_have_7_points(printed: dict[str, pypdf.PdfReader], name: str) -> None:
    sizes: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if text.strip():
            sizes.append(abs(size) * hypot(tm[2], tm[3]) * hypot(cm[2], cm[3]))

    for page in printed[name].pages:
        page.extract_text(visitor_text=visit)
    assert min(sizes) >= LEAST

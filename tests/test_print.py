"""What a workbook looks like on paper: every page is whole. LibreOffice prints all workbooks in one run."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sight
from rendered import NAMES, PRINTED
from sight import Sight

from sheetnet.grid import Block
from sheetnet.layout.sheets.closeups import AGAINST, PRODUCT
from sheetnet.recalc import office

pytestmark = pytest.mark.thorough

BAD = ("###", "Err:", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!")
PAPER = {"a4": (841.9, 595.3), "letter": (792.0, 612.0)}  # points, landscape


@dataclass(frozen=True)
class Page:
    """A printed page: its sheet, what its footer says, its text without blanks, its size in points."""

    sheet: str
    number: int
    count: int
    text: str
    size: tuple[float, float]


@pytest.fixture(scope="module")
def printed(
    workbooks: Callable[[str], Path], needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Page]]:
    """The pages of the workbooks that are printed, in one run of LibreOffice."""
    needs("libreoffice")
    data = [workbooks(name).read_bytes() for name in PRINTED]
    program = office.program_of("libreoffice", "")
    results = office._converted("libreoffice", program, data, "pdf:calc_pdf_Export", time.monotonic() + 240)
    folder = tmp_path_factory.mktemp("printed")
    pages = {}
    for number, (name, result) in enumerate(zip(PRINTED, results, strict=True)):
        pdf = folder / f"{number}.pdf"
        pdf.write_bytes(result)
        pages[name] = list(_pages(pdf))
    return pages


def _pages(pdf: Path) -> Iterator[Page]:
    for page in pypdf.PdfReader(pdf).pages:
        text = page.extract_text()
        footer = re.search(r"^(.+) (\d+) / (\d+)$", text, re.MULTILINE)
        assert footer is not None, f"no footer: {text[:200]}"
        size = float(page.mediabox.width), float(page.mediabox.height)
        yield Page(footer[1].strip(), int(footer[2]), int(footer[3]), re.sub(r"\s", "", text), size)


@pytest.mark.parametrize("name", PRINTED)
def test_no_page_shows_an_error_or_a_number_that_does_not_fit(printed: dict[str, list[Page]], name: str) -> None:
    assert not [f"{page.sheet}: {bad}" for page in printed[name] for bad in BAD if bad in page.text]


@pytest.mark.parametrize("name", PRINTED)
def test_the_visible_sheets_are_printed_in_their_order_and_no_page_is_missing(
    printed: dict[str, list[Page]], seen: Callable[[str], Sight], name: str
) -> None:
    pages = printed[name]
    assert list(dict.fromkeys(page.sheet for page in pages)) == list(seen(name).sheets)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert {page.count for page in pages} == {len(pages)}


@pytest.mark.parametrize("name", PRINTED)
def test_a_page_is_landscape_on_the_paper_that_was_asked_for_and_has_a_line_for_a_name(
    printed: dict[str, list[Page]], name: str
) -> None:
    width, height = PAPER[PRINTED[name]["paper"]]
    line = {"en": "Name:____", "zh": "姓名"}[PRINTED[name]["language"]]
    for page in printed[name]:
        assert page.size == pytest.approx((width, height), abs=1), page.sheet
        assert line in page.text, f"{page.sheet}, page {page.number}"


@pytest.mark.parametrize("name", PRINTED)
def test_a_sheet_is_one_page_wide_and_as_many_pages_high_as_planned(
    printed: dict[str, list[Page]], seen: Callable[[str], Sight], name: str
) -> None:
    """More pages would be columns beside them, or cuts that nobody planned."""
    book = seen(name)
    for title in book.sheets:
        found = sum(page.sheet == title for page in printed[name])
        least, most = _planned(book, title)
        assert least <= found <= most, title


def _planned(book: Sight, title: str) -> tuple[int, int]:
    """The least and the largest number of pages that a sheet may take."""
    sheet = book.sheets[title]
    setup = sheet.page_setup
    assert setup.orientation == "landscape"
    if not _fitted(sheet):
        assert 10 <= setup.scale <= 100
        return (len(sheet.row_breaks.brk) + 1,) * 2
    assert not sheet.row_breaks.brk
    assert setup.fitToWidth == 1
    if setup.fitToHeight == 1:
        return 1, 1
    assert setup.fitToHeight == 0
    margins = sheet.page_margins
    wide, high = max(
        PAPER[paper] for paper, number in (("a4", "9"), ("letter", "1")) if str(setup.paperSize) == number
    )
    wide, high = wide - 72 * (margins.left + margins.right), high - 72 * (margins.top + margins.bottom)
    rows, columns = book.printed(title)
    width = sum(book.width(title, column) for column in range(1, columns + 1)) / sight.POINTS
    again = sheet.print_title_rows
    first, last = map(int, re.findall(r"\d+", again)) if again else (1, 0)
    repeated = sum(book.height(title, row) for row in range(first, last + 1))
    counts = []
    for scale in (min(1.0, wide / width) * 0.92, min(1.0, wide / width)):  # LibreOffice has wider columns
        pages, used = 1, 0.0
        for row in range(1, rows + 1):
            used += book.height(title, row)
            if used * scale > high:
                pages, used = pages + 1, book.height(title, row) + (repeated if row > last else 0)
        counts.append(pages)
    return counts[0], counts[1]


@pytest.mark.parametrize("name", NAMES)
def test_no_map_is_cut_by_the_end_of_a_page(seen: Callable[[str], Sight], name: str) -> None:
    """The first and the last row of a piece of a tensor lie between the same two ends of pages.

    Long columns, and rows of many channels, have no planned ends; whatever is drawn as a picture has.
    """
    book = seen(name)
    pictures = 0
    for full, block in book.plan.blocks.items():
        for first, last in block.rectangles():
            sheet = book.sheets[first.sheet]
            for end in sheet.row_breaks.brk:
                assert not first.row <= end.id < last.row, f"{full} is cut after row {end.id} of {first.sheet}"
            if full in book.plan.network.shapes and _in_planes(block):
                assert sheet.page_setup.fitToHeight == 1 or not _fitted(sheet), f"{full} may be cut anywhere"
                pictures += 1
    assert pictures


def _fitted(sheet: Any) -> bool:
    """Whether a spreadsheet finds the scale by itself, and then ends a page wherever it is full."""
    setup = sheet.sheet_properties.pageSetUpPr
    return bool(setup and setup.fitToPage)


def _in_planes(block: Block) -> bool:
    """Whether each channel of a tensor is a picture of its own."""
    return len(block.shape) == 3 and len(block.steps) == 2


@pytest.mark.parametrize("name", PRINTED)
def test_every_text_is_printed_on_the_page_of_its_row(
    printed: dict[str, list[Page]], seen: Callable[[str], Sight], name: str
) -> None:
    book = seen(name)
    for title in book.sheets:
        pages = [page.text for page in printed[name] if page.sheet == title]
        rows, columns = book.printed(title)
        ends = [0, *(end.id for end in book.sheets[title].row_breaks.brk), rows]
        planned = len(ends) == len(pages) + 1
        for (row, column), text in book.texts(title):
            if row > rows or column > columns:
                continue
            page = next(k for k, (a, b) in enumerate(pairwise(ends)) if a < row <= b)
            there = pages[page] if planned else "".join(pages)
            for word in re.findall(r"[a-zA-Z]{3,}|[\u4e00-\u9fff]+", text):
                assert word in there, f"{title}, row {row}: {text}"


@pytest.mark.parametrize("name", ["detective, a4", "by-hand, letter"])
def test_the_columns_that_only_help_a_close_up_stay_off_the_paper(seen: Callable[[str], Sight], name: str) -> None:
    """A text in one of them, as the note of a scale, would widen the page, and all else would be small."""
    _, last = seen(name).printed("Close-up logit")
    assert last == AGAINST + PRODUCT

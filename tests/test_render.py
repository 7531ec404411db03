"""What a reader sees, on the screen and on paper: nothing is cut off, no link leads nowhere, every page is whole.

LibreOffice prints all workbooks in one run; texts are measured with the metrics of real fonts.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sight
import zoo
from conftest import SAMPLES
from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from sight import Sight, contrast

import sheetnet
from sheetnet.grid import Block
from sheetnet.lesson.build import write
from sheetnet.lesson.closeup.logit import PRODUCT
from sheetnet.recalc import office
from sheetnet.workbook.style import FONTS, THEMES, styles

LANGUAGES = ("en", "zh")
BAD = ("###", "Err:", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!")
PAPER = {"a4": (841.9, 595.3), "letter": (792.0, 612.0)}  # points, landscape
MOST_RULES = 40  # conditional formats of a sheet; more make a spreadsheet slow
MOST_BYTES = 1_500_000
PHOTO: dict[str, Any] = {"photo": SAMPLES / "astronaut.png", "label": "Astronaut"}
HAND: dict[str, Any] = {"photo": None, "template": "by-hand"}
PRINTED: dict[str, dict[str, Any]] = {
    "detective, a4": PHOTO | {"language": "en", "paper": "a4"},
    "侦探, letter": PHOTO | {"language": "zh", "paper": "letter", "theme": "contrast"},
    "by-hand, letter": HAND | {"language": "en", "paper": "letter"},
    "动手算, a4": HAND | {"language": "zh", "paper": "a4"},
    "digits, a4": {"photo": None, "template": "digits", "language": "en", "paper": "a4"},
}
ROWS = {"photo": SAMPLES / "chelsea.png", "layout": "rows", "size": (16, 20), "fit": "pad"}
LONG = {  # names as long as a teacher may give them: 25 letters
    "en": ("Golden retriever (indoor)", "Wilhelmina Hammersmith Jr", "MOUNTAIN WOMBAT AND MAMMA"),
    "zh": ("在室内睡觉的金毛寻回犬", "穿着宇航服站在旗子前面的人", "一杯刚刚煮好的黑咖啡"),
}
MADE = [f"{language}: {name}" for language in LANGUAGES for name in (*zoo.ZOO, "in rows")]
NAMES = [*PRINTED, *MADE]
# What no language translates: formulas, names of functions and layers, and the name of a file.
SAME_EVERYWHERE = {"ReLU", "Softmax", "NumPy", "KL", "RGB", "logit", "ln", "max", "astronaut", "chelsea"} | {
    "Delete",
    "Ctrl",
    "Alt",
    "Enter",
    "LibreOffice",
    "ResNet",
}


def language_of(name: str) -> str:
    return PRINTED[name]["language"] if name in PRINTED else name[:2]


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Both templates in both languages, and the zoo with long names; each built when somebody asks for it."""
    folder = tmp_path_factory.mktemp("seen")

    @cache
    def built(name: str) -> Path:
        path = folder / f"{NAMES.index(name)}.xlsx"
        language, kind = language_of(name), name[4:]
        if name in PRINTED or kind == "in rows":
            options = PRINTED.get(name) or ROWS | {"language": language}
            sheetnet.build(out=path, engine=None, **options)  # type: ignore[arg-type]
            return path
        case = zoo.case(kind)
        network = case.network
        names = LONG[language][: len(network.classes)]
        label = names[-1] if case.label else None
        title = kind if language == "en" else "样例"
        photo = case.photo and type(case.photo)(case.photo.x, case.photo.picture, title)
        prose = {"title": title, "lead": "", "summary": ""}
        network, drawn = replace(network, classes=names), case.drawing
        if drawn is not None:
            drawn = replace(drawn, samples=tuple((names[-1], one) for _, one in drawn.samples))
        write(
            replace(case, network=network, label=label, prose=prose, photo=photo, language=language, drawing=drawn),
            path,
        )
        return path

    return built


@pytest.fixture(scope="module")
def seen(workbooks: Callable[[str], Path]) -> Callable[[str], Sight]:
    return cache(lambda name: Sight(workbooks(name)))


@pytest.fixture(scope="module")
def fonts() -> None:
    if missing := sight.missing_fonts():
        message = f"fonts are missing, so no text can be measured: {', '.join(missing)}"
        if os.environ.get("SHEETNET_NEED_ENGINES"):
            pytest.fail(message)
        pytest.skip(message)


# On paper


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
    program = office._program("libreoffice", "")
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
    assert last == PRODUCT


# On the screen


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("name", NAMES)
def test_every_text_and_every_number_has_room(seen: Callable[[str], Sight], name: str) -> None:
    """A text may reach over blank cells, but not over others, nor beyond what is printed; a number stays inside."""
    book = seen(name)
    cut = [
        f"{cell.where}: {cell.text!r} is {cell.width:.0f} pixels wide and has {cell.room:.0f}"
        for title in book.sheets
        for cell in book.shown(title)
        if cell.width > cell.room
    ]
    assert not cut, "\n".join(cut)


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_as_high_as_its_text(seen: Callable[[str], Sight], name: str) -> None:
    book = seen(name)
    low = [cell.where for title in book.sheets for cell in book.shown(title) if cell.size * 1.15 > cell.tall]
    assert not low


@pytest.mark.usefixtures("fonts")
def test_a_text_that_is_cut_off_would_be_found(seen: Callable[[str], Sight], tmp_path: Path) -> None:
    book = seen("by-hand, letter").book
    book["Start"]["B4"] = "a note that is a good deal wider than the room that it has in its column"
    book["Start"]["C4"] = "in the way"
    book["Softmax"]["E10"] = 1234567890123.5
    book.save(tmp_path / "x.xlsx")
    again = Sight(tmp_path / "x.xlsx")
    cut = {cell.where for title in ("Start", "Softmax") for cell in again.shown(title) if cell.width > cell.room}
    assert cut == {"Start!B4", "Softmax!E10"}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_cell_that_is_there(seen: Callable[[str], Sight], name: str) -> None:
    book = seen(name)
    for title in book.sheets:
        for where, (sheet, cell) in _links(book, title).items():
            assert sheet in book.sheets, f"{title}!{where}"
            assert coordinate_to_tuple(cell) in book.values(sheet), f"{title}!{where} leads to a blank cell: {cell}"


def _links(book: Sight, title: str) -> dict[str, tuple[str, str]]:
    """The links of a sheet: the cell, and the sheet and the cell that it leads to."""
    found = {}
    for row in book.sheets[title].iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                sheet, _, where = cell.hyperlink.location.rpartition("!")
                found[cell.coordinate] = (re.sub("''", "'", sheet[1:-1] if sheet[0] == "'" else sheet), where)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_is_reached_from_start_and_back_and_next_are_the_trail(
    seen: Callable[[str], Sight], name: str
) -> None:
    book = seen(name)
    titles = list(book.sheets)
    leads = {title: _links(book, title) for title in titles}
    reached, new = {titles[0]}, [titles[0]]
    while new:
        new = [sheet for title in new for sheet, _ in leads[title].values() if sheet not in reached]
        reached |= set(new)
    assert reached == set(titles)
    for number, title in enumerate(titles[1:], 1):
        row = [sheet for where, (sheet, _) in leads[title].items() if re.fullmatch(r"[A-Z]+7", where)]
        expected = [titles[number - 1], titles[0], *titles[number + 1 : number + 2]]
        assert row[: len(expected)] == expected, title


@pytest.mark.parametrize("name", NAMES)
def test_conditional_formats_are_few_and_name_no_other_sheet(seen: Callable[[str], Sight], name: str) -> None:
    """Excel 2007 takes no other sheet in them; a defined name it does."""
    book = seen(name)
    for title, sheet in book.sheets.items():
        rules = [rule for where in sheet.conditional_formatting for rule in where.rules]
        assert len(rules) <= MOST_RULES, title
        for formula in (formula for rule in rules for formula in rule.formula or []):
            assert "!" not in formula, f"{title}: {formula}"
            for used in re.findall(r"sheetnet[\w.]+", formula):
                assert used in book.book.defined_names, f"{title}: {used}"


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_chosen_from_a_list_stands_on_the_same_sheet_and_is_not_blank(
    seen: Callable[[str], Sight], name: str
) -> None:
    book = seen(name)
    for title, sheet in book.sheets.items():
        for choice in sheet.data_validations.dataValidation:
            if choice.type == "whole":  # numbers, and what is said to whoever types something else
                assert choice.error
                assert choice.showErrorMessage
                continue
            assert choice.type == "list"
            left, top, right, bottom = range_boundaries(choice.formula1.replace("$", ""))  # so it names no sheet
            assert left == right
            entries = [book.values(title).get((row, left)) for row in range(top, bottom + 1)]
            assert all(entry not in (None, "") for entry in entries), f"{title}: {choice.formula1}"
            for chosen in choice.sqref.ranges:
                assert book.values(title).get((chosen.min_row, chosen.min_col)) in entries, title


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_and_chart_says_what_it_shows_in_the_language_of_the_workbook(
    seen: Callable[[str], Sight], name: str
) -> None:
    drawings = [data for part, data in seen(name).content.items() if re.match(r"xl/drawings/drawing\d", part)]
    assert drawings
    for data in drawings:
        drawing = etree.fromstring(data)
        pictures = [e for e in drawing.iter() if etree.QName(e).localname in ("pic", "graphicFrame")]
        told = [e.get("descr") for e in drawing.iter() if etree.QName(e).localname == "cNvPr"]
        assert len(told) == len(pictures)
        for text in told:
            assert text
            assert text.strip()
            assert sight.is_chinese(text) == (language_of(name) == "zh"), text


@pytest.mark.parametrize("name", NAMES)
def test_no_cells_are_merged_and_titles_of_sheets_are_short_enough(seen: Callable[[str], Sight], name: str) -> None:
    for sheet in seen(name).book.worksheets:
        assert not sheet.merged_cells.ranges
        assert 1 <= len(sheet.title) <= 31


@pytest.mark.parametrize("name", [name for name in NAMES if language_of(name) == "zh"])
def test_a_chinese_workbook_has_no_english_words(seen: Callable[[str], Sight], name: str) -> None:
    book = seen(name)
    texts = [(title, title) for title in book.sheets]
    texts += [(title, text) for title in book.sheets for _, text in book.texts(title)]
    texts += [(title, sheet.oddHeader.left.text or "") for title, sheet in book.sheets.items()]
    for part, data in book.content.items():
        if part.startswith("xl/charts/"):
            named = (e for e in etree.fromstring(data).iter() if etree.QName(e).localname in ("t", "v"))
            texts += [(part, e.text or "") for e in named]
        elif part.startswith("xl/drawings/drawing"):
            texts += [(part, text) for text in re.findall(r'descr="([^"]*)"', data.decode())]
    english = {f"{place}: {text}" for place, text in texts if _english(text)}
    assert not english, "\n".join(sorted(english))


def _english(text: str) -> list[str]:
    """Words that somebody forgot to translate; formulas, addresses and names of tensors are none."""
    text = re.sub(r"^用单元格说.*|\b\w+\.\w+\b", "", text, flags=re.DOTALL)
    text = re.sub(r"\b[A-Z]{1,3}[0-9]+\b|--[a-z]+", "", text)  # addresses; options of the command
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in SAME_EVERYWHERE]


def test_an_english_word_would_be_found() -> None:
    assert _english("用文字说：  the larger of 0") == ["the", "larger", "of"]
    assert _english("用单元格说：  C5 = SUM(Dense!A1:A9)") == []
    assert _english("W29 = max(1; 2), dense.weight, ReLU") == []


@pytest.mark.parametrize("name", ["detective, a4", "侦探, letter"])
def test_the_workbook_of_a_photo_is_a_small_file(workbooks: Callable[[str], Path], name: str) -> None:
    assert workbooks(name).stat().st_size <= MOST_BYTES


# Colours


def _least(theme: str) -> float:
    return {"clear": 4.5, "contrast": 7.0}[theme]


@pytest.mark.parametrize("theme", THEMES)
def test_every_look_can_be_read_on_its_own_ground(theme: str) -> None:
    for name, style in styles(theme).items():
        ground = style.fill or THEMES[theme].paper
        if name not in ("tape", "glow"):  # nothing is written on padding; the sheet Photo is below
            assert contrast(style.color, ground) >= _least(theme), name
    assert set(FONTS) == set(LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_can_be_read_on_every_colour_that_it_can_take(seen: Callable[[str], Sight], name: str) -> None:
    """On each stop of a scale, on the bars, and in the colours of a mark."""
    book = seen(name)
    least = _least(PRINTED.get(name, {}).get("theme", "clear"))
    for title, sheet in book.sheets.items():
        for where in sheet.conditional_formatting:
            for rule in where.rules:
                looks = _inks(sheet, where)
                if rule.type == "colorScale" and any(r.type == "cellIs" for r in where.rules):
                    continue  # it glows
                grounds = [c.rgb for c in rule.colorScale.color] if rule.type == "colorScale" else []
                grounds += [rule.dataBar.color.rgb] if rule.type == "dataBar" else []
                if rule.type == "expression" and rule.dxf.font.color is not None:
                    looks = {rule.dxf.font.color.rgb}
                    grounds = [rule.dxf.fill.bgColor.rgb]
                for ink in looks:
                    for ground in grounds:
                        assert contrast(ink, ground) >= least, f"{title} {where.sqref}: {ink} on {ground}"


def _inks(sheet: Any, where: Any) -> set[str]:
    """The colours of what is written in the cells of a conditional format."""
    return {
        cell.font.color.rgb
        for area in where.sqref.ranges
        for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col)
        for cell in row
        if cell.value is not None
    }


@pytest.mark.parametrize("name", [name for name in PRINTED if not name.startswith("digits")])
def test_on_the_photo_every_number_is_written_in_the_better_one_of_black_and_white(
    seen: Callable[[str], Sight], name: str
) -> None:
    """Neither reaches 7:1 on a middle grey, so here 4.5:1 has to do in both themes."""
    sheet = list(seen(name).sheets.values())[1]
    scales, switches = 0, 0
    for where in sheet.conditional_formatting:
        kinds = {rule.type: rule for rule in where.rules}
        dark, bright = (color.rgb for color in kinds["colorScale"].colorScale.color)
        assert dark.endswith("000000")
        start = float(kinds["cellIs"].formula[0]) if "cellIs" in kinds else 256
        scales, switches = scales + 1, switches + (start <= 255)
        for value in range(256):
            channels = [ceil(int(bright[-6:][i : i + 2], 16) * value / 255) for i in (0, 2, 4)]
            ground = "".join(f"{channel:02X}" for channel in channels)
            ink = "000000" if value >= start else "FFFFFF"
            assert contrast(ink, ground) >= 4.5, f"{value}: {ink} on {ground}"
    assert scales == 3
    assert switches >= 2

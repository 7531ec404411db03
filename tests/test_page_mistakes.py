"""What goes wrong on the page: no answer, no number, a file where none is taken, a name that disguises itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browsing import Browser, browsing
from conftest import SAMPLES
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

import sheetnet

READ = "this is what the network sees"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[Browser]:
    with browsing(folder) as found:
        yield found


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, Path]:
    found = {f"{template}-en": folder / f"{template}.html" for template in ("by-hand", "digits")}
    for path in found.values():
        sheetnet.page(out=path, template=path.stem)
    return found


def test_no_answer_is_told_where_a_cell_has_an_error_and_no_edit_is_made_of_what_is_no_number(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.visit(pages["by-hand-en"])
    Select(browser.one("#truth")).select_by_visible_text("Green dot")
    browser.wait(lambda: browser.one(".loss").text, "a loss")
    said, before = browser.said, browser.chances()
    spread = next(
        one for one in browser.all(".layer canvas") if "Rescale: std" in str(one.get_attribute("aria-label"))
    )
    spread.send_keys(Keys.ENTER)
    browser.wait(lambda: browser.script("return document.activeElement.classList.contains('near')"), "the panel")
    for text in ("", "1e400"):
        browser.one("#value").clear()
        browser.one("#value").send_keys(text)
        browser.button("Set").click()
        browser.wait(lambda: browser.one(".hint").text == "Type a number.", f"{text!r} is refused")
        np.testing.assert_allclose(browser.chances(), before, rtol=0, atol=1e-12)
    browser.one("#value").clear()
    browser.one("#value").send_keys("0", Keys.ENTER)
    browser.wait(lambda: "the cells show #DIV/0!" in browser.said, "the error")
    assert np.isnan(browser.chances()).all()
    assert "%" not in browser.one(".chances").text
    assert browser.one(".doubt").text == browser.one(".loss").text == ""
    hatched = {str(one.text) for one in browser.all("figcaption .doubt") if one.is_displayed()}
    assert hatched == {f"Hatched: #DIV/0! in {count} cells" for count in (16, 3)}
    browser.wait(lambda: browser.script("return document.activeElement.id") == "value", "typing goes on")
    assert browser.one(".pointed").text.endswith(" = 0")
    browser.one("#value").send_keys(Keys.ESCAPE)
    assert "Rescale: std" in browser.script("return document.activeElement.ariaLabel")
    report = sheetnet.verify(browser.download())
    assert (report.stale, report.wrong) == (0, ())
    assert "cells show no number" in report.last_line()
    browser.button("Take all edits of weights back").click()
    browser.wait(lambda: browser.said == said, "the answer from before")
    assert not any(one.is_displayed() for one in browser.all("figcaption .doubt"))
    np.testing.assert_allclose(browser.chances(), before, rtol=0, atol=1e-12)


def test_a_photo_that_is_dropped_on_the_page_of_a_pad_takes_no_drawing_away(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.visit(pages["digits-en"])
    before = browser.chances()
    kept = browser.script(
        "const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File(['x'], 'cat.png'));"
        "return ['dragover', 'drop'].map(kind => !document.body.dispatchEvent("
        "new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer })))"
    )
    assert kept == [True, True]  # else the browser would open the file in the place of the page
    assert browser.told.startswith("This network sees what is drawn on the pad")
    np.testing.assert_allclose(browser.chances(), before, rtol=0, atol=1e-12)


def test_a_name_cannot_turn_the_line_around_in_which_it_is_told(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    browser.visit(pages["by-hand-en"])
    path = tmp_path / "\u202egnp.exe\u2066.png"
    path.write_bytes((SAMPLES / "chelsea.png").read_bytes())
    browser.one("#file").send_keys(str(path))
    browser.wait(lambda: READ in browser.told, "the photo")
    assert browser.told.startswith("?gnp.exe?.png: ")

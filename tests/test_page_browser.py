"""The page in a real browser: photos, drawings, the camera, what is clicked and downloaded, without a network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browsing import Browser, browsing
from conftest import ROOT, SAMPLES
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from thorough import later

import sheetnet
from sheetnet import photo as photos
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.recalc.office import find

SHAPE = (3, 28, 28)
READ = "this is what the network sees"
SLOWER = 12  # times: tests run beside others; what a calm machine takes is in the README

UNNAMED = """
return [...document.querySelectorAll('button, select, input, canvas, video')].filter(one => !one.hidden
  && !(one.ariaLabel || one.textContent.trim() || one.labels?.length)).map(one => one.outerHTML)
"""
FAINT = """  // texts whose contrast with what is behind them is below 4.5, as WCAG 2.2 measures it
const linear = one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
const light = color => color.match(/[\\d.]+/g).slice(0, 3).map(one => linear(one / 255))
  .reduce((sum, one, k) => sum + one * [0.2126, 0.7152, 0.0722][k], 0);
const ground = one => {
  for (; one; one = one.parentElement) {
    const color = getComputedStyle(one).backgroundColor;
    if (!color.endsWith(', 0)')) return color;
  }
  return 'rgb(255, 255, 255)';
};
const texts = [...document.querySelectorAll('#page *')].filter(one =>
  [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
return texts.filter(one => {
  const [dark, bright] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05) < 4.5;
}).map(one => one.outerHTML);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def browser(folder: Path) -> Iterator[Browser]:
    downloads = folder / "downloads"
    downloads.mkdir()
    with browsing(downloads) as found:
        yield found


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, Path]:
    found = {}
    for template, language in (("detective", "en"), ("detective", "zh"), ("digits", "en"), ("shapes", "zh")):
        found[f"{template}-{language}"] = folder / f"{template}-{language}.html"
        sheetnet.page(out=found[f"{template}-{language}"], template=template, language=language)
    return found


@pytest.fixture(scope="module")
def detective() -> Case:
    return prepare(Request(SAMPLES / "astronaut.png"))


@pytest.fixture(scope="module")
def photo_files(folder: Path) -> dict[Path, int]:
    """Photos of many kinds and shapes -> how far a pixel may be from Pillow's; decoders differ, resizing does not."""
    found: dict[Path, int] = {}

    def save(name: str, image: Image.Image, apart: int = 0, **options: object) -> None:
        image.save(folder / name, **options)
        found[folder / name] = apart

    cat = Image.open(SAMPLES / "chelsea.png").convert("RGB")
    cup = Image.open(SAMPLES / "coffee.png").convert("RGB")
    woman = Image.open(SAMPLES / "astronaut.png").convert("RGB")
    for k in range(4):
        save(f"piece{k}.png", woman.crop((90 + 17 * k, 20 * k, 300 + 31 * k, 210 + 23 * k)))
        save(f"cup{k}.bmp", cup.crop((60 * k, 10 * k, 200 + 90 * k, 190 + 61 * k)))
    save("whole cat.png", cat)
    save("grey.png", cat.convert("L"))
    save("palette.gif", cup.quantize(64))
    save("strip.png", cat.resize((700, 40)))
    save("tall.png", cup.resize((31, 500)), 4)  # of so narrow a photo some releases of Pillow go down first
    save("small.png", woman.resize((9, 7)))
    save("one.png", Image.new("RGB", (1, 1), (200, 30, 90)))
    save("exact.png", woman.resize((28, 28)))
    see_through = cat.convert("RGBA")
    see_through.putalpha(Image.linear_gradient("L").resize(cat.size))
    save("see-through.png", see_through, 3)
    save("photo.jpg", woman, 3, quality=92)
    save("photo.webp", cup, 6, quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("sideways.jpg", cat, 3, quality=95, exif=exif)
    return found


def forward(case: Case, x: np.ndarray) -> np.ndarray:
    assert case.network.line_up is not None
    return case.forward(x)[f"{case.network.line_up.name}.out"]


def proven(path: Path, engines: tuple[str, ...] = ("stored",)) -> sheetnet.Report:
    """The report of the first engine; each of them proves the file, and finds no old value in it."""
    reports = [sheetnet.verify(path, engine=engine) for engine in engines]  # type: ignore[arg-type]
    for report in reports:
        assert report.proven, "\n".join(report.lines())
        assert report.stale == 0
        assert report.own == ()
    return reports[0]


# A photo


def test_twenty_photos_give_the_answers_that_python_gives(
    browser: Browser, pages: dict[str, Path], photo_files: dict[Path, int], detective: Case
) -> None:
    assert len(photo_files) == 20
    browser.visit(pages["detective-en"])
    for path, apart in photo_files.items():
        browser.give(path, READ)
        x = browser.pixels(SHAPE)
        assert np.abs(x - photos.pixels(path, SHAPE)[0]).max() <= apart, path.name
        np.testing.assert_allclose(browser.chances(), forward(detective, x), rtol=0, atol=1e-9, err_msg=path.name)


@pytest.mark.thorough
def test_the_workbook_of_a_photo_is_that_of_build_for_the_same_pixels(
    browser: Browser, pages: dict[str, Path], folder: Path, photo_files: dict[Path, int]
) -> None:
    browser.visit(pages["detective-en"])
    photo = SAMPLES / "chelsea.png"
    browser.give(photo, READ)
    Select(browser.one("#truth")).select_by_visible_text("Cat")
    browser.wait(lambda: browser.one(".loss").text, "a loss")
    path = browser.download()
    assert path.name == "chelsea.xlsx"
    engines = ("stored", "formualizer", "formulon", *(["libreoffice"] if find("libreoffice") else []))
    report = proven(path, engines)
    assert not report.edits
    built = folder / "built.xlsx"
    sheetnet.build(photo, built, label="Cat", engine=None)
    found = sheetnet.compare(path, built)
    assert {one.name for one in found.differences if "choice" not in one.name} == set()
    assert found.answers[0] == found.answers[1]


def test_of_many_moves_of_the_frame_the_last_one_is_seen(browser: Browser, pages: dict[str, Path]) -> None:
    browser.visit(pages["detective-en"])
    browser.give(SAMPLES / "coffee.png", READ)
    browser.one("canvas.photo").send_keys(Keys.ARROW_LEFT * 7 + Keys.ARROW_RIGHT * 2)
    with Image.open(SAMPLES / "coffee.png") as image:
        left = (image.width - image.height) / 2 - 5 * 0.02 * image.width
        frame = (left, 0, left + image.height, image.height)
        cup = image.convert("RGB").resize(SHAPE[1:], Image.Resampling.LANCZOS, frame)
    x = np.asarray(cup, dtype=float).transpose(2, 0, 1)
    browser.wait(lambda: bool(np.abs(browser.pixels(SHAPE) - x).max() <= 1), "what is in the frame")


def test_edits_of_weights_and_pixels_show_at_once_and_are_named_by_verify(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.visit(pages["detective-en"])
    browser.give(SAMPLES / "coffee.png", READ)
    for way in ("left", "down"):
        browser.changed(
            browser.one(f"button[aria-label='Move the picture {way.replace('left', 'to the left')}']").click
        )
    filters = next(
        one for one in browser.all(".layer canvas") if "Conv1: weight" in str(one.get_attribute("aria-label"))
    )
    filters.send_keys(Keys.ENTER)
    number = browser.driver.find_element("xpath", "//button[starts-with(., 'Blank filter')]")
    browser.changed(number.click)
    browser.wait(lambda: browser.button("Take all edits of weights back").is_displayed(), "edits can be taken back")
    report = proven(browser.download(), ("formualizer", "stored"))
    assert [(edit.what, edit.count) for edit in report.edits] == [("weights", 28)]
    browser.changed(browser.button("Take all edits of weights back").click)
    assert not proven(browser.download()).edits


def test_a_number_is_seen_from_near_with_keys_alone(browser: Browser, pages: dict[str, Path]) -> None:
    browser.visit(pages["detective-en"])
    maps = next(one for one in browser.all(".layer canvas") if "Conv1: gives" in str(one.get_attribute("aria-label")))
    maps.send_keys(Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    where = browser.one(".pointed").text
    assert where.startswith("Conv1!S12 (1, 2, 2) = ")
    maps.send_keys(Keys.ENTER)
    browser.wait(lambda: browser.all(".near .product"), "the products")
    near = browser.one(".near")
    assert "Conv1!S12 = SUMPRODUCT(" in near.text
    assert len(browser.all(".near table")) == 9  # window, weights and products of three channels
    assert near.text.rstrip().endswith(where.rpartition(" = ")[2])
    products = [
        float(cell.text.replace("−", "-"))
        for table in browser.all(".near table")[2::3]
        for cell in table.find_elements("css selector", "td")
    ]
    totals = [
        float(one.text.split()[-1].replace("−", "-")) for one in browser.all(".near .product > span:last-child")
    ]
    assert sum(products) == pytest.approx(sum(totals), abs=0.02)
    near.send_keys(Keys.ESCAPE)
    assert not browser.all(".near:not([hidden])")


def test_the_dense_layer_tells_its_largest_products(browser: Browser, pages: dict[str, Path]) -> None:
    browser.visit(pages["detective-en"])
    next(
        one for one in browser.all(".layer canvas") if "Dense: gives" in str(one.get_attribute("aria-label"))
    ).click()
    browser.wait(lambda: browser.all(".near ol li"), "the products")
    assert "392 products from Dense!C14:C405 on; the 8 largest" in browser.one(".near").text


# Files that are no photos


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.png", b"", "empty"),
        ("note.txt", b"no picture at all, but long enough to have a header", "no picture that can be read here"),
        (
            "huge.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0" + bytes(9),
            "too large",
        ),
        ("cut.jpg", b"\xff\xd8\xff\xc0\0\x11\x08\0\x40\0\x40\x03" + bytes(40), "damaged"),
        (
            "<img src=x onerror=alert(1)>.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>" + b" " * 40,
            "no picture",
        ),
    ],
    ids=["empty", "text", "huge", "broken", "markup"],
)
def test_what_is_no_photo_is_said_in_a_line_and_changes_nothing(
    browser: Browser, pages: dict[str, Path], tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    browser.visit(pages["detective-en"])
    path, before = tmp_path / name, browser.chances()
    path.write_bytes(content)
    browser.give(path, said)
    assert "\n" not in browser.told
    np.testing.assert_array_equal(browser.chances(), before)
    assert not browser.all("img, svg")


def test_names_of_a_network_from_elsewhere_are_text_and_no_markup(browser: Browser, folder: Path) -> None:
    name = "<img src=x onerror=document.title='hacked'>"
    mine = folder / "mine"
    mine.mkdir()
    spec = (ROOT / "templates" / "by-hand" / "network.toml").read_text(encoding="utf-8")
    assert '"Red cross"' in spec
    (mine / "network.toml").write_text(spec.replace('"Red cross"', f'"{name}"'), encoding="utf-8")
    (mine / "en.toml").write_text("title = '</title><script>alert(1)</script>'", encoding="utf-8")
    sheetnet.page(out=folder / "mine.html", template=mine)
    browser.open(folder / "mine.html")
    assert name in browser.one(".chances").text
    assert not browser.all("#page img, #page script")
    assert browser.driver.title == "</title><script>alert(1)</script>"
    Select(browser.one("#truth")).select_by_visible_text(name)
    browser.wait(lambda: name in browser.script("return document.querySelector('#truth').value"), "the truth")
    proven(browser.download())
    browser.give(SAMPLES / "coffee.png", READ)
    browser.wait(lambda: name not in browser.script("return document.querySelector('#truth').value"), "no truth yet")


# The camera


def test_the_camera_is_used_where_it_is_allowed_and_said_where_it_is_not(
    browser: Browser, pages: dict[str, Path], detective: Case
) -> None:
    browser.visit(pages["detective-en"])
    browser.camera("denied")
    browser.button("Use the camera").click()
    browser.wait(lambda: "The camera cannot be used" in browser.told, "no camera")
    browser.camera("granted")
    browser.button("Use the camera").click()
    browser.wait(
        lambda: browser.all("video") and browser.script("return document.querySelector('video').videoWidth"),
        "a picture",
    )
    browser.changed(browser.button("Take the picture").click)
    assert not browser.all("video")
    x = browser.pixels(SHAPE)
    np.testing.assert_allclose(browser.chances(), forward(detective, x), rtol=0, atol=1e-9)


# Drawings


def test_a_digit_is_drawn_told_and_downloaded(browser: Browser, pages: dict[str, Path]) -> None:
    browser.visit(pages["digits-en"])
    case = prepare(Request(template="digits"))
    pad = browser.one(".pad")
    stroke = ActionChains(browser.driver, duration=50).move_to_element_with_offset(pad, -5, -95).click_and_hold()
    for _ in range(8):
        stroke = stroke.move_by_offset(1, 23)
    browser.changed(stroke.release().perform)
    x = browser.pixels((1, 8, 8), 16)
    assert set(np.flatnonzero(x[0].max(axis=0))) <= {3, 4, 5}  # upright, in the middle
    assert x.max() == 16
    np.testing.assert_allclose(browser.chances(), forward(case, x), rtol=0, atol=1e-9)
    assert "1" in browser.said
    report = proven(browser.download(), ("formualizer", "stored"))
    assert not report.edits
    browser.changed(lambda: Select(browser.one("#sample")).select_by_index(4))
    assert not proven(browser.download()).edits
    browser.changed(lambda: pad.send_keys(Keys.ARROW_RIGHT, Keys.SPACE))  # with keys, on the drawing again
    assert Select(browser.one("#sample")).first_selected_option.text == "my drawing"


def test_a_shape_is_painted_in_colours(browser: Browser, pages: dict[str, Path]) -> None:
    browser.visit(pages["shapes-zh"])
    case = prepare(Request(template="shapes", language="zh"))
    pad = browser.one(".pad")
    drag = ActionChains(browser.driver, duration=50).move_to_element_with_offset(pad, -60, -60).click_and_hold()
    browser.changed(drag.move_by_offset(60, 0).move_by_offset(60, 0).release().perform)
    x = browser.pixels(SHAPE)
    browser.wait(
        lambda: np.allclose(browser.chances(), forward(case, browser.pixels(SHAPE)), atol=1e-9), "the answer"
    )
    assert len(np.unique(x.reshape(3, -1), axis=1).T) > 1
    assert not proven(browser.download()).edits


# The page itself


def test_nothing_is_asked_for_and_nothing_could_be(browser: Browser, pages: dict[str, Path]) -> None:
    browser.requests()
    browser.open(pages["detective-en"])
    browser.give(SAMPLES / "astronaut.png", READ)
    browser.download()
    own = pages["detective-en"].as_uri()
    assert {url for url in browser.requests() if not url.startswith(("blob:", "data:"))} == {own}
    tried = browser.driver.execute_async_script(
        "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('sent'), error => done(error.name))"
    )
    assert tried == "TypeError"
    assert any("Content Security Policy" in fault for fault in browser.faults())


def test_the_page_is_fast(browser: Browser, pages: dict[str, Path]) -> None:
    start = time.monotonic()
    browser.open(pages["detective-en"])
    ready = time.monotonic() - start
    paint = browser.script("return performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    start = time.monotonic()
    browser.give(SAMPLES / "chelsea.png", READ)
    answer = time.monotonic() - start
    start = time.monotonic()
    browser.download()
    download = time.monotonic() - start
    print(f"first paint {paint:.2f} s, ready {ready:.2f} s, answer {answer:.2f} s, download {download:.2f} s")
    assert paint < 1 * SLOWER
    assert ready < 4 * SLOWER
    assert answer < 1 * SLOWER
    assert download < 5 * SLOWER


@pytest.mark.parametrize("name", ["detective-en", "shapes-zh", *later("detective-zh", "digits-en")])
def test_the_page_can_be_read_and_used_by_everybody(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name], 320, 700)
    assert browser.script("return document.documentElement.scrollWidth") <= 320
    unnamed = browser.script(UNNAMED)
    assert unnamed == []
    ids = browser.script("return [...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert browser.script("return document.documentElement.lang") == name[-2:]
    faint = browser.script(FAINT)
    assert faint == []
    assert browser.faults() == []

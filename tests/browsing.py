"""A real browser with a page in it: what a pupil does with it, and what stands there then."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

BROWSERS, DRIVER = ("chromium", "chromium-browser", "google-chrome", "chrome"), "chromedriver"
LONGEST = 60.0  # seconds that anything may take on a machine that does much else


def needed() -> tuple[str, str]:
    """The browser and its driver. A test is skipped where there is none, or fails where there must be one."""
    found = [next(filter(None, map(shutil.which, names)), None) for names in (BROWSERS, (DRIVER,))]
    if None in found:
        message = "Chromium or its driver is not installed (apt-get install chromium chromium-driver)"
        if os.environ.get("SHEETNET_NEED_ENGINES"):
            pytest.fail(message)
        pytest.skip(message)
    return str(found[0]), str(found[1])


class Browser:
    """A browser. ``folder``: where its downloads go."""

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver, self.folder = driver, folder

    def open(self, page: Path, width: int = 1366, height: int = 768) -> None:
        """Open a page, and wait until it is ready."""
        self.resize(width, height)
        self.driver.get(page.as_uri())
        self.wait(lambda: self.script("return document.documentElement.dataset.ready") == "true", "the page is ready")

    def visit(self, page: Path) -> None:
        """Open a page where it is not open yet: what was done on it stays."""
        if self.driver.current_url != page.as_uri():
            self.open(page)

    def resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def script(self, text: str, *arguments: object) -> Any:
        return self.driver.execute_script(text, *arguments)

    def wait(self, done: Callable[[], object], what: str) -> None:
        end = time.monotonic() + LONGEST
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"not in {LONGEST:g} s: {what}; the page says {self.told!r}, {self.faults()}")
            time.sleep(0.02)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def button(self, text: str) -> WebElement:
        return self.driver.find_element(By.XPATH, f"//button[normalize-space()='{text}']")

    @property
    def told(self) -> str:
        """The line in which the page says what goes on."""
        return str(self.script("return document.querySelector('.told')?.textContent"))

    @property
    def said(self) -> str:
        """What the network says."""
        return str(self.script("return document.querySelector('.said').textContent"))

    def give(self, photo: Path, says: str) -> None:
        """Choose a photo, and wait until the page ``says`` something of it."""
        self.one("#file").send_keys(str(photo))
        self.wait(lambda: photo.name in self.told and says in self.told, f"{photo.name}: {says}")

    def changed(self, act: Callable[[], object]) -> None:
        """Do something, and wait until the network answers otherwise."""
        before = self.chances()
        act()
        self.wait(lambda: (self.chances() != before).any(), "another answer")

    def chances(self) -> np.ndarray:
        """The probabilities, with all their digits."""
        texts = self.script("return [...document.querySelectorAll('[data-value]')].map(one => one.dataset.value)")
        return np.array([float(text) for text in texts])

    def pixels(self, shape: tuple[int, int, int], levels: int = 255) -> np.ndarray:
        """What the network sees, (C, H, W), read from the squares on the screen."""
        channels, height, width = shape
        lights = self.script(
            "const [height, width] = arguments, canvas = document.querySelector('.seen');"
            "const side = (canvas.width - 1) / width, context = canvas.getContext('2d');"
            "return [...Array(height * width).keys()].map(k => [...context.getImageData("
            "(k % width) * side + side / 2, Math.floor(k / width) * side + side / 2, 1, 1).data].slice(0, 3))",
            height,
            width,
        )
        seen = np.moveaxis(np.array(lights, dtype=np.float64).reshape(height, width, 3), -1, 0)[:channels]
        return np.asarray(np.rint(seen * (levels / 255)))

    def download(self) -> Path:
        """Download the workbook, and wait for it."""
        before = set(self.folder.iterdir())
        self.one(".save").click()

        def there() -> list[Path]:
            return [path for path in set(self.folder.iterdir()) - before if path.suffix == ".xlsx"]

        self.wait(lambda: there() and "xlsx" in self.told, "a download")
        [path] = there()
        return path

    def camera(self, setting: str) -> None:
        """Allow the camera ("granted"), or not ("denied")."""
        wanted = {"permission": {"name": "camera"}, "setting": setting}
        self.driver.execute_cdp_cmd("Browser.setPermission", wanted)

    def requests(self) -> list[str]:
        """The addresses of all that was asked for since this was asked the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            str(one["params"]["request"]["url"]) for one in messages if one["method"] == "Network.requestWillBeSent"
        ]

    def faults(self) -> list[str]:
        """What the browser complains of."""
        return [str(one["message"]) for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser without a window."""
    program, driver = needed()
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "use-fake-device-for-media-stream"):
        options.add_argument(f"--{argument}")
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield Browser(made, folder)
    finally:
        made.quit()

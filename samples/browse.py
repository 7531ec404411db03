"""Make page.png, the picture of the README that shows a page in a browser. Needs Chromium and its driver.

.venv/bin/python samples/browse.py
"""

from __future__ import annotations

import shutil
import time
from base64 import b64decode
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

HERE = Path(__file__).resolve().parent
SCREEN = {"width": 1366, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
PATIENCE = 60  # seconds
COLORS = 128  # of the picture


def main() -> None:
    """Open the page, give it a photo, and look at one number from near."""
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))

    def wait(selector: str, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while not any(words in one.text for one in driver.find_elements(By.CSS_SELECTOR, selector)):
            if time.monotonic() > end:
                raise TimeoutError(words)
            time.sleep(0.1)

    try:
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SCREEN)
        driver.get((HERE / "detective.html").as_uri())
        wait(".told", "Ready.")
        driver.find_element(By.ID, "file").send_keys(str(HERE / "chelsea.png"))
        wait(".told", "chelsea.png: ")
        maps = driver.find_element(By.CSS_SELECTOR, "canvas[aria-label^='Conv1: gives']")
        maps.send_keys(*[Keys.ARROW_DOWN] * 9, *[Keys.ARROW_RIGHT] * 8, Keys.ENTER)
        wait(".near .sum", "bias")
        driver.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
    finally:
        driver.quit()
    path = HERE / "page.png"
    path.write_bytes(b64decode(shot))
    Image.open(path).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()

"""How long a page takes in Chromium: ``python browsed.py PAGE PHOTO FOLDER`` prints seconds as JSON.

Seconds on the clock, and those of processors, which all processes of the browser take together: on a busy machine
only the latter tell of the page. FOLDER is where the workbook goes that is downloaded.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

LONGEST = 120.0  # seconds for each step
CHOOSING = 5.0  # seconds that somebody takes to choose a photo


def measure(page: Path, photo: Path, folder: Path) -> dict[str, float]:
    """First paint, ready, photo to verdict, to download."""
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage"):
        options.add_argument(f"--{argument}")
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    service = Service(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    found: dict[str, float] = {}

    def spent() -> float:
        family = psutil.Process(service.process.pid).children(recursive=True)
        return sum(sum(one.cpu_times()[:2]) for one in family)

    def timed(step: str, act: Callable[[], object], done: Callable[[], object]) -> None:
        start, before = time.perf_counter(), spent()
        act()
        while not done():
            if time.perf_counter() - start > LONGEST:
                raise TimeoutError(step)
            time.sleep(0.01)
        found[f"{step} s"], found[f"{step} CPU s"] = time.perf_counter() - start, spent() - before

    def told(words: str) -> bool:
        return words in driver.find_element(By.CSS_SELECTOR, ".told").text

    try:
        timed("ready", lambda: driver.get(page.as_uri()), lambda: told("Ready."))
        paint = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
        found["first paint s"] = driver.execute_script(paint) / 1000
        time.sleep(CHOOSING)
        timed("answer", lambda: driver.find_element(By.ID, "file").send_keys(str(photo)), lambda: told(photo.name))
        save = driver.find_element(By.CSS_SELECTOR, ".save")
        timed("download", save.click, lambda: told("was written") and any(folder.glob("*.xlsx")))
    finally:
        driver.quit()
    return {name: round(seconds, 3) for name, seconds in found.items()}


if __name__ == "__main__":
    print(json.dumps(measure(*(Path(argument).resolve() for argument in sys.argv[1:4]))))

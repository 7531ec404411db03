"""Workbooks that many tests look at: built once, and in ``resaved`` calculated anew once by each engine.

Once for all processes: the tests run on every core, and what one of them has made lies in a folder for the others.
"""

from __future__ import annotations

import os

# Before NumPy is imported. The matrices here are small: threads that wait for each other take ten times as long,
# since the tests themselves run on every core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import compileall
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import zoo
from filelock import FileLock
from opened import Opened
from thorough import FEW

import sheetnet
from sheetnet import words
from sheetnet.case import template
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.lesson.build import write
from sheetnet.recalc.office import find

pytest_plugins = ("rendered", "resaved")  # their fixtures make workbooks as well

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
TEMPLATES: dict[str, dict[str, Any]] = {
    "by-hand": {"photo": None, "template": "by-hand"},
    "detective": {"photo": SAMPLES / "astronaut.png", "label": "Astronaut"},
    "in rows": {"photo": SAMPLES / "chelsea.png", "layout": "rows", "size": (16, 20), "fit": "pad"},
}
EXPORTS: dict[str, dict[str, Any]] = {  # models from elsewhere; every other one is built where it is looked at
    name: {"photo": SAMPLES / "coffee.png", "model": ROOT / "tests" / "onnx_cases" / name, "label": "class 2"}
    for name in ("keras.onnx", "mixed-dynamo.onnx", "mobile-legacy.onnx", "resnet-a-dynamo.onnx")
}

# The files that take longest, which begin first: else one core works on one of them when all others have ended.
LONGEST = (
    *("page_browser", "proof", "tampering", "recalc", "fuzz", "cli", "onnx_backend", "workbook", "hostile", "draw"),
    *("practice", "export", "outcome", "page", "hostile_workbooks", "dates", "checks", "damage", "colours", "assign"),
)


# Kinds of workbook for which the tests that look at every kind are thorough.
REPEATS = {
    *(zoo.ZOO | zoo.BARE | TEMPLATES | EXPORTS).keys(),
    *(f"{language}: {name}" for language in ("en", "zh") for name in zoo.ZOO),
} - {*FEW, *(f"en: {name}" for name in FEW), "zh: shortcuts, in rows"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the repeats, and put the longest files first; else the order stays, as in every file."""
    for item in items:
        case = getattr(item, "callspec", None)
        if case is not None and any(isinstance(one, str) and one in REPEATS for one in case.params.values()):
            item.add_marker("thorough")
    place = {f"test_{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, the same for every process."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def first(folder: Path, what: str) -> Iterator[bool]:
    """Whether nobody has made this before; the others wait until it is made."""
    done = folder / f"{what}.done"
    with FileLock(folder / f"{what}.lock"):
        yield not done.exists()
        done.touch()


@pytest.fixture(scope="session", autouse=True)
def _compiled(shared: Path) -> None:
    """Compile the package where Python keeps no bytecode (PYTHONDONTWRITEBYTECODE), as an installation does.

    Else each of the hundreds of processes that the tests start would compile all that it imports.
    """
    if sys.dont_write_bytecode:
        with first(shared, "compiled") as to_make:
            if to_make:
                compileall.compile_dir(Path(sheetnet.__file__).parent, quiet=2)


@pytest.fixture(scope="session")
def made(shared: Path) -> dict[str, Path]:
    """Every kind of workbook: both templates, a photo in rows, models from elsewhere, and the zoo."""
    books = {name: shared / f"{number}.xlsx" for number, name in enumerate(zoo.ZOO | zoo.BARE)}
    with first(shared, "made") as to_make:
        for name, path in books.items() if to_make else ():
            write(zoo.case(name), path, force=True)
        for name, options in (TEMPLATES | EXPORTS).items():
            books[name] = shared / f"{name}.xlsx"
            if to_make:
                sheetnet.build(out=books[name], engine=None, force=True, **options)
    return books


@pytest.fixture(scope="session")
def every_template(shared: Path) -> dict[str, Path]:
    """Every template in every language."""
    pairs = product(template.names(), words.languages())
    books = {f"{name}-{language}": shared / f"{name}-{language}.xlsx" for name, language in pairs}
    with first(shared, "every-template") as to_make:
        for name, path in books.items() if to_make else ():
            which, _, language = name.rpartition("-")
            own = template.load(which)
            brings = own.pixels is not None or own.drawing is not None or own.course is not None
            photo = None if brings else SAMPLES / "chelsea.png"
            sheetnet.build(photo, path, template=which, language=language, engine=None)
    return books


@pytest.fixture(scope="session")
def opened(made: dict[str, Path]) -> Callable[[str], Opened]:
    """One of the workbooks, opened afresh beside NumPy's numbers for it."""

    @cache
    def case(name: str) -> Case:
        if name in zoo.ZOO | zoo.BARE:
            return zoo.case(name)
        return prepare(Request(**(TEMPLATES | EXPORTS)[name]))

    return lambda name: Opened(case(name), made[name].read_bytes())


@pytest.fixture(scope="session")
def needs() -> Callable[[str], None]:
    """Skip where an engine is not installed; where all must be, as in continuous integration, fail."""

    def check(engine: str) -> None:
        if find(engine) is None:
            message = f"{engine} is not installed"
            if os.environ.get("SHEETNET_NEED_ENGINES"):
                pytest.fail(message)
            pytest.skip(message)

    return check

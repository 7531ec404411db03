"""Workbooks as other programs save them: each runs once for all tests, and what it wrote is read once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from conftest import first

from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import Contents, read

Saved = Callable[[str], dict[str, bytes]]
Known = Callable[[str, str], Contents]


def saver(books: dict[str, Path], what: str, seconds: float, shared: Path, needs: Callable[[str], None]) -> Saved:
    """All these workbooks as an engine saves them, in one run of it, by name."""

    @cache
    def saved(engine: str) -> dict[str, bytes]:
        needs(engine)
        places = {name: shared / f"{engine}-{path.name}" for name, path in books.items()}
        with first(shared, f"{engine}-{what}") as to_make:
            if to_make:
                data = [path.read_bytes() for path in books.values()]
                for path, fresh in zip(
                    places.values(), recalculate(engine, data, time.monotonic() + seconds), strict=True
                ):
                    path.write_bytes(fresh)
        return {name: path.read_bytes() for name, path in places.items()}

    return saved


def reader(saved: Saved) -> Known:
    """What a workbook holds that an engine has saved; Gnumeric writes up to two million blank cells into one."""

    @cache
    def contents(engine: str, name: str) -> Contents:
        return read(saved(engine)[name], engine)

    return contents


@pytest.fixture(scope="session")
def by_engine(made: dict[str, Path], shared: Path, needs: Callable[[str], None]) -> Saved:
    """Every kind of workbook, as an engine saves it."""
    return saver(made, "made", 240, shared, needs)


@pytest.fixture(scope="session")
def read_by_engine(by_engine: Saved) -> Known:
    """What they hold then: engine, name -> contents."""
    return reader(by_engine)

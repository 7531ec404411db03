"""Workbooks as other programs save them: each program runs once for all tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from conftest import first

from sheetnet.recalc.office import recalculate

SECONDS = 240


@pytest.fixture(scope="session")
def by_engine(made: dict[str, Path], shared: Path, needs: Callable[[str], None]) -> Callable[[str], dict[str, bytes]]:
    """Every kind of workbook as an engine saves it, in one run of it, by name."""

    @cache
    def saved(engine: str) -> dict[str, bytes]:
        needs(engine)
        places = {name: shared / f"{engine}-{path.name}" for name, path in made.items()}
        with first(shared, engine) as to_make:
            if to_make:
                data = [path.read_bytes() for path in made.values()]
                for path, fresh in zip(
                    places.values(), recalculate(engine, data, time.monotonic() + SECONDS), strict=True
                ):
                    path.write_bytes(fresh)
        return {name: path.read_bytes() for name, path in places.items()}

    return saved

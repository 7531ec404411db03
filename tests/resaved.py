"""Workbooks as other programs save them: each program runs twice for all tests, first for the few of `make test`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from conftest import first
from thorough import FEW

from sheetnet.recalc.office import recalculate

SECONDS = 240


@pytest.fixture(scope="session")
def by_engine(made: dict[str, Path], shared: Path, needs: Callable[[str], None]) -> Callable[[str, str], bytes]:
    """Any kind of workbook as an engine saves it: the name of the engine and that of the workbook."""

    @cache
    def places(engine: str, few: bool) -> dict[str, Path]:
        needs(engine)
        names = [name for name in made if (name in FEW) == few]
        found = {name: shared / f"{engine}-{made[name].name}" for name in names}
        with first(shared, f"{engine}, {few}") as to_make:
            if to_make:
                data = [made[name].read_bytes() for name in names]
                fresh = recalculate(engine, data, time.monotonic() + SECONDS)
                for path, content in zip(found.values(), fresh, strict=True):
                    path.write_bytes(content)
        return found

    return lambda engine, name: places(engine, name in FEW)[name].read_bytes()

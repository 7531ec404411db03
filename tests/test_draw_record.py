"""A record of a drawing that is none is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import surgery
from drawings import KINDS, packed

import sheetnet
from sheetnet.errors import SheetnetError
from sheetnet.layout import PICTURES


def _larger(record: dict[str, Any]) -> None:
    record["blocks"][PICTURES][0][0] = 9999


def _elsewhere(record: dict[str, Any]) -> None:
    record["blocks"]["draw.seen.out"][2][0][1] += 9999


def _without_option(record: dict[str, Any]) -> None:
    del record["looks"]["draw.seen"]["most"]


def _of_another_kind(record: dict[str, Any]) -> None:
    record["inputs"][PICTURES] = "painting"


def _without_pictures(record: dict[str, Any]) -> None:
    del record["blocks"][PICTURES]


def _no_table(record: dict[str, Any]) -> None:
    record["looks"]["draw.chosen"] = []


@pytest.mark.parametrize(
    "change", [_larger, _elsewhere, _without_option, _of_another_kind, _without_pictures, _no_table]
)
def test_a_record_of_a_drawing_that_is_none_is_refused(
    made: dict[str, Path], tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    content = surgery.parts(made[KINDS[0]])
    record = surgery.read_record(content)
    change(record)
    surgery.write_record(content, record)
    with pytest.raises(SheetnetError) as error:
        sheetnet.verify(packed(content, tmp_path))
    assert "build it again" in str(error.value)

"""Every kind of hostile workbook is named as wrong, or refused in one line that says where; an odd one is proven."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from hostile import archives, parts  # noqa: F401  they register their kinds
from hostile.workbooks import KINDS, PROVEN, REFUSED, WRONG, target, unpack

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.proof.prove import prove

SLOWEST = 20  # seconds, on a machine with much else to do


@pytest.mark.thorough
@pytest.mark.parametrize("name", KINDS)
def test_a_hostile_workbook_gets_what_is_right(made: dict[str, Path], tmp_path: Path, name: str) -> None:
    change, outcome, says = KINDS[name]
    good = made["by-hand"].read_bytes()
    one = target(unpack(good))
    says = says.replace("{at}", one.at).replace("{row}", one.row)
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(change(good))
    # What the archive itself does is tried behind the wall; all others are many, and read in this process.
    judge = (
        partial(sheetnet.verify, engine="stored") if name in archives.KINDS else partial(prove, engine_name="stored")
    )
    start = time.monotonic()
    if outcome == REFUSED:
        with pytest.raises(WorkbookError) as refused:
            judge(path)
        assert says in str(refused.value)
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 400 + len(str(path))
    else:
        report = judge(path)
        assert report.status == {PROVEN: 0, WRONG: 1}[outcome], "\n".join(report.lines())
        assert any(says in wrong.why for wrong in report.wrong) or outcome == PROVEN
    assert time.monotonic() - start < SLOWEST


def test_the_corpus_has_kinds_of_every_outcome() -> None:
    found = [kind.outcome for kind in KINDS.values()]
    assert min(map(found.count, (PROVEN, WRONG, REFUSED))) >= 10

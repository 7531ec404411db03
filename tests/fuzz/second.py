"""A second reader: a workbook that is proven must be read alike by others.

openpyxl reads which cells hold a formula, which formula, and which number. The command itself proves it once more
from the values that are stored, and (``slowly``) with LibreOffice, which reads the file in its own way.
"""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.trial import ROOT, Room, run

SECONDS, ROOM = 30, 2 << 30  # of openpyxl; bytes


def differing(path: Path) -> list[str]:
    """Where openpyxl reads another formula or number than sheetnet; nothing where it cannot read the file at all."""
    import openpyxl

    from sheetnet.grid import a1
    from sheetnet.workbook.read import read

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = openpyxl.load_workbook(path)
            numbers = openpyxl.load_workbook(path, data_only=True)
    except Exception:  # another program may refuse what it likes
        return []
    found = []
    for title, cells in read(path.read_bytes(), path.name).cells.items():
        if title not in other.sheetnames:
            return [f"openpyxl knows no sheet {title!r}"]
        theirs, stored = other[title], numbers[title]
        own = {at: cell for at, cell in cells.items() if cell.formula is not None}
        written = {
            at for at, cell in theirs._cells.items() if cell.data_type == "f"
        }  # iter_rows would make all others
        found += [f"{title}!{a1(*at)} is a formula for one of both" for at in written ^ own.keys()]
        for at, cell in cells.items():
            if cell.formula is not None and _formula(theirs.cell(*at).value) not in (None, cell.formula):
                found.append(f"{title}!{a1(*at)} has two formulas")
            there = stored.cell(*at).value
            if not _alike(cell.value, there):
                found.append(f"{title}!{a1(*at)} is {cell.value!r:.40} and {there!r:.40}")
    return found


def _formula(value: Any) -> str | None:
    """A formula as openpyxl gives it; None where it is an array or a table of data."""
    return value.removeprefix("=") if isinstance(value, str) else None


def _alike(ours: Any, theirs: Any) -> bool:
    numbers = [type(one) in (int, float) for one in (ours, theirs)]
    return not all(numbers) or math.isclose(ours, theirs, rel_tol=1e-15, abs_tol=0)


def _apart(path: Path) -> list[str]:
    """The first difference that openpyxl finds. It has no limits of its own: some files take all memory there is."""
    try:
        done = subprocess.run(
            [sys.executable, __file__, path], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return []
    return [line for line in done.stdout.splitlines() if line][:1]


def disagreeing(path: Path, here: Room, *, slowly: bool = False) -> list[str]:
    """What others say against a workbook that formualizer has proven."""
    found = [f"openpyxl: {one}" for one in _apart(path)]
    for engine in ("stored", "libreoffice") if slowly else ("stored",):
        done = run(["verify", path.name, "--engine", engine, "--timeout", "60"], here)
        if done.status == 1:
            last = done.out.decode(errors="replace").splitlines()[-1:]
            found.append(f"{engine}: {''.join(last)[:200]}")
    return found


if __name__ == "__main__":
    import resource

    sys.path.insert(0, str(ROOT))
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    print("\n".join(differing(Path(sys.argv[1]))))

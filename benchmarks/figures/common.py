"""Where the benchmarks find what they measure, and how LibreOffice converts a workbook for them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PHOTO = HERE.parent / "samples" / "astronaut.png"
PYTHON = sys.executable
MB = 1e6
MISSING = "LibreOffice is missing"
SETTING = (  # by which LibreOffice calculates every file that it loads, or none
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">'
    "<value>{}</value></prop></item></oor:items>"
)
ALWAYS, NEVER = 0, 1
XLSX, CSV = "xlsx:Calc MS Excel 2007 XML", "csv"  # all of it, or the first sheet alone: next to nothing to save


def converting(
    office: str, folder: Path, book: Path, made: list[Path], to: str = XLSX, when: int = ALWAYS
) -> list[str]:
    """LibreOffice converts a workbook, calculating it anew, with a profile of its own; ``made``: what comes out."""
    fresh = Path(tempfile.mkdtemp(dir=folder))
    made.append((fresh / "out" / book.name).with_suffix(f".{to.partition(':')[0]}"))
    (fresh / "profile" / "user").mkdir(parents=True)
    (fresh / "profile" / "user" / "registrymodifications.xcu").write_text(SETTING.format(when), encoding="utf-8")
    options = ["--headless", "--norestore", "--nolockcheck", "--convert-to", to]
    profile = f"-env:UserInstallation={(fresh / 'profile').as_uri()}"
    return [office, profile, *options, "--outdir", str(fresh / "out"), str(book)]

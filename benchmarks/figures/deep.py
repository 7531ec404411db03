"""What deep networks cost: LeNet-5, TinyVGG and ResNet-20."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from figures.common import ALWAYS, CSV, HERE, MB, MISSING, NEVER, PHOTO, PYTHON, converting
from measure import Row, alternate, ratio, run, typical

from sheetnet.recalc.office import find  # standard library only, see measure


def deep(folder: Path) -> list[Row]:
    """LeNet-5, TinyVGG and ResNet-20: built, calculated, proven; ResNet-20 in rows against a product per channel."""
    names = {"lenet5": "LeNet-5", "tinyvgg": "TinyVGG", "resnet20": "ResNet-20"}
    made = {name: str(folder / f"{name}.xlsx") for name in (*names, "resnet20-planes")}
    commands = {}
    for name, book in made.items():
        run([PYTHON, str(HERE / "networks" / "make.py"), name, str(folder)])
        model = str(folder / f"{name}.safetensors")
        commands[name] = [PYTHON, "-m", "sheetnet", "build", str(PHOTO), "--model", model, "-o", book, "--force"]
        commands[name] += ["--engine", "none"]
    built = alternate({name: commands[name] for name in names}, 2)
    office = find("libreoffice")
    engines = ["formualizer", *(["libreoffice"] if office else [])]
    shown: dict[str, Any] = {}
    proofs = 0
    for name, told in names.items():
        facts = run([PYTHON, str(HERE / "longest.py"), made[name]]).said
        figures = {"formulas": facts["formulas"], "longest formula": facts["characters"], "sheets": facts["sheets"]}
        figures["file MB"] = round(Path(made[name]).stat().st_size / MB, 1)
        figures |= {"build s": typical([one.wall for one in built[name]], 2)}
        figures |= {"build CPU s": typical([one.cpu for one in built[name]], 2)}
        figures |= {"build MB": typical([one.peak / MB for one in built[name]], 0)}
        for engine in engines:
            one = run([PYTHON, "-m", "sheetnet", "verify", made[name], "--engine", engine, "--timeout", "280"])
            figures |= {
                f"verify by {engine} s": round(one.wall, 2),
                f"its Python MB by {engine}": round(one.peak / MB),
            }
            proofs += 1
        shown[told] = figures
    rows = [Row("deep: proofs of three networks", "by two engines", proofs, None, "at least", 6, "", context=shown)]
    cpu, peaks = [one.cpu for one in built["resnet20"]], [one.peak / MB for one in built["resnet20"]]
    name = "deep: build of ResNet-20, CPU of the whole process"
    rows.append(Row(name, "-", statistics.median(cpu), min(cpu), "at most", 15, "s"))
    rows.append(Row("deep: build of ResNet-20, peak memory", "-", max(peaks), None, "at most", 800, "MB"))
    characters = float(shown["ResNet-20"]["longest formula"])
    rows.append(
        Row("deep: longest formula of a layer of ResNet-20", "-", characters, None, "at most", 200, "characters")
    )
    rows += _proven(made["resnet20"])
    name, against = "deep: LibreOffice recalculates ResNet-20 in rows", "a SUMPRODUCT per channel (planes)"
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 0.2, note=MISSING)]
    run(commands["resnet20-planes"])
    return [*rows, _recalculated(name, against, office, folder, made["resnet20"], made["resnet20-planes"])]


def _proven(book: str) -> list[Row]:
    """The proof of ResNet-20 against the embedded engine, which loads and calculates the file and does no more."""
    commands = {
        "verify": [PYTHON, "-m", "sheetnet", "verify", book],
        "engine": [PYTHON, str(HERE / "calculating.py"), book],
    }
    runs = alternate(commands, 3)
    cpu = {who: [one.cpu for one in each] for who, each in runs.items()}
    peak = {who: [one.peak / MB for one in each] for who, each in runs.items()}
    shown = {f"{who} CPU s": typical(each, 2) for who, each in cpu.items()}
    shown |= {f"{who} MB": typical(each, 0) for who, each in peak.items()}
    name, against = "deep: proof of ResNet-20, CPU of the whole process", "the engine alone"
    return [
        Row(name, against, *ratio(cpu["verify"], cpu["engine"]), "at most", 1.6, context=shown),
        Row("deep: proof of ResNet-20, peak memory", "-", max(peak["verify"]), None, "at most", 900, "MB"),
    ]


def _recalculated(name: str, against: str, office: str, folder: Path, rows: str, planes: str) -> Row:
    """CPU of opening a workbook and calculating it, less that of opening it with the values that it has."""
    saved: list[Path] = []
    ways = {
        (layout, when): partial(converting, office, folder, Path(book), saved, CSV, when)
        for layout, book in (("rows", rows), ("planes", planes))
        for when in (ALWAYS, NEVER)
    }
    runs = alternate(ways, 3)
    if not all(file.is_file() for file in saved):
        return Row(name, against, None, None, "at most", 0.2, note="LibreOffice failed")
    cpu = {way: [one.cpu for one in each] for way, each in runs.items()}
    spent = {
        layout: _more(cpu[layout, ALWAYS], cpu[layout, NEVER], statistics.median) for layout in ("rows", "planes")
    }
    least = {layout: _more(cpu[layout, ALWAYS], cpu[layout, NEVER], min) for layout in ("rows", "planes")}
    shown: dict[str, Any] = {}
    for (layout, when), each in runs.items():
        how = "opened and calculated" if when == ALWAYS else "opened as stored"
        shown[f"{layout}, {how}, CPU s"] = typical(cpu[layout, when], 1)
        shown[f"{layout}, {how}, wall s"] = typical([one.wall for one in each], 1)
        shown[f"{layout}, {how}, MB"] = typical([one.peak / MB for one in each], 0)
    shown |= {f"{layout}, calculating alone, CPU s": round(value, 1) for layout, value in spent.items()}
    whole = ratio(cpu["rows", ALWAYS], cpu["planes", ALWAYS])[0]
    shown["opening and calculating together, CPU, rows against planes"] = f"{whole:.2f} x"
    measured, fastest = (each["rows"] / each["planes"] for each in (spent, least))
    return Row(name, against, measured, fastest, "at most", 0.2, context=shown)


def _more(above: list[float], below: list[float], which: Callable[[list[float]], float]) -> float:
    """How much more one takes than the other, by medians or by the fastest."""
    return which(above) - which(below)

"""The figures of the README: ``python benchmarks/bench.py``, or only some: ``bench.py write build``.

Each figure is a ratio within one run, of processes that run by turns, so that a busy or a slow machine tells on
both sides. Medians are judged; the fastest runs stand beside them. Writes results.json and RESULTS.md here.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from measure import Row, Run, about, alternate, as_installed, context, ratio, run, table, typical

from sheetnet.recalc.office import find  # standard library only, see measure

HERE = Path(__file__).resolve().parent
PHOTO = HERE.parent / "samples" / "astronaut.png"
PYTHON = sys.executable
MB = 1e6
SIDES = (28, 56, 112, 224)
MISSING = "LibreOffice is missing"
TORCH = "SHEETNET_BENCH_TORCH"  # environment variable: a Python that has PyTorch
ALWAYS = (  # the setting by which LibreOffice calculates every file that it loads
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">'
    "<value>0</value></prop></item></oor:items>"
)
NOISE = 1.15  # "must not grow", with room for what two equal runs differ by


def write(folder: Path) -> list[Row]:
    """127,008 formulas by three writers: time after the imports, size of the file, peak memory."""
    script = str(HERE / "writing.py")
    files = {who: str(folder / f"{who}.xlsx") for who in ("sheetnet", "openpyxl", "xlsxwriter")}
    commands = {who: [PYTHON, script, who, str(PHOTO), file] for who, file in files.items()}
    fast = {who: commands[who] for who in ("sheetnet", "openpyxl")}
    alternate(fast, 1)  # fills the disk's memory
    runs: dict[str, list[Run]] = {who: [] for who in commands}
    for part in (fast, commands) * 3:  # the slow one takes its turn only half as often
        for who, more in alternate(part, 1).items():
            runs[who] += more
    same = run([PYTHON, script, "check", *files.values()]).said
    if not all(same["same"].values()) or same["formulas"] != 127_008:
        raise SystemExit(f"the three files do not hold the same cells, so nothing can be compared: {same}")
    seconds = {who: [one.said["seconds"] for one in each] for who, each in runs.items()}
    size = {who: each[0].said["bytes"] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in seconds.items()}
    shown |= {f"{who} whole process s": typical([one.wall for one in each]) for who, each in runs.items()}
    shown |= {f"{who} whole process CPU s": typical([one.cpu for one in each]) for who, each in runs.items()}
    shown["the same in all three files"] = f"{same['formulas']:,} formulas, {same['constants']:,} constants"
    name, against = "write: time after the imports", "openpyxl write-only, which stores no values"
    pair = ratio(seconds["openpyxl"], seconds["sheetnet"])
    rows = [Row(name, against, *pair, "at least", 4, context=shown)]
    pair = ratio(seconds["xlsxwriter"], seconds["sheetnet"])
    rows.append(Row(name, "XlsxWriter constant_memory, with values", *pair, "at least", 15))
    peaks = {who: [one.peak / MB for one in each] for who, each in runs.items()}
    share = size["sheetnet"] / size["xlsxwriter"]
    sizes = {f"{who} bytes": value for who, value in size.items()}
    rows.append(Row("write: size of the file", "XlsxWriter's file", share, None, "at most", 1, context=sizes))
    memory = {f"{who} MB": typical(each, 1) for who, each in peaks.items()}
    highest = max(peaks["sheetnet"])
    rows.append(Row("write: peak memory of the process", "-", highest, None, "at most", 300, "MB", context=memory))
    return rows


def build(folder: Path) -> list[Row]:
    """The whole command against the imports that it cannot do without; of the network alone, and with the lesson."""
    command = [PYTHON, "-m", "sheetnet", "build", str(PHOTO), "-o", str(folder / "build.xlsx"), "--engine", "none"]
    imports = "import numpy, PIL.Image, openpyxl, click"
    commands = {"build": [*command, "--force"], "plain": [*command, "--force", "--plain"]}
    runs = alternate(commands | {"imports": [PYTHON, "-c", imports]}, 15, warm=True)
    walls = {name: [one.wall for one in each] for name, each in runs.items()}
    shown = {f"{name} s": typical(each) for name, each in walls.items()}
    shown |= {f"{name} CPU s": typical([one.cpu for one in each]) for name, each in runs.items()}
    shown |= {"build MB": typical([one.peak / MB for one in runs["build"]], 1)}
    against = f'python -c "{imports}"'
    plain, whole = (ratio(walls[name], walls["imports"]) for name in ("plain", "build"))
    return [
        Row("build: whole process, --plain", against, *plain, "at most", 3, context=shown),
        Row("build: whole process, default workbook", against, *whole, "at most", 4),
    ]


def lesson(folder: Path) -> list[Row]:
    """The default workbook against the network alone: LibreOffice's time, conditional formats, size of the file."""
    books = {"whole": folder / "whole.xlsx", "plain": folder / "plain.xlsx"}
    for name, book in books.items():
        more = ["--plain"] if name == "plain" else []
        run([PYTHON, "-m", "sheetnet", "build", str(PHOTO), "-o", str(book), "--engine", "none", *more])
    with zipfile.ZipFile(books["whole"]) as package:
        sheets = [
            package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")
        ]
    most = max(text.count("<cfRule ") for text in sheets)
    size = books["whole"].stat().st_size / MB
    rows = [
        Row("lesson: conditional formats of a sheet", "-", float(most), None, "at most", 40, "rules"),
        Row("lesson: size of the default workbook", "-", size, None, "at most", 1.5, "MB"),
    ]
    name, against = "lesson: LibreOffice opens, calculates and saves it", "the same workbook made with --plain"
    office = find("libreoffice")
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 2, note=MISSING)]
    made: list[Path] = []
    commands = {who: partial(_converting, office, folder, book, made) for who, book in books.items()}
    runs = alternate(commands, 6, warm=True)
    if not all(file.is_file() for file in made):
        return [*rows, Row(name, against, None, None, "at most", 2, note="LibreOffice failed")]
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    return [*rows, Row(name, against, *ratio(walls["whole"], walls["plain"]), "at most", 2, context=shown)]


def _converting(office: str, folder: Path, book: Path, made: list[Path]) -> list[str]:
    """LibreOffice converts a workbook, calculating it anew, with a profile of its own; ``made``: what comes out."""
    fresh = Path(tempfile.mkdtemp(dir=folder))
    made.append(fresh / "out" / book.name)
    (fresh / "profile" / "user").mkdir(parents=True)
    (fresh / "profile" / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    options = ["--headless", "--norestore", "--nolockcheck", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    profile = f"-env:UserInstallation={(fresh / 'profile').as_uri()}"
    return [office, profile, *options, "--outdir", str(fresh / "out"), str(book)]


def verify(folder: Path) -> list[Row]:
    """The proof of the default workbook: by the embedded engine, and by LibreOffice."""
    book, empty = folder / "default.xlsx", folder / "empty.xlsx"
    run([PYTHON, "-m", "sheetnet", "build", str(PHOTO), "-o", str(book), "--engine", "none"])
    prove = [PYTHON, "-m", "sheetnet", "verify", str(book), "--engine"]
    mine = alternate({"verify": [*prove, "formualizer"]}, 7, warm=True)["verify"]
    cpu = [one.cpu for one in mine]
    shown = {"CPU s": typical(cpu), "wall s": typical([one.wall for one in mine])}
    shown["MB"] = typical([one.peak / MB for one in mine], 1)
    name = "verify: embedded engine, CPU of the whole process"
    rows = [Row(name, "-", statistics.median(cpu), min(cpu), "at most", 2, "s", context=shown)]
    name, against = "verify: LibreOffice, whole process", "LibreOffice converts an empty workbook"
    office = find("libreoffice")
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 3, note=MISSING)]
    run([PYTHON, "-c", "import sys, openpyxl; openpyxl.Workbook().save(sys.argv[1])", str(empty)])
    made: list[Path] = []
    convert = partial(_converting, office, folder, empty, made)
    runs = alternate({"verify": [*prove, "libreoffice"], "empty": convert}, 6, warm=True)
    if not all(file.is_file() for file in made):  # it ends well even where it failed
        return [*rows, Row(name, against, None, None, "at most", 3, note="LibreOffice failed")]
    walls = {who: [one.wall for one in each] for who, each in runs.items()}
    shown = {f"{who} s": typical(each) for who, each in walls.items()}
    return [*rows, Row(name, against, *ratio(walls["verify"], walls["empty"]), "at most", 3, context=shown)]


def growth(folder: Path) -> list[Row]:
    """Seconds and memory per formula, for photos of growing size; what a workbook costs anyway is taken off."""
    commands = {side: [PYTHON, str(HERE / "growth.py"), str(side), str(PHOTO), str(folder)] for side in SIDES}
    runs = alternate(commands, 5)
    time, memory, shown = {}, {}, {}
    for side, each in runs.items():
        formulas = each[0].said["formulas"]
        time[side] = [(one.said["seconds"] - one.said["fixed"]) / formulas * 1e6 for one in each]
        memory[side] = [run([*commands[side], "memory"]).said["bytes"] / formulas]
        shown[f"{side} pixels"] = {
            "formulas": formulas,
            "s": typical([one.said["seconds"] for one in each]),
            "before its cells s": typical([one.said["fixed"] for one in each]),
            "microseconds a formula": typical(time[side], 2),
            "bytes of memory a formula": round(memory[side][0], 1),
            "peak of the process MB": typical([one.peak / MB for one in each], 1),
        }
    rows = []
    for small in (28, 112):
        for what, each in (("seconds", time), ("memory", memory)):
            name = f"growth: {what} per formula, 224 pixels"
            median, least = ratio(each[224], each[small])
            fastest = least if what == "seconds" else None
            rows.append(Row(name, f"{small} pixels", median, fastest, "at most", NOISE, context=shown))
            shown = {}
    return rows


def sizes(folder: Path) -> list[Row]:
    """How far the expectation of ``sheetnet inspect`` is from the real files, at its worst."""
    cases = run([PYTHON, str(HERE / "sizes.py"), str(PHOTO), str(folder)]).said["cases"]
    errors = {case["case"]: case["expected"] / case["bytes"] - 1 for case in cases}
    worst = max(map(abs, errors.values()))
    shown = {name: f"{error:+.0%}" for name, error in errors.items()}
    name = f"inspect: size of the file, worst of {len(cases)} workbooks"
    return [Row(name, "the real file", worst * 100, None, "at most", 30, "% off", context=shown)]


def training(folder: Path) -> list[Row]:
    """An epoch of the digits against PyTorch, which has its own Python, on as many threads; 200 photos, 30 epochs."""
    script, data, torch = str(HERE / "training.py"), str(folder / "digits.npz"), os.environ.get(TORCH)
    run([PYTHON, script, "data", str(folder)])
    rows = []
    for threads in (1, 2):
        name = f"train: an epoch of digits, batch 32, threads: {threads}"
        if torch is None:
            rows.append(Row(name, "PyTorch", None, None, "at most", 3, note=f"{TORCH} names no Python with PyTorch"))
            continue
        commands = {
            "sheetnet": [PYTHON, script, "sheetnet", data, str(threads)],
            "PyTorch": [torch, script, "torch", data, str(threads)],
        }
        runs = alternate(commands, 5, warm=True)
        epochs = {who: [s for one in each for s in one.said["seconds"]] for who, each in runs.items()}
        shown = {f"{who} s": typical(each, 4) for who, each in epochs.items()}
        pair = ratio(epochs["sheetnet"], epochs["PyTorch"])
        rows.append(Row(name, "PyTorch", *pair, "at most", 3, context=shown))
    command = [PYTHON, "-m", "sheetnet", "train", str(folder / "photos"), "-o", str(folder / "m.safetensors"), "-f"]
    each = alternate({"train": [*command, "--epochs", "30", "--patience", "30"]}, 3, warm=True)["train"]
    cpu = [one.cpu for one in each]
    shown = {"CPU s": typical(cpu), "wall s": typical([one.wall for one in each])}
    name = "train: 200 photos at 28x28, 30 epochs, CPU of the whole process"
    return [*rows, Row(name, "-", statistics.median(cpu), min(cpu), "at most", 60, "s", context=shown)]


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
    built = alternate({name: commands[name] for name in names}, 3, warm=True)
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
    rows.append(Row("deep: longest formula of ResNet-20", "-", characters, None, "at most", 200, "characters"))
    name, against = "deep: LibreOffice opens, calculates and saves ResNet-20", "a SUMPRODUCT per channel"
    if office is None:
        return [*rows, Row(name, against, None, None, "at most", 0.2, note=MISSING)]
    run(commands["resnet20-planes"])
    saved: list[Path] = []
    ways = {
        way: partial(_converting, office, folder, Path(made[way]), saved) for way in ("resnet20", "resnet20-planes")
    }
    runs = alternate(ways, 2)
    if not all(file.is_file() for file in saved):
        return [*rows, Row(name, against, None, None, "at most", 0.2, note="LibreOffice failed")]
    walls = {way: [one.wall for one in each] for way, each in runs.items()}
    shown = {f"{way} s": typical(each, 1) for way, each in walls.items()}
    shown |= {f"{way} MB": typical([one.peak / MB for one in each], 0) for way, each in runs.items()}
    pair = ratio(walls["resnet20"], walls["resnet20-planes"])
    return [*rows, Row(name, against, *pair, "at most", 0.2, context=shown)]


PARTS = {"write": write, "build": build, "lesson": lesson, "verify": verify, "growth": growth, "sizes": sizes}
PARTS |= {"training": training, "deep": deep}


def main(wanted: list[str]) -> None:
    """Measure the parts that are wanted, all where none is named; only a full run is written down."""
    if unknown := sorted(set(wanted) - set(PARTS)):
        raise SystemExit(f"no benchmark is called {unknown[0]!r}; choose from: {', '.join(PARTS)}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="sheetnet-bench-", ignore_cleanup_errors=True) as name:
        as_installed(str(Path(name) / "bytecode"))
        for part in wanted or PARTS:
            print(f"{part} ...", file=sys.stderr, flush=True)
            folder = Path(name) / part
            folder.mkdir()
            rows += PARTS[part](folder)
    facts = about()
    libraries = ", ".join(f"{name} {number}" for name, number in facts["libraries"].items())
    lines = [
        "# Benchmarks",
        "",
        f"Python {facts['python']} on {facts['system']}, {facts['cpus']} CPUs; {libraries}.",
        "Made by `make bench`. A measured figure is a ratio of medians of runs by turns, unless it has another unit.",
        "The goals of `write` are judged on the work after the imports, from the numbers to the finished file; the",
        "whole processes stand below.",
        "",
        *table(rows),
        "",
        "## The figures behind them",
        "",
        *context(rows),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if not wanted:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
        results = {"about": facts, "rows": [row.to_json() for row in rows]}
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The figures of the README: ``python benchmarks/bench.py``, or only some: ``bench.py write build``.

With ``--write`` those that are measured take the place of what was written down of them.

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
from collections.abc import Callable
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
SETTING = (  # by which LibreOffice calculates every file that it loads, or none
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">'
    "<value>{}</value></prop></item></oor:items>"
)
ALWAYS, NEVER = 0, 1
XLSX, CSV = "xlsx:Calc MS Excel 2007 XML", "csv"  # all of it, or the first sheet alone: next to nothing to save
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
    plain = ratio(walls["plain"], walls["imports"])
    cpu = {name: [one.cpu for one in each] for name, each in runs.items()}
    whole = ratio(cpu["build"], cpu["imports"])
    return [
        Row("build: whole process, --plain", against, *plain, "at most", 3, context=shown),
        Row("build: whole process, default workbook, CPU", against, *whole, "at most", 3.2),
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


def _converting(
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
        (layout, when): partial(_converting, office, folder, Path(book), saved, CSV, when)
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


def rules(folder: Path) -> list[Row]:
    """What a formula of the other layers costs to make, against one of ReLU's."""
    found = run([PYTHON, str(HERE / "rules.py")]).said
    worst = max(found["judged"], key=found["judged"].get)
    name = f"rules: cost of a formula, worst of {len(found['judged'])} kinds of layers ({worst})"
    told = {"looking at elements or reducing axes": found["judged"], "others, and long formulas": found["others"]}
    shown = {what: "; ".join(f"{kind} {each:g}" for kind, each in kinds.items()) for what, kinds in told.items()}
    return [Row(name, "one of ReLU's", found["judged"][worst], None, "at most", 2, context=shown)]


PARTS = {"write": write, "build": build, "lesson": lesson, "verify": verify, "growth": growth, "sizes": sizes}
PARTS |= {"training": training, "deep": deep, "rules": rules}


def main(wanted: list[str]) -> None:
    """Measure the parts that are wanted, all where none is named; a full run is written down.

    ``--write``: so is a run of some parts, in place of what was known of them.
    """
    write_down = not wanted or "--write" in wanted
    wanted = [part for part in wanted if part != "--write"]
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
    if wanted and write_down:
        measured = {row.name.partition(":")[0] for row in rows}
        known = json.loads((HERE / "results.json").read_text(encoding="utf-8"))["rows"]
        rows = [row for row in map(Row.from_json, known) if row.name.partition(":")[0] not in measured] + rows
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
    if write_down:
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
        results = {"about": facts, "rows": [row.to_json() for row in rows]}
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

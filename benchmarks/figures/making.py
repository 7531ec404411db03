"""What it costs to make a workbook: time, memory, size of the file."""

from __future__ import annotations

from pathlib import Path

from figures.common import HERE, MB, PHOTO, PYTHON
from measure import Row, Run, alternate, ratio, run, typical

SIDES = (28, 56, 112, 224)
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


def rules(folder: Path) -> list[Row]:
    """What a formula of the other layers costs to make, against one of ReLU's."""
    found = run([PYTHON, str(HERE / "rules.py")]).said
    worst = max(found["judged"], key=found["judged"].get)
    name = f"rules: cost of a formula, worst of {len(found['judged'])} kinds of layers ({worst})"
    told = {"looking at elements or reducing axes": found["judged"], "others, and long formulas": found["others"]}
    shown = {what: "; ".join(f"{kind} {each:g}" for kind, each in kinds.items()) for what, kinds in told.items()}
    return [Row(name, "one of ReLU's", found["judged"][worst], None, "at most", 2, context=shown)]

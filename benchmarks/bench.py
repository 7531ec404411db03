"""The figures of docs/speed.md: ``python benchmarks/bench.py``, or only some: ``bench.py write build``.

With ``--write`` those that are measured take the place of what was written down of them.

Each figure is a ratio within one run, of processes that run by turns, so that a busy or a slow machine tells on
both sides. Medians are judged; the fastest runs stand beside them. Writes results.json and RESULTS.md here.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from figures.batch import batch
from figures.calculating import course, lesson, step, verify
from figures.deep import deep
from figures.doubt import doubt
from figures.making import build, growth, rules, sizes, write
from figures.page import page
from figures.training import training
from measure import Row, about, as_installed, context, table

HERE = Path(__file__).resolve().parent
PARTS = {"write": write, "build": build, "lesson": lesson, "verify": verify, "growth": growth, "sizes": sizes}
PARTS |= {
    "course": course,
    "step": step,
    "batch": batch,
    "training": training,
    "deep": deep,
    "rules": rules,
    "page": page,
    "doubt": doubt,
}


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

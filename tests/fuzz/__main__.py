"""``make fuzz``: inputs of every kind, signals and full disks, for as long as is asked; a table at the end."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz import disks, registries, signals
from fuzz.kinds import KINDS, trial
from fuzz.second import disagreeing
from fuzz.seeds import Seeds
from fuzz.trial import Outcome, broken, room, run

SLOWLY = 5  # of how many proven workbooks one is shown to LibreOffice


@dataclass
class Row:
    """What came of one kind."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    largest: float = 0.0
    faults: int = 0

    def add(self, done: Outcome, faults: int) -> None:
        """Count a run."""
        self.statuses[done.status] += 1
        self.slowest = max(self.slowest, done.seconds)
        self.largest = max(self.largest, done.megabytes, done.family)
        self.faults += faults

    @staticmethod
    def head() -> str:
        """The heading of the table."""
        counts = f"{'tried':>7}{'0':>6}{'1':>6}{'2':>6}{'other':>7}"
        return f"{'kind':34}{counts}{'slowest s':>11}{'largest MB':>12}{'broken':>8}"

    def line(self, name: str) -> str:
        """One line of the table."""
        tried = self.statuses.total()
        known = [self.statuses[status] for status in (0, 1, 2)]
        counts = "".join(f"{count:6}" for count in known)
        most = f"{self.slowest:11.1f}{self.largest:12,.0f}"
        return f"{name:34}{tried:7}{counts}{tried - sum(known):7}{most}{self.faults:8}"


def once(name: str, seeds: Seeds, seed: int, number: int, *, slowly: bool) -> tuple[Outcome, list[str]]:
    """One input: what came of it, and the rules it broke. What only took long is tried again, on a quiet machine."""
    for again in (False, True):
        with room() as here:
            arguments = trial(name, here, seeds, seed, number)
            done = run(arguments, here)
            faults = broken(done)
            if arguments[0] == "verify" and done.status == 0 and (here.work / "x.xlsx").exists():
                faults += disagreeing(here.work / "x.xlsx", here, slowly=slowly)
        if again or not faults or not all(fault.startswith("took") for fault in faults):
            break
    return done, faults


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz FUZZ='...'", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="for the inputs, all kinds in turn")
    parser.add_argument("--rounds", type=int, default=10**9, help="inputs of each kind at most")
    parser.add_argument("--signals", type=int, default=30, help="rounds of each signal for each command")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kind", action="append", help="only kinds whose name holds this", default=[])
    parser.add_argument("--number", type=int, help="only this input of each kind, to repeat it")
    parser.add_argument("--no-disks", action="store_true")
    return parser.parse_args()


def _inputs(asked: argparse.Namespace, seeds: Seeds, rows: dict[str, Row]) -> None:
    names = [name for name in KINDS if not asked.kind or any(one in name for one in asked.kind)]
    if not names:
        raise SystemExit(f"no kind is called so; there are: {', '.join(KINDS)}")
    until = time.monotonic() + asked.seconds
    proven = 0
    numbers = range(asked.rounds) if asked.number is None else [asked.number]
    for number in numbers:
        for name in names:
            if time.monotonic() > until:
                return
            if KINDS[name].slow and number % 4 and asked.number is None:
                continue
            done, faults = once(name, seeds, asked.seed, number, slowly=proven % SLOWLY == 0)
            proven += done.arguments[0] == "verify" and done.status == 0
            rows.setdefault(name, Row()).add(done, bool(faults))
            for fault in faults:
                print(f"BROKEN {name}: {fault}")
                print(f"    {' '.join(map(ascii, done.arguments))[:200]}")
                print(
                    f"    repeat: make fuzz FUZZ=\"--seed {asked.seed} --kind '{name}' --number {number}\"",
                    flush=True,
                )


def main() -> int:
    """Run what is asked; 1 where a rule is broken."""
    asked = _asked()
    rows: dict[str, Row] = {}
    print(f"seed {asked.seed}, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="seeds-") as name:
        seeds = Seeds(Path(name))
        try:
            _inputs(asked, seeds, rows)
            if asked.number is None and not asked.kind:
                for more in (registries.rows, signals.rows, *(() if asked.no_disks else (disks.rows,))):
                    more(asked, seeds, rows, Row)
        except KeyboardInterrupt:
            print("interrupted")
    print(Row.head())
    for name, row in rows.items():
        print(row.line(name))
    faults = sum(row.faults for row in rows.values())
    print(f"{sum(row.statuses.total() for row in rows.values())} tried, {faults} broke a rule")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""INT, TERM and KILL at random moments: an old file is as it was or whole and new, and nothing runs on.

After INT and TERM nothing is left; what KILL leaves, the next run clears.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from fuzz.seeds import Seeds
from fuzz.trial import MARK, Outcome, Room, _alive, broken, command, copied, environment, listed, room, run

SIGNALS = {"INT": 130, "TERM": 143, "KILL": -9}
OLD = b"old"
EARLIEST = 0.15  # seconds: before it, Python itself is not there, and nothing of ours that could answer
_PATIENCE = 60


@dataclass(frozen=True)
class Command:
    """What is interrupted. ``target``: the file that it writes; "" where it writes none."""

    arguments: tuple[str, ...]
    target: str = ""


COMMANDS = {
    "build": Command(("build", "--template", "by-hand", "-o", "out.xlsx", "-f"), "out.xlsx"),
    "verify": Command(("verify", "x.xlsx")),
    "verify, libreoffice": Command(("verify", "x.xlsx", "--engine", "libreoffice")),
    "verify, gnumeric": Command(("verify", "x.xlsx", "--engine", "gnumeric")),
    "train": Command(
        ("train", "pictures", "--template", "./t", "--epochs", "40", "-o", "out.safetensors", "-f"), "out.safetensors"
    ),
    "export": Command(("export", "x.xlsx", "-o", "out.pdf", "-f"), "out.pdf"),
    "convert": Command(("convert", "m.safetensors", "out.onnx", "-f"), "out.onnx"),
}


class Interrupted:
    """A command in a room, to be interrupted again and again."""

    def __init__(self, what: Command, here: Room, seeds: Seeds) -> None:
        self.what, self.here = what, here
        for source, name in (
            (seeds.lesson, "x.xlsx"),
            (seeds.model, "m.safetensors"),
            (seeds.pictures, "pictures"),
            (seeds.template, "t"),
        ):
            copied(source, here.work / name)
        self._old()
        self.whole = run(what.arguments, here)  # nobody interrupts it: so long it takes, so it looks
        self.known = listed(here.work)
        self.first = broken(self.whole) + ([] if self.whole.status == 0 else [_last(self.whole)])

    def _old(self) -> None:
        if self.what.target:
            (self.here.work / self.what.target).write_bytes(OLD)

    def once(self, name: str, rng: Random) -> tuple[Outcome, list[str]]:
        """Send one signal at a random moment; what came of it, and which rules it broke."""
        self._old()
        number = getattr(signal, f"SIG{name}")
        group, moment = rng.random() < 0.5, rng.uniform(EARLIEST, self.whole.seconds * 1.05)
        started = time.monotonic()
        process = subprocess.Popen(
            command(self.what.arguments),
            cwd=self.here.work,
            env=environment(self.here, self.here.secret),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        time.sleep(moment)
        if process.poll() is None:
            (os.killpg if group else os.kill)(process.pid, number)
        try:
            out, err = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        took = time.monotonic() - started
        alive = _alive(self.here.secret, 3)
        left = sorted(str(path.relative_to(self.here.temporary)) for path in self.here.temporary.rglob("*"))
        arguments = (f"{name} after {moment:.3f} s:", *self.what.arguments)
        done = Outcome(arguments, process.returncode, took, 0.0, 0.0, out, err, tuple(left), (), (), alive)
        return done, self._faults(done, name, moment)

    def _faults(self, done: Outcome, name: str, moment: float) -> list[str]:
        faults = []
        if done.status not in (0, SIGNALS[name]):
            faults.append(f"status {done.status}: {_last(done)}")
        said = [
            line for line in done.err.splitlines() if not line.startswith(b"careful: ")
        ]  # of a training that is done
        if b"Traceback" in done.err or (done.status and said not in ([], [b"sheetnet: interrupted"])):
            faults.append(f"says {done.err.decode(errors='replace')[-300:]!r}")
        if done.alive:
            faults.append(f"still runs after 3 s: {', '.join(done.alive)}")
        if done.seconds > moment + 3:
            faults.append(f"ended {done.seconds - moment:.1f} s after the signal")
        faults += self._target()
        strange = sorted(listed(self.here.work).keys() - self.known.keys())
        if (done.left or strange) and name == "KILL":
            cleared = run(self.what.arguments, self.here)
            faults += [f"the next run: {fault}" for fault in broken(cleared) if not fault.startswith("made or")]
            done = cleared
            strange = sorted(listed(self.here.work).keys() - self.known.keys())
        if done.left or strange:
            faults.append(f"left {', '.join([*done.left, *strange][:3])}")
        return faults

    def _target(self) -> list[str]:
        if not self.what.target:
            return []
        path = self.here.work / self.what.target
        data = path.read_bytes() if path.exists() else b""
        if data == OLD or listed(self.here.work).get(self.what.target) == self.known[self.what.target]:
            return []
        if path.suffix == ".pdf" and data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF"):
            return []
        if path.suffix == ".safetensors" and _loads(path):  # an earlier epoch
            return []
        return [f"{self.what.target} is neither old nor new: {len(data)} bytes"]


def _last(done: Outcome) -> str:
    return done.err.decode(errors="replace").strip()[-200:]


def _loads(path: Path) -> bool:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return bool(load_file(path))
    except SafetensorError:
        return False


def rows(options: Any, seeds: Seeds, table: dict[str, Any], row: type) -> None:
    """Interrupt every command so many times with each signal."""
    if sys.platform == "win32":
        return
    for name, what in COMMANDS.items() if options.signals else ():
        with room() as here:
            one = Interrupted(what, here, seeds)
            for fault in one.first:
                print(f"BROKEN {name}, which nobody interrupts: {fault}", flush=True)
            if one.first:
                table.setdefault(f"signals: {name}", row()).add(one.whole, True)
                continue
            for signal_name in SIGNALS:
                rng = Random(f"{options.seed} {name} {signal_name}")
                for _ in range(options.signals):
                    done, faults = one.once(signal_name, rng)
                    table.setdefault(f"{signal_name}: {name}", row()).add(done, bool(faults))
                    for fault in faults:
                        print(f"BROKEN {name}: {fault}\n    {' '.join(done.arguments)}", flush=True)


__all__ = ["COMMANDS", "MARK", "SIGNALS", "Interrupted", "rows"]

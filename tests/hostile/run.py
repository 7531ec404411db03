"""Run kinds of hostile inputs, and print a line of JSON about each: how it ended, in what time, with what memory.

    python tests/hostile/run.py models photos     names of the modules that have a registry KINDS

All run in this process, as the command line runs them; the memory of each is the most that the process has held since
the one before (Linux only; 0 elsewhere).
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile.kinds import Kind
from sheetnet.cli import main

PHOTO = Path(__file__).resolve().parents[2] / "samples" / "chelsea.png"
STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def run(kind: Kind) -> dict[str, Any]:
    """Make an input of this kind, and do with it what the kind says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = kind.make(folder)
        places = {"{}": str(path), "{folder}": name, "{photo}": str(PHOTO), "{out}": str(folder / "out.xlsx")}
        command = []
        for word in kind.command:
            for mark, place in places.items():
                word = word.replace(mark, place)
            command.append(word)
        with suppress(OSError):
            FORGET.write_text("5")
        start = time.monotonic()
        result = CliRunner().invoke(main, command)
        seconds = time.monotonic() - start
        failed = result.exception if not isinstance(result.exception, SystemExit) else None
        left = sorted(one.name for one in folder.iterdir() if one.name.startswith(".") or one.name == "out.xlsx")
        return {
            "exit": result.exit_code,
            "lines": result.stderr.splitlines(),
            "exception": "" if failed is None else repr(failed)[:300],
            "seconds": round(seconds, 2),
            "megabytes": peak(),
            "left": left,
        }


def peak() -> int:
    """The most megabytes that this process has held since it was told to forget."""
    with suppress(OSError):
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) >> 10
    return 0


if __name__ == "__main__":
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    for module in sys.argv[1:]:
        for name, one in importlib.import_module(f"hostile.{module}").KINDS.items():
            print(json.dumps({"module": module, "kind": name, **run(one)}), flush=True)

"""Disks that are full, where the target lies or where temporary files do, and files that may not grow.

A disk is a small tmpfs in a namespace of its own. Where the system has none of that, only the limit of a file's size
is tried, which is another error at the same places.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuzz.seeds import Seeds
from fuzz.trial import Outcome, Room, broken, copied, room, run

OLD = "old"
PAGE = 4096

COMMANDS: dict[str, tuple[str, ...]] = {
    "build": ("build", "--template", "by-hand", "--plain", "-f", "-o"),
    "train": ("train", "pictures", "--template", "./t", "--epochs", "1", "-f", "-o"),
    "export": ("export", "x.xlsx", "-f", "-o"),
    "convert": ("convert", "m.safetensors", "-f"),
    "verify, libreoffice": ("verify", "x.xlsx", "--engine", "libreoffice"),
}
SUFFIX = {"build": "xlsx", "train": "safetensors", "export": "pdf", "convert": "onnx"}
# {0}: the target's folder; {1}: bytes that fit. What lies there in the end is copied out, since the disk goes away.
_TARGET = 'mount -t tmpfs -o size={1} none "{0}" || exit 99; printf old > "{0}/$1"; '
_TEMPORARY = 'mount -t tmpfs -o size={1} none "$TMPDIR" || exit 99; printf old > "{0}/$1"; '
_CALL = 'name=$1; shift; "$@"; status=$?; '
_AFTER = 'cat "{0}/$name" > content; ls -A "{0}" > listing; exit $status'
_LIMIT = 'printf old > "{0}/$1"; ulimit -f {2}; '


@functools.cache
def namespaces() -> tuple[str, ...]:
    """The command that gives a mount of our own; nothing where there is none."""
    program = shutil.which("unshare")
    for flags in (("--mount",), ("--mount", "--map-root-user")) if program else ():
        probe = [str(program), *flags, "mount", "-t", "tmpfs", "none", "/mnt"]
        if subprocess.run(probe, check=False, capture_output=True).returncode == 0:
            return (str(program), *flags)
    return ()


def ways() -> dict[str, str]:
    """What is full -> the lines of shell that make it so."""
    limited = {"a file may not grow": _LIMIT}
    return {"the target's disk": _TARGET, "the temporary disk": _TEMPORARY, **limited} if namespaces() else limited


def once(name: str, way: str, seeds: Seeds, size: int = PAGE) -> tuple[Outcome, list[str]]:
    """Run a command while something is full; what came of it, and the rules that it broke."""
    with room() as here:
        for source, called in (
            (seeds.lesson, "x.xlsx"),
            (seeds.model, "m.safetensors"),
            (seeds.pictures, "pictures"),
            (seeds.template, "t"),
        ):
            copied(source, here.work / called)
        suffix = SUFFIX.get(name)
        target = f"full/out.{suffix}" if suffix else "full/none"
        (here.work / "full").mkdir()
        (here.work / target).write_text(OLD)
        for other in ("content", "listing"):
            (here.work / other).touch()
        script = (ways()[way] + _CALL + _AFTER).format(here.work / "full", size, size // 512)
        before = [
            *(() if way == "a file may not grow" else namespaces()),
            "/bin/sh",
            "-c",
            script,
            "sh",
            f"{target[5:]}",
        ]
        done = run([*COMMANDS[name], *([target] if suffix else [])], here, before)
        return done, list(_faults(done, here, Path(target), way))


def _faults(done: Outcome, here: Room, target: Path, way: str) -> Iterator[str]:
    ours = ("content", "listing", str(target))  # written by the shell
    for fault in broken(done):
        if not fault.startswith("made or changed") or set(done.made) - set(ours):
            yield fault
    content, listing = ((here.work / name).read_bytes() for name in ("content", "listing"))
    if listing.split() != [target.name.encode()]:
        yield f"left {listing.decode()!r} beside the target"
    if done.status and content != OLD.encode():
        yield f"the old file is {len(content)} other bytes"
    if done.status == 0 and way != "the temporary disk" and done.arguments[0] != "verify" and content == b"old":
        yield "says that it is done"
    if done.status == 1:
        yield "status 1"


def rows(options: Any, seeds: Seeds, table: dict[str, Any], row: type) -> None:
    """Every command with everything that can be full."""
    for way in ways():
        for name in COMMANDS:
            for size in (PAGE, 8 * PAGE):
                done, faults = once(name, way, seeds, size)
                table.setdefault(f"full: {way}", row()).add(done, bool(faults))
                for fault in faults:
                    print(
                        f"BROKEN {name}, {way} of {size} bytes: {fault}\n    {done.err.decode()[-200:]}", flush=True
                    )

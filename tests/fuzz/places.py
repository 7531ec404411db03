"""Hostile names, options and folders: what is asked is odd, and not what is in the files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from fuzz import odd
from fuzz.seeds import CLASSES, Seeds
from fuzz.trial import Room, copied

NAMES = (
    *("n" * 300, "a\nb", "-x", "--", "\u202ex", "x" * 120 + ".xlsx", os.fsdecode(b"\xff\xfe"), "卷积.xlsx", "."),
    *("..", "", "/dev/null", "/dev/zero", "/dev/full", "/proc/self/mem", "/", "a/b", "x\0y", "~", "*", "\\x", "con"),
)
OPTIONS = (
    *(
        "--timeout",
        "--memory",
        "--engine",
        "--size",
        "--seed",
        "--fit",
        "--layout",
        "--until",
        "--label",
        "--classes",
    ),
    *(
        "--mean",
        "--std",
        "--scale",
        "--input-shape",
        "--channels",
        "--model",
        "--template",
        "--lang",
        "--sheets",
        "-o",
    ),
    *("--epochs", "--learning-rate", "--batch", "--validation", "--patience", "--smoothing", "--nothing", "--data"),
)
VALUES = (
    *("-1", "0", "1e400", "nan", "inf", "1e-9", "99999999999999999999", "x", "", "28x", "0x0", "99999x99999", "1,2"),
    *(
        "relu",
        "flat",
        "A,B",
        "\u0661",
        "/dev/zero",
        ".",
        "dark",
        "=1+1",
        "stored",
        "none",
        "find",
        "zh",
        "NAME:1,3,4,4",
    ),
)


def asked(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """A command with one option or name that is odd. Any file it could make is ``out.*``."""
    copied(seeds.plain, here.work / "x.xlsx")
    copied(seeds.model, here.work / "m.safetensors")
    copied(seeds.onnx, here.work / "m.onnx")
    copied(seeds.photo(), here.work / "p.png")
    (here.work / "c.txt").write_bytes(CLASSES)
    command = rng.choice(
        (
            ["verify", "x.xlsx", "--timeout", "8"],
            ["inspect", "m.onnx", "--classes", "c.txt", "--timeout", "8"],
            ["build", "p.png", "--model", "m.safetensors", "--plain", "-o", "out.xlsx"],
            ["convert", "m.onnx", "out.safetensors"],
            ["evaluate", "m.safetensors", "pictures"],
            ["train", "pictures", "--epochs", "1", "--template", "by-hand", "-o", "out.safetensors"],
        )
    )
    if command[0] in ("train", "evaluate"):
        copied(seeds.pictures, here.work / "pictures")
    if rng.random() < 0.5:
        option = rng.choice(OPTIONS)
        value = rng.choice((*VALUES, odd.text(rng)[:200]))
        if option == "--timeout":
            command = [one for one in command if one not in ("--timeout", "8")]
        if option == "--data":  # thousands of pictures to draw
            value = "x"
        return [*command, option, value.replace("\0", "?")]
    at = rng.choice([n for n, one in enumerate(command) if "." in one or one == "pictures"])
    name = rng.choice(NAMES).replace("\0", "?")
    if command[at].startswith("out.") and name == "/":
        name = "/x"
    command[at] = name
    return command


def _hole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


def _deep(path: Path) -> None:
    path.mkdir()
    while len(str(path)) < 900:
        path = path / ("d" * 100)
        path.mkdir()


STRANGE: tuple[Callable[[Path], object], ...] = (
    *(lambda path: path.symlink_to(path), lambda path: path.symlink_to("/dev/zero"), _hole, os.mkfifo),
    *(lambda path: path.symlink_to("/"), lambda path: path.symlink_to("nothing"), lambda path: path.write_bytes(b"")),
    *(Path.mkdir, _deep, lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n"), lambda path: path.symlink_to("..")),
    *(lambda path: path.symlink_to("/proc/self/environ"), lambda path: path.write_text("x" * 100_000)),
)


def folder(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """A folder of pictures with something strange in it, or a class of a strange name."""
    home = copied(seeds.pictures, here.work / "pictures")
    inside = rng.choice((home, home / "dark", home / "bright"))
    for number in range(rng.choice((1, 1, 3))):
        name = rng.choice(("a.png", "b.jpg", "Thumbs.db", ".x", "c.heic", "卷积.png", "a\nb.png", f"{number}.tif"))
        path = inside / rng.choice((name, os.fsdecode(b"\xff.png"), "n" * 250))
        if not os.path.lexists(path):
            rng.choice(STRANGE)(path)
    if rng.random() < 0.3:
        (home / "dark").rename(
            home / rng.choice(("a\nb", "=1+1", "d" * 255, os.fsdecode(b"\xff"), "\u202ex", "e\u0301"))
        )
    if rng.random() < 0.5:
        copied(seeds.model, here.work / "m.safetensors")
        return ["evaluate", "m.safetensors", "pictures", *rng.choice(((), ("--json",)))]
    copied(seeds.template, here.work / "t")
    return ["train", "pictures", "--template", "./t", "--epochs", "1", "-o", "out.safetensors"]


def target(here: Room, seeds: Seeds, rng: Random) -> list[str]:
    """A target that cannot be written: a link, a folder, a device, read-only; some that can."""
    copied(seeds.model, here.work / "m.safetensors")
    path = here.work / "out.onnx"
    strange = rng.choice((*STRANGE[:3], *STRANGE[4:8], None))
    if strange is not None:
        strange(path)
    return ["convert", "m.safetensors", "out.onnx", *rng.choice(((), ("-f",)))]

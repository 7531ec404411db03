"""Hostile models, templates and lists of classes, a small generator for each kind.

    for name, kind in KINDS.items():
        path = kind.make(folder)
        sheetnet <kind.command, with path in place of {}>  ->  kind.outcome

None is larger than some megabytes, and each is made in less than a second.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile import graphs
from hostile.kinds import READ, REFUSED, Kind, adder

HEAD = 'name = "x"\nclasses = ["a", "b"]\n[input]\nshape = [3, 8, 8]\n'
LAYER = '[[layers]]\nname = "r{}"\nkind = "relu"\n'
NETWORK: dict[str, Any] = {
    "name": "x",
    "classes": ["a", "b"],
    "input": {"shape": [3, 8, 8]},
    "layers": [
        {"name": "flat", "kind": "flatten"},
        {"name": "dense", "kind": "dense", "units": 2},
        {"name": "softmax", "kind": "softmax"},
    ],
}


KINDS: dict[str, Kind] = dict(graphs.KINDS)
kind = adder(KINDS)


# Templates


def _template(folder: Path, data: bytes | str) -> Path:
    (folder / "t").mkdir()
    (folder / "t" / "network.toml").write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder / "t"


def _templates(rows: dict[str, tuple[str, str, Callable[[], bytes | str]]]) -> None:
    for name, (outcome, says, text) in rows.items():
        kind(name, outcome, says)(lambda folder, text=text: _template(folder, text()))


_templates(
    {
        "toml-dotted-key": (REFUSED, "nested more than", lambda: "a." * 100_000 + "a = 1"),
        "toml-quoted-key": (REFUSED, "nested more than", lambda: '"a b" . ' * 50_000 + "a = 1"),
        "toml-lists": (REFUSED, "nested more than", lambda: "a = " + "[" * 100_000 + "]" * 100_000),
        "toml-tables": (REFUSED, "nested more than", lambda: "a = " + "{a = " * 50_000),
        "toml-header": (REFUSED, "nested more than", lambda: f"[{'a.' * 50_000}a]"),
        "toml-headers": (REFUSED, "tables", lambda: "".join(f"[a{k}.b.c.d]\n" for k in range(50_000))),
        "toml-large": (REFUSED, "larger than", lambda: "#" * (3 << 20)),
        "toml-open-quotes": (REFUSED, "cannot be read as TOML", lambda: 'a = "' + '\\"' * 500_000),
        "toml-huge-number": (REFUSED, "cannot be read as TOML", lambda: "a = " + "9" * 100_000),
        "toml-not-utf8": (REFUSED, "cannot be read as TOML", lambda: b"\xff\xfe\x00a"),
        "toml-binary": (REFUSED, "cannot be read as TOML", lambda: bytes(range(256)) * 40),
        "layers-1000": (READ, "", lambda: HEAD + "".join(LAYER.format(k) for k in range(1000))),
        "layers-1001": (REFUSED, "1,001 layers", lambda: HEAD + "".join(LAYER.format(k) for k in range(1001))),
        "layers-19000": (REFUSED, "19,000 layers", lambda: HEAD + "".join(LAYER.format(k) for k in range(19_000))),
        "layers-100000": (REFUSED, "larger than", lambda: HEAD + "".join(LAYER.format(k) for k in range(100_000))),
        "class-lone-surrogate": (REFUSED, "cannot be read as TOML", lambda: HEAD.replace('"a"', '"\\ud800"')),
        "class-of-300": (REFUSED, "1 to 255 characters", lambda: HEAD.replace('"a"', f'"{"a" * 300}"')),
        "class-control": (READ, "", lambda: HEAD.replace('"a"', '"a\\u0001"') + LAYER.format(0)),
    }
)


@kind("template-pipe", REFUSED, "a device or a pipe")
def _pipe(folder: Path) -> Path:
    (folder / "t").mkdir()
    os.mkfifo(folder / "t" / "network.toml")
    return folder / "t"


@kind("template-device", REFUSED, "a device or a pipe")
def _device(folder: Path) -> Path:
    (folder / "t").mkdir()
    (folder / "t" / "network.toml").symlink_to("/dev/zero")
    return folder / "t"


@kind("template-link-to-itself", REFUSED, "no such template")
def _loop(folder: Path) -> Path:
    (folder / "t").symlink_to(folder / "t")
    return folder / "t"


@kind("template-weights-device", REFUSED, "a device or a pipe")
def _weights(folder: Path) -> Path:
    path = _template(folder, HEAD + LAYER.format(0))
    path.joinpath("weights.safetensors").symlink_to("/dev/zero")
    return path


@kind("template-name-of-300", REFUSED, "no such template")
def _long(folder: Path) -> Path:
    return folder / ("n" * 300)


@kind("template-surrogate-name", READ)
def _surrogate(folder: Path) -> Path:
    path = _template(folder, HEAD + LAYER.format(0))
    return path.rename(folder / os.fsdecode(b"t\xff\xfe"))


# safetensors


def safetensors(folder: Path, header: bytes | dict[str, Any], data: bytes = b"", length: int | None = None) -> Path:
    """A .safetensors file with this header, whatever it says."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path = folder / "m.safetensors"
    path.write_bytes(struct.pack("<Q", len(raw) if length is None else length) + raw + data)
    return path


def _spec(folder: Path, spec: str) -> Path:
    return safetensors(folder, {"__metadata__": {"sheetnet": spec}})


def _tensor(shape: list[int], begin: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def _relus(count: int) -> str:
    layers = [{"name": f"r{k}", "kind": "relu"} for k in range(count)]
    return json.dumps(NETWORK | {"layers": layers})


_NOT_READ = "not a readable .safetensors file"
for _name, _says, _make in (
    ("header-too-long", "at most", lambda f: safetensors(f, b"{}", length=1 << 30)),
    ("header-16-exabytes", "at most", lambda f: safetensors(f, b"{}", length=(1 << 64) - 1)),
    ("header-twice", "is there twice", lambda f: safetensors(f, b'{"a":{},"a":{}}')),
    ("header-deep", "nested more than", lambda f: safetensors(f, b"[" * 100_000)),
    ("header-overlap", _NOT_READ, lambda f: safetensors(f, {k: _tensor([2], 0, 8) for k in "ab"}, bytes(8))),
    ("header-dtype", _NOT_READ, lambda f: safetensors(f, {"a": _tensor([2], 0, 8, "F99")}, bytes(8))),
    ("header-negative", _NOT_READ, lambda f: safetensors(f, {"a": _tensor([-1, -2], 0, 8)}, bytes(8))),
    (
        "shape-overflow",
        "numbers; at most",
        lambda f: safetensors(f, {"a": _tensor([1 << 40, 1 << 40], 0, 8)}, bytes(8)),
    ),
    ("tensors-of-nothing", "100,000 tensors", lambda f: safetensors(f, _many(100_000))),
    ("spec-deep", "nested more than", lambda f: _spec(f, '{"a":' * 5000)),
    ("spec-twice", "is there twice", lambda f: _spec(f, '{"name": "a", "name": "b"}')),
    ("spec-nan", "NaN is no number", lambda f: _spec(f, '{"name": NaN}')),
    ("spec-1e999", "too large a number", lambda f: _spec(f, '{"name": 1e999}')),
    ("spec-huge-number", "its network spec is wrong", lambda f: _spec(f, '{"name": ' + "9" * 5000 + "}")),
    ("spec-layers-100000", "100,000 layers", lambda f: _spec(f, _relus(100_000))),
    ("spec-layers-4000", "4,000 layers", lambda f: _spec(f, _relus(4_000))),
    ("spec-surrogate", "", lambda f: _spec(f, json.dumps(NETWORK | {"classes": ["\ud800", "b"]}))),
):
    kind(f"safetensors-{_name}", REFUSED if _says else READ, _says)(_make)


def _many(count: int) -> dict[str, Any]:
    return {f"t{k}.weight": _tensor([0], 0, 0) for k in range(count)}


@kind("safetensors-sparse-2GB", REFUSED, "larger than")
def _sparse(folder: Path) -> Path:
    path = folder / "m.safetensors"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    return path


@kind("safetensors-device", REFUSED, "a device or a pipe")
def _model_device(folder: Path) -> Path:
    (folder / "m.safetensors").symlink_to("/dev/zero")
    return folder / "m.safetensors"


# Lists of classes


def _classes(name: str, outcome: str, says: str, make: Callable[[Path], object]) -> None:
    def made(folder: Path) -> Path:
        graphs.softmax(folder)
        path = folder / "classes.txt"
        make(path)
        return path

    kind(f"classes-{name}", outcome, says, ("inspect", "{folder}/m.onnx", "--classes", "{}"))(made)


for _name, _says, _make in (
    ("device", "a device or a pipe", lambda path: path.symlink_to("/dev/zero")),
    ("pipe", "a device or a pipe", os.mkfifo),
    ("folder", "only a folder", Path.mkdir),
    ("large", "larger than", lambda path: path.write_bytes(b"a\n" * (1 << 20))),
    ("proc", "larger than", lambda path: path.symlink_to("/proc/kallsyms")),
    ("binary", "cannot be read as text", lambda path: path.write_bytes(bytes(range(256)))),
    ("utf16", "cannot be read as text", lambda path: path.write_bytes("a\nb\n".encode("utf-16")[:-1])),
    ("surrogate", "cannot be read as text", lambda path: path.write_bytes(b"a\n\xed\xa0\x80\n")),
    ("control", "", lambda path: path.write_text("a\nb\x01\n")),
    ("of-300", "255 characters", lambda path: path.write_text("a\n" + "b" * 300)),
    ("twice", "is there twice", lambda path: path.write_text("a\na\n")),
    ("many", "write 1 to", lambda path: path.write_text("\n".join(map(str, range(50_000))))),
    ("none", "write 1 to", lambda path: path.write_text("")),
):
    _classes(_name, REFUSED if _says else READ, _says, _make)

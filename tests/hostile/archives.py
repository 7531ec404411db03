"""Hostile workbooks that only the archive knows of: see ``workbooks``."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from hostile.workbooks import KINDS, PROVEN, REFUSED, Kind, other, pack, target, unpack

_BEHIND, _BEFORE = "something behind its end", "something before its beginning"


def kind(name: str, outcome: str, says: str = "") -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    """Register a change of the bytes of a workbook."""

    def add(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        assert name not in KINDS, name
        KINDS[name] = Kind(change, outcome, says)
        return change

    return add


def _bad(good: bytes) -> tuple[str, bytes]:
    """The sheet of a computed cell, and the same sheet with a constant there."""
    content = unpack(good)
    return target(content).part, other(content)


def _with(good: bytes, name: str, data: bytes) -> bytes:
    """One more entry."""
    out = BytesIO(good)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return out.getvalue()


def _info(data: bytes, name: str) -> tuple[zipfile.ZipInfo, int]:
    """An entry, and where it stands in the list of entries."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        info, start = package.getinfo(name), package.start_dir
    listed = data.index(name.encode(), start) - 46
    assert data[listed : listed + 4] == b"PK\1\2"
    return info, listed


def _patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


for _name, _rename, _says in (
    ("an entry twice", lambda name: name, "two parts named"),
    ("an entry in another case", str.upper, "two parts named"),
    ("an entry with a slash before it", lambda name: f"/{name}", "two parts named"),
    ("an entry with backslashes", lambda name: name.replace("/", "\\"), "two parts named"),
    ("an entry with a dot in its way", lambda name: name.replace("/", "/./"), "two parts named"),
    ("an entry with two slashes", lambda name: name.replace("/", "//"), "two parts named"),
    ("an entry in pieces", lambda name: f"{name}/[0].last.piece", "programs take for different names"),
    ("an entry that leads out", lambda name: f"xl/../../{name}", "programs take for different names"),
):

    def _twice(good: bytes, rename: Callable[[str], str] = _rename) -> bytes:
        name, bad = _bad(good)
        return _with(good, rename(name), bad)

    kind(_name, REFUSED, _says)(_twice)


@kind("an entry whose name ends early", REFUSED, "programs take for different names")
def _(good: bytes) -> bytes:
    name, bad = _bad(good)
    longer = f"{name[:-1]}?{name[-1]}x"
    return _with(good, longer, bad).replace(longer.encode(), f"{name}\0x".encode())


@kind("a header with another name", REFUSED, "has another name")
def _(good: bytes) -> bytes:
    info, _ = _info(good, target(unpack(good)).part)
    return _patched(good, info.header_offset + 30, info.filename.upper().encode())


@kind("a header with another size", REFUSED, "has another size")
def _(good: bytes) -> bytes:
    info, _ = _info(good, target(unpack(good)).part)
    return _patched(good, info.header_offset + 22, struct.pack("<L", info.file_size - 1))


@kind("a header with another way of packing", REFUSED, "packed in another way")
def _(good: bytes) -> bytes:
    info, _ = _info(good, target(unpack(good)).part)
    return _patched(good, info.header_offset + 8, struct.pack("<H", 0))


@kind("an entry that unpacks to more than it says", REFUSED, "does not unpack to what")
def _(good: bytes) -> bytes:
    part = target(content := unpack(good)).part
    shorter = content[part]
    longer = shorter + b"<!-- more -->"
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(longer) + packer.flush()
    del content[part]
    made = _with(pack(content), part, longer)
    info, listed = _info(made, part)
    if info.compress_size != len(packed):
        packed = made[info.header_offset + 30 + len(part) :][: info.compress_size]
    facts = struct.pack("<3L", zlib.crc32(shorter), info.compress_size, len(shorter))
    return _patched(_patched(made, info.header_offset + 14, facts), listed + 16, facts)


@kind("an entry that says that it unpacks to much more", REFUSED, "a size that it cannot have")
def _(good: bytes) -> bytes:
    info, listed = _info(good, target(unpack(good)).part)
    size = struct.pack("<L", 900 << 20)
    return _patched(_patched(good, info.header_offset + 22, size), listed + 24, size)


@kind("parts of 1.2 GB together", REFUSED, "unpacks to more than 1 GB")
def _(good: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = bytes(1 << 20)
    packed = b"".join(packer.compress(piece) for _ in range(60)) + packer.flush()
    crc = 0
    for _ in range(60):
        crc = zlib.crc32(piece, crc)
    made = good
    for number in range(21):
        made = _with(made, f"xl/media/{number}.bin", b"x")
        info, _ = _info(made, f"xl/media/{number}.bin")
        header = struct.pack(
            "<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(packed), 60 << 20, len(info.filename), 0
        )
        made = _replaced(made, info.filename, header + info.filename.encode() + packed, crc, len(packed), 60 << 20)
    return made


def _replaced(data: bytes, name: str, entry: bytes, crc: int, packed: int, size: int) -> bytes:
    """The last entry of an archive as other bytes."""
    info, listed = _info(data, name)
    with zipfile.ZipFile(BytesIO(data)) as package:
        start = package.start_dir
    facts = struct.pack("<H", 8), struct.pack("<3L", crc, packed, size)
    data = _patched(_patched(data, listed + 10, facts[0]), listed + 16, facts[1])
    data = data[: info.header_offset] + entry + data[start:]
    return data[:-6] + struct.pack("<LH", info.header_offset + len(entry), 0)


@kind("a password", REFUSED, "has a password")
def _(good: bytes) -> bytes:
    info, listed = _info(good, target(unpack(good)).part)
    return _patched(_patched(good, info.header_offset + 6, b"\1"), listed + 8, b"\1")


@kind("another way of packing", REFUSED, "few programs know")
def _(good: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as package:
        for name, data in unpack(good).items():
            package.writestr(name, data)
    return out.getvalue()


@kind("another name in an extra field", REFUSED, "has two names")
def _(good: bytes) -> bytes:
    part, _ = _bad(good)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in unpack(good).items():
            info = zipfile.ZipInfo(name)
            if name == part:
                new = b"xl/other.xml"
                info.extra = struct.pack("<HHBL", 0x7075, 5 + len(new), 1, zlib.crc32(name.encode())) + new
            package.writestr(info, data)
    return out.getvalue()


@kind("an archive behind another one", REFUSED, _BEFORE)
def _(good: bytes) -> bytes:
    content = unpack(good)
    content[target(content).part] = other(content)
    return pack(content) + good


@kind("bytes before the archive", REFUSED, _BEFORE)
def _(good: bytes) -> bytes:
    return b"MZ" + good


@kind("bytes behind the archive", REFUSED, _BEHIND)
def _(good: bytes) -> bytes:
    return good + b"\n"


@kind("a note at the end of the archive", REFUSED, _BEHIND)
def _(good: bytes) -> bytes:
    return good[:-2] + b"\4\0note"


@kind("an entry that is not in the list", REFUSED, "has something else before its part")
def _(good: bytes) -> bytes:
    """Between two others lies the header and the data of a sheet that the list does not know."""
    part, bad = _bad(good)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package, warnings.catch_warnings(action="ignore"):
        package.writestr(part, bad)
        hidden = package.filelist.pop()
        for name, data in unpack(good).items():
            package.writestr(name, data)
        assert hidden not in package.filelist
    return out.getvalue()


@kind("entries whose sizes follow them", PROVEN)
def _(good: bytes) -> bytes:
    """As a program writes them that cannot go back in its file."""

    class Stream(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in unpack(good).items():
            package.writestr(name, data)
    return out.getvalue()


@kind("folders as entries", PROVEN)
def _(good: bytes) -> bytes:
    return _with(good, "xl/worksheets/", b"")


@kind("an archive that is cut", REFUSED, "not an .xlsx workbook, or damaged")
def _(good: bytes) -> bytes:
    return good[: len(good) // 2]

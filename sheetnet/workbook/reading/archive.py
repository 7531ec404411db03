"""The archive that an .xlsx is: entries one behind the other, and a list of them at its end.

    local header, data | local header, data | ... | list | end of the list

A program may walk along the entries or trust the list. So both must say the same of each entry, nothing may stand
between them, before the first or behind the list, and what an entry unpacks to must have the size that it declares.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from struct import Struct
from typing import NoReturn
from unicodedata import normalize

from sheetnet.errors import shown

CHUNK = 1 << 18
MOST_PACKED = 1_100  # times that zlib can make something smaller; a part that declares more is no such part

_LOCAL = Struct("<4s5H3L2H")
_END = Struct("<4s4H2LH")
_DESCRIPTORS = (12, 16, 20, 24)  # bytes that may follow the data of an entry whose header does not know its size
_ENCRYPTED, _DESCRIBED, _UTF8 = 1, 1 << 3, 1 << 11
_OTHER_NAME = 0x7075  # an extra field with a second name of the entry
_SIZES = 0x0001  # an extra field with sizes of 64 bits
_PIECE = re.compile(r"/\[\d+\](?:\.last)?\.piece$", re.IGNORECASE)  # of a part in several entries

Refuse = Callable[[str], NoReturn]


def check_archive(data: bytes, package: zipfile.ZipFile, refuse: Refuse) -> None:
    """Call ``refuse`` for an archive in which two programs could find different entries."""
    infos = package.infolist()
    signature, *disks, here, count, size, start, comment = _END.unpack(data[-_END.size :])
    if signature != b"PK\5\6" or comment or any(disks) or here != count:
        refuse("has something behind its end")
    if count != len(infos) or start + size != len(data) - _END.size:
        refuse("has something before its beginning, or between its parts and the list of them")
    _check_names(infos, refuse)
    ends: tuple[int, ...] = (0,)
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset not in ends:
            refuse(f"has something else before its part {shown(info.filename)}, or two parts in one place")
        end = _check_header(data, info, refuse)
        ends = (end, *(end + more for more in _DESCRIPTORS)) if info.flag_bits & _DESCRIBED else (end,)
    if start not in ends:
        refuse("has something between its last part and the list of them")


def compared(name: str) -> str:
    """The name of a part as names are compared: case counts for nothing, nor does how an address is spelled."""
    pieces = [piece for piece in name.replace("\\", "/").split("/") if piece not in ("", ".")]
    return normalize("NFC", "/".join(pieces)).casefold()


def unpacked(data: bytes, info: zipfile.ZipInfo, refuse: Refuse) -> Iterator[bytes]:
    """The bytes of an entry, in pieces. ``refuse`` is called where they are not as many as the entry declares."""
    *_, name, extra = _LOCAL.unpack_from(data, info.header_offset)
    at = info.header_offset + _LOCAL.size + name + extra
    packed = memoryview(data)[at : at + info.compress_size]
    size = crc = 0
    for chunk in _inflated(packed) if info.compress_type == zipfile.ZIP_DEFLATED else _pieces(packed):
        size += len(chunk)
        if size > info.file_size:
            break
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if size != info.file_size or crc != info.CRC:
        refuse(f"its part {shown(info.filename)} does not unpack to what the archive says of it")


def _pieces(packed: memoryview) -> Iterator[bytes]:
    return (bytes(packed[at : at + CHUNK]) for at in range(0, len(packed), CHUNK))


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in _pieces(packed):
        rest = piece
        while rest and not inflater.eof:
            if chunk := inflater.decompress(rest, CHUNK):
                yield chunk
            rest = inflater.unconsumed_tail
        if inflater.eof:
            break
    while not inflater.eof and (chunk := inflater.decompress(b"", CHUNK)):  # what zlib has kept back
        yield chunk
    if not inflater.eof:
        raise zlib.error("the data end too early")


def _check_names(infos: list[zipfile.ZipInfo], refuse: Refuse) -> None:
    """Two entries of one name, and names that programs spell in different ways."""
    names: dict[str, str] = {}
    for info in infos:
        name = info.orig_filename
        if names.setdefault(compared(name), name) is not name:
            refuse(f"has two parts named {shown(name)}")
        pieces = name.removesuffix("/").split("/")
        if "\0" in name or "\\" in name or not {"", ".", ".."}.isdisjoint(pieces) or _PIECE.search(name):
            refuse(f"has a part named {shown(name)}, which programs take for different names")


def _check_header(data: bytes, info: zipfile.ZipInfo, refuse: Refuse) -> int:
    """Hold the header of an entry against the list; returns where the data of the entry end."""
    what = f"its part {shown(info.filename)}"
    if info.header_offset + _LOCAL.size > len(data):
        refuse(f"{what} is missing")
    signature, _, flags, method, _, _, crc, packed, size, named, extra = _LOCAL.unpack_from(data, info.header_offset)
    at = info.header_offset + _LOCAL.size
    name, more = data[at : at + named], data[at + named : at + named + extra]
    if signature != b"PK\3\4":
        refuse(f"{what} is missing")
    if flags & _ENCRYPTED or info.flag_bits & _ENCRYPTED:
        refuse(f"{what} has a password")
    if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        refuse(f"{what} is packed in a way that few programs know")
    known = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
    facts = (name, method, flags & _DESCRIBED, flags & _UTF8)
    if facts != (known, info.compress_type, info.flag_bits & _DESCRIBED, info.flag_bits & _UTF8):
        refuse(f"{what} has another name, or is packed in another way, in the list of parts")
    fields = _fields(more)
    if _OTHER_NAME in fields or _OTHER_NAME in _fields(info.extra):
        refuse(f"{what} has two names")
    if packed == size == 0xFFFFFFFF and len(long := fields.get(_SIZES, b"")) >= 16:
        size, packed = (int.from_bytes(long[k : k + 8], "little") for k in (0, 8))
    told = (crc, packed, size)
    if told != (info.CRC, info.compress_size, info.file_size) and not (flags & _DESCRIBED and not any(told)):
        refuse(f"{what} has another size in the list of parts")
    if info.file_size > MOST_PACKED * info.compress_size:
        refuse(f"{what} declares a size that it cannot have")
    return at + int(named) + int(extra) + info.compress_size


def _fields(extra: bytes) -> dict[int, bytes]:
    """The extra fields of an entry, by their numbers."""
    found = {}
    at = 0
    while at + 4 <= len(extra):
        number, size = (int.from_bytes(extra[at + k : at + k + 2], "little") for k in (0, 2))
        found[number] = extra[at + 4 : at + 4 + size]
        at += 4 + size
    return found

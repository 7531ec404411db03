"""Mutations of the entries of a .zip: twice, elsewhere, of another size or method, under another name."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

Entries = list[tuple[str, bytes]]


def unpacked(data: bytes) -> Entries:
    """The entries of an archive, in their order."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def packed(entries: Entries, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these entries; names may be there twice."""
    out = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as package:
        warnings.simplefilter("ignore")  # a name twice
        for name, data in entries:
            entry = zipfile.ZipInfo(name)  # of no time: the same numbers give the same bytes
            entry.compress_type = method
            package.writestr(entry, data, compresslevel=1)
    return out.getvalue()


def _doubled(entries: Entries, rng: Random) -> bytes:
    """An entry is there twice, with other content perhaps."""
    name, data = rng.choice(entries)
    other = rng.choice(entries)[1] if rng.random() < 0.5 else data
    return packed([*entries, (name, other)] if rng.random() < 0.5 else [(name, other), *entries])


def _odd_twin(entries: Entries, rng: Random) -> bytes:
    """An entry has a twin whose name differs in what some readers do not see."""
    name, _ = rng.choice(entries)
    twin = rng.choice(
        (name.upper(), name.replace("/", "\\"), f"/{name}", f"./{name}", f"{name}\0.txt", f"x/../{name}", f"{name} ")
    )
    return packed([*entries, (twin, rng.choice(entries)[1])])


def _renamed(entries: Entries, rng: Random) -> bytes:
    name, _ = rng.choice(entries)
    new = rng.choice((name.upper(), f"../{name}", "/etc/passwd", "", name * 50, f"{name}/", "\U0001f984.xml"))
    return packed([(new if one == name else one, data) for one, data in entries])


def _dropped(entries: Entries, rng: Random) -> bytes:
    kept = list(entries)
    kept.pop(rng.randrange(len(kept)))
    return packed(kept)


def _exchanged(entries: Entries, rng: Random) -> bytes:
    """Two entries have each other's content."""
    first, second = rng.sample(range(len(entries)), 2)
    made = list(entries)
    made[first], made[second] = (made[first][0], made[second][1]), (made[second][0], made[first][1])
    return packed(made)


def _shuffled(entries: Entries, rng: Random) -> bytes:
    made = list(entries)
    rng.shuffle(made)
    return packed(made, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED)))


def _headers(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def _lying(entries: Entries, rng: Random) -> bytes:
    """A header says another size, method, checksum, flag or place."""
    data = bytearray(packed(entries))
    central = rng.random() < 0.6
    starts = _headers(bytes(data), b"PK\x01\x02" if central else b"PK\x03\x04")
    # Places in a header, the central one first: flags, method, checksum, sizes, lengths of name and more, offset.
    places = ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4))
    place, size = rng.choice(places if central else tuple((at - 2, n) for at, n in places[:-1]))
    at = rng.choice(starts) + place
    number = rng.choice((0, 1, 9, 14, 99, 0x800, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)) & ((1 << 8 * size) - 1)
    data[at : at + size] = struct.pack("<I", number)[:size]
    return bytes(data)


def _commented(entries: Entries, rng: Random) -> bytes:
    """The end of the archive is there twice, or says other numbers."""
    data = packed(entries)
    end = data.rindex(b"PK\x05\x06")
    other = bytearray(data[end:])
    place, size = rng.choice(((8, 2), (10, 2), (12, 4), (16, 4), (20, 2)))
    other[place : place + size] = struct.pack("<I", rng.choice((0, 1, 0xFFFFFFFF)))[:size]
    return data + bytes(other) if rng.random() < 0.5 else data[:end] + bytes(other)


def _two_in_one(entries: Entries, rng: Random) -> bytes:
    """One archive behind another: who reads from the front sees another file."""
    other = list(entries)
    other.pop(rng.randrange(len(other)))
    return packed(other) + packed(entries)


MUTATIONS: tuple[Callable[[Entries, Random], bytes], ...] = (
    *(_doubled, _odd_twin, _renamed, _dropped, _exchanged, _shuffled, _lying, _lying, _commented, _two_in_one),
)


def mutated(data: bytes, rng: Random) -> bytes:
    """One of the mutations."""
    return rng.choice(MUTATIONS)(unpacked(data), rng)

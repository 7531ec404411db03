"""Mutations of bytes: what a bad disk, a cut download or a fuzzer makes of a file."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]


def flipped(data: bytes, rng: Random) -> bytes:
    """Some bits are others."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 30))):
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def cut(data: bytes, rng: Random) -> bytes:
    """The end is missing."""
    return data[: rng.randrange(len(data))]


def removed(data: bytes, rng: Random) -> bytes:
    """A piece is missing."""
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 4, 100, 5000)) :]


def inserted(data: bytes, rng: Random) -> bytes:
    """Other bytes are in between."""
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 2, 8, 300))
    return data[:at] + rng.randbytes(size) + data[at:]


def repeated(data: bytes, rng: Random) -> bytes:
    """A piece is there twice or many times."""
    at, size = rng.randrange(len(data)), rng.choice((1, 16, 400))
    return data[:at] + data[at : at + size] * rng.choice((2, 2, 50)) + data[at + size :]


def swapped(data: bytes, rng: Random) -> bytes:
    """Two pieces have changed places."""
    size = min(rng.choice((1, 8, 200)), len(data) // 2)
    first = rng.randrange(len(data) - 2 * size + 1)
    second = rng.randrange(first + size, len(data) - size + 1)
    one, two = data[first : first + size], data[second : second + size]
    return data[:first] + two + data[first + size : second] + one + data[second + size :]


def numbered(data: bytes, rng: Random) -> bytes:
    """A number of the file, a size perhaps, is another: huge, 0, or one more."""
    at = rng.randrange(max(1, min(len(data), rng.choice((64, 4096, len(data)))) - 8))
    number = rng.choice((0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, (1 << 64) - 1))
    form = rng.choice(("<B", "<H", "<I", ">I", "<Q", ">H"))
    packed = struct.pack(form, number & ((1 << 8 * struct.calcsize(form)) - 1))
    return data[:at] + packed + data[at + len(packed) :]


def emptied(data: bytes, rng: Random) -> bytes:
    """A piece is all zeros, as of a file with a hole."""
    at, size = rng.randrange(len(data)), rng.choice((4, 512, 4096))
    return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :]


def surrounded(data: bytes, rng: Random) -> bytes:
    """Something stands before it or behind it."""
    more = rng.randbytes(rng.choice((1, 4, 5000)))
    return more + data if rng.random() < 0.5 else data + more


MUTATIONS: tuple[Mutation, ...] = (
    *(flipped, cut, removed, inserted, repeated, swapped, numbered, numbered, emptied, surrounded),
)


def mutated(data: bytes, rng: Random) -> bytes:
    """One or two of the mutations."""
    for _ in range(rng.choice((1, 1, 2))):
        data = rng.choice(MUTATIONS)(data, rng) or b"\0"
    return data

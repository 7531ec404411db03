"""What a file will take in memory, found by walking over its bytes before they are parsed.

The format writes a small whole number in one byte and an empty message in two; parsed, the one takes eight bytes and
the other more than a hundred. So 20 MB of empty nodes would become 2 GB.

    tag = number of the field * 8 + kind;   kind 0: a number of 1 to 10 bytes, 1: 8 bytes, 2: a length and as many
    bytes, 5: 4 bytes                       (https://protobuf.dev/programming-guides/encoding)
"""

from __future__ import annotations

from typing import Any

from sheetnet.errors import ModelFileError

MAX_PARTS = 1_000_000  # messages and fields; 20,000 nodes with all that exporters write have half of it
MAX_ROOM = 320 << 20  # bytes of everything that is parsed
_MESSAGE, _FIELD, _WORD = 200, 16, 8  # bytes that each takes when it is parsed
_PACKED_ONE_BYTE = frozenset((3, 4, 5, 8, 13, 14, 17, 18))  # types of which a number may be a single byte
_TYPE_MESSAGE = 11


def refuse_swollen(data: bytes, message: Any, path: str) -> None:
    """Raise ModelFileError where the bytes of a message of this type would take too much memory.

    ``message``: the descriptor of its type. Bytes that are no message are left to the parser, which refuses them.
    """
    parts = room = 0
    waiting: list[tuple[int, int, Any]] = [(0, len(data), message)]
    while waiting:
        at, end, kind = waiting.pop()
        fields = kind.fields_by_number
        room += _MESSAGE
        while at < end:
            parts += 1
            room += _FIELD
            if parts > MAX_PARTS or room > MAX_ROOM:
                raise ModelFileError(f"{path}: has too many parts for a small network; export a smaller model")
            tag, at = _varint(data, at, end)
            form = tag & 7
            if form == 0:
                _, at = _varint(data, at, end)
            elif form in (1, 5):
                at += 8 if form == 1 else 4
            elif form == 2:
                length, at = _varint(data, at, end)
                field = fields.get(tag >> 3)
                if at + length > end or field is None:
                    room += length
                elif field.type == _TYPE_MESSAGE:
                    waiting.append((at, at + length, field.message_type))
                else:
                    room += length * (_WORD if field.type in _PACKED_ONE_BYTE else 1)
                at += length


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A whole number, and where the next thing begins; at the end of the bytes, 0 and the end."""
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    return 0, end

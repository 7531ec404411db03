"""TIFF: what the tags of a file say of its greys, and wide greys in a form that Pillow reads.

Pillow knows wide greys only in some forms. Of two others the bytes are changed in a tag before Pillow sees them, and
the picture gets its own tags back: greys in which 0 is white are read as if 0 were black, and unsigned numbers of 32
bits, the most significant byte first, as if they had a sign. So nothing of Pillow itself is changed.
"""

from __future__ import annotations

import struct

from PIL import Image

# Tags of TIFF 6.0 (Adobe, 1992), and their values.
BITS, PHOTOMETRIC, SAMPLES, SAMPLE_FORMAT = 258, 262, 277, 339
WHITE_IS_0, BLACK_IS_0 = 0, 1
UNSIGNED, SIGNED = 1, 2
_DEFAULTS = {BITS: 1, SAMPLES: 1, SAMPLE_FORMAT: UNSIGNED}
_NUMBERS = {3: "H", 4: "I"}  # kinds of a tag that hold a whole number
_MOST_TAGS = 1000
_FORMS = {  # the head of a file -> the order of its bytes; of an offset and of a count of tags, the form
    b"II*\0": ("<", "I", "H"),
    b"MM\0*": (">", "I", "H"),
    b"II+\0": ("<", "Q", "Q"),  # Pillow reads no BigTIFF of the other order
}


def is_tiff(data: bytes) -> bool:
    """Whether a file begins as a TIFF does."""
    return data[:2] in (b"II", b"MM")


def readable(data: bytes) -> tuple[bytes, dict[int, int]]:
    """The bytes of a file as Pillow can read it, and the tags that were changed, as they were."""
    if data[:4] not in _FORMS:
        return data, {}
    try:
        places = _places(data)
    except struct.error:  # a damaged file, of which Pillow has more to say
        return data, {}
    tags = _DEFAULTS | {tag: value for tag, (value, _, _) in places.items()}
    if tags[SAMPLES] != 1 or tags[BITS] <= 8:
        return data, {}
    changed = {}
    if tags.get(PHOTOMETRIC) == WHITE_IS_0:
        changed[PHOTOMETRIC] = BLACK_IS_0
    if tags[BITS] == 32 and tags[SAMPLE_FORMAT] == UNSIGNED and SAMPLE_FORMAT in places and data[:1] == b"M":
        changed[SAMPLE_FORMAT] = SIGNED
    if not changed:
        return data, {}
    made = bytearray(data)
    for tag, value in changed.items():
        _, form, place = places[tag]
        struct.pack_into(form, made, place, value)
    return bytes(made), {tag: tags[tag] for tag in changed}


def restore(image: Image.Image, tags: dict[int, int]) -> None:
    """Give a picture that is open the tags of its file."""
    for tag, value in tags.items():
        image.tag_v2[tag] = value  # type: ignore[attr-defined]


def tags_of(image: Image.Image) -> dict[int, int] | None:
    """Bits, kind of numbers and meaning of 0 of a picture that came from a TIFF; None for any other."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return None
    told = {tag: tags.get(tag, _DEFAULTS.get(tag, BLACK_IS_0)) for tag in (BITS, PHOTOMETRIC, SAMPLE_FORMAT)}
    return {tag: value[0] if isinstance(value, tuple) else value for tag, value in told.items()}


def _places(data: bytes) -> dict[int, tuple[int, str, int]]:
    """The tags of the first picture in a file that hold one whole number: it, its form, and where it lies."""
    order, offset, count = _FORMS[data[:4]]
    wide = struct.calcsize(offset)
    (at,) = struct.unpack_from(order + offset, data, wide)
    (tags,) = struct.unpack_from(order + count, data, at)
    at += struct.calcsize(count)
    found = {}
    for _ in range(min(tags, _MOST_TAGS)):
        tag, kind, length = struct.unpack_from(f"{order}HH{offset}", data, at)
        if kind in _NUMBERS and length == 1:
            form, place = order + _NUMBERS[kind], at + 4 + wide
            found[tag] = struct.unpack_from(form, data, place)[0], form, place
        at += 4 + 2 * wide
    return found

"""The id of a workbook that is handed out: of its exercise, of the pupil's place, and of the pupil.

    K7QM-05-X3     exercise K7QM, the fifth pupil

The letters say nothing to a reader. They are other ones for another exercise and for another pupil, so a file of last
week, or of another class, is told apart from those that are to be marked.
"""

from __future__ import annotations

import hashlib
import re

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # those that nobody takes for others
_ID = re.compile(rf"[{LETTERS}]{{4}}-[0-9]{{2,4}}-[{LETTERS}]{{2}}")


def code(text: str, length: int = 4) -> str:
    """Letters for a text, the same for the same one."""
    told = hashlib.sha256(text.encode()).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in told[:length])


def identity(exercise: str, number: int, name: str) -> str:
    """The id of the pupil at a place, from 0. ``exercise``: its letters."""
    return f"{exercise}-{number + 1:02d}-{code(f'{exercise} {number} {name}', 2)}"


def is_id(text: str) -> bool:
    """Whether a text is an id, of whatever exercise."""
    return _ID.fullmatch(text) is not None

"""Reading a file that anybody may have made: only a regular one, and never more of it than was asked for.

A device has no end, a pipe may never give anything, and a file may grow while it is read. So the kind is looked at
before the file is opened, and what is read is counted.
"""

from __future__ import annotations

import re
import stat
from contextlib import suppress
from pathlib import Path

from sheetnet.errors import SheetnetError

_ABOVE = re.compile(rb"[\x80-\xff]+")  # bytes that are no letters of ASCII
_FOUR = re.compile(rb"(?:[\x81-\xfe][0-9]){2}")  # of GB18030: a letter that is in no older Chinese form


def refuse_irregular(path: Path, most: int, error: type[SheetnetError], advice: str) -> None:
    """Raise ``error`` where ``path`` is no regular file, or has more than ``most`` bytes.

    ``advice`` ends the message about a file that is not there: "give a .safetensors file".
    """
    try:
        status = path.stat()
    except FileNotFoundError as found:
        raise error(f"{path}: no such file; {advice}") from found
    except (OSError, ValueError) as found:  # ValueError: a name that no file can have
        raise error(f"{path}: no such file ({_reason(found)}); {advice}") from found
    if stat.S_ISDIR(status.st_mode):
        raise error(f"{path}: no such file, only a folder; {advice}")
    if not stat.S_ISREG(status.st_mode):
        raise error(f"{path}: a device or a pipe, and no file; {advice}")
    if status.st_size > most:
        raise error(f"{path}: larger than {size_text(most)}; {advice}")


def contents(path: Path, most: int, error: type[SheetnetError], advice: str) -> bytes:
    """The bytes of a regular file. ``error`` as for ``refuse_irregular``, and where it cannot be read."""
    refuse_irregular(path, most, error, advice)
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as found:
        raise error(f"{path}: cannot be read ({_reason(found)}); {advice}") from found
    if len(data) > most:  # the file says nothing of its size, or has grown
        raise error(f"{path}: larger than {size_text(most)}; {advice}")
    return data


def text_of(data: bytes) -> str | None:
    """The text of a file as spreadsheets save it: UTF-8, UTF-16, or the older forms of Chinese and Western ones.

    These are GB18030, Windows-1252 and, where lines end as on an old Mac, Mac Roman. None for what is no text.
    """
    text: str | None = None
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":  # else it was cut
            with suppress(UnicodeDecodeError):
                text = data.decode(older_form(data))
    return None if text is None or "\0" in text else text


def older_form(data: bytes) -> str:
    """The form of a text that is no UTF: of letters with marks some stand alone, of Chinese ones every byte has two.

    Both bytes of nearly every Chinese letter are above 127, and such letters stand side by side.
    """
    runs = {len(run) for run in _ABOVE.findall(_FOUR.sub(b"", data))}
    if 1 not in runs or max(runs) > 2:
        return "gb18030"
    return "mac_roman" if b"\r" in data and b"\n" not in data else "cp1252"


def is_folder(path: Path) -> bool:
    """Whether a folder has this name; False for a name that no folder can have."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether something has this name, of whatever kind; False for a name that nothing can have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def size_text(count: int) -> str:
    """A number of bytes as a message has it: 512 kB, 16 MB."""
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count >> 10} kB"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__

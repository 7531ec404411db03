"""A zip of submissions, unpacked within limits. A platform made it of files that anybody may have handed in.

Only .xlsx files are unpacked, and other spreadsheets are reported by their names. So is an entry that leads out of
the zip, is a link, has a password or is too large; a zip with too many entries, or too much in them, is refused.
This runs in a process of its own, which has a limit of time and of memory.
"""

from __future__ import annotations

import errno
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sheetnet.errors import WorkbookError
from sheetnet.files import is_folder, is_there, refuse_irregular, size_text
from sheetnet.limits import TIMEOUT
from sheetnet.limits.apart import Progress
from sheetnet.limits.apart import apart as called_apart
from sheetnet.limits.folder import throwaway
from sheetnet.photo.text import clean

OTHERS = (".ods", ".fods", ".xls", ".xlsm", ".xlsb", ".numbers", ".gnumeric")  # spreadsheets of other kinds
NO_XLSX = "is no .xlsx; open it, save it as .xlsx, and mark again"
MOST_ENTRIES = 100_000
MOST_BYTES = 64 << 20  # of a workbook
MOST_UNPACKED = 2 << 30  # bytes, all workbooks together
MOST_PACKED = 2 << 30  # bytes of the zip
CHUNK = 1 << 18
ADVICE = "give the folder or zip of the submissions"
ENCRYPTED, UTF8 = 1, 1 << 11  # flags of an entry
_THERE = f"{__name__}:apart"
_FOLDER = "handed in"
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def at_hand(submissions: Path, memory: float) -> Iterator[tuple[Path, dict[str, str]]]:
    """The folder of the submissions, unpacked where they are a zip, and thrown away then; why an entry is not in it.

    ``memory``: MB. WorkbookError for a file that is no zip, LimitError for one that needs too much.
    """
    if is_folder(submissions) or not is_there(submissions):
        yield submissions, {}
        return
    refuse_irregular(submissions, MOST_PACKED, WorkbookError, ADVICE)
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(throwaway()) / _FOLDER
        except OSError as error:
            raise WorkbookError(
                f"{submissions}: cannot be unpacked ({error.strerror}); unpack it yourself"
            ) from error
        path = str(submissions.resolve())
        odd: dict[str, str]
        odd, _ = called_apart(_THERE, submissions.name, TIMEOUT, memory, path=path, folder=str(folder))
        yield folder, odd


def apart(seconds: float, progress: Progress | None, path: str, folder: str) -> tuple[Any, bytes]:
    """Unpack a zip, for the process that ``at_hand`` starts."""
    name = Path(path).name
    try:
        with zipfile.ZipFile(path) as package:
            return _unpacked(package, Path(folder), name), b""
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise WorkbookError(f"{name}: cannot be unpacked ({error.strerror}); unpack it yourself") from error
        raise WorkbookError(f"{name}: is no zip, or damaged; {ADVICE}") from error


def _unpacked(package: zipfile.ZipFile, folder: Path, where: str) -> dict[str, str]:
    """Write the workbooks into a new folder; why an entry was not written, by its name."""
    infos = package.infolist()
    if len(infos) > MOST_ENTRIES:
        raise WorkbookError(f"{where}: more than {MOST_ENTRIES:,} files; give the zip of one class")
    known = [(name, info) for info in infos if not (name := _named(info)).rpartition("/")[2].startswith((".", "~$"))]
    asked = [(name, info) for name, info in known if name.lower().endswith(".xlsx")]
    odd = {name: NO_XLSX for name, _ in known if name.lower().endswith(OTHERS)}
    odd |= {name: why for name, info in asked if (why := _refused(name, info))}
    asked = [(name, info) for name, info in asked if name not in odd]
    if sum(info.file_size for _, info in asked) > MOST_UNPACKED:
        raise WorkbookError(f"{where}: unpacks to more than {MOST_UNPACKED >> 30} GB; give the zip of one class")
    folder.mkdir()
    for name, info in asked:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with package.open(info) as packed, path.open("xb") as out:
                while chunk := packed.read(CHUNK):
                    out.write(chunk)
        except FileExistsError:
            odd[name] = "is in the zip twice"
        except _DAMAGED:
            odd[name] = "is damaged in the zip"
            path.unlink(missing_ok=True)
        except OSError as error:
            if error.errno not in (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EINVAL, errno.EILSEQ):
                raise
            odd[name] = "has a name that cannot be used here"
    return odd


def _named(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Some programs write UTF-8 and do not say so, some a backslash between folders."""
    name = info.filename
    if not info.flag_bits & UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return clean(name.replace("\\", "/"), "_")  # it will be shown, and a console obeys some characters


def _refused(name: str, info: zipfile.ZipInfo) -> str:
    """Why an entry is not unpacked; "" where it is."""
    pieces = name.split("/")
    if not {"", ".", ".."}.isdisjoint(pieces) or ":" in name:
        return "has a name that leads out of the zip"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link, and no file"
    if info.flag_bits & ENCRYPTED:
        return "has a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that few programs know"
    if info.file_size > MOST_BYTES:
        return f"is larger than {size_text(MOST_BYTES)}"
    return ""

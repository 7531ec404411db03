"""Which files of a folder are photos, and what their workbooks are called.

All folders in it are walked; hidden ones, those that systems keep, and links to folders are left out. A workbook lies
as its photo lies, and has its name. Where two photos have one name, the second tells its kind as well:

    trip/a.jpg, trip/a.png, trip/A.JPG   ->   trip/a.xlsx, trip/a (png).xlsx, trip/A (JPG).xlsx
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sheetnet import names
from sheetnet.errors import WorkbookError
from sheetnet.photo.text import clean
from sheetnet.training.listing import DEEPEST, MOST_NAMED, is_nobodys

LONGEST = 200  # bytes of a name; disks take 255, and a file that is being written has a longer one
# Files that are tried whatever they begin with, and told as broken where they are no photos.
_NAMED = {"jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif", "avif"}
_BEGIN = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*")
_REFUSED = str.maketrans({**dict.fromkeys('<>:"/\\|?*', "_"), "[": "(", "]": ")"})  # by Windows, and by Excel
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10)}


@dataclass(frozen=True)
class Photos:
    """``paths``: in the folder, in the order of their names. ``notes``: what was left out, a line each."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]


def photos_in(folder: Path, but: Path) -> Photos:
    """The photos in a folder and in all folders in it, without those in the folder ``but``.

    WorkbookError where there is no such folder, or no photo in it.
    """
    found: list[Path] = []
    others: list[str] = []
    left: list[str] = []
    where, waiting = clean(str(folder)), [(Path(), 0)]
    try:
        apart = but.stat() if but.is_dir() and not folder.samefile(but) else None
        if not folder.is_dir():
            raise WorkbookError(f"{where}: no such folder; give one that has photos")
        while waiting:
            here, depth = waiting.pop()
            with os.scandir(folder / here) as entries:
                for entry in entries:
                    if entry.is_dir():
                        if apart is not None and os.path.samestat(entry.stat(), apart):
                            continue
                        if is_nobodys(entry.name) or entry.is_symlink() or depth == DEEPEST:
                            left.append(clean(entry.name))
                        else:
                            waiting.append((here / entry.name, depth + 1))
                    elif not is_nobodys(entry.name) and not entry.name.startswith("~$"):
                        if _is_photo(Path(entry.path)):
                            found.append(here / entry.name)
                        else:
                            others.append(clean(entry.name))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise WorkbookError(f"{where}: the folder cannot be read ({why}); ask for permission to read it") from error
    if not found:
        raise WorkbookError(f"{where}: no photo in it, nor in the folders in it; put photos there")
    notes = []
    if left:
        notes.append(f"left out: {_count(left, 'folder')} that a system keeps, that are hidden or links{_some(left)}")
    if others:
        notes.append(f"left out: {_count(others, 'file')} of other kinds{_some(others)}")
    return Photos(tuple(sorted(found)), tuple(notes))


def _is_photo(path: Path) -> bool:
    """Whether a file is a photo by its name, or by how it begins."""
    if path.suffix[1:].lower() in _NAMED:
        return True
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head.startswith(_BEGIN) or (head[:4], head[8:]) == (b"RIFF", b"WEBP") or head[4:8] == b"ftyp"


def _count(names: list[str], what: str) -> str:
    return f"{len(names):,} {what}{'s' if len(names) > 1 else ''}"


def _some(left: list[str]) -> str:
    some = list(dict.fromkeys(sorted(left)))
    return f" ({', '.join(some[:MOST_NAMED])}{', ...' if len(some) > MOST_NAMED else ''})"


def workbooks(photos: Iterable[Path], known: Mapping[str, str]) -> dict[Path, str]:
    """Photo -> the name of its workbook, with "/" between folders.

    ``known``: photo -> workbook, of earlier runs, so that a name stays where other photos are added.
    """
    photos = list(photos)
    named = {photo: known[told] for photo in photos if (told := photo.as_posix()) in known}
    taken = {names.key(name) for name in named.values()}
    for photo in photos:
        if photo in named:
            continue
        folder = PurePosixPath(*(_fit(part) for part in photo.parent.parts))
        stem, kind = _fit(photo.stem), _fit(photo.suffix[1:])
        several = [stem, f"{stem} ({kind})" if kind else stem]
        number = 2
        while names.key(name := f"{folder / several[0]}.xlsx") in taken:
            several = several[1:] or [f"{stem} ({kind} {number})" if kind else f"{stem} ({number})"]
            number += len(several) == 1
        taken.add(names.key(name))
        named[photo] = name
    return {photo: named[photo] for photo in photos}


def _fit(name: str) -> str:
    """A name that every disk and spreadsheet takes, as near to this one as can be."""
    fit = names.composed(clean(name, "_")).translate(_REFUSED).strip().rstrip(".")
    if not fit or fit.partition(".")[0].strip().lower() in _DEVICES:
        fit = f"{fit}_"
    if len(fit.encode()) > LONGEST:
        end = f"-{hashlib.sha256(fit.encode()).hexdigest()[:8]}"
        fit = fit.encode()[: LONGEST - len(end)].decode(errors="ignore").rstrip() + end
    return fit

"""Which files show which class: folders named after their classes, or a table of names and classes.

    cats/1.jpg, cats/more/2.png, dogs/a.jpg          each folder is a class, with all that lies in it
    train/cats/1.jpg, val/cats/2.jpg, test/...       the same, parted already

All is listed in the order of the names, whatever the order on the disk, so that a seed means the same everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sheetnet import names
from sheetnet.errors import TrainingError
from sheetnet.network import MAX_CLASSES
from sheetnet.photo import clean
from sheetnet.picture import Picture

LONGEST = 255  # characters of the name of a class
DEEPEST = 64  # folders inside each other
MOST_NAMED = 3  # names in one message
# What operating systems, cameras and servers leave in folders.
_NOBODYS = {
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "__macosx",
    "@eadir",
    "#recycle",
    "#snapshot",
    "$recycle.bin",
    "@recently-snapshot",
    "system volume information",
    "lost+found",
}
PARTS = {
    "train": ("train", "training", "训练", "训练集"),
    "val": ("val", "valid", "validation", "dev", "验证", "验证集"),
    "test": ("test", "testing", "测试", "测试集"),
}


@dataclass(frozen=True)
class Listing:
    """``files``: the number of the class, and the file, or a picture in memory.

    The last ``held`` of them are only to validate. ``test``: of the same classes, only to measure what was learned.

    ``name``: what the collection is called. ``notes``: what was left out or taken for something else, a line each.
    """

    name: str
    classes: tuple[str, ...]
    files: tuple[tuple[int, Picture], ...]
    held: int = 0
    notes: tuple[str, ...] = ()
    test: Listing | None = None


@dataclass
class _Walk:
    """What was met on the way: folders that were left out, links to folders among them."""

    left: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def told(self) -> tuple[str, ...]:
        """All notes."""
        if not self.left:
            return tuple(self.notes)
        some = ", ".join(list(dict.fromkeys(self.left))[:MOST_NAMED])
        more = ", ..." if len(set(self.left)) > MOST_NAMED else ""
        count = f"{len(self.left)} folder{'s' if len(self.left) > 1 else ''}"
        return (*self.notes, f"left out: {count} that a system keeps, that are hidden or links ({some}{more})")


def of_folder(folder: Path, known: Sequence[str] | None = None) -> Listing:
    """List the files of every class in a folder. ``known``: the only classes that there may be, of a network.

    TrainingError where there are no classes or no files, and where a class is none of the known ones.
    """
    walk, where = _Walk(), clean(str(folder))
    inside = _folders(folder, where, walk)
    title = clean(folder.resolve().name) or "pictures"
    parts = _parts(inside, where)
    if parts is None:
        classes = _classes(inside, where, walk)
        called = tuple(classes) if known is None else tuple(known)
        files = _files(classes, called, where, walk)
        _refuse_single(called, known, folder, inside)
        return Listing(title, called, files, notes=walk.told())
    if known is not None:
        which = next(part for part in ("test", "val", "train") if part in parts)
        chosen = parts[which]
        walk.notes.append(f"{where}: measured on {clean(chosen.name)}; the other folders are those of training")
        classes = _classes(_folders(chosen, clean(str(chosen)), walk), clean(str(chosen)), walk)
        return Listing(title, tuple(known), _files(classes, known, clean(str(chosen)), walk), notes=walk.told())
    return _parted(title, folder, parts, walk)


def of_mapping(pictures: Mapping[str, Iterable[Picture]], known: Sequence[str] | None = None) -> Listing:
    """List the pictures of a dict of classes, each with a name and pictures; ``known`` as for ``of_folder``."""
    classes: dict[str, tuple[str, list[Picture]]] = {}
    for name, some in pictures.items():
        if not isinstance(name, str) or isinstance(some, str | bytes | Path) or not isinstance(some, Iterable):
            raise TrainingError("pictures: give a dict of names of classes, each with a list of its pictures")
        _, so_far = classes.setdefault(names.key(name), (names.composed(clean(name, "_")).strip()[:LONGEST], []))
        so_far += some
    for name, some in classes.values():
        if not name:
            raise TrainingError("pictures: a class has a name of blanks only; name it after what its pictures show")
        if not some:
            raise TrainingError(f"pictures: the class {short(name)} has none; put some into its list, or remove it")
    return of_pairs("pictures", [(name, one) for name, some in classes.values() for one in some], known)


def of_pairs(
    title: str, pairs: Sequence[tuple[str, Picture]], known: Sequence[str] | None = None, where: str = ""
) -> Listing:
    """List pictures whose class is named beside each. ``where``: what a message calls them, if not ``title``."""
    where = where or title
    first = {names.key(name): name for name, _ in reversed(pairs)}
    called = tuple(sorted(first.values())) if known is None else tuple(known)
    places = {names.key(name): number for number, name in enumerate(called)}
    if new := [name for key, name in first.items() if key not in places]:
        raise strange(new[0], called, where, "rename the class")
    if not first or (known is None and not 1 < len(called) <= MAX_CLASSES):
        raise TrainingError(f"{where}: {len(first)} classes; give pictures of 2 to {MAX_CLASSES}")
    files = ((places[names.key(name)], one) for name, one in pairs)
    return Listing(title, called, tuple(sorted(files, key=lambda pair: pair[0])))


def in_order_of(listing: Listing, called: Sequence[str]) -> Listing:
    """The same with the classes of a network, where they are the same ones; else as it is."""
    places = {names.key(name): number for number, name in enumerate(called)}
    if {names.key(name) for name in listing.classes} != places.keys():
        return listing
    moved = [places[names.key(name)] for name in listing.classes]
    files = tuple((moved[k], one) for k, one in listing.files)
    test = None if listing.test is None else in_order_of(listing.test, called)
    return replace(listing, classes=tuple(called), files=files, test=test)


def _parted(title: str, folder: Path, parts: dict[str, Path], walk: _Walk) -> Listing:
    """The files of a folder that is parted already."""
    where = clean(str(folder))
    if "train" not in parts:
        there = " and ".join(clean(path.name) for path in parts.values())
        raise TrainingError(
            f"{where}: has {there}, but no folder train to learn from; give the folder of the classes"
        )
    inside = {part: _folders(path, clean(str(path)), walk) for part, path in parts.items()}
    of = {part: _classes(found, clean(str(parts[part])), walk) for part, found in inside.items()}
    called = tuple(of["train"])
    files = {part: _files(classes, called, clean(str(parts[part])), walk) for part, classes in of.items()}
    _refuse_single(called, None, parts["train"], inside["train"])
    held = files.get("val", ())
    validates = (
        f"validated with {len(held)} files of {clean(parts['val'].name)}" if held else "a part of it is held out"
    )
    said, test = f"{where}: learned from {clean(parts['train'].name)}, {validates}", None
    if "test" in parts:
        test = Listing(clean(str(parts["test"])), called, files["test"])
        said += f", measured at the end with {len(test.files)} files of {clean(parts['test'].name)}"
    walk.notes.append(said)
    return Listing(title, called, (*files["train"], *held), len(held), walk.told(), test)


def _parts(inside: list[Path], where: str) -> dict[str, Path] | None:
    """The folders train, val and test, where they stand above the classes; None where the folders are the classes."""
    parts: dict[str, Path] = {}
    others = []
    for path in inside:
        part = next((part for part, called in PARTS.items() if names.key(path.name) in called), None)
        if part is None or part in parts:
            others.append(path)
        else:
            parts[part] = path
    if not parts:
        return None
    has = {part: {names.key(one.name) for one in _folders(path, where, _Walk())} for part, path in parts.items()}
    if others and not (len(parts) > 1 and "train" in parts and all(has.values())):
        return None  # such as a class of photos of trains
    if others:
        strange = ", ".join(clean(path.name) for path in others[:MOST_NAMED])
        raise TrainingError(
            f"{where}: has {' and '.join(clean(path.name) for path in parts.values())} above the classes, and "
            f"{strange} beside them, which is neither; move it elsewhere"
        )
    if not all(has.values()):
        bare = next(clean(parts[part].name) for part in parts if not has[part])
        raise TrainingError(
            f"{where}: {bare} has no folders of classes in it; make one for each class, or name the class of each "
            "picture in a table (--labels FILE.csv)"
        )
    return parts


def _refuse_single(called: Sequence[str], known: Sequence[str] | None, folder: Path, inside: list[Path]) -> None:
    """TrainingError where there is only one class to learn; perhaps its folders are meant."""
    if known is not None or len(called) > 1:
        return
    below = _folders(inside[0], clean(str(inside[0])), _Walk())
    meant = f"; if the {len(below)} folders in it are the classes, give {clean(str(inside[0]))}" if below else ""
    where = clean(str(folder))
    raise TrainingError(f"{where}: only one class, {short(called[0])}; add a folder with pictures of another{meant}")


def _classes(inside: list[Path], where: str, walk: _Walk) -> dict[str, list[Path]]:
    """Name of the class -> its folders, in the order of the names. Two forms of one name are one class."""
    if not inside:
        raise TrainingError(f"{where}: no folders in it; put the pictures of each class into a folder of its name")
    classes: dict[str, list[Path]] = {}
    seen: dict[str, str] = {}
    for path in inside:
        name = names.composed(clean(path.name, "_")).strip()[:LONGEST]  # not "?", which stands for any letter
        if not name:
            raise TrainingError(f"{where}: a folder has a name of blanks only; name it after its class")
        if len(classes) == MAX_CLASSES:
            raise TrainingError(f"{where}: {len(inside):,} folders; a network has up to {MAX_CLASSES} classes")
        first = seen.setdefault(names.key(name), name)
        if first in classes:
            walk.notes.append(f"{where}: two folders are one class, {short(first)} and {short(name)}")
        classes.setdefault(first, []).append(path)
    return classes


def _files(
    classes: dict[str, list[Path]], called: Sequence[str], where: str, walk: _Walk
) -> tuple[tuple[int, Path], ...]:
    """The number of its class, and the file. TrainingError for a class that is not called so, or has no files."""
    places = {names.key(name): number for number, name in reversed(list(enumerate(called)))}
    files: list[tuple[int, Path]] = []
    for name, paths in classes.items():
        if (number := places.get(names.key(name))) is None:
            raise strange(name, called, where, "rename the folder")
        found = [file for path in paths for file in _below(path, name, walk)]
        if not found:
            raise TrainingError(f"{_nothing(name, paths)}; put pictures into it, or remove it")
        files += [(number, file) for file in found]
    return tuple(files)


def strange(name: str, called: Sequence[str], where: str, mend: str) -> TrainingError:
    """What is said of a class that a network does not have."""
    some = ", ".join(map(short, called[:5])) + (", ..." if len(called) > 5 else "")
    return TrainingError(f"{where}: {short(name)} is none of the network's classes ({some}); {mend}")


def _nothing(name: str, paths: Iterable[Path]) -> str:
    """What is said of the folder of a class without files."""
    folders = sum(path.is_dir() for folder in paths for path in folder.iterdir())
    if not folders:
        return f"the folder of {short(name)} is empty"
    return f"the folder of {short(name)} has {folders} folder{'s' if folders > 1 else ''} in it, and no pictures"


def _folders(folder: Path, where: str, walk: _Walk) -> list[Path]:
    """The folders in a folder, in the order of their names."""
    try:
        if not folder.is_dir():
            raise TrainingError(f"{where}: no such folder; give one that has a folder of pictures for each class")
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
    except (OSError, ValueError) as error:
        raise TrainingError(f"{where}: the folder cannot be read; ask for permission to read it") from error
    walk.left += [clean(path.name) for path in inside if is_nobodys(path.name)]
    return [path for path in inside if not is_nobodys(path.name)]


def _below(folder: Path, name: str, walk: _Walk) -> list[Path]:
    """The files in the folder of a class and in all folders in it, in the order of their names."""
    files, waiting = [], [(folder, 0)]
    try:
        while waiting:
            here, depth = waiting.pop()
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.is_dir():
                        if is_nobodys(entry.name) or entry.is_symlink() or depth == DEEPEST:
                            walk.left.append(clean(entry.name))
                        else:
                            waiting.append((here / entry.name, depth + 1))
                    elif not is_nobodys(entry.name):
                        files.append(here / entry.name)
    except OSError as error:
        raise TrainingError(f"the folder of {short(name)} cannot be read; ask for permission to read it") from error
    return sorted(files)


def is_nobodys(name: str) -> bool:
    """Whether a file or folder of this name is none of the user's own."""
    return name.startswith(".") or name.lower() in _NOBODYS


def short(name: str) -> str:
    """A name as a message shows it."""
    return repr(name if len(name) <= 40 else f"{name[:37]}...")

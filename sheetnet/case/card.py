"""What a model card says: from how many pictures a network learned, how well it knows others, and what is in doubt.

A card comes from a file, perhaps a stranger's: what is not a count where there must be one is left out.
See ``training.model``, which writes cards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from sheetnet.network import SURE

MOST = 10**9  # pictures
Table = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well it knows what it does not know; see ``training.calibration``, which measured it.

    ``level``: the probability below which an answer is a doubt. ``unsure`` of the unseen pictures were told with
    less, and ``right`` of those were right all the same. ``surprises``: kind and count of pictures that show no class
    ("blank", "noise", "foreign"), the mean of the largest probability, 0 to 1, and how many of them were told as an
    answer all the same, None where the card does not say. It is that of the classes but ``none``, which is the number
    of the class that is right for them, where there is one.
    """

    level: float
    unsure: int
    right: int
    surprises: tuple[tuple[str, int, float, int | None], ...]
    none: int | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What a card says. ``train`` and ``table``: pictures by [true][predicted], learned from and not.

    Those of the ``table`` are the ones of a test, where there was one; else those that were held out. ``data``: what
    the collection is called. ``doubts``: kind, count, of; see ``training.split``. ``calibration``: None where it was
    not measured.
    """

    data: str
    train: Table
    table: Table
    doubts: tuple[tuple[str, int, int], ...]
    calibration: Calibration | None = None

    @property
    def held(self) -> int:
        """How many pictures it never saw."""
        return sum(map(sum, self.table))

    @property
    def right(self) -> int:
        """How many of them it told right."""
        return sum(row[k] for k, row in enumerate(self.table))

    @property
    def percent(self) -> str:
        """Their share; all right is 100, and nothing else is."""
        share = round(100 * self.right / max(self.held, 1), 1)
        return "99.9" if share == 100 and self.right < self.held else f"{share:g}"

    @property
    def mistake(self) -> tuple[int, int, int]:
        """How often the most frequent mistake was made, the true class, what it was taken for."""
        wrong = ((n, -t, -s) for t, row in enumerate(self.table) for s, n in enumerate(row) if n and t != s)
        count, true, said = max(wrong, default=(0, 0, 0))
        return count, -true, -said


def learned(card: Mapping[str, Any], classes: int) -> Learned | None:
    """What a model card says of a network of so many classes; None where it does not say what it was trained on."""
    train = _table(card.get("train"), classes)
    if not train:
        return None
    data, doubts = card.get("data"), card.get("doubts")
    return Learned(
        data if isinstance(data, str) else "",
        train,
        _table(card.get("test"), classes) or _table(card.get("held_out"), classes),
        tuple(_doubts(doubts)) if isinstance(doubts, list) else (),
        _calibration(card.get("calibration"), classes),
    )


def _calibration(table: Any, classes: int) -> Calibration | None:
    """What was measured; None where a number in it is none, or is not measured at the level that is told today."""
    if not isinstance(table, Mapping) or table.get("level") != SURE:
        return None
    unsure, right, none = table.get("unsure"), table.get("unsure_right"), table.get("none")
    entries = table.get("surprises")
    if not _is_count(unsure) or not _is_count(right) or not isinstance(entries, list):
        return None
    surprises = [
        (str(entry.get("kind")), entry["count"], float(entry["sure"]), _part(entry.get("told"), entry["count"]))
        for entry in entries
        if isinstance(entry, Mapping) and _is_count(entry.get("count")) and _is_share(entry.get("sure"))
    ]
    known = none if _is_count(none) and none < classes else None
    return Calibration(SURE, unsure, right, tuple(surprises), known)


def _table(score: Any, classes: int) -> Table:
    """The table of a score; empty where it is none of so many classes."""
    rows = score.get("confusion") if isinstance(score, Mapping) else None
    if not isinstance(rows, list) or len(rows) != classes:
        return ()
    if not all(isinstance(row, list) and len(row) == classes and all(map(_is_count, row)) for row in rows):
        return ()
    return tuple(map(tuple, rows))


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MOST


def _part(value: Any, whole: int) -> int | None:
    return value if _is_count(value) and value <= whole else None


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


def _doubts(entries: list[Any]) -> Iterator[tuple[str, int, int]]:
    for entry in entries:
        if isinstance(entry, Mapping) and _is_count(entry.get("count")) and _is_count(entry.get("of")):
            yield str(entry.get("kind")), entry["count"], entry["of"]

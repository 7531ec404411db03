"""What the command line says about training: a line of progress, a result, a table of true and predicted classes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from sheetnet.training.fit import Trained
from sheetnet.training.progress import Progress
from sheetnet.training.score import Score

BAR = 24  # characters
WIDE = 12  # columns of the terminal for the name of a class
MOST = 12  # classes of a table; of more, the pairs that are mixed up most often are listed
PAIRS = 5  # in that list
CAREFUL = "careful: "


def progress_line(now: Progress) -> str:
    """How far training has come, with loss and accuracy so far, in one line."""
    filled = BAR * ((now.epoch - 1) * now.batches + now.batch) // (now.epochs * now.batches)
    bar = "#" * filled + "-" * (BAR - filled)
    line = f"epoch {now.epoch}/{now.epochs} [{bar}] loss {now.loss:.4f}, accuracy {now.accuracy:.1%}"
    return line if now.held is None else f"{line}, held out {now.held.accuracy:.1%}"


def trained_lines(trained: Trained, out: Path) -> list[str]:
    """The result of a training: scores, the table of the pictures that it has not seen, and every doubt."""
    lines = []
    if trained.interrupted:
        lines.append(f"interrupted after {trained.epochs} epochs; the best so far is kept")
    best = f"epoch {trained.epoch} of {trained.epochs}"
    lines.append(f"trained on  {_share(trained.train)}  ({best})")
    if trained.held is not None:
        lines.append(f"held out    {_share(trained.held)}")
    if trained.test is not None:
        lines.append(f"test        {_share(trained.test)}")
    if (unseen := trained.test or trained.held) is not None:
        lines += confusion_lines(unseen, trained.network.classes)
    lines += [f"{CAREFUL}{doubt}" for doubt in trained.doubts]
    weights = sum(value.size for value in trained.parameters.values())
    return [*lines, f"{out}: {weights:,} numbers; sheetnet build PHOTO --model {out}"]


def score_lines(score: Score, classes: Sequence[str]) -> list[str]:
    """The result of an evaluation: the accuracy, and the table."""
    return [f"accuracy    {_share(score)}", *confusion_lines(score, classes)]


def confusion_lines(score: Score, classes: Sequence[str]) -> list[str]:
    """The table of true against predicted classes, or its largest mistakes where it would be too wide."""
    if len(classes) > MOST:
        mistakes = sorted(
            (-count, true, said)
            for true, row in enumerate(score.confusion)
            for said, count in enumerate(row)
            if count and true != said
        )
        return [f"  {-n} of {classes[t]!r:.40} taken for {classes[s]!r:.40}" for n, t, s in mistakes[:PAIRS]]
    wide = max(len(str(max(map(max, score.confusion)))), *(min(_columns(name), WIDE) for name in classes))
    table = [["true \\ predicted", *classes]]
    table += [[name, *map(str, row)] for name, row in zip(classes, score.confusion, strict=True)]
    first = max(len(table[0][0]), wide)
    return [
        "  " + "  ".join([_fitted(row[0], first), *(" " * (wide - _columns(c)) + c for c in _cut(row[1:], wide))])
        for row in table
    ]


def _share(score: Score) -> str:
    return f"{score.accuracy:6.1%} of {score.count:,} pictures, loss {score.loss:.4f}"


def _columns(text: str) -> int:
    """How many columns a text takes in a terminal: a wide character takes two, a mark over another one none."""
    return sum(
        0 if unicodedata.combining(c) or c in "\u200d\ufe0f" else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _cut(texts: Sequence[str], wide: int) -> list[str]:
    """The texts, each cut to at most so many columns."""
    cut = []
    for text in texts:
        short = text
        while _columns(short) > wide:
            short = short[:-2] + "…" if short.endswith("…") else short[:-1] + "…"
        cut.append(short)
    return cut


def _fitted(text: str, wide: int) -> str:
    """A text cut or filled up to so many columns."""
    (short,) = _cut([text], wide)
    return short + " " * (wide - _columns(short))

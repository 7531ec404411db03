"""Refusals are collected, so that one message lists everything that cannot be imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sheetnet.errors import ModelFileError, shown
from sheetnet.modelfile.onnx.reading.graph import Op, Refused

_SHOWN = 20
CUT = "replace it in the model, or cut the model before it with onnx.utils.extract_model"


@dataclass
class Refusals:
    """Operators that cannot be imported: (kind, reason) -> their names. ``path`` is for the message."""

    path: str
    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, op: Op, why: str) -> None:
        """Note one operator that is not supported."""
        self.found.setdefault((op.kind, why), []).append(op.name)

    def check(self) -> None:
        """Raise a ModelFileError that lists all of them; do nothing where there is none."""
        if not self.found:
            return
        count = sum(map(len, self.found.values()))
        kinds_by_reason: dict[str, list[str]] = {}
        for (kind, why), names in self.found.items():
            kinds_by_reason.setdefault(why, []).append(f"{kind} ({_listed([shown(n) for n in names], ', ')})")
        items = [f"{_listed(kinds, ', ')}: {why}" for why, kinds in kinds_by_reason.items()]
        nodes = "1 node" if count == 1 else f"{count} nodes"
        raise ModelFileError(f"{self.path}: {nodes} cannot be imported: {_listed(items, '; ')}")


def _listed(items: list[str], between: str) -> str:
    """The first items, and how many more there are."""
    more = [f"and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return between.join(items[:_SHOWN] + more)


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """Turn a refusal that belongs to no operator into a ModelFileError that begins with ``where``."""
    try:
        yield
    except Refused as error:
        raise ModelFileError(f"{where}: {error}") from error

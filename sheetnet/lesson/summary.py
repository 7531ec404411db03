"""What a workbook of a network would need, before it is built: layers, shapes, parameters, formulas, file size.

It is counted in a process of its own, which has a limit of time and of memory; this module imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sheetnet.grid import Shape
from sheetnet.limits import MEMORY, TIMEOUT, megabytes
from sheetnet.limits.apart import apart
from sheetnet.reading import Reading

_THERE = "sheetnet.lesson.inspect:apart"


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer: its name, kind, shape, how it is laid out, its parameters and formula cells."""

    name: str
    kind: str
    shape: Shape
    layout: str
    parameters: int
    formulas: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A network as ``sheetnet inspect`` shows it. ``formulas``: those of all sheets, not of the network alone."""

    name: str
    classes: tuple[str, ...]
    shape: Shape
    trained: bool
    layers: tuple[LayerSummary, ...]
    parameters: int
    formulas: int
    expected_bytes: int

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Summary:
        """The summary that ``to_json`` told."""
        layers = tuple(LayerSummary(**(one | {"shape": tuple(one["shape"])})) for one in told["layers"])
        return cls(**(told | {"classes": tuple(told["classes"]), "shape": tuple(told["shape"]), "layers": layers}))

    def lines(self) -> Iterator[str]:
        """A table."""
        state = "trained" if self.trained else "untrained"
        shown = ", ".join(self.classes[:10]) + (" ..." if len(self.classes) > 10 else "")
        yield f"{self.name}: {_seen(self.shape)}, {len(self.classes)} classes ({shown}), {state}"
        yield f"{'layer':16} {'kind':14} {'shape':16} {'layout':7} {'parameters':>10} {'formulas':>10}"
        for one in self.layers:
            start = f"{one.name:16} {one.kind:14} {_times(one.shape):16} {one.layout:7}"
            yield f"{start} {one.parameters:>10,} {one.formulas:>10,}"
        yield f"{self.parameters:,} parameters, {self.formulas:,} formulas, about {_bytes(self.expected_bytes)}"


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """A lesson as ``sheetnet inspect`` shows it: what the reader may change, the kinds of its steps, its sheets.

    ``shape``: what a photo becomes (C, H, W); () where it takes none.
    """

    lesson: str
    title: str
    inputs: tuple[str, ...]
    kinds: tuple[str, ...]
    sheets: tuple[str, ...]
    shape: Shape
    formulas: int

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> LessonSummary:
        """The summary that ``to_json`` told."""
        lists: dict[str, Any] = {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
        return cls(**(told | lists))

    def lines(self) -> Iterator[str]:
        """A few lines."""
        yield f"{self.lesson}: a lesson, {self.title}; {_seen(self.shape)}"
        yield f"to change: {', '.join(self.inputs)}"
        yield f"computed by: {', '.join(dict.fromkeys(self.kinds))}"
        yield f"{len(self.sheets)} sheets, {len(self.kinds)} steps, {self.formulas:,} formulas"


def inspect(
    which: str,
    *,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    reading: Reading | None = None,
    size: tuple[int, int] | None = None,
    layout_name: str | None = None,
    until: str | None = None,
    fold: bool = False,
) -> Summary | LessonSummary:
    """The summary of a template, a model file or a workbook. Errors say why it cannot be read or does not fit.

    LimitError where that takes more than ``timeout`` seconds, or ``memory`` MB; None: ``limits.MEMORY``.
    """
    given = asdict(reading or Reading())
    told = {name: str(value) if name == "classes" and value is not None else value for name, value in given.items()}
    asked = {"size": size, "layout_name": layout_name, "until": until, "fold": fold}
    found, _ = apart(_THERE, which, timeout, megabytes(memory, MEMORY), which=which, reading=told, **asked)
    return LessonSummary.from_json(found) if "lesson" in found else Summary.from_json(found)


def _seen(shape: Shape) -> str:
    return f"photo {_times(shape)}" if shape else "no photo"


def _bytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _times(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "1"

"""The steps of a lesson: [[steps]] with name, kind, its options, and reads = { own name = what is read }.

What is read is a full name ("softmax.exp"; "score" for "score.out"), some cells of one ({ of, at, shape }), or, for a
single value, another step without a name ({ kind, reads }). An option "@key" stands for the words of that key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from math import prod
from typing import Any

from sheetnet.case.lessons.givens import NAME
from sheetnet.case.lessons.prose import Prose
from sheetnet.case.lessons.script import Cells, Given, Reading, Step
from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers import LAYERS, Layer
from sheetnet.lenses import LENSES, Lines, number_piece
from sheetnet.operation import Operation, frozen
from sheetnet.tables import get

KINDS: dict[str, type[Operation]] = {one.kind: one for one in (*LAYERS, *LENSES)}
MOST_STEPS = 2_000
MOST_CELLS = 300_000  # of all tensors together
OWN = {"name", "kind", "reads", "numbers"}


class Steps:
    """Reads steps one after the other. ``shapes``: of every tensor so far, by full name."""

    def __init__(self, givens: Mapping[str, Given], prose: Prose) -> None:
        self._prose = prose
        self.shapes: dict[str, Shape] = {given.full: tuple(given.value.shape) for given in givens.values()}
        self.made: list[Step] = []
        self._names = set(givens)

    def add(self, entry: Any) -> None:
        """Read one entry of [[steps]]. NetworkError says what is wrong with it."""
        if not isinstance(entry, Mapping):
            raise NetworkError("[[steps]]: an entry is no table; write name, kind and reads into it")
        name = get(entry, "name", str, "[[steps]]")
        where = f"[[steps]] {name!r}"
        if not NAME.fullmatch(name) or name in self._names:
            raise NetworkError(f"{where}: the name is taken, or none; use letters, digits and _, a letter first")
        step = self._step(name, entry, where)
        self._names.add(name)
        self.shapes |= {f"{name}.{own}": shape for own, shape in self._tensors(step, where).items()}
        if (count := sum(map(prod, self.shapes.values()))) > MOST_CELLS:
            raise NetworkError(f"{where}: {count:,} cells up to here; a lesson has {MOST_CELLS:,} at most")
        self.made.append(step)
        if len(self.made) > MOST_STEPS:
            raise NetworkError(f"[[steps]]: more than {MOST_STEPS:,}; make two lessons of it")

    def full(self, name: Any, where: str) -> str:
        """The full name of a tensor that exists already. NetworkError names those that there are."""
        found = name if isinstance(name, str) and "." in name else f"{name}.out"
        if found not in self.shapes:
            near = get_close_matches(found, self.shapes, 3, 0.3) or list(self.shapes)[-3:]
            raise NetworkError(f"{where}: {shown(name)} is no tensor before it; use {', '.join(near) or 'an input'}")
        return found

    def _step(self, name: str, entry: Mapping[str, Any], where: str) -> Step:
        kind = get(entry, "kind", str, where)
        if kind not in KINDS:
            near = ", ".join(get_close_matches(kind, KINDS, 3)) or ", ".join(list(KINDS)[:8])
            raise NetworkError(f"{where}: unknown kind {shown(kind)}; use a layer or a lens, such as {near}")
        reads = get(entry, "reads", Mapping, where, {})
        read = {str(own): self._reading(source, f"{where}, reads {own}") for own, source in reads.items()}
        return Step(name, self._operation(kind, entry, where), read)

    def _operation(self, kind: str, entry: Mapping[str, Any], where: str) -> Operation:
        made = KINDS[kind]
        options = {one.name: one for one in fields(made)}  # type: ignore[arg-type]
        given = {key: value for key, value in entry.items() if key not in OWN}
        if unknown := sorted(set(given) - set(options)):
            known = ", ".join(options) or "none"
            raise NetworkError(f"{where}: {kind} has no option {shown(unknown[0])}; it has {known}")
        missing = [
            key
            for key, one in options.items()
            if one.default is MISSING and one.default_factory is MISSING and key not in given
        ]
        if missing:
            raise NetworkError(f"{where}: {kind} needs the option {missing[0]}")
        numbers = get(entry, "numbers", Mapping, where, {})
        try:
            worded = {key: self._worded(value, key, numbers, where, kind) for key, value in given.items()}
            return made(**{key: frozen(value) for key, value in worded.items()})
        except (TypeError, ValueError) as error:
            raise NetworkError(f"{where}: {kind} does not take these options ({error})") from error
        except NetworkError as error:
            raise NetworkError(f"{where}: {error}") from error

    def _worded(self, value: Any, key: str, numbers: Mapping[str, Any], where: str, kind: str) -> Any:
        """An option with its words. ``pieces`` of a sentence are the pieces of its words."""
        if isinstance(value, list):
            return [self._worded(one, "", numbers, where, kind) for one in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        if key != "pieces":
            return self._prose(value[1:])
        pieces = self._prose.pieces(value[1:])
        if unknown := set(numbers) - {piece[0] for piece in pieces if not isinstance(piece, str)}:
            raise NetworkError(f"{where}: {self._prose.path} has no {{{min(unknown)}}} in {value[1:]}; add it")
        return [piece if isinstance(piece, str) else _piece(piece[0], numbers, where, kind) for piece in pieces]

    def _reading(self, source: Any, where: str) -> Reading:
        if isinstance(source, str):
            return self.full(source, where)
        if not isinstance(source, Mapping):
            raise NetworkError(f"{where}: is {shown(source)}; write a name, {{ of, at }} or {{ kind, reads }}")
        if "kind" in source:
            step = self._step("", source, where)
            if set(shapes := self._tensors(step, where)) != {"out"} or shapes["out"]:
                raise NetworkError(f"{where}: is no single value; give it a step of its own")
            return step
        full = self.full(source.get("of"), where)
        shape, at = self.shapes[full], get(source, "at", list, where)
        size = tuple(get(source, "shape", list, where, []))
        part = (*size, 1) if len(size) == 1 and len(shape) > 1 else size  # n cells below each other
        span = (*(1,) * (len(shape) - len(part)), *part)
        whole = all(type(n) is int and n >= 0 for n in (*at, *size))
        if (
            not whole
            or len(at) != len(shape)
            or len(size) > 2
            or any(first + count > side for first, count, side in zip(at, span, shape, strict=False))
        ):
            raise NetworkError(f"{where}: at = {shown(at)} is no place in {full}, which is {list(shape)}")
        return Cells(full, tuple(at), size)

    def _tensors(self, step: Step, where: str) -> dict[str, Shape]:
        """The shape of each tensor of a step."""
        of = {own: self._shape(source, where) for own, source in step.reads.items()}
        operation = step.operation
        try:
            if isinstance(operation, Layer):
                _fit_layer(operation, of)
            return dict(operation.tensors(of))
        except NetworkError as error:
            raise NetworkError(f"{where}: {error}") from error
        except KeyError as error:
            raise NetworkError(f"{where}: {operation.kind} reads {error.args[0]}; add it to reads") from error
        except (IndexError, TypeError, ValueError) as error:
            shapes = ", ".join(f"{own} {list(shape)}" for own, shape in of.items())
            raise NetworkError(f"{where}: {operation.kind} does not fit what it reads ({shapes})") from error

    def _shape(self, source: Reading, where: str) -> Shape:
        if isinstance(source, Step):
            return self._tensors(source, where)["out"]
        return source.shape if isinstance(source, Cells) else self.shapes[source]


def _piece(own: str, numbers: Mapping[str, Any], where: str, kind: str) -> list[Any]:
    """A placeholder of a sentence: words, or a number with [digits, times]."""
    if own not in numbers:
        return [own]
    how = numbers[own] if isinstance(numbers[own], list) else [numbers[own]]
    if not 1 <= len(how) <= 2 or not all(type(n) is int for n in how):
        raise NetworkError(f"{where}: numbers.{own} is {shown(how)}; use digits, or [digits, times]")
    return [own, how[0]] if kind == Lines.kind else list(number_piece(own, *how))


def _fit_layer(layer: Layer, of: Mapping[str, Shape]) -> None:
    """NetworkError where a layer lacks an input or a parameter, or reads something else."""
    inputs = {own: of[own] for own in layer.reads}
    params = layer.params(inputs)
    if unknown := sorted(set(of) - set(layer.reads) - set(params)):
        raise NetworkError(f"{layer.kind} does not read {unknown[0]}; it reads {', '.join((*layer.reads, *params))}")
    for own, shape in params.items():
        if of[own] != tuple(shape):
            raise NetworkError(f"{own} is {list(of[own])}; this {layer.kind} needs {list(shape)}")

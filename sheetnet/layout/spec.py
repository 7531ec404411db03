"""A look as JSON, and back: its kind with its options, and what it reads.

{"kind": "tick", "reads": {"a": "closeup.total.out", "b": {"of": "conv1.out", "at": [0, 3, 4], "shape": []}}}
"""

from __future__ import annotations

from typing import Any

from sheetnet.errors import NetworkError, shown
from sheetnet.layers import LAYERS
from sheetnet.lenses import LENSES
from sheetnet.lenses.base import Area, Lens, Look, Source
from sheetnet.operation import Operation, frozen

_KINDS: dict[str, type[Operation]] = {one.kind: one for one in (*LAYERS, *LENSES)}
MOST_DEEP = 12  # how deep looks may be nested in looks


def spec_of(look: Look) -> dict[str, Any]:
    """The spec of a look."""
    return {
        "kind": look.lens.kind,
        **look.lens.options(),
        **({"hidden": True} if look.hidden else {}),
        "reads": {own: _source_spec(source) for own, source in look.reads.items()},
    }


def _source_spec(source: Source) -> Any:
    if isinstance(source, Look):
        return spec_of(source)
    if isinstance(source, Area):
        return {"of": source.of, "at": [source.anchor, source.row, source.column], "shape": list(source.shape)}
    return source


def look_of(name: str, spec: Any, depth: int = 0) -> Look:
    """The look of a spec. NetworkError, TypeError or ValueError where the spec describes none."""
    entry = dict(spec)
    kind, reads, hidden = entry.pop("kind"), entry.pop("reads"), entry.pop("hidden", False)
    if depth > MOST_DEEP:
        raise NetworkError(f"{name}: looks are nested more than {MOST_DEEP} deep")
    if kind not in _KINDS:
        raise NetworkError(f"{name}: unknown kind {shown(kind)}")
    lens = _KINDS[kind](**{str(key): frozen(value) for key, value in entry.items()})
    if hidden and (depth or not (isinstance(lens, Lens) and lens.repeats)):
        raise NetworkError(f"{name}: only what repeats maps may hide its digits")
    return Look(
        name, lens, {str(own): _source_of(name, source, depth) for own, source in reads.items()}, hidden is True
    )


def _source_of(name: str, spec: Any, depth: int) -> Source:
    if isinstance(spec, str):
        return spec
    if "of" in spec and "at" in spec:
        anchor, row, column = (int(n) for n in spec["at"])
        return Area(str(spec["of"]), anchor, row, column, tuple(int(n) for n in spec["shape"]))
    return look_of(name, spec, depth + 1)

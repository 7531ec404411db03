"""A spec, as a template, a model file or a workbook holds it -> the fields of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any
from unicodedata import category

from sheetnet.errors import NetworkError, shown
from sheetnet.layers import LAYERS
from sheetnet.network.input import BRIGHTEST, MAX_LAYERS
from sheetnet.network.node import PHOTO, TRUTH, Node
from sheetnet.tables import get, refuse_huge, refuse_unknown

_KINDS = {layer.kind: layer for layer in LAYERS}


def fields_of(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the network that a spec describes, by name. NetworkError says what is wrong with the spec."""
    if not isinstance(spec, Mapping):
        raise NetworkError("the network spec is not a table; see templates/detective/network.toml for one")
    for key, what in (("layers", "layers"), ("extra", "extra tensors"), ("classes", "classes")):  # before all else
        if isinstance(entries := spec.get(key), list | Mapping) and len(entries) > MAX_LAYERS:
            raise NetworkError(f"the network spec has {len(entries):,} {what}; use up to {MAX_LAYERS:,}")
    refuse_huge(spec)
    name = get(spec, "name", str, "the network spec")
    where = f"network {name!r}"
    known = {"name", "classes", "input", "layers", "layout", "trained", "extra"}
    refuse_unknown(spec, known, where)
    classes = get(spec, "classes", list, where, [] if "extra" in spec else None)
    if not all(isinstance(c, str) and c.strip() and len(c) <= 255 for c in classes):
        raise NetworkError(f"{where}: classes must be texts of 1 to 255 characters")
    if any(category(c) == "Cs" for c in name):
        raise NetworkError(f"{where}: {shown(name)} has a character that no sheet can show; write another name")
    table = get(spec, "input", Mapping, where, {"shape": []} if "extra" in spec else None)
    refuse_unknown(table, {"shape", "levels", "ink"}, f"{where}, input")
    shape = tuple(get(table, "shape", list, f"{where}, input"))
    more = get(spec, "extra", Mapping, where, {})
    extra = tuple((str(key), tuple(get(more, key, list, f"{where}, extra"))) for key in more)
    nodes: list[Node] = []
    for entry in get(spec, "layers", list, where):
        before = nodes[-1].name if nodes else PHOTO if shape else extra[0][0] if extra else ""
        nodes.append(_node(entry, before, where))
    layout = get(spec, "layout", str, where, "auto")
    trained = get(spec, "trained", bool, where, False)
    levels = get(table, "levels", int, f"{where}, input", BRIGHTEST)
    ink = get(table, "ink", bool, f"{where}, input", False)
    return {
        "name": name,
        "classes": tuple(classes),
        "shape": shape,
        "nodes": tuple(nodes),
        "layout": layout,
        "trained": trained,
        "levels": levels,
        "ink": ink,
        "extra": extra,
    }


def _node(entry: Any, before: str, where: str) -> Node:
    """A node from its table; it reads the node ``before`` where the table names no inputs."""
    if not isinstance(entry, Mapping):
        raise NetworkError(f"{where}: each entry of layers must be a table with name and kind")
    name = get(entry, "name", str, f"{where}, a layer")
    kind = get(entry, "kind", str, f"layer {name!r}")
    if kind not in _KINDS:
        raise NetworkError(f"layer {name!r}: unknown kind {shown(kind)}; use one of {', '.join(_KINDS)}")
    layer = _KINDS[kind]
    fields = layer.__dataclass_fields__  # type: ignore[attr-defined]
    refuse_unknown(entry, {"name", "kind", "inputs", "params", *fields}, f"layer {name!r} ({kind})")
    if missing := [f for f, field in fields.items() if field.default is MISSING and f not in entry]:
        raise NetworkError(f"layer {name!r} ({kind}): {missing[0]} is missing")
    options = {key: value for key, value in entry.items() if key in fields}
    made = layer(**options)  # what it reads may depend on its options
    different = [own for own, part in made.reads.items() if own != TRUTH and part == "out"]
    default = [TRUTH if own == TRUTH else before for own in made.reads] if len(different) < 2 else None
    inputs = get(entry, "inputs", list, f"layer {name!r}", default)
    if len(inputs) != len(made.reads) or not all(isinstance(i, str) for i in inputs):
        raise NetworkError(f"layer {name!r}: a {kind} has {len(made.reads)} input(s): {', '.join(made.reads)}")
    return Node(name, made, tuple(inputs))

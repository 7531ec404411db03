"""One .safetensors file: weights, with the network spec as JSON in its metadata. No pickle.

{"__metadata__": {"sheetnet": "{...spec..., card: {...}}"}, "conv1.weight": F64 [4, 3, 3, 3], ...}

The card says what the network was trained on and how well it does. It lies inside the text of the spec: the
format writes several texts in no fixed order, and the same model must give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet.errors import ModelFileError, NetworkError
from sheetnet.files import refuse_irregular
from sheetnet.layers import Array
from sheetnet.network import Network
from sheetnet.tables import from_json
from sheetnet.target import replacing

KEY, CARD = "sheetnet", "card"
MAX_FILE = 128 << 20  # bytes; ten times the weights that a workbook takes
MAX_HEADER = 16 << 20  # bytes
MAX_TENSORS = 25_000  # five of each layer of the deepest network that is read
MAX_NUMBERS = 1 << 25  # of all tensors together: each becomes a float64
_MOST_AXES = 32  # NumPy's own limit is 64
_KINDS = ("F64", "F32", "F16", "I64", "I32", "I16", "I8", "U8")


def load(path: Path) -> tuple[Network | None, dict[str, Array]]:
    """Read the network (None where the file names none) and the parameters, as float64.

    ModelFileError says why the file cannot be read.
    """
    spec, tensors = _read(path)
    return (None if spec is None else _network(spec, path)), tensors


def card(path: Path) -> dict[str, Any]:
    """What the file says about how it was trained; empty where it says nothing."""
    spec, _ = _read(path, weights=False)
    try:
        found = {} if spec is None else from_json(spec).get(CARD, {})
    except (ValueError, RecursionError, AttributeError):
        found = {}
    return found if isinstance(found, dict) else {}


def _read(path: Path, *, weights: bool = True) -> tuple[str | None, dict[str, Array]]:
    """The text of the spec, and the tensors; none of these where no ``weights`` are wanted."""
    from safetensors import SafetensorError, safe_open

    refuse_irregular(path, MAX_FILE, ModelFileError, "give a .safetensors file with the weights of a small network")
    try:
        _check_header(path)
        with safe_open(path, framework="numpy") as file:
            spec = (file.metadata() or {}).get(KEY)
            names = list(file.keys()) if weights else []
            for name in names:
                if (kind := file.get_slice(name).get_dtype()) not in _KINDS:
                    raise ModelFileError(f"{path}: {name} holds {kind} numbers; save the weights as float32")
            tensors = {name: np.asarray(file.get_tensor(name), dtype=np.float64) for name in names}
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: not a readable .safetensors file ({_one_line(error)})") from error
    return spec, tensors


def _check_header(path: Path) -> None:
    """Raise ValueError where the header is too long, has two meanings, or tells of more numbers than are read.

    What else may be wrong with it is found by the package safetensors.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > MAX_HEADER:
            raise ValueError(f"its header has {length:,} bytes; at most {MAX_HEADER:,} are read")
        header = from_json(file.read(length).decode())
    entries = header.values() if isinstance(header, dict) else ()
    if len(entries) > MAX_TENSORS:
        raise ValueError(f"it tells of {len(entries):,} tensors; at most {MAX_TENSORS:,} are read")
    shapes = [entry["shape"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("shape"), list)]
    count = sum(prod(shape) for shape in shapes if all(type(n) is int for n in shape) and len(shape) <= _MOST_AXES)
    if count > MAX_NUMBERS:
        raise ValueError(f"it tells of {count:,} numbers; at most {MAX_NUMBERS:,} are read")


def to_bytes(
    network: Network, parameters: Mapping[str, Array], card: Mapping[str, Any] | None = None, *, short: bool = False
) -> bytes:
    """Network, parameters and perhaps a model card as a file; the same inputs give the same bytes.

    ``short``: parameters that float32 holds exactly are written so, in half the room.
    """
    from safetensors.numpy import save as written

    about = {} if card is None else {CARD: dict(card)}
    spec = json.dumps(network.to_spec() | about, ensure_ascii=False, sort_keys=True)
    tensors: dict[str, Any] = {name: np.array(value, order="C") for name, value in parameters.items()}
    if short:
        for name, value in tensors.items():
            with np.errstate(over="ignore"):  # a number too large for float32 comes back unequal, and stays
                single = value.astype(np.float32)
            tensors[name] = single if np.array_equal(single, value) else value
    return bytes(written(tensors, metadata={KEY: spec}))


def save(
    path: Path, network: Network, parameters: Mapping[str, Array], card: Mapping[str, Any] | None = None
) -> None:
    """Write network, parameters and perhaps a model card over what is there; the same inputs give the same bytes."""
    data = to_bytes(network, parameters, card)
    with replacing(path, force=True, suffix=".safetensors") as out:
        out.write(data)


def _network(spec: str, path: Path) -> Network:
    try:
        table: Any = from_json(spec)
        if isinstance(table, dict):
            table.pop(CARD, None)
        return Network.from_spec(table)
    except (ValueError, RecursionError, NetworkError) as error:
        raise ModelFileError(f"{path}: its network spec is wrong: {_one_line(error)}") from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]

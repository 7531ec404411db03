"""How the file of a general kind is written: its cases, what PyTorch tells of them, and the gradients."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

HERE = Path(__file__).parent
Tensors = dict[str, torch.Tensor]
Arrays = dict[str, np.ndarray]
# options, inputs, parameters -> every tensor that the layer shows
Told = Callable[[dict[str, Any], Tensors, Tensors], Tensors]
Made = tuple[dict[str, Any], Arrays, Arrays]


def quarters(rng: np.random.RandomState, *shape: int) -> np.ndarray:
    """Random numbers that are short in binary: what is added and multiplied stays exact, and the files small."""
    return np.asarray(np.round(rng.standard_normal(shape) * 8) / 8)


def write(kind: str, told: Told, cases: list[Made], fixed: tuple[str, ...] = ()) -> None:
    """One file; ``fixed``: inputs that have no gradient."""
    arrays: dict[str, Any] = {}
    rng = np.random.RandomState(98)
    for number, (options, given, param) in enumerate(cases):
        known = {name: torch.from_numpy(np.asarray(v, dtype=np.float64)) for name, v in (given | param).items()}
        for name, value in known.items():
            value.requires_grad_(name not in fixed)
        own = told(options, {n: known[n] for n in given}, {n: known[n] for n in param})
        back = quarters(rng, *own["out"].shape)
        wanted = [name for name in known if name not in fixed]
        goal = (own["out"] * torch.from_numpy(np.asarray(back))).sum()
        gradients = torch.autograd.grad(goal, [known[name] for name in wanted])
        arrays[f"{number}.spec"] = np.array(json.dumps({"kind": kind, "options": options}))
        arrays |= {f"{number}.in.{name}": value for name, value in given.items()}
        arrays |= {f"{number}.param.{name}": value for name, value in param.items()}
        arrays |= {f"{number}.tensor.{name}": value.detach().numpy() for name, value in own.items()}
        arrays |= {f"{number}.back.out": back}
        arrays |= {f"{number}.grad.{name}": g.numpy() for name, g in zip(wanted, gradients, strict=True)}
    path = HERE / f"{kind}.npz"
    # One array for all numbers: an array of its own for each would take more room than they do.
    index = {key: str(value) if value.dtype.kind == "U" else value.shape for key, value in arrays.items()}
    numbers = np.concatenate([np.ravel(value) for key, value in arrays.items() if index[key] == value.shape])
    np.savez_compressed(path, allow_pickle=False, index=np.array(json.dumps(index)), numbers=numbers)
    print(f"{path.name}: {path.stat().st_size:,} bytes")

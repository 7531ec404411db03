"""Specs from strangers: any damage gives a network or one line."""

from __future__ import annotations

import copy
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from specs import layer, one_line, spec_of

from sheetnet.errors import NetworkError
from sheetnet.network import Network, given_parameters

NUMBERS = (0, 1, -1, 2, 3, 5, 10**6, 10**30, -(10**30), 2**64, 10**400, 0.0, 0.5, -2.5, 1e308)
LISTS = ([], [1], [0, 0], [1, 2], [3, 3, 3], [1, 0, 2, 1], [[1]], [None], [math.nan, 1, 1], [10**25, 1, 1])
NAMES = ("photo", "truth", "relu", "conv", "conv2d", "crossentropy", "softmax", "same", "valid", "rows")
STRANGE: list[Any] = [
    *(None, True, False, math.inf, -math.inf, math.nan),
    *NUMBERS,
    *("", "two\nlines", "{name!r}", "%s", "\x00", "\ud800", "x" * 3000),
    *NAMES,
    *LISTS,
    *(["photo"], ["softmax", "truth"], ["softmax", "loss"]),
    *({}, {"shape": [1, 2, 3]}, {"bias": [1, 2]}, {"weight": "x"}),
    {"name": "x", "kind": "relu"},
    {"name": "flat2", "kind": "flatten"},
    {"name": "loss2", "kind": "crossentropy", "inputs": ["softmax", "loss"]},
]
KEYS = ["name", "kind", "inputs", "params", "size", "stride", "padding", "filters", "units", "mean", "std", "divisor"]
KEYS += ["classes", "input", "shape", "layers", "layout", "trained", "", "self", "x", "\n"]


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything inside a spec."""
    found = [before] if before else []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        found += places(one, (*before, key))
    return found


def mutate(spec: Any, rng: random.Random) -> Any:
    """A copy with one to three blows."""
    spec = copy.deepcopy(spec)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        ways = places(spec)
        if not ways:
            return spec
        *way, last = rng.choice(ways)
        at = spec
        for step in way:
            at = at[step]
        value = copy.deepcopy(rng.choice(STRANGE))
        blow = rng.randrange(5)
        if blow == 0:
            del at[last]
        elif blow == 1 and isinstance(at, dict):
            at[rng.choice(KEYS)] = value
        elif blow == 2 and isinstance(at, list):
            at.insert(rng.randrange(len(at) + 1), value)
        elif blow == 3 and isinstance(at, list):
            at.insert(rng.randrange(len(at) + 1), copy.deepcopy(rng.choice(at)))
        else:
            at[last] = value
    return spec


def attempt(spec: Any) -> str:
    """Make a network of a spec; what came of it: "network", or the message."""
    try:
        network = Network.from_spec(spec)
        again = json.loads(json.dumps(network.to_spec()))
        assert Network.from_spec(again) == network
        if sum(math.prod(shape) for shape in network.parameters.values()) < 10**5:
            network.fill(given_parameters(spec), 0)
    except NetworkError as error:
        return one_line(error)
    return "network"


def fuzz(seeds: list[dict[str, Any]], count: int, seed: int) -> tuple[set[str], dict[str, str]]:
    """Outcomes of ``count`` broken specs, and the defects: error -> a spec that shows it."""
    rng = random.Random(seed)
    outcomes: set[str] = set()
    defects: dict[str, str] = {}
    for _ in range(count):
        spec = mutate(rng.choice(seeds), rng)
        try:
            outcomes.add(attempt(spec))
        except Exception as error:
            trace = error.__traceback__
            while trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
            defects.setdefault(f"{type(error).__name__} at {where}", f"{str(error)[:200]} for {str(spec)[:900]}")
    return outcomes, defects


TANGLED = spec_of(
    layer("relu", "relu"),
    layer("flat", "flatten", inputs=["photo"]),
    layer("jury", "dense", units=3, params={"bias": [1, 2, 3]}, inputs=["flat"]),
    layer("softmax", "softmax", inputs=["jury"]),
    layer("loss", "crossentropy", inputs=["softmax", "truth"]),
    layer("conv", "conv2d", filters=1, size=2, padding=[1, 0, 0, 1], inputs=["relu"], params={"bias": [0.5]}),
    input={"shape": [1, 2, 2]},
    layout="planes",
    trained=False,
)


@pytest.mark.parametrize("seed", range(4))
def test_a_spec_from_a_stranger_becomes_a_network_or_one_line(seed):
    seeds = [spec_of(), TANGLED, Network.from_spec(spec_of()).to_spec()]
    outcomes, defects = fuzz(seeds, 1500, seed)
    assert not defects, "\n".join(f"{error}: {example}" for error, example in defects.items())
    assert "network" in outcomes
    assert len(outcomes) > 100  # the blows went to many places


def test_a_spec_of_many_layers_is_read_in_bearable_time():
    names = [f"relu{i}" for i in range(2000)]
    network = Network.from_spec(spec_of(*(layer(name, "relu") for name in names)))
    assert len(network.shapes) == 2001

"""Many small networks in one workbook, so that an office, which takes its time for each file, sees few of them.

    book = United([found, ...])         networks without a photo, with all their numbers, as the ONNX importer gives
    book.write(path)                    one workbook of them all
    book.proven(path, engine)           of each network, every tensor by its own name, as the workbook shows it

What two networks have in common is there once: the same numbers, and the same layer on the same inputs.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from sheetnet.case.prepare import Case
from sheetnet.engine import forward
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.lesson.build import write
from sheetnet.network import Network, Node
from sheetnet.proof.formulas import differing
from sheetnet.proof.found import Findings, as_numbers


class Part(Protocol):
    @property
    def network(self) -> Network: ...
    @property
    def parameters(self) -> Mapping[str, Array]: ...


class United:
    """``network``: the one that holds them all; ``names``: of each part, its own names -> those in the workbook."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.names: list[dict[str, str]] = []
        self._nodes: list[Node] = []
        self._extra: list[tuple[str, Shape]] = []
        self._parameters: dict[str, Array] = {}
        self._there: dict[Hashable, str] = {}
        for part in parts:
            self._add(part.network, part.parameters)
        self.network = Network("united", (), (), tuple(self._nodes), extra=tuple(self._extra))

    def _add(self, network: Network, parameters: Mapping[str, Array]) -> None:
        assert not network.shape
        assert not network.has_truth
        names: dict[str, str] = {}
        for name, shape in network.extra:
            value = parameters[f"{name}.out"]
            names[name], new = self._give("extra", shape, value.tobytes())
            if new:
                self._extra.append((names[name], shape))
                self._parameters[f"{names[name]}.out"] = value
        for node in network.nodes:
            inputs = tuple(names[name] for name in node.inputs)
            own = [name for name in network.parameters if name.partition(".")[0] == node.name]
            numbers = tuple(parameters[name].tobytes() for name in own)
            names[node.name], new = self._give(repr(node.layer), inputs, numbers)
            if new:
                self._nodes.append(replace(node, name=names[node.name], inputs=inputs))
                for name in own:
                    self._parameters[f"{names[node.name]}.{name.partition('.')[2]}"] = parameters[name]
        self.names.append(names)

    def _give(self, *what: Hashable) -> tuple[str, bool]:
        """Its name, and whether it is new here."""
        count = len(self._there)
        name = self._there.setdefault(what, f"n{count}")
        return name, len(self._there) > count

    def write(self, path: Path) -> None:
        """Only the networks: no close-ups, charts and checks."""
        prose = {"title": path.stem, "lead": "", "summary": ""}
        write(Case(self.network, self.network.fill(self._parameters, 0), None, None, prose, plain=True), path)

    def proven(self, path: Path, engine: str) -> list[dict[str, Array]]:
        """As ``read_back``; AssertionError where a cell does not hold its layer's formula."""
        findings = Findings(path, time.monotonic() + 120)
        for step in findings.plan.steps():
            assert not differing(step, findings), f"{path}: {step.names}"  # another formula, or none
        return self._shown(findings, path, engine)

    def read_back(self, path: Path, engine: str) -> list[dict[str, Array]]:
        """Of each part, every tensor as a workbook shows it, by an engine or as it is stored.

        AssertionError where a cell does not show what NumPy says.
        """
        return self._shown(Findings(path, time.monotonic() + 120), path, engine)

    def _shown(self, findings: Findings, path: Path, engine: str) -> list[dict[str, Array]]:
        findings.calculate(engine, [])
        told = forward(self.network, {}, self._parameters)
        values: dict[str, dict[str, Array]] = {}
        for full in self.network.shapes:
            shown = as_numbers(findings.values(findings.plan.blocks[full]))
            np.testing.assert_allclose(shown, told[full], rtol=1e-9, atol=1e-9, err_msg=f"{path}: {full}")
            node, _, own = full.partition(".")
            values.setdefault(node, {})[own] = shown
        return [
            {f"{name}.{own}": value for name, there in names.items() for own, value in values[there].items()}
            for names in self.names
        ]

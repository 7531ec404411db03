"""A plan while it is made: what has been placed so far, and the methods that place more.

First the network is placed, then the sheets of a lesson add what they show of it. Once the plan is finished nothing
can be added, and ``lesson`` writes every number and formula into its cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sheetnet.grid import Block
from sheetnet.layers.window import Pads
from sheetnet.layout.plan import Plan
from sheetnet.lenses import Look, Source
from sheetnet.network import Network
from sheetnet.operation import Operation


class Planner:
    """Places a network and the looks at it. ``plan``: all that has been placed so far."""

    def __init__(self, network: Network, sheets: Mapping[str, str], channels: tuple[str, ...]) -> None:
        """``sheets``, ``channels``: see ``Plan``. Nothing is placed yet."""
        self._blocks: dict[str, Block] = {}
        self._looks: dict[str, Look] = {}
        self._inputs: dict[str, str] = {}
        self._margins: dict[str, Pads] = {}
        self._tops: dict[str, int] = {}
        self._viewed: dict[str, list[str]] = {}
        self._finished = False
        self.plan = Plan(
            network,
            sheets,
            channels,
            MappingProxyType(self._blocks),
            MappingProxyType(self._looks),
            MappingProxyType(self._inputs),
            MappingProxyType(self._margins),
            MappingProxyType(self._tops),
            MappingProxyType(self._viewed),
        )

    def place(self, full: str, block: Block) -> None:
        """Give cells to a full name, that of a tensor, of a parameter, or of constants that looks read."""
        if self._finished:
            raise ValueError(f"{full}: the plan is finished, so nothing can be placed any more")
        self._blocks[full] = block

    def look(self, name: str, lens: Operation, reads: Mapping[str, Source], **blocks: Block) -> Look:
        """Add a look: ``blocks`` are the cells of its tensors, by own name. ValueError where the name is taken."""
        if name in self._looks:
            raise ValueError(f"there are two looks called {name}")
        for own, block in blocks.items():
            self.place(f"{name}.{own}", block)
        self._looks[name] = made = Look(name, lens, dict(reads))
        if name.startswith("view."):
            self._viewed.setdefault(name.split(".")[1], []).append(name)
        return made

    def hide(self, name: str) -> None:
        """Let the cells of a look show their colours only, see ``Look``."""
        self._looks[name] = replace(self._looks[name], hidden=True)

    def input(self, name: str, kind: str, block: Block) -> None:
        """Add cells that the reader fills. ``kind``: what may stand there, such as ``NUMBER``."""
        self.place(name, block)
        self._inputs[name] = kind

    def margin(self, full: str, margin: Pads) -> None:
        """Keep cells around a tensor blank: top, left, bottom, right."""
        self._margins[full] = margin

    def top(self, name: str, row: int) -> None:
        """Set the first row below the head of a layer."""
        self._tops[name] = row

    def finish(self) -> Plan:
        """Close the plan, and return it."""
        self._finished = True
        return self.plan

"""Which steps can still be judged: those whose cells, and the cells that they read, can all be found.

A reader may delete a sheet that nothing reads. A defined name that is missing while its cells are there is wrong, and
so is a step that reads a deleted sheet.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.layout.recall import DELETED
from sheetnet.lenses import Look
from sheetnet.network import Node
from sheetnet.proof.found import Findings, address, described
from sheetnet.proof.report import Wrong
from sheetnet.steps import Step


def standing(findings: Findings) -> tuple[list[Step], list[Wrong], list[str]]:
    """The steps that can be judged, what is wrong with others, and what was deleted with its sheet."""
    plan, gone = findings.plan, findings.gone
    wrong = [
        Wrong("workbook", "", f"the cells of {full}", "nothing", why) for full, why in gone.items() if why != DELETED
    ]
    if not gone:
        with described(findings.where, "its steps"):
            return list(plan.steps()), wrong, []
    steps = []
    by_owner: dict[str, list[str]] = {}
    for full in [*plan.blocks, *gone]:
        by_owner.setdefault(full.rpartition(".")[0], []).append(full)
    for one in plan.order():
        findings.check_time()
        if _stands(findings, one.name, *_cells_of(findings, one, by_owner), wrong):
            with described(findings.where, one.name):
                steps.append(plan.step(one))
    return steps, wrong, sorted(full for full, why in gone.items() if why == DELETED)


def _cells_of(findings: Findings, one: Look | Node, by_owner: Mapping[str, list[str]]) -> tuple[list[str], list[str]]:
    """The full names of what a look or a layer writes, and of what it reads."""
    network = findings.plan.network
    if isinstance(one, Look):
        return by_owner.get(one.name, []), [
            source if isinstance(source, str) else source.of for source in one.sources()
        ]
    names = network.names(one).values()
    mine = [full for full in names if full.rpartition(".")[0] == one.name and full in network.shapes]
    return mine, [full for full in names if full not in mine]


def _stands(findings: Findings, name: str, mine: list[str], reads: list[str], wrong: list[Wrong]) -> bool:
    """Whether a step can be judged. A step that has its own cells, but not what it reads, is added to ``wrong``."""
    there = [full for full in mine if full in findings.plan.blocks]
    lost = [full for full in reads if full in findings.gone]
    if len(there) < len(mine):
        return False
    if there and lost:
        at = findings.plan.blocks[there[0]].anchors[0]
        wrong.append(Wrong(at.sheet, address(at), f"the cells of {lost[0]}", "nothing", f"{name} reads what is gone"))
        return False
    return bool(there)

"""Which steps still stand: those whose cells, and the cells that they read, can all be found.

A sheet that nothing reads may be deleted. A step whose name alone is missing is wrong, and so is one that reads a
sheet that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheetnet.proof.found import Findings, address, described
from sheetnet.proof.report import Wrong
from sheetnet.steps import Step, of_look, of_node

DELETED = "deleted"


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
    inputs = {full.rpartition(".")[0] for full in plan.network.inputs}
    first = [name for name in plan.looks if name in inputs]
    for name in first + [name for name in plan.looks if name not in inputs]:
        look = plan.looks[name]
        mine = [full for full in [*plan.blocks, *gone] if full.rpartition(".")[0] == name]
        reads = [source if isinstance(source, str) else source.of for source in look.sources()]
        if _stands(findings, name, mine, reads, wrong):
            with described(findings.where, name):
                steps.append(of_look(look, plan.find))
    layers = []
    for node in plan.network.nodes:
        names = plan.network.names(node)
        mine = [
            full for full in names.values() if full.rpartition(".")[0] == node.name and full in plan.network.shapes
        ]
        if _stands(findings, node.name, mine, [full for full in names.values() if full not in mine], wrong):
            layers.append(of_node(plan.network, node, plan.seen(node)))
    return (
        steps[: len(first)] + layers + steps[len(first) :],
        wrong,
        sorted(f for f, why in gone.items() if why == DELETED),
    )


def _stands(findings: Findings, name: str, mine: Iterable[str], reads: Iterable[str], wrong: list[Wrong]) -> bool:
    """Whether a step can be judged. Where only what it reads is gone, it is wrong."""
    there = [full for full in mine if full in findings.plan.blocks]
    lost = [full for full in reads if full in findings.gone]
    if len(there) < len(list(mine)):
        return False
    if there and lost:
        at = findings.plan.blocks[there[0]].anchors[0]
        wrong.append(Wrong(at.sheet, address(at), f"the cells of {lost[0]}", "nothing", f"{name} reads what is gone"))
        return False
    return bool(there)

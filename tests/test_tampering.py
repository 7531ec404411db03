"""The proof fails where it must: whatever is done to a computed cell of any step is found and named."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import surgery
from conftest import TEMPLATES
from thorough import later

from sheetnet.grid import a1
from sheetnet.proof.found import Findings
from sheetnet.proof.prove import prove

EVERY = [
    *TEMPLATES,
    "shortcuts, in rows",
    "drawn in colours",
    "ten channels, so rows by itself",
    "branches",
    "more maps than fit on one screen",
]
DAMAGES = ("formula", "constant", "deleted")


def targets(path: Path, seed: int = 7) -> Iterator[tuple[str, str, str]]:
    """Every computed tensor of a workbook, of its looks as well: name, sheet, one address of it by chance."""
    rng = random.Random(seed)
    for step in Findings(path, time.monotonic() + 60).plan.steps():
        for own, block in step.writes.items():
            at = block.cell(*rng.choice(list(np.ndindex(*block.shape))))
            yield step.names[own], at.sheet, a1(at.row, at.column)


@pytest.mark.parametrize("turn", range(len(DAMAGES)))
@pytest.mark.parametrize("name", EVERY)
def test_a_damage_in_every_step_is_named_and_nothing_else_is(
    made: dict[str, Path], tmp_path: Path, name: str, turn: int
) -> None:
    """All steps are damaged at once: each is judged on what it reads, so nobody is blamed for what came before."""
    content = surgery.parts(made[name])
    done = set()
    for number, (_, sheet, address) in enumerate(targets(made[name], seed=turn)):
        surgery.damaged(content, sheet, address, DAMAGES[(number + turn) % len(DAMAGES)])
        done.add((sheet, address))
    report = prove(surgery.save(tmp_path / "broken.xlsx", content))
    named = {(w.sheet, w.address) for w in report.wrong}
    assert named == done, (
        f"not named: {done - named}; blamed: {[str(w) for w in report.wrong if (w.sheet, w.address) not in done][:5]}"
    )
    assert report.status == 1


@pytest.mark.parametrize("name", EVERY)
def test_a_stored_value_of_every_step_that_is_not_what_the_formulas_give_is_found(
    made: dict[str, Path], tmp_path: Path, name: str
) -> None:
    content = surgery.parts(made[name])
    done = [(sheet, address) for _, sheet, address in targets(made[name], seed=11)]
    for sheet, address in done:
        surgery.damaged(content, sheet, address, "stored")
    path = surgery.save(tmp_path / "old.xlsx", content)
    report = prove(path)
    assert report.proven
    assert report.stale == len(done)
    assert report.status == 1
    assert report.last_line().startswith("STALE: ")
    assert any(f"{len(done)} stored values are not what the formulas give" in line for line in report.lines())
    taken = prove(path, engine_name="stored")
    assert {(w.sheet, w.address) for w in taken.wrong} >= set(done[:1])


@pytest.mark.parametrize("most", [2, *later(sys.maxsize)], ids=["few", "all"])
@pytest.mark.parametrize("how", surgery.MUTATIONS)
@pytest.mark.parametrize("name", ["by-hand", "branches"])
def test_one_wrong_cell_in_any_tensor_is_found_and_named_alone(
    made: dict[str, Path], tmp_path: Path, name: str, how: str, most: int
) -> None:
    content = surgery.parts(made[name])
    turn = list(surgery.MUTATIONS).index(how)  # a tensor gets one of the damages, its neighbours the others
    for tensor, sheet, address in list(targets(made[name]))[turn :: 2 * len(surgery.MUTATIONS)][:most]:
        attributes, formula, value = surgery.cell_of(content, sheet, address)
        changed = surgery.MUTATIONS[how](address, formula, surgery.escape(value))
        if 't="str"' in attributes and " t=" not in changed.partition(">")[0]:
            changed = changed.replace(f'<c r="{address}"', f'<c r="{address}" t="str"')
        if surgery.escape(formula, quote=False) in changed and how == "looks at the neighbour":
            continue  # a formula without references has no neighbour to look at
        if how == "is a formula of its value" and 't="str"' in attributes:
            changed = surgery.cell_xml(address, f'"{value}"', surgery.escape(value), ' t="str"')
        broken = dict(content)
        surgery.replace_cell(broken, sheet, address, changed)
        report = prove(surgery.save(tmp_path / "broken.xlsx", broken))
        named = [(w.sheet, w.address) for w in report.wrong]
        assert named == [(sheet, address)], f"{tensor}: {[str(w) for w in report.wrong]}"


def test_a_formula_that_is_right_by_luck_is_found(made: dict[str, Path], tmp_path: Path) -> None:
    """Behind a ReLU that is shut, 0 is the right number whatever the formula says."""
    content = surgery.parts(made["by-hand"])
    formula, value = surgery.find_cell(content, "ReLU", "C11")
    assert (formula, value) == ("MAX(Conv!R11,0)", "0")
    surgery.replace_cell(content, "ReLU", "C11", surgery.cell_xml("C11", "MIN(Conv!R11,0)*0", "0"))
    report = prove(surgery.save(tmp_path / "luck.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("ReLU", "C11")]
    assert "not the step's formula" in report.wrong[0].why


@pytest.mark.parametrize("row", [0, 1, 2])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_maximum_that_misses_one_cell_is_found_wherever_it_is(
    made: dict[str, Path], tmp_path: Path, row: int, column: int
) -> None:
    """Eight times in nine the missing cell is not the largest, and the number is right by luck."""
    content = surgery.parts(made["overlapping pooling with padding on negative numbers"])
    formula, value = surgery.find_cell(content, "Pool1", "E12")
    assert formula == "MAX(Rescale!L13:N15)"
    cells = [f"Rescale!{a1(13 + r, 12 + c)}" for r in range(3) for c in range(3) if (r, c) != (row, column)]
    surgery.replace_cell(content, "Pool1", "E12", surgery.cell_xml("E12", f"MAX({','.join(cells)})", value))
    report = prove(surgery.save(tmp_path / "window.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("Pool1", "E12")]


@pytest.mark.parametrize("formula", ["IF(Conv!R11>0,Conv!R11,0)", "MAX(Conv!R11,0,-1000)", "MAX(Conv!R11:R9,0)*1"])
def test_a_formula_in_other_words_is_named_even_where_it_means_the_same(
    made: dict[str, Path], tmp_path: Path, formula: str
) -> None:
    content = surgery.parts(made["by-hand"])
    surgery.replace_cell(content, "ReLU", "C11", surgery.cell_xml("C11", formula, "0"))
    report = prove(surgery.save(tmp_path / "words.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("ReLU", "C11")]


def test_words_in_a_formula_are_compared_letter_by_letter(made: dict[str, Path], tmp_path: Path) -> None:
    """Case and blanks mean nothing between the texts of a formula, and much inside of them."""
    content = surgery.parts(made["by-hand"])
    [(sheet, address)] = [(s, a) for name, s, a in targets(made["by-hand"]) if name == "loss.right.out"]
    _, formula, value = surgery.cell_of(content, sheet, address)
    for changed, right in ((formula.replace("right", "Right"), False), (formula.replace("IF(", " if( "), True)):
        broken = dict(content)
        kind = ' t="str"'
        surgery.replace_cell(broken, sheet, address, surgery.cell_xml(address, changed, surgery.escape(value), kind))
        report = prove(surgery.save(tmp_path / "words.xlsx", broken))
        assert report.proven is right, changed

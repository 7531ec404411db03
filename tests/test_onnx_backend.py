"""ONNX's own cases, all the way, at ONNX's own tolerance; and the table that tells of them.

case -> import -> workbook -> an engine calculates it anew -> the numbers in its cells = what the case expects

A dozen cases share a workbook, and LibreOffice works on those while the embedded engine does.

python tests/test_onnx_backend.py       writes the table anew
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnx_backend as backend
import pytest
from each import each
from onnx_mutations import outcomes
from united import United

from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.layout import formula_count
from sheetnet.recalc import STORED
from sheetnet.recalc.office import find, recalculate

TABLE = Path(__file__).parent / "onnx_cases" / "operators.md"


@pytest.mark.parametrize("operator", backend.OPERATORS)
def test_every_case_of_an_operator_gives_the_expected_numbers_or_is_refused_with_a_reason(operator: str) -> None:
    def check(case: backend.Case) -> None:
        if case.name in backend.REFUSED:
            with pytest.raises(ModelFileError, match=backend.REFUSED[case.name]):
                backend.imported(case)
            return
        found = backend.imported(case)
        backend.compare(case, backend.outputs(found, backend.computed(found)))

    each(backend.by_operator(operator), check)


TOGETHER = 14  # cases in a workbook
Shown = Mapping[str, Mapping[str, Array]]  # name of a case -> every tensor of its network, out of cells


def passing() -> list[backend.Case]:
    """The cases that are not refused."""
    return [case for case in backend.cases() if case.name not in backend.REFUSED]


class Books:
    """The workbooks of all cases, the largest first, and what engines make of them."""

    def __init__(self, folder: Path, office: Callable[[list[bytes]], Future[list[bytes]]]) -> None:
        self.found = {case.name: backend.imported(case) for case in passing()}
        names = sorted(self.found, key=lambda name: formula_count(self.found[name].network), reverse=True)
        self.groups = [names[first : first + TOGETHER] for first in range(0, len(names), TOGETHER)]
        self.books: list[United] = []
        self.paths = [folder / f"{number}.xlsx" for number in range(len(self.groups))]
        self._runs: list[Future[list[bytes]]] = []
        for number, (group, path) in enumerate(zip(self.groups, self.paths, strict=True)):
            self.books.append(United([self.found[name] for name in group]))
            self.books[-1].write(path)
            if number == 0:  # nearly all cells: LibreOffice can begin
                self._runs.append(office([path.read_bytes()]))
        self._runs.append(office([path.read_bytes() for path in self.paths[1:]]))
        self.shown = cache(self._shown)

    def _shown(self, engine: str) -> Shown:
        """What the cells show; fails where that is not what NumPy says, or where no formula of the layer stands."""
        everything: dict[str, Mapping[str, Array]] = {}
        if engine == "libreoffice":
            for path, data in zip(self.paths, [data for run in self._runs for data in run.result()], strict=True):
                path.write_bytes(data)
        for book, path, group in zip(self.books, self.paths, self.groups, strict=True):
            shown = book.read_back(path, STORED) if engine == "libreoffice" else book.proven(path, engine)
            everything |= dict(zip(group, shown, strict=True))
        return everything


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Built once; LibreOffice starts at once, in a thread that only waits for it."""

    def calculated(workbooks: list[bytes]) -> list[bytes]:
        return recalculate("libreoffice", workbooks, time.monotonic() + 240) if find("libreoffice") else []

    with ThreadPoolExecutor(1) as pool:
        yield Books(tmp_path_factory.mktemp("cases"), lambda workbooks: pool.submit(calculated, workbooks))


@pytest.mark.thorough
@pytest.mark.parametrize("engine", ["formualizer", "libreoffice"])  # in this order: one works, the other one waits
def test_every_case_of_onnx_gives_the_expected_numbers_in_the_cells_of_a_workbook(
    engine: str, books: Books, needs: Callable[[str], None]
) -> None:
    if engine == "libreoffice":
        needs(engine)
    shown = books.shown(engine)

    def check(case: backend.Case) -> None:
        backend.compare(case, backend.outputs(books.found[case.name], shown[case.name]))

    each(((case.name, case) for case in passing()), check)


def test_a_wrong_number_is_no_expected_one() -> None:
    case = next(case for case in passing() if case.name == "test_relu")
    right = backend.outputs(found := backend.imported(case), backend.computed(found))
    for wrong in (0.001, np.nan):
        with pytest.raises(AssertionError, match="test_relu"):
            backend.compare(case, {name: value + wrong for name, value in right.items()})


def test_a_case_with_something_wrong_in_it_is_imported_or_refused_in_one_line() -> None:
    found = outcomes([case.model for case in backend.cases()], np.random.RandomState(5))
    assert set(found) == {"imported", "refused"}, found


def test_at_least_98_of_100_cases_pass() -> None:
    names = [case.name for case in backend.cases()]
    assert len(names) > 550
    assert len([name for name in names if name in backend.REFUSED]) <= 0.02 * len(names)


def table() -> str:
    """The table as text."""
    scope = Counter(case.operator for case in backend.cases())
    refused: dict[str, list[str]] = {}
    for case in backend.cases():
        if case.name in backend.REFUSED:
            refused.setdefault(case.operator, []).append(backend.REFUSED[case.name])
    lines = [
        "# ONNX's own cases",
        "",
        "Floating point and finite, made of the operators below (with Shape and Where beside them), under",
        "200,000 products and cells each. Passed: the cells of a workbook show the expected numbers, within ONNX's",
        "own tolerance, when the embedded engine has calculated it anew, and when LibreOffice has. Made by",
        "`python tests/test_onnx_backend.py`; tests keep it true.",
        "",
        f"onnx {onnx.__version__}: {sum(scope.values())} cases in scope, {sum(map(len, refused.values()))} refused.",
        "",
        "| operator | in scope | passed | refused | why |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for name in backend.OPERATORS:
        count, reasons = scope[name], refused.get(name, [])
        lines.append(
            f"| {name} | {count} | {count - len(reasons)} | {len(reasons)} | {', '.join(sorted(set(reasons)))} |"
        )
    return "\n".join(lines) + "\n"


def test_the_table_of_operators_is_true() -> None:
    text = TABLE.read_text(encoding="utf-8")
    if f"onnx {onnx.__version__}:" in text:
        assert text == table()
    else:  # another version brings other cases: those above are run all the same
        assert all(f"| {name} |" in text for name in backend.OPERATORS)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")

"""ONNX's own cases, import -> engine -> expected output, at ONNX's own tolerance; and the table that tells of them.

python tests/test_onnx_backend.py       writes the table anew
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx
import onnx_backend as backend
import pytest

from sheetnet.errors import ModelFileError

TABLE = Path(__file__).parent / "onnx_cases" / "operators.md"
REFUSED = {
    "test_batchnorm_epsilon_training_mode": "training mode",
    "test_batchnorm_example_training_mode": "training mode",
    "test_training_dropout": "training mode",
    "test_training_dropout_default": "training mode",
    "test_training_dropout_default_mask": "training mode",
    "test_training_dropout_mask": "training mode",
    "test_maxpool_with_argmax_2d_precomputed_strides": "down the columns",
    "test_reshape_allowzero_reordered": "without elements",
}


@pytest.mark.parametrize("case", backend.cases(), ids=lambda case: case.name)
def test_a_case_of_onnx_gives_the_expected_numbers_or_is_refused_with_a_reason(case: backend.Case) -> None:
    if case.name in REFUSED:
        with pytest.raises(ModelFileError, match=REFUSED[case.name]):
            backend.imported(case)
        return
    found = backend.imported(case)
    backend.compare(case, backend.outputs(found, backend.computed(found)))


def test_at_least_97_of_100_cases_pass() -> None:
    names = [case.name for case in backend.cases()]
    assert len(names) > 300
    assert len([name for name in names if name in REFUSED]) <= 0.03 * len(names)


def table() -> str:
    """The table as text."""
    scope = Counter(case.operator for case in backend.cases())
    refused: dict[str, list[str]] = {}
    for case in backend.cases():
        if case.name in REFUSED:
            refused.setdefault(case.operator, []).append(REFUSED[case.name])
    lines = [
        "# ONNX's own cases",
        "",
        "Floating point, operators that can be imported, under 200,000 products and cells each. Made by",
        "`python tests/test_onnx_backend.py`; a test keeps it true.",
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

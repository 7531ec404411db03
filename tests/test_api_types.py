"""What is of a wrong type in Python is said in one line, wherever it is given, and before any work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from each import each

import sheetnet
from sheetnet.api.given import TYPES, usable
from sheetnet.errors import LimitError, SheetnetError, WorkbookError

ODD: list[Any] = [b"x", [], {}, object(), np.zeros(3), ("a", 1), "x" * 5000]
NUMBERS: list[Any] = [*ODD, "28", True, 10**400, 10**5000]
OFTEN: dict[str, list[Any]] = {"engine": ODD, "timeout": [*NUMBERS, None], "memory": NUMBERS, "progress": [*ODD, 3]}
USES: dict[str, tuple[Callable[..., Any], dict[str, list[Any]]]] = {
    "verify": (lambda **odd: sheetnet.verify("none.xlsx", **odd), OFTEN),
    "compare": (lambda **odd: sheetnet.compare("none.xlsx", "none.xlsx", **odd), OFTEN),
    "export": (
        lambda **odd: sheetnet.export("none.xlsx", "none.pdf", **odd),
        {"timeout": NUMBERS, "memory": NUMBERS, "sheets": [3, [3], b"x"], "everything": [1, "x"], "force": [1, None]},
    ),
    "convert": (
        lambda **odd: sheetnet.convert("none.onnx", "none.safetensors", **odd),
        {"reading": ODD, "fold": [1, None], "force": [1, None]},
    ),
    "evaluate": (
        lambda **odd: sheetnet.evaluate("none.onnx", ".", **odd),
        {"reading": ODD, "fit": [*ODD, "find"], "progress": [*ODD, 3], "force": [1, None]},
    ),
}


@pytest.mark.parametrize("name", USES)
def test_a_wrong_type_is_a_sheetnet_error_of_one_line(name: str) -> None:
    use, wrong = USES[name]

    def refused(case: tuple[str, Any]) -> None:
        option, odd = case
        with pytest.raises(SheetnetError, match=r"cannot be used|unknown engine|none.xlsx") as error:
            use(**{option: odd})
        said = str(error.value)
        assert "\n" not in said
        assert len(said) < 200
        assert option == "engine" or option in said

    cases = [(option, number, odd) for option, some in wrong.items() for number, odd in enumerate(some)]
    each({f"{option} {number}": (option, odd) for option, number, odd in cases}, refused)


def test_a_name_that_no_system_opens_is_told_short() -> None:
    for use in (sheetnet.verify, lambda path: sheetnet.convert(path, "o.onnx")):
        with pytest.raises(SheetnetError, match="cannot be used") as error:
            use("x" * 5000)
        assert len(str(error.value)) < 200


def test_numbers_of_numpy_are_numbers_and_no_time_is_still_no_time() -> None:
    assert usable(WorkbookError, timeout=np.int64(3), memory=None) == {"timeout": 3, "memory": None}
    assert type(usable(WorkbookError, timeout=np.float32(3))["timeout"]) is float
    for none in (0, -1, float("nan"), float("inf"), 0.0):
        with pytest.raises(LimitError, match="is no time"):
            sheetnet.verify("none.xlsx", timeout=none)
    assert set(TYPES) == {"engine", "timeout", "memory", "progress", "everything", "force", "fold", "fit", "reading"}

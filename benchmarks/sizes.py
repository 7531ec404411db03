"""How large workbooks really are, beside what ``sheetnet inspect`` expects: a child process of ``bench``.

    python sizes.py PHOTO FOLDER             prints {"cases": [...]}
    python sizes.py fit PHOTO FOLDER         prints constants for sheetnet/lesson/inspect.py that suit the files

The cases: the templates that need a photo, and networks with 1 channel, with one layer, with many filters and with
several convolutions; both layouts; photos of 28 to 112 pixels.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

LAYOUTS, SIDES, LARGEST = ("planes", "rows"), (28, 56), 112
LARGE = ("detective", "grey")  # these are measured at the largest size as well
CONV = '[[layers]]\nname = "conv{number}"\nkind = "conv2d"\nfilters = {filters}\nsize = 3\npadding = "same"\n'
TAIL = "".join(
    f'[[layers]]\nname = "{kind}"\nkind = "{kind}"\n{more}'
    for kind, more in (
        ("relu", ""),
        ("maxpool2d", "size = 2\n"),
        ("flatten", ""),
        ("dense", "units = 3\n"),
        ("softmax", ""),
    )
)
OWN = {  # name: (channels, filters of each convolution, what follows)
    "grey": (1, (4,), TAIL),
    "single": (3, (8,), ""),
    "wide": (3, (24,), TAIL),
    "deep": (3, (4, 16, 16), TAIL),
}


def templates(folder: Path) -> list[tuple[str, str, int]]:
    """Template, layout and side of every case; the templates of our own are written to ``folder``."""
    from sheetnet.case import template
    from sheetnet.layout import is_deep

    known = {name: template.load(name) for name in template.names()}
    found = {name: name for name, one in known.items() if one.pixels is None and not is_deep(one.network)}
    for name, (channels, convolutions, tail) in OWN.items():
        (folder / name).mkdir(exist_ok=True)
        layers = "".join(CONV.format(number=i, filters=f) for i, f in enumerate(convolutions, 1))
        head = f'name = "{name}"\nclasses = ["a", "b", "c"]\n[input]\nshape = [{channels}, 28, 28]\n'
        (folder / name / "network.toml").write_text(head + layers + tail, encoding="utf-8")
        found[name] = str(folder / name)
    return [
        (which, layout, side)
        for name, which in found.items()
        for layout in LAYOUTS
        for side in (*SIDES, *([LARGEST] if name in LARGE else []))
    ]


def measure(photo: Path, folder: Path) -> list[dict[str, Any]]:
    """Build every case; its real size in bytes, the expected one, and what an expectation can be made of."""
    import sheetnet
    from sheetnet.errors import SheetnetError
    from sheetnet.lesson.inspect import inspect

    cases = []
    for which, layout, side in templates(folder):
        out = folder / "size.xlsx"
        try:
            seen = inspect(which, size=(side, side), layout_name=layout)
            sheetnet.build(photo, out, template=which, size=side, layout=layout, engine=None, force=True)
        except SheetnetError:
            continue  # too many formulas, or too long ones: there is no such workbook
        cases.append(
            {
                "case": f"{Path(which).name}, {layout}, {side} pixels",
                "bytes": out.stat().st_size,
                "expected": seen.expected_bytes,
                "formulas": seen.formulas,
                "products": products(which, layout, side),
                "parameters": seen.parameters,
                "pixels": prod(seen.shape),
            }
        )
    return cases


def products(which: str, layout: str, side: int) -> int:
    """How many SUMPRODUCTs the convolutions hold: one per formula in rows, one per channel in planes."""
    from sheetnet.case import template
    from sheetnet.layout.titles import layout_check

    network = replace(template.load(which).network.resized(side, side), layout=layout)
    plan = layout_check(network)
    weights = {node.name: plan.blocks[f"{node.name}.weight"] for node in network.nodes if node.layer.kind == "conv2d"}
    return sum(prod(network.shapes[f"{name}.out"]) * len(w.anchors) // w.shape[0] for name, w in weights.items())


def fit(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bytes for each term of two simple formulas, with the smallest relative errors over all cases."""
    import numpy as np

    size = np.array([case["bytes"] for case in cases], dtype=float)
    choices = {
        "formulas, numbers, workbook": [[c["formulas"], c["parameters"] + c["pixels"], 1.0] for c in cases],
        "formulas, products, parameters, workbook": [
            [c["formulas"], c["products"], c["parameters"], 1.0] for c in cases
        ],
    }
    found = []
    for name, terms in choices.items():
        relative = np.array(terms) / size[:, None]
        weights, *_ = np.linalg.lstsq(relative, np.ones(len(cases)), rcond=None)
        error = float(abs(relative @ weights - 1).max())
        found.append({"terms": name, "bytes": [round(float(w), 1) for w in weights], "error": round(error, 3)})
    return found


if __name__ == "__main__":
    *how, photo, folder = sys.argv[1:]
    cases = measure(Path(photo), Path(folder))
    print(json.dumps({"fits": fit(cases)} if how else {"cases": cases}))

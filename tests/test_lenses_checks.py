"""The lenses of Checks and Charts: what their cases, which ``test_lenses`` runs, cannot say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from looking import Rows, cases_of, placed

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block
from sheetnet.lenses import Agreeing, AtMost, Bins, Fingerprint, Histogram, Seal


def test_sums_of_a_fingerprint_are_rounded_once() -> None:
    x = np.array([[1e16, 1.0, -1e16, 3.0]])
    v: dict[str, Any] = {"x1": x}
    Fingerprint().forward(v)
    assert float(v["out"].item()) == 4.0
    assert v["out"].item().least < 4.0 - 1e3, "whoever rounds at each step finds another sum"
    v = {"x1": x, "pattern": np.ones((1, 4))}
    Seal().forward(v)
    assert float(v["out"].item()) == 4.0


def test_words_that_mean_more_than_themselves_are_refused() -> None:
    for word in ("", "a*", "what?", "~x", "<5", "5 agree"):
        with pytest.raises(NetworkError, match="agreeing"):
            Agreeing(word)


def test_single_numbers_that_stand_below_each_other_are_one_range() -> None:
    blocks = {f"x{k}": Block((), (Anchor("There", k, 2),), (), "Here", absolute=True) for k in range(1, 301)}
    text = Agreeing("same").forward_cells(blocks)["out"]()
    assert text == 'COUNTIF(There!$B$1:$B$300,"same")'
    blocks["x3"] = Block((), (Anchor("There", 3, 3),), (), "Here", absolute=True)
    text = Agreeing("same").forward_cells(blocks)["out"]()
    assert text.replace(',"same"', "") == "COUNTIF(There!$B$1:$B$2)+COUNTIF(There!$C$3)+COUNTIF(There!$B$4:$B$300)"


def test_a_number_on_an_edge_counts_on_either_side() -> None:
    v: dict[str, Any] = {
        "x1": np.array([0.5, 0.1 + 0.2, 0.0]),
        "layer": np.array(1.0),
        "edge": np.array([0.3, 0.5, 1.0]),
    }
    Histogram().forward(v)
    assert [(float(n), n.least, n.most) for n in v["out"].tolist()] == [(1, 1, 2), (1, 1, 2), (1, 1, 1)]
    v = {"x1": np.array([0.0, 1e-15, 1.0]), "layer": np.array(1.0)}
    AtMost().forward(v)
    assert (float(v["out"].item()), v["out"].item().least, v["out"].item().most) == (1, 0, 2)


def test_the_bins_of_a_histogram_are_judged_on_the_counts_that_stand_in_the_cells() -> None:
    [case] = [case for case in cases_of(Histogram) if case.name == "histogram: two in each"]
    wrong = {**case.given, "out": np.array([2.0, 7.0, 2.0])}  # the second is wrong; so the third must be -3
    assert placed(case, "here", Rows()).expected(wrong)["out"].tolist() == [2.0, 2.0, -3.0]


def test_a_step_in_the_middle_of_two_may_be_either() -> None:
    v: dict[str, Any] = {"least": np.array(0.0), "most": np.array(0.0001005), "count": 3}
    Bins(3).forward(v)
    step = v["step"].item()
    assert {round(step.least, 6), round(step.most, 6)} == {0.0001, 0.000101}
    with pytest.raises(NetworkError, match="odd"):
        Bins(4)

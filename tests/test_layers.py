"""Every layer: the hand-worked cases in numbers and in cells, one by one and in a batch."""

from __future__ import annotations

import numpy as np
import pytest
from each import each
from incells import ARRANGEMENTS, told_in_cells
from layercases import by_layer, entries, known_of, numbers, shapes_of

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.maxpool2d import MaxPool2d

# In numbers


@pytest.mark.parametrize(("layer", "cases"), by_layer("case"))
def test_a_case_worked_by_hand_comes_out_in_numbers(layer, cases):
    def check(entry):
        one = layer(**entry["options"])
        v = known_of(entry)
        declared = one.tensors(shapes_of(one, v))
        assert set(entry["tensors"]) == set(declared), "a case gives every tensor that the layer declares"
        one.forward(v)
        for name, by_hand in entry["tensors"].items():
            np.testing.assert_allclose(v[name], numbers(by_hand), rtol=1e-12, atol=1e-12, err_msg=name)
            assert v[name].shape == numbers(by_hand).shape == declared[name], name

    each(cases, check)


@pytest.mark.parametrize(("layer", "entry"), [p for p in entries("case") if "shown" in p.values[1]])
def test_rounded_as_a_book_prints_them_the_numbers_are_the_same(layer, entry):
    v = known_of(entry)
    layer(**entry["options"]).forward(v)
    for name, printed in entry["shown"].items():
        texts = printed if isinstance(printed, list) else [printed]
        digits = len(texts[0].partition(".")[2])
        assert [f"{value:.{digits}f}" for value in np.atleast_1d(v[name])] == texts, name


@pytest.mark.parametrize(("layer", "cases"), by_layer("shape"))
def test_a_shape_worked_by_hand_is_the_declared_one(layer, cases):
    def check(entry):
        of = {own: tuple(shape) for own, shape in entry["of"].items()}
        assert {name: list(shape) for name, shape in layer(**entry["options"]).tensors(of).items()} == entry[
            "tensors"
        ]

    each(cases, check)


@pytest.mark.parametrize(("layer", "cases"), by_layer("refused"))
def test_what_does_not_fit_is_refused_in_one_line(layer, cases):
    def check(entry):
        of = {own: tuple(shape) for own, shape in entry["of"].items()}
        with pytest.raises(NetworkError) as refusal:
            layer(**entry["options"]).tensors(of)
        assert entry["says"] in str(refusal.value)
        assert "\n" not in str(refusal.value)

    each(cases, check)


# In cells


@pytest.mark.parametrize(("layer", "cases"), by_layer("case"))
def test_a_case_worked_by_hand_comes_out_in_cells(layer, cases):
    def check(case):
        entry, how = case
        found = told_in_cells(layer(**entry["options"]), known_of(entry), how)
        for name, by_hand in entry["tensors"].items():
            np.testing.assert_allclose(found[name], numbers(by_hand), rtol=1e-12, atol=1e-12, err_msg=name)

    each(((f"{name}, {how}", (entry, how)) for name, entry in cases for how in ARRANGEMENTS), check)


# Batches


@pytest.mark.parametrize(("layer", "cases"), by_layer("case"))
def test_a_batch_gives_the_same_numbers_as_one_by_one(layer, cases):
    takes = [(name, entry) for name, entry in cases if is_batched(layer(**entry["options"]), entry)]
    if not takes:
        pytest.skip("takes no batch axes, and says so")

    def check(entry):
        one = layer(**entry["options"])
        known = known_of(entry)
        declared = one.tensors(shapes_of(one, known))
        given = {own: known.pop(own) for own in one.reads}

        def turned(own: str, k: int) -> np.ndarray:  # the same numbers in another order, so a truth stays a truth
            return np.roll(given[own], k).reshape(given[own].shape)

        apart = []
        for k in range(6):
            v = {own: turned(own, k) for own in given} | known
            one.forward(v)
            apart.append(v)
        for batch in ((6,), (2, 3), (1, 6)):
            v = {
                own: np.array([turned(own, k) for k in range(6)]).reshape(*batch, *given[own].shape) for own in given
            }
            v |= known
            one.forward(v)
            for name, shape in declared.items():
                assert v[name].shape == (*batch, *shape), f"{name} of a batch {batch}"
                for k, index in enumerate(np.ndindex(*batch)):
                    np.testing.assert_allclose(v[name][index], apart[k][name], rtol=1e-15, atol=0, err_msg=name)

    each(takes, check)


def is_batched(one, entry):
    return one.batched(shapes_of(one, known_of(entry)))


# Lines of formulas


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize(
    "layer", [Conv2d(filters=2, size=[2, 3], stride=2, padding=1), MaxPool2d(size=[3, 2], stride=[1, 2], padding=1)]
)
def test_a_line_of_formulas_at_once_is_the_same_as_one_by_one(layer, rows):
    x = Block((2, 5, 6), (Anchor("Red 1%", 9, 4),), ((1, 0), (2, 0), (0, 1))) if rows else planes((2, 5, 6), "Red 1%")
    of = {"x": x.shape}
    out = layer.tensors(of)["out"]
    at = {"x": x, "out": planes(out, "Here")}
    if "weight" in layer.params(of):
        at["weight"] = planes(layer.params(of)["weight"], "There %") if not rows else weights_in_rows()
        at["bias"] = Block((2,), (Anchor("There %", 90, 2),), ((1, 0),), absolute=True)
    rule = layer.forward_cells(at)["out"]
    for c, y in np.ndindex(*out[:2]):
        assert rule.along(c, y) == [rule(c, y, i) for i in range(out[2])]
    assert "'Red 1%'!" in rule(0, 0, 0)


def planes(shape, sheet):
    lead = shape[:-2]
    anchors = tuple(Anchor(sheet, 9 + 20 * i, 4) for i in range(int(np.prod(lead))))
    return Block(shape, anchors, ((1, 0), (0, 1)))


def weights_in_rows():
    return Block((2, 2, 2, 3), (Anchor("There %", 9, 4), Anchor("There %", 29, 4)), ((1, 0), (2, 0), (0, 1)))

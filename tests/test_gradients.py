"""Gradients in cells: every layer that has them, against its half in numbers, PyTorch and what was worked by hand."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from backwards import (
    BACK,
    Case,
    Placed,
    at_random,
    calculated,
    compare,
    faults_of_formula,
    found_in,
    page_of,
    worked,
)
from each import each
from gradientcases import from_torch, shaped, tied
from halves import names_in
from layercases import entries
from looking import Calculated
from looking import cases_of as cases_of_lens
from test_torch import FILES

from sheetnet import layers
from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block
from sheetnet.layers import LAYERS
from sheetnet.layout.spec import look_of, spec_of
from sheetnet.lenses import Gradient, Look

CASES = [*worked(), *shaped(), *tied()]
KINDS = list(dict.fromkeys(case.layer.kind for case in CASES))
SOME = ("planes", "rows")


def of_kind(kind: str) -> list[tuple[str, Case]]:
    return [(case.name, case) for case in CASES if case.layer.kind == kind]


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Placed], Calculated]:
    """Every case in every arrangement, in one workbook, and what an engine makes of it."""
    book, placed = page_of(CASES)
    return placed, calculated(book, "formualizer", tmp_path_factory.mktemp("gradients"))


# In cells


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_comes_out_in_cells(kind: str, sheets: tuple[list[Placed], Calculated]) -> None:
    placed, found = sheets
    each(((one.name, one) for one in placed if one.case.layer.kind == kind), lambda one: compare(one, found))


@pytest.mark.parametrize("kind", KINDS)
def test_a_formula_names_elements_only_and_ranges_of_equal_form(
    kind: str, sheets: tuple[list[Placed], Calculated]
) -> None:
    def check(one: Placed) -> None:
        cells = one.cells
        texts = {(one.step.writes[own].anchors[0].sheet, formula) for own, _, formula in one.formulas()}
        faults = [f"={text}: {fault}" for home, text in texts for fault in faults_of_formula(text, home, cells)]
        assert not faults, "\n".join(faults[:5])

    each(((one.name, one) for one in sheets[0] if one.case.layer.kind == kind), check)


def test_every_kind_with_gradients_in_cells_has_cases() -> None:
    assert {layer.kind for layer in LAYERS if layer.gives_back} == set(KINDS)


def test_every_kind_with_gradients_in_cells_has_a_case_worked_by_hand() -> None:
    """Those are calculated in three engines, by test_lenses."""
    lacking = set(KINDS) - {case.lens.of.kind for case in cases_of_lens(Gradient)}
    assert not lacking, f"tests/lens_cases/gradient.toml needs a case of {', '.join(sorted(lacking))}"


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
def test_another_program_says_the_same(engine: str, tmp_path: Path, needs: Callable[[str], None]) -> None:
    needs(engine)
    book, placed = page_of([*shaped(), *tied()], SOME)
    found = calculated(book, engine, tmp_path)
    each(((one.name, one) for one in placed), lambda one: compare(one, found))


def test_the_cells_say_what_pytorch_says(tmp_path: Path) -> None:
    pairs = [pair for name in FILES for pair in from_torch(name)]
    expected = {case.name: gradients for case, gradients in pairs}
    book, placed = page_of([case for case, _ in pairs], ("planes",))
    sheet = calculated(book, "formualizer", tmp_path)

    def check(one: Placed) -> None:
        found = found_in(one, sheet)
        for own in one.case.layer.gives_back:
            told = expected[one.case.name][own]
            np.testing.assert_allclose(found[f"d{own}"], told, rtol=1e-9, atol=1e-9, err_msg=own)

    each(((one.name, one) for one in placed), check)


# The proof can fail


def test_of_a_changed_formula_that_cell_alone_is_named(tmp_path: Path) -> None:
    """Whatever follows from it is judged by the cells that it reads."""
    book, placed = page_of([*shaped(), *tied()], ("planes",), spoil=True)
    sheet = calculated(book, "formualizer", tmp_path)

    def check(one: Placed) -> None:
        found = found_in(one, sheet)
        expected = one.step.expected(one.case.told | one.case.came | found)
        for own, value in found.items():
            wrong = np.argwhere(~np.isclose(value, expected[own], rtol=1e-9, atol=1e-9)).tolist()
            assert wrong == [[0] * value.ndim], own

    each(((one.name, one) for one in placed), check)


def test_a_cell_beside_its_tensors_and_ranges_of_other_forms_are_named() -> None:
    cells = {Anchor(BACK, row, column) for row in (1, 2) for column in (1, 2)}
    assert not list(faults_of_formula("SUMPRODUCT(A1:B1,$A$2:$B$2)+SUM(A1:A2)", BACK, cells))
    for formula, said in {
        "SUMPRODUCT(A1:B1,A1:A2)": "SUMPRODUCT(A1:B1,A1:A2) of",
        "SUM(A1:A3)": "a cell that holds no element",
        "Other!A1": "a cell that holds no element",
        "A1*1E-12": "1E-1 does not read the same",
        "+".join(["A1"] * 3000): "8999 characters",
    }.items():
        assert any(said in fault for fault in faults_of_formula(formula, BACK, cells)), formula


# Sizes


@pytest.mark.parametrize("how", SOME)
@pytest.mark.parametrize(
    ("kind", "options", "x"),
    [
        ("conv2d", {"filters": 64, "size": 11, "padding": 5}, (3, 13, 13)),
        ("conv2d", {"filters": 64, "size": 11, "stride": 4, "padding": 2}, (3, 31, 31)),
        ("conv2d", {"filters": 64, "size": 11, "groups": 2, "padding": 5}, (64, 12, 12)),
        ("conv2d", {"filters": 64, "size": 5, "dilation": 2, "padding": 4}, (64, 12, 12)),
        ("conv", {"filters": 64, "size": [11, 11], "padding": 5}, (1, 3, 13, 13)),
        ("dense", {"units": 64}, (300,)),
        ("maxpool2d", {"size": 11, "stride": 1, "padding": 5}, (64, 12, 12)),
        ("avgpool2d", {"size": 11, "stride": 1, "padding": 5}, (64, 12, 12)),
    ],
)
def test_no_formula_grows_too_long_for_a_cell(kind: str, options: dict, x: tuple[int, ...], how: str) -> None:
    case = at_random(1, "large", kind, options, {"x": x})
    one = Placed(case, how, sheets=(f"{'A long name of a sheet':-<30}1", f"{'A long name of a sheet':-<30}2"))
    for own, block in one.step.writes.items():
        for part in (0, 0.5, 0.99):
            index = tuple(int(n * part) for n in block.shape)
            assert 0 < len(one.step.rules[own](*index)) < 8191, own


# The contract


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_keeps_the_contract(kind: str) -> None:
    def check(case: Case) -> None:
        layer = case.layer
        of = {own: case.told[own].shape for own in layer.reads}
        known = {**case.told, **{f"d{own}": 0 for own in layer.tensors(of)}}
        declared, shown = layer.gradients(of), layer.on_the_way(of)
        assert not set(declared) & set(known), "a name means two things"
        assert not [own for own in declared if "." in own]
        assert set(shown) <= set(layer.serves), "what is shown serves a gradient"
        assert {own for wants in layer.serves.values() for own in wants} <= set(layer.gives_back)
        assert list(declared) == [*shown, *(f"d{own}" for own in layer.gives_back)]
        assert set(layer.learns) <= set(layer.gives_back), "what is trained has a gradient"
        for own in layer.gives_back:
            assert declared[f"d{own}"] == case.told[own].shape

    each(of_kind(kind), check)


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_alone_is_the_same(kind: str) -> None:
    def check(case: Case) -> None:
        for own in case.layer.gives_back:
            one = Placed(case, "planes", (own,))
            shapes = dict(Gradient(case.layer, (own,)).tensors(case.shapes))
            assert list(shapes)[-1] == f"d{own}"
            assert list(one.step.rules) == list(shapes)
            whole = Placed(case, "planes").step.expected(case.told | case.came)
            told = one.step.expected(case.told | case.came)
            for name, value in told.items():
                np.testing.assert_allclose(value, whole[name], rtol=1e-12, atol=1e-12, err_msg=name)

    each(of_kind(kind)[:6], check)


@pytest.mark.parametrize("kind", KINDS)
def test_the_record_of_a_gradient_is_read_as_it_was_written(kind: str) -> None:
    def check(case: Case) -> None:
        for wants in ((), case.layer.gives_back[-1:]):
            look = Look("back.it", Gradient(case.layer, wants), {own: f"it.{own}" for own in case.shapes})
            assert look_of("back.it", json.loads(json.dumps(spec_of(look)))) == look

    each(of_kind(kind), check)


def test_a_layer_without_a_gradient_in_cells_says_so_in_one_line() -> None:
    without = {}
    for param in entries("case"):
        layer, entry = param.values
        if not layer.gives_back:
            without[layer.kind] = layer(**entry["options"])
    assert {"matmul", "nllloss", "reducemax"} <= set(without)
    for kind, one in without.items():
        with pytest.raises(NetworkError) as said:
            one.gradients({"x": (2, 3)})
        assert str(said.value).startswith(f"{type(one).__name__} has no gradient in cells; "), kind
        assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    ("options", "of", "says"),
    [
        ({"of": {"kind": "gradient"}}, {}, "of is 'gradient'; name the kind of a layer"),
        ({"of": "relu"}, {}, "of is 'relu'; name the kind of a layer"),
        (
            {"of": {"kind": "relu"}, "wants": ("bias",)},
            {},
            "'bias' of relu has no gradient in cells; these have one: x",
        ),
        (
            {"of": {"kind": "matmul"}, "wants": ("x",)},
            {},
            "'x' of matmul has no gradient in cells; these have one: none",
        ),
        ({"of": {"kind": "relu"}}, {"dout": (2,)}, "it does not read 'x'"),
        ({"of": {"kind": "relu"}}, {"x": (2,), "dout": (3,)}, "dout has shape [3]; the layer has [2]"),
        ({"of": {"kind": "relu"}}, {"x": (2,)}, "no gradient came back to it; let it read 'dout'"),
        ({"of": {"kind": "relu"}}, {"x": (2,), "dout": (2,), "y": (2,)}, "it reads 'y', which is no tensor"),
        ({"of": {"kind": "matmul"}}, {"x": (2, 2), "y": (2, 2), "dout": (2, 2)}, "MatMul has no gradient in cells"),
    ],
)
def test_what_is_no_gradient_is_refused_in_one_line(options: dict, of: dict, says: str) -> None:
    with pytest.raises(NetworkError) as refusal:
        Gradient(**options).tensors(of)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_rules_of_families_know_no_numbers() -> None:
    folder = Path(layers.__file__).parent / "back"
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                assert not names_in(node) & {"np", "numpy", "forward", "backward", "padded", "inner"}, path.name


# What cannot be computed


def test_a_gradient_that_does_not_read_what_its_numbers_need_is_refused_in_one_line() -> None:
    with pytest.raises(NetworkError, match="gradient: it does not read 'weight', which its layer needs"):
        Gradient({"kind": "dense", "units": 2}).forward({"x": np.ones(3), "dout": np.ones(2)})


def test_of_an_error_no_gradient_is_told_and_what_is_shown_before_is_still_judged() -> None:
    case = at_random(3, "errors", "maxpool2d", {"size": 2}, {"x": (1, 4, 4)})
    step = Placed(case, "planes").step
    known = case.told | case.came
    lost = known | {"x": np.where(known["x"] == known["x"].max(), np.nan, known["x"])}
    assert all(np.isnan(value).all() for value in step.expected(lost).values())
    mask = step.expected(known)["mask"]
    broken = step.expected(known | {"mask": np.where(np.arange(16).reshape(mask.shape) == 5, np.nan, mask)})
    assert np.isfinite(broken["mask"][0, 1, 1])
    assert np.isnan(broken["dx"]).all()


def test_what_follows_from_a_mask_follows_it_even_where_it_is_wrong() -> None:
    case = at_random(3, "errors", "maxpool2d", {"size": 2}, {"x": (1, 2, 2)})
    step = Placed(case, "planes").step
    mask = np.array([[[0.0, 0], [0, 7]]])
    told = step.expected(case.told | case.came | {"mask": mask})
    assert told["dx"].tolist() == (mask * case.came["dout"]).tolist()


def test_a_dense_layer_whose_weights_lie_the_other_way_multiplies_one_by_one() -> None:
    case = at_random(3, "turned", "dense", {"units": 2}, {"x": (3,)})
    one = Placed(case, "planes")
    blocks = one.blocks | {"look.turned": Block((2,), (Anchor(BACK, 90, 5),), ((1, 0),))}
    assert one.step.rules["dx"](0).startswith("SUMPRODUCT(")
    assert Placed(case, "planes", blocks=blocks).step.rules["dx"](0).count("*") == 2

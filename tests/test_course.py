"""The template training: its numbers are PyTorch's and those of a loop of its own, and it follows what is set."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
from click.testing import CliRunner
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import modelfile
from sheetnet.case.course import course_of
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.case.template import load
from sheetnet.cli import main
from sheetnet.errors import NetworkError
from sheetnet.grid import a1
from sheetnet.lenses.elements import single
from sheetnet.lesson.build import describe
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.inspect import inspect
from sheetnet.lesson.training import names
from sheetnet.proof.prove import prove
from sheetnet.recalc.office import recalculate
from sheetnet.words import load as load_words

TORCH = Path(__file__).parent / "torch_cases" / "training.npz"
LOSSES = ("crossentropy", "halfsquarederror")
STEPS = 8  # of the workbook that the engines calculate
PARAMETERS = ("conv.weight", "conv.bias", "dense.weight", "dense.bias")


def case_of(template: str | Path = "training", **more: Any) -> Case:
    return prepare(Request(template=template, engine=None, **more))


def described(case: Case) -> Lesson:
    return describe(case, case.values)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same template with fewer steps."""
    folder = tmp_path_factory.mktemp("short")
    text = (ROOT / "templates" / "training" / "network.toml").read_text(encoding="utf-8")
    (folder / "network.toml").write_text(text.replace("steps = 20", f"steps = {STEPS}"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def book(short: Path) -> Path:
    return sheetnet.build(None, short / "short.xlsx", template=short, engine=None).path


@pytest.fixture(scope="module")
def plan(short: Path) -> Lesson:
    return described(case_of(short))


# The numbers


def trained(
    lesson: Lesson, rate: float, momentum: float, loss: str, steps: int, *, zero: bool = False
) -> dict[str, list[float]]:
    """A loop of its own: the loss of the pictures and of the one held out before each step and at the end."""
    course = case_of().course
    assert course is not None
    x = course.pictures[:, 0]
    truth = np.array([[name == one for name in lesson.network.classes] for one in course.classes], dtype=float)
    w = {full: lesson.value(f"{names.START}.{full}") * (0 if zero else 1) for full in PARAMETERS}
    v = {full: np.zeros_like(value) for full, value in w.items()}
    told: dict[str, list[float]] = {"loss": [], "held": [], "right": []}
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2)).reshape(len(x), 9, 9)
    for _ in range(steps + 1):
        maps = windows @ w["conv.weight"].reshape(2, 9).T + w["conv.bias"]
        shut = np.maximum(maps, 0)
        at, pooled = shut.argmax(1), shut.max(1)
        logits = pooled @ w["dense.weight"].T + w["dense.bias"]
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        each = -(truth * np.log(p)).sum(1) if loss == "crossentropy" else ((p - truth) ** 2).sum(1) / 2
        told["loss"].append(each[:-1].mean())
        told["held"].append(each[-1])
        told["right"].append(float((p.argmax(1) == truth.argmax(1))[:-1].sum()))
        d = (p - truth)[:-1]
        if loss != "crossentropy":
            d = p[:-1] * (d - (d * p[:-1]).sum(1, keepdims=True))
        g = {"dense.weight": d.T @ pooled[:-1], "dense.bias": d.sum(0)}
        back = (d @ w["dense.weight"]) * (pooled[:-1] > 0)
        seen = np.stack([windows[i][at[i]] for i in range(len(d))])
        g |= {"conv.weight": np.einsum("nf,nfk->fk", back, seen).reshape(2, 1, 3, 3), "conv.bias": back.sum(0)}
        for full in PARAMETERS:
            v[full] = momentum * v[full] + g[full] / len(d)
            w[full] = w[full] - rate * v[full]
    return told


@pytest.mark.parametrize("loss", LOSSES)
def test_three_steps_with_momentum_are_pytorchs(short: Path, loss: str) -> None:
    with np.load(TORCH) as file:
        told = {key: file[key] for key in file.files}
    case = case_of(short)
    assert case.course is not None
    course = replace(case.course, rate=float(told["rate"]), momentum=float(told["momentum"]), steps=3)
    start = {full: told[f"start.{full}"] for full in PARAMETERS}
    lesson = described(replace(case, parameters=start, course=course))
    lesson.values[names.LOSS] = single(lesson.values[f"{names.LOSS}_list"][LOSSES.index(loss)])
    for full in [
        full for full in lesson.values if full.startswith((f"{names.LOSS_NUMBER}.", "s0", "s1", "s2", "s3"))
    ]:
        del lesson.values[full]  # they are computed anew
    for step in range(4):
        assert lesson.value(f"{names.reading(step, 'loss')}.out") == pytest.approx(told[f"{loss}.losses"][step])
        assert lesson.value(f"{names.reading(step, 'held_loss')}.out") == pytest.approx(told[f"{loss}.held"][step])
        for full in PARAMETERS if step else ():
            found = lesson.value(f"{names.new(step - 1, full)}.out")
            np.testing.assert_allclose(found, told[f"{loss}.{step - 1}.{full}"], rtol=1e-9, atol=1e-12, err_msg=full)


def test_it_learns_all_pictures_and_the_one_held_out() -> None:
    lesson = described(case_of())
    start, end = (float(lesson.value(f"{names.reading(step, 'loss')}.out")) for step in (0, 20))
    assert start == pytest.approx(np.log(2), abs=0.01)
    assert end < 0.03
    assert lesson.value("s0.right.out") == 2
    assert lesson.value("s0.held_right.out") == 0
    assert lesson.value("s20.right.out") == 4
    assert lesson.value("s20.held_right.out") == 1
    own = trained(lesson, 0.5, 0.5, "crossentropy", 20)
    assert own["loss"][-1] == pytest.approx(end)


# What is set

SETTINGS: dict[str, dict[str, Any]] = {
    "half squared error": {names.RATE: 0.4, names.MOMENTUM: 0.9, names.LOSS: 1},
    "zero": {names.START: 1},
    "zero, half squared error": {names.START: 1, names.LOSS: 1, names.RATE: 3},
    "too high": {names.RATE: 10, names.MOMENTUM: 0},
    "no rate": {names.RATE: 0},
    "nonsense": {names.LOSS: "no loss", names.START: "", names.RATE: 0.1},
}
SAID = {
    "half squared error": "The loss fell from ",
    "zero": "Nothing was learned: the loss stays at 0.69. All weights are equal",
    "zero, half squared error": "Nothing was learned: the loss stays at 0.25. All weights are equal",
    "too high": "The loss rises from 0.692 to ",
    "no rate": "Nothing was learned: the loss stays at 0.69. Is the rate 0",
    "nonsense": "The loss fell from ",
}


def changed(book: Path, plan: Lesson, settings: dict[str, Any]) -> bytes:
    """The workbook with other settings; a whole number of a choice is the place of an option in its list."""
    content = surgery.parts(book)
    for name, value in settings.items():
        at = plan.plan.blocks[name].anchors[0]
        address, text = a1(at.row, at.column), value
        if name in (names.LOSS, names.START) and isinstance(value, int):
            text = plan.values[f"{name}_list"][value]
        new = (
            f'<c r="{address}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            if isinstance(text, str)
            else surgery.cell_xml(address, None, str(value))
        )
        surgery.replace_cell(content, at.sheet, address, new)
    return surgery.save(book.with_name("changed.xlsx"), content).read_bytes()


@pytest.mark.thorough
def test_libreoffice_follows_what_is_set(
    book: Path, plan: Lesson, tmp_path: Path, needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    made = recalculate("libreoffice", [changed(book, plan, one) for one in SETTINGS.values()], time.monotonic() + 240)
    for (key, settings), data in zip(SETTINGS.items(), made, strict=True):
        path = tmp_path / "calculated.xlsx"
        path.write_bytes(data)
        report = prove(path, "stored")
        assert report.proven, "\n".join([key, *report.lines()])
        check(key, settings, plan, stored(path, plan))


def stored(path: Path, plan: Lesson) -> Callable[[str], Any]:
    """What a cell of a look shows, by its full name."""
    from sheetnet.workbook.read import read, read_bytes

    grids = read(read_bytes(path), str(path)).grids

    def value(full: str) -> Any:
        at = plan.plan.blocks[full].anchors[0]
        return grids[at.sheet].cell(at.row, at.column).value

    return value


def check(key: str, settings: dict[str, Any], plan: Lesson, value: Callable[[str], Any]) -> None:
    """All losses are those of a loop of its own, and the sentence says what happened."""
    loss = LOSSES[settings.get(names.LOSS) == 1]
    rate, momentum = settings.get(names.RATE, 0.5), settings.get(names.MOMENTUM, 0.5)
    own = trained(plan, rate, momentum, loss, STEPS, zero=settings.get(names.START) == 1)
    for step in range(STEPS + 1):
        assert value(f"{names.reading(step, 'loss')}.out") == pytest.approx(own["loss"][step]), (key, step)
        assert value(f"{names.reading(step, 'held_loss')}.out") == pytest.approx(own["held"][step]), (key, step)
        assert value(f"{names.reading(step, 'right')}.out") == own["right"][step], (key, step)
    assert str(value("front.said.out")).startswith(SAID[key]), value("front.said.out")


def test_zero_weights_get_no_gradient_at_all(short: Path) -> None:
    case = case_of(short)
    lesson = described(replace(case, parameters={full: 0 * value for full, value in case.parameters.items()}))
    for full in PARAMETERS:
        assert not lesson.value(f"{names.mean(0, full)}.out").any()
        assert not lesson.value(f"{names.new(STEPS - 1, full)}.out").any()


# The file


def test_every_formula_is_proven_and_the_file_is_small(tmp_path: Path) -> None:
    built = sheetnet.build(None, tmp_path / "training.xlsx", template="training")
    assert built.report is not None
    assert built.report.proven, "\n".join(built.report.lines())
    assert built.report.formulas == surgery.count_formulas(built.path)
    assert built.path.stat().st_size < 3_000_000
    assert built.verdict is None
    told = inspect("training")
    assert told.formulas == built.formulas
    assert told.expected_bytes == built.path.stat().st_size
    assert inspect(str(built.path)).formulas == built.formulas


@pytest.mark.parametrize("what", ["template", "workbook"])
@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("--size", {"size": (8, 8)}),
        ("--until", {"until": "conv"}),
        ("--layout", {"layout_name": "rows"}),
        ("--fold", {"fold": True}),
    ],
)
def test_a_training_is_inspected_as_it_is_built(book: Path, what: str, name: str, option: dict[str, Any]) -> None:
    with pytest.raises(NetworkError, match=f"^{name}: the template brings its own pictures"):
        inspect("training" if what == "template" else str(book), **option)


def test_a_gradient_of_step_7_that_was_changed_is_named(book: Path, plan: Lesson, tmp_path: Path) -> None:
    block = plan.plan.blocks[f"{names.gradient(6, 2, 'conv')}.dweight"]
    at = block.cell(1, 0, 2, 1)
    address = a1(at.row, at.column)
    assert at.sheet == "Step 7"
    content = surgery.parts(book)
    surgery.damaged(content, at.sheet, address, "formula")
    report = prove(surgery.save(tmp_path / "changed.xlsx", content))
    assert [(wrong.sheet, wrong.address) for wrong in report.wrong] == [("Step 7", address)]


def test_a_weight_at_the_start_that_is_no_formula_is_named(book: Path, plan: Lesson, tmp_path: Path) -> None:
    at = plan.plan.blocks["conv.weight"].cell(0, 0, 1, 1)
    content = surgery.parts(book)
    surgery.damaged(content, at.sheet, a1(at.row, at.column), "constant")
    report = prove(surgery.save(tmp_path / "changed.xlsx", content))
    assert [(wrong.sheet, wrong.address) for wrong in report.wrong] == [(at.sheet, a1(at.row, at.column))]


def test_steps_are_laid_out_alike(plan: Lesson) -> None:
    blocks = plan.plan.blocks
    for step in range(1, STEPS):
        for full in ("p3.softmax.out", "p2.grad.conv.dweight", "new.dense.weight.out"):
            first, here = blocks[f"s1.{full}"], blocks[f"s{step}.{full}"]
            assert [(at.row, at.column) for at in first.anchors] == [(at.row, at.column) for at in here.anchors]
            assert {at.sheet for at in here.anchors} == {f"Step {step + 1}"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_speaks_the_language(language: str) -> None:
    lesson = described(case_of(language=language))
    words, prose = load_words(language), load("training", language)
    titles = [sheet.title for sheet in lesson.book.sheets]
    assert titles[:3] == [words("sheets.training"), words("sheets.pictures"), words("sheets.step", number=1)]
    assert titles[-1] == words("sheets.learned")
    assert lesson.network.classes == tuple(prose.classes.get(name, name) for name in prose.network.classes)


def test_without_more_there_are_no_charts_and_another_seed_starts_elsewhere() -> None:
    lesson, plain = described(case_of()), described(case_of(plain=True, seed=6))
    assert [len(one.book.sheets[0].charts) for one in (lesson, plain)] == [2, 0]
    first, other = (one.values["training.start.conv.weight"] for one in (lesson, plain))
    assert not np.array_equal(first, other)
    assert np.array_equal(other, other.round(2))


# What is refused


@pytest.mark.parametrize(
    "asked",
    [
        ["--backward"],
        ["--label", "down"],
        ["--size", "7"],
        ["--until", "relu"],
        ["--fold"],
        ["--layout", "rows"],
        ["--fit", "pad"],
        ["--model", str(ROOT / "templates" / "digits" / "weights.safetensors")],
        [str(SAMPLES / "coffee.png")],
    ],
    ids=lambda asked: asked[0].rpartition("/")[2],
)
def test_what_it_has_no_use_for_is_refused_in_one_line(asked: list[str], tmp_path: Path) -> None:
    out = tmp_path / "x.xlsx"
    result = CliRunner().invoke(main, ["build", *asked, "--template", "training", "-o", str(out)])
    assert result.exit_code == 2
    [line] = result.output.strip().splitlines()
    assert "the template brings its own pictures" in line
    assert not out.exists()


def test_a_table_that_says_nothing_is_refused() -> None:
    network = load("training").network
    rows = np.eye(5, dtype=int).tolist()
    entry = {"class": "down", "rows": rows}
    good = {"rate": 1, "momentum": 0, "scale": 1, "pictures": [entry], "held": entry}
    assert course_of(good, network).steps == 20
    for wrong, says in (
        ([], "must be a table"),
        ({**good, "steps": 0}, "steps is 0; use 1 to 30"),
        ({**good, "pictures": []}, "0 pictures; use 1 to 8"),
        ({**good, "rate": "fast"}, "rate is 'fast'; it must be a number"),
        ({**good, "rate": 1e300}, "use 0 to 100"),
        ({**good, "momentum": -0.5}, "momentum is -0.5; use 0 to 1"),
        ({**good, "speed": 1}, "unknown entry 'speed'"),
        ({**good, "held": {**entry, "class": "up"}}, "needs class, which must be one of the network's"),
        ({**good, "held": {**entry, "rows": [[2] * 5] * 5}}, "5 rows of 5 whole numbers from 0 to 1"),
        ({**good, "held": {**entry, "rows": [[1], [1, 2]]}}, "5 rows of 5 whole numbers from 0 to 1"),
    ):
        with pytest.raises(NetworkError, match=says):
            course_of(wrong, network)
    with pytest.raises(NetworkError, match="must read photo alone, and without padding"):
        course_of(good, load("by-hand").network)
    with pytest.raises(NetworkError, match="conv1 must read rescale alone, and without padding"):
        course_of(good, load("digits").network)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('find = "down"\n', "find has no use beside [training], which has pictures; leave it out"),
        ('draw = "digits"\n', "draw has no use beside [training], which has pictures; leave it out"),
        ('picture = { label = "down" }\n', "picture has no use beside [training], which has pictures; leave it out"),
    ],
)
def test_what_stands_beside_a_training_without_any_use_is_refused(more: str, says: str, tmp_path: Path) -> None:
    text = (ROOT / "templates" / "training" / "network.toml").read_text(encoding="utf-8")
    (tmp_path / "network.toml").write_text(more + text, encoding="utf-8")
    with pytest.raises(NetworkError) as error:
        load(tmp_path)
    assert str(error.value) == f"{tmp_path / 'network.toml'}: {says}"


def test_learned_weights_beside_a_training_are_refused(tmp_path: Path) -> None:
    case = case_of()
    modelfile.save(tmp_path / "weights.safetensors", case.network, case.parameters)
    text = (ROOT / "templates" / "training" / "network.toml").read_text(encoding="utf-8")
    (tmp_path / "network.toml").write_text(text, encoding="utf-8")
    with pytest.raises(NetworkError, match=r"weights\.safetensors: has no use beside \[training\]"):
        load(tmp_path)

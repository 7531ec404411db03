"""Practice: what is asked can be worked out from what is shown, and whatever a pupil types is answered rightly."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
import zoo
from opened import EVERY, Open

import sheetnet
from sheetnet import words
from sheetnet.case.prepare import Case, prepare
from sheetnet.case.request import Request
from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import Plan, read_record
from sheetnet.lesson.build import make_lesson
from sheetnet.lesson.frame.screen import shows
from sheetnet.network import Network
from sheetnet.proof.prove import prove
from sheetnet.recalc import open_engine
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import find_record, read

SAID = words.load("en")
RIGHT = SAID("practice.hints.right")
BY_HAND = {1: 0.0, 2: 400.0, 3: 0.4, 4: 400.0, 5: 400.0, 6: 5.6, 7: 0.97, 8: 4.03}
"""The answers of the template by-hand, worked by hand.

1: max(-400, 0). 2: of 0, 200, 0, 400. 3: 400 / 1000. 4: the red ones, 100 + 200 + 100. 5: red 400, green 200, blue
-100, bias -100. 6: 1.2 of the first part, 4.4 of all others, bias 0. 7: e^5.6 / (e^5.6 + e^1.2 + e^1.6) = 270.43 /
278.70. 8: the runner-up is the green dot: -ln(4.953 / 278.70).
"""


class Sheet:
    """The sheet Practice of a workbook, calculated by the embedded engine."""

    def __init__(self, data: bytes) -> None:
        contents = read(data, "a workbook")
        self.plan: Plan = read_record(find_record(contents, "a workbook"), contents.names, contents.lost, "")[0]
        self.session = open_engine("formualizer", data, time.monotonic() + 60)
        self.cards = sorted(
            int(full.split(".")[1]) for full in self.plan.inputs if full.startswith("practice.") and "answer" in full
        )

    def at(self, name: str) -> Anchor:
        return self.plan.blocks[f"practice.{name}"].anchors[0]

    def set(self, name: str, value: Any) -> None:
        at = self.at(name)
        self.session.set(at.sheet, at.row, at.column, value)

    def shown(self, name: str) -> Any:
        """What a cell shows, or an array of what several do; None where there is no such cell."""
        block = self.plan.blocks.get(f"practice.{name}")
        if block is None:
            return None
        found = np.empty(block.shape, dtype=object)
        for index, sheet, row, column in block.walk():
            found[index] = self.session.rectangle(sheet, row, column, row, column)[0][0]
        return found if block.shape else found.item()

    def type(self, answers: Mapping[int, Any]) -> dict[int, Any]:
        """Type answers, calculate, and return what is said of them."""
        for card, value in answers.items():
            self.set(f"{card}.answer", value)
        self.session.evaluate()
        return {card: self.shown(f"{card}.hint.out") for card in answers}


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("practice") / "by-hand.xlsx"
    sheetnet.build(template="by-hand", out=path, engine=None)
    return path


def _scores(sheet: Sheet) -> list[str]:
    return [str(sheet.shown(f"score{level}.out")).rpartition("· ")[2] for level in (1, 2, 3)]


def test_the_answers_worked_by_hand_are_right_and_counted(by_hand: Path) -> None:
    sheet = Sheet(by_hand.read_bytes())
    assert set(sheet.type(dict.fromkeys(BY_HAND)).values()) == {SAID("practice.hints.blank")}
    assert _scores(sheet) == ["0 of 3 right", "0 of 2 right", "0 of 3 right"]
    assert sheet.type(BY_HAND) == dict.fromkeys(BY_HAND, RIGHT)
    assert _scores(sheet) == ["3 of 3 right", "2 of 2 right", "3 of 3 right"]
    sheet.type({2: 200})
    assert _scores(sheet) == ["2 of 3 right", "2 of 2 right", "3 of 3 right"]


def test_the_right_answer_follows_an_edited_pixel_and_another_place(by_hand: Path) -> None:
    sheet = Sheet(by_hand.read_bytes())
    sheet.type(BY_HAND)
    pixel = sheet.plan.blocks["photo.out"].cell(0, 2, 2)  # red, in the middle
    sheet.session.set(pixel.sheet, pixel.row, pixel.column, 150.0)
    assert sheet.type({4: 400, 5: 400}) == {4: SAID("practice.hints.large"), 5: SAID("practice.hints.large")}
    assert sheet.type({4: 350, 5: 350}) == {4: RIGHT, 5: RIGHT}
    # Filter 2 at row 1, column 1, the corner of the picture. Red is 0 there; of blue only 100 at (2, 2) lies under a
    # weight, which is 1; there is no bias.
    for name, value in (("map", 2), ("row", 1), ("column", 1)):
        sheet.set(f"5.choice.{name}", value)
    assert sheet.type({5: 100}) == {5: RIGHT}
    sheet.set("5.choice.row", -7)  # the nearest row that there is
    assert sheet.type({5: 100}) == {5: RIGHT}
    assert sheet.shown("5.row.out") == 1


TYPED: dict[str, tuple[int, Any]] = {
    "hints.blank": (1, ""),
    "hints.word": (1, "none"),
    "hints.error": (1, "=1/0"),
    "hints.right": (1, 0),
    "slips.negative": (1, -400),
    "hints.large": (1, 7),
    "hints.small": (3, 0.3),
    "slips.same": (3, 400),
    "slips.mean": (2, 150),
    "hints.sign": (2, -400),
    "hints.point_large": (3, 4),
    "hints.point_small": (4, 4),
    "slips.unweighed": (4, 600),
    "slips.biasless": (5, 500),
    "slips.alone": (6, 1.2),
    "slips.unshared": (7, 1),
    "slips.chance": (8, 0.0178),
}


@pytest.mark.thorough
def test_every_hint_is_reached_in_every_engine_and_the_workbook_is_still_proven(
    by_hand: Path, tmp_path: Path, needs: Callable[[str], None]
) -> None:
    """As many workbooks as the card with the most hints needs; an office calculates all of them in one call."""
    needs("libreoffice")
    needs("gnumeric")
    plan = Sheet(by_hand.read_bytes()).plan
    books: list[dict[str, tuple[int, Any]]] = []
    for key, (card, value) in TYPED.items():
        free = next((book for book in books if all(card != other for other, _ in book.values())), None)
        if free is None:
            books.append(free := {})
        free[key] = card, value
    paths = []
    for number, book in enumerate(books):
        content = surgery.parts(by_hand)
        for card, value in book.values():
            at = plan.blocks[f"practice.{card}.answer"].anchors[0]
            surgery.replace_cell(content, at.sheet, a1(at.row, at.column), _cell(a1(at.row, at.column), value))
        paths.append(surgery.save(tmp_path / f"{number}.xlsx", content))
    data = [path.read_bytes() for path in paths]
    calculated = {engine: recalculate(engine, data, time.monotonic() + 120) for engine in ("libreoffice", "gnumeric")}
    for number, book in enumerate(books):
        for engine in calculated:
            paths[number].write_bytes(calculated[engine][number])
            report = prove(paths[number])
            assert report.status == 0, report.last_line()
            assert {edit.what for edit in report.edits} <= {"answers"}
        inside = Sheet(data[number])
        inside.session.evaluate()
        cells = {engine: read(found[number], engine, computed=True) for engine, found in calculated.items()}
        for key, (card, value) in book.items():
            at = inside.at(f"{card}.hint.out")
            said = {engine: found.cells[at.sheet][at.row, at.column].value for engine, found in cells.items()}
            said["formualizer"] = inside.shown(f"{card}.hint.out")
            assert set(said.values()) == {SAID(f"practice.{key}")}, (key, value, said)


def _cell(address: str, value: Any) -> str:
    if isinstance(value, str) and value.startswith("="):
        return surgery.cell_xml(address, value[1:], None)
    if isinstance(value, str):
        return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>' if value else f'<c r="{address}"/>'
    return surgery.cell_xml(address, None, str(value))


# What is asked can be worked out from what is shown


def _rounded(values: Any, digits: int) -> Any:
    return np.array([round(float(v), digits) if v != "" else 0.0 for v in np.ravel(values)]).reshape(np.shape(values))


def _worked(sheet: Sheet, card: int) -> float | None:
    """What a pupil works out from what a card shows, with the decimals that are seen; None for single steps."""
    x, weight = (sheet.shown(f"{card}.{own}.out") for own in ("window", "weight"))
    digits = 3
    if weight is not None and x is None:
        x, digits = sheet.shown(f"{card}.x.out"), 4
    if weight is not None:
        total = float((_rounded(x, digits) * _rounded(weight, digits)).sum())
        return total + sum(round(float(sheet.shown(f"{card}.{own}.out") or 0.0), 4) for own in ("bias", "others"))
    if x is not None:
        return None
    logits = sheet.shown(f"{card}.logits.out")
    if logits is not None:
        powers = np.exp(_rounded(logits, 4) - max(logits))
        return float(powers[int(sheet.shown(f"{card}.unit.out")) - 1] / powers.sum())
    chance = sheet.shown(f"{card}.chance.out")
    return -math.log(float(f"{chance:.6g}")) if chance else None


@pytest.mark.parametrize("name", [name for name in EVERY if name in zoo.ZOO])
def test_what_is_asked_follows_from_what_is_shown(made: dict[str, Path], name: str) -> None:
    sheet = Sheet(made[name].read_bytes())
    sheet.session.evaluate()
    asked = {card: worked for card in sheet.cards if (worked := _worked(sheet, card)) is not None}
    assert asked
    assert sheet.type(asked) == dict.fromkeys(asked, RIGHT)


@pytest.mark.parametrize("name", ["shapes", "digits"])
def test_answers_of_trained_networks_follow_from_what_is_shown_at_many_places(tmp_path: Path, name: str) -> None:
    sheetnet.build(template=name, out=tmp_path / "x.xlsx", engine=None)
    sheet = Sheet((tmp_path / "x.xlsx").read_bytes())
    rng = np.random.RandomState(1)
    choices = {full: full for full in sheet.plan.inputs if full.startswith("practice.") and ".choice." in full}
    missed = count = 0
    for _ in range(20):
        for full in choices:
            if not full.endswith(".layer"):
                at = sheet.plan.blocks[full].anchors[0]
                sheet.session.set(at.sheet, at.row, at.column, float(rng.randint(1, 30)))
        sheet.session.evaluate()
        asked = {card: worked for card in sheet.cards if (worked := _worked(sheet, card)) is not None}
        said = sheet.type({card: round(worked, 2) for card, worked in asked.items()})
        count += len(said)
        missed += sum(one != RIGHT for one in said.values())
    assert count >= 80
    assert missed <= count // 100, f"{missed} of {count}"


# What the sheet is, and where it is not


def test_a_network_without_anything_to_ask_has_no_practice_and_neither_has_a_plain_workbook(tmp_path: Path) -> None:
    spec = {
        "name": "own",
        "classes": [],
        "input": {"shape": []},
        "extra": {"a": [2, 3]},
        "layers": [{"name": "t", "kind": "transpose", "axes": [1, 0], "inputs": ["a"]}],
    }
    bare = Case(
        Network.from_spec(spec), {"a.out": np.ones((2, 3))}, None, None, {"title": "", "lead": "", "summary": ""}
    )
    assert "Practice" not in [sheet.title for sheet in make_lesson(bare).book.sheets]
    sheetnet.build(template="by-hand", out=tmp_path / "plain.xlsx", plain=True, engine=None)
    assert "Practice" not in surgery.titles(surgery.parts(tmp_path / "plain.xlsx"))


def test_start_leads_to_practice(by_hand: Path) -> None:
    assert "Practice" in surgery.parts(by_hand)["xl/worksheets/sheet1.xml"].decode()


@pytest.mark.parametrize("name", EVERY[:6])
def test_no_cell_of_the_sheet_shows_a_right_answer_that_is_a_number(opened: Open, name: str) -> None:
    """But for the numbers of a window of which one is to be picked, and those of a table of products."""
    case = opened(name).case
    lesson = make_lesson(case)
    seen = {
        full: block
        for full, block in lesson.plan.blocks.items()
        if full.startswith("practice.") and full.endswith(".out") and not block.shape
    }
    made = {full for full in lesson.network.shapes if full.endswith(".out")}
    for full, block in seen.items():
        step = lesson.plan.step(lesson.plan.looks[full.rpartition(".")[0]])
        kind = lesson.plan.looks[full.rpartition(".")[0]].lens.kind
        reads = {source if isinstance(source, str) else source.of for source in step.sources.values()}
        if kind in ("part", "copy") and full.split(".")[2] not in ("x", "y", "chance"):
            assert not reads & made, f"{full} repeats {reads & made} at {block.anchors[0]}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["by-hand", "digits", "shapes"])
def test_an_exercise_of_each_level_lies_on_the_first_screen_and_formulas_are_few(name: str, language: str) -> None:
    lesson = make_lesson(prepare(Request(None, template=name, language=language)))
    sheet = lesson.book.sheet(lesson.extras["practice"])
    levels = [block for full, block in lesson.plan.blocks.items() if full.startswith("practice.score")]
    assert len(levels) == 3
    for level in levels:
        hints = [block for full, block in lesson.plan.blocks.items() if full.endswith(".hint.out")]
        first = min(
            (block.anchors[0] for block in hints if block.anchors[0].column == level.anchors[0].column),
            key=lambda at: at.row,
        )
        assert shows(sheet, first.row, first.column + 1), (name, first)
    formulas = [full for full in lesson.plan.computed() if full.startswith("practice.")]
    assert 100 < sum(math.prod(lesson.plan.blocks[full].shape) for full in formulas) < 250


# A pupil lets the sheet calculate; others tamper with it


def _typed(path: Path, content: dict[str, bytes], block: Block, formula: str) -> Path:
    at = block.anchors[0]
    address = a1(at.row, at.column)
    surgery.replace_cell(content, at.sheet, address, surgery.cell_xml(address, formula, None))
    return surgery.save(path, content)


def test_an_answer_may_be_a_formula_that_reads_what_is_shown(by_hand: Path, tmp_path: Path) -> None:
    plan = Sheet(by_hand.read_bytes()).plan
    window, weight = (
        ":".join(a1(at.row, at.column) for at in plan.blocks[f"practice.4.{own}.out"].rectangles()[0])
        for own in ("window", "weight")
    )
    formula = f"SUMPRODUCT({window},{weight})"
    path = _typed(tmp_path / "own.xlsx", surgery.parts(by_hand), plan.blocks["practice.4.answer"], formula)
    report = prove(path)
    assert "agree with NumPy" in report.last_line()
    assert (len(report.fed), report.settings, report.inputs) == (1, (), ())
    sheet = Sheet(path.read_bytes())
    sheet.session.evaluate()
    assert sheet.shown("4.hint.out") == RIGHT


def test_no_answer_reads_what_is_said_of_it_and_no_pixel_reads_an_answer_that_was_calculated(
    by_hand: Path, tmp_path: Path
) -> None:
    plan = Sheet(by_hand.read_bytes()).plan
    hint = plan.blocks["practice.4.hint.out"].anchors[0]
    score = plan.blocks["practice.score2.out"].anchors[0]
    for reads in (hint, score):
        formula = f'IF({a1(reads.row, reads.column)}="",1,2)'
        path = _typed(tmp_path / "round.xlsx", surgery.parts(by_hand), plan.blocks["practice.4.answer"], formula)
        assert any("an input that reads computed cells" in str(one) for one in prove(path).settings)
    content = surgery.parts(by_hand)
    answer = plan.blocks["practice.4.answer"].anchors[0]
    shown = plan.blocks["practice.4.window.out"].anchors[0]
    _typed(tmp_path / "x.xlsx", content, plan.blocks["practice.4.answer"], a1(shown.row, shown.column))
    pixel = plan.blocks["photo.out"]
    red = Block((), (pixel.cell(0, 0, 0),), ())
    path = _typed(tmp_path / "pixel.xlsx", content, red, f"{answer.sheet}!{a1(answer.row, answer.column)}")
    assert any("an input that reads computed cells" in str(one) for one in prove(path).settings)


@pytest.mark.parametrize(
    "name", ["practice.5.hint.out", "practice.score2.out", "practice.6.others.out", "practice.4.top.out"]
)
def test_a_formula_of_practice_that_was_tampered_with_is_wrong(by_hand: Path, tmp_path: Path, name: str) -> None:
    plan = Sheet(by_hand.read_bytes()).plan
    at = plan.blocks[name].anchors[0]
    address = a1(at.row, at.column)
    for how in ("formula", "constant", "deleted", "stored"):
        content = surgery.parts(by_hand)
        surgery.damaged(content, at.sheet, address, how)
        report = prove(surgery.save(tmp_path / "x.xlsx", content))
        assert report.status == 1, how
        if how != "stored":
            assert any(wrong.address == address for one in report.tensors for wrong in one.wrong), how


def test_a_record_in_which_a_pixel_is_an_answer_is_refused(by_hand: Path, tmp_path: Path) -> None:
    content = surgery.parts(by_hand)
    record = surgery.read_record(content)
    record["inputs"]["photo.out"] = "answer"
    surgery.write_record(content, record)
    path = surgery.save(tmp_path / "x.xlsx", content)
    with pytest.raises(sheetnet.SheetnetError, match="damaged"):
        prove(path)

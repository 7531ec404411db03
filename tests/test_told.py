"""A formula told with its numbers: the sentence says the numbers that the formula names, and what comes out."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
import zoo
from opened import EVERY, Open, Opened

from sheetnet import words
from sheetnet.grid import Anchor, Block, a1, sheet_prefix
from sheetnet.layout import Planner, view_name
from sheetnet.layout.places import cell
from sheetnet.lenses import Area, Look, Sentence, element
from sheetnet.lesson.frame.head import LONGEST, Head, draw_sentence
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.thread import follow
from sheetnet.lesson.story.sentence import MOST_SAID, NoSentenceError, SentenceMaker
from sheetnet.network import Node
from sheetnet.recalc.embedded import compute
from sheetnet.steps import Step, of_look
from sheetnet.workbook.book import Book

Cells = Mapping[tuple[str, int, int], float]


def _tensors(cells: Cells) -> tuple[dict[str, Block], dict[str, Any]]:
    """Per sheet one tensor, the rectangle around its cells; "" where there is none."""
    blocks, values = {}, {}
    for number, sheet in enumerate(dict.fromkeys(sheet for sheet, _, _ in cells)):
        places = [(row, column) for title, row, column in cells if title == sheet]
        (top, left), (bottom, right) = (tuple(map(one, zip(*places, strict=True))) for one in (min, max))
        block = Block((bottom - top + 1, right - left + 1), (Anchor(sheet, top, left),), ((1, 0), (0, 1)))
        blocks[f"x{number}"], values[f"x{number}"] = block, np.full(block.shape, "", dtype=object)
        for row, column in places:
            values[f"x{number}"][row - top, column - left] = cells[sheet, row, column]
    return blocks, values


def _lesson(home: str, blocks: Mapping[str, Block], values: Mapping[str, Any]) -> Lesson:
    """A lesson of these tensors and nothing else, with one sheet."""
    network = zoo.network("no softmax")
    book = Book("told")
    book.add(home)
    planner = Planner(network, {}, ())
    for full, block in blocks.items():
        planner.place(full, block)
    return Lesson(planner, dict(values), words.load("en"), book, (), {})


def _told(formula: str, cells: Cells, home: str = "Home", longest: int = LONGEST) -> str:
    """The sentence about ``formula`` in Z99, as a spreadsheet with these cells says it, and as NumPy does."""
    blocks, values = _tensors(cells)
    teller, out = SentenceMaker(home, blocks), Area("out")
    tellings = (teller.full("Z99", formula, out), teller.short("Z99", out))
    known = [(sheet, row, column, [[value]]) for (sheet, row, column), value in cells.items()]
    result = (home, 99, 26)
    values["out"] = np.array(compute({result: formula}, known)[result])
    lesson = _lesson(home, blocks | {"out": cell(home, 99, 26)}, values)
    draw_sentence(lesson, lesson.book.sheets[0], 200, Head("", "", numbers=tellings, name="told", longest=longest))
    made = of_look(lesson.plan.looks["told"], lesson.plan.find)
    said = compute({result: formula, (home, 200, 1): made.rules["out"]()}, known)[home, 200, 1]
    assert lesson.value("told.out").item().matches(str(said)), f"NumPy says {lesson.values['told.out']}"
    return str(said).removeprefix(lesson.words("step.in_numbers", formula=""))


def _square(sheet: str, *values: float, wide: int = 2) -> dict[tuple[str, int, int], float]:
    """Cells from B2 on."""
    return {(sheet, 2 + i // wide, 2 + i % wide): value for i, value in enumerate(values)}


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("B2", "Z99 = 1.5"),
        ("MAX(B2,0)", "Z99 = max(1.5; 0) = 1.5"),
        ("MAX(C2,0)", "Z99 = max(−2; 0) = 0"),
        ("MAX(B2:C3)", "Z99 = max(1.5; −2; 0.3333; 4) = 4"),
        ("MIN(B2:C3)", "Z99 = min(1.5; −2; 0.3333; 4) = −2"),
        ("SUM(B2:C3)", "Z99 = 1.5 + (−2) + 0.3333 + 4 = 3.8333"),
        ("SUM($B$2:$C$2,B3:B3)", "Z99 = 1.5 + (−2) + 0.3333 = −0.1667"),
        ("MAX(B2:B3,C2:C3)", "Z99 = max(1.5; 0.3333; −2; 4) = 4"),
        ("SUMPRODUCT(B2:C2,B3:C3)+B2", "Z99 = −7.5 + 1.5 = −6"),
        ("(B2/C3-C2)/B2", "Z99 = (1.5 / 4 − (−2)) / 1.5 = 1.5833"),
        ("-B2", "Z99 = −1.5 = −1.5"),
        ("-B2*LN(B3)", "Z99 = −1.5 × ln(0.3333) = 1.6479"),
        ("EXP(B2-C3)", "Z99 = e^(1.5 − 4) = 0.0821"),
        ("IF(B2>0,B2*LN(B2/C3),0)", "Z99 = if(1.5>0; 1.5 × ln(1.5 / 4); 0) = −1.4712"),
        ("C2+B10", "Z99 = −2 + 0 = −2"),
        ("AVERAGE(B2:B3,C2:C3)", "Z99 = (1.5 + 0.3333 + (−2) + 4) / 4 = 0.9583"),
        ("SUM(B2:C3)/(2*3)", "Z99 = (1.5 + (−2) + 0.3333 + 4) / (2 × 3) = 0.6389"),
        ("C3/SUM(B2:B4)", "Z99 = 4 / (1.5 + 0.3333 + 0) = 2.1818"),
        ("-SUMIF(B2:B3,1.5,C2:C3)", "Z99 = −(−2) = 2"),
        ("B2*SQRT(C3+1E-05)", "Z99 = 1.5 × √(4 + 0.00001) = 3"),
    ],
)
def test_each_kind_of_formula_is_told(formula: str, sentence: str) -> None:
    assert _told(formula, _square("Home", 1.5, -2.0, 1 / 3, 4.0)) == sentence


@pytest.mark.parametrize("sheet", ["Red", "Conv 1", "it's", "a (b) c", "a!b", "R1C1", "A1", "卷积1", "x,y", "(", "1"])
def test_a_sheet_may_be_called_anything(sheet: str) -> None:
    there = sheet_prefix(sheet)
    cells = _square(sheet, 1.0, 2.0, 3.0, 4.0) | _square("Home", 0.5, 0.25)
    assert _told(f"{there}C2", cells) == "Z99 = 2"
    assert _told(f"MAX({there}B3,0)", cells) == "Z99 = max(3; 0) = 3"
    assert _told(f"SUMPRODUCT({there}B2:C2,$B$2:$C$2)+{there}$B$3", cells) == "Z99 = 1 + 3 = 4"
    assert _told(f"({there}B2/$C$2-{there}C3)/2", cells) == "Z99 = (1 / 0.25 − 4) / 2 = 0"
    if "," not in sheet:
        assert _told(f"MAX({there}B2:C3)", cells) == "Z99 = max(1; 2; 3; 4) = 4"


def test_blank_cells_of_padding_are_no_numbers_in_a_window() -> None:
    cells = {("Home", 2, 2): -3.0, ("Home", 3, 3): -1.0}
    assert _told("MAX(B2:C3)", cells) == "Z99 = max(−3; -; -; −1) = −1"


def test_what_is_too_much_to_be_said_one_by_one_is_said_as_its_value() -> None:
    cells = {("Home", row, 1): float(row) for row in range(1, MOST_SAID + 2)}
    assert _told(f"SUM(A1:A{MOST_SAID})", cells).count("+") == MOST_SAID - 1
    assert _told(f"SUM(A1:A{MOST_SAID + 1})", cells) == "Z99 = 153"
    assert _told(f"MAX(A1:A{MOST_SAID + 1})", cells) == "Z99 = 17"
    assert _told(f"MIN(A1:A{MOST_SAID + 1})+1", cells) == "Z99 = 1 + 1 = 2"


def test_a_formula_that_is_too_long_to_be_told_says_what_comes_out() -> None:
    formula = "+".join(f"SUMPRODUCT(A{k}:B{k},A1:B1)" for k in range(1, 80))
    cells = {("Home", row, column): 1.0 for row in range(1, 80) for column in (1, 2)}
    assert _told(formula, cells) == "Z99 = 158"
    assert _told(formula, cells, longest=30_000) == f"Z99 = {' + '.join(['2'] * 79)} = 158"
    assert _told("B2+B3", _square("Home", 1, 2, 3, 4), longest=50) == "Z99 = 4"


@pytest.mark.parametrize(
    "formula", ["SUMPRODUCT(B2:B3,1/C2:C3)", "SUMIF(B2:B3,C2,C2:C3)", "SUM(B2:C3", "MAX(Home!B2:C3+1)"]
)
def test_what_cannot_be_told_is_refused(formula: str) -> None:
    blocks, _ = _tensors(_square("Home", 1, 2, 3, 4))
    with pytest.raises(NoSentenceError):
        SentenceMaker("Home", blocks).full("Z99", formula, Area("out"))
    with pytest.raises(NoSentenceError, match="Elsewhere: row 2, column 2"):
        SentenceMaker("Home", blocks).full("Z99", "Elsewhere!B2", Area("out"))


def test_no_number_is_minus_nought() -> None:
    assert _told("B2*C2", _square("Home", -0.0, 5.0)) == "Z99 = 0 × 5 = 0"
    assert _told("B2+C2", _square("Home", -0.00001, 0.00002)) == "Z99 = 0 + 0 = 0"


def _worth(told: str) -> float:
    """What the middle of a sentence comes to, computed by Python."""
    text = (
        told.replace(" × ", "*")
        .replace("−", "-")
        .replace("e^(", "exp(")
        .replace("ln(", "log(")
        .replace("√(", "sqrt(")
        .replace(";", ",")
    )
    text = re.sub(r"(?<=[(,]) ?-(?=[,)])", "", text)  # padding
    text = re.sub(r",\s*(?=[,)])", "", re.sub(r"\((?:\s*,)+", "(", text))
    text = re.sub(r"if\((.*?)=0, 0, (.*)\)$", r"(0 if \1==0 else \2)", text)
    tools = {"max": lambda *a: max(a), "exp": exp, "log": log, "sqrt": sqrt}
    tools["__builtins__"] = {}
    return float(eval(text, tools))


def _teller(book: Opened, node: Node) -> SentenceMaker:
    """One that knows the cells which a layer's formulas name."""
    plan = book.plan
    names = plan.network.names(node) | {own: f"{view_name(node, own)}.out" for own in plan.views(node)}
    return SentenceMaker(plan.sheets[node.name], {names[own]: block for own, block in plan.seen(node).items()})


def _telling(teller: SentenceMaker, address: str, formula: str, out: Area, find: Any) -> Step:
    """The sentence of a formula, short where it would be too long."""
    for telling in (lambda: teller.full(address, formula, out), lambda: teller.short(address, out)):
        pieces, reads = telling()
        made = of_look(Look("told", Sentence(pieces), reads), find)
        if len(made.rules["out"]()) <= LONGEST:
            break
    return made


def _sentences(book: Opened) -> list[tuple[str, str, float]]:
    """Place, sentence and true value of some elements of every tensor that is computed, corners among them."""
    rng = random.Random(4)
    formulas, true, said = {}, {}, {}
    plan = book.plan
    known_values = {**book.values, **{full: book.parameters[full] for full in book.network.parameters}}
    lesson = _lesson("", plan.blocks, known_values)
    for look in plan.looks.values():
        lesson.planner.look(look.name, look.lens, look.reads)
    nodes = {node.name: node for node in book.network.nodes}
    for name, shape in book.network.shapes.items():
        if name in book.network.inputs:
            continue
        teller = _teller(book, nodes[name.partition(".")[0]])
        corners = {tuple(rng.choice((0, size - 1)) for size in shape) for _ in range(4)}
        for index in sorted(corners | {tuple(rng.randrange(size) for size in shape) for _ in range(3)}):
            at = plan.blocks[name].cell(*index)
            formula = book.contents.cells[at.sheet][at.row, at.column].formula
            assert formula is not None
            row = 1 + len(formulas)
            blocks = plan.blocks | {"told.out": cell(at.sheet, row, 500)}
            out = element(name, plan.blocks[name], *index)
            made = _telling(teller, a1(at.row, at.column), formula, out, blocks.__getitem__)
            formulas[at.sheet, row, 500] = made.rules["out"]()
            true[at.sheet, row, 500] = (f"{name}{list(index)}", float(book.values[name][index]))
            given = {own: lesson._source(source) for own, source in made.sources.items()}
            said[at.sheet, row, 500] = made.expected(given)["out"].item()
    known = []
    for sheet in dict.fromkeys([sheet for sheet, _, _ in formulas] + list(plan.channels)):
        cells = book.contents.cells[sheet]
        last = max(row for row, _ in cells), max(column for _, column in cells)
        known.append((sheet, 1, 1, book.grid(sheet, 1, 1, *last)))
    found = compute(formulas, known)
    for at, sentence in found.items():
        assert said[at].matches(str(sentence)), f"{true[at][0]}: {sentence}, but NumPy says {said[at]}"
    return [(true[at][0], str(sentence), true[at][1]) for at, sentence in found.items()]


@pytest.mark.parametrize("name", EVERY)
def test_every_layers_formula_is_told_with_the_numbers_that_it_has(opened: Open, name: str) -> None:
    for where, sentence, true in _sentences(opened(name)):
        address, *told, result = sentence.split(" = ")
        assert re.fullmatch(r"[A-Z]+[0-9]+", address)
        assert float(result.replace("−", "-")) == pytest.approx(true, abs=5.1e-5), f"{where}: {sentence}"
        if told:
            assert len(told) == 1
            assert _worth(told[0]) == pytest.approx(true, rel=2e-3, abs=2e-3), f"{where}: {sentence}"


@pytest.mark.parametrize("name", EVERY)
def test_the_head_of_a_layers_sheet_tells_its_formula_and_follows(opened: Open, name: str) -> None:
    book = opened(name)
    pixel = book.plan.blocks["photo.out"].cell(0, 0, 0)
    # The cell on the thread when the workbook was made; it stays the one that is told of.
    places = follow(book.network, book.values).places
    for changed in (None, 200.0):
        if changed is not None:
            book.inputs["photo.out"] = book.inputs["photo.out"].copy()
            book.inputs["photo.out"][0, 0, 0] = changed
            book.set(pixel, changed)
            book.session.evaluate()
            book.tell_again()
        for node in book.network.nodes:
            out = book.values[f"{node.name}.out"]
            place = places[node.name]
            sentence: Any = book.at(book.plan.sheets[node.name], 7, 1)
            lead = book.words("step.in_numbers", formula="")
            assert sentence.startswith(lead)
            if sentence == lead + book.words("loss.unknown") and not book.inputs["truth.out"].any():
                continue  # nobody is the truth, so there is no loss to tell
            address, *_, result = sentence.removeprefix(lead).split(" = ")
            at = book.plan.blocks[f"{node.name}.out"].cell(*place)
            assert address == a1(at.row, at.column)
            assert float(result.replace("−", "-")) == pytest.approx(float(np.asarray(out[place])), abs=5.1e-5)

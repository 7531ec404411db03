"""The truth that the reader chooses: one-hot, loss, verdict and the sentences on Start follow, and stay proven."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
import zoo
from opened import EVERY, Open, Opened, having, same
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from thorough import OFFICES_LATER

from sheetnet import engine
from sheetnet.case.prepare import Case
from sheetnet.grid import a1
from sheetnet.lesson.build import write
from sheetnet.network import Network, Node
from sheetnet.photo import from_pixels
from sheetnet.proof.prove import prove
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import read
from sheetnet.workbook.text import xml

ODD = ["Cat", "cat", "5", " Cat", "Cat ", "05", "a,b", "TRUE", 'say "hi"', "C*t", "C?t", "~"]
MORE = [
    "=1+1",
    "-x",
    "1/2",
    "what's up (really)!",
    "<&'\" >",
    "猫",
    "_x0041_",
    "#N/A",
    "1E3",
    "it&it",
    "\\u0041",
    "@a",
]
NONE = ["(nobody)", "dog", "", "CAT", "Cat  ", "*", "C", 6.5]


def _case(classes: list[str]) -> Case:
    layers = [zoo.layer("flatten"), zoo.layer("dense", units=len(classes)), *zoo.HEAD[2:]]
    spec = {"name": "odd", "classes": classes, "input": {"shape": [1, 2, 2]}, "layers": layers}
    network = Network.from_spec(spec)
    pixels = np.array([[[1.0, 2.0], [3.0, 0.0]]])
    prose = {"title": "odd", "lead": "", "summary": ""}
    return Case(network, network.fill({}, 8), from_pixels(pixels, "odd"), None, prose)


@pytest.fixture(scope="module", params=["odd", "odder"])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Path]:
    """A workbook whose classes have names that a spreadsheet is easily wrong about."""
    case = _case(ODD if request.param == "odd" else MORE)
    path = tmp_path_factory.mktemp(request.param) / "odd.xlsx"
    write(case, path)
    return case, path


def _wrong(book: Opened, chosen: str | None) -> list[str]:
    """What the workbook says wrongly when ``chosen``, or nobody, is the truth."""
    words, network = book.words, book.network
    book.inputs["truth.out"] = engine.one_hot(network, chosen)
    book.tell_again()
    book.session.evaluate()
    wrong = []
    for name, value in book.values.items():
        if name.partition(".")[0] in ("truth", "loss", "loss2"):
            for index in np.ndindex(*value.shape):
                at = book.plan.blocks[name].cell(*index)
                found = book.at(at.sheet, at.row, at.column)
                if not same(found, float(value[index])):
                    wrong.append(f"{name}{list(index)}: {found!r} instead of {value[index]}")
    loss = next(node for node in network.nodes if node.layer.kind == "crossentropy")
    chances = book.values[f"{loss.inputs[0]}.out"]
    answer = network.classes[int(chances.argmax())]
    right = words("loss.unknown" if chosen is None else "loss.yes" if answer == chosen else "loss.no")
    sheet = book.plan.sheets[loss.name]
    row = book.row_of(sheet, "start.verdict")
    told = book.at(sheet, row, 3), book.at(sheet, row, 4)
    if told != (answer, right):
        wrong.append(f"Loss says {told}")
    wrong += _wrong_readings(book, loss, chosen)
    last = book.values[f"{network.line_up.name}.out"]  # type: ignore[union-attr]
    said = network.classes[int(last.argmax())]
    verdict = str(book.at("Start", 4, 4))
    unsure = "I am not sure:  "
    chance, _, name = verdict.removeprefix(unsure).partition(" %  ")
    right = chance == ">99.9" if last.max() > 0.9994 else np.isclose(float(chance), 100 * last.max(), atol=0.05001)
    if name != said or not right or verdict.startswith(unsure) != (last.max() <= 0.7):
        wrong.append(f"Start says {verdict!r}")
    verdict = words("loss.yes" if said == chosen else "loss.no")
    expected = words("start.no_truth") if chosen is None else words("start.truth_is", name=chosen, verdict=verdict)
    if book.at("Start", 5, 8) != expected:
        wrong.append(f"Start says {book.at('Start', 5, 8)!r} instead of {expected!r}")
    return wrong


def _wrong_readings(book: Opened, loss: Node, chosen: str | None) -> list[str]:
    """Where the line below a reading says other numbers than NumPy has, or any where nobody is the truth."""
    words, wrong = book.words, []
    log = 0.0 if chosen is None else book.values[f"{loss.inputs[0]}.log"][book.network.classes.index(chosen)]
    value = float(book.values[f"{loss.name}.out"])
    head = book.at(book.plan.sheets[loss.name], 7, 1)
    if head.endswith(words("loss.unknown")) is not (chosen is None):
        wrong.append(f"the head says {head!r}")
    for own in ("out", "likelihood", "divergence"):
        at = book.plan.blocks[f"{loss.name}.{own}"].anchors[0]
        said = book.at(at.sheet, at.row + 1, at.column + 1)
        if chosen is None:
            wrong += [f"{own}: {said!r}, though nobody is the truth"] * (said != words(f"loss.{own}_untold"))
            continue
        pattern = re.escape(words(f"loss.{own}_told", p="P", value="V"))
        match = re.fullmatch(pattern.replace("P", "(?P<p>.+)").replace("V", "(?P<value>.+)"), said)
        assert match is not None, said
        power = match["p"].removeprefix("e^(−").removesuffix(")")
        close = np.isclose(float(power), np.exp(log) if match["p"] == power else -log, atol=5.1e-5)
        if not close or not np.isclose(float(match["value"]), value, atol=5.1e-5):
            wrong.append(f"{own}: {said!r}, but ln p is {log} and the loss {value}")
    return wrong


def _choose(book: Opened, value: Any) -> None:
    book.set(book.plan.blocks["truth.choice"].anchors[0], value)


@pytest.mark.parametrize("name", ["by-hand", "detective", "branches", "one pixel, one class"])
def test_whoever_is_chosen_everything_that_is_said_about_the_truth_follows(opened: Open, name: str) -> None:
    book = opened(name)
    assert _wrong(book, book.case.label) == []
    for chosen in book.network.classes:
        _choose(book, chosen)
        assert _wrong(book, chosen) == []
    for nobody in ("(nobody)", "none of them", "", 7.0, book.network.classes[0].upper() + "!"):
        _choose(book, nobody)
        assert _wrong(book, None) == []


def test_names_are_told_apart_however_alike_they_are(odd: tuple[Case, Path]) -> None:
    case, path = odd
    book = Opened(case, path.read_bytes())
    for chosen in case.network.classes:
        _choose(book, chosen)
        assert _wrong(book, chosen) == []
    for nobody in NONE:
        _choose(book, nobody)
        assert _wrong(book, None) == []


def test_a_number_that_is_typed_chooses_the_class_of_that_name(odd: tuple[Case, Path]) -> None:
    case, path = odd
    book = Opened(case, path.read_bytes())
    _choose(book, 5.0)
    assert _wrong(book, "5" if "5" in case.network.classes else None) == []


def _edited(path: Path, target: Path, chosen: str) -> Path:
    """The workbook with another truth typed in, and nothing calculated anew."""
    content = surgery.parts(path)
    cell = f'<c r="C9" t="inlineStr"><is><t xml:space="preserve">{xml(chosen)}</t></is></c>'
    surgery.replace_cell(content, "Loss", "C9", cell)
    return surgery.save(target, content)


@pytest.mark.parametrize("which", ["formualizer", *OFFICES_LATER])
def test_a_workbook_is_still_proven_whoever_is_chosen(
    odd: tuple[Case, Path], made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None], which: str
) -> None:
    case, path = odd
    choices = [*case.network.classes[1::2], "(nobody)", "dog"]
    files = [_edited(path, tmp_path / f"{i}.xlsx", chosen) for i, chosen in enumerate(choices)]
    files += [_edited(made["by-hand"], tmp_path / "by-hand.xlsx", "Green dot")]
    if which != "formualizer":
        needs(which)
        fresh = recalculate(which, [file.read_bytes() for file in files], time.monotonic() + 240)
        for file, data in zip(files, fresh, strict=True):
            file.write_bytes(data)
    for file, chosen in zip(files, [*choices, "Green dot"], strict=True):
        report = prove(file, "formualizer" if which == "formualizer" else "stored")
        assert report.proven, (chosen, list(report.lines()))
        if which != "formualizer":
            start = read(file.read_bytes(), "x").cells["Start"][5, 8].value
            assert str(start).startswith("Nobody" if chosen in ("(nobody)", "dog") else f"The truth is {chosen}:")


def test_a_loss_of_nobody_shows_no_0(made: dict[str, Path]) -> None:
    """Where nobody is the truth, a format shows 0 as nothing: in the truth, its terms and the three readings."""
    sheet = load_workbook(made["by-hand"])["Loss"]
    rules = [(where, rule) for where in sheet.conditional_formatting for rule in where.rules]
    [(where, rule)] = [one for one in rules if one[1].formula == ["SUM($E$19:$E$21)=0"]]
    assert rule.dxf.numFmt.formatCode.split(";")[2] == "#"
    covered = {cell for area in where.sqref.ranges for cell in area.cells}
    rows, columns = (19, 20, 21), (5, 6, 7)
    assert covered == {(row, column) for row in rows for column in columns} | {(11, 3), (13, 3), (15, 3)}


@pytest.mark.parametrize("typed", ["1", "0"])
@pytest.mark.parametrize("who", [0, 1])
def test_a_truth_that_is_no_formula_any_more_is_named(
    made: dict[str, Path], tmp_path: Path, who: int, typed: str
) -> None:
    content = surgery.parts(made["by-hand"])
    address = "E19" if who == 0 else "E20"
    cells = {address: surgery.find_cell(content, "Loss", address)}
    surgery.replace_cell(content, "Loss", address, surgery.cell_xml(address, None, typed))
    report = prove(surgery.save(tmp_path / "truth.xlsx", content))
    assert cells[address][0] is not None
    assert cells[address][0].startswith("IF(EXACT(")
    assert [(w.sheet, w.address) for w in report.wrong] == [("Loss", address)]
    assert not report.proven


@pytest.mark.parametrize("formula", ["IF(B19=$C$9,1,0)", "IF(EXACT(B20,$C$9),1,0)", "1+0", "EXACT(B19,$C$9)+0"])
def test_a_truth_in_other_words_is_named(made: dict[str, Path], tmp_path: Path, formula: str) -> None:
    content = surgery.parts(made["by-hand"])
    before, value = surgery.find_cell(content, "Loss", "E19")
    assert before == "IF(EXACT(B19,$C$9),1,0)"
    surgery.replace_cell(content, "Loss", "E19", surgery.cell_xml("E19", formula, value))
    report = prove(surgery.save(tmp_path / "words.xlsx", content))
    assert [(w.sheet, w.address) for w in report.wrong] == [("Loss", "E19")]


@pytest.mark.parametrize("name", EVERY)
def test_what_is_chosen_in_a_fresh_workbook_is_on_its_list(made: dict[str, Path], name: str) -> None:
    contents = read(made[name].read_bytes(), name)
    package = surgery.parts(made[name])
    count = 0
    for title in contents.sheets:
        text = package[surgery.part_of(package, title)].decode()
        cells = contents.cells[title]
        rules = re.findall(r"<dataValidation (.*?)><formula1>(.*?)</formula1>", text)
        lists = [(re.search(r'sqref="([^"]*)"', rule), source) for rule, source in rules if 'type="list"' in rule]
        for found, source in lists:
            assert found is not None
            where = found[1]
            (column, row, *rest), (left, top, right, bottom) = range_boundaries(where), range_boundaries(source)
            assert rest == [column, row]
            offered = [cells[r, c].value for r in range(top, bottom + 1) for c in range(left, right + 1)]
            chosen = cells[row, column]
            assert chosen.formula is None
            assert chosen.value in offered, f"{title}!{a1(row, column)}: {chosen.value!r} is none of {offered}"
            assert len(offered) == len(set(offered))
            count += 1
    choices = {"conv2d": 4, "maxpool2d": 4, "dense": 2}
    assert count >= sum(many for kind, many in choices.items() if name in zoo.ZOO and name in having(kind))
    assert count > 0


def test_what_is_chosen_stays_the_text_it_is_on_the_list(odd: tuple[Case, Path]) -> None:
    """A cell that is no text takes 05 for 5, 1/2 for a date and =1+1 for a formula, from its list as well."""
    _, path = odd
    book = load_workbook(path)
    assert book["Loss"]["C9"].number_format == "@"
    assert book["Close-up logit"]["C10"].number_format == "@"
    assert book["Close-up logit"]["C11"].number_format == "0"

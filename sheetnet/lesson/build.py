"""A template and a photo -> the finished workbook.

photo ->
template -> network, parameters -> engine (numbers) -> layout (cells) -> sheets -> file
model ->
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sheetnet import engine, layout, modelfile, words
from sheetnet.errors import ModelFileError, NetworkError, PhotoError, WorkbookError
from sheetnet.grid import Anchor, Block
from sheetnet.layers import Array
from sheetnet.lesson import charts
from sheetnet.lesson import template as templates
from sheetnet.lesson.checks import draw_checks
from sheetnet.lesson.closeup import conv, logit, pool
from sheetnet.lesson.frame import COLORS, Lesson, fit_print
from sheetnet.lesson.pictures import draw_channels, draw_photo
from sheetnet.lesson.sheets import draw_node
from sheetnet.lesson.start import draw_start, place_start
from sheetnet.lesson.weights import draw_weights, laid_back
from sheetnet.network import LAYOUTS, PHOTO, TRUTH, Network
from sheetnet.words import Words
from sheetnet.workbook.book import RECORD_NAME, Book
from sheetnet.workbook.style import FONT, FONTS, PLAIN, THEMES
from sheetnet.workbook.target import refuse_target
from sheetnet.workbook.write import save

if TYPE_CHECKING:
    from sheetnet.photo import Photo

RECORD_SHEET = "sheetnet"
RECORD_PIECE = 30_000  # characters a cell; a cell holds at most 32,767
MAX_SIDE = 512  # pixels of --size
PAPERS = ("a4", "letter")
TINY = 1e-300  # a weight below it is written as 0: spreadsheets disagree about such numbers

# The sheets that are no step of the network: is there anything for them to show, and who draws them.
EXTRAS: dict[str, tuple[Callable[[Network], object], Callable[[Lesson, str], None]]] = {
    "closeup": (conv.offered, conv.draw_conv),
    "closeup_pool": (pool.offered, pool.draw_pool),
    "closeup_logit": (logit.offered, logit.draw_logit),
    "weights": (laid_back, draw_weights),
    "charts": (charts.offered, charts.draw_charts),
    "checks": (lambda network: True, draw_checks),
}


@dataclass(frozen=True)
class Case:
    """Everything that decides a workbook.

    ``label``: the true class or None. ``weights``: "trained", "given" or "untrained". ``plain``: no close-ups,
    charts and checks, only the network. ``letter``: printed on US Letter, not on A4.
    """

    network: Network
    parameters: Mapping[str, Array]
    photo: Photo
    label: str | None
    prose: Mapping[str, str]
    weights: str = "untrained"
    language: str = words.ENGLISH
    theme: str = PLAIN
    letter: bool = False
    plain: bool = False


def prepare(
    photo: Path | None,
    *,
    template: str | Path | Network = templates.DEFAULT,
    model: Path | None = None,
    label: str | None = None,
    size: tuple[int, int] | None = None,
    fit: Literal["crop", "pad"] = "crop",
    seed: int = 0,
    layout_name: str | None = None,
    language: str = words.ENGLISH,
    theme: str = PLAIN,
    paper: str = PAPERS[0],
    plain: bool = False,
) -> Case:
    """Gather network, weights and photo. Errors: see ``errors``; each says what to do."""
    from sheetnet import photo as photos

    for value, known, option in (
        (language, words.languages(), "--lang"),
        (theme, THEMES, "--theme"),
        (paper, PAPERS, "--paper"),
    ):
        if value not in known:
            raise WorkbookError(f"{option}: {value!r} is none of {', '.join(known)}")
    base = _template(template, language)
    network, given, prose = base.network, base.given, base.prose
    if model is not None:
        stored, tensors = modelfile.load(model)
        network, given = stored or network, tensors
        if network.name != base.network.name:  # the template's words tell of another network
            prose = _untold(network)
        if missing := network.untaught(given):
            raise ModelFileError(f"{model}: lacks {', '.join(missing[:5])}; it has {', '.join(sorted(given)[:10])}")
    if size is not None:
        if not all(1 <= side <= MAX_SIDE for side in size):
            raise NetworkError(f"--size: a side must be 1 to {MAX_SIDE} pixels")
        network = network.resized(*size)
    if layout_name is not None:
        if layout_name not in LAYOUTS:
            raise NetworkError(f"--layout: use one of {', '.join(LAYOUTS)}")
        network = replace(network, layout=layout_name)
    if not 0 <= seed < 1 << 32:
        raise NetworkError(f"--seed: {seed} is out of range; use a number from 0 to {(1 << 32) - 1}")
    layout_check(network)
    parameters = {
        name: np.where(np.abs(value) < TINY, 0.0, value) for name, value in network.fill(given, seed).items()
    }
    if photo is None and base.pixels is None:
        raise PhotoError(f"the template {network.name!r} needs a photo: sheetnet build PHOTO")
    if photo is None:
        if base.pixels is None or base.pixels.shape != network.shape:
            raise PhotoError(f"the picture of {network.name!r} is not {list(network.shape)}; give a photo")
        seen, label = photos.from_pixels(base.pixels, prose["title"]), label or base.label
    else:
        seen = photos.load(photo, (network.shape[0], network.shape[1], network.shape[2]), fit)
    weights = "trained" if network.trained else "untrained" if network.drawn(given) else "given"
    label = _known(label, network, base.classes)
    network = replace(network, classes=tuple(base.classes.get(name, name) for name in network.classes))
    label = None if label is None else base.classes.get(label, label)
    return Case(network, parameters, seen, label, prose, weights, language, theme, paper == "letter", plain)


def layout_check(network: Network, language: str = words.ENGLISH) -> layout.Plan:
    """Place a network, and so refuse one that fits in no workbook, before anything costly is done."""
    vocabulary = words.load(language)
    return layout.plan(network, sheet_titles(network, vocabulary), channel_titles(network, vocabulary))


def _template(template: str | Path | Network, language: str) -> templates.Template:
    if isinstance(template, Network):
        return templates.Template(template, {}, None, None, _untold(template), {})
    return templates.load(template, language)


def _untold(network: Network) -> dict[str, str]:
    """The prose of a network that brings none."""
    return {"title": network.name, "summary": "", "lead": ""}


def _known(label: str | None, network: Network, translated: Mapping[str, str]) -> str | None:
    """The class that a label means: by its name in the network, or in the language of the workbook."""
    if label is None:
        return None
    names = {name: name for name in network.classes} | {
        other: name for name, other in translated.items() if name in network.classes
    }
    found = [names[name] for name in names if name == label] or [
        names[name] for name in names if name.casefold() == label.strip().casefold()
    ]
    if not found:
        raise NetworkError(f"label {label!r} is none of the classes: {', '.join(network.classes[:20])}")
    if not network.has_truth:
        raise NetworkError(f"the network {network.name!r} has no loss, so it takes no label; leave --label out")
    return found[0]


def write(case: Case, path: Path, *, force: bool = False, progress: Callable[[int, int], None] | None = None) -> int:
    """Build the workbook of a case at ``path``; returns how many formulas it has. WorkbookError where it fails."""
    refuse_target(path, force=force)  # before the work, not after it
    book = make_book(case)
    save(book, path, force=force, progress=progress)
    return book.formula_count()


def make_book(case: Case) -> Book:
    """The workbook of a case, every formula with its value, not written yet."""
    network = case.network
    inputs = {f"{PHOTO}.out": case.photo.x}
    if network.has_truth:
        inputs[f"{TRUTH}.out"] = engine.one_hot(network, case.label)
    values = engine.forward(network, inputs, case.parameters)
    for name, array in values.items():
        if not np.isfinite(array).all():
            raise NetworkError(f"{name}: the numbers grow too large for a spreadsheet; use smaller weights")
    book = draw(case, values)
    _fill(book)
    for sheet in book.sheets:
        if not sheet.hidden:
            fit_print(sheet)
    return book


def draw(case: Case, values: Mapping[str, Array]) -> Book:
    """The workbook of a case; the formulas outside the network have no values yet. ``values``: of every tensor."""
    network, vocabulary = case.network, words.load(case.language)
    plan = layout_check(network, case.language)
    book = Book(
        case.prose["title"],
        theme=case.theme,
        font=FONTS.get(case.language, FONT),
        language=case.language,
        letter=case.letter,
    )
    start = vocabulary("sheets.start")
    steps = (start, plan.sheets[PHOTO], *plan.channels, *(plan.sheets[node.name] for node in network.nodes))
    extras = {} if case.plain else {key: vocabulary(f"sheets.{key}") for key in EXTRAS if EXTRAS[key][0](network)}
    lesson = Lesson(network, plan, values, vocabulary, book, (*steps, *extras.values()), extras)
    sheet = book.add(start, one_page=True)
    place_start(lesson, start)
    draw_start(lesson, sheet, case.prose, case.weights, case.photo)
    draw_photo(lesson)
    draw_channels(lesson)
    for node in network.nodes:
        draw_node(lesson, node)
    for key, title in extras.items():
        EXTRAS[key][1](lesson, title)
    _write_record(book, plan)
    return book


def _write_record(book: Book, plan: layout.Plan) -> None:
    for names, block in layout.names_of(plan):
        book.name(names, block)
    text = json.dumps(layout.write_record(plan), ensure_ascii=False, separators=(",", ":"))
    text = text.replace(" ", "\\u0020")  # only in strings; a spreadsheet may drop a space at the end of a cell
    pieces = [text[i : i + RECORD_PIECE] for i in range(0, len(text), RECORD_PIECE)]
    sheet = book.add(RECORD_SHEET, hidden=True)
    for row, piece in enumerate(pieces, 1):
        sheet.text(row, 1, piece)
    book.name([RECORD_NAME], _column(RECORD_SHEET, len(pieces)))


def _column(sheet: str, rows: int) -> Block:
    return Block((rows,), (Anchor(sheet, 1, 1),), ((1, 0),))


def _fill(book: Book) -> None:
    """Give the formulas outside the tensors their values, computed by the embedded engine."""
    pending = book.pending()
    if not pending:
        return
    from sheetnet.recalc.embedded import compute

    formulas = {(sheet.title, row, cell.column): cell.formula or "" for sheet, row, cell in pending}
    found = compute(formulas, book.known((at[0], text) for at, text in formulas.items()))
    for sheet, row, cell in pending:
        cell.value = found[sheet.title, row, cell.column]


def sheet_titles(network: Network, vocabulary: Words) -> dict[str, str]:
    """Title of each node's sheet: its kind, numbered where there are several."""
    titles = {PHOTO: vocabulary("sheets.photo")}
    kinds = [node.layer.kind for node in network.nodes]
    counts: dict[str, int] = {}
    for node in network.nodes:
        kind = node.layer.kind
        counts[kind] = counts.get(kind, 0) + 1
        title = vocabulary(f"kinds.{kind}.sheet")
        titles[node.name] = f"{title}{counts[kind]}" if kinds.count(kind) > 1 else title
    return titles


def channel_titles(network: Network, vocabulary: Words) -> tuple[str, ...]:
    """Titles of the channel sheets: Red, Green, Blue; Grey; or numbered."""
    channels = network.shape[0]
    if channels in COLORS:
        return tuple(vocabulary(f"sheets.{color}") for color in COLORS[channels])
    return tuple(vocabulary("sheets.channel", number=i + 1) for i in range(channels))

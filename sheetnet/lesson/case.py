"""A template, a photo, perhaps a model -> a case: everything that decides a workbook, gathered and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sheetnet import modelfile, words
from sheetnet.errors import ModelFileError, NetworkError, PhotoError, WorkbookError
from sheetnet.folding import fold as folding
from sheetnet.folding import folded
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.lesson import template as templates
from sheetnet.lesson.drawn import Drawn
from sheetnet.lesson.titles import layout_check
from sheetnet.network import LAYOUTS, Network, Parameters
from sheetnet.workbook.style import PLAIN, THEMES

if TYPE_CHECKING:
    from sheetnet.photo import Photo

PAPERS = ("a4", "letter")
MAX_SIDE = 512  # pixels of --size
TINY = 1e-300  # a weight below it is written as 0: spreadsheets disagree about such numbers


@dataclass(frozen=True)
class Case:
    """Everything that decides a workbook.

    ``parameters``: the weights, and the extra tensors of the network. ``photo``: None where it sees none.
    ``label``: the true class or None. ``weights``: "trained", "given" or "untrained". ``plain``: no close-ups,
    charts and checks, only the network. ``letter``: printed on US Letter, not on A4. ``card``: what is known of
    the training, empty for untrained weights. ``trained_for``: the size whose trained weights do not fit this one,
    so that all are random; None for any other reason. ``drawn``: what the reader draws on, with what the
    photo shows on its pad; None where the pixels are constants. ``notes``: what was changed in a model from
    elsewhere, a line each. ``part``: where the network is the first part of another, how many layers that has.
    """

    network: Network
    parameters: Mapping[str, Array]
    photo: Photo | None
    label: str | None
    prose: Mapping[str, str]
    weights: str = "untrained"
    language: str = words.ENGLISH
    theme: str = PLAIN
    letter: bool = False
    plain: bool = False
    card: Mapping[str, Any] = field(default_factory=dict)
    trained_for: Shape | None = None
    drawn: Drawn | None = None
    notes: tuple[str, ...] = ()
    part: int | None = None

    @property
    def done(self) -> tuple[str, ...]:
        """What was done to the photo, as keys of words."""
        return () if self.photo is None else self.photo.done


def prepare(
    photo: Path | None,
    *,
    template: str | Path | Network = templates.DEFAULT,
    model: Path | None = None,
    label: str | None = None,
    size: tuple[int, int] | None = None,
    fit: Literal["crop", "pad"] = "crop",
    seed: int | None = None,
    layout_name: str | None = None,
    language: str = words.ENGLISH,
    theme: str = PLAIN,
    paper: str = PAPERS[0],
    plain: bool = False,
    reading: modelfile.Reading | None = None,
    until: str | None = None,
    fold: bool = False,
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
    network, given, prose, card, trained_for = base.network, base.given, base.prose, base.card, None
    notes: tuple[str, ...] = ()
    if model is not None:
        found = modelfile.open_model(model, reading)
        network, given = found.network or replace(network, trained=False), found.parameters
        card, notes = found.card, found.notes
        if found.network is None:
            given = modelfile.fitted(network, given, model)
        prose = {key: text for key, text in prose.items() if key != "learned"}  # which tells of other weights
        if network.name != base.network.name:  # the template's words tell of another network
            prose = _untold(network)
        if (unseen := [name for name in network.outside if name not in given]) and not network.shape:
            told = ", ".join(f"{name.removesuffix('.out')} {list(network.outside[name])}" for name in unseen)
            raise ModelFileError(
                f"{model}: takes no photo: it needs one input of [1, channels, height, width] with 1 or 3 channels, "
                f"and has {told}; export it so, with a batch of 1"
            )
        if missing := network.untaught(given):
            raise ModelFileError(f"{model}: lacks {', '.join(missing[:5])}; it has {', '.join(sorted(given)[:10])}")
    if size is not None:
        if not all(1 <= side <= MAX_SIDE for side in size):
            raise NetworkError(f"--size: a side must be 1 to {MAX_SIDE} pixels")
        network = network.resized(*size)
    if model is None and network.trained and (seed is not None or network.shape != base.network.shape):
        trained_for = base.network.shape if seed is None else None
        network, given, card = replace(network, trained=False), base.fixed, {}
    seed = seed or 0
    if layout_name is not None:
        if layout_name not in LAYOUTS:
            raise NetworkError(f"--layout: use one of {', '.join(LAYOUTS)}")
        network = replace(network, layout=layout_name)
    if not 0 <= seed < 1 << 32:
        raise NetworkError(f"--seed: {seed} is out of range; use a number from 0 to {(1 << 32) - 1}")
    whole = network
    if until is not None:
        network = network.until(until)
    layout_check(folded(network) if fold else network)
    filled = _filled(whole, network, given, seed)
    if fold:
        network, filled = folding(network, filled)
    parameters = {name: np.where(np.abs(value) < TINY, 0.0, value) for name, value in filled.items()}
    pad = base.drawn if base.drawn is not None and base.drawn.suits(network) else None
    if not network.shape:
        if photo is not None or label is not None:
            raise NetworkError(f"{network.name!r} sees no photo; leave photo and label out")
        seen = None
    elif photo is None and base.pixels is None and pad is None:
        raise PhotoError(f"the template {network.name!r} needs a photo: sheetnet build PHOTO")
    elif photo is None and pad is not None:
        seen = photos.from_pixels(pad.x(), prose["title"], network.levels)
    elif photo is None:
        if base.pixels is None or base.pixels.shape != network.shape:
            raise PhotoError(f"the picture of {network.name!r} is not {list(network.shape)}; give a photo")
        seen = photos.from_pixels(base.pixels, prose["title"], network.levels)
        label = label or (base.label if network.has_truth else None)
    else:
        shape = network.shape[0], network.shape[1], network.shape[2]
        seen = photos.load(photo, shape, fit, network.levels, network.ink)
        pad = None if pad is None or pad.colors else pad.with_photo(seen.x)  # a photo is not made of a few colours
    part = None if until is None else len(whole.nodes)
    random = set(whole.random(given)).intersection(parameters)
    weights = "trained" if network.trained else "untrained" if random else "given"
    label = _known(label, network, base.classes)
    network = replace(network, classes=tuple(base.classes.get(name, name) for name in network.classes))
    if pad is not None:
        pad = replace(pad, samples=tuple((base.classes.get(name, name), one) for name, one in pad.samples))
    label = None if label is None else base.classes.get(label, label)
    return Case(
        network,
        parameters,
        seen,
        label,
        prose,
        weights,
        language,
        theme,
        paper == "letter",
        plain,
        card if network.trained and part is None else {},
        trained_for,
        pad,
        notes,
        part,
    )


def _filled(whole: Network, part: Network, given: Mapping[str, Array], seed: int) -> Parameters:
    """The parameters of a part, which has the same weights as in the whole network."""
    end = whole.nodes.index(part.nodes[-1]) + 1  # what comes after it need not be drawn
    begun = replace(whole, nodes=whole.nodes[:end])
    later = set(whole.parameters) - set(begun.parameters)
    filled = begun.fill({name: value for name, value in given.items() if name not in later}, seed)
    return {name: filled[name] for name in (*part.parameters, *part.outside)}


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

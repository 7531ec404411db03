"""Templates: a folder with network.toml, and prose per language; perhaps weights, a picture given as numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import modelfile
from sheetnet.errors import ModelFileError, NetworkError, shown
from sheetnet.layers import Array
from sheetnet.lesson.drawn import Drawn, drawn
from sheetnet.network import Network, Parameters, given_parameters
from sheetnet.words import ENGLISH

DEFAULT = "detective"
WEIGHTS = "weights.safetensors"
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Template:
    """A network with what comes with it.

    ``given``: parameters by name, those missing are seeded; ``fixed``: those of them that network.toml gives. The
    others are weights that were trained, and ``card`` says how (see ``training.model``). ``pixels``: a picture
    (C, H, W), or None where a photo is needed. ``label``: its true class, or None. ``prose``: title, summary, lead,
    and "learned" where the weights were trained: a plain statement of what that is worth. ``classes``: what the
    classes are called in the language of the prose, where that is another name. ``drawn``: what is drawn on,
    or None.
    """

    network: Network
    given: dict[str, Array]
    pixels: Array | None
    label: str | None
    prose: dict[str, str]
    classes: dict[str, str]
    fixed: dict[str, Array] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    drawn: Drawn | None = None


def home() -> Path:
    """The folder of the templates that come with sheetnet: inside a wheel, or beside the package in a clone."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def names() -> list[str]:
    """The templates that come with sheetnet."""
    return sorted(path.parent.name for path in home().glob("*/network.toml"))


def load(which: str | Path, language: str = ENGLISH) -> Template:
    """A template by name, by its folder, or by its network.toml. NetworkError says what is wrong and where."""
    path = _find(which)
    spec = _toml(path)
    picture = spec.pop("picture", {})
    draw = spec.pop("draw", None)
    if isinstance(draw, str) and draw in names():  # the pad and the samples of another template
        draw = _toml(home() / draw / "draw.toml")
    elif draw is None and (beside := path.with_name("draw.toml")).is_file():
        draw = _toml(beside)
    prose = {"title": str(spec.get("name", "")), "summary": "", "lead": ""}
    classes: dict[str, str] = {}
    for name in dict.fromkeys((ENGLISH, language)):
        if (text := path.with_name(f"{name}.toml")).is_file():
            told = _toml(text)
            renamed = told.pop("classes", {})
            classes = {str(k): str(v) for k, v in renamed.items()} if isinstance(renamed, dict) else {}
            prose |= {key: str(value) for key, value in told.items()}
    try:
        network = Network.from_spec(spec)
        fixed = given_parameters(spec)
        pixels, label = _picture(picture, network)
        pad = None if draw is None else drawn(draw, network)
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from error
    if not (weights := path.with_name(WEIGHTS)).is_file():
        return Template(network, fixed, pixels, label, prose, classes, fixed, {}, pad)
    network, given = _taught(weights, network, fixed)
    return Template(network, given, pixels, label, prose, classes, fixed, modelfile.card(weights), pad)


def _taught(weights: Path, network: Network, fixed: Mapping[str, Array]) -> tuple[Network, Parameters]:
    """The network with the weights of a file. ModelFileError where they are of another one, or not all there."""
    stored, tensors = modelfile.load(weights)
    given = {**tensors, **fixed}
    if missing := network.untaught(given):
        raise ModelFileError(f"{weights}: lacks {', '.join(missing[:5])}; train it again, or remove the file")
    if stored is None:
        return network, given
    if replace(stored, name=network.name, layout=network.layout, trained=network.trained) != network:
        raise ModelFileError(
            f"{weights}: is of another network than network.toml; train it again, or remove the file"
        )
    return replace(network, trained=stored.trained), given


def _find(which: str | Path) -> Path:
    path = Path(which)
    if isinstance(which, str) and which in names():
        return home() / which / "network.toml"
    if path.is_dir():
        path = path / "network.toml"
    if not path.is_file():
        known = ", ".join(names())
        raise NetworkError(f"{which}: no such template; use {known}, or a folder that has a network.toml")
    return path


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise NetworkError(f"{path}: cannot be read as TOML ({' '.join(str(error).split())})") from error


def _picture(table: Any, network: Network) -> tuple[Array | None, str | None]:
    """The [picture] of a template: ``label`` and ``pixels``, channel by channel, row by row."""
    if not isinstance(table, dict) or set(table) - {"label", "pixels"}:
        raise NetworkError("[picture] takes label and pixels")
    label = table.get("label")
    if label is not None and (label not in network.classes or not network.has_truth):
        raise NetworkError(f"[picture]: the label {shown(label)} is none of the classes, or there is no loss")
    if "pixels" not in table:
        return None, label
    try:
        pixels = np.asarray(table["pixels"], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NetworkError("[picture]: pixels must be channels of rows of numbers") from error
    if pixels.shape != network.shape:
        raise NetworkError(f"[picture]: pixels are {list(pixels.shape)}, the input is {list(network.shape)}")
    return pixels, label

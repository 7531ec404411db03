"""Templates: a folder with network.toml and its prose in each language, perhaps with weights and a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import modelfile
from sheetnet.case.course import Course, course_of
from sheetnet.case.drawing import Drawing, drawing_of
from sheetnet.case.tomlfile import read_toml
from sheetnet.errors import ModelFileError, NetworkError, shown
from sheetnet.files import is_folder, is_there
from sheetnet.layers import Array
from sheetnet.network import Network, given_parameters
from sheetnet.words import ENGLISH

WEIGHTS = "weights.safetensors"
LESSON = "lesson.toml"
CHAPTERS = "chapters.toml"
GROUP = "networks"
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Template:
    """A network with what comes with it.

    ``prose``: title, summary and lead; "samples" says where those of ``drawing`` are from, "learned" what the weights
    are worth, "unsure" what to do where they are not sure. ``given``: parameters by name, not always all. ``fixed``:
    those of them that network.toml gives; the others were trained, and ``card`` says how (see ``training.model``).
    ``pixels``: a picture (C, H, W), or None where the reader brings a photo. ``label``: the true class of the
    picture, or None. ``classes``: the names of classes in the language of the prose, where they are others.
    ``drawing``: what the reader draws on and with, or None. ``find``: the class that a photo is searched for, or "".
    ``group``: under which ``sheetnet templates`` lists it.
    ``course``: the pictures and settings of a training in one workbook, or None.
    """

    network: Network
    prose: Mapping[str, str]
    given: Mapping[str, Array] = field(default_factory=dict)
    fixed: Mapping[str, Array] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    pixels: Array | None = None
    label: str | None = None
    classes: Mapping[str, str] = field(default_factory=dict)
    drawing: Drawing | None = None
    find: str = ""
    group: str = GROUP
    course: Course | None = None


def home() -> Path:
    """The folder of the templates that come with sheetnet: inside a wheel, or beside the package in a clone."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def names(file: str = "network.toml") -> list[str]:
    """The templates that come with sheetnet, whose folder has this ``file``: networks, LESSON or CHAPTERS."""
    return sorted(path.parent.name for path in home().glob(f"*/{file}"))


def folder_of(which: str | Path) -> Path:
    """The folder of a template, or of a lesson. NetworkError where there is none."""
    if isinstance(which, str) and which in names(LESSON):
        return home() / which
    return _find(which).parent


def load(which: str | Path, language: str = ENGLISH) -> Template:
    """A template by name, by its folder, or by its network.toml. NetworkError says what is wrong and where."""
    path = _find(which)
    spec = read_toml(path)
    if "training" in spec:
        _refuse_beside_training(spec, path)
    table, draw = spec.pop("picture", {}), _draw(spec.pop("draw", None), path)
    prose, classes = _prose(path, language)
    find, group, training = spec.pop("find", ""), spec.pop("group", GROUP), spec.pop("training", None)
    try:
        network = Network.from_spec(spec)
        fixed = given_parameters(spec)
        pixels, label = _picture(table, network)
        drawing = None if draw is None else drawing_of(draw, network)
        course = None if training is None else course_of(training, network)
        if find and find not in network.classes:
            raise NetworkError(f"find is {shown(find)}; use one of the classes")
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from error
    told = {"title": network.name, **prose}
    own = pixels, label, classes, drawing, find, str(group), course
    found = Template(network, told, fixed, fixed, {}, *own)
    weights = path.with_name(WEIGHTS)
    return _trained(found, weights) if is_there(weights) else found


def _refuse_beside_training(spec: Mapping[str, Any], path: Path) -> None:
    """NetworkError for what a template with [training] would not use: it has pictures, and starts at random."""
    if unused := [key for key in ("picture", "draw", "find") if key in spec]:
        raise NetworkError(f"{path}: {unused[0]} has no use beside [training], which has pictures; leave it out")
    if is_there(weights := path.with_name(WEIGHTS)):
        raise NetworkError(f"{weights}: has no use beside [training], which starts at random; remove the file")


def _draw(entry: Any, path: Path) -> Any:
    """The table [draw]: in network.toml, in that of the template that ``entry`` names, or in the draw.toml beside."""
    if isinstance(entry, str) and entry in names():
        return read_toml(home() / entry / "draw.toml")
    if entry is None and is_there(beside := path.with_name("draw.toml")):
        return read_toml(beside)
    return entry


def _prose(path: Path, language: str) -> tuple[dict[str, str], dict[str, str]]:
    """The prose beside network.toml, English where the language has none, and the names of the classes in it."""
    prose, classes = {"summary": "", "lead": ""}, {}
    for name in dict.fromkeys((ENGLISH, language)):
        if is_there(text := path.with_name(f"{name}.toml")):
            table = read_toml(text)
            renamed = table.pop("classes", {})
            classes = {str(k): str(v) for k, v in renamed.items()} if isinstance(renamed, dict) else {}
            prose |= {key: str(value) for key, value in table.items()}
    return prose, classes


def _trained(template: Template, weights: Path) -> Template:
    """The template with the weights of a file. ModelFileError where they are of another network, or not all there."""
    network = template.network
    stored, tensors = modelfile.load(weights)
    given = {**tensors, **template.fixed}
    if missing := network.untaught(given):
        raise ModelFileError(f"{weights}: lacks {', '.join(missing[:5])}; train it again, or remove the file")
    if stored is not None:
        if replace(stored, name=network.name, layout=network.layout, trained=network.trained) != network:
            raise ModelFileError(
                f"{weights}: is of another network than network.toml; train it again, or remove the file"
            )
        network = replace(network, trained=stored.trained)
    return replace(template, network=network, given=given, card=modelfile.card(weights))


def _find(which: str | Path) -> Path:
    path = Path(which)
    if path.suffix.lower() in modelfile.FORMS and not is_folder(path):
        raise NetworkError(f"{which}: a model, and no template; give it as --model (build) or as --start (train)")
    if isinstance(which, str) and which in names():
        return home() / which / "network.toml"
    if is_folder(path):
        lesson, path = path / LESSON, path / "network.toml"
        if not is_there(path) and is_there(lesson):
            raise NetworkError(f"{lesson}: a lesson, about no network; use one of {', '.join(names())}")
    if isinstance(which, str) and which in names(CHAPTERS):
        raise NetworkError(f"{which} is a course, a network and lessons: sheetnet build PHOTO --template {which}")
    if not is_there(path):
        if which in names(LESSON):
            raise NetworkError(f"{which} is a lesson, about no network; use one of {', '.join(names())}")
        known = ", ".join([*names(), *names(LESSON), *names(CHAPTERS)])
        raise NetworkError(f"{which}: no such template; use {known}, or a folder with network.toml or {LESSON}")
    return path


def _picture(table: Any, network: Network) -> tuple[Array | None, str | None]:
    """The [picture] of a template: ``label`` and ``pixels``, channel by channel, row by row."""
    if not isinstance(table, dict) or set(table) - {"label", "pixels"}:
        raise NetworkError("[picture] takes label and pixels")
    label = table.get("label")
    if label is not None and (label not in network.classes or not network.has_truth):
        raise NetworkError(f"[picture]: the label {shown(label)} is no class of the network, or there is no loss")
    if "pixels" not in table:
        return None, label
    try:
        pixels = np.asarray(table["pixels"], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NetworkError("[picture]: pixels must be channels of rows of numbers") from error
    if pixels.shape != network.shape:
        raise NetworkError(f"[picture]: pixels are {list(pixels.shape)}, the input is {list(network.shape)}")
    return pixels, label

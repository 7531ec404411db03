"""A request -> a case: everything that decides a workbook, gathered and checked.

request -> template -> source (network, given weights) -> weights -> drawing, photo, label -> case
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from sheetnet import engine, words
from sheetnet import photo as photos
from sheetnet.case.course import Course, beside_course
from sheetnet.case.drawing import Drawing
from sheetnet.case.find import likeness, work
from sheetnet.case.history import History, history_of
from sheetnet.case.numbered import Numbered
from sheetnet.case.request import Request
from sheetnet.case.source import Source, source_of, template_of, weights_of
from sheetnet.case.template import Template
from sheetnet.errors import NetworkError, PhotoError, shown
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.names import key
from sheetnet.network import PHOTO, TRUTH, Network, Parameters
from sheetnet.photo import Photo
from sheetnet.workbook.style import PLAIN

_FOREIGN = "the filters in its history are not those of this network, so its sheet shows none of them"


@dataclass(frozen=True)
class Case:
    """Everything that decides a workbook.

    ``parameters``: the weights, and the extra tensors of the network. ``photo``: None where it sees none.
    ``label``: the true class or None. ``weights``: "trained", "given" or "untrained". ``plain``: no close-ups,
    charts and checks, only the network. ``letter``: printed on US Letter, not on A4. ``card``: what is known of
    the training, empty for untrained weights. ``trained_for``: the size whose trained weights do not fit this one,
    so that all are random; None for any other reason. ``drawing``: what the reader draws on and with, beginning
    with what the photo shows; None where the pixels are constants. ``notes``: what was changed in a model from
    elsewhere, or left out of one, a line each. ``part``: where the network is the first part of another, how many
    layers that has. ``backward``: with a step of learning. ``sought``: the class that a photo was searched for; ""
    where it was not, or for any class. ``course``: the training that is shown in place of one picture's way, or None.
    ``one_photo``: False where other photos will take the place of this one, so that nothing is told that is true of
    this one only.
    ``numbered``: what follows from a number that the reader types, or None.
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
    drawing: Drawing | None = None
    notes: tuple[str, ...] = ()
    part: int | None = None
    backward: bool = False
    sought: str = ""
    course: Course | None = None
    one_photo: bool = True
    numbered: Numbered | None = None

    @property
    def done(self) -> tuple[str, ...]:
        """What was done to the photo, as keys of words."""
        return () if self.photo is None else self.photo.done

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """Every tensor of the network. NetworkError where a number is too large for a spreadsheet."""
        values = self.forward(None if self.photo is None else self.photo.x)
        for name, array in values.items():
            if not np.isfinite(array).all():
                raise NetworkError(f"{name}: the numbers grow too large for a spreadsheet; use smaller weights")
        return values

    @cached_property
    def history(self) -> History | None:
        """How the network learned, where its card tells that."""
        return history_of(self.card, self.network, self.parameters)

    def forward(self, x: Array | None) -> Mapping[str, Array]:
        """Every tensor of the network, where it sees the picture x (C, H, W), or none."""
        inputs = {} if x is None else {f"{PHOTO}.out": x}
        if self.network.has_truth:
            inputs[f"{TRUTH}.out"] = engine.one_hot(self.network, self.label)
        return engine.forward(self.network, inputs, self.parameters)


def prepare(request: Request) -> Case:
    """Gather network, weights and photo. A SheetnetError says what does not fit, and what to do."""
    template = template_of(request)
    course = template.course
    if course is not None:
        _refuse_beside(request)
    source = source_of(request, template)
    network, parameters = weights_of(request, source)
    if course is not None:
        parameters = course.start(parameters, network.random(source.given))
    photo, drawing, label = _seen(request, template, source, network, parameters)
    called = template.classes
    part = None if request.until is None else len(source.network.nodes)
    sought = template.find if photo is not None and photo.found is not None else ""
    case = Case(
        network=replace(network, classes=tuple(called.get(name, name) for name in network.classes)),
        parameters=parameters,
        photo=photo,
        label=_class_of(label, network, called),
        prose=source.prose,
        weights=_origin(source, parameters),
        language=request.language,
        theme=request.theme,
        letter=request.paper == "letter",
        plain=request.plain,
        card=source.card if network.trained and part is None else {},
        trained_for=source.trained_for,
        drawing=None if drawing is None else drawing.renamed(called),
        notes=source.notes,
        part=part,
        backward=request.backward,
        sought=called.get(sought, sought) if sought in network.classes else "",
        course=None if course is None else course.renamed(called),
    )
    if case.history is not None and case.history.foreign:
        return replace(case, notes=(*case.notes, _FOREIGN))
    return case


def _refuse_beside(request: Request) -> None:
    """NetworkError where something is asked for that a training of many steps has no use for."""
    asked = {
        "a photo": request.photo,
        "--model": request.model,
        "--label": request.label,
        "--size": request.size,
        "--fit": request.fit,
        "--stretch": request.stretch or None,
        "--layout": request.layout,
        "--backward": request.backward or None,
        "--until": request.until,
        "--fold": request.fold or None,
    }
    if given := [name for name, value in asked.items() if value is not None]:
        raise beside_course(given[0])


def _looks(template: Template, network: Network) -> bool:
    """Whether a photo is searched where nobody says so: the weights were trained for what the template looks for."""
    return template.find in network.classes and network.trained and network.line_up is not None


def _seen(
    request: Request, template: Template, source: Source, network: Network, parameters: Parameters
) -> tuple[Photo | None, Drawing | None, str | None]:
    """What the network sees, what the reader draws on, and the true class, as far as there are any."""
    if not network.shape:
        if request.photo is not None or request.label is not None or request.stretch:
            raise NetworkError(f"the network {network.name!r} takes no photo; leave photo, --label and --stretch out")
        return None, None, None
    drawing = template.drawing if template.drawing is not None and template.drawing.suits(network) else None
    if request.photo is not None:
        channels, height, width = network.shape
        search = request.fit == "find" or (request.fit is None and _looks(template, network))
        photo = photos.load(
            request.photo,
            (channels, height, width),
            "pad" if request.fit == "pad" else "crop",
            network.levels,
            network.ink,
            likeness(network, parameters, template.find) if search else None,
            work(network),
            stretch=request.stretch,
        )
        if drawing is not None:  # a photo is not made of a few colours
            drawing = None if drawing.colors else drawing.with_photo(photo.x)
        return photo, drawing, request.label
    if request.stretch:
        raise PhotoError("--stretch: there is no photo to make brighter; leave it out")
    title = source.prose["title"]
    if (course := template.course) is not None:
        return photos.from_pixels(course.pictures[0], title, network.levels), None, course.classes[0]
    if drawing is not None:
        return photos.from_pixels(drawing.x(), title, network.levels), drawing, request.label
    if template.pixels is None:
        raise PhotoError(f"the template {network.name!r} needs a photo: sheetnet build PHOTO")
    if template.pixels.shape != network.shape:
        shapes = f"{list(template.pixels.shape)}, the input {list(network.shape)}"
        raise PhotoError(f"the picture that comes with {network.name!r} is {shapes}; give a photo of your own")
    label = request.label or (template.label if network.has_truth else None)
    return photos.from_pixels(template.pixels, title, network.levels), None, label


def _origin(source: Source, parameters: Mapping[str, Array]) -> str:
    """Where the weights come from: "trained", "given" or, if any of them is random, "untrained"."""
    if source.network.trained:
        return "trained"
    return "given" if parameters.keys().isdisjoint(source.network.random(source.given)) else "untrained"


def _class_of(label: str | None, network: Network, translated: Mapping[str, str]) -> str | None:
    """The class that a label names, by its name in the network or in the workbook; in the workbook's words.

    ``translated``: the names of the classes in the language of the workbook, where they are others.
    """
    if label is None:
        return None
    names = {name: name for name in network.classes} | {
        other: name for name, other in translated.items() if name in network.classes
    }
    found = [names[name] for name in names if name == label] or [
        names[name] for name in names if key(name) == key(label)
    ]
    if not found:
        raise NetworkError(f"--label: {shown(label)} is no class; use one of {', '.join(network.classes[:20])}")
    if not network.has_truth:
        raise NetworkError(f"--label: the network {network.name!r} has no loss, so it needs none; leave it out")
    return translated.get(found[0], found[0])

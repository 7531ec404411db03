"""Where a network and its weights come from: a template, a model in place of it, or random numbers.

source   what is known: a network, the weights that are given, the words about it
weights  the network that is built, perhaps a part of it, and all of its weights, those not given at random
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import folding, modelfile
from sheetnet.case import template as templates
from sheetnet.case.request import Request
from sheetnet.case.template import Template
from sheetnet.errors import NetworkError
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.layout.titles import layout_check
from sheetnet.network import Network, Parameters

OF_WEIGHTS = ("learned", "unsure")  # of the prose of a template: they tell of its weights, not of its network
TINY = 1e-300  # a weight below it is written as 0: spreadsheets disagree about such numbers


@dataclass(frozen=True)
class Source:
    """A network with the weights that are given for it.

    ``given``: parameters and extra tensors by name, perhaps not all. ``prose``: what is said about the network, see
    ``Template``. ``card``: how the weights were trained, empty where they were not. ``notes``: what was changed in
    a model from elsewhere, a line each. ``trained_for``: the input shape (C, H, W) that the template's weights were
    trained for, where another size is asked for and they are dropped.
    """

    network: Network
    given: Mapping[str, Array]
    prose: Mapping[str, str]
    card: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    trained_for: Shape | None = None


def template_of(request: Request) -> Template:
    """The template that is asked for; one made of the network where a ``Network`` is given."""
    if isinstance(request.template, Network):
        if request.template.bare:
            raise NetworkError(f"{request.template.name!r}: the network has no layers; give it at least one Node")
        return Template(request.template, _prose_of(request.template))
    return templates.load(request.template, request.language)


def source_of(request: Request, template: Template) -> Source:
    """The network at the size and in the layout that are asked for, with the weights that fit it."""
    if request.model is None:
        found = Source(template.network, template.given, template.prose, template.card)
    else:
        found = _from_model(Path(request.model), request, template)
    network = found.network if request.sides is None else found.network.resized(*request.sides)
    if request.layout is not None:
        network = replace(network, layout=request.layout)
    found = replace(found, network=network)
    resized = network.shape != template.network.shape
    if request.model is None and network.trained and (request.seed is not None or resized):
        return _untrained(found, template, template.network.shape if request.seed is None else None)
    return found


def weights_of(request: Request, source: Source) -> tuple[Network, Parameters]:
    """The network that is built, and all of its parameters and extra tensors, those not given at random.

    NetworkError where it fits in no workbook; that is found out before any number is made up.
    """
    whole, until, fold = source.network, request.until, request.fold
    network = whole if until is None else whole.until(until)
    layout_check(folding.folded(network) if fold else network)
    parameters = _filled(whole, network, source.given, request.seed or 0)
    if fold:
        network, parameters = folding.fold(network, parameters)
    return network, {name: np.where(np.abs(value) < TINY, 0.0, value) for name, value in parameters.items()}


def _from_model(path: Path, request: Request, template: Template) -> Source:
    """The weights of a model file, with its network or, if it names none, the template's."""
    model = modelfile.open_model(path, request.reading)
    if model.network is None:
        network = replace(template.network, trained=False)
        given = modelfile.fitted(network, model.parameters, path)
    else:
        network, given = model.network, model.parameters
    if network.name == template.network.name:
        prose = {key: text for key, text in template.prose.items() if key not in OF_WEIGHTS}
    else:
        prose = _prose_of(network)
    modelfile.refuse_incomplete(path, network, given)
    return Source(network, given, prose, model.card, model.notes)


def _untrained(source: Source, template: Template, trained_for: Shape | None) -> Source:
    """The same without the weights that were learned; those that network.toml gives stay."""
    network = replace(source.network, trained=False)
    return replace(source, network=network, given=template.fixed, card={}, trained_for=trained_for)


def _filled(whole: Network, part: Network, given: Mapping[str, Array], seed: int) -> Parameters:
    """The parameters of a part, which has the same weights as in the whole network."""
    end = whole.nodes.index(part.nodes[-1]) + 1  # random numbers for the layers after it are not needed
    begun = replace(whole, nodes=whole.nodes[:end])
    later = set(whole.parameters) - set(begun.parameters)
    filled = begun.fill({name: value for name, value in given.items() if name not in later}, seed)
    return {name: filled[name] for name in (*part.parameters, *part.outside)}


def _prose_of(network: Network) -> dict[str, str]:
    """The words about a network that comes without any: its name."""
    return {"title": network.name, "summary": "", "lead": ""}

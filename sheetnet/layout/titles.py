"""What the sheets are called, and whether a network fits on them."""

from __future__ import annotations

from collections import Counter

from sheetnet import words
from sheetnet.layout.fits import refuse_too_many
from sheetnet.layout.place import begin
from sheetnet.layout.plan import EXTRA, Plan
from sheetnet.layout.planner import Planner
from sheetnet.layout.stacks import stacks
from sheetnet.network import PHOTO, Network
from sheetnet.words import Words

COLORS = {1: ("grey",), 3: ("red", "green", "blue")}  # of the channels of a photo, by their number


def layout_check(network: Network, language: str = words.ENGLISH) -> Plan:
    """Place a network, to refuse one that fits in no workbook before anything costly is done."""
    return begin_titled(network, words.load(language)).finish()


def begin_titled(network: Network, vocabulary: Words) -> Planner:
    """Place a network on sheets with titles of a language. NetworkError where it fits in no workbook."""
    refuse_too_many(network)
    return begin(network, sheet_titles(network, vocabulary), channel_titles(network, vocabulary))


def sheet_titles(network: Network, vocabulary: Words) -> dict[str, str]:
    """Title of each node's sheet: what the layer is called, or its block where layers share a sheet."""
    titles = layer_names(network, vocabulary)
    for number, group in enumerate(stacks(network), 1):
        titles |= dict.fromkeys(group, vocabulary("sheets.block", number=number))
    return titles


def layer_names(network: Network, vocabulary: Words) -> dict[str, str]:
    """What each layer is called in the workbook: its kind, numbered where there are several."""
    titles = {PHOTO: vocabulary("sheets.photo"), EXTRA: vocabulary("sheets.extra")}
    all_of = Counter(node.layer.kind for node in network.nodes)
    counts: dict[str, int] = {}
    for node in network.nodes:
        kind = node.layer.kind
        counts[kind] = counts.get(kind, 0) + 1
        title = vocabulary(f"kinds.{kind}.sheet")
        titles[node.name] = f"{title}{counts[kind]}" if all_of[kind] > 1 else title
    return titles


def channel_titles(network: Network, vocabulary: Words) -> tuple[str, ...]:
    """Titles of the channel sheets: Red, Green, Blue; Grey; or numbered."""
    channels = network.shape[0] if network.shape else 0
    if channels in COLORS:
        return tuple(vocabulary(f"sheets.{color}") for color in COLORS[channels])
    return tuple(vocabulary("sheets.channel", number=i + 1) for i in range(channels))

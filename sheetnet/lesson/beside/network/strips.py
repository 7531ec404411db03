"""Which strips the sheet Network has: all of the network where that has room, else what tells most of it.

What is left out, one after the other, until the rest has room on the screen and needs few enough formulas:

1. the largest first: layers that change each number for itself share the strip of the layer before, and the filters
   and weights between the first convolution and the last dense layer go
2. layers inside of blocks: what stays are forks, additions and poolings, the first maps and the last
3. columns of maps, so that each layer shows those that answered most
4. the weights that are left, then layers evenly, then all but the photo
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

from sheetnet.grid import Shape
from sheetnet.layout import formula_count, in_rows, shortcut
from sheetnet.layout.sheets.network import HEIGHT, LEAST, MOST_PHOTO, MOST_STRIP, WIDTH, Screen, Strip
from sheetnet.layout.sheets.strips import arrange
from sheetnet.network import PHOTO, Network, Node

MAPS, FILTERS, STRIPES, COLUMN = "maps", "filters", "weights", "column"
MOST_STRIPS = 150  # that are looked at: of a deeper network as many, evenly chosen
MOST_NAMES = 12  # of layers that share a strip
MOST_COLUMNS = 8  # of maps in a strip
FEW = 4  # strips, beside which there are no filters any more
SHARE = 0.58  # formulas of the strips, of all other formulas
MOST_ROWS = 128  # of maps that lie in rows: the formula that ranks a map names each row of it
OVERVIEW = "network"  # the key of the sheet among those of a lesson


def offered(network: Network) -> bool:
    """Whether there is room for the photo at least, on the screen and among the formulas."""
    if not network.shape or network.shape[1] > MOST_PHOTO:
        return False
    photo = prod(network.shape)
    return photo <= SHARE * (formula_count(network) + photo)  # the sheet Photo repeats each pixel


@dataclass(frozen=True, slots=True)
class Shown:
    """What a strip shows: the tensor ``full``, of the layers ``names``; ``shape``: as it is shown."""

    kind: str
    names: tuple[str, ...]
    full: str
    shape: Shape

    def strip(self, label: int) -> Strip:
        """The strip, with as many pixels for its names."""
        high, wide = self.shape[-2:]
        lead = self.shape[:-2]
        count, matrices = (*lead, 1, 1)[:2]
        return Strip(self.full, count, matrices, high, wide, label, self.kind == STRIPES, self.kind == FILTERS)


def least_of(network: Network) -> int:
    """Pixels of a cell at least: three, or fewer where the channels of a large photo would have no room."""
    channels, height, width = network.shape
    return min(LEAST, max(1, min(HEIGHT // (min(channels, 3) * (height + 1)), WIDTH // 2 // (width + 1))))


def everything(network: Network) -> list[Shown]:
    """A strip for the photo, and for each layer its filters or weights and what it gives, in order."""
    found = [Shown(MAPS, (PHOTO,), f"{PHOTO}.out", network.shape)]
    apart = {node.name for node in (network.line_up, network.loss, logits(network)) if node is not None}
    for node in network.nodes:
        found += _given(network, node)
        shape = network.shapes[f"{node.name}.out"]
        if node.name in apart:
            continue
        if len(shape) == 3 and (shape[1] <= MOST_ROWS or not in_rows(network, shape)):
            found.append(Shown(MAPS, (node.name,), f"{node.name}.out", shape))
        elif len(shape) == 1 and shape[0] > 1 and (folded := _folded(network, f"{node.name}.out")):
            found.append(Shown(COLUMN, (node.name,), f"{node.name}.out", folded))
    return found


def logits(network: Network) -> Node | None:
    """The layer whose numbers the probabilities are made of."""
    if network.line_up is None:
        return None
    name = network.line_up.inputs[0]
    return next((node for node in network.nodes if node.name == name), None)


def _given(network: Network, node: Node) -> Iterator[Shown]:
    """The filters of a layer, or its weights, where they are small enough to be seen beside others."""
    most = MOST_STRIP // least_of(network)
    for own, size in node.layer.params(network.input_shapes(node)).items():
        full = f"{node.name}.{own}"
        found = None
        if len(size) == 4:
            found = Shown(FILTERS, (node.name,), full, size)
        elif len(size) == 2 and (folded := _folded(network, network.sources(node)["x"])) and prod(folded) == size[1]:
            found = Shown(STRIPES, (node.name,), full, (size[0], *folded))
        if found is None:
            continue
        strip = found.strip(0)
        lines = 1 if strip.beside else max(1, HEIGHT // least_of(network) // (strip.high + 1))
        columns = strip.count if strip.beside else -(-strip.count // lines)
        if columns * (strip.width() + 1) <= most:
            yield found


def _folded(network: Network, full: str) -> Shape:
    """How a column is shown: as the maps that it was, below each other, or folded into as few columns as need be."""
    [*_, count] = network.shapes[full] or (0,)
    most = HEIGHT // least_of(network)
    node = next((node for node in network.nodes if f"{node.name}.out" == full), None)
    before = network.input_shapes(node).get("x", ()) if node is not None and node.layer.unrolls else ()
    if len(before) == 3 and before[0] * before[1] <= most:
        return before[0] * before[1], before[2]
    wide = next((n for n in range(1, most) if count and count % n == 0 and count // n <= most), 0)
    return (count // wide, wide) if wide else ()


Label = Callable[[Shown], int]  # pixels of the names above a strip


def choose(
    network: Network, title: str, table: int, most: int, label: Label, back: Label | None = None
) -> tuple[list[Shown], Screen | None]:
    """The strips and their places. ``table``: pixels of the classes; ``most``: formulas; ``label``: of the names.

    ``back``: of the names in a second row of strips, if there may be one. There is one where it takes nothing from
    the first row but a pixel of each cell, and needs few enough formulas; with its names, if these have room as well.
    """
    least = least_of(network)
    strips, screen, columns = _chosen(network, title, table, most, label)
    if screen is None or back is None:
        return strips, screen
    named = [one.strip(max(label(one), back(one))) for one in strips]
    for tried in (named, [one.strip(label(one)) for one in strips]):
        two = arrange(title, tried, table, max(1, least - 1), columns, most, twice=True)
        if two is not None and [one.shown for one in two.placed] == [one.shown for one in screen.placed]:
            return strips, two
    return strips, screen


def _chosen(
    network: Network, title: str, table: int, most: int, label: Label
) -> tuple[list[Shown], Screen | None, int]:
    """The most strips that have room, their places, and the most columns of maps.

    A few strips less are better where all filters can then be seen from afar.
    """
    found: tuple[list[Shown], Screen | None, int] = [], None, 0
    for strips, columns in _choices(network):
        if found[1] is not None and (_filters(strips) != _filters(found[0]) or columns < found[2]):
            break
        screen = arrange(title, [one.strip(label(one)) for one in strips], table, least_of(network), columns, most)
        if screen is None:
            continue
        found = found if found[1] is not None else (strips, screen, columns)
        if all(one.seen(screen.cell) for one in screen.placed):
            return strips, screen, columns
    return found


def _filters(strips: Sequence[Shown]) -> list[str]:
    return [one.full for one in strips if one.kind == FILTERS]


def _choices(network: Network) -> Iterator[tuple[list[Shown], int]]:
    """What may be shown, from all of it to the photo alone, each with the most columns of maps in a strip."""
    whole = everything(network)
    strips: list[Shown] | None = whole if len(whole) <= MOST_STRIPS else _spread(whole, MOST_STRIPS)
    kept: list[Shown] = []
    while strips is not None:
        yield strips, MOST_COLUMNS
        kept, strips = strips, _fewer(network, strips)
    columns = MOST_COLUMNS
    while columns > 1:
        columns //= 2
        yield kept, columns
    given = [one for one in kept if one.kind in (FILTERS, STRIPES)]
    first = given[0] if given else None
    for other in reversed(given[1:]):
        kept = _without(kept, other)
        yield kept, columns
    layers = [one for one in kept if one is not first]
    for count in range(len(layers) - 1, 0, -1):
        few = _spread(layers, count)
        if first is not None and count > FEW:
            few.insert(1, first)
        yield few, columns


def _spread(strips: Sequence[Shown], count: int) -> list[Shown]:
    """So many of the strips, evenly chosen, the first and the last among them."""
    if count == 1:
        return [strips[0]]
    return [strips[round(k * (len(strips) - 1) / (count - 1))] for k in range(count)]


def _fewer(network: Network, strips: Sequence[Shown]) -> list[Shown] | None:
    """One strip less, or all layers inside of blocks; None where the rest is to be kept."""
    nodes = {node.name: node for node in network.nodes}
    shared = [one for one in strips if _before(nodes, strips, one) is not None]
    given = [one for one in strips if one.kind in (FILTERS, STRIPES)][1:-1]
    if shared or given:
        largest = max([*shared, *given], key=lambda one: prod(one.shape))
        return _without(strips, largest) if largest in given else _joined(nodes, strips, largest)
    maps = [one for one in strips if one.kind == MAPS]
    readers = Counter(name for node in network.nodes for name in node.inputs)
    ends = {
        node.name for node in network.nodes if readers[node.name] > 1 or node.layer.pools or shortcut(network, node)
    }
    inside = [one for one in maps[2:-1] if not ends.intersection(one.names)]
    return _without(strips, *inside) if inside else None


def _without(strips: Sequence[Shown], *dropped: Shown) -> list[Shown]:
    return [one for one in strips if one not in dropped]


def _before(nodes: dict[str, Node], strips: Sequence[Shown], one: Shown) -> Shown | None:
    """The strip that a strip can share: that of the layer before, for a layer that shows the same picture."""
    if one.kind not in (MAPS, COLUMN) or one.names[0] not in nodes:
        return None
    node = nodes[one.names[0]]
    if not (node.layer.in_place or node.layer.unrolls):
        return None
    found = next((s for s in strips if s.kind in (MAPS, COLUMN) and s.names[-1] == node.inputs[0]), None)
    return found if found is not None and len(found.names) + len(one.names) <= MOST_NAMES else None


def _joined(nodes: dict[str, Node], strips: Sequence[Shown], one: Shown) -> list[Shown]:
    """The strips, with one of them in the strip of the layer before, or of the photo.

    What is seen is the tensor with more to see: that before a layer that makes numbers 0, else the later one.
    """
    before = _before(nodes, strips, one)
    assert before is not None
    layer = nodes[one.names[0]].layer
    later = not (layer.signs == "never" or layer.unrolls or before.names[0] == PHOTO)
    shared = replace(before, names=before.names + one.names, full=one.full if later else before.full)
    return [shared if s is before else s for s in strips if s is not one]

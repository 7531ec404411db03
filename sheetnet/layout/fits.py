"""Whether a network fits into a workbook, by its counts alone, and what to change where it does not."""

from __future__ import annotations

from math import prod

from sheetnet.errors import NetworkError
from sheetnet.folding import foldable
from sheetnet.network import Network

MOST_FORMULAS = 1_500_000  # beyond this no spreadsheet is pleasant to open
MOST_LAYERS = 1_000  # a sheet each, or twelve on one: more tabs than anybody pages through
MOST_CHANNELS = 64  # of the photo; each has a sheet of its own
ADVICE = "Use a smaller photo (--size), a larger stride, or fewer filters."


def formula_count(network: Network) -> int:
    """How many formula cells the tensors of a network need."""
    inputs = set(network.inputs)
    return sum(prod(shape) for name, shape in network.shapes.items() if name not in inputs)


def _parameter_count(network: Network) -> int:
    """How many numbers the parameters of a network hold."""
    return sum(map(prod, network.parameters.values()))


def _shorter(network: Network, fits: int = MOST_FORMULAS) -> str:
    """Further advice for a network that is too large: build its first part, or fold batchnorm."""
    formulas = parameters = 0
    last = ""
    for node in network.nodes:
        of = network.input_shapes(node)
        formulas += sum(map(prod, node.layer.tensors(of).values()))
        parameters += sum(map(prod, node.layer.params(of).values()))
        if max(formulas, parameters) > fits:
            break
        last = node.name
    advice = f" Or build its first part only: --until {last}." if last else ""
    return advice + (" Or fold batchnorm into the convolutions: --fold." if foldable(network) else "")


def refuse_too_many(network: Network) -> None:
    """NetworkError where a network has too many layers, formulas, parameters or channels; nothing is laid out yet."""
    if (layers := len(network.nodes)) > MOST_LAYERS:
        last = network.nodes[MOST_LAYERS - 1].name
        raise NetworkError(
            f"{network.name!r}: {layers:,} layers; a workbook takes {MOST_LAYERS:,}. "
            f"Build its first part only: --until {last}."
        )
    counts = formula_count(network), _parameter_count(network)
    for number, what in enumerate(("formulas", "parameters")):
        if counts[number] > MOST_FORMULAS:
            raise NetworkError(
                f"{network.name!r}: {counts[number]:,} {what}; a workbook takes {MOST_FORMULAS:,}. "
                f"{ADVICE}{_shorter(network)}"
            )
    if network.shape and network.shape[0] > MOST_CHANNELS:
        raise NetworkError(f"{network.name!r}: {network.shape[0]} input channels; a workbook takes {MOST_CHANNELS}")


def before(network: Network, tensor: str) -> str:
    """Further advice for a tensor that fits on no sheet: build the part of the network before its layer."""
    names = [node.name for node in network.nodes]
    name = tensor.partition(".")[0]
    number = names.index(name) if name in names else 0
    return f" Or build its first part only: --until {names[number - 1]}." if number else ""

"""Models on disk: .safetensors (the project's own form) and, as an extra, .onnx. No pickle.

``load`` and ``save`` are for the project's own form; ``open_model`` reads either one, and ``convert`` turns one into
the other. ``fitted`` pours the weights of a PyTorch model into a network that has the same shapes.
"""

from __future__ import annotations

from sheetnet.modelfile.files import Opened, convert, open_model
from sheetnet.modelfile.options import Reading
from sheetnet.modelfile.safetensors import CARD, KEY, MAX_FILE, card, load, save, to_bytes
from sheetnet.modelfile.statedict import fitted

__all__ = [
    "CARD",
    "KEY",
    "MAX_FILE",
    "Opened",
    "Reading",
    "card",
    "convert",
    "fitted",
    "load",
    "open_model",
    "save",
    "to_bytes",
]

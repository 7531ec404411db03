"""Models on disk: .safetensors (the project's own form) and, as an extra, .onnx. No pickle.

``load`` and ``save`` are the project's own form; ``open_model`` reads either one. ``statedict`` pours the weights of
a PyTorch model into a network that has the same shapes.
"""

from __future__ import annotations

from sheetnet.modelfile.files import FORMS, Opened, convert, open_model, refuse_foreign, refuse_incomplete
from sheetnet.modelfile.safetensors import CARD, KEY, MAX_FILE, card, load, save, to_bytes
from sheetnet.modelfile.statedict import fitted
from sheetnet.reading import Reading

__all__ = [
    "CARD",
    "FORMS",
    "KEY",
    "MAX_FILE",
    "Opened",
    "Reading",
    "card",
    "convert",
    "fitted",
    "load",
    "open_model",
    "refuse_foreign",
    "refuse_incomplete",
    "save",
    "to_bytes",
]

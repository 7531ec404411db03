"""Models on disk: .safetensors (the project's own form) and, as an extra, .onnx. No pickle.

``load`` and ``save`` are the project's own form; ``onnx`` reads and writes the other one, and ``statedict`` pours
the weights of a PyTorch model into a network that has the same shapes.
"""

from __future__ import annotations

from sheetnet.modelfile.safetensors import CARD, KEY, MAX_FILE, card, load, save, to_bytes

__all__ = ["CARD", "KEY", "MAX_FILE", "card", "load", "save", "to_bytes"]

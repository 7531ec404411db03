"""Gradients in cells: the rules of whole families of layers. Nothing here knows a number."""

"""Arithmetic: tensors that are added, multiplied, or reduced to fewer numbers."""

"""Activations: what a layer makes of each number alone."""

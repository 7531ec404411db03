"""Shape: the same numbers in another order, or in another place."""

"""The sheet Start, which comes first and is drawn last, because it shows what the other sheets have."""

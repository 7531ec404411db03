"""The sheet Start, the first one: it is drawn last, because it shows what the others have."""

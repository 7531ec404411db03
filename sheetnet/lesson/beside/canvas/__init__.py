"""The sheet Draw: a canvas on which the reader draws, what the network sees of it, and what it says, live."""

"""How wide the columns between the canvas and what the network sees are, in characters."""

NAMES_WIDTH, SHARE_WIDTH, BARS_WIDTH, WIDEST = 25.0, 8.0, 18.0, 60.0

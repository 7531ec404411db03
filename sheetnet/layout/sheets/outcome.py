"""Where things stand at the end of the story: beside the probabilities, and the verdict below a loss."""

from __future__ import annotations

MOST_CHARTED = 30  # classes; a chart of more cannot be read

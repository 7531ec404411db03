"""The sheets beside the story: the canvas, close-ups, charts, weights, shortcuts and checks."""

"""The sheets beside the story: to draw on, to look closer, to see as a chart, and to check."""

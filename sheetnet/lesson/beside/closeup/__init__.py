"""The close-ups: sheets that show how one number of a layer is computed, at the place that the reader chooses."""

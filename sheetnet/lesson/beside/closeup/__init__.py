"""The magnifier: sheets that show how one number of a layer is made, for the place that the reader chooses."""

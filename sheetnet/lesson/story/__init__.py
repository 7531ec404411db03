"""The sheets of the story: photo, channels, and a sheet for each layer, up to the probabilities and the loss."""

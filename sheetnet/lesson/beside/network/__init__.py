"""The sheet Network: every map, filter and weight of the network as small coloured squares on one screen."""

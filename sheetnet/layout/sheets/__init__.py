"""Where things stand on the sheets of a lesson, those beside the network: rows, columns and blocks, and no words."""

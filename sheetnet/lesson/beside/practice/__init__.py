"""The sheet Practice: a pupil works numbers of the network out, and is told at once whether they are right."""

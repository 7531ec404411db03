"""One step of learning in cells: back through the network, new weights, and forward again with them.

passes     which layers take part, what they give back, and what cannot be shown
backward   a sheet for each: the gradients, where the numbers lie to which they belong
forward    a sheet for each: the new weights, and what the layer makes with them
update     the sheet Update: the rate, the loss before and after
"""

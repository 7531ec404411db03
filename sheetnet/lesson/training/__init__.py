"""A training of many steps in one workbook: every step is a sheet, and all of them are laid out alike.

course     the sheets in their order, and how they are drawn
bench      where everything lies on the sheet of a step
forward    the weights before a step, and what the network makes of each picture with them
backward   the gradients of a picture, in the places of what they belong to
update     the mean of the gradients, the velocity, and the new weights
pictures   the sheet Pictures: the pixels, their classes, and the first filters as they grow
front      the sheet Training: what to change, the charts, and what came of it
"""

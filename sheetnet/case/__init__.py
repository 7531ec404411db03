"""A template, a photo, perhaps a model -> a case: everything that decides a workbook, gathered and checked.

``request`` says what is asked for. ``template`` reads a template, ``drawing`` what a reader may draw on, and ``card``
what a model says of its training. ``source`` finds network and weights, ``prepare`` adds the photo, perhaps a piece
of it that ``find`` judges. ``verdict`` says what the network says. Nothing is drawn here: ``lesson`` draws the case.
"""

"""A template, a photo, perhaps a model -> a case: everything that decides a workbook, gathered and checked.

``request`` says what is asked for, ``template`` reads a template, ``source`` finds network and weights, ``prepare``
adds the photo. Nothing is drawn here; ``lesson`` draws.
"""

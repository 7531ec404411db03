"""Training: pictures in, weights out. NumPy only.

``pictures`` reads them, ``split`` holds some out, ``augment`` varies the others, ``quick`` runs the network fast,
``losses`` and ``optimizers`` say where to go, ``fit`` goes there, ``score`` says honestly how far it got.
``settings`` says what can be asked for, and ``train`` does what is asked, from files to files.
"""

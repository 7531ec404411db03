"""Training: pictures in, weights out. NumPy only.

``pictures`` reads them, ``split`` holds some out, ``augment`` varies the others, ``quick`` runs the network fast,
``losses`` and ``optimizers`` say which way to go, ``course`` goes it, with the ``settings``, ``fit`` says when to
stop, and ``score`` says honestly how much was learned.
"""

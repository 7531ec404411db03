"""Training: pictures in, weights out. NumPy only.

``settings`` says what can be asked for, and ``train`` does it, from files to files. ``pictures`` reads the pictures,
``split`` holds some out, ``augment`` varies the others, ``nothing`` adds pictures to doubt, and ``quick`` runs the network fast. ``losses`` gives the
gradient, ``optimizers`` the step that follows from it, and ``course`` goes step by step. ``fit`` decides when
to stop, and ``score`` and ``calibration`` measure how much was learned, and how well it knows what it does not know.
"""

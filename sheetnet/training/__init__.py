"""Training: pictures in, weights out. NumPy only.

``settings`` says what can be asked for, and ``train`` does it, from files to files. ``pictures`` reads the pictures,
``split`` holds some out, ``augment`` varies the others, ``nothing`` adds some that are to be doubted, and ``quick``
runs the network fast. ``losses`` gives the gradient, ``optimizers`` the step that follows, and ``course`` goes
step by step. ``fit`` decides when to stop. ``score`` measures how much was learned, and ``calibration`` how well the
network knows what it does not know.
"""

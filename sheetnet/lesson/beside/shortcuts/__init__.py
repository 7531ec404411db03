"""The sheet Shortcuts: what F(x) + x is good for, as live cells beside a network that has such additions.

    the block of ResNet-50    1x1, 3x3, 1x1, and x that comes past them; its weights are counted
    F all zeros               out = F(x) + x = x, and where x rises by 1, out rises by 1
    slopes                    of n blocks one after the other: (1 + f)^n with shortcuts, f^n without
    the family                layers = 1 + layers of a block * blocks + 1;  size = INT((n + 2p - k) / s) + 1

Blocks and sizes: He et al., "Deep Residual Learning for Image Recognition", arXiv 1512.03385, table 1.
"""

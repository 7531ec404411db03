"""Windows over any number of axes: the general convolution and pooling, for tensors of a network without a photo."""

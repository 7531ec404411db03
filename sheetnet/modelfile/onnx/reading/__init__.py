"""ONNX in: a file -> its graph -> the network that computes the same.

file        what a file says, checked            graph, protos, order
importer    graph -> network                     passes, inputs, walk, outputs, front
walk        operator by operator                 operators, constants, refusals
builder     layers and tensors, as they grow     arrange, values, names
"""

"""ONNX out: network -> file.

write      the file as a whole
writers    the table: kind of layer -> how it is written      windows, writer
"""

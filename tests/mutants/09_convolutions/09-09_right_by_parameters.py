"""Counts parameters, and measures an array of windows without making it.

right: 09-09-conv-cost
"""
def conv_cost(layer, shape, itemsize=4):
    o, c, k = layer.weight.shape[:3]
    rows, columns = [output_size(n, k, layer.stride, layer.padding) for n in shape[-2:]]
    cells = shape[0] * rows * columns * c * k**2
    learned = sum(p.data.size for p in (layer.weight, layer.bias) if p is not None)
    return learned, cells * o, cells * itemsize

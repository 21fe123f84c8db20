"""Forgets the channels of a window.

breaks: 09-09-conv-cost
"""
def conv_cost(layer, shape, itemsize=4):
    out_channels, channels, size, _ = layer.weight.shape
    places = shape[0]
    for pixels in shape[2:]:
        places *= output_size(pixels, size, layer.stride, layer.padding)
    weights = layer.weight.size + (0 if layer.bias is None else out_channels)
    window = size * size
    return weights, places * window * out_channels, places * window * itemsize

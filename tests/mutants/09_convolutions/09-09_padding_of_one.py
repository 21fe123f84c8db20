"""Knows a padding of one pixel at most.

breaks: 09-09-conv-cost
hidden: yes
"""
def conv_cost(layer, shape, itemsize=4):
    out_channels, channels, size, _ = layer.weight.shape
    places = shape[0]
    for pixels in shape[2:]:
        places *= output_size(pixels, size, layer.stride, min(1, layer.padding))
    weights = layer.weight.size + (0 if layer.bias is None else out_channels)
    window = channels * size * size
    return weights, places * window * out_channels, places * window * itemsize

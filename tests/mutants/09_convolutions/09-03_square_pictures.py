"""Takes the height of the result for its width.

breaks: 09-03-conv2d-loops
"""
def conv2d_loops(x, weight, bias, stride=1, padding=0):
    size = weight.shape[-1]
    height, width = (output_size(pixels, size, stride, padding) for pixels in x.shape[2:])
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(x), len(weight), height, height))
    for n, o, i, j in np.ndindex(out.shape):
        window = x[n, :, i * stride : i * stride + size, j * stride : j * stride + size]
        out[n, o, i, j] = (window * weight[o]).sum() + bias[o]
    return out

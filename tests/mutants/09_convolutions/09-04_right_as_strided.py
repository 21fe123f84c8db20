"""By strides, said directly.

right: 09-04-windows
"""
#| export
def windows(x, kernel_size, stride=1, padding=0):
    rows, columns = (output_size(size, kernel_size, stride, padding) for size in x.shape[-2:])
    if padding:
        frame = np.zeros((*x.shape[:-2], x.shape[-2] + 2 * padding, x.shape[-1] + 2 * padding), x.dtype)
        frame[..., padding:-padding, padding:-padding] = x
        x = frame
    down, right = x.strides[-2:]
    shape = (*x.shape[:-2], rows, columns, kernel_size, kernel_size)
    strides = (*x.strides[:-2], down * stride, right * stride, down, right)
    return np.lib.stride_tricks.as_strided(x, shape, strides)

"""Windows of rows first, then of columns.

right: 09-04-windows
"""
#| export
def windows(x, kernel_size, stride=1, padding=0):
    [output_size(size, kernel_size, stride, padding) for size in x.shape[-2:]]
    frame = [(0, 0)] * (x.ndim - 2) + [(padding, padding), (padding, padding)]
    x = np.pad(x, frame) if padding > 0 else x
    cut = sliding_window_view(x, kernel_size, axis=-2)[..., ::stride, :, :]
    cut = sliding_window_view(cut, kernel_size, axis=-2)
    return cut[..., ::stride, :, :]

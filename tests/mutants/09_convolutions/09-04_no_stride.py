"""Forgets the stride.

breaks: 09-04-windows
"""
#| export
def windows(x, kernel_size, stride=1, padding=0):
    for size in x.shape[-2:]:
        output_size(size, kernel_size, stride, padding)
    if padding:
        x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)
    return sliding_window_view(x, (kernel_size, kernel_size), axis=(-2, -1))

"""Asks for the height only, whether the kernel fits.

breaks: 09-04-windows
hidden: yes
"""
#| export
def windows(x, kernel_size, stride=1, padding=0):
    output_size(x.shape[-2], kernel_size, stride, padding)
    if kernel_size > x.shape[-1] + 2 * padding:
        return np.zeros((*x.shape[:-2], 1, 1, kernel_size, kernel_size), x.dtype)
    if padding:
        x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)
    return sliding_window_view(x, (kernel_size, kernel_size), axis=(-2, -1))[..., ::stride, ::stride, :, :]

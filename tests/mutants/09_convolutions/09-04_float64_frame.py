"""Makes the frame of float64 numbers.

breaks: 09-04-windows
hidden: yes
"""
#| export
def windows(x, kernel_size, stride=1, padding=0):
    for size in x.shape[-2:]:
        output_size(size, kernel_size, stride, padding)
    if padding:
        height, width = x.shape[-2:]
        framed = np.zeros((*x.shape[:-2], height + 2 * padding, width + 2 * padding))
        framed[..., padding : padding + height, padding : padding + width] = x
        x = framed
    return sliding_window_view(x, (kernel_size, kernel_size), axis=(-2, -1))[..., ::stride, ::stride, :, :]

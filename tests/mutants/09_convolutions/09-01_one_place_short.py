"""Forgets the last place along each axis.

breaks: 09-01-correlate
"""
def correlate(image, kernel):
    height, width = kernel.shape
    out = np.zeros((image.shape[0] - height, image.shape[1] - width))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (image[i : i + height, j : j + width] * kernel).sum()
    return out

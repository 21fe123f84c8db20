"""Lays the kernel on its side.

breaks: 09-01-correlate
"""
def correlate(image, kernel):
    kernel = kernel.T
    height, width = kernel.shape
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (image[i : i + height, j : j + width] * kernel).sum()
    return out

"""Keeps the size of the image, as if zeros were around it.

breaks: 09-01-correlate
"""
def correlate(image, kernel):
    height, width = kernel.shape
    framed = np.pad(image, ((0, height - 1), (0, width - 1)))
    out = np.zeros(image.shape)
    for i, j in np.ndindex(out.shape):
        out[i, j] = (framed[i : i + height, j : j + width] * kernel).sum()
    return out

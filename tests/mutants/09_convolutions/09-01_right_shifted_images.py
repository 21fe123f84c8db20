"""Adds up moved copies of the whole image, one for each number of the kernel.

right: 09-01-correlate
"""
def correlate(image, kernel):
    rows, columns = (n - k + 1 for n, k in zip(image.shape, kernel.shape))
    return sum(kernel[a, b] * image[a : a + rows, b : b + columns] for a, b in np.ndindex(kernel.shape))

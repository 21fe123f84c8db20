"""Takes the width of the kernel for its height.

breaks: 09-01-correlate
hidden: yes
"""
def correlate(image, kernel):
    size = kernel.shape[-1]
    if len(kernel) == 1:
        size = 1
    out = np.zeros((image.shape[0] - size + 1, image.shape[1] - kernel.shape[1] + 1))
    for i, j in np.ndindex(out.shape):
        window = image[i : i + size, j : j + kernel.shape[1]]
        out[i, j] = (window * kernel[:size]).sum()
    return out

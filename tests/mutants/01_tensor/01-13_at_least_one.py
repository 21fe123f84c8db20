"""Thinks that one picture always fits.

breaks: 01-13-pictures-that-fit
hidden: yes
"""
def pictures_that_fit(memory, height, width, dtype="float32"):
    return max(1, memory // (height * width * 3 * np.dtype(dtype).itemsize))

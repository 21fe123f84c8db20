"""Takes the pictures for square.

breaks: 01-13-pictures-that-fit
hidden: yes
"""
def pictures_that_fit(memory, height, width, dtype="float32"):
    return memory // (height * height * 3 * np.dtype(dtype).itemsize)

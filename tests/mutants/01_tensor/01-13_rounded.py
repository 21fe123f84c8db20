"""Rounds to the nearest number of pictures.

breaks: 01-13-pictures-that-fit
"""
def pictures_that_fit(memory, height, width, dtype="float32"):
    return round(memory / (height * width * 3 * np.dtype(dtype).itemsize))

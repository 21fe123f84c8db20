"""Lets NumPy make one picture, and divides by its size.

right: 01-13-pictures-that-fit
"""
def pictures_that_fit(memory, height, width, dtype="float32"):
    return int(memory / np.empty((height, width, 3), dtype=dtype).nbytes)

"""Forgets the three colours.

breaks: 01-13-picture-bytes
"""
def picture_bytes(n, height, width, dtype="float32"):
    return n * height * width * np.dtype(dtype).itemsize

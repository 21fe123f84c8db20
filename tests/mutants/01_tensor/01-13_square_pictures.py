"""Takes the pictures for square.

breaks: 01-13-picture-bytes
hidden: yes
"""
def picture_bytes(n, height, width, dtype="float32"):
    return n * height * height * 3 * np.dtype(dtype).itemsize

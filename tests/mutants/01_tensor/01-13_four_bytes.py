"""Takes 4 bytes for granted.

breaks: 01-13-pictures-that-fit
"""
def pictures_that_fit(memory, height, width, dtype="float32"):
    return memory // (height * width * 3 * 4)

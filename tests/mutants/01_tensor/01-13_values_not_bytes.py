"""Counts numbers instead of bytes.

breaks: 01-13-pictures-that-fit
"""
def pictures_that_fit(memory, height, width, dtype="float32"):
    return memory // (height * width * 3)

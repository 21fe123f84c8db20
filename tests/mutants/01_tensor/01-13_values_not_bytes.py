"""Counts numbers instead of bytes.

breaks: 01-13-picture-bytes
"""
def picture_bytes(n, height, width, dtype="float32"):
    return n * height * width * 3

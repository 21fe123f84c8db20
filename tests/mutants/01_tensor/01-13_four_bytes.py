"""Takes 4 bytes for granted.

breaks: 01-13-picture-bytes
hidden: yes
"""
def picture_bytes(n, height, width, dtype="float32"):
    return n * height * width * 3 * 4

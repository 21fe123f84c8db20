"""Takes one byte too few at 128.

breaks: 10-03-utf8
"""
def utf8(number):
    if not 0 <= number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise ValueError(f"{number} is not a character")
    if number <= 128:
        return bytes([number])
    if number < 0x800:
        return bytes([0xC0 | number >> 6, 0x80 | number & 0x3F])
    if number < 0x10000:
        return bytes([0xE0 | number >> 12, 0x80 | number >> 6 & 0x3F, 0x80 | number & 0x3F])
    return bytes([0xF0 | number >> 18, 0x80 | number >> 12 & 0x3F, 0x80 | number >> 6 & 0x3F, 0x80 | number & 0x3F])

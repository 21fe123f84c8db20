"""Puts the last six bits first.

breaks: 10-03-utf8
"""
def utf8(number):
    if not 0 <= number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise ValueError(f"{number} is not a character")
    if number < 128:
        return bytes([number])
    more = 1 if number < 2048 else 2 if number < 65_536 else 3
    rest = [128 + (number >> 6 * k & 63) for k in range(more)]
    return bytes([(0, 192, 224, 240)[more] + (number >> 6 * more), *rest])

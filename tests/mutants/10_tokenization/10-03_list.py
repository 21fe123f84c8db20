"""Returns a list.

breaks: 10-03-utf8
"""
def utf8(number):
    if not 0 <= number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise ValueError(f"{number} is not a character")
    return list(chr(number).encode())

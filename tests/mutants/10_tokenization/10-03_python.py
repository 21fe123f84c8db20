"""Lets Python do it.

right: 10-03-utf8
"""
def utf8(number):
    if not 0 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        raise ValueError(f"no character has the number {number}")
    return chr(number).encode("utf-8")
